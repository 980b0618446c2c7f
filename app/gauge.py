"""Where a criterion's four figures stand on one line: numbers only, for a small drawing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

LENGTH = 1000


class Gauge(NamedTuple):
    """Positions from 0 to 1000; None for a figure that is not known."""

    baseline: int | None
    target: int | None
    threshold: int | None
    result: int | None


def scale(
    baseline: Decimal | float | None,
    target: Decimal | float | None,
    threshold: Decimal | float | None,
    result: Decimal | float | None,
) -> Gauge | None:
    """Place the figures between the least and the greatest; None when there is no line to draw."""
    figures = [None if f is None else float(f) for f in (baseline, target, threshold, result)]
    known = [f for f in figures if f is not None]
    if len(known) < 2 or min(known) == max(known):
        return None
    return Gauge(*_between(figures, min(known), max(known)))


def _between(figures: Sequence[float | None], low: float, high: float) -> list[int | None]:
    return [None if f is None else round(LENGTH * (f - low) / (high - low)) for f in figures]
