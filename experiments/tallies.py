"""How many experiments bear each word, in each year and in each part of the register: kept as they are published, for
a list of all of them is never read to be counted, nor a year for the page of reports.

Each publication says what it counts for; when that changes, the counts follow in the same transaction. None of it
hangs on the day of the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.orm import Session

from .model import Publication, Tally
from .search import GROUP, ORGANISATION, facet

T = Tally.__table__.c
MOST_NAMES = 1000
"""Of organisations: those that have the most experiments."""
_GROUPS, NAMES = facet(GROUP, ""), facet(ORGANISATION, "")
_ADD = text(
    "INSERT INTO tallies (scope, word, label, count) VALUES (:scope, :word, :label, :more) "
    "ON CONFLICT (scope, word) DO UPDATE SET count = tallies.count + excluded.count, "
    "label = CASE WHEN excluded.count > 0 THEN excluded.label ELSE tallies.label END"
)
_IN_SCOPE = (T.scope == bindparam("scope"), T.count > 0)
_WORDS = select(T.word, T.count).where(*_IN_SCOPE, T.word.not_like(f"{NAMES}%"))
_ORGANISATIONS = (
    select(T.label, T.count)
    .where(*_IN_SCOPE, T.word.like(f"{NAMES}%"))
    .order_by(T.count.desc(), T.word)
    .limit(MOST_NAMES)
)


class Scoped(NamedTuple):
    """A word that is counted, and where."""

    scope: str
    word: str


def words_of(row: Publication) -> frozenset[Scoped]:
    """What a publication counts for: in its years, what they held; in each part of the register, its filters."""
    facets = (row.facets or "").split()
    years = (Scoped(*mark.split("-", 1)) for mark in (row.marks or "").split())
    parts = [one.removeprefix(_GROUPS) for one in facets if one.startswith(_GROUPS)]
    return frozenset([*years, *(Scoped(part, word) for part in parts for word in facets)])


def follow(session: Session, before: Iterable[Scoped], row: Publication) -> None:
    """Have the counts follow what an experiment counted for, and counts for now.

    The caller holds the row of the register (`register.changed`): nobody else counts meanwhile.
    """
    was, now = set(before), words_of(row)
    if was == now:
        return
    session.execute(_ADD, [
        {"scope": one.scope, "word": one.word, "more": 1 if one in now else -1,
         "label": row.organisation if one.word.startswith(NAMES) else ""}
        for one in sorted(was ^ now)
    ])  # fmt: skip


def words(public: Connection, scope: str) -> dict[str, int]:
    """How many bear each word of a filter in a part of the register; those of organisations are below."""
    return dict(iter(public.execute(_WORDS, {"scope": scope})))


def organisations(public: Connection, scope: str) -> dict[str, int]:
    """The organisations that have the most experiments in a part of the register, by their names."""
    return dict(iter(public.execute(_ORGANISATIONS, {"scope": scope})))
