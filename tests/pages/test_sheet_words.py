"""The sheet says no more and no less than what is known: measures, reasons, quantities, and where to answer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from app import clock, wording
from app.db import Database
from app.templating import date_fr
from experiments import declared as d
from experiments import queries, replies
from experiments import reported as r
from experiments.model import Experiment
from experiments.vocabulary import Direction, Status
from tests import people
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


def test_a_reply_is_promised_only_where_there_is_one(
    make: Build, visitor: Visitor, register: Database, today: date
) -> None:
    number = make(Status.RUNNING, on=today - timedelta(257))
    assert "ce que répond le porteur" not in sheet(visitor, number).text
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        replies.reply(session, x, people.awa(session), "Le laboratoire a tout reçu ce matin.", now=clock.now())
    assert "Voir ce qui est dû, et ce que répond le porteur" in sheet(visitor, number).text


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


def test_a_threshold_says_on_which_side_one_stops(make: Build, visitor: Visitor, today: date) -> None:
    number = make(Status.RUNNING)
    page = sheet(visitor, number)
    stops = [read(figures.findall("dd")[2]) for figures in page.all("dl", class_="figures")]
    protocol = complete(today)[d.Protocol]
    assert isinstance(protocol, d.Protocol)
    sides = {Direction.UP: "si moins de ", Direction.DOWN: "si plus de "}
    asked = [sides[c.direction] for c in protocol.criteria if c.direction and c.threshold is not None]
    assert [stop.partition("de ")[0] + "de " for stop in stops if stop.startswith("si ")] == asked
    assert asked
    assert "if under" in visitor.page(f"/en/experimentations/{number}").text


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
    [("0", "foyers", "0\u00a0foyer"), ("1", "personnes par heure", "1\u00a0personne par heure"),
     ("0", "repas", "0\u00a0repas"), ("1", "logements vides confirmés", "1\u00a0logement vide confirmé"),
     ("0", "jours de pluie", "0\u00a0jour de pluie"), ("1", "lieux", "1\u00a0lieu"), ("0", "travaux", "0\u00a0travaux"),
     ("1", "minibus", "1\u00a0minibus"), ("0", "processus", "0\u00a0processus"), ("1", "palais", "1\u00a0palais"),
     ("0", "procès", "0\u00a0procès"), ("1", "fonds publics", "1\u00a0fonds public"),
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
