"""Rows named by hundreds of numbers or keys, told to the database as one value instead of hundreds of parameters.

Those take longer to write and to read than the rows. On SQLite the value is a parameter, and the statement one that it
knows; on PostgreSQL it is written in the statement, which is then new each time (see `_as_array`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Values(TypeDecorator[list[Any]]):
    """An array on PostgreSQL, where it is written out; JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """As it is: SQLite has no booleans, and « … IN (…) = 1 » would look in no index."""
        return self


def among(column: Any, values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """Whether a column holds one of these values."""
    return _Among(column, bindparam(None, sorted(values), type_=_Values(column.type), unique=True))


@compiles(_Among, "postgresql")
def _as_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    # Written out: of an array that it has not seen, PostgreSQL believes that it holds ten values, reads the table from
    # end to end and compares each row with all of them, one by one.
    column, values = element.clauses
    told = compiler.process(values, literal_execute=True)
    kind = column.type.compile(compiler.dialect)
    return f"{compiler.process(column, **options)} = ANY (CAST({told} AS {kind}[]))"


@compiles(_Among, "sqlite")
def _as_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - written by the compiler
