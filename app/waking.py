"""Workers woken at once through PostgreSQL, by Procrastinate: for when one machine no longer suffices. An extra.

The ledger stays what it is; a job of this queue only says « look now », within the transaction that gives a reason to.
A job that is lost or done twice costs nothing: every worker also looks once a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import event, inspect, make_url
from sqlalchemy.orm import Session, UOWTransaction

from experiments.model import Entry

from .config import Config, ConfigError
from .db import Database

if TYPE_CHECKING:
    import procrastinate

QUEUE = TASK = "jalon-remind"
LOOKS_EVERY = 60
"""Seconds between two looks at the queue itself, should a notification be lost."""


class Waker:
    """The queue of one register, on PostgreSQL. Raises ConfigError without the extra."""

    def __init__(self, url: str) -> None:
        try:
            import procrastinate
        except ImportError as error:
            raise ConfigError("REMIND_QUEUE : le paquet procrastinate n’est pas installé (extra « queue »)") from error
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self.app: procrastinate.App = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))
        self.look: Callable[[], object] = lambda: None
        self.task = self.app.task(name=TASK, queue=QUEUE)(self._look)
        self.app.periodic(cron="* * * * *")(self.app.task(name=f"{TASK}-every-minute", queue=QUEUE)(self._look_again))

    def _look(self) -> None:
        self.look()

    def _look_again(self, timestamp: int) -> None:
        self.look()

    def wake(self, session: Session) -> None:
        """Have a worker look as soon as this transaction is committed; never, if it is not."""
        raw = session.connection().connection.driver_connection
        self.task.configure(connection=raw).defer()

    def listen(self, database: Database) -> None:
        """Wake whenever an entry is added to the trace."""

        def after_flush(session: Session, _flush: UOWTransaction) -> None:
            if any(isinstance(new, Entry) for new in session.new):
                self.wake(session)

        event.listen(database.write, "after_flush", after_flush)

    def prepare(self, database: Database) -> None:
        """Make the tables of the queue, once."""
        if not inspect(database.engine).has_table("procrastinate_jobs"):
            with self.app.open():
                self.app.schema_manager.apply_schema()

    def serve(self, look: Callable[[], object]) -> None:
        """Look whenever woken, until SIGTERM. Any number of processes may do so."""
        self.look = look
        self.app.run_worker(
            queues=[QUEUE], wait=True, listen_notify=True, delete_jobs="always",
            fetch_job_polling_interval=LOOKS_EVERY, update_heartbeat_interval=LOOKS_EVERY / 2,
            stalled_worker_timeout=LOOKS_EVERY * 5,
        )  # fmt: skip


def init_app(app: Flask, config: Config) -> None:
    """Wake the workers from this application, when REMIND_QUEUE says so."""
    if config.remind_queue:
        Waker(config.database_url).listen(app.extensions["database"])
