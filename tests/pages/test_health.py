"""What the watcher of the server reads: whether the register can do its work."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from app import create_app
from app.config import load_config
from app.db import Database
from tests.pages.visitor import Visitor

SECRET = "une clé qui ne sert qu’aux tests, de plus de 32 caractères"
WELL = {"status": "ok", "database": "ok", "schema": "ok", "guards": "ok", "worker": None}


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_all_is_well(visitor: Visitor, register: Database) -> None:
    with statements_of(register) as statements:
        answer = visitor.get("/health")
    assert (answer.status_code, answer.json) == (200, WELL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert len([s for s in statements if s != "BEGIN"]) <= 3


def test_a_guard_taken_off_is_named(visitor: Visitor, register: Database) -> None:
    with register.changing() as session:
        on = " ON trace" if session.get_bind().dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER trace_no_update{on}"))
    answer = visitor.get("/health")
    assert (answer.status_code, answer.json) == (
        503,
        {**WELL, "status": "degraded", "guards": "missing: trace_no_update"},
    )


@pytest.mark.only("postgresql")
def test_a_guard_put_to_sleep_is_named(visitor: Visitor, register: Database) -> None:
    with register.changing() as session:
        session.execute(text("ALTER TABLE decisions DISABLE TRIGGER decisions_no_delete"))
    answer = visitor.get("/health")
    assert (answer.status_code, (answer.json or {})["guards"]) == (503, "missing: decisions_no_delete")


def test_a_schema_that_is_not_ours_is_said(visitor: Visitor, register: Database) -> None:
    with register.changing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = visitor.get("/health")
    assert answer.status_code == 503
    assert (answer.json or {})["schema"].startswith("at 0000, expected ")


def health_of(url: str, instance: Path) -> tuple[int, str]:
    app = create_app(load_config({"DATABASE_URL": url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(instance)}))
    answer = app.test_client().get("/health")
    app.extensions["database"].engine.dispose()
    return answer.status_code, answer.text


def test_an_empty_database_is_said(empty_database_url: str, tmp_path: Path) -> None:
    status, body = health_of(empty_database_url, tmp_path)
    found = json.loads(body)
    assert (status, found["database"], found["schema"]) == (503, "ok", "absent")


# A folder is no database.
@pytest.mark.parametrize("url", ["postgresql://someone:a-password@127.0.0.1:9/register", "sqlite:///{folder}"])
def test_a_database_that_does_not_answer_is_said_and_nothing_more(url: str, tmp_path: Path) -> None:
    status, body = health_of(url.format(folder=tmp_path), tmp_path)
    assert (status, json.loads(body)["database"]) == (503, "unreachable")
    assert not [word for word in ("a-password", "Traceback", "127.0.0.1", str(tmp_path)) if word in body]
