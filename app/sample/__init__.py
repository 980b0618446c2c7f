"""The demonstration register: published experiments of the metropolis and a few made-up ones, lived day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from experiments import absences
from experiments.ladder import PARIS, paris_day
from experiments.model import Entry, Experiment, Person, Pulse
from experiments.workdays import is_worked

from . import cool, field, home, inside, internet, lighting, meals, rules, shuttle, space, streets, water
from .days import Days
from .past import Postman
from .people import AWAY, PASSWORD, accounts, make_people
from .story import Scene, Story, in_order
from .street import street

__all__ = ["PASSWORD", "accounts", "is_loaded", "load"]

LATELY = timedelta(35)
"""How far back the mails of the demonstration go."""
MORNING = time(8, 30)

MODULES = (home, shuttle, streets, cool, rules, internet, meals, water, space, lighting, field, inside)


def is_loaded(session: Session) -> bool:
    """Whether the demonstration accounts are already there."""
    return bool(session.scalar(select(exists().where(Person.demonstration))))


def load(session: Session, *, now: datetime, today: date, deliver: Postman | None = None) -> int:
    """Play every story up to today; the number of experiments made, 0 when they already are. Does not commit.

    `deliver` sends the mails of the last weeks, day by day, as if the register had been there.
    """
    if is_loaded(session):
        return 0
    steps = [step for step in in_order([*stories(today), street(Days(today))]) if step.at <= now]
    cast, files = make_people(session, steps[0].at - timedelta(1)), dict[str, Experiment]()
    lately = today - LATELY
    for step in steps:
        if paris_day(step.at) < lately:
            step.play(Scene(session, cast, files, step.at))
    _tell_nothing_of_the_past(session)
    for day in (lately + timedelta(n) for n in range(LATELY.days + 1)):
        for step in steps:
            if paris_day(step.at) == day:
                step.play(Scene(session, cast, files, step.at))
        if day == today - timedelta(2):
            absences.say(session, cast[AWAY], day, today + timedelta(5), today=day)
        morning = datetime.combine(day, MORNING, PARIS)
        if deliver and is_worked(day) and morning < now:
            session.flush()
            deliver(session.connection(), morning)
    if deliver is None:
        _tell_nothing_of_the_past(session)
    # Whoever delivered those mails was not really there: today's worker has yet to show.
    session.execute(update(Pulse).values(ran_at=None, since=now))
    return len(files)


def _tell_nothing_of_the_past(session: Session) -> None:
    """What has happened so far is history: nobody is written to about it."""
    session.flush()
    session.execute(update(Pulse).values(seen=select(func.max(Entry.seq)).scalar_subquery()))


def stories(today: date) -> list[Story]:
    """What there is to tell, seen from a day."""
    return [story for module in MODULES for story in module.stories(Days(today))]
