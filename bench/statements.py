"""SQL statements a request, counted in this process on the same database, without BEGIN, COMMIT and ROLLBACK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from app.config import load_config
from app.db import Database

from .load import BROWSER, Request, WrongAnswer
from .server import SECRET, environment


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements said meanwhile, without the BEGIN IMMEDIATE by which a write begins on SQLite."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    engines = (database.engine, database.public_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
            engine.dispose()


def count_statements(url: str, visits: Mapping[str, Iterator[Request]]) -> dict[str, int]:
    """The most statements that one of the next requests of each visit takes."""
    app = create_app(load_config(environment(DATABASE_URL=url, SECRET_KEY=SECRET)))
    database: Database = app.extensions["database"]
    client = app.test_client(use_cookies=False)
    with counted(database) as said:
        return {name: max(_statements(client, requests, said) for _ in range(2)) for name, requests in visits.items()}


def _statements(client: FlaskClient, requests: Iterator[Request], said: list[str]) -> int:
    request = next(requests)
    said.clear()
    answer = client.open(request.path, method=request.method, headers={**BROWSER, **request.headers}, data=request.body)
    if answer.status_code != request.expects:
        raise WrongAnswer(f"{request.method} {request.path} : {answer.status_code} au lieu de {request.expects}")
    answer.close()
    return len(said)
