"""The mails of the last weeks: the real worker, with the clock of those days, inside what loads the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.config import Config
from app.db import Database
from app.mail.letter import Writer
from app.mail.transport import open_transport
from app.worker import Worker

Postman = Callable[[Connection, datetime], None]


class _Within:
    """What a worker takes for a database: sessions inside a transaction that somebody else will end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def writing(self) -> Session:
        return Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)

    @contextmanager
    def changing(self) -> Iterator[Session]:
        with self.writing() as session:
            yield session
            session.commit()

    reading = changing

    @contextmanager
    def stating(self) -> Iterator[Connection]:
        with self.connection.begin_nested():
            yield self.connection


def postman(config: Config) -> Postman | None:
    """Who delivers the mails of past days; nobody where they would really leave."""
    if config.smtp_url:
        return None
    writer = Writer(config)

    def deliver(connection: Connection, moment: datetime) -> None:
        database = cast(Database, _Within(connection))
        Worker(
            database, lambda: open_transport(config), writer.compose, at_any_hour=True, now=lambda: moment
        ).run()  # fmt: skip

    return deliver
