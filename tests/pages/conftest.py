"""The whole application on a fresh database, and the people of the tests in front of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock, create_app
from app.config import load_config
from app.db import Database
from experiments import planning, queries
from experiments.model import Experiment, Person
from experiments.vocabulary import Status
from tests import people
from tests.builders import Written, an_experiment
from tests.pages.programs import Program, With
from tests.pages.visitor import Visitor, expect_commits, watch

SECRET = "une clé qui ne sert qu’aux tests, de plus de 32 caractères"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, made once: compiling its templates is most of what a test would cost."""
    folder = tmp_path_factory.mktemp("instance")
    env = {"DATABASE_URL": f"sqlite:///{folder / 'none.sqlite'}", "SECRET_KEY": SECRET, "INSTANCE_DIR": str(folder)}
    app = create_app(load_config(env))
    # What nothing caught is raised, so that no test takes a 500 for an answer.
    app.testing = True
    expect_commits(app)
    return app


@pytest.fixture
def app(built: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, on the fresh database of this test."""
    database = Database(database_url)
    with database.changing() as session:
        # However long the tests have been running, somebody sees to the reminders.
        planning.beat(session, clock.now())
    watch(database)
    built.extensions["database"] = database
    kept = built.config["JALON"]
    built.config["JALON"] = replace(kept, database_url=database_url, instance=tmp_path)
    # Pages are kept for the settings they were written with: not for those of the test before.
    built.extensions.pop("kept", None)
    yield built
    # Whatever the test made of the settings ends with it.
    built.config["JALON"] = kept
    database.engine.dispose()
    database.public_engine.dispose()


@pytest.fixture
def register(app: Flask) -> Database:
    """The database behind the application, for what is prepared and what is looked at afterwards."""
    database: Database = app.extensions["database"]
    return database


@pytest.fixture
def today() -> date:
    """Pages ask the clock: what tests build is reckoned from the same day."""
    return clock.today()


Build = Callable[..., str]


@pytest.fixture
def make(register: Database, today: date) -> Build:
    """Build a file that stands at a status, and commit it; gives its number. `change` is done to it on the way."""

    def build(
        status: Status = Status.DRAFT, *, written: Written | None = None,
        change: Callable[[Session, Experiment], object] | None = None, on: date | None = None,
    ) -> str:  # fmt: skip
        with register.changing() as session:
            x = an_experiment(session, status, today=on or today, written=written)
            if change:
                change(session, x)
            return x.number

    return build


@pytest.fixture
def year(register: Database, today: date) -> int:
    """A year in which everything happened: the present one, or the last when this one has just begun."""
    day = today if today.timetuple().tm_yday > 45 else today - timedelta(60)
    with register.changing() as session:
        for status in (Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.EVALUATING, Status.CLOSED):
            an_experiment(session, status, today=day)
        an_experiment(session, Status.EVALUATED, today=day, then="decide-abandon")
        an_experiment(session, Status.RUNNING, today=day, then="extend")
        an_experiment(session, Status.RUNNING, today=day, then="stop")
    return day.year


@pytest.fixture
def look(register: Database) -> Callable[[str], Experiment]:
    """A file as the database holds it now."""

    def found(number: str) -> Experiment:
        with register.reading() as session:
            x = queries.file(session, number)
            assert x is not None
            return x

    return found


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody without an account."""
    return Visitor(app)


@pytest.fixture
def passer_by(app: Flask) -> Program:
    """A program without a key."""
    return Program(app)


@pytest.fixture
def program(app: Flask) -> With:
    """A program with the key of whoever of the people of the tests is asked for."""
    return lambda person: Program(app, person)


SignIn = Callable[[Callable[[Session], Person]], Visitor]


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    """A signed-in visitor, for whoever of the people of the tests is asked for."""
    return lambda person: Visitor(app, person)


def _fixture_of(person: Callable[[Session], Person]) -> Callable[[Flask], Visitor]:
    def signed_in_person(app: Flask) -> Visitor:
        return Visitor(app, person)

    signed_in_person.__doc__ = person.__doc__
    return pytest.fixture(signed_in_person, name=person.__name__)  # type: ignore[no-any-return]


awa, bruno, claire, denis = map(_fixture_of, (people.awa, people.bruno, people.claire, people.denis))
elise, farid, gaelle, hugo = map(_fixture_of, (people.elise, people.farid, people.gaelle, people.hugo))
ines = _fixture_of(people.ines)
