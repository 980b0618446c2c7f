"""Where a page of a list begins, as its address says it: the day and the identifier of the last line read."""

from __future__ import annotations

import re
from datetime import date

from experiments.lists import Place

_WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2})~(\d{1,9})", re.ASCII)
"""« 2026-06-30~17 »."""


def read(text: str) -> Place | None:
    """The place that an address gives; what says nothing begins at the beginning."""
    found = _WRITTEN.fullmatch(text)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def written(day: date, number: int) -> str:
    """A place, for an address."""
    return f"{day.isoformat()}~{number}"
