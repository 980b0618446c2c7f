"""What the tests of the public side share: the statements that a page takes, and a file that says what one likes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from msgspec.structs import replace
from sqlalchemy import event

from app.db import Database
from experiments import declared as d
from tests.builders import complete


@contextmanager
def statements(register: Database) -> Iterator[list[str]]:
    """The SQL said meanwhile, by whoever reads what is public and by the others, without BEGIN."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    engines = (register.engine, register.public_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield said
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def named(**fields: Any) -> dict[type[Any], Any]:
    """A file whose identity says these things."""
    return {d.Identity: replace(complete(date(2026, 1, 5))[d.Identity], **fields)}
