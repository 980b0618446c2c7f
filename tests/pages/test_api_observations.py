"""What residents said, as programs read it."""

import json

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from app import clock, openapi
from experiments import voices
from experiments.model import Experiment
from experiments.model.voice import Decline
from experiments.vocabulary import Status
from tests import citizens, people
from tests.pages.conftest import Build
from tests.pages.programs import Program, With


def heard(session: Session, x: Experiment) -> None:
    """Three residents are heard, then one more whom nobody has read yet; what the second said is withdrawn."""
    today = clock.today()
    first, second, third = (citizens.a_voice(session, x, f"Banc {n}, à l’ombre.", on=today) for n in range(3))
    for voice in (first, second, third):
        voices.publish(session, voice, voice.text, sure=True, today=today)
    voices.answer(session, third, "Nous ajoutons une voile.", today=today)
    voices.decline(session, second, Decline.PERSONAL, sure=True, today=today)
    citizens.a_voice(session, x, "Ce que personne n’a lu.", on=today)


def test_what_residents_said_is_read_page_by_page_and_what_was_withdrawn_has_no_text(
    make: Build, passer_by: Program
) -> None:
    number, silent = make(Status.RUNNING, change=heard), make(Status.RUNNING)
    described = {"$ref": "#/components/schemas/Observations"} | json.loads(openapi.document("http://localhost"))
    found, page = [], passer_by.get(f"/experiments/{number}/observations?limit=2")
    while page:
        Draft202012Validator(described).validate(page)
        found += page["observations"]
        page = passer_by.rest(page)
    assert [one["text"] for one in found] == ["Banc 2, à l’ombre.", "", "Banc 0, à l’ombre."]
    assert [one["answer"] for one in found] == ["Nous ajoutons une voile.", "", ""]
    assert [one["declined"] for one in found] == [None, "personal", None]
    assert all(one["id"].startswith(f"{number}-o") for one in found)
    assert "personne" not in json.dumps(found)
    assert passer_by.get(f"/experiments/{silent}/observations") == {"observations": [], "next": None}


def test_what_residents_said_is_the_same_with_a_key_and_told_once(
    make: Build, passer_by: Program, program: With, app: Flask
) -> None:
    path = f"/experiments/{make(Status.RUNNING, change=heard)}/observations"
    assert program(people.awa).get(path) == passer_by.get(path)
    tag = app.test_client().get(f"/api/v1{path}").headers["ETag"]
    assert app.test_client().get(f"/api/v1{path}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.only("sqlite")
def test_observations_that_cannot_be_asked_for_so_are_refused(make: Build, passer_by: Program) -> None:
    number, draft = make(Status.RUNNING), make(Status.DRAFT)
    for wrong in ("limit=0", "limit=101", "cursor=x", "cursor=1&cursor=2", "statut=all"):
        assert passer_by.get(f"/experiments/{number}/observations?{wrong}", 400)["detail"]
    for unknown in (draft, "2026-999"):
        passer_by.get(f"/experiments/{unknown}/observations", 404)
