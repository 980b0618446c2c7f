"""What the watcher of the server reads: whether the register can do its work."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text, update
from werkzeug.test import TestResponse

from app import clock, create_app, db
from app.config import load_config
from app.db import Database, head
from experiments import watch
from experiments.model import Deadline, Mail, Pulse
from experiments.obligations import Fate, Occasion
from experiments.vocabulary import Status
from tests import people
from tests.builders import an_experiment
from tests.pages.visitor import Visitor

SECRET = "une clé qui ne sert qu’aux tests, de plus de 32 caractères"
WELL = {"status": "ok", "database": "ok", "schema": "ok", "guards": "ok", "worker": "ok", "oldest_due": None}


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
    assert (answer.status_code, found(answer)) == (200, WELL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert len([s for s in statements if s != "BEGIN"]) <= 4


def test_a_guard_taken_off_is_named(visitor: Visitor, register: Database) -> None:
    with register.changing() as session:
        on = " ON trace" if session.get_bind().dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER trace_no_update{on}"))
    answer = visitor.get("/health")
    assert (answer.status_code, found(answer)) == (
        503,
        {**WELL, "status": "degraded", "guards": "missing: trace_no_update"},
    )


def test_a_view_of_the_public_that_is_gone_is_named(visitor: Visitor, register: Database) -> None:
    with register.changing() as session:
        session.execute(text("DROP VIEW public_voices"))
    answer = visitor.get("/health")
    assert (answer.status_code, found(answer)) == (
        503,
        {**WELL, "status": "degraded", "guards": "missing: public_voices"},
    )


@pytest.mark.only("postgresql")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("REVOKE SELECT ON publications FROM jalon_public", "publications"),
        ("ALTER TABLE publications DISABLE TRIGGER publication_facets_come", "publication_facets_come"),
    ],
)
def test_what_the_public_no_longer_reads_is_named(
    visitor: Visitor, register: Database, change: str, named: str
) -> None:
    with register.changing() as session:
        session.execute(text(change))
    answer = visitor.get("/health")
    assert (answer.status_code, (answer.json or {})["guards"]) == (503, f"missing: {named}")


def found(answer: TestResponse) -> dict[str, str | None]:
    """What it answers, but for the moment of the last run, which is read as one."""
    known = dict(answer.json or {})
    assert datetime.fromisoformat(known.pop("last_run")).tzinfo
    return known


def beat(register: Database, **facts: object) -> None:
    with register.changing() as session:
        session.execute(update(Pulse).values(facts))


def ago(**time: float) -> datetime:
    # The page looks at its clock a little later than the test did.
    return clock.now() - timedelta(**time)


@pytest.mark.parametrize(("minutes", "status"), [(14.5, 200), (15.1, 503)])
def test_a_worker_that_stopped_is_said_after_a_quarter_of_an_hour(
    visitor: Visitor, register: Database, minutes: float, status: int
) -> None:
    seen = ago(minutes=minutes)
    beat(register, ran_at=seen)
    answer = visitor.get("/health")
    known = answer.json or {}
    assert (answer.status_code, known["worker"]) == (status, "ok" if status == 200 else "silent")
    assert datetime.fromisoformat(known["last_run"]) == seen.replace(microsecond=0)


@pytest.mark.parametrize(("minutes", "status"), [(14.5, 200), (15.1, 503)])
def test_a_worker_never_started_is_said_and_missed_a_quarter_of_an_hour_later(
    visitor: Visitor, register: Database, minutes: float, status: int
) -> None:
    beat(register, ran_at=None, since=ago(minutes=minutes))
    answer = visitor.get("/health")
    assert (answer.status_code, (answer.json or {})["worker"], (answer.json or {})["last_run"]) == (
        status, "never", None
    )  # fmt: skip


@pytest.mark.parametrize(("minutes", "status"), [(59.5, 200), (60.1, 503)])
def test_a_mail_that_should_have_left_an_hour_ago_is_said(
    visitor: Visitor, register: Database, minutes: float, status: int
) -> None:
    due = ago(minutes=minutes)
    with register.changing() as session:
        at = {"planned_at": due, "due_at": due, "not_before": due}
        awa = people.awa(session)
        session.add(Mail(key="k", person_id=awa.id, occasion=Occasion.REMINDER, fate=Fate.WAITING, tries=0,
                         leased_by="", words="", **at))  # fmt: skip
    answer = visitor.get("/health")
    known = answer.json or {}
    assert (answer.status_code, known["worker"]) == (status, "ok")
    assert datetime.fromisoformat(known["oldest_due"]) == due.replace(microsecond=0)


@pytest.mark.parametrize(("minutes", "status"), [(59.5, 200), (60.1, 503)])
def test_a_mail_that_its_own_server_puts_off_is_late_all_the_same_and_alarms_nobody_else(
    visitor: Visitor, register: Database, minutes: float, status: int
) -> None:
    due = ago(minutes=minutes)
    with register.changing() as session:
        at = {"planned_at": due, "due_at": due, "not_before": ago(minutes=-30)}
        awa = people.awa(session)
        session.add(Mail(key="k", person_id=awa.id, occasion=Occasion.REMINDER, fate=Fate.WAITING, tries=9,
                         leased_by="", words="452 boîte pleine", **at))  # fmt: skip
    answer = visitor.get("/health")
    assert (answer.status_code, (answer.json or {})["worker"]) == (status, "ok")
    assert datetime.fromisoformat((answer.json or {})["oldest_due"]) == due.replace(microsecond=0)
    with register.reading() as session:
        assert watch.state(session, clock.now()).unsent_since is None


@pytest.mark.parametrize(("days", "status"), [(-1, 200), (5, 503)])
def test_a_rung_that_nobody_plans_is_said_though_a_worker_runs(
    visitor: Visitor, register: Database, days: int, status: int
) -> None:
    with register.changing() as session:
        an_experiment(session, Status.RUNNING, today=clock.today())
        session.execute(
            update(Deadline)
            .where(Deadline.ended_at.is_(None))
            .values(next_on=clock.today() - timedelta(days), changed_at=ago(days=30))
        )
        session.execute(update(Pulse).values(since=ago(days=30)))
    assert visitor.get("/health").status_code == status


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (6, 503)])
def test_a_run_that_is_yet_to_take_place_is_no_sign_of_life(
    visitor: Visitor, register: Database, minutes: float, status: int
) -> None:
    beat(register, ran_at=ago(minutes=-minutes))
    assert visitor.get("/health").status_code == status


def test_a_server_that_lets_nothing_through_for_an_hour_is_said(visitor: Visitor, register: Database) -> None:
    beat(register, trouble="Le serveur de courrier diffère tout", troubled_since=ago(minutes=61))
    assert visitor.get("/health").status_code == 503


def test_a_trouble_is_said_at_once_without_what_the_server_answered(visitor: Visitor, register: Database) -> None:
    beat(register, trouble="Le serveur mx.interne:25 a coupé la connexion", troubled_since=ago(minutes=1))
    answer = visitor.get("/health")
    assert (answer.status_code, (answer.json or {})["worker"]) == (200, "troubled")
    assert "mx.interne" not in answer.text


def test_a_schema_from_before_the_reminders_is_behind_and_nothing_worse(visitor: Visitor, register: Database) -> None:
    db.downgrade(register.engine, "0001")
    answer = visitor.get("/health")
    known = answer.json or {}
    assert (answer.status_code, known["database"], known["schema"]) == (503, "ok", f"at 0001, expected {head()}")
    assert (known["worker"], known["last_run"], known["oldest_due"]) == (None, None, None)


def test_a_ledger_that_is_gone_is_no_good_health(visitor: Visitor, register: Database) -> None:
    with register.changing() as session:
        session.execute(text("DROP TABLE pulse"))
    answer = visitor.get("/health")
    assert (answer.status_code, (answer.json or {})["database"]) == (503, "ok")


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
