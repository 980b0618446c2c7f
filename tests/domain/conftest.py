"""A register to work in: the real database, through the sessions of the application."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.db import Database


@pytest.fixture
def register(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def session(register: Database) -> Iterator[Session]:
    """One transaction that changes things, and is never committed."""
    with register.writing() as session:
        yield session
