"""The schematic map: one tile for each commune, about where it stands, with how much is tried in it."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.lists import Counts
from experiments.policy import current as policy
from experiments.search import COMMUNE, facet

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
    url: str
    chosen: bool


def of(asked: Asked, counts: Counts) -> list[Tile]:
    """The tiles, from north to south and from west to east."""
    tried = {code: counts.words.get(facet(COMMUNE, code), 0) for code in policy().tiles}
    most = max(tried.values(), default=0)
    address = asked.ways("commune", view="")
    places = sorted(policy().tiles.items(), key=lambda one: (one[1][1], one[1][0]))
    return [
        Tile(policy().communes[code], tried[code], column, row, _shade(tried[code], most),
             address(code), code == asked.filters.commune)
        for code, (column, row) in places
    ]  # fmt: skip


def _shade(count: int, most: int) -> int:
    return 0 if not count else max(1, round(SHADES * count / most))
