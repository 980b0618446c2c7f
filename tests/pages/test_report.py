"""The yearly report and the indicators, as they are read, downloaded and typed as a command."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import lxml.html
import msgspec
import pikepdf
import pytest
from flask import Flask
from msgspec.structs import replace

from app import charts, i18n
from app.db import Database
from app.pages import report as pages
from app.yearly import cells, files, sentences
from experiments import documents, published
from experiments import reported as r
from experiments.report import Report, draw
from experiments.report.figures import FIGURES
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.contents import complete
from tests.pages.page import read
from tests.pages.test_french import mistakes
from tests.pages.test_guide import served
from tests.pages.visitor import Visitor

Make = Callable[..., str]


@pytest.fixture
def year(register: Database, today: date) -> int:
    """A year in which everything happened: the present one, or the last when this one has just begun."""
    day = today if today.timetuple().tm_yday > 45 else today - timedelta(60)
    with register.changing() as session:
        for status in (Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.EVALUATING, Status.CLOSED):
            an_experiment(session, status, today=day)
        an_experiment(session, Status.EVALUATED, today=day, then="decide-abandon")
        an_experiment(session, Status.RUNNING, today=day, then="extend")
        an_experiment(session, Status.RUNNING, today=day, then="stop")
    return day.year


def recomputed(register: Database, year: int, today: date) -> Report:
    """The report, from the public documents alone."""
    with register.public() as public:
        return draw(documents.every(public, told=False), year, today)


def test_it_reads_as_a_document(visitor: Visitor, register: Database, year: int, today: date) -> None:
    report, page = recomputed(register, year, today), visitor.page(f"/bilan/{year}")
    counted, listed = (visitor.page(f"/bilan/{year}/{more}") for more in ("chiffres", "liste"))
    assert page.h1 == f"Bilan {year} des expérimentations"
    assert read(page.all("h2")[0]) == "En bref"
    for figure in report.figures:
        for number in figure.numbers:
            assert number in counted.text
    for x in report.experiments:
        linked = f"/experimentations/{x.number}" in listed.links
        assert linked is bool(x.title), x.number
    assert "Le plan de plantation, voté entre-temps, couvre ce parvis." in page.text
    assert "dossier non public" in listed.text
    for x in report.experiments:
        if x.ending:
            assert f"\u00a0: {x.ending.outcome.label.lower()}" in listed.text
    assert not [one for some in (page, counted, listed) for one in mistakes(some, "Règlement de voirie")]
    assert {f"/bilan/{year}/chiffres", f"/bilan/{year}/liste"} <= set(page.links)
    # Each chapter leads to its own tables.
    leads = {link.partition("#")[2] for link in page.links if "/chiffres#" in link}
    assert leads <= set(counted.ids)
    assert len(leads) == 8
    images = page.all("svg", role="img")
    assert all(read(page.by_id(one)) for image in images for one in image.get("aria-labelledby", "").split())
    # Where one thing alone is counted, there is nothing to compare: a sentence, no chart.
    alone = page.all("p", class_="chart-alone")
    assert [len(page.all("figure")), len(images)] == [10 - len(alone)] * 2
    assert len(counted.all("table")) == 10
    assert "Motifs des arrêts\u00a0: obstacle technique, 1 sur\u00a01" in [read(one) for one in alone]
    for row in counted.all("tbody")[0].iter("tr"):
        assert read(next(row.iter("th"))) in images[0].find("title").text


@pytest.mark.only("sqlite")
def test_the_same_in_english(visitor: Visitor, year: int) -> None:
    page = visitor.page(f"/en/bilan/{year}")
    assert page.tree.get("lang") == "en"
    assert f"/en/experimentations/{year}" in " ".join(visitor.page(f"/en/bilan/{year}/liste").links)
    assert f"/en/bilan/{year}/chiffres" in page.links
    assert visitor.get(f"/en/bilan/{year}.json").status_code == 301
    assert visitor.page("/en/indicateurs").status == 200


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


def test_the_years_that_have_a_report(visitor: Visitor, today: date, make: Make) -> None:
    assert f"/bilan/{today.year}" in visitor.page("/bilan").links
    empty = visitor.page(f"/bilan/{today.year}")
    assert "aucune proposition n’a été déposée" in empty.text
    visitor.page(f"/bilan/{today.year - 3}", 404)
    make(Status.RUNNING, on=today - timedelta(3 * 366))
    years = visitor.page("/bilan")
    assert f"/bilan/{today.year - 3}" in years.links
    visitor.page(f"/bilan/{today.year - 3}")
    visitor.page(f"/bilan/{today.year + 1}", 404)


def test_each_year_says_what_it_held_so_that_one_knows_which_to_open(
    visitor: Visitor, make: Make, year: int, today: date, register: Database
) -> None:
    past, now = today.year - 1, today.year
    make(Status.CLOSED, on=date(past, 11, 20))
    kept, figures = recomputed(register, past, today)["promise.evaluated"], recomputed(register, now, today)

    def said(path: str, year: int) -> str:
        [line] = [read(li) for li in visitor.page(path).one("ul", class_="year-list") if str(year) in read(li)]
        return line.replace("\u00a0", " ")

    counted = [figures[code].numerator for code in ("proposed", "authorised", "refused", "decided")]
    found = re.findall(r"(\d+) [a-z]", said("/bilan", now).partition("cours")[2])
    assert [int(number) for number in found] == [number for number in counted if number]
    assert "firm end date" not in said("/en/bilan", now), "what will be in time is known when the year is over"
    words = f"évaluations versées au plus tard à la fin ferme : {kept.numerator} sur {kept.denominator}"
    assert said("/bilan", past).endswith(words)
    words = f"evaluations filed by the firm end date: {kept.numerator} out of {kept.denominator}"
    assert said("/en/bilan", past).endswith(words)


def test_a_report_changes_with_the_register(visitor: Visitor, make: Make, today: date) -> None:
    path = f"/bilan/{today.year}/liste"
    before = visitor.page(path)
    number = make(Status.REFUSED, on=today)
    assert number not in before.text
    assert number in visitor.page(path).text
    assert number in visitor.get(f"/bilan/{today.year}.json").get_data(as_text=True)


def test_indicators_say_how_they_are_computed(visitor: Visitor, year: int) -> None:
    page = visitor.page("/indicateurs")
    assert "moins date de la première soumission" in page.text
    assert "Nantes Métropole" in [read(th) for th in page.all("th")]
    assert "Transition écologique et climat" in [read(th) for th in page.all("th")]
    assert "médiane 20 jours, 90e centile 20 jours" in page.text.replace("\u00a0", " ")
    assert not list(mistakes(page, ""))


def test_sentences_agree(app: Flask, register: Database, make: Make) -> None:
    """Nothing, one, several: each is said as French says it."""
    day, last = date(2024, 12, 20), date(2025, 6, 1)

    def said(year: int = 2024) -> str:
        with app.test_request_context("/"):
            return " ".join(sentences.summary(recomputed(register, year, last))).replace("\u00a0", " ")

    assert said() == (
        "En 2024, aucune proposition n’a été déposée. Au 31 décembre 2024, aucune expérimentation n’était ouverte, "
        "comme au début de l’année ; entre-temps, aucune n’a été autorisée et aucune n’a reçu sa décision. "
        "Dans cette période, aucune n’arrivait à son terme. Aucune décision de suite n’a été prise. Au 31 décembre "
        "2024, aucune expérimentation n’avait passé sa fin ferme sans être évaluée, et aucune dérogation n’était en "
        "vigueur."
    ).replace(" ;", "\u202f;")
    make(Status.CLOSED, on=day)
    one = said()
    assert "une expérimentation était ouverte" not in one
    assert "contre une au début de l’année\u202f; entre-temps, aucune n’a été autorisée et une a reçu" in one
    assert "une seule arrivait à son terme : elle a été évaluée et décidée à temps." in one
    assert "Une décision de suite a été prise, une généralisation\u202f; elle suit l’évaluation" in one
    make(Status.CLOSED, on=day)
    make(Status.EVALUATING, on=date(2024, 10, 7))
    make(Status.REFUSED, on=day)
    make(Status.RUNNING, on=day)
    make(Status.RUNNING, on=day)
    several = said()
    assert "En 2024, trois propositions ont été déposées : deux ont été autorisées et une a été refusée." in several
    assert "trois arrivaient à leur terme : l’évaluation est venue à temps pour deux sur trois" in several
    assert "Deux décisions de suite ont été prises : deux généralisations\u202f; aucune ne s’écarte" in several
    assert (
        "une expérimentation avait passé sa fin ferme sans être évaluée, et quatre dérogations étaient en vigueur"
        in several
    )


def test_where_none_came_in_time_the_brief_says_so_with_its_negation(
    app: Flask, register: Database, make: Make
) -> None:
    for _ in range(2):
        make(Status.EVALUATING, on=date(2024, 10, 7))
    with app.test_request_context("/"):
        brief = " ".join(sentences.summary(recomputed(register, 2024, date(2025, 6, 1)))).replace("\u00a0", " ")
    assert "deux arrivaient à leur terme : aucune n’a été évaluée ni décidée à temps." in brief


@pytest.mark.only("sqlite")
def test_a_chart_says_all_its_words_on_lines_that_a_phone_holds(visitor: Visitor, make: Make) -> None:
    make(Status.CLOSED, on=date(2024, 12, 20))
    make(Status.EVALUATING, on=date(2024, 10, 7))
    page = visitor.page("/bilan/2025")
    lines = [read(line) for line in page.all("text", class_="chart-label")]
    assert max(map(len, lines)) <= charts.LONGEST_LINE
    # What is longer goes on, under.
    assert "Publication de l’évaluation attestée dans le délai qui suit la décision" in " ".join(lines)


def test_the_worst_broken_promise_is_said_and_those_who_broke_it_are_named(
    app: Flask, visitor: Visitor, register: Database, make: Make
) -> None:
    def brief() -> str:
        with app.test_request_context("/"):
            return " ".join(sentences.summary(recomputed(register, 2024, date(2025, 6, 1)))).replace("\u00a0", " ")

    kept = make(Status.CLOSED, on=date(2024, 12, 20))
    assert "promesse" not in brief().lower()
    missed = make(Status.EVALUATING, on=date(2024, 10, 7))
    # Evaluated and decided in time, the sentence before says it already.
    assert "La promesse la moins tenue : évaluation versée à la date prévue, une sur deux." in brief()
    counted = visitor.page("/bilan/2024/chiffres").text.replace("\u00a0", " ")
    assert f"Tenue : {kept}. Non tenue : {missed}." in counted
    page = visitor.page("/bilan/2024")
    [line] = [li for li in page.all("li") if read(li).startswith("Évaluation versée à la date prévue")]
    assert [a.get("href") for a in line.iter("a")] == [f"/experimentations/{missed}"]


@pytest.mark.only("sqlite")
def test_a_verdict_without_any_measure_is_said_wherever_the_report_tells_of_it(
    app: Flask, visitor: Visitor, register: Database, today: date
) -> None:
    evaluation = complete(today)[r.Evaluation]
    assert isinstance(evaluation, r.Evaluation)
    none = [replace(one, value=None, not_measured="Les sondes ont été volées.") for one in evaluation.results]
    written = {r.Evaluation: replace(evaluation, results=none)}
    with register.changing() as session:
        number = an_experiment(session, Status.CLOSED, today=date(2024, 12, 20), written=written).number
    page, counted = visitor.page("/bilan/2024"), visitor.page("/bilan/2024/chiffres")
    [row] = [tr for tr in page.all("tr") if number in read(tr)]
    assert "Hypothèse confirmée, sans aucune mesure publiée" in read(row)
    assert "rend son verdict sans aucune mesure publiée." in read(page.one("section", class_="report-summary"))
    assert f"Sans aucune mesure publiée : {number}." in counted.text.replace("\u00a0", " ")
    with app.test_request_context("/"), register.public() as public:
        printed = files.as_html(recomputed(register, 2024, today), files.source_of(public))
    assert "Hypothèse confirmée, <strong>sans aucune mesure publiée</strong>" in printed


def test_what_was_refused_or_stopped_is_told_with_its_act_and_its_reasons(
    visitor: Visitor, register: Database, year: int, today: date
) -> None:
    page, report = visitor.page(f"/bilan/{year}"), recomputed(register, year, today)
    told = [(x, x.refusal, "refusée") for x in report.named(report["refused"].numbers)]
    told += [(x, x.early_stop, "arrêtée") for x in report.named(report["stopped"].numbers)]
    assert len(told) == 2
    for x, act, what in told:
        assert act
        [line] = [li for li in page.all("li") if f"{what} le" in read(li)]
        assert f"/experimentations/{x.number}" in [a.get("href") for a in line.iter("a")]
        assert all(words in read(line) for words in (x.title, act.act, act.body, act.facts))
    assert "Motif\u00a0: obstacle technique." in page.text


def test_what_was_late_is_the_whole_of_what_the_public_was_owed(
    visitor: Visitor, register: Database, make: Make, today: date
) -> None:
    make(Status.CLOSED, on=today - timedelta(500))
    make(Status.EVALUATING, on=today - timedelta(200))
    board, page = visitor.page("/retards"), visitor.page(f"/bilan/{today.year}")
    owed = [read(li) for ul in board.all("ul", class_="debts") for li in ul.iter("li")]
    assert len(owed) > 2
    late = read(page.by_id("promises"))
    for one in owed:
        what, _, when = one.partition("\u00a0: ")
        assert f"{what.lower()}, {when.partition(' de retard')[0]} de retard" in late.replace("É", "é"), one
    assert "/retards" in page.links


@pytest.mark.only("sqlite")
def test_few_days_are_told_one_by_one_and_no_median_is_given(app: Flask, register: Database, make: Make) -> None:
    def told() -> str:
        with app.test_request_context("/"):
            report = recomputed(register, 2024, date(2025, 6, 1))
            return cells.shown(report, report["overrun"]).replace("\u00a0", " ")

    make(Status.CLOSED, on=date(2024, 12, 20))
    assert told() == "pas de médiane (une seule valeur : 0 jour)"
    make(Status.CLOSED, on=date(2024, 12, 20))
    assert told() == "pas de médiane (deux valeurs : 0 jour, 0 jour)"


@pytest.mark.only("sqlite")
def test_words_of_the_report_say_what_is_counted(visitor: Visitor, year: int) -> None:
    page, counted = visitor.page(f"/bilan/{year}"), visitor.page(f"/bilan/{year}/chiffres")
    indicators = visitor.page("/indicateurs")
    assert "Sur un total de moins de dix, aucun pourcentage n’est donné." in page.text
    names = [read(name) for name in page.all("dt")]
    assert {"Ouvertes au début de l’année", "Ouvertes à la fin de la période", "Retirées après leur dépôt"} <= set(
        names
    )
    assert "de son autorisation à sa décision de suite" in page.text
    assert "Ni achat innovant, ni occupation du domaine public" in page.text
    assert "Terme passé, évaluées, sans décision" in [read(name) for name in indicators.all("dt")]
    # Nobody says what it really cost: what was planned beside it says nothing.
    assert not [name for name in names if name.startswith("Coût prévu, là")]
    assert "En cours" not in [read(th) for some in (counted, indicators) for th in some.all("th", scope="col")]
    assert "90e centile, au rang le plus proche" in indicators.text.replace("\u00a0", " ")
    english = visitor.page(f"/en/bilan/{year}").text
    assert "Out of a total below ten, no percentage is given." in english


@pytest.mark.only("sqlite")
def test_a_proposal_that_waits_for_its_turn_is_not_shown_as_late(visitor: Visitor, make: Make) -> None:
    make(Status.SUBMITTED)
    [waiting] = [read(one) for one in visitor.page("/indicateurs").all("span", class_="awaited calm")]
    assert waiting.startswith("1\u00a0encore attendue")


@pytest.mark.only("sqlite")
def test_small_numbers_are_never_a_bare_percentage(app: Flask) -> None:
    with app.test_request_context("/"):
        assert cells.ratio(2, 3) == "2 sur\u00a03"
        assert cells.ratio(0, 0) == "sans objet"
        assert cells.ratio(9, 9) == "9 sur\u00a09"
        assert cells.ratio(12, 15) == "12 sur\u00a015 (80\u00a0%)"
        assert [cells.in_days(n) for n in (0, 1.5, 2, -1, -12)] == [
            "0\u00a0jour", "1,5\u00a0jour", "2\u00a0jours", "1\u00a0jour d’avance", "12\u00a0jours d’avance",
        ]  # fmt: skip


def test_a_number_that_is_left_out_is_one_and_not_several(app: Flask) -> None:
    some = [f"2025-{n:03d}" for n in range(1, 43)]
    with app.test_request_context("/"):
        assert cells.numbers(some[:41]).endswith("2025-040 et 1\u00a0autre, que donne le fichier JSON")
        assert cells.numbers(some).endswith("2025-040 et 2\u00a0autres, que donne le fichier JSON")
    with app.test_request_context("/"), i18n.speaking("en"):
        assert cells.numbers(some[:41]).endswith("2025-040 and 1 other, which the JSON file gives")


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


def test_figures_being_reckoned_hold_nobody(visitor: Visitor, year: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.01)
    with pages._turn:
        answer = visitor.get("/indicateurs")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        # Nothing is broken: the page says what is awaited, and where to ask again.
        page = visitor.page("/indicateurs", 503)
        assert page.h1 == "Ces chiffres sont en train d’être calculés"
        assert "/indicateurs" in page.links
        english = visitor.page(f"/en/bilan/{year}", 503)
        assert english.h1 == "These figures are being computed"
        assert f"/en/bilan/{year}" in english.links
    assert visitor.get("/indicateurs").status_code == 200
