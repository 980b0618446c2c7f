"""Every SELECT of the public side, on a session that sees only what is public; always ordered, always bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain
from sys import intern
from typing import Any

from sqlalchemy import bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from . import published, search
from .finding import along, newest
from .model import Publication, public_deadlines
from .obligations import Task
from .published import TOLD, Owing, Published
from .rows import COUNTED, HIT, Hit, Listed, PublicDeadline, columns, read
from .search import COMMUNE, DEROGATION, GROUP, LISTED, ORGANISATION, OUTCOME, POLICY, STATUS, YEAR, facet
from .vocabulary import PUBLIC, UNDER_WAY, UNEVALUATED, Status

P = Publication.__table__.c
MOST = 500
"""The most that a filter counts, and that a list sorts by date: beyond, a list shows the newest first and says so."""
PAGE = 50
_PLACE = (P.ends_on, P.id)
_LINES = select(*columns(Listed, Publication.__table__))
_THESE = _LINES.where(P.id.in_(bindparam("ids", expanding=True))).order_by(P.id)
_LATEST = _LINES.where(P.shelf == "past").order_by(P.seq.desc())
_DEADLINES = select(*columns(PublicDeadline, public_deadlines))
_DOCUMENT = select(P.document).where(P.number == bindparam("number"), P.status.in_(sorted(TOLD)))


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the public list by; "" keeps everything.

    `status` is a status, "overdue", "past", "refused", "all", or "" for what is under way. `period` is a year;
    `derogation` the rank of a rule, a kind, or "none"; `outcome` how it went on or ended.
    """

    text: str = ""
    status: str = ""
    commune: str = ""
    policy: str = ""
    organisation: str = ""
    period: str = ""
    derogation: str = ""
    outcome: str = ""
    widely: bool = False
    """One word of the text is enough."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the status narrows the list."""
        return any(
            (self.text, self.commune, self.policy, self.organisation, self.period, self.derogation, self.outcome)
        )


GROUPS = {"": "current", "past": "past", "refused": "refused", "overdue": "current"}
STANDING = {"": UNDER_WAY, "past": PUBLIC - UNDER_WAY, "refused": frozenset({Status.REFUSED})}
"""What a group holds."""
LATEST_FIRST = frozenset({"past", "refused", "all", str(Status.DECIDED), str(Status.CLOSED), str(Status.REFUSED)})
"""Elsewhere, what should have ended comes first."""


@dataclass(frozen=True)
class Standing:
    """How what some filters keep, whatever its status, is shared out."""

    by_status: Counter[str]
    overdue: int

    @property
    def total(self) -> int:
        return self.by_status.total()


@dataclass(frozen=True)
class Found:
    """What a filter keeps, in the order of the list; `capped` when there is more than MOST of it."""

    hits: Sequence[Hit]
    capped: bool
    standing: Standing | None = None
    """Of all that the filters would keep without their status; None when there is more than MOST of it."""

    @cached_property
    def counts(self) -> Counter[str]:
        """How many of the hits each word of a filter would keep."""
        borne = [facets for _id, _ends_on, _status, _organisation, facets in self.hits]
        return Counter(chain.from_iterable(map(_apart, borne)))


@lru_cache(maxsize=8192)
def _apart(facets: str) -> tuple[str, ...]:
    # A page counts six thousand words: each is one object, that is hashed once, however many rows and pages bear it.
    return tuple(map(intern, facets.split()))


def one(session: Session, number: str) -> Published | None:
    """The public record of one experiment; None when the public has no page of it."""
    kept = document(session, number)
    return published.read(kept) if kept else None


def document(session: Session, number: str) -> str | None:
    """The same, as the text that is kept."""
    return session.scalars(_DOCUMENT, {"number": number}).one_or_none()


def find(session: Session, filters: Filters, today: date, *, counted: bool = False) -> Found:
    """What these filters keep; `counted` when what narrows it further is to be counted."""
    own, status = has_shelf(filters), filters.status
    if own and len(first := _shelved(session, filters, today, counted=counted)) > MOST:
        return Found(first[:MOST], capped=True)
    # One reading says what is kept and how the rest stands, unless the rest is too much to be said.
    whole = _read(session, replace(filters, status="all"), today, counted=counted)
    hits = [hit for hit in whole if _stands(hit, status, today)]
    if len(whole) <= MOST:
        return Found(_in_order(hits, status), capped=False, standing=_shared(whole, today))
    if own:
        return Found(first, capped=False)
    if len(hits) < len(whole):
        # What was read is not read again: the list goes on from there.
        wanted, last = MOST - len(hits), whole[-1].id
        hits += _read(session, filters, today, counted=counted, limit=wanted, before=last)
    return Found(hits[:MOST], capped=True) if len(hits) > MOST else Found(_in_order(hits, status), capped=False)


def _in_order(hits: Sequence[Hit], status: str) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.ends_on or date.max, hit.id), reverse=status in LATEST_FIRST)


def _is_overdue(hit: Hit, today: date) -> bool:
    return hit.status in UNEVALUATED and hit.ends_on is not None and hit.ends_on < today


def _stands(hit: Hit, status: str, today: date) -> bool:
    """Whether the filter of statuses keeps it."""
    if status == "overdue":
        return _is_overdue(hit, today)
    return status == "all" or hit.status in STANDING.get(status, (status,))


def _shared(hits: Sequence[Hit], today: date) -> Standing:
    return Standing(Counter(hit.status for hit in hits), sum(_is_overdue(hit, today) for hit in hits))


def find_near(session: Session, filters: Filters, today: date, *, counted: bool = False) -> tuple[Found, Filters]:
    """What these filters keep; where nothing bears all the words of the text, what bears one. And the filters met."""
    found, wide = find(session, filters, today, counted=counted), replace(filters, widely=True)
    if found.hits or len(search.asked(filters.text)) < 2 or not search.either(search.asked(filters.text)):
        return found, filters
    return find(session, wide, today, counted=counted), wide


def _shelved(session: Session, filters: Filters, today: date, *, counted: bool) -> list[Hit]:
    """The first of a whole group along its index, one more than MOST."""
    late_on = today if filters.status == "overdue" else None
    backwards = filters.status in LATEST_FIRST
    engine, group = session.get_bind().dialect.name, GROUPS[filters.status]
    found = along(engine, group, MOST + 1, backwards=backwards, late_on=late_on, counted=counted)
    return read(Hit, session.execute(found.columns(*(COUNTED if counted else HIT))))


def _read(
    session: Session, filters: Filters, today: date, *, counted: bool, limit: int | None = None,
    before: int | None = None,
) -> list[Hit]:  # fmt: skip
    """The newest of what these filters keep, of which all is older than `before`, and one more than a limit (MOST)."""
    most = MOST if limit is None else limit
    return read(Hit, session.execute(_newest(session, filters, today, limit=most, before=before, counted=counted)))


def _newest(
    session: Session, f: Filters, today: date, *, limit: int, before: int | None = None, counted: bool = False
) -> Any:
    late_on = today if f.status == "overdue" else None
    engine, asked = session.get_bind().dialect.name, search.asked(f.text)
    if f.widely:
        asked = search.either(asked)
    found = newest(engine, _facets(f), asked, limit + 1, late_on=late_on, before=before, counted=counted)
    return found.columns(*(COUNTED if counted else HIT))


def _facets(f: Filters) -> list[str]:
    """The words of filters that must all be borne."""
    if f.status == "all":
        standing = LISTED
    else:
        standing = facet(GROUP, GROUPS[f.status]) if f.status in GROUPS else facet(STATUS, f.status)
    kinds = {COMMUNE: f.commune, POLICY: f.policy, ORGANISATION: f.organisation, YEAR: f.period,
             DEROGATION: f.derogation, OUTCOME: f.outcome}  # fmt: skip
    narrow = [facet(kind, value) for kind, value in kinds.items() if value]
    # Whatever has a page is listed: nothing more is asked of what is narrowed already.
    return narrow if narrow and standing == LISTED else [standing, *narrow]


def following(
    session: Session, filters: Filters, today: date, *, after: int | None = None, limit: int = PAGE
) -> list[Listed]:
    """The lines of what these filters keep, the newest number first, and one more: by pages, however many there are."""
    found = session.execute(_newest(session, filters, today, limit=limit, before=after))
    return rows(session, [number for number, *_rest in found])


def rows(session: Session, ids: Sequence[int]) -> list[Listed]:
    """The lines of these experiments, in this order."""
    by_id = {line.id: line for line in read(Listed, session.execute(_THESE, {"ids": ids}))}
    return [by_id[one] for one in ids if one in by_id]


Place = tuple[date, int]


def shelf(session: Session, filters: Filters, today: date, *, after: Place | None, limit: int = PAGE) -> list[Listed]:
    """A page of a list too long to be sorted, along its index: by firm end. One row more tells that there is more."""
    backwards = filters.status in LATEST_FIRST
    query = _LINES.where(P.shelf == GROUPS[filters.status])
    if filters.status == "overdue":
        query = query.where(P.ends_on < today, P.status.in_(sorted(UNEVALUATED)))
    if after:
        place = tuple_(P.ends_on, P.id)
        query = query.where(place < after if backwards else place > after)
    order = [one.desc() for one in _PLACE] if backwards else _PLACE
    return read(Listed, session.execute(query.order_by(*order).limit(limit + 1)))


def has_shelf(filters: Filters) -> bool:
    """Whether an index holds this whole list in its order."""
    return not filters.is_narrowed and filters.status in ("", "past", "overdue")


def latest(session: Session, *, limit: int) -> list[Listed]:
    """The lines of what was decided or closed last."""
    return read(Listed, session.execute(_LATEST.limit(limit)))


def owing(
    session: Session, today: date, *, after: Place | None = None, limit: int = PAGE
) -> Sequence[tuple[Place, Owing]]:
    """What owes something to the public since a day that is past, the longest since first, and one more."""
    query = select(P.owed_on, P.id, P.document).where(P.owed_on < today, P.status.in_(TOLD))
    if after:
        query = query.where(tuple_(P.owed_on, P.id) > after)
    found = session.execute(query.order_by(P.owed_on, P.id).limit(limit + 1))
    return [((owed_on, number), published.owing(text)) for owed_on, number, text in found]


def deadlines(
    session: Session, today: date, *, number: str = "", most: int = 2000, since: Any = None
) -> list[PublicDeadline]:
    """What is owed to the public, and what has ceased to be since a moment; of one experiment, or of all.

    What is late stays, however late. Of a register that owes very much, as many deadlines ahead as late are kept:
    these do not push out those.
    """
    v = public_deadlines.c
    query = _DEADLINES.order_by(v.due_on, v.id).limit(most)
    standing, ended = v.ended_at.is_(None), v.ended_at >= since
    if number:
        return read(PublicDeadline, session.execute(query.where(v.number == number, or_(standing, ended))))
    late, ahead = (query.where(standing, side) for side in (v.due_on < today, v.due_on >= today))
    lists = (session.execute(some) for some in (late, ahead, query.where(ended)))
    return read(PublicDeadline, *lists)


def soon(session: Session, task: Task, since: date, until: date, *, limit: int) -> list[PublicDeadline]:
    """The deadlines of a kind between two days, both included, the earliest first."""
    v = public_deadlines.c
    between = _DEADLINES.where(v.task == task, v.ended_at.is_(None), v.due_on.between(since, until))
    return read(PublicDeadline, session.execute(between.order_by(v.due_on, v.id).limit(limit)))
