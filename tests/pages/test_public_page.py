"""What the public page tells beside the life of an experiment: refusals, what is withheld, how to check; the poster."""

from datetime import date, timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.db import Database
from app.pages.poster import brief, code_of
from app.sheet import promised
from app.sheet.view import View
from app.templating import date_fr
from experiments import declared as d
from experiments import publications
from experiments.acts import Stop
from experiments.model import Experiment
from experiments.policy import current as policy
from experiments.vocabulary import Status, StopReason
from tests.builders import answers_for, cross
from tests.contents import complete
from tests.pages.conftest import Build
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor


def address(number: str) -> str:
    return f"/experimentations/{number}"


def test_a_refusal_says_why_and_what_was_proposed_and_nothing_as_if_it_had_run(make: Build, visitor: Visitor) -> None:
    number = make(Status.REFUSED)
    page = visitor.page(address(number))
    titles = [read(title) for title in page.tree.iter("h2")]
    assert titles[:2] == ["Pourquoi c’est refusé", "Ce qui était proposé"]
    for words in ("Proposition refusée le", "Motifs de fait", "Motifs de droit", "2026-117-refuse", "tribunal",
                  "Trois ombrières et six bancs", "Quelles règles auraient été écartées"):  # fmt: skip
        assert words in page.text, words
    for words in ("En vigueur", "Seuil d’arrêt", "Jusqu’à quand", "il reste", "Ce qui est encore dû", "affiche"):
        assert words not in page.text, words
    assert page.all("svg", class_="pole-big") == []
    visitor.page(f"{address(number)}/affiche", 404)


def test_no_line_ends_inside_the_number_of_an_act(make: Build, visitor: Visitor) -> None:
    html = visitor.page(address(make(Status.REFUSED))).html.decode()
    assert 'Refusée, acte n°\u00a0<span class="uncut">2026-117-refuse</span>' in html


@pytest.mark.parametrize("status", [Status.EVALUATED, Status.DECIDED])
def test_an_evaluation_is_withheld_until_its_decision_and_no_longer(
    make: Build, visitor: Visitor, status: Status
) -> None:
    text = visitor.page(address(make(status))).text
    waits = status is Status.EVALUATED
    assert ("L’évaluation, version 1" in text and "CRPA L311-2" in text) is waits
    assert ("L’évaluation à mi-parcours, version 1" in text) is waits
    assert ("L’ombre a ramené du monde" in text) is not waits
    assert ("c’est la décision prise le" in text) is not waits


def test_the_command_that_checks_the_trace_holds_the_last_fingerprint(
    make: Build, visitor: Visitor, app: Flask
) -> None:
    page = visitor.page(address(make(Status.CLOSED)))
    last = visitor.get("/trace/checkpoint").get_json()["head"]
    said = f'python3 verifier.py {app.config["JALON"].public_url} <span class="uncut">--kept</span> {last}'
    assert said in page.html.decode()
    assert "/trace/verifier.py" in page.links
    assert "Close" in steps_of(page)


def steps_of(page: Page) -> list[str]:
    """What the history of a page says."""
    return [read(one) for one in page.one("ol", class_="timeline").iter("a")]


def test_the_sheet_leads_to_the_file_in_detail_and_to_every_step(make: Build, visitor: Visitor) -> None:
    """What is read in a minute stands on the sheet; the rest is a link away, and its address is printed."""
    here = address(make(Status.CLOSED))
    sheet, detail, history = (visitor.page(here + page) for page in ("", "/dossier", "/historique"))
    for page in ("/dossier", "/historique"):
        assert here + page in sheet.links
        assert here + page in sheet.text
    for words in ("Motifs de fait", "Ce qui permet d’y déroger", "Effets observés", "À mi-parcours",
                  "Conventions, assurance, responsabilité", "Sort de chaque jeu de données"):  # fmt: skip
        assert words in detail.text, words
        assert words not in sheet.text, words
    assert "2026-117-authorise" in detail.text
    leads = {link.removeprefix(f"{here}/dossier#") for link in sheet.links if link.startswith(f"{here}/dossier#")}
    assert leads <= set(detail.ids)
    assert "Désignation\u00a0: évaluateur" in steps_of(history)
    assert set(steps_of(sheet)) < set(steps_of(history))
    last = visitor.get("/trace/checkpoint").get_json()["head"]
    assert f'<code class="seal">{last}</code>' in history.html.decode()
    assert f'<span class="uncut">--kept</span> {last}' in history.html.decode()
    assert here in detail.links
    assert here in history.links


def test_a_refusal_has_its_history_and_no_second_page(make: Build, visitor: Visitor) -> None:
    here = address(make(Status.REFUSED))
    visitor.page(f"{here}/dossier", 404)
    assert f"{here}/dossier" not in visitor.page(here).links
    assert "2026-117-refuse" in " ".join(steps_of(visitor.page(f"{here}/historique")))


def test_what_is_over_no_longer_says_how_to_refuse(make: Build, visitor: Visitor) -> None:
    text = visitor.page(address(make(Status.CLOSED))).text
    assert "Qui a décidé" in text
    assert "Comment refuser" not in text


def test_how_to_refuse_is_among_the_first_things_said_even_when_nobody_wrote_how(
    make: Build, visitor: Visitor, register: Database, today: date
) -> None:
    """A file cannot be submitted without it any more; others came before."""
    number = make(Status.RUNNING)
    page = visitor.page(address(number))
    questions = [read(dt) for dt in page.all("dl", class_="facts")[0].iter("dt")]
    assert questions[2] == "Comment refuser ou se retirer\u202f?"
    with register.public() as public:
        x = publications.one(public, number)
    assert x
    x.parts.pop("parties-prenantes")
    for status, said in ((Status.RUNNING, "La fiche ne le dit pas."), (Status.EVALUATING, None)):
        x.status = status
        told = dict(promised.essentials(View(x, today))["facts"])
        assert told.get("Comment refuser ou se retirer\u202f?") == said


def test_a_number_that_is_not_published_answers_the_same_whatever_it_is_of(make: Build, visitor: Visitor) -> None:
    """Its address says nothing of it: not even whether it was ever given."""
    told = {
        visitor.page(f"{address(number)}{page}", 404).text.replace(number, "")
        for number in (make(Status.DRAFT), make(Status.SUBMITTED), make(Status.WITHDRAWN), "2026-999999")
        for page in ("", "/historique")
    }
    assert len(told) == 1
    assert "elle est encore à l’instruction" in told.pop()


def test_an_english_page_marks_what_people_wrote_as_french(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    page = visitor.page(f"/en{address(number)}")
    assert page.one("h1").get("lang") == "fr"
    assert f"/en{address(number)}/reagir" in page.links
    assert f"{address(number)}/affiche" in page.links


def test_a_page_names_every_commune_and_a_line_counts_them_when_they_are_many(
    make: Build, visitor: Visitor, today: date
) -> None:
    identity = complete(today)[d.Identity]
    assert isinstance(identity, d.Identity)

    def in_communes(codes: list[str]) -> str:
        return make(Status.RUNNING, written={d.Identity: replace(identity, communes=codes)})

    codes, names = [*policy().communes], [*policy().communes.values()]
    assert ", ".join(names[:6]) in visitor.page(address(in_communes(codes[:6]))).text
    assert "6\u00a0communes" in visitor.page("/").text
    assert ", ".join(names[:4]) in visitor.page(address(in_communes(codes[:4]))).text
    assert f"{len(codes)}\u00a0communes" in visitor.page(address(in_communes(codes))).text


# The poster -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_the_poster_says_the_essential_and_leads_to_the_page(
    make: Build, visitor: Visitor, app: Flask, today: date, paper: str
) -> None:
    number = make(Status.RUNNING)
    page = visitor.page(f"{address(number)}/affiche?format={paper}")
    public = app.config["JALON"].public_url + address(number)
    end = today - timedelta(120) + timedelta(364)
    for words in (public, f"au {date_fr(end)}", "Un courriel à la boîte générique", "espaces-publics@exemple.fr"):
        assert words in page.text, words
    assert str(code_of(public)) in page.html.decode()
    assert f'class="poster-page poster-{paper}"' in page.html.decode()
    assert f"{address(number)}/affiche" in visitor.page(address(number)).links


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.DECIDED, Status.CLOSED])
def test_no_poster_hangs_before_the_authorisation_nor_after_the_decision(
    make: Build, visitor: Visitor, status: Status
) -> None:
    visitor.page(f"{address(make(status))}/affiche", 404)


def test_a_poster_is_in_french_wherever_one_comes_from(make: Build, visitor: Visitor) -> None:
    path = f"{address(make(Status.RUNNING))}/affiche"
    answer = visitor.get(f"/en{path}?format=a3")
    assert (answer.status_code, answer.location) == (301, f"{path}?format=a3")
    assert "poster-a4" in visitor.page(f"{path}?format=a0").html.decode()


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (Status.RUNNING, {"Ici, on expérimente", "y réagir sans compte"}),
        (Status.SUSPENDED, {"Ici, on expérimente", "Suspendue depuis le ", "la fin ne change pas", "y réagir"}),
        (Status.EVALUATING, {"Ici, on a expérimenté", "Essai terminé le ", "décision attendue", "y réagir"}),
        (Status.EVALUATED, {"Ici, on a expérimenté", "Essai terminé le ", "y signaler une erreur sans compte"}),
    ],
)
def test_a_poster_says_what_its_dates_no_longer_say(
    make: Build, visitor: Visitor, status: Status, says: set[str]
) -> None:
    text = visitor.page(f"{address(make(status))}/affiche").text
    assert says <= {words for words in says if words in text}
    assert ("Essai terminé" in text) is ("Ici, on a expérimenté" in text)
    # Nobody is left in the street to refuse what is over.
    assert ("Comment refuser" in text) is ("Ici, on expérimente" in text)
    assert ("Suspendue" in text) is (status is Status.SUSPENDED)


@pytest.mark.parametrize("status", [Status.RUNNING, Status.SUSPENDED])
def test_a_poster_says_that_its_end_is_past(make: Build, visitor: Visitor, today: date, status: Status) -> None:
    text = visitor.page(f"{address(make(status, on=today - timedelta(800)))}/affiche").text
    assert "ette fin est passée, sans évaluation." in text
    assert "la fin ne change pas" not in text


def test_a_poster_does_not_say_that_one_tried_what_never_began(make: Build, visitor: Visitor, today: date) -> None:
    def stop(session: Session, x: Experiment) -> None:
        cross(session, x, "stop", on=today)

    for number, said in (
        (make(Status.AUTHORISED, on=today - timedelta(500)), "Jamais lancée, et cette fin est passée"),
        (make(Status.AUTHORISED, change=stop), "Arrêtée avant de commencer"),
    ):
        text = visitor.page(f"{address(number)}/affiche").text
        assert "Ici, on devait expérimenter" in text
        assert said in text
        # Nobody is asked to refuse what will not be.
        assert "Comment refuser" not in text
        assert "Comment refuser" not in visitor.page(address(number)).text
    assert "Comment refuser" in visitor.page(f"{address(make(Status.AUTHORISED))}/affiche").text


def test_a_reason_that_the_list_does_not_name_is_the_one_of_the_act(make: Build, visitor: Visitor, today: date) -> None:
    def stop(session: Session, x: Experiment) -> None:
        act = answers_for("stop", today)
        assert isinstance(act, Stop)
        cross(session, x, "stop", on=today, answers=replace(act, stop_reason=StopReason.OTHER))

    here = address(make(Status.RUNNING, change=stop))
    assert "Pour un motif que l’acte donne." in visitor.page(here).text
    assert "For a reason that the act gives." in visitor.page(f"/en{here}").text
    assert "Motif\u00a0: autre motif" not in visitor.page(here).text
    assert "Motif\u00a0: autre motif" not in visitor.page(f"/bilan/{today.year}").text


def test_a_long_refusal_is_cut_where_a_sentence_ends() -> None:
    assert brief("Un courriel suffit. Sans motif.", 170) == "Un courriel suffit. Sans motif."
    assert brief("Un courriel suffit. " + "Sans motif, " * 20, 40) == "Un courriel suffit."
    assert brief("Un courriel " * 20, 30) == "Un courriel Un courriel Un…"


def test_the_team_finds_the_page_and_the_poster(make: Build, awa: Visitor) -> None:
    running, refused = make(Status.RUNNING), make(Status.REFUSED)
    assert f"{address(running)}/affiche" in awa.page(f"/espace{address(running)}").links
    links = awa.page(f"/espace{address(refused)}").links
    assert address(refused) in links
    assert f"{address(refused)}/affiche" not in links
