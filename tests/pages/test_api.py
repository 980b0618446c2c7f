"""What programs do: read what is public, with a key what its owner sees, and cross gates by the same judge."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import auth, clock, named_answers, openapi, shapes
from app.db import Database
from app.pages import api
from experiments import declared as d
from experiments import editing, queries, voices
from experiments import reported as r
from experiments.acts import Act, Nothing, Stop
from experiments.content import encode
from experiments.lifecycle import LIFECYCLE
from experiments.model import Entry, Experiment, Person, Token
from experiments.model.voice import Decline
from experiments.parts import BY_CONTENT, DECLARED
from experiments.published import TOLD
from experiments.vocabulary import PUBLIC, Account, Status
from tests import citizens, people
from tests.builders import answers_for
from tests.contents import complete
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Who = Callable[[Session], Person]
INSIDE = sorted(set(Status) - PUBLIC)


class Program:
    """A program with somebody's key, or without any."""

    def __init__(self, app: Flask, person: Who | None = None) -> None:
        self.app, self.client, self.headers = app, app.test_client(), {}
        if person is not None:
            secret = secrets.token_hex(8)
            self.headers = {"Authorization": f"Bearer {secret}"}
            with app.extensions["database"].changing() as session:
                kept = {"label": "essai", "token_hash": auth.fingerprint(secret), "made_at": clock.now()}
                session.add(Token(person_id=person(session).id, **kept))

    def get(self, path: str, status: int = 200) -> Any:
        return self._read(self.client.get(f"/api/v1{path}", headers=self.headers), status)

    def post(self, number: str, gate: str, body: Any = None, status: int = 201) -> Any:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body if body is not None else {})
        path = f"/api/v1/experiments/{number}/gates/{gate}"
        return self._read(self.client.post(path, data=data, headers=self.headers), status)

    def _read(self, answer: TestResponse, status: int) -> Any:
        assert answer.status_code == status, answer.text
        kind = "application/json" if status < 400 else "application/problem+json"
        assert answer.content_type == kind
        # What everybody reads may be kept by everybody; the rest by nobody.
        shared = status == 200 and not self.headers
        assert ("public" if shared else "no-store") in answer.headers["Cache-Control"]
        # The description is the same whoever asks.
        varies = shared and not answer.request.path.endswith("openapi.json")
        assert varies is ("Authorization" in answer.headers.get("Vary", ""))
        found = answer.json
        if status >= 400:
            assert found["status"] == status
            assert found["title"]
        return found


@pytest.fixture
def passer_by(app: Flask) -> Program:
    return Program(app)


@pytest.fixture
def program(app: Flask) -> Callable[[Who], Program]:
    return lambda person: Program(app, person)


With = Callable[[Who], Program]


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    for engine in (database.engine, database.public_engine):
        event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in (database.engine, database.public_engine):
        event.remove(engine, "before_cursor_execute", note)


# What the public reads ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_the_public_sees_an_experiment_once_it_is_authorised_or_refused_and_not_before(
    make: Make, passer_by: Program, status: Status
) -> None:
    number = make(status)
    listed = [x["number"] for x in passer_by.get("/experiments?statut=all")["experiments"]]
    assert listed == ([number] if status in TOLD else [])
    passer_by.get(f"/experiments/{number}", 200 if status in TOLD else 404)
    passer_by.get(f"/experiments/{number}/gates", 401)
    passer_by.post(number, "submit", status=401)


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_nothing_public_names_anybody(
    make: Make, passer_by: Program, register: Database, status: Status
) -> None:  # fmt: skip
    number = make(status)
    said = json.dumps(
        [passer_by.get("/experiments?statut=all"), passer_by.get(f"/experiments/{number}")], ensure_ascii=False
    )
    with register.reading() as session:
        everybody = session.scalars(select(Person)).all()
    assert everybody
    assert not [p.name for p in everybody if p.name in said or p.email in said]


def test_when_each_gate_was_crossed_and_why_it_was_suspended_is_read_here_too(make: Make, passer_by: Program) -> None:
    found = passer_by.get(f"/experiments/{make(Status.SUSPENDED)}")
    last = found["trace"][-1]
    assert (last["event"], last["to"], len(last["reasons"])) == ("suspend", "suspended", 1)
    assert last["reasons"][0]
    assert [one["at"] for one in found["trace"]] == sorted(one["at"] for one in found["trace"])
    assert found["launch"]["informed_on"]
    assert (bool(found["submitted_on"]), found["closed_on"]) == (True, None)
    assert passer_by.get(f"/experiments/{make(Status.AUTHORISED)}")["launch"] is None


def test_an_evaluation_is_read_as_it_was_recorded(make: Make, passer_by: Program) -> None:
    found = passer_by.get(f"/experiments/{make(Status.DECIDED)}")["evaluations"]
    assert [(e["version"], e["interim"], bool(e["content"]["summary"])) for e in found] == [
        (1, True, True), (1, False, True),
    ]  # fmt: skip
    assert found[1]["verdict"]


def test_an_evaluation_waits_for_its_decision_before_the_public_reads_it(make: Make, passer_by: Program) -> None:
    assert passer_by.get(f"/experiments/{make(Status.EVALUATED)}")["evaluations"] == []


def test_a_draft_evaluation_is_not_published(make: Make, passer_by: Program, register: Database) -> None:
    number = make(Status.EVALUATING)
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        draft = json.loads(x.text(next(p for p in BY_CONTENT.values() if p.slug == "evaluation")))
    said = json.dumps(passer_by.get(f"/experiments/{number}"), ensure_ascii=False)
    assert draft["summary"]
    assert draft["summary"] not in said


def test_a_line_says_what_the_page_says(make: Make, passer_by: Program, app: Flask, today: Any) -> None:
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


def test_the_list_is_narrowed_as_the_page_is(make: Make, passer_by: Program, today: date) -> None:
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


def test_what_has_not_changed_is_not_sent_again(app: Flask, make: Make) -> None:
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
    make: Make, passer_by: Program, program: With, register: Database
) -> None:
    number = make(Status.CLOSED)
    told, whole = passer_by.get(f"/experiments/{number}"), program(people.awa).get(f"/experiments/{number}")
    with register.reading() as session:
        entries = session.execute(select(Entry.seq, Entry.event, Entry.hash).order_by(Entry.seq)).all()
    assert [(one["seq"], one["event"], one["hash"]) for one in told["trace"]] == [tuple(entry) for entry in entries]
    for name in ("declared", "decisions", "closing", "follow_up", "replies", "trace", "url"):
        assert told[name] == whole[name], name


@pytest.mark.parametrize("statut", ["", "past", "all"])
def test_pages_follow_one_another_without_a_gap(
    make: Make, passer_by: Program, monkeypatch: pytest.MonkeyPatch, app: Flask, statut: str
) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    made = [make(status) for status in (Status.RUNNING, Status.DECIDED) for _ in range(3)]
    wanted = {"": made[:3], "past": made[3:], "all": made}[statut]
    found, path = [], f"/experiments?statut={statut}"
    while path:
        page = passer_by.get(path)
        assert len(page["experiments"]) <= 2
        found += [x["number"] for x in page["experiments"]]
        path = (page["next"] or "").removeprefix(f"{app.config['JALON'].public_url}/api/v1")
    assert sorted(found) == sorted(wanted)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "query", ["statut=draft", "statut=zzz", "cursor=zzz", "cursor=2026-01-01_", "cursor=2026-13-01_1", "scope=all",
              "cursor=2026-01-01_99999999999999999999"],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused(passer_by: Program, query: str) -> None:
    assert passer_by.get(f"/experiments?{query}", 400)["detail"]


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
def test_as_many_lines_are_given_as_are_asked_for(make: Make, passer_by: Program, app: Flask) -> None:
    numbers = [make(Status.RUNNING) for _ in range(3)]
    first = passer_by.get("/experiments?limit=2")
    rest = passer_by.get(first["next"].removeprefix(f"{app.config['JALON'].public_url}/api/v1"))
    assert [x["number"] for page in (first, rest) for x in page["experiments"]] == numbers[::-1]
    assert rest["next"] is None
    for wrong in ("0", "101", "-1", "x", "1.5", "", "²"):
        assert "limit" in passer_by.get(f"/experiments?limit={wrong}", 400)["detail"]


def test_a_list_asks_little_of_the_database(
    make: Make, program: With, passer_by: Program, register: Database
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
        with statements_of(register) as statements:
            assert len(who.get(path)["experiments"]) == 3
        assert len(statements) <= most, statements


# Keys -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Bearer zzz", "Bearer", "Bearer ", "Basic YTpi", "zzz", "Bearer jalon_essai_awa x"])
@pytest.mark.parametrize("path", ["/experiments", "/experiments?scope=mine", "/experiments/2026-001"])
@pytest.mark.only("sqlite")
def test_a_key_that_opens_nothing_is_refused_even_for_what_is_public(app: Flask, header: str, path: str) -> None:
    answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.content_type == "application/problem+json"


def test_a_key_revoked_or_of_a_shut_account_opens_nothing(make: Make, program: With, register: Database) -> None:
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


def test_a_session_of_the_browser_opens_nothing_here(make: Make, awa: Visitor) -> None:
    number = make(Status.DRAFT)
    assert awa.get(f"/espace/experimentations/{number}").status_code == 200
    assert awa.get(f"/api/v1/experiments/{number}").status_code == 404
    assert awa.get("/api/v1/experiments?scope=mine").status_code == 401
    assert awa.post(f"/api/v1/experiments/{number}/gates/submit").status_code == 401


# What the owner of a key reads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.EVALUATING, Status.CLOSED])
@pytest.mark.parametrize(
    ("who", "sees"),
    [(people.awa, True), (people.denis, True), (people.gaelle, True), (people.elise, None), (people.ines, False)],
)
def test_a_file_is_read_by_those_who_may_see_it(
    make: Make, program: With, status: Status, who: Who, sees: bool | None
) -> None:
    number = make(status)
    sees = status is not Status.DRAFT if sees is None else sees
    if not sees and status not in PUBLIC:
        program(who).get(f"/experiments/{number}", 404)
        return
    found = program(who).get(f"/experiments/{number}")
    assert (found["file"] is not None) is sees
    if sees:
        assert found["file"]["parts"]["identite"]["content"]["title"] == found["title"]
        assert "Awa Diallo" in [mate["name"] for mate in found["file"]["team"]]
        assert found["file"]["opinions"][0]["counts"] in {True, False}


def test_mine_are_those_i_am_named_to(
    make: Make, program: With, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:  # fmt: skip
    made = [make(Status.DRAFT), make(Status.RUNNING), make(Status.WITHDRAWN)]
    first = program(people.awa)
    assert [x["number"] for x in first.get("/experiments?scope=mine")["experiments"]] == made
    assert program(people.ines).get("/experiments?scope=mine")["experiments"] == []
    assert program(people.elise).get("/experiments?scope=mine")["experiments"] == []
    monkeypatch.setattr(api, "PAGE", 2)
    page = first.get("/experiments?scope=mine")
    assert [x["number"] for x in page["experiments"]] == made[:2]
    rest = first.get(page["next"].removeprefix(f"{app.config['JALON'].public_url}/api/v1"))
    assert ([x["number"] for x in rest["experiments"]], rest["next"]) == (made[2:], None)
    first.get("/experiments?scope=mine&q=x", 400)
    first.get("/experiments?scope=mine&cursor=x", 400)


def test_gates_say_what_is_missing_and_where(make: Make, program: With, app: Flask) -> None:
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


# Gates ----------------------------------------------------------------------------------------------------------------


def body_for(gate: str, **more: object) -> dict[str, object]:
    fields = {k: v for k, v in msgspec.to_builtins(answers_for(gate, clock.today())).items() if v is not None}
    return {**fields, **more}


@pytest.mark.parametrize("gate", list(LIFECYCLE))
def test_every_gate_is_crossed_by_who_opens_it(
    make: Make, program: With, look: Callable[[str], Experiment], gate: str
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
    make: Make, program: With, look: Callable[[str], Experiment], register: Database, app: Flask
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


def test_a_record_that_lacks_something_is_told_where_to_mend_it(make: Make, program: With, app: Flask) -> None:
    number = make(Status.DRAFT, written={d.Identity: d.Identity(title="Un titre")})
    refused = program(people.awa).post(number, "submit", {}, 409)
    places = {m["code"]: (m["url"], m["who"]) for m in refused["missing"]}
    url = f"{app.config['JALON'].public_url}/espace/experimentations/{number}/identite#summary"
    assert places["identity.summary"] == (url, "porteur ou suppléant")
    assert len(places) > 5, "all at once"


def test_a_gate_is_not_crossed_by_whoever(make: Make, program: With, register: Database) -> None:
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
    make: Make, program: With, look: Callable[[str], Experiment], register: Database
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


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"1", b"null", b"\xff", b'{"version": "3"}', b'{"version": true}', b'{"version": 1.5}',
        b'{"zzz": 1}', b'{"signed_on": "demain"}', b'{"act": "zzz"}', b'{"number": 12}', b'{"number": ["x"]}',
        b'{"signed_on": "0001-01-01"}', b'{"number": "' + b"x" * 61 + b'"}', b"[" * 10_000,
    ],
)  # fmt: skip
@pytest.mark.only("sqlite")
def test_a_body_that_cannot_be_read_is_said_so(make: Make, program: With, body: bytes) -> None:
    assert program(people.elise).post(make(Status.SUBMITTED), "refuse", body, 422)["detail"]


def test_named_answers_are_read_as_the_form_reads_them() -> None:
    read = named_answers.read(Stop, {"act": "order", "number": " 12\u0000 ", "signed_on": "2026-03-01", "body": None})
    assert isinstance(read, Act)
    assert (read.act, read.number, str(read.signed_on), read.body) == ("order", "12", "2026-03-01", "")
    with pytest.raises(named_answers.Unreadable, match=r"« a ».* ; « b »"):
        named_answers.read(Nothing, {"a": 1, "b": 2})


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
def test_what_is_answered_is_what_is_described(make: Make, program: With, status: Status) -> None:
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
    make: Make, passer_by: Program, app: Flask
) -> None:
    number, silent = make(Status.RUNNING, change=heard), make(Status.RUNNING)
    page, found = passer_by.get(f"/experiments/{number}/observations?limit=2"), []
    while True:
        check = Draft202012Validator(
            {"$ref": "#/components/schemas/Observations"} | json.loads(openapi.document("http://localhost"))
        )
        check.validate(page)
        found += page["observations"]
        if page["next"] is None:
            break
        page = passer_by.get(page["next"].removeprefix(f"{app.config['JALON'].public_url}/api/v1"))
    assert [one["text"] for one in found] == ["Banc 2, à l’ombre.", "", "Banc 0, à l’ombre."]
    assert [one["answer"] for one in found] == ["Nous ajoutons une voile.", "", ""]
    assert [one["declined"] for one in found] == [None, "personal", None]
    assert all(one["id"].startswith(f"{number}-o") for one in found)
    assert "personne" not in json.dumps(found)
    assert passer_by.get(f"/experiments/{silent}/observations") == {"observations": [], "next": None}


def test_what_residents_said_is_the_same_with_a_key_and_told_once(
    make: Make, passer_by: Program, program: With, app: Flask
) -> None:
    path = f"/experiments/{make(Status.RUNNING, change=heard)}/observations"
    assert program(people.awa).get(path) == passer_by.get(path)
    tag = app.test_client().get(f"/api/v1{path}").headers["ETag"]
    assert app.test_client().get(f"/api/v1{path}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.only("sqlite")
def test_observations_that_cannot_be_asked_for_so_are_refused(make: Make, passer_by: Program) -> None:
    number, draft = make(Status.RUNNING), make(Status.DRAFT)
    for wrong in ("limit=0", "limit=101", "cursor=x", "cursor=1&cursor=2", "statut=all"):
        assert passer_by.get(f"/experiments/{number}/observations?{wrong}", 400)["detail"]
    for unknown in (draft, "2026-999"):
        passer_by.get(f"/experiments/{unknown}/observations", 404)


def test_declared_parts_are_those_of_the_file() -> None:
    assert msgspec.structs.fields(shapes.Declared)
    assert [f.encode_name for f in msgspec.structs.fields(shapes.Declared)] == [part.slug for part in DECLARED]


# What is owed ---------------------------------------------------------------------------------------------------------


def test_the_public_reads_what_is_owed_to_it_and_the_file_s_people_all_of_it(
    passer_by: Program, program: Callable[[Who], Program], make: Make
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


def test_what_is_late_says_by_how_much(passer_by: Program, make: Make) -> None:
    number = make(Status.RUNNING, on=clock.today() - timedelta(300))
    late = {duty["task"]: duty["days_late"] for duty in passer_by.get(f"/experiments/{number}")["duties"]}
    assert late["evaluation"] == 300 - 204
    # The firm end is a fact: what it leaves undone is what is late.
    assert late.get("end", 0) == 0


def test_what_is_left_a_year_later_is_published_once_written(
    passer_by: Program, make: Make, register: Database
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
