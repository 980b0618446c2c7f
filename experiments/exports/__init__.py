"""The open data: the public record of every experiment, whole in JSON, and as tables that join.

A table is declared once (tables.py); its CSV, its JSON, its schema (schema.py) and its documentation follow.
"""
