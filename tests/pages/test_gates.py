"""Gates over HTTP: what the page says when one stays shut, and that each is crossed once."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.pages import shell
from experiments import queries
from experiments import reported as r
from experiments.acts import Act
from experiments.content import Content, decode
from experiments.gates import examine
from experiments.lifecycle import LIFECYCLE
from experiments.model import Entry, Experiment, Person
from experiments.vocabulary import Role, Status
from tests import people
from tests.breaks import BREAKS, Scene
from tests.builders import answers_for
from tests.pages.forms import fields_of
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Look = Callable[[str], Experiment]


def gate(number: str, name: str) -> str:
    return f"/espace/experimentations/{number}/jalons/{name}"


def checks(page: Page) -> dict[str, str | None]:
    """What the page says is missing, with the address where it is mended."""
    found: dict[str, str | None] = {}
    for li in page.all("li", class_="lacks"):
        span = next(e for e in li if e.tag == "span")
        link = next(span.iter("a"), None)
        found[read(span)] = link.get("href") if link is not None else None
    return found


def crossings(register: Database) -> list[str]:
    with register.reading() as session:
        return list(session.scalars(select(Entry.event).order_by(Entry.seq)))


def test_an_empty_draft_hears_of_everything_at_once_and_each_link_leads_to_its_field(
    awa: Visitor, register: Database
) -> None:
    opened = awa.post("/espace/experimentations/new", {"title": "Banc d’essai", "nonce": "empty"})
    number = opened.location.rsplit("/", 1)[1]
    refusal = awa.posted(gate(number, "submit"), status=409)
    missing = checks(refusal)
    assert len(missing) > 25
    assert {"Résumer en quelques lignes", "Fixer la date de fin ferme"} < set(missing)
    follow(awa, missing)


@pytest.mark.parametrize(
    ("code", "name", "label", "lands"),
    [
        ("identity.summary", "submit", "Résumer en quelques lignes", "identite#summary"),
        ("duration.order", "submit", "Placer la fin après le début", "duree#ends_on"),
        ("derogation.dates", "submit", "Dérogation 1", "derogations#items-0-ends_on"),
        ("derogation.amount", "submit", "Dérogation 2", "derogations#items-1-amount"),
        ("criterion.target", "submit", "Critère 1", "protocole#criteria-0-target"),
        ("stakeholder.kind", "submit", "Partie prenante 2", "parties-prenantes#items-1-kind"),
        ("protocol.effects.cost", "submit", "", "protocole#effects-cost"),
        ("team.evaluator", "submit", "Désigner un évaluateur", "equipe#evaluator"),
        ("withheld.ground", "submit", "Réserve 1", "publication#withheld-0-ground"),
        ("opinions.due", "authorise", "", "avis#avis"),
        ("launch.conditions", "start", "", "lancement#conditions"),
        ("extension.asked", "extend", "", "prolongation#demander"),
        ("evaluation.result", "evaluate", "", "evaluation#results-1-value"),
        ("closing.fate", "close", "", "cloture#fates-0-fate"),
    ],
)
def test_the_one_thing_missing_is_named_with_its_exact_place(
    code: str, name: str, label: str, lands: str, app: Flask, make: Make, today: date
) -> None:
    number = make(LIFECYCLE[name].sources[0], change=lambda session, x: BREAKS[code](Scene(session, x, today)))
    page = Visitor(app, opener(name)).posted(gate(number, name), fields_of(answers_for(name, today)), 409)
    assert isinstance(page, Page)
    [(said, href)] = checks(page).items()
    assert said.startswith(label)
    assert href is not None
    assert href.removeprefix(f"/espace/experimentations/{number}/").startswith(lands)
    for who in (people.awa, people.gaelle):
        follow(Visitor(app, who), {said: href})


@pytest.mark.only("sqlite")  # It reads pages: nothing here depends on the database.
@pytest.mark.parametrize("name", [name for name, gate in LIFECYCLE.items() if gate.requires])
def test_every_place_that_a_gate_may_send_to_is_there(
    name: str, app: Flask, register: Database, make: Make, today: date
) -> None:
    number = make(LIFECYCLE[name].sources[0])
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        points = [p for p in examine(LIFECYCLE[name], x, Role.NOBODY, today).points if p.who]
    # Whoever writes it finds its field there; whoever only reads, what was answered.
    places = {p.label: shell.address(x, p.page, p.anchor) for p in points}
    for who in (people.awa, people.claire, people.gaelle):
        follow(Visitor(app, who), places)


@pytest.mark.parametrize(("name", "empty"), [("start", r.Launch), ("evaluate", r.Evaluation), ("close", r.Closing)])
def test_a_part_not_begun_is_asked_for_line_by_line(
    name: str, empty: type[Content], app: Flask, make: Make, today: date
) -> None:
    number = make(LIFECYCLE[name].sources[0], written={empty: empty()})
    page = Visitor(app, opener(name)).posted(gate(number, name), fields_of(answers_for(name, today)), 409)
    assert isinstance(page, Page)
    missing = checks(page)
    assert len(missing) >= 4
    for who in (people.awa, people.claire, people.gaelle):
        follow(Visitor(app, who), missing)


def opener(name: str) -> Callable[[Session], Person]:
    """Who opens a gate in these stories."""
    roles = LIFECYCLE[name].opener.roles
    return people.awa if Role.LEAD in roles else people.claire if Role.EVALUATOR in roles else people.elise


def follow(who: Visitor, missing: dict[str, str | None]) -> None:
    """Open every address, and find there the very thing that the link names."""
    pages: dict[str, Page] = {}
    lost = []
    for label, href in missing.items():
        if href is None:
            continue
        path, _, anchor = href.partition("#")
        if path not in pages:
            pages[path] = who.page(path)
        if not anchor or unquote(anchor) not in pages[path].ids:
            lost.append(f"{label}: {href}")
    assert not lost, "\n".join(lost)


def test_a_way_out_comes_last_and_is_not_what_a_page_proposes(awa: Visitor, make: Make) -> None:
    for status, last in ((Status.DRAFT, "withdraw"), (Status.RUNNING, "suspend")):
        number = make(status)
        buttons = [a for a in awa.page(f"/espace/experimentations/{number}/etapes").all("a") if a.get("class")]
        ways = {str(a.get("href")).rsplit("/", 1)[1]: a.get("class") for a in buttons if "jalons" in a.get("href", "")}
        assert list(ways)[-1] == last
        assert ways[last] == "button plain"
        assert "button" in list(ways.values())[:-1]


def test_a_team_whose_file_came_back_reads_why_first_thing(awa: Visitor, elise: Visitor, make: Make) -> None:
    number = make(Status.SUBMITTED)
    here = f"/espace/experimentations/{number}"
    waiting = awa.page(here).text
    assert "Renvoyée" not in waiting
    # Nothing is theirs to do but to withdraw: the page says whose turn it is.
    assert "Autoriser · rien ne manque au dossier · valideur" in waiting.replace("\u00a0", " ")
    form = elise.page(gate(number, "return")).form()
    elise.posted(form.action, form.filled({"reason": "Qui mesure le deuxième critère ?"}, button="return"))
    assert "Renvoyée à son équipe\u00a0: c’est inscrit dans la trace." in elise.page(here).text
    page = awa.page(here)
    assert "Renvoyée à son équipe le" in page.text
    assert "Qui mesure le deuxième critère ?" in page.text
    assert "Élise Moreau" in page.text
    assert "Revoir, puis soumettre de nouveau" in awa.page("/espace").text
    again = awa.page(gate(number, "submit")).form()
    awa.posted(again.action, again.filled(button="submit"))
    assert "Renvoyée" not in awa.page(here).text


def test_what_was_refused_is_not_about_to_begin(awa: Visitor, make: Make) -> None:
    text = awa.page(f"/espace/experimentations/{make(Status.REFUSED)}").text
    assert "rien n’a été essayé" in text
    assert "commence dans" not in text


def test_what_is_being_decided_is_not_called_decided(elise: Visitor, make: Make) -> None:
    page = elise.page(gate(make(Status.EVALUATED), "decide-maintain"))
    assert "Ce que vous vous apprêtez à décider" in page.text
    assert "Ce qui a été décidé" not in page.text


def test_the_history_says_who_decided_at_what_hour_why_and_on_which_text(
    elise: Visitor, make: Make, look: Look, register: Database
) -> None:
    number = make(Status.AUTHORISED)
    [entry] = elise.page(f"/espace/experimentations/{number}/historique").all("li", class_="strong")
    told = read(entry).replace("\u00a0", " ")
    with register.reading() as session:
        act = decode(Act, queries.file(session, number).decisions[0].text)  # type: ignore[union-attr]
        fingerprint = look(number).fingerprint()
    assert re.search(r" à \d+ h \d\d, Élise Moreau · valideur", told)
    assert f"Motifs de droit : « {act.law} »".replace("\u00a0", " ") in told
    assert f"Motifs de fait : « {act.facts} »".replace("\u00a0", " ") in told
    assert f"Empreinte du dossier lu : {fingerprint}" in told
    assert fingerprint in elise.page(f"/espace/experimentations/{number}/lecture").text


# Stale, twice, too late -----------------------------------------------------------------------------------------------


def test_who_decides_on_a_file_that_changed_gets_their_text_back_and_what_changed(
    elise: Visitor, bruno: Visitor, make: Make, look: Look, today: date, register: Database
) -> None:
    number = make(Status.SUBMITTED)
    form = elise.page(gate(number, "refuse")).form()
    costs = bruno.page(f"/espace/experimentations/{number}/couts").form()
    bruno.posted(costs.action, costs.filled({"leaving": "9 000 € depuis le devis de lundi"}))
    said = fields_of(answers_for("refuse", today)) | {"facts": "Le devis <b>manque</b> de détail & de date."}
    page = elise.posted(form.action, form.filled(said, button="refuse"), 409)
    assert isinstance(page, Page)
    assert "Bruno Le Gall a modifié «\u00a0Coûts\u00a0»" in page.text
    assert page.form()["facts"] == "Le devis <b>manque</b> de détail & de date."
    assert look(number).status is Status.SUBMITTED
    # The page that came back shows the file as it stands: confirming from it goes through.
    elise.posted(form.action, page.form().filled(button="refuse"), 303)
    assert look(number).status is Status.REFUSED
    assert crossings(register).count("refuse") == 1


@pytest.mark.parametrize("name", ["submit", "authorise", "start", "suspend", "evaluate", "decide-abandon", "close"])
def test_the_same_form_sent_twice_crosses_once(
    name: str, app: Flask, make: Make, look: Look, today: date, register: Database
) -> None:
    number, who = make(LIFECYCLE[name].sources[0]), Visitor(app, opener(name))
    form = who.page(gate(number, name)).form()
    filled = form.filled(fields_of(answers_for(name, today)), button=name)
    for _ in range(2):
        assert who.posted(form.action, filled).location == f"/espace/experimentations/{number}"  # type: ignore[union-attr]
    assert look(number).status is LIFECYCLE[name].target
    assert crossings(register).count(name) == 1


def test_somebody_else_at_a_gate_already_crossed_hears_what_happened(
    elise: Visitor, farid: Visitor, make: Make, look: Look, today: date
) -> None:
    number = make(Status.SUBMITTED)
    late = farid.page(gate(number, "refuse")).form()
    early = elise.page(gate(number, "authorise")).form()
    elise.posted(early.action, early.filled(fields_of(answers_for("authorise", today)), button="authorise"))
    said = fields_of(answers_for("refuse", today))
    page = farid.posted(late.action, late.filled(said, button="refuse"), 409)
    assert isinstance(page, Page)
    assert "Élise Moreau" in page.text
    assert said["facts"] in page.html.decode()
    assert look(number).status is Status.AUTHORISED


def test_an_act_half_written_comes_back_with_what_it_lacks(elise: Visitor, make: Make, look: Look) -> None:
    number = make(Status.SUBMITTED)
    form = elise.page(gate(number, "authorise")).form()
    half = {"number": "2026-117", "facts": "  ", "body": "-", "signed_on": ""}
    page = elise.posted(form.action, form.filled(half, button="authorise"), 409)
    assert isinstance(page, Page)
    assert page.form()["number"] == "2026-117"
    named = {href.removeprefix("#") for href in page.links if href.startswith("#")} - {"contenu"}
    assert named == {"act", "signed_on", "body", "law", "facts", "effective_on"}
    wrong = {one.get("id") for kind in ("input", "select", "textarea") for one in page.all(kind, aria_invalid="true")}
    assert wrong == named
    assert look(number).status is Status.SUBMITTED


def test_a_date_that_is_none_is_refused_and_the_act_comes_back(elise: Visitor, make: Make, today: date) -> None:
    number = make(Status.SUBMITTED)
    form = elise.page(gate(number, "authorise")).form()
    said = fields_of(answers_for("authorise", today)) | {"signed_on": "31/02/2026"}
    page = elise.posted(form.action, form.filled(said, button="authorise"), 422)
    assert isinstance(page, Page)
    assert "Ce jour n’existe pas" in page.text
    assert page.form()["signed_on"] == "31/02/2026"
    assert page.form()["law"] == said["law"]


def test_a_decision_that_departs_asks_why(elise: Visitor, make: Make, look: Look, today: date) -> None:
    number = make(Status.EVALUATED)
    form = elise.page(gate(number, "decide-abandon")).form()
    said = fields_of(answers_for("decide-abandon", today)) | {"departure": "—"}
    page = elise.posted(form.action, form.filled(said, button="decide-abandon"), 409)
    assert isinstance(page, Page)
    assert "departure" in page.ids
    assert look(number).status is Status.EVALUATED


def test_an_overdue_file_can_only_be_evaluated_or_stopped(
    awa: Visitor, elise: Visitor, make: Make, today: date
) -> None:
    number = make(Status.SUSPENDED, on=today - timedelta(400))
    assert "Échue depuis" in awa.page(f"/espace/experimentations/{number}").text
    page = elise.posted(gate(number, "resume"), fields_of(answers_for("resume", today)), 409)
    assert isinstance(page, Page)
    assert "Agir avant la fin ferme" in page.text
    awa.posted(gate(number, "finish"))
