"""The demonstration register: published experiments of the metropolis and a few made-up ones, lived day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from experiments import absences
from experiments.model import Entry, Experiment, Person, Pulse

from . import cool, field, home, inside, internet, lighting, meals, network, rules, shuttle, space, water
from .days import Days
from .people import AWAY, PASSWORD, accounts, make_people
from .story import Scene, Story, in_order

__all__ = ["PASSWORD", "accounts", "is_loaded", "load"]

MODULES = (network, home, shuttle, cool, rules, internet, meals, water, space, lighting, field, inside)


def is_loaded(session: Session) -> bool:
    """Whether the demonstration accounts are already there."""
    return bool(session.scalar(select(exists().where(Person.demonstration))))


def load(session: Session, *, now: datetime, today: date) -> int:
    """Play every story up to today; the number of experiments made, 0 when they already are. Does not commit."""
    if is_loaded(session):
        return 0
    tellings = stories(today)
    steps = [step for step in in_order(tellings) if step.at <= now]
    cast = make_people(session, steps[0].at - timedelta(1))
    files: dict[str, Experiment] = {}
    for step in steps:
        step.play(Scene(session, cast, files, step.at))
    absences.say(session, cast[AWAY], today - timedelta(2), today + timedelta(5), today=today)
    _tell_nothing_of_the_past(session)
    return len(files)


def _tell_nothing_of_the_past(session: Session) -> None:
    """What happened in the stories is history: nobody is written to about it."""
    session.flush()
    session.execute(update(Pulse).values(seen=select(func.max(Entry.seq)).scalar_subquery()))


def stories(today: date) -> list[Story]:
    """What there is to tell, seen from a day."""
    return [story for module in MODULES for story in module.stories(Days(today))]
