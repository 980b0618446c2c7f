"""The yearly report of Principle 11, year by year, and the indicators kept all year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from threading import Lock

import msgspec
from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from app import clock, db, downloads
from app.config import ROOT
from app.config import current as config
from app.db import Database
from app.i18n import gettext, to
from app.keeping import kept
from app.presentation import communes_named
from app.yearly import cells, files, sentences
from experiments import documents, register, report
from experiments import indicators as reckoning
from experiments import years as tallies
from experiments.indicators import Delay, Indicators
from experiments.policy import current as policy
from experiments.report import Period, Report

bp = Blueprint("report", __name__)
bp.add_app_template_filter(cells.in_days, "in_days")
bp.add_app_template_filter(cells.first_sentence, "first_sentence")
bp.add_app_template_filter(communes_named, "communes")
bp.add_app_template_filter(cells.missed, "missed")
bp.add_app_template_filter(cells.owed, "owed")
bp.add_app_template_global(cells.shown, "shown_figure")
bp.add_app_template_global(cells.counted, "counted_numbers")

PROGRAM = (ROOT / "docs" / "recalculer.py").read_bytes()
MOST_LINES = 200
"""Organisations and policies that the page of indicators lists; the largest registers have more."""
_turn, _press = Lock(), Lock()
PATIENCE = 2
"""Seconds that whoever asks waits for figures that are being reckoned: all would wait, and the site with them."""
RETRY_AFTER = 30


@contextmanager
def _alone(lock: Lock) -> Iterator[None]:
    """Reckon once what many ask for; the others wait a little, then are told to come back."""
    if not lock.acquire(timeout=PATIENCE):
        raise ServiceUnavailable(gettext("Ces chiffres sont en train d’être calculés"), retry_after=RETRY_AFTER)
    try:
        yield
    finally:
        lock.release()


@lru_cache(maxsize=4)
def _drawn(database: Database, _version: int, year: int, today: date) -> Report:
    with database.public() as public:
        return report.draw(report.records(public, Period(year, today)), year, today)


@lru_cache(maxsize=24)
def _printed(database: Database, version: int, year: int, today: date) -> bytes:
    with database.public() as public:
        source = files.source_of(public)
    return files.as_pdf(_drawn(database, version, year, today), source)


@lru_cache(maxsize=2)
def _reckoned(database: Database, _version: int, today: date) -> Indicators:
    with database.public() as public:
        return reckoning.reckon(documents.every(public, told=False), today)


@bp.get("/bilan/schema.json")
def schema() -> Response:
    """The shape of a report in JSON, for programs."""
    shape = msgspec.json.schema(Report)
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Bilan annuel des expérimentations"}
    text = msgspec.json.format(msgspec.json.encode(told | shape), indent=1)
    return downloads.licensed(downloads.told_once(Response(text, content_type="application/json; charset=utf-8")))


@bp.get("/bilan/recalculer.py")
def program() -> Response:
    """The program that reckons a report again from the open data: one file, the standard library alone."""
    return downloads.told_once(Response(PROGRAM, content_type="text/x-python; charset=utf-8"))


def _of(year: int) -> tuple[Database, int, int, date]:
    today = clock.today()
    if year not in report.years(db.public(), today):
        abort(404)
    return db.database(), register.version(db.public()), year, today


def _report(year: int) -> Report:
    asked = _of(year)
    with _alone(_turn):
        return _drawn(*asked)


@bp.get("/bilan")
@kept
def years() -> str:
    """The years that have a report, and what each held: counts that are kept, for no report is drawn here."""
    today, held = clock.today(), tallies.held(db.public())
    found = [
        (year, sentences.of_a_year(held.get(year, {}), is_over=year < today.year))
        for year in report.years(db.public(), today)
    ]
    return render_template("report/years.html", years=found)


@bp.get("/bilan/<year:year>")
@kept
def page(year: int) -> str:
    """The report of a year, as it is read."""
    return render_template("report/report.html", **_addresses(year), **files.context(_report(year)))


@bp.get("/bilan/<year:year>/chiffres")
@kept
def counted(year: int) -> str:
    """What each of its figures counts, and how."""
    return render_template("report/counted.html", **_addresses(year), **files.context(_report(year)))


@bp.get("/bilan/<year:year>/liste")
@kept
def listed(year: int) -> str:
    """Every experiment that it tells of."""
    return render_template("report/list.html", **_addresses(year), **files.context(_report(year)))


def _addresses(year: int) -> dict[str, str]:
    """The report's permanent address, and its address in the language of the page."""
    path = f"/bilan/{year}"
    return {"address": config().public_url + path, "here": to(path)}


@bp.get("/bilan/<year:year>.json")
def as_json(year: int) -> Response:
    """The same, exact, for programs."""
    text = files.as_json(_report(year))
    return downloads.licensed(downloads.told_once(Response(text, content_type="application/json; charset=utf-8")))


@bp.get("/bilan/<year:year>.csv")
def as_csv(year: int) -> Response:
    """The same, one line a figure, for spreadsheets."""
    return _file(files.as_csv(_report(year)), "text/csv; charset=utf-8", f"bilan-{year}.csv")


@bp.get("/bilan/<year:year>.pdf")
def as_pdf(year: int) -> ResponseReturnValue:
    """The same, to be handed over; where this machine cannot print, a page says what it misses."""
    asked = _of(year)
    _report(year)  # In its turn: the press may be busy for long.
    try:
        with _alone(_press):
            printed = _printed(*asked)
    except files.NoPDF:
        return render_template("report/no_pdf.html", year=year), 503
    return _file(printed, "application/pdf", f"bilan-{year}.pdf")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
    return downloads.licensed(downloads.told_once(answer))


@bp.get("/indicateurs")
@kept
def indicators() -> str:
    """How the register goes, today."""
    asked = db.database(), register.version(db.public()), clock.today()
    with _alone(_turn):
        found = _reckoned(*asked)
    return render_template(
        "report/indicators.html", found=found, delays=list(Delay), policies=policy().policies, most=MOST_LINES,
        few=reckoning.FEW,
    )  # fmt: skip
