"""Gates over HTTP: what the page says when one stays shut, and that each is crossed once."""

from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.pages import shell
from experiments import queries
from experiments import reported as r
from experiments.content import Content
from experiments.gates import examine
from experiments.lifecycle import LIFECYCLE
from experiments.model import Entry, Experiment, Person
from experiments.vocabulary import Role, Status
from tests import people
from tests.builders import BREAKS, Scene, answers_for
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
        ("extension.asked", "extend", "", "prolongation#"),
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
    follow(Visitor(app, people.awa), {said: href})


@pytest.mark.parametrize("name", list(LIFECYCLE))
def test_every_place_that_a_gate_sends_to_is_there(
    name: str, app: Flask, register: Database, make: Make, today: date
) -> None:
    number = make(LIFECYCLE[name].sources[0])
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        points = examine(LIFECYCLE[name], x, Role.NOBODY, today).points
        places = {p.label: shell.address(x, p.page, p.anchor) for p in points if p.who}
    for who in (people.awa, people.claire, people.elise):
        follow(Visitor(app, who), places if who is not people.elise else {k: v for k, v in places.items() if "/avis" in v})


@pytest.mark.parametrize(
    ("name", "empty"), [("start", r.Launch), ("evaluate", r.Evaluation), ("close", r.Closing)]
)
def test_a_part_not_begun_is_asked_for_line_by_line(
    name: str, empty: type[Content], app: Flask, make: Make, today: date
) -> None:
    number = make(LIFECYCLE[name].sources[0], written={empty: empty()})
    page = Visitor(app, opener(name)).posted(gate(number, name), fields_of(answers_for(name, today)), 409)
    assert isinstance(page, Page)
    missing = checks(page)
    assert len(missing) >= 4
    follow(Visitor(app, people.claire if name == "evaluate" else people.awa), missing)


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
