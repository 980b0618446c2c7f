"""Mails: how they leave, and what became of each."""
