"""A register to remind from: the real database, through the sessions of the application; a server of mails."""

from collections.abc import Iterator

import pytest

from app.db import Database
from tests.mail.server import MailServer


@pytest.fixture
def register(database_url: str) -> Iterator[Database]:
    database = Database(database_url, hasty=True)
    yield database
    database.engine.dispose()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running
