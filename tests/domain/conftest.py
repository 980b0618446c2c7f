"""A register to work in: the real database, through the sessions of the application."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.db import Database
from experiments.vocabulary import Status
from tests.builders import an_experiment, cross
from tests.conftest import ENGINES


@pytest.fixture
def register(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="module", params=ENGINES)
def furnished(request: pytest.FixtureRequest) -> Iterator[Database]:
    """One register for all that is tried in raw SQL and rolled back: decided, running, sent back to its team."""
    with request.getfixturevalue(request.param).fresh() as url:
        database = Database(url)
        with database.changing() as session:
            an_experiment(session, Status.DECIDED)
            an_experiment(session, Status.RUNNING)
            cross(session, an_experiment(session, Status.SUBMITTED), "return")
        yield database
        database.engine.dispose()


@pytest.fixture
def raw(furnished: Database) -> Iterator[Connection]:
    """A connection that goes round every verb; whatever it does is undone."""
    with furnished.engine.execution_options(writes=True).connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def session(register: Database) -> Iterator[Session]:
    """One transaction that changes things, and is never committed."""
    with register.writing() as session:
        yield session
