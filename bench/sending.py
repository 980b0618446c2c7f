"""Mails a second: the real worker in a process of its own, beside the plain loops that people write first."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
from datetime import timedelta
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select, update

from app import clock, create_app
from app.config import ROOT, load_config
from app.db import Database
from app.mail.letter import Writer
from experiments import letters
from experiments.model import Mail
from experiments.obligations import Fate

from .server import SECRET, environment
from .sink import Sink, sink


class Sending(NamedTuple):
    """Mails a second: our worker's, and those of two plain loops in the same run; the memory of the worker."""

    count: int
    rate: float
    plain: float
    plain_kept: float
    megabytes: float


def _app(url: str, folder: str, sink: Sink) -> Flask:
    env = environment(
        DATABASE_URL=url, SECRET_KEY=SECRET, INSTANCE_DIR=folder, SMTP_URL=f"smtp://127.0.0.1:{sink.port}",
        MAIL_FROM="jalon@exemple.fr",
    )  # fmt: skip
    return create_app(load_config(env))


def send(url: str, database: Database, mails: int, folder: str) -> Sending:
    with sink() as server:
        app = _app(url, folder, server)
        ids = _make_due(database, 3 * mails)
        few = max(20, mails // 20)
        plain = _plain_loop(app, url, server, ids[:few], keep=False)
        kept = _plain_loop(app, url, server, ids[few : 2 * few], keep=True)
        _hold_back(database, ids[2 * few : 2 * few + mails])
        env = os.environ | environment(
            DATABASE_URL=url, SECRET_KEY=SECRET, INSTANCE_DIR=folder, SMTP_URL=f"smtp://127.0.0.1:{server.port}",
            MAIL_FROM="jalon@exemple.fr",
        )  # fmt: skip
        server.taken()
        words = [sys.executable, "-m", "bench.sender"]
        # It says itself how much memory it held: what the system tells of a child counts that of its parent, from
        # before it had a program of its own.
        done = subprocess.run(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
        count, seconds = server.taken()
        return Sending(count, count / seconds, plain, kept, int(done.stdout) / 1024)


def _make_due(database: Database, most: int) -> list[int]:
    """Mails that wait, planned and due a minute ago: the week that was planned ahead is behind."""
    with database.changing() as session:
        ids = list(session.scalars(select(Mail.id).where(Mail.fate == Fate.WAITING).order_by(Mail.id).limit(most)))
        ago = clock.now() - timedelta(minutes=1)
        waiting = update(Mail).where(Mail.fate == Fate.WAITING)
        since = waiting.values(planned_at=ago, due_at=ago, not_before=ago)
        session.execute(since, execution_options={"synchronize_session": False})
    return ids


def _hold_back(database: Database, ids: list[int]) -> None:
    """Leave these alone to be sent."""
    with database.changing() as session:
        others = update(Mail).where(Mail.fate == Fate.WAITING, (Mail.id < ids[0]) | (Mail.id > ids[-1]))
        session.execute(
            others.values(not_before=clock.now() + timedelta(days=9)), execution_options={"synchronize_session": False}
        )


def _plain_loop(app: Flask, url: str, server: Sink, ids: list[int], *, keep: bool) -> float:
    """Mails a second of what people write first: for each mail, compose it, send it, mark it, commit."""
    database, line = Database(url), smtplib.SMTP("127.0.0.1", server.port)
    begun = time.perf_counter()
    with app.app_context():
        writer = Writer(app.config["JALON"])
        for number in ids:
            with database.changing() as session:
                [letter] = letters.write(session, [number], clock.now())
                message = writer.compose(letter)
                if keep:
                    line.send_message(message)
                else:
                    with smtplib.SMTP("127.0.0.1", server.port) as own:
                        own.send_message(message)
                done = {"fate": Fate.SENT, "sent_at": clock.now(), "ended_at": clock.now()}
                session.execute(update(Mail).where(Mail.id == number).values(**done))
    seconds = time.perf_counter() - begun
    line.quit()
    database.engine.dispose()
    return len(ids) / seconds
