"""Working days in France: Monday to Friday, but for public holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from .words import typeset

_DAY = timedelta(1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> Mapping[date, str]:
    """The public holidays of a year, with their names."""
    # Imported here: it takes longer to load than most commands take to run.
    import holidays

    found = holidays.country_holidays("FR", years=year, language="fr")
    return {day: typeset(name) for day, name in sorted(found.items())}


def is_worked(day: date) -> bool:
    """Whether offices are open on that day."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def worked_on_or_before(day: date) -> date:
    while not is_worked(day):
        day -= _DAY
    return day


def worked_on_or_after(day: date) -> date:
    while not is_worked(day):
        day += _DAY
    return day


def add_worked(day: date, count: int) -> date:
    """The day when so many working days have gone by; the day itself does not count."""
    for _ in range(count):
        day = worked_on_or_after(day + _DAY)
    return day
