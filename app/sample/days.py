"""Days told from today, so that a demonstration loaded next year still makes sense; nobody signs on a Sunday."""

from __future__ import annotations

from datetime import date, timedelta

from experiments.dates import add_months


class Days:
    def __init__(self, today: date) -> None:
        self.today = today

    def ago(self, days: int) -> date:
        """The working day so long ago, or the Friday before."""
        return _working(self.today - timedelta(days))

    def ahead(self, days: int) -> date:
        """The working day so far ahead, or the Friday before."""
        return _working(self.today + timedelta(days))

    def first(self, months: int) -> date:
        """The first day of a month: 0 for this one, -1 for the last."""
        return add_months(self.today.replace(day=1), months)

    def last(self, months: int) -> date:
        """The last day of a month."""
        return self.first(months + 1) - timedelta(1)


def before(day: date, days: int) -> date:
    """The working day so many days before another one, or the Friday before."""
    return _working(day - timedelta(days))


def after(day: date, days: int) -> date:
    """The working day so many days after another one, or the Monday that follows."""
    then = day + timedelta(days)
    return then + timedelta(max(0, 7 - then.weekday()) if then.weekday() > 4 else 0)


def _working(day: date) -> date:
    return day - timedelta(max(0, day.weekday() - 4))
