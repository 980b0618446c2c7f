"""What every test may ask for; and the last line, which counts."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import replayed
from tests.databases import PostgreSQL, SQLite

ENGINES = ("sqlite", "postgresql")
LONG = ("reminders", "journeys", "house", "domain", "hooks", "mail")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever needs a database runs on both engines, unless marked `only`."""
    only = metafunc.definition.get_closest_marker("only")
    for name in ("database_url", "empty_database_url", "engine"):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, only.args if only else ENGINES, indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folders of long tests first: one begun last would leave all processes but its own with nothing to do."""
    items.sort(key=lambda item: LONG.index(item.path.parent.name) if item.path.parent.name in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: to look again whether it is used took a tenth of the processor’s time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture
def monkeypatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """What a test builds once it has changed the program is its own: it builds first, where it can."""
    with replayed.watching(monkeypatch):
        yield monkeypatch


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder common to the processes of a run, when it is shared out among several."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


@pytest.fixture(scope="session")
def sqlite(shared: Path) -> SQLite:
    return SQLite(shared)


@pytest.fixture(scope="session")
def postgresql(shared: Path) -> Iterator[PostgreSQL]:
    databases = PostgreSQL(shared)
    yield databases
    databases.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine, for whoever shares a register with other tests."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database: real commits, and nobody else in it."""
    databases = request.getfixturevalue(request.param)
    with databases.fresh() as url:
        yield url


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database that holds nothing at all, for whoever tests the migrations."""
    databases = request.getfixturevalue(request.param)
    with databases.fresh(migrated=False) as url:
        yield url


def pytest_unconfigure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput") or config.option.collectonly:
        return

    def count(word: str, *kinds: str) -> str:
        number = sum(len(reporter.stats.get(kind, ())) for kind in kinds)
        return f"{number} {word}{'s' if number > 1 else ''}"

    passed = count("réussi", "passed", "xpassed")
    failed = count("échoué", "failed", "error")
    skipped = count("sauté", "skipped", "xfailed")
    reporter.write_line(f"Jalon : {passed}, {failed}, {skipped}")
