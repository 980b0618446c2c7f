"""Gates crossed by programs: by the same judge as everywhere, who says all that stands in the way."""

from collections.abc import Callable

import msgspec
import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock, named_answers
from app.db import Database
from experiments import declared as d
from experiments import editing, queries
from experiments.acts import Act, Nothing, Stop
from experiments.content import encode
from experiments.lifecycle import LIFECYCLE
from experiments.model import Entry, Experiment
from experiments.parts import BY_CONTENT
from experiments.vocabulary import Account, Status
from tests import people
from tests.builders import answers_for
from tests.pages.conftest import Build
from tests.pages.programs import With


def test_gates_say_what_is_missing_and_where(make: Build, program: With, app: Flask) -> None:
    number = make(Status.DRAFT, written={d.Identity: d.Identity(title="Un titre")})
    found = program(people.awa).get(f"/experiments/{number}/gates")
    assert (found["number"], found["status"]) == (number, "draft")
    gates = {gate["name"]: gate for gate in found["gates"]}
    assert list(gates) == list(LIFECYCLE)
    submit = gates["submit"]
    assert (submit["from"], submit["to"], submit["leaves_here"], submit["yours"]) == (
        ["draft"],
        "submitted",
        True,
        True,
    )
    assert not submit["opens"]
    summary = next(m for m in submit["missing"] if m["code"] == "identity.summary")
    place = f"{app.config['JALON'].public_url}/espace/experimentations/{number}/identite#summary"
    assert (summary["url"], summary["who"]) == (place, "porteur ou suppléant")
    assert not gates["close"]["leaves_here"]
    assert not gates["return"]["yours"]
    assert [f["name"] for f in gates["withdraw"]["fields"]] == ["reason"]
    program(people.ines).get(f"/experiments/{number}/gates", 404)
    program(people.gaelle).get("/experiments/2026-999/gates", 404)


def body_for(gate: str, **more: object) -> dict[str, object]:
    fields = {k: v for k, v in msgspec.to_builtins(answers_for(gate, clock.today())).items() if v is not None}
    return {**fields, **more}


@pytest.mark.parametrize("gate", list(LIFECYCLE))
def test_every_gate_is_crossed_by_who_opens_it(
    make: Build, program: With, look: Callable[[str], Experiment], gate: str
) -> None:
    number = make(LIFECYCLE[gate].sources[0])
    version = look(number).version
    label = LIFECYCLE[gate].opener.roles.label
    who = people.awa if "porteur" in label else people.claire if "évaluateur" in label else people.elise
    caller = program(who)
    crossed = caller.post(number, gate, body_for(gate, version=version))
    assert (crossed["status"], crossed["version"]) == (str(LIFECYCLE[gate].target), version + 1)
    assert look(number).status is LIFECYCLE[gate].target
    again = caller.post(number, gate, body_for(gate, version=version), 200)
    assert again == crossed, "the same sending has no second effect"
    assert look(number).version == version + 1


def test_a_gate_that_stays_shut_says_all_that_is_missing(
    make: Build, program: With, look: Callable[[str], Experiment], register: Database, app: Flask
) -> None:
    number = make(Status.SUBMITTED)
    base = f"{app.config['JALON'].public_url}/espace/experimentations/{number}"
    with register.reading() as session:
        entries = session.scalar(select(func.max(Entry.seq)))
    elise = program(people.elise)
    for body in ({}, b"", {"version": look(number).version}):
        refused = elise.post(number, "authorise", body, 409)
        places = {m["code"]: m["url"] for m in refused["missing"]}
        assert places["act.number"] == f"{base}/jalons/authorise#number"
        assert all({"code", "label", "url", "who"} <= set(m) for m in refused["missing"])
        assert "remedies" not in places
    refused = elise.post(number, "return", {"reason": "n/a"}, 409)
    assert [m["code"] for m in refused["missing"]] == ["reason"]
    assert "part de" in elise.post(number, "close", {}, 409)["detail"]
    with register.reading() as session:
        assert session.scalar(select(func.max(Entry.seq))) == entries, "a refusal leaves no mark"


def test_a_record_that_lacks_something_is_told_where_to_mend_it(make: Build, program: With, app: Flask) -> None:
    number = make(Status.DRAFT, written={d.Identity: d.Identity(title="Un titre")})
    refused = program(people.awa).post(number, "submit", {}, 409)
    places = {m["code"]: (m["url"], m["who"]) for m in refused["missing"]}
    url = f"{app.config['JALON'].public_url}/espace/experimentations/{number}/identite#summary"
    assert places["identity.summary"] == (url, "porteur ou suppléant")
    assert len(places) > 5, "all at once"


def test_a_gate_is_not_crossed_by_whoever(make: Build, program: With, register: Database) -> None:
    number = make(Status.SUBMITTED)
    assert (
        program(people.awa).post(number, "refuse", body_for("refuse"), 403)["detail"]
        == "Ce jalon s’ouvre par : valideur"
    )
    program(people.gaelle).post(number, "refuse", body_for("refuse"), 403)
    program(people.ines).post(number, "refuse", body_for("refuse"), 404)
    program(people.elise).post(make(Status.DRAFT), "withdraw", {}, 404)
    program(people.elise).post("2026-999", "refuse", {}, 404)
    program(people.elise).post(number, "zzz", {}, 404)
    with register.changing() as session:
        people.bruno(session).account = Account.VALIDATOR
    assert "une autre personne" in program(people.bruno).post(number, "refuse", body_for("refuse"), 403)["detail"]


def test_a_file_that_changed_meanwhile_is_not_decided_on(
    make: Build, program: With, look: Callable[[str], Experiment], register: Database
) -> None:
    number = make(Status.SUBMITTED)
    seen = look(number).version
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        part = BY_CONTENT[d.Costs]
        content = msgspec.structs.replace(x.read(d.Costs), rollout="Trois fois plus cher que prévu.")
        editing.write(session, x, people.awa(session), part, content, seen=None, now=clock.now())
        assert encode(content) == x.text(part)
    refused = program(people.elise).post(number, "refuse", body_for("refuse", version=seen), 409)
    assert refused["version"] == look(number).version > seen
    assert any("Coûts" in sentence for sentence in refused["changed"])
    assert look(number).status is Status.SUBMITTED


@pytest.mark.only("sqlite")
def test_a_body_that_cannot_be_read_is_said_so(make: Build, program: With) -> None:
    number, elise = make(Status.SUBMITTED), program(people.elise)
    for body in (
        b"{", b"[]", b"1", b"null", b"\xff", b'{"version": "3"}', b'{"version": true}', b'{"version": 1.5}',
        b'{"zzz": 1}', b'{"signed_on": "demain"}', b'{"act": "zzz"}', b'{"number": 12}', b'{"number": ["x"]}',
        b'{"signed_on": "0001-01-01"}', b'{"number": "' + b"x" * 61 + b'"}', b"[" * 10_000,
    ):  # fmt: skip
        assert elise.post(number, "refuse", body, 422)["detail"], body[:40]


def test_named_answers_are_read_as_the_form_reads_them() -> None:
    read = named_answers.read(Stop, {"act": "order", "number": " 12\u0000 ", "signed_on": "2026-03-01", "body": None})
    assert isinstance(read, Act)
    assert (read.act, read.number, str(read.signed_on), read.body) == ("order", "12", "2026-03-01", "")
    with pytest.raises(named_answers.Unreadable, match=r"« a ».* ; « b »"):
        named_answers.read(Nothing, {"a": 1, "b": 2})
