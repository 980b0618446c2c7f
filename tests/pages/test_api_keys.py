"""What a key opens: nothing once it is revoked, and else what its owner may see."""

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock
from app.db import Database
from experiments.model import Token
from experiments.vocabulary import PUBLIC, Status
from tests import people
from tests.pages.conftest import Build
from tests.pages.programs import With
from tests.pages.visitor import Visitor


@pytest.mark.only("sqlite")
def test_a_key_that_opens_nothing_is_refused_even_for_what_is_public(app: Flask) -> None:
    for header in ("Bearer zzz", "Bearer", "Bearer ", "Basic YTpi", "zzz", "Bearer jalon_essai_awa x"):
        for path in ("/experiments", "/experiments?scope=mine", "/experiments/2026-001"):
            answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header})
            assert answer.status_code == 401, (header, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.content_type == "application/problem+json"


def test_a_key_revoked_or_of_a_shut_account_opens_nothing(make: Build, program: With, register: Database) -> None:
    number = make(Status.DRAFT)
    awa, gaelle = program(people.awa), program(people.gaelle)
    awa.get(f"/experiments/{number}")
    gaelle.get(f"/experiments/{number}")
    with register.changing() as session:
        session.execute(
            update(Token).where(Token.person_id == people.awa(session).id).values(revoked_at=clock.now())
        )  # fmt: skip
        people.gaelle(session).disabled_at = clock.now()
    awa.get(f"/experiments/{number}", 401)
    gaelle.get(f"/experiments/{number}", 401)


def test_a_session_of_the_browser_opens_nothing_here(make: Build, awa: Visitor) -> None:
    number = make(Status.DRAFT)
    assert awa.get(f"/espace/experimentations/{number}").status_code == 200
    assert awa.get(f"/api/v1/experiments/{number}").status_code == 404
    assert awa.get("/api/v1/experiments?scope=mine").status_code == 401
    assert awa.post(f"/api/v1/experiments/{number}/gates/submit").status_code == 401


# What the owner of a key reads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.EVALUATING, Status.CLOSED])
def test_a_file_is_read_by_those_who_may_see_it(make: Build, program: With, status: Status) -> None:
    number, submitted = make(status), status is not Status.DRAFT
    for who, sees in (
        (people.awa, True), (people.denis, True), (people.gaelle, True), (people.elise, submitted),
        (people.ines, False),
    ):  # fmt: skip
        if not sees and status not in PUBLIC:
            program(who).get(f"/experiments/{number}", 404)
            continue
        found = program(who).get(f"/experiments/{number}")
        assert (found["file"] is not None) is sees, who
        if sees:
            assert found["file"]["parts"]["identite"]["content"]["title"] == found["title"]
            assert "Awa Diallo" in [mate["name"] for mate in found["file"]["team"]]
            assert [one["counts"] for one in found["file"]["opinions"]] == [True]


def test_mine_are_those_i_am_named_to(make: Build, program: With) -> None:
    made = [make(Status.DRAFT), make(Status.RUNNING), make(Status.WITHDRAWN)]
    first = program(people.awa)
    assert [x["number"] for x in first.get("/experiments?scope=mine")["experiments"]] == made
    assert program(people.ines).get("/experiments?scope=mine")["experiments"] == []
    assert program(people.elise).get("/experiments?scope=mine")["experiments"] == []
    page = first.get("/experiments?scope=mine&limit=2")
    assert [x["number"] for x in page["experiments"]] == made[:2]
    rest = first.rest(page)
    assert ([x["number"] for x in rest["experiments"]], rest["next"]) == (made[2:], None)
    first.get("/experiments?scope=mine&q=x", 400)
    first.get("/experiments?scope=mine&cursor=x", 400)
