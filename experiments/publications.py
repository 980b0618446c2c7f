"""Every SELECT of the public side, on a session that sees only what is public; always ordered, always bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import LargeBinary, String, cast, or_, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from . import published, search
from .finding import newest
from .model import Publication, public_deadlines
from .obligations import Task
from .published import TOLD, Published
from .search import COMMUNE, DEROGATION, GROUP, LISTED, ORGANISATION, OUTCOME, POLICY, STATUS, YEAR, facet
from .vocabulary import PUBLIC, UNDER_WAY, UNEVALUATED, Status

P = Publication.__table__.c
MOST = 500
"""The most that a filter counts, and that a list sorts by date: beyond, a list shows the newest first and says so."""
PAGE = 50
ROW = (
    P.id, P.number, P.status, P.title, P.summary, P.organisation, P.place, P.communes, P.starts_on, P.ends_on,
    P.midterm_on, P.evaluation_due_on, P.decision_due_on, P.decided_on, P.suspended_on,
)  # fmt: skip
HIT = (P.id, P.ends_on, type_coerce(P.status, String).label("status"), P.organisation, P.facets)
"""What is counted of each thing found, five hundred times a page: its status stays a plain word."""


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

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the status narrows the list."""
        return any(
            (self.text, self.commune, self.policy, self.organisation, self.period, self.derogation, self.outcome)
        )


GROUPS = {"": "current", "past": "past", "refused": "refused", "overdue": "current"}
_STANDING = {"": UNDER_WAY, "past": PUBLIC - UNDER_WAY, "refused": {Status.REFUSED}, "overdue": UNEVALUATED}
LATEST_FIRST = frozenset({"past", "refused", "all", str(Status.DECIDED), str(Status.CLOSED), str(Status.REFUSED)})
"""Elsewhere, what should have ended comes first."""


@dataclass(frozen=True)
class Found:
    """What a filter keeps, in the order of the list; `capped` when there is more than MOST of it."""

    hits: Sequence[Any]
    """Rows of HIT."""
    capped: bool

    @cached_property
    def counts(self) -> Counter[str]:
        """How many of the hits each word of a filter would keep."""
        return Counter(" ".join(hit.facets for hit in self.hits).split())


def one(session: Session, number: str) -> Published | None:
    """The public record of one experiment; None when the public has no page of it."""
    kept = document(session, number)
    return published.read(kept) if kept else None


def document(session: Session, number: str) -> str | None:
    """The same, as the text that is kept."""
    return session.scalars(select(P.document).where(P.number == number, P.status.in_(TOLD))).one_or_none()


def find(session: Session, filters: Filters, today: date) -> Found:
    """What these filters keep."""
    hits = session.execute(_hits(session, filters, today)).all()
    capped = len(hits) > MOST
    if not capped and not has_shelf(filters):
        backwards = filters.status in LATEST_FIRST
        hits = sorted(hits, key=lambda hit: (hit.ends_on or date.max, hit.id), reverse=backwards)
    return Found(hits[:MOST], capped)


def among(session: Session, everything: Found, filters: Filters, today: date) -> Found:
    """What these filters keep, of what they keep whatever its status: a register that is not long is read once."""
    if filters.status == "all":
        return everything
    if everything.capped:
        return find(session, filters, today)
    standing = _STANDING.get(filters.status, {filters.status})
    hits = [hit for hit in everything.hits if hit.status in standing]
    if filters.status == "overdue":
        hits = [hit for hit in hits if hit.ends_on is not None and hit.ends_on < today]
    # Those of everything come the latest first.
    return Found(hits if filters.status in LATEST_FIRST else hits[::-1], capped=False)


def _hits(session: Session, filters: Filters, today: date) -> Any:
    """The newest of what these filters keep, one more than MOST; of a whole group, the first along its index."""
    if has_shelf(filters):
        return _along(select(*HIT), filters, today).limit(MOST + 1)
    return _newest(session, filters, today, limit=MOST)


def _newest(session: Session, f: Filters, today: date, *, limit: int, before: int | None = None) -> Any:
    late_on = today if f.status == "overdue" else None
    engine, asked = session.get_bind().dialect.name, search.asked(f.text)
    return newest(engine, _facets(f), asked, limit + 1, late_on=late_on, before=before).columns(*HIT)


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
) -> Sequence[Any]:
    """The lines of what these filters keep, the newest number first, and one more: by pages, however many there are."""
    found = session.execute(_newest(session, filters, today, limit=limit, before=after))
    return rows(session, [hit.id for hit in found])


def rows(session: Session, ids: Sequence[int]) -> list[Any]:
    """The lines of these experiments, in this order."""
    found = session.execute(select(*ROW).where(P.id.in_(ids)).order_by(P.id)).all()
    by_id = {row.id: row for row in found}
    return [by_id[one] for one in ids if one in by_id]


Place = tuple[date, int]


def shelf(session: Session, filters: Filters, today: date, *, after: Place | None, limit: int = PAGE) -> Sequence[Any]:
    """A page of a list too long to be sorted, along its index: by firm end. One row more tells that there is more."""
    query = _along(select(*ROW), filters, today)
    if after:
        place = tuple_(P.ends_on, P.id)
        query = query.where(place < after if filters.status in LATEST_FIRST else place > after)
    return session.execute(query.limit(limit + 1)).all()


def has_shelf(filters: Filters) -> bool:
    """Whether an index holds this whole list in its order."""
    return not filters.is_narrowed and filters.status in ("", "past", "overdue")


def _along(query: Any, filters: Filters, today: date) -> Any:
    """The lines of a group, in the order of its index: by firm end, the latest first among what is past."""
    query = query.where(P.shelf == GROUPS[filters.status])
    if filters.status == "overdue":
        query = query.where(P.ends_on < today, P.status.in_(sorted(UNEVALUATED)))
    order = (P.ends_on, P.id)
    return query.order_by(*([one.desc() for one in order] if filters.status in LATEST_FIRST else order))


def latest(session: Session, *, limit: int) -> Sequence[Any]:
    """The lines of what was decided or closed last."""
    decided = select(*ROW).where(P.shelf == "past").order_by(P.seq.desc())
    return session.execute(decided.limit(limit)).all()


def documents(session: Session, *, after: int = 0, limit: int = 200, told: bool = True) -> Sequence[tuple[int, str]]:
    """The next documents after one, by identifier: the whole register is read batch by batch, in constant memory."""
    query = select(P.id, P.document).where(P.id > after)
    if told:
        query = query.where(P.status.in_(TOLD))
    return [(row.id, row.document) for row in session.execute(query.order_by(P.id).limit(limit))]


def whole(session: Session, *, at_once: int) -> Generator[list[bytes]]:
    """Every document of the register, those of proposals that are only counted too, by identifier: so many at a time.

    As the bytes that are kept: making text of them, to be read as bytes, would cost as much as reading them. PostgreSQL
    sends the next ones while these are used. Nothing else may be asked on this session before the end.
    """
    if session.get_bind().dialect.name == "postgresql":
        texts = _copied_out(session)
    else:
        raw = select(cast(P.document, LargeBinary)).order_by(P.id)
        texts = iter(session.scalars(raw, execution_options={"yield_per": at_once}))
    while some := list(islice(texts, at_once)):
        yield some


def _copied_out(session: Session) -> Iterator[bytes]:
    driver: Any = session.connection().connection.driver_connection
    query = "COPY (SELECT document FROM publications ORDER BY id) TO STDOUT (FORMAT binary)"
    with driver.cursor() as cursor, cursor.copy(query) as rows:
        for (document,) in rows.rows():
            yield document


def every(session: Session, *, told: bool = True) -> Iterator[Published]:
    """Every public record, oldest number first."""
    after = 0
    while batch := documents(session, after=after, told=told):
        yield from (published.read(document) for _, document in batch)
        after = batch[-1][0]


def owing(
    session: Session, today: date, *, after: Place | None = None, limit: int = PAGE
) -> Sequence[tuple[Place, Published]]:
    """What owes something to the public since a day that is past, the longest since first, and one more."""
    query = select(P.owed_on, P.id, P.document).where(P.owed_on < today, P.status.in_(TOLD))
    if after:
        query = query.where(tuple_(P.owed_on, P.id) > after)
    found = session.execute(query.order_by(P.owed_on, P.id).limit(limit + 1))
    return [((row.owed_on, row.id), published.read(row.document)) for row in found]


def deadlines(session: Session, today: date, *, number: str = "", most: int = 2000, since: Any = None) -> Sequence[Any]:
    """What is owed to the public, and what has ceased to be since a moment; of one experiment, or of all.

    What is late stays, however late. Of a register that owes very much, as many deadlines ahead as late are kept:
    these do not push out those.
    """
    v = public_deadlines.c
    query = select(public_deadlines).order_by(v.due_on, v.id).limit(most)
    standing, ended = v.ended_at.is_(None), v.ended_at >= since
    if number:
        return session.execute(query.where(v.number == number, or_(standing, ended))).all()
    late, ahead = (query.where(standing, side) for side in (v.due_on < today, v.due_on >= today))
    return [row for some in (late, ahead, query.where(ended)) for row in session.execute(some)]


def soon(session: Session, task: Task, since: date, until: date, *, limit: int) -> Sequence[Any]:
    """The deadlines of a kind between two days, both included, the earliest first."""
    v = public_deadlines.c
    between = select(public_deadlines).where(v.task == task, v.ended_at.is_(None), v.due_on.between(since, until))
    return session.execute(between.order_by(v.due_on, v.id).limit(limit)).all()
