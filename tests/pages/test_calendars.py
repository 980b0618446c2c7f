"""The calendars that programs come back to, day after day: what they hold, what they keep silent, what they cost."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import accounts, auth
from app.db import Database
from app.discreet import discreet
from experiments import appointments, editing, queries
from experiments.declared import Identity
from experiments.model import Experiment, Person
from experiments.parts import BY_CONTENT
from experiments.succession import Roll
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import cross, noon
from tests.domain import ical_reader
from tests.domain.ical_reader import Component
from tests.forked import ROOT
from tests.pages.visitor import Visitor
from tests.server import SECRET, free_port

KEY = "La-cle_de-quelqu-un-0123456789-abcdefghijkl"
OWN = f"/agenda/{KEY}.ics"
NAMED = f"/agenda/{KEY}/echeances.ics"
Make = Callable[..., str]
Key = Callable[[Callable[[Session], Person]], None]


@pytest.fixture
def key(register: Database) -> Key:
    """Give the key of these tests to somebody."""

    def give(who: Callable[[Session], Person]) -> None:
        with register.changing() as session:
            who(session).agenda_hash = auth.fingerprint(KEY)

    return give


def events(answer: TestResponse) -> dict[str, Component]:
    """The events of a calendar that is right to the letter, by the duty that their name says."""
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = ical_reader.read(answer.data).components
    return {str(event["UID"]).partition("@")[0].split("-", 2)[2]: event for event in found}


def change(register: Database, number: str, done: Callable[..., object]) -> None:
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x
        done(session, x)


def test_ones_own_calendar_holds_what_one_has_to_do(visitor: Visitor, make: Make, key: Key) -> None:
    number = make(Status.RUNNING)
    key(people.claire)
    answer = visitor.get(OWN)
    found = events(answer)
    assert set(found) >= {"evaluation"}
    assert found["evaluation"]["STATUS"] == "CONFIRMED"
    assert found["evaluation"]["CLASS"] == "PRIVATE"
    assert found["evaluation"]["URL"] == f"http://127.0.0.1:8000/espace/experimentations/{number}/evaluation"
    kept = answer.headers
    assert kept["Cache-Control"] == "private, no-cache"
    assert kept["Referrer-Policy"] == "no-referrer"
    assert kept["X-Robots-Tag"] == "noindex"
    assert kept["Content-Disposition"] == "inline; filename=echeances.ics"


def test_the_address_that_ends_with_a_name_opens_the_same_calendar(
    visitor: Visitor, register: Database, make: Make, key: Key
) -> None:
    make(Status.RUNNING)
    assert visitor.get(NAMED).status_code == 404
    key(people.awa)
    plain, named = visitor.get(OWN), visitor.get(NAMED)
    assert named.status_code == 200
    assert (named.data, dict(named.headers) | {"Date": ""}) == (plain.data, dict(plain.headers) | {"Date": ""})
    with register.changing() as session:
        people.awa(session).agenda_hash = None
    assert visitor.get(NAMED).status_code == 404


def test_a_calendar_names_nobody(visitor: Visitor, register: Database, make: Make, key: Key) -> None:
    number = make(Status.RUNNING)
    with register.reading() as session:
        names = [who(session).name for who in people.EVERYONE]
    for who in (people.awa, people.claire, people.elise):
        key(who)
        for address in (OWN, f"/experimentations/{number}.ics", "/experimentations.ics"):
            said = visitor.get(address).text.replace("\r\n ", "")
            assert not [name for name in names if name.split()[-1] in said]
        with register.changing() as session:
            who(session).agenda_hash = None


def test_a_key_that_opens_nothing_looks_like_an_address_that_does_not_exist(
    visitor: Visitor, register: Database, make: Make, key: Key
) -> None:
    make(Status.RUNNING)
    absent = visitor.get("/agenda/nothing-like-it.ics")
    assert visitor.get(OWN).status_code == absent.status_code == 404
    key(people.awa)
    assert visitor.get(OWN).status_code == 200
    with register.changing() as session:
        accounts.disable(session, people.awa(session), now=datetime.now(UTC))
    assert visitor.get(OWN).data == absent.data
    with register.changing() as session:
        accounts.enable(people.awa(session))
    # Opening an account again does not open its calendar.
    assert visitor.get(OWN).status_code == 404


def test_another_role_shuts_the_calendar_made_with_the_one_before(
    visitor: Visitor, register: Database, make: Make, key: Key
) -> None:
    make(Status.RUNNING)
    key(people.elise)
    assert visitor.get(OWN).status_code == 200
    with register.changing() as session:
        accounts.change_role(session, people.elise(session), "porteur", now=datetime.now(UTC))
    assert visitor.get(OWN).status_code == 404


def test_a_disabled_account_has_no_calendar_whatever_its_key(visitor: Visitor, register: Database, key: Key) -> None:
    key(people.awa)
    with register.changing() as session:
        people.awa(session).disabled_at = datetime.now(UTC)
    assert visitor.get(OWN).status_code == 404


def test_the_page_that_refuses_a_key_does_not_repeat_it(visitor: Visitor) -> None:
    answer = visitor.get(OWN)
    assert KEY not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", [OWN, "/experimentations.ics", "/experimentations/{number}.ics"])
def test_a_program_that_has_the_calendar_is_told_so(visitor: Visitor, make: Make, key: Key, address: str) -> None:
    address = address.format(number=make(Status.RUNNING))
    key(people.awa)
    first = visitor.get(address)
    assert visitor.get(address).data == first.data
    tag = first.headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"autre", {tag}', "*"):
        again = visitor.get(address, headers={"If-None-Match": sent})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert visitor.get(address, headers={"If-None-Match": '"autre"'}).data == first.data
    head = visitor.client.head(address)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)


@pytest.mark.parametrize("address", [OWN, "/experimentations.ics"])
def test_a_calendar_is_never_compressed(visitor: Visitor, make: Make, key: Key, address: str) -> None:
    for _ in range(4):
        make(Status.RUNNING)
    key(people.awa)
    answer = visitor.get(address, headers={"Accept-Encoding": "gzip, br, zstd"})
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize("address", [OWN, "/experimentations.ics", "/experimentations/{number}.ics"])
def test_an_extension_moves_the_end_under_the_same_name(
    visitor: Visitor, register: Database, make: Make, key: Key, today: object, address: str
) -> None:
    number = make(Status.RUNNING)
    address = address.format(number=number)
    key(people.awa)
    before = visitor.get(address)
    old = events(before)["end"]
    change(register, number, lambda session, x: cross(session, x, "extend", on=today))
    after = visitor.get(address, headers={"If-None-Match": before.headers["ETag"]})
    new = events(after)["end"]
    assert new["UID"] == old["UID"]
    assert new["DTSTART"] > old["DTSTART"]  # type: ignore[operator]
    assert new["SEQUENCE"] > old["SEQUENCE"]  # type: ignore[operator]
    assert new["STATUS"] == old["STATUS"] == "CONFIRMED"


@pytest.mark.parametrize("address", [OWN, "/experimentations.ics", "/experimentations/{number}.ics"])
def test_what_is_over_is_said_for_ninety_days_then_no_more(
    visitor: Visitor, register: Database, make: Make, key: Key, today: object, address: str
) -> None:
    number = make(Status.RUNNING)
    address = address.format(number=number)
    key(people.awa)
    standing = events(visitor.get(address))["end"]
    change(register, number, lambda session, x: cross(session, x, "finish", on=today))
    over = events(visitor.get(address))["end"]
    assert over["STATUS"] == "CANCELLED"
    assert over["UID"] == standing["UID"]
    # To the public, something crossed out without a word is something called off.
    assert (address == OWN) is ("n’est plus attendue" not in over["DESCRIPTION"])
    assert over["SEQUENCE"] > standing["SEQUENCE"]  # type: ignore[operator]
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(90), tick=False):
        assert events(visitor.get(address))["end"]["STATUS"] == "CANCELLED"
    with time_machine.travel(now + timedelta(91), tick=False):
        assert "end" not in events(visitor.get(address))


def test_whoever_leaves_a_file_sees_its_deadlines_cancelled(
    visitor: Visitor, register: Database, make: Make, key: Key, today: object
) -> None:
    number = make(Status.RUNNING)
    key(people.awa)
    standing = events(visitor.get(OWN))["end"]

    def hand_over(session: Session, x: object) -> None:
        awa, ines = people.awa(session), people.ines(session)
        editing.name(session, x, awa, ines, Part.LEAD, now=noon(today))  # type: ignore[arg-type]

    change(register, number, hand_over)
    gone = events(visitor.get(OWN))["end"]
    assert (gone["STATUS"], gone["UID"]) == ("CANCELLED", standing["UID"])
    assert gone["SEQUENCE"] > standing["SEQUENCE"]  # type: ignore[operator]


def test_an_event_that_says_something_else_has_another_time_of_change(
    visitor: Visitor, register: Database, make: Make, key: Key
) -> None:
    # Evolution keeps what it has of an event as long as its LAST-MODIFIED stays the same.
    number, later = make(Status.SUBMITTED), datetime.now(UTC) + timedelta(hours=1)
    key(people.elise)
    before = events(visitor.get(OWN))["validation"]

    def rename(session: Session, x: Experiment) -> None:
        identity = x.read(Identity)
        identity.title = "Un autre titre"
        editing.write(session, x, people.awa(session), BY_CONTENT[Identity], identity, seen=None, now=later)

    change(register, number, rename)
    renamed = events(visitor.get(OWN))["validation"]
    assert "Un autre titre" in str(renamed["SUMMARY"])
    assert renamed["LAST-MODIFIED"] > before["LAST-MODIFIED"]  # type: ignore[operator]
    assert renamed["SEQUENCE"] == before["SEQUENCE"]


def test_whoever_comes_to_a_file_or_leaves_it_reads_events_with_the_time_of_it(
    visitor: Visitor, register: Database, make: Make, key: Key
) -> None:
    number, later = make(Status.RUNNING), datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    key(people.ines)
    for hours, done in enumerate((editing.name, editing.unname, editing.name)):
        at = later + timedelta(hours=hours)

        def turn(session: Session, x: Experiment, done: Callable[..., object] = done, at: datetime = at) -> None:
            done(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=at)

        change(register, number, turn)
        assert events(visitor.get(OWN))["end"]["LAST-MODIFIED"] == at.replace(tzinfo=None)


def test_whoever_comes_leaves_and_comes_back_is_told_of_each_change_in_order(
    visitor: Visitor, register: Database, make: Make, key: Key, today: object
) -> None:
    number = make(Status.RUNNING)
    key(people.ines)
    seen = []

    def step(done: Callable[[Session, Experiment], object], status: str) -> None:
        change(register, number, done)
        end = events(visitor.get(OWN))["end"]
        assert end["STATUS"] == status
        seen.append((end["UID"], end["SEQUENCE"]))

    def name(session: Session, x: Experiment) -> None:
        editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=datetime.now(UTC))

    def leave(session: Session, x: Experiment) -> None:
        editing.unname(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=datetime.now(UTC))

    for _ in range(2):
        step(name, "CONFIRMED")
        step(leave, "CANCELLED")
    step(name, "CONFIRMED")
    step(lambda session, x: cross(session, x, "extend", on=today), "CONFIRMED")  # type: ignore[arg-type]
    assert len({uid for uid, _ in seen}) == 1
    assert [n for _, n in seen] == sorted({n for _, n in seen})  # type: ignore[type-var]


def test_a_mail_and_a_calendar_number_a_date_alike(register: Database, make: Make) -> None:
    number = make(Status.RUNNING)
    with register.reading() as session:
        x, awa = queries.file(session, number), people.awa(session)
        assert x
        moves = {number: moved.times for number, moved in appointments.moves(session, awa).items()}
        assert Roll(session, {x.id}, x.created_at.date()).moves[awa.id] == moves


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.WITHDRAWN])
def test_the_public_calendar_begins_with_the_authorisation(visitor: Visitor, make: Make, status: Status) -> None:
    number = make(status)
    assert visitor.get(f"/experimentations/{number}.ics").status_code == 404
    assert events(visitor.get("/experimentations.ics")) == {}


def test_the_public_calendar_holds_what_is_promised_and_nothing_from_inside(visitor: Visitor, make: Make) -> None:
    number = make(Status.RUNNING)
    for address in (f"/experimentations/{number}.ics", f"/experimentations/{number}-un-titre.ics"):
        answer = visitor.get(address)
        found = events(answer)
        assert {"evaluation", "decision", "end"} <= set(found) <= {"evaluation", "decision", "end", "midterm"}
        assert {event["CLASS"] for event in found.values()} == {"PUBLIC"}
        assert "/espace" not in answer.text
        assert answer.headers["Cache-Control"] == "public, max-age=900"


def test_public_pages_say_where_their_calendar_is(visitor: Visitor, make: Make) -> None:
    number = make(Status.RUNNING)
    for page, path in (("/", "/experimentations.ics"),
                       (f"/experimentations/{number}", f"/experimentations/{number}.ics")):  # fmt: skip
        shown = visitor.page(page)
        assert shown.one("link", rel="alternate", type="text/calendar").get("href") == path
        assert {f"webcal://127.0.0.1:8000{path}", f"http://127.0.0.1:8000{path}"} <= set(shown.links)
        assert "S’abonner au calendrier" in shown.text


@contextmanager
def gunicorn(database_url: str, folder: Path) -> Iterator[int]:
    """The server as an operator starts it, with the log of every request."""
    port, logs = free_port(), ("--access-logfile", str(folder / "access"), "--error-logfile", str(folder / "error"))
    told = '%(h)s "%(r)s" %(U)s %(s)s "%(f)s" "%({raw_uri}e)s"'
    errors = (folder / "stderr").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--no-control-socket", "--threads", "2", *logs,
         "--access-logformat", told, "--log-level", "debug", "wsgi:app"], cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=errors,
        env={"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(folder), "PORT": str(port)},
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                ask(port, "/health")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        errors.close()


def ask(port: int, path: str, **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    [OWN, NAMED, f"/agenda/{KEY}", f"/%61genda/{KEY}.ics", f"/agenda%2F{KEY}", f"/agenda%2f{KEY}.ics",
     f"/agenda%252F{KEY}", f"/AGENDA//{KEY}.ics", f"/%61%67%65%6e%64%61%2F{KEY}%2Eics", f"/agenda/%4C{KEY[1:]}.ics"],
)  # fmt: skip
def test_a_key_is_masked_however_its_address_is_written(path: str) -> None:
    said = discreet(f'127.0.0.1 "GET {path} HTTP/1.1" 404')
    assert KEY[1:] not in said
    assert said.endswith(' HTTP/1.1" 404')
    assert discreet(f"/experimentations/2026-001?calendrier={'a' * 12}").endswith("a" * 12)


@pytest.mark.only("sqlite")
def test_no_log_of_the_server_holds_a_key(
    app: Flask, register: Database, database_url: str, make: Make, key: Key, tmp_path: Path
) -> None:
    make(Status.RUNNING)
    key(people.awa)
    with gunicorn(database_url, tmp_path) as port:
        assert ask(port, OWN) == 200
        assert ask(port, "/", Referer=f"http://127.0.0.1:{port}{OWN}") == 200
        assert ask(port, f"/agenda/{KEY}") == 404
        assert ask(port, f"//agenda/{KEY}.ics") == 200
        assert ask(port, NAMED) == 200
        assert ask(port, f"/agenda/{KEY}%2Eics") == 200
        assert ask(port, f"/%61genda/{KEY}.ics") == 200
        assert ask(port, f"/agenda%2F{KEY}") == 404
        with register.engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("ALTER TABLE deadlines RENAME TO elsewhere"))
        assert ask(port, OWN) == 503
    logs = {path.name: path.read_text() for path in tmp_path.iterdir() if path.name in {"access", "error", "stderr"}}
    assert logs["access"].count("/agenda/….ics") >= 3
    assert "deadlines" in logs["error"] + logs["stderr"]
    assert not [name for name, said in logs.items() if KEY in said]
