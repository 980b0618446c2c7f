"""The rows that lists and calendars are made of, as plain named tuples.

Five hundred of them are looked at for one page: to ask a row of SQLAlchemy for a value by its name takes fifteen times
as long.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain, starmap
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import FromClause, Result, String, type_coerce

from .model import Publication
from .obligations import Task
from .vocabulary import Status


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
    started_on: date | None
    field_ended_on: date | None
    changed_at: datetime
    """When the last gate was crossed: of what was refused, when it was."""
    facets: str


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


def columns(kind: type[tuple[Any, ...]], table: FromClause) -> list[Any]:
    """The columns of a table that these tuples are made of, in their order."""
    return [table.c[name] for name in kind._fields]  # type: ignore[attr-defined]


def read(kind: type[T], *found: Result[Any]) -> list[T]:
    """The rows of these results, one after the other, as tuples of this kind."""
    return list(starmap(kind, chain.from_iterable(one.all() for one in found)))
