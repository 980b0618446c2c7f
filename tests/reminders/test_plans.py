"""What a worker asks, a database finds without reading a table: a run costs what it does, in the largest register."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.db import Database
from app.mail.transport import Answer, Fate
from experiments.booking import waiting_mail
from experiments.obligations import Occasion
from experiments.vocabulary import Status
from tests import people
from tests.builders import an_experiment

from .office import TUESDAY, Box, Clock, at, clerk, run_until_idle

SMALL = {"pulse", "register", "webhooks", "absences", "json_each", "anon_1", "CONSTANT", "(subquery-1)"}
"""What holds a row, a handful, or what was asked for."""
SWEEPS = ("DELETE", "UPDATE voices")
"""Once a day, what has served its purpose is looked for from end to end."""


@contextmanager
def asked(register: Database) -> Iterator[dict[str, Any]]:
    """Each statement said meanwhile, with what it was given for the first time."""
    found: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, given: Any, _context: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            found.setdefault(statement, given[0] if many else given)

    event.listen(register.engine, "before_cursor_execute", note)
    yield found
    event.remove(register.engine, "before_cursor_execute", note)


def read_through(register: Database, statement: str, given: Any) -> list[str]:
    """The tables that a statement reads from end to end; those rows that a partial index holds are few."""
    with register.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    steps = [step.detail.split() for step in plan if step.detail.startswith("SCAN")]
    return [words[1] for words in steps if words[1] not in SMALL and "ix_experiments_unsettled" not in words]


def a_few_weeks(register: Database) -> dict[str, Any]:
    """What is asked while reminders are planned, sent and refused in a register that has a bit of everything."""
    with register.changing() as session:
        for person in people.EVERYONE:
            person(session)
        for status in (Status.DRAFT, Status.SUBMITTED, Status.RUNNING, Status.EVALUATING, Status.CLOSED):
            an_experiment(session, status, today=TUESDAY)
    clock = Clock(at(TUESDAY))
    refusing = Box(clock, lambda to: Answer(Fate.REFUSED, 550, "non") if "awa" in to else Answer(Fate.SENT, 250, "oui"))
    worker = clerk(register, clock, refusing)
    run_until_idle(worker)  # Under new local rules, every file is looked at.
    with asked(register) as said:
        for days in (7, 30, 60):
            clock.moment = at(TUESDAY + timedelta(days))
            run_until_idle(worker)
    assert len(refusing.left) > 10
    assert len(said) > 20
    return said


@pytest.mark.only("sqlite")  # PostgreSQL looks how much there is before it chooses.
def test_no_statement_of_a_run_reads_a_table_from_end_to_end(register: Database) -> None:
    found = {statement: read_through(register, statement, given) for statement, given in a_few_weeks(register).items()}
    assert {one: tables for one, tables in found.items() if tables and not one.startswith(SWEEPS)} == {}


@pytest.mark.only("postgresql")
def test_no_list_is_kept_from_postgresql_when_it_chooses_how_to_read(register: Database) -> None:
    said = a_few_weeks(register)
    assert sum(" = ANY (CAST(ARRAY[" in statement for statement in said) > 3
    assert [statement for statement in said if "ANY (%(" in statement] == []


def test_mails_planned_together_lie_together_in_the_index_of_their_keys() -> None:
    now = at(TUESDAY)
    mails = [
        waiting_mail(("reminder", deadline, 1, "-7", person), Occasion.REMINDER, now, now, person_id=person)
        for deadline in (9, 10, 200, 1_000_000)
        for person in (1, 2)
    ]
    keys = [str(mail["key"]) for mail in mails]
    assert len(set(keys)) == 8
    assert [key[:12] for key in keys] == sorted(key[:12] for key in keys)
    assert {len(key) for key in keys} == {64}
