"""Charts, as positions in thousandths of a line: what templates/parts/chart.html draws, without any script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

WHOLE = 1000
"""The width of a drawing: what is placed in it is counted in thousandths."""
WIDEST = 820
"""The longest bar: after it there is room for its figure."""
LONGEST_LINE = 46
"""Signs of a label: a drawing cuts no line by itself, and a phone holds no longer one."""
MOST_BANDS = 24
"""Beyond so many, bands would be lines: one band then stands for a share."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A length under a label."""

    lines: list[str]
    shown: str
    width: int


@dataclass(frozen=True, slots=True)
class Bands:
    """A pole of as many bands as there are experiments; the first `kept` are full, the others hatched."""

    lines: list[str]
    shown: str
    total: int
    kept: int
    done: int
    """Where the full part ends."""


@dataclass(frozen=True, slots=True)
class Column:
    """A height over a month."""

    label: str
    value: int
    x: int
    height: int


def bars(rows: Sequence[tuple[str, str, int]]) -> list[Bar]:
    """One bar a row: its label, what is written at its end, its length."""
    most = max((value for _, _, value in rows), default=0)
    return [
        Bar(wrap(label, LONGEST_LINE), shown, round(WIDEST * value / most) if most else 0)
        for label, shown, value in rows
    ]


def bands(label: str, shown: str, kept: int, total: int) -> Bands:
    """What was kept, among all."""
    drawn = total if total <= MOST_BANDS else 1
    return Bands(wrap(label, LONGEST_LINE), shown, drawn, kept, round(WHOLE * kept / total) if total else 0)


def columns(rows: Sequence[tuple[str, int]], height: int = 80) -> list[Column]:
    """One column a month (its initial, its value), over the whole year: the months still to come are left empty."""
    most = max((value for _, value in rows), default=0)
    return [
        Column(label, value, round(WHOLE * (place + 0.5) / 12), round(height * value / most) if most else 0)
        for place, (label, value) in enumerate(rows)
    ]
