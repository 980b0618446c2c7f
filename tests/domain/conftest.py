"""A register to work in: the real database, through the sessions of the application."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.db import Database
from experiments import queries, replies
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests import people
from tests.builders import TODAY, an_experiment, cross, noon
from tests.conftest import ENGINES
from tests.databases import PostgreSQL, SQLite


@pytest.fixture
def register(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.engine.dispose()
    database.public_engine.dispose()


@pytest.fixture(scope="module", params=ENGINES)
def furnished(request: pytest.FixtureRequest) -> Iterator[Database]:
    """One register for what is tried in raw SQL and rolled back: decided, late and answered for, sent back."""
    with request.getfixturevalue(request.param).fresh() as url:
        database = Database(url)
        with database.changing() as session:
            an_experiment(session, Status.DECIDED)
            late = an_experiment(session, Status.RUNNING, today=TODAY - timedelta(300))
            replies.reply(session, late, people.awa(session), "Le rapport arrive le mois prochain.", now=noon(TODAY))
            cross(session, an_experiment(session, Status.SUBMITTED), "return")
        yield database
        database.engine.dispose()


@pytest.fixture
def raw(furnished: Database) -> Iterator[Connection]:
    """A connection that goes round every verb; whatever it does is undone."""
    with furnished.engine.execution_options(writes=True).connect() as connection:
        yield connection
        connection.rollback()


class Standing:
    """Registers where one file stands at a status: built once for all, what a test does to them is undone."""

    def __init__(self, databases: SQLite | PostgreSQL) -> None:
        self.databases, self.open = databases, ExitStack()
        self.found: dict[tuple[Status, date], tuple[Database, str]] = {}

    def at(self, status: Status, today: date = TODAY) -> tuple[Database, str]:
        """The register whose file stands there on that day, and its number."""
        if (status, today) not in self.found:
            database = Database(self.open.enter_context(self.databases.fresh()))
            self.open.callback(database.engine.dispose)
            with database.changing() as session:
                self.found[status, today] = database, an_experiment(session, status, today=today).number
        return self.found[status, today]


@pytest.fixture(scope="module")
def standing(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Standing]]:
    """The same for each engine, by its name."""
    known: dict[str, Standing] = {}
    yield lambda name: known.setdefault(name, Standing(request.getfixturevalue(name)))
    for one in known.values():
        one.open.close()


Ready = Callable[..., tuple[Session, Experiment]]


@pytest.fixture
def ready(engine: str, standing: Callable[[str], Standing]) -> Iterator[Ready]:
    """A file that stands at a status, or where a gate takes it, in a session that the next one ends uncommitted."""
    in_hand = ExitStack()

    def found(where: Status | str, today: date = TODAY) -> tuple[Session, Experiment]:
        status = where if isinstance(where, Status) else LIFECYCLE[where].sources[0]
        database, number = standing(engine).at(status, today)
        in_hand.close()
        session = in_hand.enter_context(database.writing())
        x = queries.file(session, number, for_change=True)
        assert x is not None
        return session, x

    with in_hand:
        yield found


@pytest.fixture
def session(register: Database) -> Iterator[Session]:
    """One transaction that changes things, and is never committed."""
    with register.writing() as session:
        yield session
