"""The yearly report and the indicators, put in front of people: sentences, cells, drawings, files."""
