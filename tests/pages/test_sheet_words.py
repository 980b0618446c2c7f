"""The sheet says no more and no less than what is known: measures, reasons, quantities, and where to answer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from app import wording
from app.templating import date_fr
from experiments import declared as d
from experiments import reported as r
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests.builders import complete, cross
from tests.pages.conftest import Build
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

NB = "\u00a0"
WITHOUT_RULE = {
    d.Derogations: d.Derogations(none=True, none_reason="Tout se fait dans le droit commun, sans rien écarter.")
}


def sheet(visitor: Visitor, number: str) -> Page:
    return visitor.page(f"/experimentations/{number}")


def measured(page: Page) -> list[str]:
    """What stands under « Mesuré » for each criterion."""
    return [
        read(figures.findall("dd")[-1]) for figures in page.all("dl") if "figures" in figures.get("class", "").split()
    ]


def test_a_suspension_says_where_its_reason_is_and_freezes_no_derogation_that_is_not(
    make: Build, visitor: Visitor
) -> None:
    page = sheet(visitor, make(Status.SUSPENDED, written=WITHOUT_RULE))
    assert "Pourquoi" in page.text
    assert "gelées" not in page.text
    [link] = [link for link in page.links if link.startswith("/trace?entree=")][:1]
    assert "Suspendue" in visitor.page(link.partition("#")[0]).text
    assert "Les dérogations sont gelées." in sheet(visitor, make(Status.SUSPENDED)).text


def test_what_is_overdue_without_derogation_speaks_of_none(
    make: Build, visitor: Visitor, awa: Visitor, today: date
) -> None:
    number = make(Status.RUNNING, written=WITHOUT_RULE, on=today - timedelta(257))
    text, file = sheet(visitor, number).text, awa.page(f"/espace/experimentations/{number}").text
    assert "Échue, sans évaluation" in text
    assert "Échue depuis" in file
    assert "plus en vigueur" not in text + file


def test_what_is_overdue_and_over_in_the_field_is_not_to_be_stopped(
    make: Build, visitor: Visitor, awa: Visitor, today: date
) -> None:
    number = make(Status.EVALUATING, on=today - timedelta(400))
    assert "Il reste à évaluer, puis à décider." in sheet(visitor, number).text
    file = awa.page(f"/espace/experimentations/{number}").text
    assert "Les dérogations ne sont plus en vigueur. Il ne reste qu’à évaluer et décider." in file


def test_a_stop_leads_to_the_act_that_says_why(make: Build, visitor: Visitor, today: date) -> None:
    number = make(Status.RUNNING, change=lambda session, x: cross(session, x, "stop", on=today))
    [link] = {link for link in sheet(visitor, number).links if "/dossier#acte-" in link}
    assert link.partition("#")[2] in visitor.page(f"/experimentations/{number}/dossier").ids


def test_what_was_seen_half_way_stands_where_the_measure_will(make: Build, visitor: Visitor, today: date) -> None:
    def extend(session: Session, x: Experiment) -> None:
        cross(session, x, "extend", on=today)

    page = sheet(visitor, make(Status.RUNNING, change=extend))
    # The drawing has a bar where the end was first to be: it says what it is.
    [first_end] = [read(li) for li in page.all("li") if read(li).startswith("Fin d’abord prévue")]
    assert first_end.endswith("reportée")
    found = measured(page)
    assert found[0].startswith("31")
    assert found[0].endswith(f"({date_fr(today - timedelta(60))})")
    [figures, *_others] = page.all("dl", class_="figures half-way")
    assert read(figures.findall("dt")[-1]) == "À mi-parcours"
    assert page.all("svg", class_="gauge half-way")[0].findall("circle")[-1].get("class") == "g-value"


def test_what_nobody_has_measured_yet_is_not_called_unmeasured(make: Build, visitor: Visitor) -> None:
    assert set(measured(sheet(visitor, make(Status.AUTHORISED)))) == {"pas encore mesuré"}


def test_what_is_filed_and_not_yet_public_is_not_called_unmeasured(make: Build, visitor: Visitor) -> None:
    page = sheet(visitor, make(Status.EVALUATED))
    assert set(measured(page)) == {"pas encore publié"}
    assert "La mesure est attendue" not in page.text


def test_a_verdict_without_any_measure_says_so(make: Build, visitor: Visitor, today: date) -> None:
    words = "Ce verdict est rendu sans aucune mesure publiée."
    assert words not in sheet(visitor, make(Status.DECIDED)).text
    evaluation = complete(today)[r.Evaluation]
    assert isinstance(evaluation, r.Evaluation)
    none = [replace(one, value=None, not_measured="Les sondes ont été volées.") for one in evaluation.results]
    written = {r.Evaluation: replace(evaluation, results=none)}
    assert words in sheet(visitor, make(Status.DECIDED, written=written)).text


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [("0", "foyers", "0\u00a0(foyers)"), ("1", "personnes par heure", "1\u00a0(personnes par heure)"),
     ("2", "foyers", "2\u00a0foyers"), ("0", "%", "0\u00a0%"), ("1", "m³", "1\u00a0m³"), ("1", "", "1")],
)  # fmt: skip
def test_a_unit_that_people_typed_is_never_wrongly_agreed(value: str, unit: str, words: str) -> None:
    assert wording.quantity(Decimal(value), unit) == words


def test_one_may_react_or_follow_beside_the_contact(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    page = sheet(visitor, number)
    [contact] = [
        dd for dd in page.tree.iter("dd") if "espaces-publics@exemple.fr" in read(dd) and dd.find("a") is not None
    ]
    [hidden_on_paper] = contact.findall("span")
    assert hidden_on_paper.get("class") == "no-print"
    ways = [f"/experimentations/{number}/{way}" for way in ("reagir", "suivre")]
    assert [a.get("href") for a in hidden_on_paper.iter("a")] == ways


def test_a_way_to_react_is_shown_while_one_may(make: Build, visitor: Visitor) -> None:
    for status, words in (
        (Status.RUNNING, "Réagir, ou signaler une erreur"), (Status.AUTHORISED, "Signaler une erreur"),
        (Status.CLOSED, "Signaler une erreur"),
    ):  # fmt: skip
        number = make(status)
        for path in (f"/experimentations/{number}", f"/experimentations/{number}/observations"):
            ways = visitor.page(path).all("a", href=f"/experimentations/{number}/reagir")
            assert {read(a) for a in ways} == {words}, (status, path)
