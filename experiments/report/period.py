"""The year that a report is of: a year that is not over stops on the day the report is made."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct


class Period(Struct, frozen=True):
    """From the first of January to the last of December, or to the day that the report is made."""

    year: int
    made_on: date

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return min(date(self.year, 12, 31), self.made_on)

    @property
    def eve(self) -> date:
        """The day before it begins."""
        return self.first - timedelta(1)

    @property
    def is_over(self) -> bool:
        return self.made_on > date(self.year, 12, 31)

    def holds(self, day: date | None) -> bool:
        """Whether a day is in it."""
        return day is not None and self.first <= day <= self.last

    def months(self) -> list[date]:
        """The last day of each of its months; that of the report, for the one that it stops in."""
        starts = [date(self.year + month // 12, month % 12 + 1, 1) for month in range(1, 13)]
        ends = [start - timedelta(1) for start in starts if start - timedelta(1) < self.last]
        return [*ends, self.last]
