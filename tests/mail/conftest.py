"""A server of mails, or an office that writes them, for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from tests.mail.office import Office
from tests.mail.server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    register = Database(database_url)
    yield Office(register, tmp_path)
    register.engine.dispose()
