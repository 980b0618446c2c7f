"""The public page of one experiment: what it shows, what it keeps inside, what it costs."""

from collections import Counter
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.templating import date_fr
from experiments import declared as d
from experiments import publishing, queries, voices
from experiments import reported as r
from experiments.acts import Reason
from experiments.model import Experiment, WrittenPart
from experiments.model.voice import VoiceKind
from experiments.published import TOLD
from experiments.vocabulary import PUBLIC, Status
from tests import citizens
from tests.builders import complete, cross, write
from tests.pages.conftest import Build
from tests.pages.page import Page
from tests.pages.public_side import addresses, named, rules, statements
from tests.pages.visitor import Visitor

MARK = "Zéphyrine-7481"
INSIDE = [status for status in Status if status not in TOLD]


def numbers(page: Page) -> list[str]:
    """The experiments that a list shows, in order."""
    return [link.rpartition("/")[2] for link in page.links if link.startswith("/experimentations/2")]


def sheet(visitor: Visitor, number: str) -> Page:
    return visitor.page(f"/experimentations/{number}")


def whole(visitor: Visitor, number: str) -> str:
    """Its three pages: the sheet, the file in detail, the history."""
    paths = (f"/experimentations/{number}{page}" for page in ("", "/dossier", "/historique"))
    return "".join(visitor.page(path).html.decode() for path in paths)


# What stays inside ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", INSIDE)
def test_what_is_not_authorised_shows_nowhere(make: Build, visitor: Visitor, status: Status) -> None:
    marked = {"title": MARK, "summary": MARK, "place": MARK, "organisation": MARK, "problem": MARK}
    number = make(status, written=named(**marked))
    visitor.typed = str(status)
    for query in ("", "?statut=all", "?statut=past", f"?statut={status}", f"?q={number}", "?q=Pont"):
        page = visitor.page(f"/{query}")
        assert numbers(page) == []
        assert MARK not in page.html.decode()
    for path in (f"/experimentations/{number}", f"/experimentations/{number}-{MARK.lower()}"):
        assert MARK not in visitor.page(path, 404).html.decode()


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_no_name_and_no_opinion_is_published(make: Build, visitor: Visitor, status: Status) -> None:
    number = make(status)
    for html in (whole(visitor, number), visitor.page("/?statut=all").html.decode()):
        for family in ("Diallo", "Le Gall", "Martineau", "Roux", "Moreau", "Haddad", "@exemple.fr>"):
            assert family not in html
        for local in ("awa.diallo", "elise.moreau", "claire.martineau"):
            assert local not in html
        assert "Les comptages sont-ils anonymes" not in html
        assert "Aucune donnée personnelle n’est collectée" not in html


def test_the_reason_of_a_suspension_is_read_where_it_is_told_and_checked_like_any_other(
    make: Build, visitor: Visitor, register: Database
) -> None:
    def suspend(session: Session, x: Experiment) -> None:
        cross(session, x, "suspend", on=x.starts_on + timedelta(120), answers=Reason(reason=MARK))

    number = make(Status.RUNNING, change=suspend)
    page = sheet(visitor, number)
    assert f"Pourquoi\u00a0: {MARK} " in page.text
    assert MARK in visitor.page(f"/experimentations/{number}/historique").text
    steps = visitor.get(f"/experimentations/{number}.json").get_json()["steps"]
    [step] = [step for step in steps if step["reasons"]]
    assert (step["event"], step["reasons"]) == ("suspend", {"reason": MARK})
    exact = f"/experimentations/{number}/historique/{step['seq']}-reason.txt"
    assert visitor.get(exact).get_data(as_text=True) == MARK
    with register.changing() as session:
        publishing.forget(session, step["seq"], "reason", "Droit à l’effacement", by=None, now=clock.now())
    assert MARK not in whole(visitor, number)
    assert "il est scellé dans la trace" in sheet(visitor, number).text
    assert visitor.get(exact).status_code == 404


def test_a_reason_that_was_promised_to_the_trace_alone_stays_there(
    make: Build, visitor: Visitor, register: Database
) -> None:
    def give_back(session: Session, x: Experiment) -> None:
        cross(session, x, "return", on=x.starts_on - timedelta(30), answers=Reason(reason=MARK))
        cross(session, x, "submit", on=x.starts_on - timedelta(30))

    number = make(Status.SUBMITTED, change=give_back)
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x
        cross(session, x, "authorise", on=x.submitted_on)
    assert "Renvoyée à son équipe" in whole(visitor, number)
    for path in (f"/experimentations/{number}.json", "/trace.jsonl"):
        assert MARK not in visitor.get(path).get_data(as_text=True)
    assert MARK not in whole(visitor, number)


@pytest.mark.parametrize(
    ("status", "unfinished"),
    [
        (Status.AUTHORISED, "Courrier aux riverains et deux permanences"),
        (Status.EVALUATING, "L’ombre a ramené du monde"),
        (Status.DECIDED, "Compter les femmes et les hommes dès le départ"),
    ],
)
def test_what_is_being_written_waits_for_its_gate(
    make: Build, visitor: Visitor, status: Status, unfinished: str
) -> None:
    assert unfinished not in whole(visitor, make(status))


def test_a_request_edited_after_it_was_asked_is_not_shown(make: Build, visitor: Visitor) -> None:
    def edit(session: Session, x: Experiment) -> None:
        write(session, x, r.ExtensionRequest(ends_on=x.ends_on, reason=MARK), on=x.starts_on + timedelta(120))

    assert MARK not in whole(visitor, make(Status.RUNNING, change=edit))


def test_what_somebody_typed_is_never_markup(make: Build, visitor: Visitor) -> None:
    evil = '<script>alert("x")</script>"\'&'
    written = complete(date(2026, 1, 5))
    identity = replace(written[d.Identity], title=evil, summary=evil, place=evil, organisation=evil, mailbox=evil)
    number = make(Status.RUNNING, written={d.Identity: identity})
    for path in ("/", f"/?q={quote(evil)}"):
        assert b"<script>alert" not in visitor.page(path).html
    assert "<script>alert" not in whole(visitor, number)


# The page of one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_a_page_costs_two_statements_and_one_more_where_residents_were_heard(
    make: Build, visitor: Visitor, register: Database, status: Status
) -> None:
    def heard(session: Session, x: Experiment) -> None:
        voice = citizens.a_voice(session, x, kind=VoiceKind.MISTAKE, on=clock.today())
        voices.publish(session, voice, "Il fait plus frais.", sure=False, today=clock.today())

    for change, most in ((None, 2), (heard, 3)):
        number = make(status, change=change) if change else make(status)
        with statements(register) as said:
            page = sheet(visitor, number)
        # The version of the register, the document, what residents said.
        assert len(said) == most, said
        assert ("Il fait plus frais." in page.text) is (most == 3)
    assert page.h1 == "Îlots d’ombre démontables à Pont-Rousseau"


@pytest.mark.parametrize("page", ["", "/dossier", "/historique", ".json"])
def test_whoever_has_a_page_of_one_keeps_it_whatever_becomes_of_the_others(
    make: Build, visitor: Visitor, register: Database, today: date, page: str
) -> None:
    number = make(Status.RUNNING)
    path = f"/experimentations/{number}{page}"
    tag = visitor.get(path).headers["ETag"]

    def is_kept() -> bool:
        answer = visitor.get(path, headers={"If-None-Match": tag})
        assert (answer.headers["ETag"] == tag) is (answer.status_code == 304)
        return answer.status_code == 304

    make(Status.RUNNING)
    assert is_kept()
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        voice = citizens.a_voice(session, x, on=today)
        voices.publish(session, voice, "À l’ombre le matin seulement.", sure=False, today=today)
    assert is_kept() is (page != "")
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        cross(session, x, "suspend", on=today)
    assert not is_kept()


def test_the_address_is_permanent_with_or_without_words(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    for path in (number, f"{number}-ilots-d-ombre", f"{number}-autre-chose", f"{number}-"):
        page = sheet(visitor, path)
        assert page.one("link", rel="canonical").get("href", "").endswith(f"/experimentations/{number}")
    visitor.page("/experimentations/2026-999999", 404)
    visitor.page("/experimentations/٢٠٢٦-٠٠١", 404)


def test_the_page_says_the_essential_first(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    text = sheet(visitor, number).text
    for words in (
        "Trois ombrières et six bancs sont posés", "Rezé · Parvis de la gare", "4\u202f000\u00a0personnes au plus",
        "il reste 244\u00a0jours", "Bureau métropolitain (vice-présidente au numérique)",
        "Un courriel à la boîte générique", "espaces-publics@exemple.fr", "2026-117-authorise",
        "Emplacement des sondes", "Sécurité publique", "86\u202f000", "tribunal administratif",
    ):  # fmt: skip
        assert words in text, words


def test_what_is_missing_is_a_debt_with_its_date(make: Build, visitor: Visitor, today: date) -> None:
    text = sheet(visitor, make(Status.RUNNING, on=today - timedelta(257))).text
    assert "Ce qui est encore dû" in text
    end = today - timedelta(257 + 120) + timedelta(364)
    assert f"Évaluation\u00a0: due le {date_fr(end - timedelta(40))}, 53\u00a0jours de retard" in text
    assert f"Décision\u00a0: due le {date_fr(end - timedelta(15))}, 28\u00a0jours de retard" in text
    assert "Échue, sans évaluation" in text
    assert text.count("N’est plus en vigueur") == 3


def test_a_suspension_freezes_the_derogations_on_the_page(make: Build, visitor: Visitor) -> None:
    text = sheet(visitor, make(Status.SUSPENDED)).text
    assert text.count("Gelée") == 2
    assert "N’est plus en vigueur" in text  # the purchase, which was for thirty days


def test_a_gap_between_verdict_promise_and_decision_shows_its_reasons(make: Build, visitor: Visitor) -> None:
    number = make(Status.EVALUATED, change=lambda session, x: cross(session, x, "decide-abandon", on=_later(x)))
    text = sheet(visitor, number).text
    for words in ("Hypothèse confirmée", "Généraliser", "Abandon", "La décision s’écarte", "Le plan de plantation"):
        assert words in text


def _later(x: Experiment) -> date:
    assert x.starts_on
    return x.starts_on + timedelta(330)


def test_an_extension_says_its_act_and_its_reason(make: Build, visitor: Visitor) -> None:
    def extend(session: Session, x: Experiment) -> None:
        assert x.starts_on
        cross(session, x, "extend", on=x.starts_on + timedelta(120))

    number = make(Status.RUNNING, change=extend)
    text = sheet(visitor, number).text
    assert "Prolongée une fois : fin reportée du" in text.replace("\u00a0", " ")
    assert "Mesurer un second mois de juin" in text
    assert "2026-117-extend" in text
    # What was authorised has not changed; the end that the page shows has, and the sentence on the seal says so.
    for page in (text, visitor.page(f"/experimentations/{number}/historique").text):
        assert "rien n’en a changé depuis. La fin, elle, a été reportée au " in page
        assert "Ce que montre cette page porte la même empreinte" not in page


def test_a_closed_experiment_keeps_its_lessons_and_the_fate_of_its_derogations(make: Build, visitor: Visitor) -> None:
    text = sheet(visitor, make(Status.CLOSED)).text
    assert "Compter les femmes et les hommes dès le départ" in text
    assert "Rendue permanente" in text
    assert "Délibération 2027-018" in text
    assert text.count("au plus tard le") == 1
    assert "Suivi à douze mois\u00a0: au plus tard le" in text


def test_the_fingerprint_of_what_was_frozen_is_compared(make: Build, visitor: Visitor, register: Database) -> None:
    number = make(Status.RUNNING)
    assert "porte la même empreinte" in sheet(visitor, number).text
    with register.changing() as session:
        session.execute(
            update(WrittenPart)
            .where(WrittenPart.slug == "derogations")
            .values(text='{"none":true,"none_reason":"Rien."}')
        )
        x = queries.file(session, number)
        assert x
        publishing.publish(session, x)
    assert "n’a plus cette empreinte" in sheet(visitor, number).text


def test_nothing_empty_is_shown(make: Build, visitor: Visitor) -> None:
    written = {
        d.Publication: d.Publication(plain="Rien ne change."),
        d.Derogations: d.Derogations(none=True, none_reason="Tout se fait dans le droit commun."),
    }
    page = sheet(visitor, make(Status.AUTHORISED, written=written))
    assert "Aucune dérogation" in page.text
    for title in ("Ce qui n’est pas publié", "Ce qu’on en a appris", "Un an après", "Prolongation", "non renseigné"):
        assert title not in page.text


@pytest.mark.only("sqlite")  # What a page says when there is nothing to say does not depend on the database.
def test_every_page_of_an_empty_register_is_as_sound_as_another_in_both_languages(app: Flask, visitor: Visitor) -> None:
    # A visitor judges each page that they are answered: those of what does not exist too.
    known = {"year": [str(clock.today().year)], "number": ["2026-001"], "_table": ["criteres"], "seq": ["1"],
             "field": ["facts"], "key": ["x"], "reference": ["x"], "name": ["x"], "_name": ["x"]}  # fmt: skip
    found = Counter[int]()
    for rule in rules(app, "GET"):
        for path in addresses(rule, known):
            # Printing a report takes long, and it has no page.
            found[visitor.get(path).status_code if not path.endswith(".pdf") else 0] += 1
    assert found.keys() <= {0, 200, 303, 401, 404}
    assert found[200] > 60
    assert found[404] > 20
