"""The schematic map: one tile for each commune, about where it stands, with how much is tried in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from experiments.lists import Counts
from experiments.policy import current as policy
from experiments.search import COMMUNE, facet
from experiments.words import fold

from .asked import Asked

SHADES = 4


@dataclass(frozen=True)
class Tile:
    """One commune. `shade` goes from 0 (nothing) to SHADES (the most of all)."""

    name: str
    count: int
    column: int
    row: int
    shade: int
    past: int
    """How much was, where nothing is now."""
    url: str
    """What is tried there; what was, where nothing is now. Nothing where nothing ever was."""
    chosen: bool


def of(asked: Asked, counts: Counts, past: Counts | None) -> list[Tile]:
    """The tiles, by name: where they do not stand as on a map, they are a list. `past`: what is over, if it counts."""
    tried, over = (
        {code: some.words.get(facet(COMMUNE, code), 0) if some else 0 for code in policy().tiles}
        for some in (counts, past)
    )
    most = max(tried.values(), default=0)
    gone = replace(asked, filters=replace(asked.filters, status="past"))
    here, there = asked.ways("commune", view=""), gone.ways("commune", view="")
    return [
        Tile(
            policy().communes[code], tried[code], column, row, _shade(tried[code], most),
            0 if tried[code] else over[code], here(code) if tried[code] else there(code) if over[code] else "",
            code == asked.filters.commune,
        )
        for code, (column, row) in sorted(policy().tiles.items(), key=lambda one: fold(policy().communes[one[0]]))
    ]  # fmt: skip


def _shade(count: int, most: int) -> int:
    return 0 if not count else max(1, round(SHADES * count / most))
