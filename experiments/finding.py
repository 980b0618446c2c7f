"""How a list finds the newest of what its filters keep: the statement, as each database answers it at its quickest.

Both read lists of identifiers side by side, the newest first, and stop once there are enough: SQLite those of its
full-text index, PostgreSQL those of `publication_facets`, which says for each word of a filter what bears it. What it
costs then hangs on how much is shown, not on the size of the register.
"""
# ruff: noqa: S608 - nothing in these statements was typed by anybody: what was is bound.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, String, TextualSelect, bindparam, text
from sqlalchemy.types import TypeEngine

from . import search
from .model import Publication
from .public_access import BY_VALUE
from .vocabulary import UNEVALUATED

_LATE = "p.ends_on < :late_on AND p.status IN ({})".format(", ".join(sorted(f"'{one}'" for one in UNEVALUATED)))


_TYPES: dict[str, TypeEngine[Any]] = {"late_on": Date(), "before": Integer()}


class Lookup(NamedTuple):
    """A statement, the same object whenever its words are the same, and what it is given."""

    statement: TextualSelect
    given: dict[str, Any]


class _Lists(NamedTuple):
    """Where a database reads: what comes before its SELECT, what it reads, on what conditions, and the identifier."""

    first: str
    source: str
    where: list[str]
    at: str
    given: dict[str, Any]


def is_quick_to_skip(engine: str, facets: Sequence[str], words: Sequence[frozenset[str]]) -> bool:
    """Whether it costs little to pass over the first of what bears all these: a list alone is merely walked.

    PostgreSQL looks for a word in the row of each.
    """
    borne = len(_borne(facets, words))
    return borne + len(words) < 2 and not (words and engine == "postgresql")


def newest(
    engine: str, facets: Sequence[str], words: Sequence[frozenset[str]], most: int, *, shown: Sequence[Any] = (),
    late_on: date | None = None, before: int | None = None, skipped: int = 0,
) -> Lookup:  # fmt: skip
    """The newest of what bears all these facets, and a word of each set (one of either at least): so many at most.

    Each with its identifier and the columns `shown`. `late_on`: only what had to end before that day, and has no
    evaluation. `before`: only what is older than this one. `skipped`: so many of the newest are left out.
    """
    write = _sqlite if engine == "sqlite" else _postgresql
    lists = write(_borne(facets, words), words, whole=bool(shown or late_on), before=before)
    where, given = list(lists.where), dict(lists.given)
    if late_on is not None:
        where.append(_LATE)
        given["late_on"] = late_on
    columns = ", ".join([f"{lists.at} AS id", *(f"p.{one.name}" for one in shown)])
    query = f"{lists.first}SELECT {columns} FROM {lists.source} WHERE {' AND '.join(where)}"
    return _lookup(f"{query} ORDER BY {lists.at} DESC", given, shown, most, skipped)


def _borne(facets: Sequence[str], words: Sequence[frozenset[str]]) -> Sequence[str]:
    # What is not listed has no words: whoever asks for one need not ask for what is listed.
    return [one for one in facets if one != search.LISTED] if words else facets


def _lookup(query: str, given: dict[str, Any], shown: Sequence[Any], most: int, skipped: int) -> Lookup:
    some = f"LIMIT {most}" + (f" OFFSET {skipped}" if skipped else "")
    return Lookup(_prepared(f"{query} {some}", tuple(sorted(given)), tuple(shown)), given)


@lru_cache(maxsize=512)
def _prepared(query: str, names: tuple[str, ...], shown: tuple[Any, ...]) -> TextualSelect:
    # To take a statement apart costs as much as to run it.
    bound = (bindparam(name, type_=_TYPES.get(name, String())) for name in names)
    found = text(query).bindparams(*bound).columns(Publication.__table__.c.id, *shown)
    return found.execution_options(**BY_VALUE)


def _sqlite(facets: Sequence[str], words: Sequence[frozenset[str]], *, whole: bool, before: int | None) -> _Lists:
    source, where = "publication_words w", ["publication_words MATCH :wanted"]
    if whole:
        # CROSS JOIN: the index of words leads, whatever SQLite believes. INDEXED BY: that index holds all that is read,
        # where a row spills over several pages with its long document.
        source += " CROSS JOIN publications p INDEXED BY ix_publications_hits ON p.id = w.rowid"
    given: dict[str, Any] = {"wanted": search.query("sqlite", [*({one} for one in facets), *words])}
    if before is not None:
        where.append("w.rowid < :before")
        given["before"] = before
    return _Lists("", source, where, "w.rowid", given)


def _postgresql(facets: Sequence[str], words: Sequence[frozenset[str]], *, whole: bool, before: int | None) -> _Lists:
    names = [f"f{n}" for n in range(len(facets))]
    given: dict[str, Any] = dict(zip(names, facets, strict=True))
    first, source, at, where = "", "publications p", "p.id", [f"{f}.word = :{f}" for f in names]
    if names:
        joined = [f"publication_facets {f}" + (f" ON {f}.id = f0.id" if f != "f0" else "") for f in names]
        source, at = " JOIN ".join(joined), "f0.id"
        if whole or words:
            source += " JOIN publications p ON p.id = f0.id"
    if before is not None:
        # Said of each list: what is said of one, PostgreSQL does not carry to those it is joined with.
        where += [f"{f}.id < :before" for f in names or ["p"]]
        given["before"] = before
    if len(names) > 1:
        # No list is read from an end where another has nothing: an old year is far from the newest of a commune.
        ends = ", ".join(f"(SELECT max(id) FROM publication_facets WHERE word = :{f})" for f in names)
        first = f"WITH top AS MATERIALIZED (SELECT LEAST({ends}) AS id) "
        where += [f"{f}.id <= (SELECT id FROM top)" for f in names]
    if words:
        where.append("p.words @@ CAST(:wanted AS tsquery)")
        given["wanted"] = search.query("postgresql", words)
    return _Lists(first, source, where, at, given)
