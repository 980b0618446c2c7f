"""What programs read: what is public without a key, what is owed, and what describes it all."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import select

from app import clock, openapi, shapes
from app.db import Database
from experiments import editing, queries
from experiments import reported as r
from experiments.model import Entry, Person
from experiments.parts import BY_CONTENT, DECLARED
from experiments.published import TOLD
from experiments.vocabulary import PUBLIC, Status
from tests import people
from tests.pages.conftest import Build
from tests.pages.programs import Program, With


@pytest.mark.parametrize("status", list(Status))
def test_the_public_sees_an_experiment_once_it_is_authorised_or_refused_and_not_before(
    make: Build, passer_by: Program, status: Status
) -> None:
    number = make(status)
    listed = [x["number"] for x in passer_by.get("/experiments?statut=all")["experiments"]]
    assert listed == ([number] if status in TOLD else [])
    passer_by.get(f"/experiments/{number}", 200 if status in TOLD else 404)
    passer_by.get(f"/experiments/{number}/gates", 401)
    passer_by.post(number, "submit", status=401)


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_nothing_public_names_anybody(
    make: Build, passer_by: Program, register: Database, status: Status
) -> None:  # fmt: skip
    number = make(status)
    said = json.dumps(
        [passer_by.get("/experiments?statut=all"), passer_by.get(f"/experiments/{number}")], ensure_ascii=False
    )
    with register.reading() as session:
        everybody = session.scalars(select(Person)).all()
    assert everybody
    assert not [p.name for p in everybody if p.name in said or p.email in said]


def test_when_each_gate_was_crossed_and_why_it_was_suspended_is_read_here_too(make: Build, passer_by: Program) -> None:
    found = passer_by.get(f"/experiments/{make(Status.SUSPENDED)}")
    last = found["trace"][-1]
    assert (last["event"], last["to"], len(last["reasons"])) == ("suspend", "suspended", 1)
    assert last["reasons"][0]
    assert [one["at"] for one in found["trace"]] == sorted(one["at"] for one in found["trace"])
    assert found["launch"]["informed_on"]
    assert (bool(found["submitted_on"]), found["closed_on"]) == (True, None)
    assert passer_by.get(f"/experiments/{make(Status.AUTHORISED)}")["launch"] is None


def test_an_evaluation_is_read_as_it_was_recorded(make: Build, passer_by: Program) -> None:
    found = passer_by.get(f"/experiments/{make(Status.DECIDED)}")["evaluations"]
    assert [(e["version"], e["interim"], bool(e["content"]["summary"])) for e in found] == [
        (1, True, True), (1, False, True),
    ]  # fmt: skip
    assert found[1]["verdict"]


def test_an_evaluation_waits_for_its_decision_before_the_public_reads_it(make: Build, passer_by: Program) -> None:
    assert passer_by.get(f"/experiments/{make(Status.EVALUATED)}")["evaluations"] == []


def test_a_draft_evaluation_is_not_published(make: Build, passer_by: Program, register: Database) -> None:
    number = make(Status.EVALUATING)
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        draft = json.loads(x.text(next(p for p in BY_CONTENT.values() if p.slug == "evaluation")))
    said = json.dumps(passer_by.get(f"/experiments/{number}"), ensure_ascii=False)
    assert draft["summary"]
    assert draft["summary"] not in said


def test_a_line_says_what_the_page_says(make: Build, passer_by: Program, app: Flask, today: Any) -> None:
    late = make(Status.RUNNING, on=today - timedelta(400))
    line = passer_by.get("/experiments?statut=overdue")["experiments"][0]
    assert (line["number"], line["status"], line["status_label"], line["overdue"]) == (
        late,
        "running",
        "En cours",
        True,
    )
    assert line["days_over"] > 0
    assert line["url"] == f"{app.config['JALON'].public_url}/experimentations/{late}"
    whole = passer_by.get(f"/experiments/{late}")
    assert line == {name: whole[name] for name in line}
    assert whole["file"] is None
    assert whole["decisions"][0]["outcome"] == "authorisation"
    assert set(whole["declared"]) == {part.slug for part in DECLARED}


def test_what_has_not_changed_is_not_sent_again(app: Flask, make: Build) -> None:
    number, client = make(Status.RUNNING), app.test_client()
    for path in ("/api/v1/experiments", f"/api/v1/experiments/{number}", "/donnees/api"):
        first = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert first.headers["Content-Encoding"] == "gzip"
        same = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (same.status_code, same.data) == (304, b"")
    make(Status.RUNNING)
    changed = client.get("/api/v1/experiments", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, len(changed.json["experiments"])) == (200, 2)


def test_what_is_published_is_the_same_with_a_key_and_says_its_trace(
    make: Build, passer_by: Program, program: With, register: Database
) -> None:
    number = make(Status.CLOSED)
    told, whole = passer_by.get(f"/experiments/{number}"), program(people.awa).get(f"/experiments/{number}")
    with register.reading() as session:
        entries = session.execute(select(Entry.seq, Entry.event, Entry.hash).order_by(Entry.seq)).all()
    assert [(one["seq"], one["event"], one["hash"]) for one in told["trace"]] == [tuple(entry) for entry in entries]
    for name in ("declared", "decisions", "closing", "follow_up", "replies", "trace", "url"):
        assert told[name] == whole[name], name


# The description ------------------------------------------------------------------------------------------------------


@pytest.mark.only("sqlite")
def test_the_description_is_valid_and_tells_every_address(passer_by: Program, app: Flask) -> None:
    document = passer_by.get("/openapi.json")
    validate(document)
    assert document["openapi"].startswith("3.1")
    told = {(f"/api/v1{path}", verb.upper()) for path, verbs in document["paths"].items() for verb in verbs}
    rules = {
        (rule.rule.replace("<number:number>", "{number}").replace("<gate:gate>", "{gate}"), verb)
        for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    assert told == rules


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("status", [Status.DRAFT, Status.RUNNING, Status.EVALUATED, Status.CLOSED])
def test_what_is_answered_is_what_is_described(make: Build, program: With, status: Status) -> None:
    document = json.loads(openapi.document("http://localhost"))
    number, awa = make(status), program(people.awa)

    def check(name: str, found: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(found)

    check("Page", awa.get("/experiments?scope=mine"))
    check("Whole", awa.get(f"/experiments/{number}"))
    check("Ways", awa.get(f"/experiments/{number}/gates"))
    check("Problem", awa.post(number, "resume", {}, 403))
    if status is Status.RUNNING:
        check("Crossed", awa.post(number, "finish"))


def test_declared_parts_are_those_of_the_file() -> None:
    assert msgspec.structs.fields(shapes.Declared)
    assert [f.encode_name for f in msgspec.structs.fields(shapes.Declared)] == [part.slug for part in DECLARED]


# What is owed ---------------------------------------------------------------------------------------------------------


def test_the_public_reads_what_is_owed_to_it_and_the_file_s_people_all_of_it(
    passer_by: Program, program: With, make: Build
) -> None:
    number = make(Status.AUTHORISED)
    public = passer_by.get(f"/experiments/{number}")["duties"]
    assert {duty["task"] for duty in public} == {"midterm", "evaluation", "decision"}
    every = program(people.awa).get(f"/experiments/{number}")["duties"]
    assert {duty["task"] for duty in every} == {
        "review", "start", "midterm", "derogation", "end", "evaluation", "decision"
    }  # fmt: skip
    assert [duty["due_on"] for duty in every] == sorted(duty["due_on"] for duty in every)
    [purchase] = [duty for duty in every if duty["about"] == "Code de la commande publique, article R2122-9-1"]
    assert purchase == {
        "task": "derogation", "label": "Fin d’une dérogation",
        "about": "Code de la commande publique, article R2122-9-1",
        "due_on": str(clock.today() + timedelta(30)), "days_late": 0, "act": "Préparer la fin de la dérogation",
    }  # fmt: skip


def test_what_is_late_says_by_how_much(passer_by: Program, make: Build) -> None:
    number = make(Status.RUNNING, on=clock.today() - timedelta(300))
    late = {duty["task"]: duty["days_late"] for duty in passer_by.get(f"/experiments/{number}")["duties"]}
    assert late["evaluation"] == 300 - 204
    # The firm end is a fact: what it leaves undone is what is late.
    assert late.get("end", 0) == 0


def test_what_is_left_a_year_later_is_published_once_written(
    passer_by: Program, make: Build, register: Database
) -> None:
    number = make(Status.CLOSED)
    before = passer_by.get(f"/experiments/{number}")
    assert (before["follow_up"], [duty["task"] for duty in before["duties"]]) == (None, ["follow-up"])
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        written = r.FollowUp(state="Les bancs sont restés.", seen_on=clock.today())
        editing.write(session, x, people.awa(session), BY_CONTENT[r.FollowUp], written, seen=None, now=clock.now())
    after = passer_by.get(f"/experiments/{number}")
    assert (after["follow_up"]["state"], after["duties"]) == ("Les bancs sont restés.", [])
