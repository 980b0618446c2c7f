"""`flask remind --loop`, a process of its own: it costs nothing while idle, and outlives what it depends on."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, make_url, select, text

from app.commands import remind
from app.db import Database
from app.worker import Run, Worker
from experiments.letters import Letter
from experiments.model import Mail, Pulse
from experiments.obligations import Fate
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.forked import begin
from tests.mail.server import HANG, LATE, MailServer
from tests.server import SECRET

from . import loop
from .office import TUESDAY, Box, Clock, at, clerk, crowd, mails, mails_of, only, postman, run_until_idle

AT_ONCE = 10
"""Seconds: a loaded machine takes some to end a process, and a loop that only wakes at its time would take thirty."""


class Loop:
    """The process, and what it writes."""

    def __init__(self, process: ForkServerProcess, log: Path) -> None:
        self.process, self.log = process, log

    def end(self) -> float:
        """Ask it to end; how long it took. It must end well."""
        began = time.monotonic()
        self.process.terminate()
        self.process.join(20)
        assert self.process.exitcode == 0, self.log.read_text()
        return time.monotonic() - began


@contextmanager
def looping(database_url: str, server: MailServer, instance: Path, every: float = 0.1) -> Iterator[Loop]:
    env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(instance),
           "SMTP_URL": server.url, "MAIL_FROM": "jalon@exemple.fr", "JALON_EVERY": str(every),
           "JALON_AT": at(TUESDAY).isoformat(), "JALON_PATIENCE": "2000"}  # fmt: skip
    log = instance / "loop.log"
    process = begin(loop.main, loop.WORDS, env, log)
    try:
        yield Loop(process, log)
    finally:
        process.kill()
        process.join()


def wait_for(holds: Callable[[], Any], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def sent(register: Database) -> int:
    with register.reading() as session:
        return session.scalar(select(func.count()).select_from(Mail).where(Mail.fate == Fate.SENT)) or 0


def ran(register: Database) -> bool:
    with register.reading() as session:
        return session.scalars(select(Pulse.ran_at)).one() is not None


def each_once(register: Database, server: MailServer) -> bool:
    arrived = Counter(mail.message["Message-ID"].strip() for mail in server.plan.received)
    with register.reading() as session:
        return len(arrived) == len(mails(session)) and set(arrived.values()) == {1}


# Idle -----------------------------------------------------------------------------------------------------------------


def test_a_run_with_nothing_to_do_is_one_statement(register: Database) -> None:
    with register.changing() as session:
        an_experiment(session, Status.RUNNING, today=TUESDAY)
    clock = Clock(at(TUESDAY))
    box = Box(clock)
    worker = clerk(register, clock, box)
    run_until_idle(worker)
    assert box.left
    said: list[str] = []
    event.listen(register.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for hour in (10, 12, 22):
        clock.moment = at(TUESDAY, hour)
        worker.run()
    assert len([words for words in said if not words.startswith("BEGIN")]) == 3, said
    assert remind.EVERY >= 30


def test_a_night_with_late_mails_is_as_quiet(register: Database) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY)
    clock = Clock(at(TUESDAY))
    worker = clerk(register, clock, Box(clock))
    worker._plan()
    said: list[str] = []
    event.listen(register.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    clock.moment = at(TUESDAY, 22)
    assert worker.run() == Run()
    assert len([words for words in said if not words.startswith("BEGIN")]) == 1


@pytest.mark.only("postgresql")
def test_an_idle_process_leaves_the_database_alone(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    def commits() -> int:
        with psycopg.connect(database_url, dbname="postgres", autocommit=True) as outside:
            name = make_url(database_url).database
            row = outside.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = %s", [name]).fetchone()
        assert row
        return int(row[0])

    with looping(database_url, server, tmp_path, every=1.0) as running:
        wait_for(lambda: ran(register))
        register.engine.dispose()

        def in_four_seconds() -> int:
            before = commits()
            time.sleep(4)
            return commits() - before

        # One a second, as asked here, and one more or less; what the first run did is counted a little later.
        wait_for(lambda: 3 <= in_four_seconds() <= 5)
        assert running.end() < AT_ONCE


# Its end --------------------------------------------------------------------------------------------------------------


def test_it_ends_at_once_while_idle(register: Database, database_url: str, server: MailServer, tmp_path: Path) -> None:
    with looping(database_url, server, tmp_path, every=30) as running:
        wait_for(lambda: ran(register))
        time.sleep(0.2)
        assert running.end() < AT_ONCE


def test_it_ends_between_two_mails_and_loses_or_doubles_none(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    with register.changing() as session:
        crowd(session, 40, TUESDAY)
    server.plan.late = 0.03
    server.tell("DOT", LATE)
    with looping(database_url, server, tmp_path) as running:
        wait_for(lambda: len(server.plan.received) >= 5)
        assert running.end() < AT_ONCE
    with register.reading() as session:
        left = {(mail.fate, mail.tries, mail.leased_by) for mail in mails(session) if mail.fate is not Fate.SENT}
        assert left == {(Fate.WAITING, 0, "")}
    assert 5 <= sent(register) == len(server.plan.received) < 40
    with looping(database_url, server, tmp_path):
        wait_for(lambda: sent(register) == 40)
    assert each_once(register, server)


# What it depends on ---------------------------------------------------------------------------------------------------


@pytest.mark.only("postgresql")
def test_a_database_that_goes_and_comes_back_does_not_end_it(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    with register.changing() as session:
        crowd(session, 100, TUESDAY)
    server.plan.late = 0.02
    server.tell("DOT", LATE)
    name = make_url(database_url).database
    register.engine.dispose()
    with (
        looping(database_url, server, tmp_path) as running,
        psycopg.connect(database_url, dbname="postgres", autocommit=True) as outside,
    ):
        wait_for(lambda: len(server.plan.received) >= 5)
        outside.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(2)
        stuck = len(server.plan.received)
        time.sleep(0.5)
        # A mail that left is not followed by another before it is marked.
        assert len(server.plan.received) == stuck < 100
        outside.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        wait_for(lambda: len(server.plan.received) > stuck)
        wait_for(lambda: sent(register) >= 100 or not running.process.is_alive())
        assert running.process.is_alive(), running.log.read_text()
        # While it was gone, a run that could not begin only said so.
        register.engine.dispose()
        outside.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        wait_for(lambda: "remind: " in running.log.read_text())
        outside.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        with register.changing() as session:
            session.execute(text("UPDATE pulse SET ran_at = NULL"))
        wait_for(lambda: ran(register))
        assert running.end() < AT_ONCE
    assert each_once(register, server)
    assert "Traceback" not in running.log.read_text()


@pytest.mark.only("sqlite")
def test_a_long_transaction_of_somebody_else_costs_nothing_but_time(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    with register.changing() as session:
        crowd(session, 60, TUESDAY)
    server.plan.late = 0.02
    server.tell("DOT", LATE)
    with looping(database_url, server, tmp_path) as running:
        wait_for(lambda: len(server.plan.received) >= 5)
        with register.writing() as session:
            session.execute(text("SELECT 1"))
            # Longer than a writer waits for its turn.
            time.sleep(3)
            assert len(server.plan.received) < 60
        wait_for(lambda: sent(register) >= 60 or not running.process.is_alive())
        assert running.end() < AT_ONCE
    assert each_once(register, server)
    assert "Traceback" not in running.log.read_text()


def test_a_mail_that_cannot_be_written_holds_back_no_other_and_is_given_up_in_sight(register: Database) -> None:
    with register.changing() as session:
        crowd(session, 30, TUESDAY)
    clock = Clock(at(TUESDAY))
    box = Box(clock)

    def compose_most(letter: Letter) -> EmailMessage:
        if letter.person.email == "porteur-7@exemple.fr":
            raise ZeroDivisionError
        return box.compose(letter)

    worker = Worker(register, lambda: box, compose_most, now=clock)
    run_until_idle(worker)
    assert len(box.left) == 29
    with register.reading() as session:
        mail = only(mails_of(session, "porteur-7"))
        assert (mail.fate, mail.tries) == (Fate.WAITING, 1)
        assert "composé" in mail.words
    while mail.fate is Fate.WAITING:
        assert mail.tries < 50
        clock.moment = mail.not_before
        worker.run()
        with register.reading() as session:
            mail = only(mails_of(session, "porteur-7"))
    assert (mail.fate, "composé" in mail.words) == (Fate.EXPIRED, True)
    run_until_idle(worker)
    assert len(box.to("suppleant-7@exemple.fr")) == 1


def test_a_worker_that_stops_gives_back_what_it_has_not_tried(register: Database, server: MailServer) -> None:
    """Asked to stop while a server says nothing, it ends with that one mail: the others are free at once."""
    with register.changing() as session:
        crowd(session, 10, TUESDAY)
    server.tell("DATA", HANG)
    clock = Clock(at(TUESDAY))
    worker = postman(register, clock, server.url, seconds=1.5)
    stopper = threading.Timer(0.7, worker.stopping.set)
    stopper.start()
    began = time.monotonic()
    worker.run()
    assert time.monotonic() - began < 10
    with register.reading() as session:
        tried = Counter((mail.tries, mail.leased_by) for mail in mails(session))
    assert tried == {(1, ""): 1, (0, ""): 9}
