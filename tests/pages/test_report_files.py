"""The yearly report as it is taken away: data that anyone recomputes, a table, a printed document, a command."""

import csv
import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import lxml.html
import msgspec
import pikepdf
import pytest
from flask import Flask

from app.db import Database
from app.yearly import files
from experiments import published
from experiments.report import Report, draw
from experiments.report.figures import FIGURES
from tests.pages.page import read
from tests.pages.public_side import recomputed
from tests.pages.test_guide import served
from tests.pages.visitor import Visitor


def test_anyone_recomputes_it_from_the_open_data(
    app: Flask, visitor: Visitor, register: Database, year: int, tmp_path: Path
) -> None:
    """What is downloaded as open data is enough to find the figures of the page again."""
    data = json.loads(visitor.get("/experimentations.json").get_data())
    records = [published.read(json.dumps(one)) for one in data["experiments"]]
    answer = visitor.get(f"/bilan/{year}.json")
    assert answer.content_type == "application/json; charset=utf-8"
    kept = msgspec.json.decode(answer.get_data(), type=Report)
    jsonschema.validate(answer.get_json(), visitor.get("/bilan/schema.json").get_json())
    again = draw(records, year, kept.made_on)
    assert again == kept
    page = visitor.page(f"/bilan/{year}")
    lists = page.all("dl", class_="figures-list")
    shown = {read(name): read(value) for dl in lists for name, value in zip(dl.iter("dt"), dl.iter("dd"), strict=True)}
    assert shown["Propositions déposées"] == str(again["proposed"].numerator)
    assert shown["Prolongées"].startswith(f"{again['extended'].numerator} sur\u00a0")


@pytest.mark.only("sqlite")
def test_the_program_that_is_handed_out_finds_it_again_from_the_site_with_python_alone(
    app: Flask, visitor: Visitor, year: int, tmp_path: Path
) -> None:
    handed_out = tmp_path / "recalculer.py"
    handed_out.write_bytes(visitor.get("/bilan/recalculer.py").get_data())
    assert "/bilan/recalculer.py" in visitor.page("/bilan").links
    assert "/bilan/recalculer.py" in visitor.page("/donnees").links
    with served(app) as site:
        run = subprocess.run(
            [sys.executable, "-I", "-S", handed_out, site, str(year)], capture_output=True, text=True, check=False
        )
    assert (run.returncode, run.stderr) == (0, f"{len(FIGURES)} chiffres. Tout concorde.\n")
    away = subprocess.run(
        [sys.executable, "-I", "-S", handed_out, tmp_path, "2025"], capture_output=True, text=True, check=False
    )
    assert (away.returncode, away.stderr[:5]) == (1, "NON. ")


@pytest.mark.only("sqlite")
def test_the_csv_has_one_line_a_figure(visitor: Visitor, register: Database, year: int, today: date) -> None:
    text = visitor.get(f"/bilan/{year}.csv").get_data().decode()
    assert text.startswith("\ufeffcode;")
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    report = recomputed(register, year, today)
    assert [line["code"] for line in lines] == [one.code for one in report.figures]
    proposed = next(line for line in lines if line["code"] == "proposed")
    assert proposed["numeros"].split() == report["proposed"].numbers
    assert (proposed["valeur"], proposed["unite"]) == (str(report["proposed"].numerator), "expérimentations")
    assert not [cell for line in lines for cell in line.values() if cell[:1] in "=+-@\t\r" and cell]


@pytest.mark.only("sqlite")  # The press does not depend on the database.
def test_the_pdf_is_one_that_a_screen_reader_reads(visitor: Visitor, year: int) -> None:
    answer = visitor.get(f"/bilan/{year}.pdf")
    assert answer.content_type == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.get_data())) as pdf, pdf.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"].startswith(f"Bilan {year} des expérimentations")
        assert str(pdf.Root.Lang) == "fr"
        assert pdf.Root.MarkInfo.Marked
        assert len(pdf.pages) > 2


@pytest.mark.only("sqlite")
def test_the_printed_report_says_where_it_comes_from(app: Flask, register: Database, year: int, today: date) -> None:
    with app.test_request_context("/"), register.public() as public:
        source = files.source_of(public)
        printed = files.as_html(recomputed(register, year, today), source)
    assert f"/bilan/{year}, registre version {source.version}, tête de trace" in printed.replace("\u00a0", " ")
    assert source.head in printed
    assert "Licence Ouverte 2.0." in printed


@pytest.mark.only("sqlite")
def test_the_printed_report_has_contents_and_no_title_twice(
    app: Flask, register: Database, year: int, today: date
) -> None:
    with app.test_request_context("/"), register.public() as public:
        printed = lxml.html.document_fromstring(
            files.as_html(recomputed(register, year, today), files.source_of(public))
        )
    [contents] = printed.find_class("report-contents")
    leads = {a.get("href", "").removeprefix("#"): read(a) for a in contents.iter("a")}
    titles = {section.get("id"): read(section[0]) for section in printed.find_class("report-chapter")}
    assert leads == {name: title for name, title in titles.items() if not str(name).endswith("-chiffres")}
    said = [read(h2) for h2 in printed.iter("h2")]
    assert len(said) == len(set(said))


@pytest.mark.only("sqlite")
def test_without_pango_a_page_says_what_is_missing(
    visitor: Visitor, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    page = visitor.page(f"/bilan/{year}.pdf", 503)
    assert "apt-get install libpango" in "".join(page.one("main").itertext())
    assert f"/bilan/{year}" in page.links


def test_one_command_writes_it(app: Flask, register: Database, year: int, today: date, tmp_path: Path) -> None:
    def typed(*words: str) -> tuple[int, bytes, str]:
        done = app.test_cli_runner().invoke(args=("report", *words))
        return done.exit_code, done.stdout_bytes, done.stderr

    code, written, _ = typed(str(year))
    assert code == 0
    assert msgspec.json.decode(written, type=Report) == recomputed(register, year, today)
    page = tmp_path / "bilan.html"
    assert typed(str(year), "--output", str(page))[0] == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert 'href="http://127.0.0.1:8000/experimentations/' in text
    assert "<link" not in text
    assert typed(str(year), "--format", "csv")[1].startswith(b"\xef\xbb\xbfcode;")
    assert typed(str(year - 9))[::2] == (1, f"Jalon : le registre n’a rien à dire de {year - 9}\n")
    assert typed("hier")[0] == typed(str(year), "--format", "docx")[0] == 2
