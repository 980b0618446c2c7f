"""What can be missing, at every gate."""
