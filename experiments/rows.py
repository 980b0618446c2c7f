"""The rows that lists and calendars are made of, as plain named tuples.

Five hundred of them are looked at for one page: to ask a row of SQLAlchemy for a value by its name takes fifteen times
as long.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain, starmap
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Date, FromClause, Result, String, case, literal, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .model import Publication
from .obligations import Task
from .vocabulary import IN_THE_FIELD, PUBLIC, Status


class Hit(NamedTuple):
    """Something found. What its filters count is read only where they are counted."""

    id: int
    ends_on: date | None
    status: str
    organisation: str = ""
    facets: str = ""


class Listed(NamedTuple):
    """One experiment of the public list."""

    id: int
    number: str
    status: Status
    title: str
    summary: str
    organisation: str
    place: str
    communes: str
    starts_on: date | None
    ends_on: date | None
    midterm_on: date | None
    evaluation_due_on: date | None
    decision_due_on: date | None
    decided_on: date | None
    suspended_on: date | None
    changed_at: datetime
    """When the last gate was crossed: of what was refused, when it was."""
    facets: str
    started_on: date | None
    field_ended_on: date | None
    """Both of what is over in the field, and of nothing else."""


class PublicDeadline(NamedTuple):
    """Something owed to the public, or that was."""

    id: int
    experiment_id: int
    number: str
    title: str
    status: Status
    organisation: str
    task: Task
    about: str
    subject: str
    due_on: date
    version: int
    changed_at: datetime
    ended_at: datetime | None


class OwnDeadline(NamedTuple):
    """All that somebody's calendar says of a deadline is drawn from."""

    id: int
    experiment_id: int
    task: Task
    about: str
    subject: str
    due_on: date
    version: int
    changed_at: datetime
    ended_at: datetime | None
    number: str
    title: str
    titled_at: datetime | None
    """When the part that holds the title was last written."""


P = Publication.__table__.c
HIT: tuple[Any, ...] = (P.ends_on, type_coerce(P.status, String).label("status"))
"""What is read of each thing found, besides its identifier: its status stays a plain word."""
COUNTED = (*HIT, P.organisation, P.facets)
"""The same, with what its filters count."""

T = TypeVar("T", bound=tuple[Any, ...])


class _Told(FunctionElement[date]):
    """A day that the document of a publication tells, and no column repeats."""

    type = Date()
    inherit_cache = True


@compiles(_Told, "postgresql")
def _of_json(element: _Told, compiler: SQLCompiler, **options: Any) -> str:
    document, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(CAST({document} AS JSON) ->> {name} AS DATE)"


@compiles(_Told, "sqlite")
def _of_text(element: _Told, compiler: SQLCompiler, **options: Any) -> str:
    document, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({document}, '$.' || {name})"


def _lived(name: str) -> Any:
    # A document is long: it is looked into only where the day is read, a page of lines at a time.
    day = _Told(P.document, literal(name, String))
    return case((P.status.in_(sorted(PUBLIC - IN_THE_FIELD)), day), else_=None).label(name)


_LIVED = ("started_on", "field_ended_on")
LISTED = [_lived(name) if name in _LIVED else P[name] for name in Listed._fields]
"""What is read of each line."""


def columns(kind: type[tuple[Any, ...]], table: FromClause) -> list[Any]:
    """The columns of a table that these tuples are made of, in their order."""
    return [table.c[name] for name in kind._fields]  # type: ignore[attr-defined]


def read(kind: type[T], *found: Result[Any]) -> list[T]:
    """The rows of these results, one after the other, as tuples of this kind."""
    return list(starmap(kind, chain.from_iterable(one.all() for one in found)))
