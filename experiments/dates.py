"""The arithmetic of terms: months, halves, days."""

from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day, months later; the last day of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def lasts_at_most(starts_on: date, ends_on: date, months: int) -> bool:
    """Whether a period, both days included, fits in so many months: 1 March to 28 February is twelve."""
    return ends_on < add_months(starts_on, months)


def lasts_at_least(starts_on: date, ends_on: date, months: int) -> bool:
    """Whether a period, both days included, fills so many months: 1 March to 28 February fills twelve."""
    return ends_on + timedelta(1) >= add_months(starts_on, months)


def bounds(starts_on: date | None, ends_on: date | None) -> tuple[date, date]:
    """Between which days all the rest is placed; a date that is missing or out of order bounds nothing, once said."""
    start, end = starts_on or date.min, ends_on or date.max
    return (start, end) if start < end else (date.min, date.max)
