"""What a citizen does with the trace: read it, download it, check it, and catch whoever touched it."""

import ast
import hashlib
import html
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Flask
from sqlalchemy import select

from app.config import Config, ConfigError, load_config
from app.db import Database
from app.pages import trace as trace_pages
from app.signing import key
from experiments import checkpoint, publishing, verifier
from experiments.lifecycle import LIFECYCLE
from experiments.model import Disclosure, Entry, Person
from experiments.vocabulary import Status
from tests.pages.page import Page
from tests.pages.public_side import statements
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Entries = list[dict[str, Any]]
PROGRAM = Path(verifier.__file__)


def lines_of(visitor: Visitor, after: int | None = None) -> list[str]:
    answer = visitor.get("/trace.jsonl" + (f"?after={after}" if after is not None else ""))
    assert answer.content_type == "application/x-ndjson; charset=utf-8"
    return answer.get_data(as_text=True).splitlines()


def source_of(page: Page) -> str:
    """The page with its codes, which a reader's eye jumps over."""
    return html.unescape(page.html.decode())


def hash_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


# What is served -------------------------------------------------------------------------------------------------------


def test_the_lines_served_are_the_exact_bytes_that_are_hashed(
    make: Make, visitor: Visitor, register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Status.CLOSED)
    monkeypatch.setattr(trace_pages, "BATCH", 3)
    with register.reading() as session:
        kept = session.execute(select(Entry.body, Entry.hash).order_by(Entry.seq)).all()
    served = lines_of(visitor)
    assert served == [body for body, _ in kept]
    assert [hash_of(line) for line in served] == [found for _, found in kept]


def test_the_lines_after_one_are_served(make: Make, visitor: Visitor) -> None:
    make(Status.SUBMITTED)
    served = lines_of(visitor)
    assert lines_of(visitor, after=2) == served[2:]
    assert lines_of(visitor, after=10_000) == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "²", "99999999999999999999", ""])
@pytest.mark.only("sqlite")
def test_a_wrong_number_is_refused(visitor: Visitor, after: str) -> None:
    assert visitor.get(f"/trace.jsonl?after={after}").status_code == 400


@pytest.mark.parametrize("name", ["/trace.jsonl", "/trace", "/trace/checkpoint"])
def test_nothing_public_names_anybody(make: Make, visitor: Visitor, register: Database, name: str) -> None:
    make(Status.CLOSED)
    served = visitor.get(name).get_data(as_text=True)
    with register.reading() as session:
        for person in session.scalars(select(Person)):
            assert person.name not in served
            assert person.email not in served


def test_the_page_links_only_what_is_public(make: Make, visitor: Visitor) -> None:
    inside, public = make(Status.SUBMITTED), make(Status.RUNNING)
    links = visitor.page("/trace").links + visitor.page("/trace?entree=5").links
    assert f"/experimentations/{public}" in links
    assert not any(inside in link for link in links)


def test_the_page_shows_the_last_fingerprint_and_any_entry(make: Make, visitor: Visitor) -> None:
    make(Status.CLOSED)
    served = lines_of(visitor)
    page = visitor.page("/trace")
    assert hash_of(served[-1]) in source_of(page)
    assert page.by_id(f"entree-{len(served)}") is not None
    assert served[1] in source_of(visitor.page("/trace?entree=2"))
    visitor.page(f"/trace?entree={len(served) + 1}", 404)


def test_the_page_is_kept_until_the_trace_grows_were_it_by_a_draft(
    make: Make, visitor: Visitor, register: Database
) -> None:
    make(Status.RUNNING)
    first = visitor.get("/trace")
    with statements(register) as said:
        again = visitor.get("/trace", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, visitor.get("/trace").data, len(said)) == (304, first.data, 2)
    make(Status.DRAFT)
    changed = visitor.get("/trace", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert f"entree-{len(lines_of(visitor))}" in changed.get_data(as_text=True)


def test_the_page_prints_whole_fingerprints_and_how_a_kept_checkpoint_is_used(make: Make, visitor: Visitor) -> None:
    number, page = make(Status.CLOSED), source_of(visitor.page("/trace"))
    served = lines_of(visitor)
    assert hash_of(served[-2]) in page
    assert "python3 verifier.py trace.jsonl checkpoint.json" in page
    assert "ne se vérifient qu’avec leur sel" in page
    history = source_of(visitor.page(f"/experimentations/{number}/historique"))
    assert all(hash_of(line) in history for line in served if json.loads(line)["to"])


def test_an_empty_trace_says_so(visitor: Visitor) -> None:
    page = visitor.page("/trace")
    assert "La trace est encore vide" in page.text
    assert "--kept</span> EMPREINTE" in page.html.decode(), "there is no fingerprint that one could have kept"
    assert visitor.get("/trace/checkpoint").json["size"] == 0  # type: ignore[index]


# The signed head ------------------------------------------------------------------------------------------------------


def test_the_checkpoint_is_the_head_of_the_lines_signed(make: Make, visitor: Visitor) -> None:
    make(Status.SUBMITTED)
    served, point = lines_of(visitor), visitor.get("/trace/checkpoint").json
    assert point is not None
    assert (point["size"], point["head"]) == (len(served), hash_of(served[-1]))
    public = rsa.RSAPublicNumbers(point["key"]["e"], int(point["key"]["n"], 16)).public_key()
    said = checkpoint.message(point["size"], point["head"], point["at"])
    public.verify(bytes.fromhex(point["signature"]), said, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.only("sqlite")
def test_the_key_is_made_once_and_only_its_owner_reads_it(app: Flask) -> None:
    config: Config = app.config["JALON"]
    made = key(config)
    file = config.instance / "trace-key.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert key(config).private_numbers() == made.private_numbers()


@pytest.mark.only("sqlite")
def test_a_given_key_is_used_and_a_bad_one_stops_the_start(database_url: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": database_url, "SECRET_KEY": "x" * 32, "INSTANCE_DIR": str(tmp_path)}
    given = tmp_path / "given.pem"
    given.write_text(checkpoint.new_key())
    config = load_config({**env, "TRACE_KEY_FILE": str(given)})
    assert key(config).private_numbers() == checkpoint.load(given.read_text()).private_numbers()
    assert not (tmp_path / "trace-key.pem").exists()
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    pem = weak.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    for bad in ("abc", pem):
        with pytest.raises(ConfigError, match="TRACE_KEY"):
            key(load_config({**env, "TRACE_KEY": bad}))


# The verifier ---------------------------------------------------------------------------------------------------------


@pytest.mark.only("sqlite")
def test_the_verifier_is_served_as_it_is_short_and_needs_nothing(visitor: Visitor) -> None:
    source = PROGRAM.read_bytes()
    answer = visitor.get("/trace/verifier.py")
    assert answer.get_data() == source
    assert answer.content_type == "text/x-python; charset=utf-8"
    assert len(source.splitlines()) <= 150
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names)


def test_the_verifier_knows_every_gate() -> None:
    gates: dict[str, Any] = {gate.name: (gate.sources, str(gate.target)) for gate in LIFECYCLE.values()}
    gates["open"] = ((None,), "draft")
    assert gates == verifier.GATES


@pytest.fixture(scope="session")
def pem() -> str:
    """One key for them all: making it takes longer than the tests."""
    return checkpoint.new_key()


@pytest.fixture
def downloaded(app: Flask, make: Make, visitor: Visitor, tmp_path: Path, pem: str) -> tuple[Path, Path]:
    """A trace with a whole life, and its checkpoint, in files."""
    # The settings end with the test. Asking for `monkeypatch` would have both files built for true, each time.
    app.config["JALON"] = replace(app.config["JALON"], trace_key=pem)
    make(Status.CLOSED)
    make(Status.SUSPENDED)
    trace, point = tmp_path / "trace.jsonl", tmp_path / "checkpoint.json"
    trace.write_bytes(visitor.get("/trace.jsonl").get_data())
    point.write_bytes(visitor.get("/trace/checkpoint").get_data())
    return trace, point


def run(*arguments: object) -> int:
    return verifier.main([str(argument) for argument in arguments])


def test_an_honest_trace_agrees(downloaded: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    trace, point = downloaded
    served = trace.read_text().splitlines()
    assert run(trace, point, "--kept", hash_of(served[3]).upper(), "--kept", hash_of(served[-1])) == 0
    said = capsys.readouterr().out
    assert "suspendue (1), close (1)" in said
    assert hash_of(served[-1]) in said


@pytest.mark.only("sqlite")
def test_a_fingerprint_cut_short_is_no_rewritten_past(
    downloaded: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    trace, _ = downloaded
    noted = hash_of(trace.read_text().splitlines()[3])
    for enough in (noted[:16], noted[:16] + "…", noted[:-1], noted.upper()):
        assert run(trace, "--kept", enough) == 0
    for too_little in (noted[:15], noted + "0", noted[:-1] + "g", ""):
        with pytest.raises(SystemExit, match=f"^Cette empreinte est incomplète : « {too_little} »"):
            run(trace, "--kept", too_little)
    assert run(trace, "--kept", "f" * 16) == 1
    assert "n’est plus dans la trace" in capsys.readouterr().err


def rechain(entries: Entries) -> list[str]:
    """What a forger who owns the server would write: every number and hash made good again."""
    previous, found = verifier.START, []
    for seq, entry in enumerate(entries, 1):
        line = json.dumps({**entry, "seq": seq, "previous": previous}, separators=(",", ":"), sort_keys=True)
        previous = hash_of(line)
        found.append(line)
    return found


def _edit(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[3].replace('"at":"2', '"at":"1'), *lines[4:]]


def _cross_out_of_turn(lines: list[str]) -> list[str]:
    entries = [json.loads(line) for line in lines]
    return rechain([e for e in entries if e["event"] != "evaluate"])


def _close_at_once(lines: list[str]) -> list[str]:
    entries = [json.loads(line) for line in lines]
    return rechain([{**e, "to": "closed"} if e["event"] == "submit" else e for e in entries])


def _move_without_a_gate(lines: list[str]) -> list[str]:
    entries = [json.loads(line) for line in lines]
    return rechain([{**e, "from": "draft", "to": "closed"} if e["event"] == "named" else e for e in entries])


def _number(lines: list[str], event: str) -> int:
    return next(i for i, line in enumerate(lines, 1) if json.loads(line)["event"] == event)


FORGERIES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "an entry edited": (_edit, "Entrée 5 : elle ne porte pas l’empreinte de la précédente"),
    "an entry removed": (lambda lines: lines[:4] + lines[5:], "Entrée 5 : elle manque, on trouve l’entrée 6"),
    "the first entry removed": (lambda lines: lines[1:], "Entrée 1 : elle manque, on trouve l’entrée 2"),
    "an entry twice": (lambda lines: [*lines[:4], *lines[3:]], "Entrée 5 : elle manque, on trouve l’entrée 4"),
    "two entries swapped": (lambda lines: [lines[1], lines[0], *lines[2:]], "Entrée 1 : elle manque"),
    "the end cut off": (lambda lines: lines[:-2], "la trace s’arrête à l’entrée"),
    "nothing left": (lambda _lines: [], "la trace s’arrête à l’entrée 0"),
    "the last line cut": (lambda lines: [*lines[:-1], lines[-1][:-9]], "cette ligne n’est pas une entrée"),
    "the last entry edited": (
        lambda lines: [*lines[:-1], lines[-1].replace('"at":"2', '"at":"1')],
        "son empreinte n’est pas celle du point de contrôle",
    ),
    "a blank line": (lambda lines: [*lines[:2], "", *lines[2:]], "Entrée 3 : cette ligne n’est pas une entrée"),
    "not an object": (lambda lines: ["[1]", *lines[1:]], "Entrée 1 : cette ligne n’est pas une entrée"),
    "nested without end": (lambda lines: ["[" * 99_999, *lines[1:]], "Entrée 1 : cette ligne n’est pas une entrée"),
    "a name twice": (
        lambda lines: [lines[0][:-1] + ',"to":"closed"}', *lines[1:]],
        "Entrée 1 : cette ligne n’est pas une entrée",
    ),
    "a field added": (lambda lines: [lines[0][:-1] + ',"x":1}', *lines[1:]], "Entrée 1 : cette ligne n’est pas"),
    "a number that is a list": (
        lambda lines: [json.dumps({**json.loads(lines[0]), "experiment": [1]}), *lines[1:]],
        "Entrée 1 : cette ligne n’est pas",
    ),
    "true for one": (
        lambda lines: [json.dumps({**json.loads(lines[0]), "seq": True}), *lines[1:]], "Entrée 1 : elle manque"
    ),
    "rewritten: the evaluation never was": (_cross_out_of_turn, "alors que la trace l’a laissée à « evaluating »"),
    "rewritten: closed at once": (_close_at_once, "le jalon « submit » ne mène pas de « draft » à « closed »"),
    "rewritten: moved without a gate": (_move_without_a_gate, "« named » ne mène pas de « draft » à « closed »"),
}  # fmt: skip


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_caught_and_its_place_named(
    downloaded: tuple[Path, Path], forgery: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trace, point = downloaded
    forge, words = FORGERIES[forgery]
    trace.write_text("".join(f"{line}\n" for line in forge(trace.read_text().splitlines())))
    assert run(trace, point) == 1
    said = capsys.readouterr()
    assert words in said.err.replace("\xa0", " ")
    assert "Tout concorde" not in said.out


@pytest.mark.only("sqlite")
def test_a_past_wholly_rewritten_is_caught_by_whoever_kept_a_hash_or_a_checkpoint(
    downloaded: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    trace, point = downloaded
    served = trace.read_text().splitlines()
    entries = [json.loads(line) for line in served]
    entries[5]["at"] = "2001-01-01T00:00:00Z"
    trace.write_text("".join(f"{line}\n" for line in rechain(entries)))
    assert run(trace) == 0, "nothing inside the file tells it"
    assert run(trace, "--kept", hash_of(served[4])) == 0
    assert run(trace, "--kept", hash_of(served[5])) == 1
    assert "n’est plus dans la trace" in capsys.readouterr().err
    assert run(trace, point) == 1


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "change",
    [
        {"size": 3}, {"size": "3"}, {"size": True}, {"size": -1}, {"size": 0}, {"head": "0" * 64}, {"head": "f" * 64},
        {"at": "2001-01-01T00:00:00Z"}, {"signature": "00"}, {"signature": "zz"}, {"signature": None}, {"key": {}},
        {"key": {"n": "1", "e": 65537}}, {"key": {"n": "f" * 768, "e": 1}}, {"key": {"n": "0", "e": 65537}},
    ],
)  # fmt: skip
def test_a_checkpoint_changed_is_refused(
    downloaded: tuple[Path, Path], change: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    trace, point = downloaded
    point.write_text(json.dumps({**json.loads(point.read_text()), **change}))
    assert run(trace, point) == 1
    assert "Point de contrôle" in capsys.readouterr().err


@pytest.mark.only("sqlite")
def test_a_signature_by_another_key_shows_another_key(
    downloaded: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    trace, point = downloaded
    assert run(trace, point) == 0
    real = capsys.readouterr().out
    kept = json.loads(point.read_text())
    other = checkpoint.load(checkpoint.new_key())
    numbers = other.public_key().public_numbers()
    said = checkpoint.message(kept["size"], kept["head"], kept["at"])
    signature = other.sign(said, padding.PKCS1v15(), hashes.SHA256()).hex()
    point.write_text(json.dumps({**kept, "signature": signature}))
    assert run(trace, point) == 1, "the key announced is not the one that signed"
    point.write_text(json.dumps({**kept, "signature": signature, "key": {"n": f"{numbers.n:x}", "e": numbers.e}}))
    assert run(trace, point) == 0
    assert capsys.readouterr().out != real, "its fingerprint is printed, to be compared with the one noted"


@pytest.mark.only("sqlite")
def test_a_text_is_compared_with_its_commitment(
    downloaded: tuple[Path, Path], register: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace, _ = downloaded
    with register.reading() as session:
        kept = session.scalars(select(Disclosure).where(Disclosure.field == "reason")).first()
    assert kept is not None
    text = tmp_path / "motif.txt"
    text.write_bytes((kept.value or "").encode())
    assert run(trace, "--text", kept.seq, "reason", kept.salt, text) == 0
    assert run(trace, "--text", f"0{kept.seq}", "reason", kept.salt, text) == 0
    assert run(trace, "--text", kept.seq, "by", kept.salt, text) == 1
    for nowhere in (0, -1, 10_000, "x"):
        assert run(trace, "--text", nowhere, "reason", kept.salt, text) == 1
    text.write_text("Un autre motif")
    assert run(trace, "--text", kept.seq, "reason", kept.salt, text) == 1
    assert "n’est pas celui qui a été engagé" in capsys.readouterr().err


@pytest.mark.only("sqlite")
def test_a_published_reason_is_checked_by_anybody_until_it_is_redacted(
    make: Make, visitor: Visitor, register: Database, tmp_path: Path
) -> None:
    number = make(Status.CLOSED)
    here, trace, text = f"/experimentations/{number}", tmp_path / "trace.jsonl", tmp_path / "motif.txt"
    trace.write_bytes(visitor.get("/trace.jsonl").get_data())
    steps = [step for step in json.loads(visitor.get(f"{here}.json").data)["steps"] if step["salts"]]
    assert {(step["event"], field) for step in steps for field in step["salts"]} >= {
        (event, field) for event in ("authorise", "decide-generalise") for field in ("facts", "law")
    }
    page = source_of(visitor.page(f"{here}/historique"))
    for step in steps:
        for field, salt in step["salts"].items():
            assert f"--text {step['seq']} {field} {salt} " in page
            text.write_bytes(visitor.get(f"{here}/historique/{step['seq']}-{field}.txt").data)
            assert run(trace, "--text", step["seq"], field, salt, text) == 0
    seq, salt = steps[0]["seq"], steps[0]["salts"]["facts"]
    with register.changing() as session:
        publishing.forget(session, seq, "facts", "Droit à l’effacement", by=None, now=datetime.now(UTC))
    for address in (f"{here}.json", f"{here}/historique", "/trace.jsonl", "/experimentations.json"):
        assert salt not in visitor.get(address).get_data(as_text=True)
    visitor.page(f"{here}/historique/{seq}-facts.txt", 404)
    with register.reading() as session:
        published = json.dumps(steps) + visitor.get("/experimentations.json").get_data(as_text=True)
        for one in session.scalars(select(Disclosure).where(Disclosure.field.not_in(("facts", "law", "departure")))):
            assert (one.salt or "?") not in published


@pytest.mark.only("sqlite")
def test_what_cannot_be_read_is_no_agreement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "vide"
    empty.write_text("")
    assert run(tmp_path / "absent") == 1
    assert run(empty, empty) == 1
    assert run("http://127.0.0.1:9/") == 1
    with pytest.raises(SystemExit) as stopped:
        run()
    assert stopped.value.code == 2
    assert run(empty) == 0
    assert "0 entrées" in capsys.readouterr().out
