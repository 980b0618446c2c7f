"""Many rows written at once: on PostgreSQL by one statement, where each row would be a journey of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Subquery, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

Rows = Sequence[Mapping[str, Any]]
"""One at least, each with the same columns."""


def add(session: Session, table: Table, rows: Rows, *, unless_there: bool = False) -> None:
    """Write new rows; `unless_there`: those that a unique key refuses are passed over."""
    connection, names = session.connection(), list(rows[0])
    if connection.dialect.name == "postgresql":
        told = postgresql.insert(table).from_select(names, _unnested(table, names).select())
        connection.execute(told.on_conflict_do_nothing() if unless_there else told, _by_column(names, rows))
    else:
        new = sqlite.insert(table)
        connection.execute(new.on_conflict_do_nothing() if unless_there else new, rows)


def change(session: Session, table: Table, rows: Rows) -> None:
    """Give other values to rows, each named by its `id`."""
    connection, names = session.connection(), list(rows[0])
    others = [name for name in names if name != "id"]
    if connection.dialect.name == "postgresql":
        told = _unnested(table, names)
        new = update(table).where(table.c.id == told.c.id).values({name: told.c[name] for name in others})
        connection.execute(new, _by_column(names, rows))
    else:
        # Under names of their own: those of columns would be taken for what is to be written.
        new = update(table).where(table.c.id == bindparam("_id")).values({one: bindparam(f"_{one}") for one in others})
        connection.execute(new, [{f"_{name}": row[name] for name in names} for row in rows])


def _unnested(table: Table, names: Sequence[str]) -> Subquery:
    columns = (bindparam(f"_{name}", type_=ARRAY(table.c[name].type)) for name in names)
    return select(*(func.unnest(told).label(name) for name, told in zip(names, columns, strict=True))).subquery("told")


def _by_column(names: Sequence[str], rows: Rows) -> dict[str, list[Any]]:
    return {f"_{name}": [row[name] for row in rows] for name in names}
