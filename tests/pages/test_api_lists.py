"""The list as programs ask for it: narrowed, page by page, and refused rather than half understood."""

import re
from datetime import date

import msgspec
import pytest

from app.db import Database
from app.pages import api
from experiments import declared as d
from experiments.vocabulary import Status
from tests import people
from tests.contents import complete
from tests.pages.conftest import Build
from tests.pages.programs import Program, With
from tests.pages.public_side import statements


def test_the_list_is_narrowed_as_the_page_is(make: Build, passer_by: Program, today: date) -> None:
    identity = complete(today)[d.Identity]
    assert isinstance(identity, d.Identity)
    striped = msgspec.structs.replace(
        identity, title="Des zèbres", policy="eau", communes=["44109"], organisation="Ville de Nantes"
    )
    running, closed, refused = (
        make(Status.RUNNING, written={d.Identity: striped}), make(Status.CLOSED), make(Status.REFUSED)
    )  # fmt: skip

    def listed(query: str) -> list[str]:
        return [x["number"] for x in passer_by.get(f"/experiments?{query}")["experiments"]]

    assert listed("") == [running]
    assert listed("statut=past") == listed("status=closed") == [closed]
    assert listed("statut=refused") == [refused]
    # The newest number first.
    assert listed("statut=all") == [refused, closed, running]
    for query in ("q=zebre", "commune=44109&politique=eau", "policy=eau", "organisation=Ville+de+Nantes"):
        assert listed(f"statut=all&{query}") == [running], query
    assert listed(f"status=all&period={today.year}&q=zebre") == [running]
    assert listed("statut=all&suite=generalisation") == listed("statut=all&outcome=generalisation") == [closed]
    assert listed("statut=all&derogation=none") == []
    assert listed("q=zzz%00") == []
    for wrong in (
        "commune=%25",
        "commune=%ed%a0%80",
        "politique=zzz",
        "annee=99",
        "derogation=zzz",
        "suite=zzz",
        "q=!",
    ):
        detail = passer_by.get(f"/experiments?{wrong}", 400)["detail"]
        assert re.search(r"(n’est pas|aucun mot).*\.$", detail), detail
        assert "voici" not in detail


def test_pages_follow_one_another_without_a_gap(make: Build, passer_by: Program) -> None:
    made = [make(status) for status in (Status.RUNNING, Status.DECIDED) for _ in range(3)]
    for statut, wanted in (("", made[:3]), ("past", made[3:]), ("all", made)):
        found, page = [], passer_by.get(f"/experiments?statut={statut}&limit=2")
        while page:
            assert len(page["experiments"]) <= 2
            found += [x["number"] for x in page["experiments"]]
            page = passer_by.rest(page)
        assert sorted(found) == sorted(wanted), statut


@pytest.mark.only("sqlite")
def test_a_list_that_cannot_be_is_refused(passer_by: Program) -> None:
    for query in ("statut=draft", "statut=zzz", "scope=all", "cursor=zzz", "cursor=2026-01-01_", "cursor=2026-13-01_1",
                  "cursor=2026-01-01_99999999999999999999"):  # fmt: skip
        assert passer_by.get(f"/experiments?{query}", 400)["detail"], query


@pytest.mark.only("sqlite")
def test_a_parameter_that_is_not_known_is_refused_and_those_known_are_named(passer_by: Program) -> None:
    for unknown in ("foo=1", "curseur=xx", "page=2026-06-30~1", "statut=all&Limit=2"):
        answer = passer_by.get(f"/experiments?{unknown}", 400)
        assert "Paramètre inconnu" in answer["detail"]
        assert all(name in answer["detail"] for name in ("statut", "status", "scope", "cursor", "limit"))
    for view in ("frise", "globe"):
        passer_by.get(f"/experiments?statut=all&vue={view}")
    assert passer_by.get("/experiments/2026-999", 404)["detail"]


def test_a_parameter_given_twice_is_refused_rather_than_half_read(passer_by: Program) -> None:
    for twice, name in (("statut=running&statut=closed", "statut"), ("status=all&statut=closed", "statut"),
                        ("limit=1&limit=100", "limit"), ("statut=all&cursor=5&cursor=", "cursor")):  # fmt: skip
        assert f"« {name} »" in passer_by.get(f"/experiments?{twice}", 400)["detail"].replace("\u00a0", " ")


@pytest.mark.only("sqlite")
def test_as_many_lines_are_given_as_are_asked_for_or_as_a_page_has(
    make: Build, passer_by: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [make(Status.RUNNING) for _ in range(3)]
    first = passer_by.get("/experiments?limit=2")
    rest = passer_by.rest(first)
    assert [x["number"] for page in (first, rest) for x in page["experiments"]] == numbers[::-1]
    assert rest["next"] is None
    for wrong in ("0", "101", "-1", "x", "1.5", "", "²"):
        assert "limit" in passer_by.get(f"/experiments?limit={wrong}", 400)["detail"]
    monkeypatch.setattr(api, "PAGE", 2)
    assert [x["number"] for x in passer_by.get("/experiments?statut=all")["experiments"]] == numbers[:0:-1]


def test_a_list_asks_little_of_the_database(
    make: Build, program: With, passer_by: Program, register: Database
) -> None:  # fmt: skip
    for _ in range(3):
        make(Status.RUNNING)
    awa = program(people.awa)
    for who, path, most in (
        # The version of the register, what is found, its lines.
        (passer_by, "/experiments", 3),
        (passer_by, "/experiments", 1),
        (awa, "/experiments", 3),
        (awa, "/experiments?scope=mine", 2),
    ):
        with statements(register) as said:
            assert len(who.get(path)["experiments"]) == 3
        assert len(said) <= most, said
