"""The number of a page in an address: whatever else stands there means the first."""

from __future__ import annotations

from flask import request


def page_asked(name: str = "page") -> int:
    """Which page of a list the address asks for, from 1."""
    text = request.args.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
