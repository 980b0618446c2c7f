"""Many lives on one scale of time: where each pole stands on it, and where its months begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from experiments.dates import add_months

from . import wording
from .pole import Pole

FARTHEST = 36
"""Months before and after today: one date far away must not squeeze all the others."""
STEPS = ((14, 1), (42, 3), (84, 6))
"""Up to so many months, a tick every so many."""


Side = Literal["start", "middle", "end"]
"""Which end of a label stands at its place: none sticks out of the scale."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month. `strong` ones are labelled on a small screen too, and say the year."""

    x: float
    label: str
    year: str
    strong: bool
    side: Side


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pole begins and how long it is, in percent of the scale."""

    x: float
    width: float

    @property
    def beyond(self) -> Literal["start", "end", ""]:
        """At which end of the scale it lies, when it lies whole outside."""
        return "start" if self.x + self.width <= 0 else "end" if self.x >= 100 else ""


@dataclass(frozen=True)
class Scale:
    """Whole months, from the first life to the last, today among them; the last day is not of it."""

    first: date
    last: date
    today: date

    def at(self, day: date) -> float:
        return round(100 * (day - self.first).days / (self.last - self.first).days, 2)

    def place(self, starts_on: date, pole: Pole) -> Place:
        start, end = self.at(starts_on), self.at(starts_on + timedelta(pole.extent))
        return Place(start, round(end - start, 2))

    @property
    def now(self) -> float:
        return self.at(self.today)

    @property
    def now_side(self) -> Side:
        return "end" if self.now > 80 else "start" if self.now < 20 else "middle"

    @property
    def months(self) -> int:
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month

    @property
    def ticks(self) -> list[Tick]:
        step = next((every for most, every in STEPS if self.months <= most), 12)
        # Counted from January, so that every year has its own.
        begun = [add_months(self.first, n) for n in range(self.months)]
        kept = [day for day in begun if (day.month - 1) % step == 0]
        return [self._tick(day, strong=day.month == 1 or day == kept[0]) for day in kept]

    def _tick(self, day: date, *, strong: bool) -> Tick:
        x = self.at(day)
        label, year = wording.brief_month(day), str(day.year) if strong else ""
        return Tick(x, label, year, strong, "end" if x > 92 else "start")


@dataclass(frozen=True)
class Life:
    """One line of a chart; no place when its dates are not fixed."""

    url: str
    number: str
    title: str
    status_code: str
    status_label: str
    overdue: bool
    pole: Pole
    place: Place | None


def scale_of(lives: Iterable[tuple[date, Pole]], today: date) -> Scale:
    """The scale that holds these lives, each with its first day."""
    this_month = today.replace(day=1)
    least, most = add_months(this_month, -FARTHEST), add_months(this_month, FARTHEST)
    ends = [(start, start + timedelta(pole.extent)) for start, pole in lives]
    first = max(least, min([today, *(start for start, _ in ends)]).replace(day=1))
    last = min(most, add_months(max([today, *(end for _, end in ends)]).replace(day=1), 1))
    return Scale(first, last, today)
