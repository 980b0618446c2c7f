"""The public list: what its filters keep, counted where that is little, read a page at a time where it is much.

On a connection that sees only what is public; always ordered, always bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain
from sys import intern
from typing import Any

from sqlalchemy import Connection, Date, Integer, Select, TextualSelect, bindparam, func, select, tuple_

from . import search
from .finding import Lookup, along, is_quick_to_skip, newest
from .model import Publication
from .rows import COUNTED, HIT, Hit, Listed, columns, read
from .search import COMMUNE, DEROGATION, GROUP, LISTED, ORGANISATION, OUTCOME, POLICY, STATUS, YEAR, facet
from .vocabulary import PUBLIC, UNDER_WAY, UNEVALUATED, Status

P = Publication.__table__.c
MOST = 500
"""The most that a filter counts, and that a list sorts by date: beyond, a list shows the newest first and says so."""
CROSSED = 100
"""The same where words are looked for, or several filters crossed: there, each one read costs much more."""
PAGE = 50
_PLACE = (P.ends_on, P.id)
_LINES = select(*columns(Listed, Publication.__table__))
_THESE = _LINES.where(P.id.in_(bindparam("ids", expanding=True))).order_by(P.id)
_MOST = bindparam("most", type_=Integer)
_LATEST = _LINES.where(P.shelf == "past").order_by(P.seq.desc()).limit(_MOST)
_ENDING = select(func.count()).select_from(
    select(P.id)
    .where(P.shelf == "current", P.ends_on.between(bindparam("since"), bindparam("until")))
    .limit(_MOST)
    .subquery()
)


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
    """What a filter keeps, in the order of the list; `capped` when there is more than the `most` that is counted.

    Of a list that is capped, `hits` are the first at most, or none: it is read page by page.
    """

    hits: Sequence[Hit]
    capped: bool
    most: int = MOST
    standing: Standing | None = None
    """Of all that the filters would keep without their status; None when there is more of it than is counted."""

    @cached_property
    def counts(self) -> Counter[str]:
        """How many of the hits each word of a filter would keep."""
        borne = [facets for _id, _ends_on, _status, _organisation, facets in self.hits]
        return Counter(chain.from_iterable(map(_apart, borne)))


@lru_cache(maxsize=8192)
def _apart(facets: str) -> tuple[str, ...]:
    # A page counts six thousand words: each is one object, that is hashed once, however many rows and pages bear it.
    return tuple(map(intern, facets.split()))


def find(public: Connection, filters: Filters, today: date, *, counted: bool = False) -> Found:
    """What these filters keep; `counted` when what narrows it further is to be counted."""
    most = _most_counted(filters)
    if _is_quick_to_skip(public, filters) and _is_too_long(public, filters, today, most):
        return Found(_first(public, filters, today, most) if counted else (), capped=True, most=most)
    # One reading says what is kept and how the rest stands, unless the rest is too much to be said.
    whole = _read(public, replace(filters, status="all"), today, most + 1, counted=counted)
    hits = [hit for hit in whole if _stands(hit, filters.status, today)]
    if len(whole) > most and len(hits) < len(whole):
        # What was read is not read again: the list goes on from there.
        wanted, last = most + 1 - len(hits), whole[-1].id
        hits += _read(public, filters, today, wanted, counted=counted, before=last)
    if len(hits) > most:
        return Found(hits[:most], capped=True, most=most)
    standing = _shared(whole, today) if len(whole) <= most else None
    return Found(_in_order(hits, filters.status), capped=False, most=most, standing=standing)


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


def find_near(public: Connection, filters: Filters, today: date, *, counted: bool = False) -> tuple[Found, Filters]:
    """What these filters keep; where nothing bears all the words of the text, what bears one. And the filters met."""
    found, wide = find(public, filters, today, counted=counted), replace(filters, widely=True)
    asked = search.asked(filters.text)
    if found.capped or found.hits or len(asked) < 2 or not search.either(asked):
        return found, filters
    return find(public, wide, today, counted=counted), wide


def _most_counted(filters: Filters) -> int:
    # The same on both databases, however each finds them.
    is_one_list = has_shelf(filters) or (not filters.text and len(_facets(filters)) < 2)
    return MOST if is_one_list else CROSSED


def _is_quick_to_skip(public: Connection, filters: Filters) -> bool:
    engine, asked = public.dialect.name, search.asked(filters.text)
    return has_shelf(filters) or is_quick_to_skip(engine, _facets(filters), asked)


def _is_too_long(public: Connection, filters: Filters, today: date, most: int) -> bool:
    """Whether these filters keep more than so many: whether anything is left once they are passed over."""
    written = _along if has_shelf(filters) else _newest
    return public.execute(*written(public, filters, today, 1, skipped=most)).first() is not None


def _first(public: Connection, filters: Filters, today: date, most: int) -> list[Hit]:
    """The first of a list that is too long, with what its filters count."""
    written = _along if has_shelf(filters) else _newest
    return read(Hit, public.execute(*written(public, filters, today, most, shown=COUNTED)))


def _read(
    public: Connection, filters: Filters, today: date, most: int, *, counted: bool, before: int | None = None
) -> list[Hit]:  # fmt: skip
    """The newest of what these filters keep, of which all is older than `before`: so many at most."""
    shown = COUNTED if counted else HIT
    return read(Hit, public.execute(*_newest(public, filters, today, most, shown=shown, before=before)))


def _along(public: Connection, f: Filters, today: date, most: int, **how: Any) -> Lookup:
    late_on = today if f.status == "overdue" else None
    engine, backwards = public.dialect.name, f.status in LATEST_FIRST
    return along(engine, GROUPS[f.status], most, backwards=backwards, late_on=late_on, **how)


def _newest(public: Connection, f: Filters, today: date, most: int, **how: Any) -> Lookup:
    late_on = today if f.status == "overdue" else None
    engine, asked = public.dialect.name, search.asked(f.text)
    if f.widely:
        asked = search.either(asked)
    return newest(engine, _facets(f), asked, most, late_on=late_on, **how)


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
    public: Connection, filters: Filters, today: date, *, after: int | None = None, limit: int = PAGE
) -> list[Listed]:
    """The lines of what these filters keep, the newest number first, and one more: by pages, however many there are."""
    found = _newest(public, filters, today, limit + 1, before=after)
    return read(Listed, public.execute(_lines(found.statement), found.given))


@lru_cache(maxsize=256)
def _lines(numbers: TextualSelect) -> Select[Any]:
    return _LINES.where(P.id.in_(select(numbers.subquery().c.id))).order_by(P.id.desc())


def rows(public: Connection, ids: Sequence[int]) -> list[Listed]:
    """The lines of these experiments, in this order."""
    by_id = {line.id: line for line in read(Listed, public.execute(_THESE, {"ids": ids}))}
    return [by_id[one] for one in ids if one in by_id]


Place = tuple[date, int]


def page(
    public: Connection, filters: Filters, found: Found, today: date, *, after: Place | None, limit: int = PAGE
) -> list[Listed]:  # fmt: skip
    """A page of a list too long to be sorted, and one line more, that tells there is more.

    By firm end where an index holds it in that order; elsewhere, the newest number first.
    """
    if not has_shelf(filters):
        ahead = [hit.id for hit in found.hits if after is None or hit.id < after[1]]
        if len(ahead) > limit:
            return rows(public, ahead[: limit + 1])
        return following(public, filters, today, after=after[1] if after else None, limit=limit)
    late, backwards = filters.status == "overdue", filters.status in LATEST_FIRST
    query = _shelf(GROUPS[filters.status], late=late, backwards=backwards, goes_on=after is not None)
    given: dict[str, Any] = {"today": today} if late else {}
    if after:
        given |= {"last_on": after[0], "last": after[1]}
    return read(Listed, public.execute(query, {**given, "most": limit + 1}))


@lru_cache(maxsize=32)
def _shelf(group: str, *, late: bool, backwards: bool, goes_on: bool) -> Select[Any]:
    query = _LINES.where(P.shelf == group)
    if late:
        query = query.where(P.ends_on < bindparam("today"), P.status.in_(sorted(UNEVALUATED)))
    if goes_on:
        place, last = tuple_(*_PLACE), tuple_(bindparam("last_on", type_=Date), bindparam("last", type_=Integer))
        query = query.where(place < last if backwards else place > last)
    order = [one.desc() for one in _PLACE] if backwards else _PLACE
    return query.order_by(*order).limit(_MOST)


def has_shelf(filters: Filters) -> bool:
    """Whether an index holds this whole list in its order."""
    return not filters.is_narrowed and filters.status in ("", "past", "overdue")


def how_many_end(public: Connection, since: date, until: date) -> int:
    """How many of what is under way end between two days, both included; beyond MOST, one more."""
    return public.scalar(_ENDING, {"since": since, "until": until, "most": MOST + 1}) or 0


def latest(public: Connection, *, limit: int) -> list[Listed]:
    """The lines of what was decided or closed last."""
    return read(Listed, public.execute(_LATEST, {"most": limit}))
