"""The report as files: JSON and CSV for whoever reckons, a page and a PDF that are handed over."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Any

import msgspec
from flask import render_template
from sqlalchemy import Connection

from app import assets
from app.config import current as config
from experiments import register, trace
from experiments.exports.forms import harmless
from experiments.policy import current as policy
from experiments.report import Report

from .drawings import chapters
from .sentences import summary

COLUMNS = (
    "code", "rubrique", "libelle", "valeur", "unite", "numerateur", "denominateur", "numeros", "parmi", "methode",
)  # fmt: skip
PRINTED = assets.FOLDER / "css" / "report.pdf.css"


@dataclass(frozen=True)
class Source:
    """What a report that is quoted was drawn from: the version of the register, and the head of its trace."""

    version: int
    head: str


def source_of(public: Connection) -> Source:
    return Source(register.version(public), trace.head(public)[1])


class NoPDF(Exception):
    """This machine cannot make a PDF: a library of the system is missing."""


def as_json(report: Report) -> bytes:
    """The whole report: figures, and the experiments that they are reckoned from."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1)


def as_csv(report: Report) -> bytes:
    """One line a figure, for a spreadsheet that speaks French: a BOM, semicolons, no cell that would run."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in report.figures:
        cells: tuple[Any, ...] = (
            one.code, one.section.label, one.label, one.value, one.unit.label, one.numerator, one.denominator,
            " ".join(one.numbers), " ".join(one.among), one.method,
        )  # fmt: skip
        writer.writerow("" if cell is None else harmless(cell) for cell in cells)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def context(report: Report, *, root: str = "") -> dict[str, Any]:
    """What the templates of the report draw on; `root` is put before addresses, where they leave the site."""
    return {"report": report, "sentences": summary(report), "chapters": chapters(report), "root": root,
            "policies": policy().policies}  # fmt: skip


def as_html(report: Report, source: Source) -> str:
    """A page that stands alone, with its styles: a file to be sent."""
    style = assets.style_sheet() + PRINTED.read_text(encoding="utf-8")
    return render_template(
        "report/document.html", style=style, source=source, **context(report, root=config().public_url)
    )


def as_pdf(report: Report, source: Source) -> bytes:
    """The same, printed: PDF/UA-1. Raises NoPDF."""
    try:
        # Imported here: it is heavy, and asks the system for Pango.
        from weasyprint import HTML
    except (OSError, ImportError) as error:
        raise NoPDF(str(error)) from error
    # Nothing is fetched: all that the page needs is in it.
    document = HTML(string=as_html(report, source), url_fetcher=_nothing)
    printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return printed


def _nothing(url: str, **_options: Any) -> Any:
    raise ValueError(url)
