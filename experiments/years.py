"""What each year held, in a few counts kept as experiments are published (tallies.py): a report reads its whole year.

Of a year that is over they are those of its report: none of these facts hangs on the day of the reader.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, select

from .ladder import paris_day
from .model import Publication, Tally
from .published import Published


class Held(StrEnum):
    """What is counted of a year; experiments.report.figures has each under a code of its own."""

    PROPOSED = "proposed"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    DECIDED = "decided"
    ENDING = "ending"
    """Its firm end is of that year."""
    IN_TIME = "in-time"
    """The same, and its evaluation was filed by that day."""


_CROSSED = {"submit": Held.PROPOSED, "authorise": Held.AUTHORISED, "refuse": Held.REFUSED}


def marks_of(told: Published) -> str:
    """What an experiment counts for, and in which year: « 2025-authorised 2025-proposed »."""
    found: dict[Held, date] = {}
    for step in told.steps:
        if (held := _CROSSED.get(step.event)) and held not in found:
            found[held] = paris_day(step.at)
    if told.decided_on:
        found[Held.DECIDED] = told.decided_on
    ends_on = told.periods[-1].ends_on if told.periods else None
    if ends_on:
        found[Held.ENDING] = ends_on
        filed = [paris_day(one.recorded_at) for one in told.evaluations if not one.interim]
        if filed and filed[0] <= ends_on:
            found[Held.IN_TIME] = ends_on
    return " ".join(sorted(f"{on.year}-{held}" for held, on in found.items()))


def held(public: Connection) -> dict[int, dict[Held, int]]:
    """The counts of every year."""
    found: dict[int, dict[Held, int]] = defaultdict(dict)
    # The other scopes are words: figures come before letters, however a database sorts.
    rows = public.execute(select(Tally.scope, Tally.word, Tally.count).where(Tally.scope < "a", Tally.count > 0))
    for year, what, number in rows:
        found[int(year)][Held(what)] = number
    return found


def years(public: Connection, today: date) -> list[int]:
    """The years that have a report, the latest first: from the first number given to this year."""
    oldest = public.scalars(select(Publication.number).order_by(Publication.number).limit(1)).first()
    return list(range(today.year, int(oldest[:4]) - 1 if oldest else today.year - 1, -1))
