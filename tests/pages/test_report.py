"""The yearly report and the indicators, as pages: what they hold, which years have one, and what they wait for."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app import charts
from app.db import Database
from app.pages import report as pages
from experiments.vocabulary import Status
from tests.pages.page import read
from tests.pages.public_side import recomputed
from tests.pages.test_french import mistakes
from tests.pages.visitor import Visitor

Make = Callable[..., str]


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


@pytest.mark.only("sqlite")
def test_a_chart_says_all_its_words_on_lines_that_a_phone_holds(visitor: Visitor, make: Make) -> None:
    make(Status.CLOSED, on=date(2024, 12, 20))
    make(Status.EVALUATING, on=date(2024, 10, 7))
    page = visitor.page("/bilan/2025")
    lines = [read(line) for line in page.all("text", class_="chart-label")]
    assert max(map(len, lines)) <= charts.LONGEST_LINE
    # What is longer goes on, under.
    assert "Publication de l’évaluation attestée dans le délai qui suit la décision" in " ".join(lines)
