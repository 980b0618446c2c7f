"""The database: two engines, two ways to begin, and its schema.

On SQLite a transaction that will write must say so from its first word (BEGIN IMMEDIATE): one that only finds out
later is refused, or worse, loses an update. On PostgreSQL both ways are the same and rows are locked instead.
"""

from __future__ import annotations

import math
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError, InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

from experiments import guards, public_access, publishing

from .config import ROOT, ConfigError

MIGRATIONS = ROOT / "migrations"

PATIENCE = 10_000
"""Milliseconds that a writer waits for its turn on SQLite."""


RESTED = 1.0
"""Seconds without use after which a connection to PostgreSQL is tried before it is used: a restart takes as long."""


class SchemaError(Exception):
    """The database cannot be used as it is; one French line says what to do."""


class Database:
    """The engine of a register, and the sessions that read it or change it."""

    def __init__(self, url: str, *, hasty: bool = False) -> None:
        """`hasty`: what is committed survives any kill of a program, but a power cut may take the last moments."""
        self.url = url
        self.name = secrets.token_hex(8)
        """What is kept of it in memory is kept under this."""
        self.engine = make_engine(url)
        # It connects at the first need: workers never do.
        self.public_engine = make_public_engine(url)
        if hasty:
            event.listen(self.engine, "connect", _make_hasty)
        elif self.engine.dialect.name == "postgresql":
            # A worker that fails begins again by itself: it is visitors who must not.
            _try_before_use(self.engine)
            _try_before_use(self.public_engine)
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self.write = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)
        self._alone = self.engine.execution_options(**_ALONE[self.engine.dialect.name])

    def reading(self) -> Session:
        return self._read()

    def public(self) -> Connection:
        """A connection that can read what is public, and nothing else.

        It gives rows: what a session does to know entities and to follow them costs more than the question.
        """
        return self.public_engine.connect()

    def writing(self) -> Session:
        return self.write()

    @contextmanager
    def stating(self) -> Iterator[Connection]:
        """A connection for one statement, that is a whole change: PostgreSQL is not told where it begins and ends."""
        with self._alone.begin() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """A session that commits at the end, for commands: nothing is kept when anything fails."""
        with self.write.begin() as session:
            yield session


_ALONE: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
    # Where nothing travels, nothing is saved: SQLite begins to write as it always does.
    "sqlite": {"writes": True},
}


def make_engine(url: str, **options: Any) -> Engine:
    """An engine with the settings that each database needs to be safe; `options` are PostgreSQL's. Raises ConfigError.

    What a statement was given is not said in its errors: a log must not keep what is erased elsewhere.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(
            url, pool_size=8, max_overflow=4, connect_args={"connect_timeout": 5}, hide_parameters=True, **options
        )  # fmt: skip
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    path = make_url(url).database
    if path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"DATABASE_URL : {path} ne peut pas être créé ({error.strerror})") from error
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_public_engine(url: str) -> Engine:
    """An engine whose every connection is the public: the database refuses it the rest.

    PostgreSQL is not told where a page begins and ends: each statement sees its own moment either way, and two of the
    three things said to it for a kept page would be that. What must see one moment says so (exports/writing.py).
    """
    engine = make_engine(url, isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", _restrict)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "do_execute", public_access.plan_by_value)
    return engine


def _restrict(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        public_access.restrict_sqlite(connection)
    else:
        public_access.restrict_postgresql(connection)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # To compile what a page asks takes PostgreSQL longer than to answer it: seconds, for the lists of administrators.
    connection.execute("SET jit = off")
    connection.commit()


def _try_before_use(engine: Engine) -> None:
    """PostgreSQL was started again while nobody read: each connection of before would fail one more visitor.

    One that has just been used is not tried: it costs a journey, and those that were cut in use are known to be.
    """

    def leave(_connection: Any, record: Any) -> None:
        record.info["left"] = time.monotonic()

    def take(connection: Any, record: Any, _fairy: object) -> None:
        if time.monotonic() - record.info.get("left", math.inf) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", leave)
    event.listen(engine, "checkout", take)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    # What is erased is written over: some builds of SQLite leave it in the file, where any reader of bytes finds it.
    for setting in (
        "journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={PATIENCE}", "synchronous=FULL", "secure_delete=ON"
    ):  # fmt: skip
        connection.execute(f"PRAGMA {setting}")


def _make_hasty(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=NORMAL")
    else:
        connection.execute("SET synchronous_commit = off")
        connection.commit()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def head() -> str:
    """The newest revision: files are named after it, so that no import is needed to know."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def is_current(engine: Engine) -> bool:
    """Whether the schema is the newest one, with every guard in place."""
    with engine.connect() as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            return False
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found == head() and not missing(connection)


def missing(connection: Connection) -> list[str]:
    """What is not in place of all that keeps the register: guards, and what is open to the public."""
    return [*guards.missing(connection), *public_access.missing(connection)]


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to a revision."""
    _alembic("upgrade", engine, revision)
    if revision == "head":
        _publish(engine)


def _publish(engine: Engine) -> None:
    """Publish what an older program published otherwise, or not at all."""
    begin = sessionmaker(engine.execution_options(writes=True), expire_on_commit=False).begin
    while True:
        with begin() as session:
            if not publishing.catch_up(session):
                return


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the schema down to a revision; "base" empties it."""
    _alembic("downgrade", engine, revision)


def _alembic(verb: str, engine: Engine, revision: str) -> None:
    # Imported here: a server whose schema is current never needs it, and starts the sooner.
    from alembic import command
    from alembic.config import Config as AlembicConfig

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["engine"] = engine
    getattr(command, verb)(settings, revision)


def check(engine: Engine) -> None:
    """Refuse a database that cannot be reached, or whose schema or guards are not right. Raises SchemaError."""
    try:
        if is_current(engine):
            return
    except DatabaseError as error:
        reason = re.sub(r"\s+", " ", str(error.orig or error))[:200]
        raise SchemaError(f"DATABASE_URL : la base ne répond pas ({reason})") from error
    raise SchemaError("Le schéma de la base n’est pas à jour, ou une garde y manque : lancez flask db upgrade")


def init_app(app: Flask, url: str) -> None:
    """One session a request, opened at the first need and always closed."""
    app.extensions["database"] = Database(url)
    app.teardown_appcontext(_close)


def database() -> Database:
    found: Database = current_app.extensions["database"]
    return found


def session() -> Session:
    """The session of this request: it begins to write when the request may change something."""
    if "session" not in g:
        safe = request.method in {"GET", "HEAD", "OPTIONS"}
        g.session = database().reading() if safe else database().writing()
    found: Session = g.session
    return found


def public() -> Connection:
    """The connection of this request that sees what the public sees."""
    if "public" not in g:
        g.public = database().public()
    found: Connection = g.public
    return found


def release_public() -> None:
    """Give it back before the end: a request that waits long holds none."""
    if (opened := g.pop("public", None)) is not None:
        opened.close()


def _close(_error: BaseException | None) -> None:
    release_public()
    if (opened := g.pop("session", None)) is not None:
        opened.close()
