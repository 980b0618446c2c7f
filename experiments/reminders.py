"""Which reminders are to be sent: each rung of each ladder, once to each person, in as few mails as possible."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value as _set

from . import many
from .agenda import next_day
from .booking import Booking, book
from .duties import DUTIES
from .ladder import paris_day, reached
from .model import Base, Deadline, Person, Reminder
from .obligations import Occasion, Pace, Rank
from .succession import Roll


def plan(session: Session, now: datetime, *, at_any_hour: bool = False, limit: int = 500) -> int:
    """Plan the reminders of so many deadlines at most; how many were looked at. Does not commit.

    Planned twice, nothing is told twice. `at_any_hour` is for mails that wake nobody, because they are files.
    """
    today = paris_day(now)
    due = session.scalars(
        select(Deadline)
        .where(Deadline.next_on <= today)
        .order_by(Deadline.next_on, Deadline.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    roll = Roll(session, {one.experiment_id for one in due}, today) if due else None
    bookings: list[Booking] = []
    for deadline in due:
        assert roll is not None
        bookings += _climb(deadline, roll, today)
    book(session, bookings, now, at_any_hour=at_any_hour)
    if due:
        climbed = [{"id": d.id, "rung": d.rung, "told": d.told, "next_on": d.next_on} for d in due]
        many.change(session, _DEADLINES, climbed)
    return len(due)


_DEADLINES = Base.metadata.tables["deadlines"]


def _climb(deadline: Deadline, roll: Roll, today: date) -> list[Booking]:
    """The reminders of the rung that is reached. Rungs missed meanwhile are not told one by one."""
    rule = DUTIES[deadline.task]
    rung = reached(deadline.due_on, today, lapses=rule.lapses)
    over = rule.lapses and today > deadline.due_on
    found: list[Booking] = []
    # A clock set back reaches a rung that was passed: it says nothing new.
    if rung is not None and not over and (deadline.rung is None or rung > deadline.rung):
        _set(deadline, "rung", rung)
        found = bookings_for(deadline, roll, told=deadline.told)
        # Nobody has failed to do what lapses by itself: it goes to whoever stands first, and no higher.
        _set(deadline, "told", deadline.told + (not rule.lapses))
    _set(deadline, "next_on", None if over else next_day(deadline, lapses=rule.lapses))
    return found


def bookings_for(deadline: Deadline, roll: Roll, *, told: int, without: Collection[int] = ()) -> list[Booking]:
    """One for each person who is to be told of the rung where a deadline stands, after so many times."""
    rule = DUTIES[deadline.task]
    people = roll.addressees(deadline.experiment_id, rule.ranks, told, only=deadline.person_id, without=without)
    return [_booking(deadline, one.person, one.rank, roll.today, statutory=rule.statutory) for one in people]


def _booking(deadline: Deadline, person: Person, rank: Rank, today: date, *, statutory: bool) -> Booking:
    values: dict[str, object] = {
        "deadline_id": deadline.id, "version": deadline.version, "rung": deadline.rung, "person_id": person.id,
        "rank": rank, "planned_on": today,
    }  # fmt: skip
    at_once = statutory or person.pace is Pace.AT_ONCE
    about = "reminder", deadline.id, deadline.version, str(deadline.rung), person.id
    return Booking(person, about, values, Reminder, Occasion.REMINDER if at_once else Occasion.DIGEST)
