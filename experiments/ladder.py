"""The ladder of reminders: so many days before a day, on the day, then every week until it is done.

A rung is its distance to the day, in days: -90 … 0, 7, 14 … Nobody is written to on a day off: a rung before the
day comes early, one after it comes late.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .policy import current as policy
from .workdays import worked_on_or_after, worked_on_or_before

PARIS = ZoneInfo("Europe/Paris")


def paris_day(moment: datetime) -> date:
    """The day that a moment is in Paris."""
    return moment.astimezone(PARIS).date()


def day_of(rung: int, due_on: date) -> date:
    """The working day on which a rung is reached."""
    day = due_on + timedelta(rung)
    return worked_on_or_before(day) if rung <= 0 else worked_on_or_after(day)


def reached(due_on: date, today: date, *, lapses: bool = False) -> int | None:
    """The last rung reached; None before the first. What lapses has no rung after its day."""
    rungs = [-days for days in policy().reminders.days_before]
    every = policy().reminders.then_every_days
    if not lapses and today > due_on:
        weeks = (today - due_on).days // every
        # A holiday may hold one back: look at the few around.
        rungs += [every * n for n in range(max(1, weeks - 2), weeks + 1)]
    # From the top: most days off need not be looked up.
    return next((rung for rung in sorted(rungs, reverse=True) if day_of(rung, due_on) <= today), None)


def following(rung: int | None, *, lapses: bool = False) -> int | None:
    """The rung after one, the first after None; None when there is none left."""
    rungs = [-days for days in policy().reminders.days_before]
    ahead = [r for r in rungs if rung is None or r > rung]
    if ahead:
        return min(ahead)
    if lapses:
        return None
    every = policy().reminders.then_every_days
    # Weeks count from the day itself, wherever one joins the ladder.
    return every * (max(rung or 0, 0) // every + 1)


def opening_hours(now: datetime) -> datetime:
    """The first moment, from now on, at which somebody may be written to."""
    hours, local = policy().reminders, now.astimezone(PARIS)
    today = paris_day(now)
    day = worked_on_or_after(today)
    if day == today:
        if local.hour < hours.from_hour:
            return _at(day, hours.from_hour)
        if local.hour < hours.until_hour:
            return now
        day = worked_on_or_after(day + timedelta(1))
    return _at(day, hours.from_hour)


def next_digest(now: datetime, *, weekly: bool) -> datetime:
    """When the next digest leaves: the next working morning, or that of the next week."""
    day = paris_day(now) + timedelta(1)
    if weekly:
        day += timedelta(-day.weekday() % 7)
    return _at(worked_on_or_after(day), policy().reminders.from_hour)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), PARIS)
