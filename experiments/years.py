"""What each year held, in a few counts: kept as experiments are published, for a report reads its whole year.

Each publication says what it counts for, as words; when they change, the counts follow in the same transaction. Of a
year that is over they are those of its report: none of these facts hangs on the day of the reader.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import Session

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


def count(session: Session, before: str, after: str) -> None:
    """Have the counts follow what an experiment counted for, and counts for now.

    The caller holds the row of the register (`register.changed`): nobody else counts meanwhile.
    """
    was, now = set(before.split()), set(after.split())
    for mark in sorted(was ^ now):
        year, held = mark.split("-", 1)
        _add(session, int(year), held, 1 if mark in now else -1)


def _add(session: Session, year: int, held: str, more: int) -> None:
    row = update(Tally).where(Tally.year == year, Tally.held == held).values(count=Tally.count + more)
    if session.execute(row.returning(Tally.count), execution_options={"synchronize_session": False}).first() is None:
        session.execute(insert(Tally).values(year=year, held=held, count=more))


def held(public: Connection) -> dict[int, dict[Held, int]]:
    """The counts of every year."""
    found: dict[int, dict[Held, int]] = defaultdict(dict)
    rows = public.execute(select(Tally.year, Tally.held, Tally.count).order_by(Tally.year, Tally.held))
    for year, what, number in rows:
        found[year][Held(what)] = number
    return found


def years(public: Connection, today: date) -> list[int]:
    """The years that have a report, the latest first: from the first number given to this year."""
    oldest = public.scalars(select(Publication.number).order_by(Publication.number).limit(1)).first()
    return list(range(today.year, int(oldest[:4]) - 1 if oldest else today.year - 1, -1))
