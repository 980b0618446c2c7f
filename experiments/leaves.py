"""A long list, a leaf at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVarTuple

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

Ts = TypeVarTuple("Ts")

LINES = 20
"""Rows of a leaf."""


@dataclass(frozen=True)
class Leaf(Generic[*Ts]):
    """The rows of one leaf, and how many there are in all."""

    rows: Sequence[Row[*Ts]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // LINES))


def leaf(session: Session, query: Select[*Ts], page: int) -> Leaf[*Ts]:
    """One leaf of an ordered query; the last one when there are fewer than was thought."""
    rows = _rows(session, query, page := max(1, page))
    if page == 1 and len(rows) < LINES:
        # All there is: counting it would be looking for it a second time.
        return Leaf(rows, len(rows), 1)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // LINES))
    return Leaf(rows, total, page) if page <= last else Leaf(_rows(session, query, last), total, last)


def _rows(session: Session, query: Select[*Ts], page: int) -> Sequence[Row[*Ts]]:
    return session.execute(query.limit(LINES).offset((page - 1) * LINES)).all()
