"""The ledger is written here: what somebody is to be told goes into the mail that waits for them, or into a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from . import many
from .among import among
from .ladder import next_digest, opening_hours
from .model import Base, Mail, Notice, Person, Reminder
from .model.post import IS_WAITING
from .obligations import Fate, Occasion, Pace

About = tuple[str, int, *tuple[str | int, ...]]
"""What a mail tells first: a kind, the number of what it is about, and whatever tells it from any other."""


@dataclass(frozen=True)
class Booking:
    """Something to tell somebody: a row of the ledger, before it has its mail."""

    person: Person
    about: About
    """What it is and whom it is for: the same thing is never told twice."""
    values: dict[str, object]
    table: type[Reminder | Notice]
    occasion: Occasion


_MAILS = Base.metadata.tables["mails"]
Place = tuple[int | None, Occasion]
"""Whom a mail is for, and on what occasion."""


def book(session: Session, bookings: Sequence[Booking], now: datetime, *, at_any_hour: bool) -> None:
    """Write these to the ledger, each in the mail that waits for its person, or in a new one."""
    if not bookings:
        return
    mails = _waiting(session, bookings)
    firsts = {(one.person.id, one.occasion): one for one in reversed(bookings)}
    new = [_mail(one, now, at_any_hour=at_any_hour) for place, one in firsts.items() if place not in mails]
    if new:
        # Their numbers are asked for afterwards: SQLite gives them one statement a row.
        many.add(session, _MAILS, new)
        made = select(Mail.person_id, Mail.occasion, Mail.id).where(among(Mail.key, [str(one["key"]) for one in new]))
        mails |= _numbers(session, made)
    for table in (Reminder, Notice):
        rows = [one.values | {"mail_id": mails[one.person.id, one.occasion]} for one in bookings if one.table is table]
        if rows:
            many.add(session, table.metadata.tables[table.__tablename__], rows, unless_there=True)


def _waiting(session: Session, bookings: Iterable[Booking]) -> dict[Place, int]:
    """The mails that these people are about to receive, and that nobody has begun to send.

    One that was tried, or that a worker held when it died, may have arrived already: under the same name, what would
    be added to it might never be read.
    """
    return _numbers(
        session,
        select(Mail.person_id, Mail.occasion, Mail.id)
        .where(among(Mail.person_id, {one.person.id for one in bookings}), IS_WAITING)
        .where(Mail.leased_by == "", Mail.tries == 0)
        .order_by(Mail.id.desc())
        .with_for_update(skip_locked=True),
    )


def _numbers(session: Session, query: Select[int | None, Occasion, int]) -> dict[Place, int]:
    return {(person, occasion): number for person, occasion, number in session.execute(query)}


def _mail(one: Booking, now: datetime, *, at_any_hour: bool) -> dict[str, object]:
    if one.occasion is Occasion.DIGEST:
        due_at = next_digest(now, weekly=one.person.pace is Pace.WEEKLY)
    else:
        due_at = now if at_any_hour else opening_hours(now)
    return waiting_mail(one.about, one.occasion, now, due_at, person_id=one.person.id)


def waiting_mail(about: About, occasion: Occasion, now: datetime, due_at: datetime, **reader: int) -> dict[str, object]:
    """A mail that waits, as it is written for the first time; `about` says what it tells and to whom."""
    return {
        "key": _key(about), "occasion": occasion, "planned_at": now, "due_at": due_at,
        "not_before": due_at, "fate": Fate.WAITING, "tries": 0, "leased_by": "", "words": "", **reader,
    }  # fmt: skip


def _key(about: About) -> str:
    # The number leads, so that mails planned together lie together in the index of keys: scattered by a fingerprint
    # alone, the five hundred mails of a bite write as many of its pages.
    told = ":".join(map(str, about))
    return f"{about[1]:012x}{hashlib.sha256(told.encode()).hexdigest()[:52]}"
