"""How a list finds the newest of what its filters keep: the statement, as each database answers it at its quickest.

Both read lists of identifiers side by side, the newest first, and stop once there are enough: SQLite those of its
full-text index, PostgreSQL those of `publication_facets`, which says for each word of a filter what bears it. What it
costs then hangs on how much is shown, not on the size of the register.
"""
# ruff: noqa: S608 - nothing in these statements was typed by anybody: what was is bound.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from . import search
from .vocabulary import UNEVALUATED

_SHOWN = "p.id, p.ends_on, p.status"
_COUNTED = f"{_SHOWN}, p.organisation, p.facets"
_LATE = "p.ends_on < :late_on AND p.status IN ({})".format(", ".join(sorted(f"'{one}'" for one in UNEVALUATED)))


class _Lists(NamedTuple):
    """Where a database reads: what comes before its SELECT, what it reads, on what conditions, and the identifier."""

    first: str
    source: str
    where: list[str]
    at: str
    given: dict[str, Any]


def newest(
    engine: str, facets: Sequence[str], words: Sequence[frozenset[str]], most: int, *,
    late_on: date | None = None, before: int | None = None, counted: bool = False,
) -> TextClause:  # fmt: skip
    """The newest of what bears all these facets, and a word of each set (one of either at least): so many at most.

    `late_on`: only what had to end before that day, and has no evaluation. `before`: only what is older than this one.
    `counted`: with its organisation and its facets, besides its identifier, its end and its status.
    """
    # What is not listed has no words: whoever asks for one need not ask for what is listed.
    borne = [one for one in facets if one != search.LISTED] if words else facets
    lists = _sqlite(borne, words) if engine == "sqlite" else _postgresql(borne, words)
    where, given = list(lists.where), dict(lists.given)
    if late_on is not None:
        where.append(_LATE)
        given["late_on"] = late_on
    if before is not None:
        where.append(f"{lists.at} < :before")
        given["before"] = before
    shown = _COUNTED if counted else _SHOWN
    query = f"{lists.first}SELECT {shown} FROM {lists.source} WHERE {' AND '.join(where)}"
    return text(f"{query} ORDER BY {lists.at} DESC LIMIT {most}").bindparams(**given)


def along(
    engine: str, shelf: str, most: int, *, backwards: bool, late_on: date | None = None, counted: bool = False
) -> TextClause:  # fmt: skip
    """The first of a group in the order of its index, by firm end, or the last: so many at most."""
    source = "publications p"
    if engine == "sqlite":
        source = "publications s CROSS JOIN publications p INDEXED BY ix_publications_hits ON p.id = s.id"
    at, way = ("s" if engine == "sqlite" else "p"), (" DESC" if backwards else "")
    late = f" AND {_LATE}" if late_on else ""
    shown = _COUNTED if counted else _SHOWN
    query = f"SELECT {shown} FROM {source} WHERE {at}.shelf = :shelf{late}"
    given = {"shelf": shelf} | ({"late_on": late_on} if late_on else {})
    return text(f"{query} ORDER BY {at}.ends_on{way}, {at}.id{way} LIMIT {most}").bindparams(**given)


def _sqlite(facets: Sequence[str], words: Sequence[frozenset[str]]) -> _Lists:
    # CROSS JOIN: the index of words leads, whatever SQLite believes. INDEXED BY: that index holds all that is read,
    # where a row spills over several pages with its long document.
    source = "publication_words w CROSS JOIN publications p INDEXED BY ix_publications_hits ON p.id = w.rowid"
    wanted = search.query("sqlite", [*({one} for one in facets), *words])
    return _Lists("", source, ["publication_words MATCH :wanted"], "w.rowid", {"wanted": wanted})


def _postgresql(facets: Sequence[str], words: Sequence[frozenset[str]]) -> _Lists:
    names = [f"f{n}" for n in range(len(facets))]
    given: dict[str, Any] = dict(zip(names, facets, strict=True))
    first, source, at, where = "", "publications p", "p.id", [f"{f}.word = :{f}" for f in names]
    if names:
        joined = [f"publication_facets {f}" + (f" ON {f}.id = f0.id" if f != "f0" else "") for f in names]
        source, at = f"{' JOIN '.join(joined)} JOIN publications p ON p.id = f0.id", "f0.id"
    if len(names) > 1:
        # No list is read from an end where another has nothing: an old year is far from the newest of a commune.
        ends = ", ".join(f"(SELECT max(id) FROM publication_facets WHERE word = :{f})" for f in names)
        first = f"WITH top AS MATERIALIZED (SELECT LEAST({ends}) AS id) "
        where += [f"{f}.id <= (SELECT id FROM top)" for f in names]
    if words:
        where.append("p.words @@ CAST(:wanted AS tsquery)")
        given["wanted"] = search.query("postgresql", words)
    return _Lists(first, source, where, at, given)
