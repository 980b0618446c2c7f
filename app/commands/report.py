"""flask report: the yearly report, in one command."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from app import clock
from app.yearly import files
from experiments import report as reports
from experiments.report import Period, Report

from .frame import Failed, PlainCommand, usable_database

FORMS = ("json", "html", "csv", "pdf")


@click.command("report", cls=PlainCommand)
@click.argument("year", metavar="ANNÉE", type=click.IntRange(2000, 2100))
@click.option(
    "--format",
    "form",
    metavar="|".join(FORMS),
    type=click.Choice(FORMS),
    help="Par défaut, ce que dit le nom du fichier ; sinon json.",
)
@click.option(
    "--output",
    metavar="FICHIER",
    type=click.File("wb", lazy=True, atomic=True),
    default="-",
    help="Par défaut, la sortie standard.",
)
@with_appcontext
def report(year: int, form: str | None, output: BinaryIO) -> None:
    """Le bilan d’une année (charte, principe 11), calculé des seules données publiques."""
    form = form or _form_of(str(output.name))
    if form == "pdf" and output.name == "-" and sys.stdout.isatty():
        raise click.UsageError("un PDF ne s’affiche pas dans un terminal : donnez --output")
    today = clock.today()
    with usable_database().public() as public:
        if year not in reports.years(public, today):
            raise Failed(f"le registre n’a rien à dire de {year}")
        source = files.source_of(public)
        drawn = reports.draw(reports.records(public, Period(year, today)), year, today)
    try:
        output.write(_written(drawn, source, form))
    except files.NoPDF as error:
        raise Failed("il faut Pango pour faire un PDF : apt-get install libpango-1.0-0 libpangoft2-1.0-0") from error


def _form_of(name: str) -> str:
    suffix = name.rpartition(".")[2]
    return suffix if suffix in FORMS else "json"


def _written(report: Report, source: files.Source, form: str) -> bytes:
    if form == "html":
        return files.as_html(report, source).encode()
    if form == "csv":
        return files.as_csv(report)
    return files.as_pdf(report, source) if form == "pdf" else files.as_json(report)
