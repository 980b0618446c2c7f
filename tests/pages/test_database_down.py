"""The database does not answer: the page says so, gives back what was typed, and all goes on when it is back."""

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from sqlalchemy import event, text

from app import clock, openapi
from app.db import RESTED, Database
from experiments import declared as d
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests import people
from tests.builders import an_experiment
from tests.databases import PostgreSQL
from tests.pages.page import Page
from tests.pages.visitor import Visitor, watch

Make = Callable[..., str]
TEXT = "9 000 € : devis <b>signé</b> & dépose"


def says_it_is_down(who: Visitor, number: str) -> None:
    """A form is sent while the database is away."""
    page = who.posted(f"/espace/experimentations/{number}/couts", {"leaving": TEXT, "version": "1"}, 503)
    assert isinstance(page, Page)
    assert page.headers["Retry-After"] == "30"
    assert "momentanément indisponible" in page.h1
    assert TEXT in [field.text for field in page.all("textarea")]
    assert "Coût d’une sortie" in page.text
    page = who.posted(f"/espace/experimentations/{number}/jalons/withdraw", {"reason": TEXT}, 503)
    assert isinstance(page, Page)
    assert TEXT in [field.text for field in page.all("textarea")]
    saved = who.post(f"/espace/experimentations/{number}/couts", {"leaving": TEXT}, headers={"X-Autosave": "1"})
    assert (saved.status_code, saved.content_type) == (503, "application/problem+json")
    told = who.client.get("/api/v1/experiments")
    assert (told.status_code, told.content_type) == (503, "application/problem+json")
    described = msgspec.json.decode(openapi.document("https://exemple.fr"))["paths"]["/experiments"]["get"]
    assert str(told.status_code) in described["responses"]
    who.page("/", 503)
    who.page(f"/sitemap-{clock.today().year}.xml", 503)
    who.page(f"/espace/experimentations/{number}", 503)


@pytest.mark.only("sqlite")
def test_the_file_of_the_register_is_gone(
    awa: Visitor, make: Make, register: Database, look: Callable[[str], Experiment]
) -> None:
    number = make()
    file = Path(str(register.engine.url.database))
    register.engine.dispose()
    aside = file.with_suffix(".aside")
    file.rename(aside)
    says_it_is_down(awa, number)
    register.engine.dispose()
    aside.rename(file)
    awa.page(f"/espace/experimentations/{number}")
    assert look(number).read(d.Costs).leaving != TEXT


@pytest.mark.only("sqlite")
def test_the_register_is_held_by_somebody_else(awa: Visitor, make: Make, register: Database) -> None:
    number = make()
    event.listen(register.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    register.engine.dispose()
    address = f"/espace/experimentations/{number}/couts"
    form = awa.page(address).form(address)
    with closing(sqlite3.connect(str(register.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        page = awa.posted(address, form.filled({"leaving": TEXT}), 503)
        # Whoever only reads is not stopped.
        awa.page(address)
        other.execute("ROLLBACK")
    assert isinstance(page, Page)
    assert TEXT in [field.text for field in page.all("textarea")]
    awa.posted(address, form.filled({"leaving": TEXT}))


@pytest.mark.only("postgresql")
def test_connections_that_were_cut_are_opened_again(
    awa: Visitor, make: Make, register: Database, postgresql: PostgreSQL
) -> None:
    number = make()
    pages = ("/", "/espace", f"/espace/experimentations/{number}", "/trace")
    for path in pages:
        awa.page(path)
    postgresql.admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [register.engine.url.database]
    )
    # As long as it takes to start PostgreSQL again: until then, whoever asks is told that it does not answer.
    time.sleep(RESTED)
    for path in pages:
        awa.page(path)


@contextmanager
def a_cluster_of_its_own(folder: Path) -> Iterator[PostgreSQL]:
    cluster = PostgreSQL(folder)
    try:
        yield cluster
    finally:
        cluster.close()
        shutil.rmtree(cluster.folder, ignore_errors=True)


@pytest.mark.only("postgresql")
def test_postgresql_is_stopped(built: Flask, database_url: str, tmp_path: Path) -> None:
    with a_cluster_of_its_own(tmp_path) as cluster:
        database = Database(cluster.url("template"))
        watch(database)
        built.extensions["database"] = database
        built.config["JALON"] = replace(built.config["JALON"], database_url=cluster.url("template"))
        with database.changing() as session:
            number = an_experiment(session, Status.DRAFT).number
        awa = Visitor(built, people.awa)
        awa.page(f"/espace/experimentations/{number}")
        pid = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        says_it_is_down(awa, number)
        health = awa.get("/health")
        assert (health.status_code, health.json["database"]) == (503, "unreachable")  # type: ignore[index]
        database.engine.dispose()
    assert database_url


def test_a_guard_that_refuses_is_no_fault_of_the_reader(awa: Visitor, make: Make, register: Database) -> None:
    """The database refuses what got past the program: nothing is kept, and the page says to look again."""
    number = make()
    with register.changing() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(
                text(
                    "CREATE TRIGGER no_part BEFORE UPDATE ON written_parts BEGIN SELECT RAISE(ABORT, 'jalon: no'); END"
                )
            )
        else:
            session.execute(
                text("CREATE FUNCTION no_part() RETURNS trigger AS $$ BEGIN RAISE 'jalon: no'; END $$ LANGUAGE plpgsql")
            )
            session.execute(text("CREATE TRIGGER no_part BEFORE UPDATE ON written_parts EXECUTE FUNCTION no_part()"))
    address = f"/espace/experimentations/{number}/couts"
    form = awa.page(address).form(address)
    page = awa.posted(address, form.filled({"leaving": TEXT}), 409)
    assert isinstance(page, Page)
    assert TEXT in [field.text for field in page.all("textarea")]
