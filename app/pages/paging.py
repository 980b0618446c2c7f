"""The number of a page in an address: whatever else stands there means the first."""

from __future__ import annotations

from flask import request

from experiments.words import whole


def page_asked(name: str = "page") -> int:
    """Which page of a list the address asks for, from 1."""
    return max(1, whole(request.args.get(name, ""), 6) or 1)
