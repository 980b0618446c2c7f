"""Days when somebody is away: said, ended, looked at. What is owed meanwhile goes to the next in line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from .people import Absence, Person
from .words import typeset


class AbsenceError(Exception):
    """Days that make no sense; its text is a French sentence."""


def covers(day: date) -> ColumnElement[bool]:
    """The absences that hold on a day."""
    return and_(Absence.from_on <= day, or_(Absence.until_on.is_(None), Absence.until_on >= day))


def say(session: Session, person: Person, from_on: date | None, until_on: date | None, *, today: date) -> Absence:
    """Say that somebody is away, both days included; without a last day, they have left. Raises AbsenceError."""
    if from_on is None:
        raise AbsenceError(typeset("Donnez le premier jour de l’absence"))
    if until_on and until_on < from_on:
        raise AbsenceError(typeset("L’absence finit avant de commencer : vérifiez les deux jours"))
    if until_on and until_on < today:
        raise AbsenceError("Cette absence est déjà finie")
    # Whoever says anything about this person waits here: the same absence said twice at once is one.
    locked = session.scalars(select(Person).where(Person.id == person.id).with_for_update()).one()
    same = (Absence.person_id == person.id, Absence.from_on == from_on, Absence.until_on.is_not_distinct_from(until_on))
    found = session.scalars(select(Absence).where(*same).order_by(Absence.id).limit(1)).first()
    if found is None:
        found = Absence(person_id=person.id, from_on=from_on, until_on=until_on)
        session.add(found)
        session.flush()
        session.expire(locked, ["left_on"])
    return found


def end(session: Session, absence: Absence, *, today: date) -> None:
    """They are back today; what has not begun will not begin, and what is over stays as it was."""
    if absence.from_on >= today:
        session.delete(absence)
    elif absence.until_on is None or absence.until_on >= today:
        absence.until_on = today - timedelta(1)
    session.flush()


def away(session: Session, today: date, people: Collection[int] | None = None) -> dict[int, date | None]:
    """Who is away on a day, among some or all: the last day of their absence, None when they have left."""
    query = select(Absence).where(covers(today)).order_by(Absence.person_id, Absence.id)
    if people is not None:
        query = query.where(Absence.person_id.in_(people))
    found: dict[int, date | None] = {}
    for one in session.scalars(query):
        known = found.get(one.person_id, one.until_on)
        found[one.person_id] = None if known is None or one.until_on is None else max(known, one.until_on)
    return found
