"""How much is asked of the database: a page costs the same whatever the size of the file or of the register."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import replace

from app import auth, clock
from app.db import Database
from experiments import declared as d
from experiments.vocabulary import Status
from tests import people
from tests.builders import complete, cross
from tests.pages.public_side import statements
from tests.pages.visitor import Visitor

MOST = 6
MORE = {"/lecture": 1, "/historique": 1, "/avis": 1, "/rappels": 7}
"""Who can be reached, what was told and whether reminders leave: the page of reminders reads other tables too."""
Make = Callable[..., str]


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


def test_a_page_of_a_file_asks_little_however_large_the_file(app: Flask, register: Database, large: str) -> None:
    awa = Visitor(app, people.awa)
    for place in ("", "/etapes", "/protocole", "/identite", "/equipe", "/avis", "/lecture", "/historique",
                  "/jalons/submit", "/rappels"):  # fmt: skip
        with statements(register) as said:
            awa.page(f"/espace/experimentations/{large}{place}")
        assert 0 < len(said) <= MOST + MORE.get(place, 0), "\n".join((place, *said))


def test_a_public_page_asks_little_however_large_the_register(visitor: Visitor, register: Database, make: Make) -> None:
    numbers = [make(status) for status in (Status.RUNNING, Status.CLOSED, Status.DECIDED) for _ in range(3)]
    for place in ("/", "/?statut=all", "/?q=ombre", f"/experimentations/{numbers[0]}", "/trace"):
        with statements(register) as said:
            visitor.page(place)
        assert 0 < len(said) <= MOST, "\n".join((place, *said))


def test_the_desk_asks_no_more_for_ten_files_than_for_one(app: Flask, register: Database, make: Make) -> None:
    awa, found = Visitor(app, people.awa), []
    for files in (1, 9):
        for _ in range(files):
            make(Status.RUNNING)
        with statements(register) as said:
            awa.page("/espace")
        found.append(len(said))
    assert found[1] <= found[0] <= MOST


def test_an_agenda_asks_no_more_for_ten_files_than_for_one(app: Flask, register: Database, make: Make) -> None:
    elise, found = Visitor(app, people.elise), list[list[int]]()
    for files in (1, 9):
        for _ in range(files):
            make(Status.RUNNING)
        month, asked = f"{clock.today() + timedelta(229):%Y-%m}", []
        for view in ("", f"/mois/{month}", f"/annee/{month:.4}", "/frise"):
            with statements(register) as said:
                elise.page(f"/espace/echeances{view}")
            asked.append(len(said))
        found.append(asked)
    assert found[0] == found[1]
    assert 0 < min(found[0]) <= max(found[0]) <= 3


def test_a_calendar_asks_little_however_large_the_register(visitor: Visitor, register: Database, make: Make) -> None:
    numbers = [make(Status.RUNNING) for _ in range(9)]
    with register.changing() as session:
        people.elise(session).agenda_hash = auth.fingerprint("key")
    for address in ("/agenda/key.ics", "/experimentations.ics", f"/experimentations/{numbers[0]}.ics"):
        with statements(register) as said:
            assert visitor.get(address).data.count(b"BEGIN:VEVENT") >= 3
        assert 0 < len(said) <= MOST, "\n".join((address, *said))
