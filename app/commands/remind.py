"""flask remind: one run, for cron or a timer, or one every half minute, beside the server."""

from __future__ import annotations

import logging
import signal
import threading
import urllib.error
import urllib.request
from contextlib import suppress

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import waking
from app.config import Config, current
from app.db import Database
from app.hooks.courier import Courier, sender
from app.hooks.reach import reach_of
from app.mail.letter import Writer
from app.mail.transport import open_transport
from app.templating import plural
from app.worker import Run, Worker

from .frame import PlainCommand, usable_database

log = logging.getLogger(__name__)

EVERY = 30
"""Seconds between two runs of the loop: what a gate crossed waits at most before it is told."""
LAST_WORDS = 12
"""Seconds that whoever speaks to a program is given to finish: a little more than one message takes."""


@click.command("remind", cls=PlainCommand)
@click.option("--loop", is_flag=True, help="Sans fin, toutes les trente secondes.")
def remind(loop: bool) -> None:
    """Prévoit et envoie les rappels qui sont dus."""
    usable_database()
    config = current()
    database = Database(config.database_url, hasty=True)
    courier = Courier(database, sender(config, reach_of(config)))
    try:
        _work(_worker(config, database, courier), loop=loop, queue=config.remind_queue)
    finally:
        courier.wait(LAST_WORDS)


def _work(worker: Worker, *, loop: bool, queue: bool) -> None:
    if loop and queue:
        _when_woken(worker)
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        # By another thread: here, the wait that it ends may be interrupted while it holds its own lock.
        signal.signal(number, lambda *_: threading.Thread(target=worker.stopping.set).start())
    if loop:
        _for_ever(worker)
        return
    done = worker.run()
    click.echo(_in_words(done))
    if done.wrong:
        raise click.ClickException(done.wrong)
    _call_outside(wait=True)


def _when_woken(worker: Worker) -> None:
    """As the loop, but woken by PostgreSQL: any number of these may share a register."""
    app, waker = current_app._get_current_object(), waking.Waker(worker.database.url)  # type: ignore[attr-defined]

    def look() -> None:
        # Jobs run in a thread of their own.
        with app.app_context():
            _look(worker)

    waker.prepare(worker.database)
    look()
    waker.serve(look)


def _worker(config: Config, database: Database, courier: Courier) -> Worker:
    return Worker(
        database, lambda: open_transport(config), Writer(config).compose,
        # Without a mail server, mails are files: they wake nobody.
        at_any_hour=config.smtp_url is None, tell_programs=courier.start,
    )  # fmt: skip


def _for_ever(worker: Worker) -> None:
    while not worker.stopping.is_set():
        _look(worker)
        worker.stopping.wait(EVERY)


def _look(worker: Worker) -> None:
    """One run that ends whatever happens: what is wrong may pass, and /health tells meanwhile."""
    try:
        done = worker.run()
    except Exception as error:
        if isinstance(error, DBAPIError):
            log.error("remind: %s", " ".join(str(error.orig).split())[:300])
        else:
            log.exception("remind")
        # A database that is gone cannot be told.
        with suppress(Exception):
            worker.fail()
        return
    if done.wrong:
        log.warning("remind: %s", done.wrong)
        return
    _call_outside(wait=False)


def _call_outside(*, wait: bool) -> None:
    """Tell an outside watcher, if there is one, that this run took place and met no trouble."""
    address = current().heartbeat_url
    if address:
        # It must not hold back the reminders.
        caller = threading.Thread(target=_call, args=(address,), daemon=True)
        caller.start()
        if wait:
            caller.join()


def _call(address: str) -> None:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - checked on start: http or https
            pass
    except (OSError, urllib.error.URLError) as error:
        log.warning("remind: HEARTBEAT_URL: %s", error)


def _in_words(done: Run) -> str:
    said = [
        plural(done.sent, "courriel envoyé", "courriels envoyés"),
        plural(done.put_off, "différé", "différés") if done.put_off else "",
        plural(done.refused, "refusé", "refusés") if done.refused else "",
        plural(done.cancelled, "devenu sans objet", "devenus sans objet") if done.cancelled else "",
        plural(done.unwritten, "non composé", "non composés") if done.unwritten else "",
    ]
    return f"{', '.join(filter(None, said))}."
