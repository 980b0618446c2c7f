"""Whole stories in a real browser: the Chromium of the system, quiet."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from app import clock
from experiments.model import Person
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.journeys.eye import listen
from tests.server import Server, serving

Who = Callable[[Session], Person]
Enter = Callable[..., Page]

NAMES = ("chromium", "chromium-browser", "google-chrome")

# As root there is no sandbox; and the browser has nothing to tell anyone.
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.fail(
            "Chromium n’est pas installé : « apt-get install chromium », puis relancez ./run test.",
            pytrace=False,
        )
    return {**browser_type_launch_args, "executable_path": chromium, "args": ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving(database_url, tmp_path) as running:
        yield running


@pytest.fixture
def enter(server: Server, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Enter]:
    """Open a browser for somebody, signed in or not; what its console complains of fails the test at the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(person: Who | None = None, **options: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": server.url, **options})
        contexts.append(context)
        if person is not None:
            name, _, value = server.browser(person).cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        listen(page, complaints)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def build(server: Server) -> Callable[..., str]:
    """A file that stands at a status, today; gives its number."""

    def built(status: Status, **options: Any) -> str:
        with server.database.changing() as session:
            return an_experiment(session, status, today=clock.today(), **options).number

    return built
