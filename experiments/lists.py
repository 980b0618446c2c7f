"""The public list: what its filters keep, counted where that is little, read a page at a time where it is much.

On a connection that sees only what is public; always ordered, always bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    Select,
    TextualSelect,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from . import search, tallies
from .base import among
from .filters import LATEST_FIRST, PARTS, SCOPES, STANDING, Filters, narrow_of, words_of
from .finding import Lookup, is_quick_to_skip, newest
from .model import Publication, Tally
from .public_access import BY_VALUE
from .published import TOLD
from .rows import COUNTED, HIT, Hit, Listed, columns, read
from .search import STATUS, facet
from .vocabulary import UNEVALUATED

P = Publication.__table__.c
T = Tally.__table__.c
MOST = 500
"""The most that is read to be counted, and that a list sorts by date: beyond, it shows the newest first and says so."""
CROSSED = 100
"""The same where words are looked for, or several filters crossed: there, each one read costs much more."""
PAGE = 50
_PLACE = (P.ends_on, P.id)
_LINES = select(*columns(Listed, Publication.__table__))
_THESE = _LINES.where(P.id.in_(bindparam("ids", expanding=True))).order_by(P.id)
_MOST = bindparam("most", type_=Integer)
_LATEST = _LINES.where(P.shelf == "past").order_by(P.seq.desc()).limit(_MOST)
_OVERDUE = "overdue"
_STATUSES = {facet(STATUS, one): str(one) for one in sorted(TOLD)}
"""Those of what has a page, by their words."""


def _how_many(*conditions: Any) -> Select[Any]:
    """How many of what is under way: so many at most."""
    some = select(P.id).where(P.shelf == "current", *conditions).limit(_MOST)
    return select(func.count()).select_from(some.subquery())


_ENDING = _how_many(P.ends_on.between(bindparam("since"), bindparam("until")))
_LATE = _how_many(P.ends_on < bindparam("today"), among(P.status, UNEVALUATED))
_STANDING = union_all(
    select(T.word, T.count).where(T.scope == "listed", among(T.word, _STATUSES)),
    select(literal(_OVERDUE), _LATE.scalar_subquery()),
)
_ALONE = select(T.scope, T.count).where(among(T.scope, SCOPES.values()), T.word == bindparam("word"))


@dataclass(frozen=True)
class Standing:
    """How what some filters keep, whatever its status, is shared out."""

    groups: Mapping[str, int | None]
    """None: too many to be counted."""
    by_status: Counter[str] | None = None
    """None where the groups alone are counted."""


@dataclass(frozen=True)
class Found:
    """What a filter keeps, in the order of the list; `capped` when there is more than the `most` that is read at once.

    A list that an index holds in its order, and one that is capped, are read page by page: `hits` are then the first
    at most, or none.
    """

    hits: Sequence[Hit]
    capped: bool
    most: int = MOST
    total: int | None = None
    """None: more than is counted."""
    standing: Standing | None = None
    """Of all that the filters would keep without their status; None when there is more of it than is counted."""


class Counts(NamedTuple):
    """How many of what some filters keep bear each word of a filter, and are of each organisation."""

    words: Mapping[str, int]
    organisations: Mapping[str, int]
    capped: bool
    """There is too much: the newest alone are counted."""


def find(public: Connection, filters: Filters, today: date) -> Found:
    """What these filters keep."""
    most = _most_counted(filters)
    if not filters.is_narrowed:
        return _find_among_all(public, filters, today, most)
    groups = _grouped_by_one(public, filters)
    total = groups.get(filters.status)
    if total is None and _is_quick_to_skip(public, filters) and _is_too_long(public, filters, today, most):
        return Found((), capped=True, most=most)
    if total is not None and total > most:
        return Found((), capped=True, most=most, total=total, standing=Standing(groups))
    # One reading says what is kept and how the rest stands, unless the rest is too much to be said.
    # Half as much again, where a status keeps but a part of it: fifty more cost far less than to look again.
    enough = most + 1 + (most // 2 if filters.status != "all" else 0)
    whole = _read(public, replace(filters, status="all"), today, enough)
    hits = [hit for hit in whole if _stands(hit, filters.status, today)]
    if len(whole) == enough and len(hits) <= most:
        # What was read is not read again: the list goes on from there.
        wanted, last = most + 1 - len(hits), whole[-1].id
        hits += _read(public, filters, today, wanted, before=last)
    if len(hits) > most:
        return Found(hits[:most], capped=True, most=most)
    standing = _shared(whole, today) if len(whole) <= most else Standing(groups) if groups else None
    return Found(_in_order(hits, filters.status), capped=False, most=most, total=len(hits), standing=standing)


def _find_among_all(public: Connection, filters: Filters, today: date, most: int) -> Found:
    """The same of the whole register, whose counts are kept: only what is sorted here is read."""
    borne: dict[str, int] = dict(iter(public.execute(_STANDING, {"today": today, "most": most + 1})))
    late = borne.pop(_OVERDUE)
    by_status = Counter({_STATUSES[word]: count for word, count in borne.items() if count})
    standing = _standing(by_status, late if late <= most else None)
    total = standing.groups.get(filters.status, by_status[filters.status])
    capped = total is None or total > most
    hits = [] if capped or has_shelf(filters) else _read(public, filters, today, most)
    return Found(_in_order(hits, filters.status), capped=capped, most=most, total=total, standing=standing)


def count(public: Connection, filters: Filters, today: date) -> Counts:
    """What would narrow further what these filters keep."""
    if not filters.is_narrowed and filters.status in SCOPES:
        scope = SCOPES[filters.status]
        return Counts(tallies.words(public, scope), tallies.organisations(public, scope), capped=False)
    most = _most_counted(filters)
    hits = read(Hit, public.execute(*_newest(public, filters, today, most + 1, shown=COUNTED)))
    borne = chain.from_iterable(hit.facets.split() for hit in hits[:most])
    names = Counter(hit.organisation for hit in hits[:most] if hit.organisation)
    return Counts(Counter(borne), names, capped=len(hits) > most)


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
    return _standing(Counter(hit.status for hit in hits), sum(_is_overdue(hit, today) for hit in hits))


def _standing(by_status: Counter[str], overdue: int | None) -> Standing:
    groups = {code: sum(by_status[one] for one in some) for code, some in STANDING.items()}
    return Standing(groups | {"all": by_status.total(), "overdue": overdue}, by_status)


def _grouped_by_one(public: Connection, filters: Filters) -> dict[str, int | None]:
    """How what one filter alone keeps is shared out, if there is but one: its counts are kept."""
    narrow = narrow_of(filters)
    if filters.text or len(narrow) != 1:
        return {}
    borne = dict(iter(public.execute(_ALONE, {"word": narrow[0]})))
    return {code: borne.get(scope, 0) for code, scope in SCOPES.items()} | {"overdue": None}


def find_near(public: Connection, filters: Filters, today: date) -> tuple[Found, Filters]:
    """What these filters keep; where nothing bears all the words of the text, what bears one. And the filters met."""
    found, wide = find(public, filters, today), replace(filters, widely=True)
    asked = search.asked(filters.text)
    if found.total != 0 or len(asked) < 2 or not search.either(asked):
        return found, filters
    return find(public, wide, today), wide


def _most_counted(filters: Filters) -> int:
    # The same on both databases, however each finds them.
    is_one_list = has_shelf(filters) or (not filters.text and len(words_of(filters)) < 2)
    return MOST if is_one_list else CROSSED


def _is_quick_to_skip(public: Connection, filters: Filters) -> bool:
    return is_quick_to_skip(public.dialect.name, words_of(filters), search.asked(filters.text))


def _is_too_long(public: Connection, filters: Filters, today: date, most: int) -> bool:
    """Whether these filters keep more than so many: whether anything is left once they are passed over."""
    return public.execute(*_newest(public, filters, today, 1, skipped=most)).first() is not None


def _read(public: Connection, filters: Filters, today: date, most: int, *, before: int | None = None) -> list[Hit]:
    """The newest of what these filters keep, of which all is older than `before`: so many at most."""
    return read(Hit, public.execute(*_newest(public, filters, today, most, shown=HIT, before=before)))


def _newest(public: Connection, f: Filters, today: date, most: int, **how: Any) -> Lookup:
    late_on = today if f.status == "overdue" else None
    engine, asked = public.dialect.name, search.asked(f.text)
    if f.widely:
        asked = search.either(asked)
    return newest(engine, words_of(f), asked, most, late_on=late_on, **how)


def following(
    public: Connection, filters: Filters, today: date, *, after: int | None = None, limit: int = PAGE
) -> list[Listed]:
    """The lines of what these filters keep, the newest number first, and one more: by pages, however many there are."""
    found = _newest(public, filters, today, limit + 1, before=after)
    return read(Listed, public.execute(_lines(found.statement), found.given))


@lru_cache(maxsize=256)
def _lines(numbers: TextualSelect) -> Select[Any]:
    lines = _LINES.where(P.id.in_(select(numbers.subquery().c.id))).order_by(P.id.desc())
    return lines.execution_options(**BY_VALUE)


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
    query = _shelf(PARTS[filters.status], late=late, backwards=backwards, goes_on=after is not None)
    given: dict[str, Any] = {"today": today} if late else {}
    if after:
        given |= {"last_on": after[0], "last": after[1]}
    return read(Listed, public.execute(query, {**given, "most": limit + 1}))


@lru_cache(maxsize=32)
def _shelf(group: str, *, late: bool, backwards: bool, goes_on: bool) -> Select[Any]:
    query = _LINES.where(P.shelf == group)
    if late:
        query = query.where(P.ends_on < bindparam("today"), among(P.status, UNEVALUATED))
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
