"""Several workers on PostgreSQL, woken by Procrastinate as soon as a change is committed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.config import ConfigError, load_config
from app.db import Database
from app.waking import Waker
from experiments import queries
from experiments.model import Mail
from experiments.obligations import Fate
from experiments.vocabulary import Status
from tests import people
from tests.builders import an_experiment, cross

ROOT = Path(__file__).parent.parent.parent
SECRET = "une clé qui ne sert qu’aux tests, de plus de 32 caractères"
WORKERS = 3
IN_TIME = 10
"""Seconds: the loop looks every thirty, the queue by itself every sixty."""


@contextmanager
def workers(url: str, folder: Path) -> Iterator[list["subprocess.Popen[bytes]"]]:
    env = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(folder), "REMIND_QUEUE": "procrastinate",
    }  # fmt: skip
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "remind", "--loop"]
    started = [subprocess.Popen(words, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) for _ in range(WORKERS)]
    try:
        yield started
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(20)


def wait_for(what: str, holds: Callable[[], bool], seconds: float = 30) -> float:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, f"never: {what}"
        time.sleep(0.1)
    return time.monotonic() - begun


def listening(register: Database) -> int:
    with register.reading() as session:
        found = session.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
        )
        return found or 0


def count(register: Database, fate: Fate) -> int:
    with register.reading() as session:
        return session.scalar(select(func.count()).where(Mail.fate == fate)) or 0


@pytest.mark.only("postgresql")
def test_a_gate_crossed_is_told_within_seconds_and_once_by_workers_that_share_the_ledger(
    register: Database, tmp_path: Path
) -> None:
    waker = Waker(register.url)
    with register.changing() as session:
        people.elise(session)
        numbers = [an_experiment(session, Status.DRAFT).number for _ in range(20)]
    waker.prepare(register)
    with workers(register.url, tmp_path):
        wait_for("three workers listen", lambda: listening(register) >= WORKERS)
        wait_for("what waited is sent", lambda: count(register, Fate.WAITING) == 0)
        before = count(register, Fate.SENT)
        waker.listen(register)
        for number in numbers:
            with register.changing() as session:
                x = queries.file(session, number, for_change=True)
                assert x is not None
                cross(session, x, "submit")
        told = wait_for(
            "the validators are told", lambda: count(register, Fate.SENT) > before and not count(register, Fate.WAITING)
        )
    assert told < IN_TIME
    with register.reading() as session:
        notices = session.execute(
            text("SELECT n.seq, n.person_id, count(*) FROM notices n GROUP BY 1, 2 HAVING count(*) > 1")
        ).all()
        submitted = session.scalar(text("SELECT count(DISTINCT seq) FROM notices JOIN trace USING (seq) "
                                        "WHERE event = 'submit'"))  # fmt: skip
    assert notices == []
    assert submitted == len(numbers)


@pytest.mark.only("postgresql")
def test_a_change_that_is_rolled_back_wakes_nobody(register: Database) -> None:
    waker = Waker(register.url)
    waker.prepare(register)
    waker.listen(register)

    def jobs() -> int:
        with register.reading() as session:
            return session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0

    with register.writing() as session:
        an_experiment(session, Status.SUBMITTED)
        session.rollback()
    assert jobs() == 0
    with register.changing() as session:
        an_experiment(session, Status.SUBMITTED)
    assert jobs() > 0


def test_the_queue_is_refused_where_it_cannot_work(tmp_path: Path) -> None:
    env = {"INSTANCE_DIR": str(tmp_path), "REMIND_QUEUE": "procrastinate"}
    with pytest.raises(ConfigError, match=r"REMIND_QUEUE.*PostgreSQL"):
        load_config(env)
    with pytest.raises(ConfigError, match=r"REMIND_QUEUE.*celery"):
        load_config(env | {"REMIND_QUEUE": "celery"})
