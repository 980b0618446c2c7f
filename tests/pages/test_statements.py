"""How much is asked of the database: a page costs the same whatever the size of the file or of the register."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import event

from app import auth, clock
from app.db import Database
from experiments import declared as d
from experiments.vocabulary import Status
from tests import people
from tests.builders import complete, cross
from tests.pages.visitor import Visitor

MOST = 6
MORE = {"/lecture": 1, "/historique": 1, "/avis": 1, "/rappels": 7}
"""Who can be reached, what was told and whether reminders leave: the page of reminders reads other tables too."""
Make = Callable[..., str]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(" ".join(statement.split())[:160])

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def large(make: Make, today: object) -> str:
    """A file of sixty criteria and as many stakeholders, sent back and submitted again."""

    def again(session: object, x: object) -> None:
        cross(session, x, "return")  # type: ignore[arg-type]
        cross(session, x, "submit")  # type: ignore[arg-type]

    contents = complete(today)  # type: ignore[arg-type]
    protocol, stakeholders = contents[d.Protocol], contents[d.Stakeholders]
    assert isinstance(protocol, d.Protocol)
    assert isinstance(stakeholders, d.Stakeholders)
    criteria = [replace(protocol.criteria[0], id=f"c{i}", baseline=None) for i in range(60)]
    items = [replace(stakeholders.items[0], id=f"s{i}") for i in range(60)]
    written = {
        d.Protocol: replace(protocol, criteria=criteria), d.Stakeholders: replace(stakeholders, items=items)
    }  # fmt: skip
    return make(Status.SUBMITTED, written=written, change=again)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "/etapes",
        "/protocole",
        "/identite",
        "/equipe",
        "/avis",
        "/lecture",
        "/historique",
        "/jalons/submit",
        "/rappels",
    ],
)
def test_a_page_of_a_file_asks_little_however_large_the_file(
    page: str, app: Flask, register: Database, large: str
) -> None:
    awa = Visitor(app, people.awa)
    with counted(register) as statements:
        awa.page(f"/espace/experimentations/{large}{page}")
    assert len(statements) <= MOST + MORE.get(page, 0), "\n".join(statements)


@pytest.mark.parametrize("page", ["/", "/?statut=all", "/?q=ombre", "{number}", "/trace"])
def test_a_public_page_asks_little_however_large_the_register(
    page: str, visitor: Visitor, register: Database, make: Make
) -> None:
    numbers = [make(status) for status in (Status.RUNNING, Status.CLOSED, Status.DECIDED) for _ in range(3)]
    with counted(register) as statements:
        visitor.page(page.format(number=f"/experimentations/{numbers[0]}"))
    assert len(statements) <= MOST, "\n".join(statements)


def test_the_desk_asks_no_more_for_ten_files_than_for_one(app: Flask, register: Database, make: Make) -> None:
    awa, found = Visitor(app, people.awa), []
    for files in (1, 9):
        for _ in range(files):
            make(Status.RUNNING)
        with counted(register) as statements:
            awa.page("/espace")
        found.append(len(statements))
    assert found[1] <= found[0] <= MOST


@pytest.mark.parametrize("page", ["", "/mois/{month}", "/annee/{month:.4}", "/frise"])
def test_an_agenda_asks_no_more_for_ten_files_than_for_one(
    page: str, app: Flask, register: Database, make: Make
) -> None:
    elise, found = Visitor(app, people.elise), []
    for files in (1, 9):
        for _ in range(files):
            month = make(Status.RUNNING) and f"{clock.today() + timedelta(229):%Y-%m}"
        with counted(register) as statements:
            elise.page("/espace/echeances" + page.format(month=month))
        found.append(len(statements))
    assert found[0] == found[1] <= 3


@pytest.mark.parametrize("address", ["/agenda/{key}.ics", "/experimentations.ics", "/experimentations/{number}.ics"])
def test_a_calendar_asks_little_however_large_the_register(
    address: str, visitor: Visitor, register: Database, make: Make
) -> None:
    numbers = [make(Status.RUNNING) for _ in range(9)]
    with register.changing() as session:
        people.elise(session).agenda_hash = auth.fingerprint("key")
    with counted(register) as statements:
        assert visitor.get(address.format(key="key", number=numbers[0])).data.count(b"BEGIN:VEVENT") >= 3
    assert len(statements) <= MOST, "\n".join(statements)
