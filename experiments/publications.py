"""What else the public side reads, one by one or by their dates; the lists are in `lists`.

On a connection that sees only what is public; always ordered, always bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select, tuple_

from . import published
from .base import among
from .lists import PAGE, Place
from .model import Publication, public_deadlines, public_voices
from .obligations import Task
from .published import TOLD, Owing, Published
from .rows import PublicDeadline, columns, read

P = Publication.__table__.c
_DEADLINES = select(*columns(PublicDeadline, public_deadlines))
_TOLD = (P.number == bindparam("number"), among(P.status, TOLD))
_DOCUMENT = select(P.document).where(*_TOLD)
_WITH_VOICES = select(P.document, exists().where(public_voices.c.experiment_id == P.id)).where(*_TOLD)


_PROMISED = select(exists().where(among(P.shelf, ("current", "past"))))


def one(public: Connection, number: str) -> Published | None:
    """The public record of one experiment; None when the public has no page of it."""
    kept = document(public, number)
    return published.read(kept) if kept else None


def document(public: Connection, number: str) -> str | None:
    """The same, as the text that is kept."""
    return public.scalars(_DOCUMENT, {"number": number}).one_or_none()


def document_and_voices(public: Connection, number: str) -> tuple[str, bool] | None:
    """The same, and whether anything that residents said of it is published: of most, nothing is."""
    found = public.execute(_WITH_VOICES, {"number": number}).one_or_none()
    return (found[0], bool(found[1])) if found else None


def owing(
    public: Connection, today: date, *, after: Place | None = None, limit: int = PAGE
) -> Sequence[tuple[Place, Owing]]:
    """What owes something to the public since a day that is past, the longest since first, and one more."""
    query = select(P.owed_on, P.id, P.document).where(P.owed_on < today, among(P.status, TOLD))
    if after:
        query = query.where(tuple_(P.owed_on, P.id) > after)
    found = public.execute(query.order_by(P.owed_on, P.id).limit(limit + 1))
    return [((owed_on, number), published.owing(text)) for owed_on, number, text in found]


def has_promised(public: Connection) -> bool:
    """Whether anything was ever authorised, hence promised."""
    return bool(public.scalar(_PROMISED))


def deadlines(
    public: Connection, today: date, *, number: str = "", most: int = 2000, since: Any = None
) -> list[PublicDeadline]:
    """What is owed to the public, and what has ceased to be since a moment; of one experiment, or of all.

    What is late stays, however late. Of a register that owes very much, as many deadlines ahead as late are kept:
    these do not push out those.
    """
    v = public_deadlines.c
    query = _DEADLINES.order_by(v.due_on, v.id).limit(most)
    standing, ended = v.ended_at.is_(None), v.ended_at >= since
    if number:
        return read(PublicDeadline, public.execute(query.where(v.number == number, or_(standing, ended))))
    late, ahead = (query.where(standing, side) for side in (v.due_on < today, v.due_on >= today))
    lists = (public.execute(some) for some in (late, ahead, query.where(ended)))
    return read(PublicDeadline, *lists)


def soon(public: Connection, task: Task, since: date, until: date, *, limit: int) -> list[PublicDeadline]:
    """The deadlines of a kind between two days, both included, the earliest first."""
    v = public_deadlines.c
    between = _DEADLINES.where(v.task == task, v.ended_at.is_(None), v.due_on.between(since, until))
    return read(PublicDeadline, public.execute(between.order_by(v.due_on, v.id).limit(limit)))
