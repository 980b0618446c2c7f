"""A server of mails for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.mail.server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
