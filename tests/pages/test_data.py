"""The open data as anyone fetches them: told when nothing changed, packed, whole, and free to be reused."""

import gzip
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app import downloads, lane
from app.db import Database
from experiments import queries
from experiments.exports import writing
from experiments.exports.publisher import SHARED
from experiments.model import Publication
from experiments.vocabulary import Status
from tests.builders import cross
from tests.pages.visitor import Visitor

FILES = [*writing.FILES, *writing.DESCRIPTIONS]


def test_the_page_leads_to_every_file_in_both_languages(visitor: Visitor, make: Callable[..., str]) -> None:
    make(Status.CLOSED)
    french, english = visitor.page("/donnees"), visitor.page("/en/donnees")
    assert (french.h1, english.h1) == ("Données ouvertes", "Open data")
    assert set(FILES) <= set(french.links)
    assert set(FILES) <= set(english.links)
    for address in FILES:
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert 'rel="license"' in answer.headers["Link"]
    assert visitor.get("/en/donnees/criteres.csv").headers["Location"].endswith("/donnees/criteres.csv")
    for absent in ("experimentations.csv", "personnes.csv", "criteres.xml"):
        visitor.page(f"/donnees/{absent}", 404)


def test_every_address_of_ours_in_the_catalogue_is_answered(visitor: Visitor, app: Flask) -> None:
    """A portal follows them all; those of its context and of the words it borrows are not ours."""
    site = app.config["JALON"].public_url
    told = visitor.get("/donnees/catalogue.jsonld").get_data(as_text=True)
    ours = {address.partition("#")[0] for address in re.findall(f'"{re.escape(site)}([^"]*)"', told)}
    assert len(ours) > len(writing.FILES)
    assert {address: visitor.get(address or "/").status_code for address in ours} == dict.fromkeys(ours, 200)


PROGRAMS = (
    "/api/v1/experiments", "/api/v1/openapi.json", "/trace.jsonl", "/trace/checkpoint", "/trace/verifier.py",
    "/experimentations.atom", "/experimentations.ics", "/experimentations.csv", "/donnees/catalogue.jsonld",
    "/bilan/{year}.json", "/bilan/{year}.csv", "/experimentations/{number}.json", "/api/v1/experiments/{number}",
)  # fmt: skip


def test_what_is_public_is_read_from_pages_of_other_sites_and_is_not_sent_twice(
    app: Flask, make: Callable[..., str], today: date
) -> None:
    number, client = make(Status.RUNNING), app.test_client()
    for one in PROGRAMS:
        address = one.format(number=number, year=today.year)
        first = client.get(address, headers={"Accept-Encoding": "gzip"})
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"})
        assert (again.status_code, again.data) == (304, b""), address
        asked = client.options(address, headers={"Access-Control-Request-Headers": "if-none-match"})
        assert asked.headers["Access-Control-Allow-Headers"] == "If-None-Match", address
        for answer in (first, again, asked):
            assert answer.headers["Access-Control-Allow-Origin"] == "*", address
            assert answer.headers["Access-Control-Expose-Headers"] == "ETag, Link"
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "Set-Cookie" not in answer.headers


def test_what_a_session_or_a_key_opens_is_not_read_from_pages_of_other_sites(
    app: Flask, make: Callable[..., str], awa: Visitor
) -> None:
    number = make(Status.RUNNING)
    key = {"Authorization": "Bearer zzz"}
    for address in ("/api/v1/experiments", f"/api/v1/experiments/{number}", "/api/v1/experiments?scope=mine"):
        assert "Access-Control-Allow-Origin" not in awa.get(address, headers=key).headers
    closed = (
        f"/api/v1/experiments/{number}/gates", f"/api/v1/experiments/{number}/gates/start", "/espace", "/",
        f"/espace/experimentations/{number}", "/agenda/x.ics", "/connexion", f"/experimentations/{number}/suivre",
    )  # fmt: skip
    for address in closed:
        for answer in (awa.get(address), app.test_client().options(address)):
            assert "Access-Control-Allow-Origin" not in answer.headers, address


def locations(visitor: Visitor, address: str) -> list[str]:
    """The addresses that a sitemap lists."""
    path = address.removeprefix(visitor.app.config["JALON"].public_url)
    return re.findall("<loc>(.*?)</loc>", visitor.get(path).get_data(as_text=True))


def test_search_engines_are_told_of_every_page_and_of_nothing_else(
    make: Callable[..., str], visitor: Visitor, app: Flask
) -> None:
    told, hidden = [make(Status.RUNNING), make(Status.REFUSED)], make(Status.SUBMITTED)
    site = app.config["JALON"].public_url
    robots = visitor.get("/robots.txt").get_data(as_text=True)
    assert "Disallow" not in robots
    assert f"Sitemap: {site}/sitemap.xml" in robots
    lists = locations(visitor, f"{site}/sitemap.xml")
    assert [one.removeprefix(site) for one in lists] == ["/sitemap-site.xml", f"/sitemap-{told[0][:4]}.xml"]
    listed = [address for one in lists for address in locations(visitor, one)]
    assert [f"{site}/experimentations/{number}" for number in told] == listed[-2:]
    assert locations(visitor, f"{site}/sitemap-{int(told[0][:4]) - 1}.xml") == []
    assert not any(hidden in address for address in listed)
    for address in listed:
        assert visitor.get(address.removeprefix(site)).status_code == 200, address
    home = visitor.page("/").html.decode()
    assert 'href="/donnees/catalogue.jsonld"' in home
    assert 'href="/experimentations.atom"' in home


def test_a_slash_too_many_leads_to_the_permanent_address(make: Callable[..., str], visitor: Visitor) -> None:
    here = f"/experimentations/{make(Status.RUNNING)}"
    for given, wanted in ((f"{here}/", here), (f"{here}-internet/", f"{here}-internet"), (f"/en{here}/", f"/en{here}"),
                          (f"{here}/?a=1", f"{here}?a=1"), ("/trace/", "/trace")):  # fmt: skip
        answer = visitor.get(given)
        assert (answer.status_code, answer.headers["Location"]) == (301, wanted)
    for absent in ("/rien/", "/experimentations/2026/"):
        assert visitor.get(absent).status_code == 404


def _note(statements: list[str]) -> Callable[..., None]:
    def noted(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    return noted


@pytest.mark.parametrize("address", ["/experimentations.json", "/donnees/statuts.csv", "/donnees/schema.json"])
def test_a_file_is_sent_again_only_once_it_changed(
    address: str, visitor: Visitor, make: Callable[..., str], register: Database
) -> None:
    make(Status.RUNNING)
    first = visitor.get(address)
    assert first.headers["Vary"] == "Accept-Encoding"
    statements: list[str] = []
    event.listen(register.public_engine, "before_cursor_execute", _note(statements))
    again = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, len(statements)) == (304, b"", 1)
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert gzip.decompress(packed.data) == first.data
    make(Status.REFUSED)
    changed = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert (changed.data == first.data) is (address == "/donnees/schema.json")


def test_one_experiment_is_served_as_it_is_kept(visitor: Visitor, make: Callable[..., str], register: Database) -> None:
    number = make(Status.DECIDED)
    with register.reading() as session:
        kept = session.scalars(select(Publication.document).where(Publication.number == number)).one()
    assert visitor.get(f"/experimentations/{number}.json").data == kept.encode()
    assert kept in visitor.get("/experimentations.json").text
    visitor.page(f"/experimentations/{make(Status.SUBMITTED)}.json", 404)


def test_a_slow_reader_gets_the_moment_that_was_asked_for(
    visitor: Visitor, make: Callable[..., str], register: Database
) -> None:
    number = make(Status.RUNNING)
    slow = visitor.client.get("/experimentations.json", buffered=False)
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        cross(session, x, "suspend", on=x.starts_on)
    after = json.loads(visitor.get("/experimentations.json").data)
    before = json.loads(slow.get_data())
    slow.close()
    assert [told["experiments"][0]["status"] for told in (before, after)] == ["running", "suspended"]


def test_whoever_refuses_what_is_packed_gets_it_plain(visitor: Visitor, make: Callable[..., str]) -> None:
    make(Status.RUNNING)
    plain = visitor.get("/experimentations.csv", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Content-Length"] == str(len(plain.data))
    assert plain.data.startswith(b"\xef\xbb\xbfnumero")


def test_pages_do_not_wait_for_a_file_that_takes_long(
    app: Flask, visitor: Visitor, make: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each version of a large register was asked for by more readers than there are threads, and every page waited.
    make(Status.RUNNING)
    monkeypatch.setattr(downloads, "PATIENCE", 0.01)
    monkeypatch.setattr(lane, "PATIENCE", 0.01)
    before = visitor.get("/experimentations.csv")
    make(Status.RUNNING)
    writes, begun, let = writing.fill, Event(), Event()

    def slowly(*given: Any) -> int:
        begun.set()
        assert let.wait(20)
        return writes(*given)

    monkeypatch.setattr(writing, "fill", slowly)
    with ThreadPoolExecutor(downloads.MAKERS) as pool:
        slow = [pool.submit(Visitor(app).get, "/experimentations.csv")]
        assert begun.wait(20)
        meanwhile = visitor.get("/experimentations.csv")
        assert (meanwhile.status_code, meanwhile.data) == (200, before.data)
        assert meanwhile.headers["ETag"] == before.headers["ETag"]
        begun.clear()
        slow.append(pool.submit(Visitor(app).get, "/donnees/criteres.csv"))
        assert begun.wait(20)
        for address in ("/donnees/criteres.csv", "/donnees/statuts.csv"):
            busy = visitor.get(address)
            assert (busy.status_code, busy.headers["Retry-After"]) == (503, "30")
        let.set()
        after = slow[0].result()
        assert (after.status_code, slow[1].result().status_code) == (200, 200)
    assert after.data.count(b"\n") == before.data.count(b"\n") + 1
    assert after.headers["ETag"] != before.headers["ETag"]
    assert visitor.get("/experimentations.csv").headers["ETag"] == after.headers["ETag"]


def test_a_disk_that_is_full_is_said_and_the_file_of_before_is_sent(
    visitor: Visitor, make: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    make(Status.CLOSED)
    soft, hard = getrlimit(RLIMIT_FSIZE)
    visitor.page("/donnees")  # Nothing else is written from here on.

    def with_no_room(address: str) -> Any:
        # The system refuses what a full disk would.
        setrlimit(RLIMIT_FSIZE, (0, hard))
        try:
            return visitor.get(address)
        finally:
            setrlimit(RLIMIT_FSIZE, (soft, hard))

    refused = with_no_room("/experimentations.json")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert "Ce fichier ne peut pas être fait pour l’instant" in refused.get_data(as_text=True)
    assert "/experimentations.json cannot be made" in caplog.text
    before = visitor.get("/experimentations.json").get_data()
    make(Status.CLOSED)
    assert with_no_room("/experimentations.json").get_data() == before
    assert visitor.get("/experimentations.json").get_data() != before, "made as soon as there is room"


def test_slow_readers_leave_room_for_the_others(
    visitor: Visitor, make: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Eight who took the trace a byte at a time held every thread of the site.
    make(Status.RUNNING)
    monkeypatch.setattr(lane, "PATIENCE", 0.01)
    slow = [visitor.client.get("/trace.jsonl", buffered=False) for _ in range(lane.MOST)]
    for address in ("/trace.jsonl", "/experimentations.csv"):
        busy = visitor.get(address)
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "30")
    visitor.page("/")
    for one in slow:
        one.close()
    for address in ("/trace.jsonl", "/experimentations.csv", "/trace.jsonl"):
        assert visitor.get(address).status_code == 200


def test_the_licence_is_said_everywhere(app: Flask, visitor: Visitor, make: Callable[..., str]) -> None:
    make(Status.RUNNING)
    app.config["JALON"] = replace(app.config["JALON"], licence=SHARED, siret="24440040400129")
    assert SHARED.title in visitor.page("/donnees").text
    year = app.test_client().get("/experimentations.json").get_json()["experiments"][0]["number"][:4]
    for address in ("/experimentations.csv", "/donnees/schema.json", f"/bilan/{year}.json", f"/bilan/{year}.csv"):
        assert SHARED.url in visitor.get(address).headers["Link"], address
    assert json.loads(visitor.get("/donnees/criteres.json").data)["licence"]["code"] == "ODbL-1.0"
    assert json.loads(visitor.get("/donnees/catalogue.jsonld").data)["dct:license"]["@id"] == SHARED.url
    assert "24440040400129" in visitor.get("/donnees/decisions.ouvert.csv").text


def test_the_command_writes_what_the_site_serves(
    app: Flask, visitor: Visitor, make: Callable[..., str], tmp_path: Path
) -> None:
    make(Status.CLOSED)
    run = app.test_cli_runner()
    done = run.invoke(args=["export", str(tmp_path / "donnees ouvertes")])
    assert (done.exit_code, done.stderr) == (0, "")
    for address in FILES:
        assert (tmp_path / "donnees ouvertes" / address[1:]).read_bytes() == visitor.get(address).data, address
    taken = tmp_path / "un-fichier"
    taken.write_text("")
    assert run.invoke(args=["export", str(taken)]).exit_code == 2
    failed = run.invoke(args=["export", str(taken / "dedans")])
    assert failed.exit_code == 1
    assert "impossible d’y écrire" in failed.stderr
