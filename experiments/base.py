"""What every table shares: named constraints, moments in UTC, words of a closed list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, DateTime, MetaData, String, literal_column
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.types import TypeDecorator

from .vocabulary import Word

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


Reader = Session | Connection
"""Who reads what anyone may: a session of the staff, or the connection of the public, that sees nothing else."""


class Base(DeclarativeBase):
    """Tables hold facts; what follows from dates is computed."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC on both engines (SQLite alone would give it back naive)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Term(TypeDecorator[Word]):
    """A word of a closed list, kept as its code. The list itself is a CHECK of the table (`listed`)."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)


def listed(column: str, words: type[Word]) -> str:
    """The SQL condition that a column holds one word of the list."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def among(column: ColumnElement[Any] | InstrumentedAttribute[Any], words: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column holds one of these words of our lists, as each run of a statement has it at hand.

    They are written in it: what IN is bound to, SQLAlchemy takes apart anew at each run, which takes longer than the
    question.
    """
    return column.in_([literal_column(f"'{word}'") for word in sorted(words)])
