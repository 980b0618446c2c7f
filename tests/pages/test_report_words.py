"""The words of the yearly report: sentences that agree, what is told by name, and figures that say what they count."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from msgspec.structs import replace

from app import i18n
from app.db import Database
from app.yearly import cells, files, sentences
from experiments import reported as r
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.contents import complete
from tests.pages.page import read
from tests.pages.public_side import recomputed
from tests.pages.visitor import Visitor

Make = Callable[..., str]


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
