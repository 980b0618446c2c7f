"""What the database refuses, on both engines, to somebody who goes round every verb."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from app.db import Database, check
from experiments import audit, guards
from experiments.model import Experiment
from tests.domain.guards_off import take_down

COLUMNS = [column.key for column in Experiment.__table__.columns if column.key not in ("id", "shelf")]
COPY = ", ".join(COLUMNS)
TRACE = "experiment_id, at_version, event, from_status, to_status, body"

REFUSED = {
    "rewriting the trace": "UPDATE trace SET body = '{}'",
    "rewriting one hash": "UPDATE trace SET hash = previous WHERE seq = 2",
    "moving an entry": "UPDATE trace SET seq = seq + 1000 WHERE seq = 2",
    "deleting the trace": "DELETE FROM trace",
    "deleting the last entry": "DELETE FROM trace WHERE seq = (SELECT MAX(seq) FROM trace)",
    "leaving a hole in the trace": f"INSERT INTO trace (seq, previous, hash, {TRACE}) "
    f"SELECT seq + 2, hash, 'h', {TRACE} FROM trace ORDER BY seq DESC LIMIT 1",
    "starting a second chain": f"INSERT INTO trace (seq, previous, hash, {TRACE}) "
    f"SELECT seq + 1, previous, 'h', {TRACE} FROM trace ORDER BY seq DESC LIMIT 1",
    "rewriting an evaluation": "UPDATE evaluations SET text = '{}'",
    "turning a verdict round": "UPDATE evaluations SET verdict = 'refuted' WHERE NOT interim",
    "deleting the evaluations": "DELETE FROM evaluations",
    "rewriting a decision": "UPDATE decisions SET text = '{}'",
    "moving the end that was granted": "UPDATE decisions SET ends_on = '2031-01-01' WHERE ends_on IS NOT NULL",
    "deleting the decisions": "DELETE FROM decisions",
    "rewriting what was submitted": "UPDATE submissions SET texts = '{}'",
    "deleting what was submitted": "DELETE FROM submissions",
    "rewriting a reply": "UPDATE replies SET text = 'Autre chose'",
    "deleting the replies": "DELETE FROM replies",
    "saying something else than what was disclosed": "UPDATE disclosures SET value = 'Un autre'",
    "deleting the disclosures": "DELETE FROM disclosures",
    "deleting the experiments": "DELETE FROM experiments",
    "closing without a trace": "UPDATE experiments SET status = 'closed' WHERE status = 'decided'",
    "going back to running": "UPDATE experiments SET status = 'running' WHERE status = 'decided'",
    "moving a draft on": "UPDATE experiments SET status = 'submitted' WHERE status = 'draft'",
    "taking the entry of another": "UPDATE experiments SET status = 'submitted', trace_seq = "
    "(SELECT MIN(seq) FROM trace WHERE event = 'submit' AND experiment_id <> experiments.id) WHERE status = 'draft'",
    "using an old entry again": "UPDATE experiments SET status = 'submitted', trace_seq = "
    "(SELECT MIN(seq) FROM trace WHERE event = 'submit' AND experiment_id = experiments.id) WHERE status = 'draft'",
    "forgetting the last entry": "UPDATE experiments SET trace_seq = NULL WHERE status = 'draft'",
    "beginning anywhere but at draft": f"INSERT INTO experiments ({COPY}) SELECT "
    + COPY.replace("number, nonce", "'2020-001', 'x'")
    + " FROM experiments WHERE status = 'running'",
}
REFUSED_BY_SQLITE = {
    "replacing an entry": "INSERT OR REPLACE INTO trace SELECT * FROM trace WHERE seq = 1",
    "replacing the last entry": f"INSERT OR REPLACE INTO trace (seq, previous, hash, {TRACE}) "
    f"SELECT seq, previous, 'h', {TRACE} FROM trace ORDER BY seq DESC LIMIT 1",
    "replacing an evaluation": "INSERT OR REPLACE INTO evaluations SELECT * FROM evaluations",
    "replacing an evaluation by its version": "INSERT OR REPLACE INTO evaluations SELECT 900 + id, experiment_id, "
    "interim, version, '{}', fingerprint, verdict, recorded_at, recorded_by_id FROM evaluations WHERE interim",
    "replacing a decision": "INSERT OR REPLACE INTO decisions SELECT * FROM decisions",
    "replacing a submission": "INSERT OR REPLACE INTO submissions SELECT * FROM submissions",
    "replacing a submission by its number": "INSERT OR REPLACE INTO submissions "
    "SELECT 900 + id, experiment_id, number, at, '{}', fingerprint FROM submissions",
    "replacing a reply": "INSERT OR REPLACE INTO replies SELECT * FROM replies",
    "replacing a disclosure": "INSERT OR REPLACE INTO disclosures SELECT seq, field, salt, 'Un autre' FROM disclosures",
    "replacing an experiment": f"INSERT OR REPLACE INTO experiments (id, {COPY}) SELECT id, "
    + COPY.replace(" status,", " 'draft',")
    + " FROM experiments",
    "replacing an experiment by its number": f"INSERT OR REPLACE INTO experiments ({COPY}) SELECT "
    + COPY.replace(" status,", " 'draft',").replace("nonce", "'x' || id")
    + " FROM experiments",
    "updating or replacing": "UPDATE OR REPLACE trace SET seq = 1 WHERE seq = 2",
}
REFUSED_BY_POSTGRESQL = {
    "emptying the trace": "TRUNCATE trace CASCADE",
    "emptying the evaluations": "TRUNCATE evaluations CASCADE",
    "emptying the decisions": "TRUNCATE decisions CASCADE",
    "emptying the submissions": "TRUNCATE submissions",
    "emptying the replies": "TRUNCATE replies",
    "emptying the experiments": "TRUNCATE experiments CASCADE",
    "writing over an entry": "INSERT INTO trace SELECT * FROM trace WHERE seq = 1 "
    "ON CONFLICT (seq) DO UPDATE SET body = '{}'",
    "writing over an evaluation": "INSERT INTO evaluations SELECT * FROM evaluations "
    "ON CONFLICT (id) DO UPDATE SET text = '{}'",
}


def is_refused(raw: Connection, statement: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        raw.execute(text(statement))
    assert "jalon" in str(refused.value.orig)
    raw.rollback()
    with Session(raw) as session:
        assert audit.verify(session) == []


@pytest.mark.parametrize("how", REFUSED)
def test_the_database_refuses(raw: Connection, how: str) -> None:
    is_refused(raw, REFUSED[how])


@pytest.mark.parametrize("furnished", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", REFUSED_BY_SQLITE)
def test_sqlite_refuses_what_goes_past_its_own_triggers(raw: Connection, how: str) -> None:
    is_refused(raw, REFUSED_BY_SQLITE[how])


@pytest.mark.parametrize("furnished", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", REFUSED_BY_SQLITE)
def test_sqlite_refuses_it_even_without_its_foreign_keys(furnished: Database, how: str) -> None:
    """As from the sqlite3 command, where they are off."""
    connection = furnished.engine.raw_connection()
    connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
    with pytest.raises(Exception, match="jalon"):
        connection.driver_connection.execute(REFUSED_BY_SQLITE[how])
    connection.invalidate()


@pytest.mark.parametrize("furnished", ["postgresql"], indirect=True)
@pytest.mark.parametrize("how", REFUSED_BY_POSTGRESQL)
def test_postgresql_refuses_what_goes_past_row_triggers(raw: Connection, how: str) -> None:
    is_refused(raw, REFUSED_BY_POSTGRESQL[how])


def test_every_statement_refused_is_one_that_would_otherwise_do_something(raw: Connection) -> None:
    """Or the tests above would prove nothing: without the guards, each of these changes rows."""
    take_down(raw)
    kept_by_foreign_keys = {"deleting the trace", "deleting the last entry", "deleting the evaluations",
                            "deleting the decisions", "deleting the experiments", "moving an entry"}  # fmt: skip
    for how, statement in REFUSED.items():
        with raw.begin_nested() as attempt:
            if how in kept_by_foreign_keys:
                with pytest.raises(IntegrityError):
                    raw.execute(text(statement))
            else:
                assert raw.execute(text(statement)).rowcount > 0, how
            attempt.rollback()


# Beneath the guards, the tables themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["decided", "closed", "evaluated"])
@pytest.mark.parametrize("source", ["running", "draft"])
def test_no_row_is_decided_without_its_evaluation_and_its_decision(raw: Connection, status: str, source: str) -> None:
    take_down(raw)
    with pytest.raises(IntegrityError, match="ck_experiments"):
        raw.execute(text(f"UPDATE experiments SET status = '{status}' WHERE status = '{source}'"))


@pytest.mark.parametrize("column", ["evaluation_id", "decision_id", "starts_on", "ends_on"])
def test_a_decided_row_keeps_its_evaluation_its_decision_and_its_dates(raw: Connection, column: str) -> None:
    take_down(raw)
    with pytest.raises(IntegrityError, match="ck_experiments"):
        raw.execute(text(f"UPDATE experiments SET {column} = NULL WHERE status = 'decided'"))


def test_a_decided_row_takes_no_decision_of_another_experiment(raw: Connection) -> None:
    take_down(raw)
    with pytest.raises(IntegrityError):
        raw.execute(
            text("UPDATE experiments SET decision_id = (SELECT MIN(id) FROM decisions) WHERE status = 'decided'")
        )


@pytest.mark.parametrize("table", ["evaluations", "decisions"])
def test_what_a_decision_rests_on_cannot_be_deleted(raw: Connection, table: str) -> None:
    take_down(raw)
    column = "evaluation_id" if table == "evaluations" else "decision_id"
    with pytest.raises(IntegrityError):
        raw.execute(text(f"DELETE FROM {table} WHERE id = (SELECT {column} FROM experiments WHERE status = 'decided')"))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("evaluations", "verdict = NULL"),
        ("decisions", "outcome = 'rien'"),
        ("decisions", "evaluation_id = NULL"),
        ("decisions", "stop_reason = 'risk'"),
        ("experiments", "status = 'finie'"),
        ("experiments", "ends_on = '2001-01-01'"),
        ("people", "account = 'roi'"),
        ("people", "email = 'MAJUSCULES@exemple.fr'"),
        ("involvements", "part = 'rien'"),
        ("opinions", "kind = 'rien'"),
        ("opinions", "sense = NULL"),
    ],
)
def test_the_tables_keep_their_own_sense(raw: Connection, table: str, change: str) -> None:
    take_down(raw)
    where = {
        "evaluations": "WHERE NOT interim",
        "decisions": "WHERE outcome = 'generalisation'",
        "experiments": "WHERE status = 'decided'",
        "people": "WHERE email = 'awa.diallo@exemple.fr'",
    }.get(table, "")
    with pytest.raises(IntegrityError, match=f"ck_{table}"):
        raw.execute(text(f"UPDATE {table} SET {change} {where}"))


# Their presence -------------------------------------------------------------------------------------------------------


def test_every_guard_is_there_after_a_migration(register: Database) -> None:
    with register.engine.connect() as connection:
        assert guards.missing(connection) == []
    check(register.engine)


def test_a_guard_taken_down_is_noticed_by_name(register: Database) -> None:
    for name in guards.GUARDS[register.engine.dialect.name]:
        with register.engine.execution_options(writes=True).connect() as connection:
            drop = f"FUNCTION {name}() CASCADE" if connection.dialect.name == "postgresql" else f"TRIGGER {name}"
            connection.execute(text(f"DROP {drop}"))
            assert guards.missing(connection) == [name]
            connection.rollback()


@pytest.mark.only("postgresql")
def test_a_guard_put_to_sleep_is_noticed_too(register: Database) -> None:
    with register.engine.connect() as connection:
        connection.execute(text("ALTER TABLE trace DISABLE TRIGGER trace_no_update"))
        assert guards.missing(connection) == ["trace_no_update"]
        connection.rollback()


def test_the_guards_are_put_back_where_they_were_taken_down(register: Database) -> None:
    with register.engine.execution_options(writes=True).begin() as connection:
        take_down(connection)
        assert guards.missing(connection) == sorted(guards.GUARDS[connection.dialect.name])
        guards.install(connection)
        assert guards.missing(connection) == []
