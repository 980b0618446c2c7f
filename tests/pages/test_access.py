"""Who may open what: every route, in a table written by hand. A route that is not in it fails."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.db import Database
from experiments.lifecycle import LIFECYCLE
from experiments.model import Opinion, WrittenPart
from experiments.vocabulary import Status
from tests import people
from tests.builders import answers_for, cross
from tests.pages.forms import fields_of
from tests.pages.visitor import Visitor

WHO = ("nobody", "ines", "gaelle", "hugo", "denis", "claire", "elise", "bruno", "awa")
"""A passer-by, an agent of another team, the auditor, the administrator, the adviser, the evaluator, a validator, a
contributor, the carrier: in this order, so that whoever changes the file comes after those who may not."""

FILE = "/espace/experimentations/<number:number>"

WEBHOOK_AGAIN = "/espace/administration/webhooks/<row:number>/envois/<row:message>/renvoyer"

READING = {
    #                                          nobody ines gaelle hugo denis claire elise bruno awa
    "/": "200 200 200 200 200 200 200 200 200",
    "/robots.txt": "200 200 200 200 200 200 200 200 200",
    "/sitemap.xml": "200 200 200 200 200 200 200 200 200",
    "/sitemap-site.xml": "200 200 200 200 200 200 200 200 200",
    "/sitemap-<year:year>.xml": "200 200 200 200 200 200 200 200 200",
    "/accessibilite": "200 200 200 200 200 200 200 200 200",
    "/mentions-legales": "200 200 200 200 200 200 200 200 200",
    "/confidentialite": "200 200 200 200 200 200 200 200 200",
    "/eco-conception": "200 200 200 200 200 200 200 200 200",
    "/donnees": "200 200 200 200 200 200 200 200 200",
    "/experimentations.csv": "200 200 200 200 200 200 200 200 200",
    "/experimentations.ouvert.csv": "200 200 200 200 200 200 200 200 200",
    "/experimentations.json": "200 200 200 200 200 200 200 200 200",
    "/donnees/<table:_table>.csv": "200 200 200 200 200 200 200 200 200",
    "/donnees/<table:_table>.ouvert.csv": "200 200 200 200 200 200 200 200 200",
    "/donnees/<table:_table>.json": "200 200 200 200 200 200 200 200 200",
    "/donnees/<table:_table>.schema.json": "200 200 200 200 200 200 200 200 200",
    "/donnees/schema.json": "200 200 200 200 200 200 200 200 200",
    "/donnees/schema-json.json": "200 200 200 200 200 200 200 200 200",
    "/donnees/datapackage.json": "200 200 200 200 200 200 200 200 200",
    "/donnees/catalogue.jsonld": "200 200 200 200 200 200 200 200 200",
    "/donnees/api": "200 200 200 200 200 200 200 200 200",
    "/bilan": "200 200 200 200 200 200 200 200 200",
    "/bilan/<year:year>": "200 200 200 200 200 200 200 200 200",
    "/bilan/<year:year>/chiffres": "200 200 200 200 200 200 200 200 200",
    "/bilan/<year:year>/liste": "200 200 200 200 200 200 200 200 200",
    "/bilan/<year:year>.json": "200 200 200 200 200 200 200 200 200",
    "/bilan/<year:year>.csv": "200 200 200 200 200 200 200 200 200",
    "/bilan/<year:year>.pdf": "200 200 200 200 200 200 200 200 200",
    "/indicateurs": "200 200 200 200 200 200 200 200 200",
    "/filtres": "200 200 200 200 200 200 200 200 200",
    "/retards": "200 200 200 200 200 200 200 200 200",
    "/trace": "200 200 200 200 200 200 200 200 200",
    "/trace.jsonl": "200 200 200 200 200 200 200 200 200",
    "/trace/checkpoint": "200 200 200 200 200 200 200 200 200",
    "/bilan/schema.json": "200 200 200 200 200 200 200 200 200",
    "/bilan/recalculer.py": "200 200 200 200 200 200 200 200 200",
    "/trace/verifier.py": "200 200 200 200 200 200 200 200 200",
    # The mails of the demonstration, which this register is not.
    "/demonstration/courriers": "404 404 404 404 404 404 404 404 404",
    "/demonstration/courriers/<name>": "404 404 404 404 404 404 404 404 404",
    "/demonstration/courriers/<name>/html": "404 404 404 404 404 404 404 404 404",
    "/demonstration/courriers/<name>/courrier.eml": "404 404 404 404 404 404 404 404 404",
    "/demonstration/courriers/<name>/echeances.ics": "404 404 404 404 404 404 404 404 404",
    "/health": "200 200 200 200 200 200 200 200 200",
    "/assets/<path:_name>": "404 404 404 404 404 404 404 404 404",
    "/connexion": "200 303 303 303 303 303 303 303 303",
    "/espace": "303 200 200 200 200 200 200 200 200",
    "/espace/compte": "303 200 200 200 200 200 200 200 200",
    "/espace/echeances": "303 200 200 200 200 200 200 200 200",
    "/espace/echeances/mois/<month:month>": "303 200 200 200 200 200 200 200 200",
    "/espace/echeances/annee/<year:year>": "303 200 200 200 200 200 200 200 200",
    "/espace/echeances/frise": "303 200 200 200 200 200 200 200 200",
    # Without the right key, whoever asks.
    "/agenda/<key>.ics": "404 404 404 404 404 404 404 404 404",
    "/agenda/<key>/echeances.ics": "404 404 404 404 404 404 404 404 404",
    "/experimentations.ics": "200 200 200 200 200 200 200 200 200",
    # How the register goes is read by those who audit or administer it.
    "/espace/administration": "303 403 200 200 403 403 403 403 403",
    "/espace/administration/webhooks": "303 403 200 200 403 403 403 403 403",
    # There is none.
    "/espace/administration/webhooks/<row:number>": "303 403 404 404 403 403 403 403 403",
    # Without a reference, or the link of a mail, there is nothing to see.
    "/accessibilite/signaler": "200 200 200 200 200 200 200 200 200",
    "/observations/<reference>": "404 404 404 404 404 404 404 404 404",
    "/suivre": "200 200 200 200 200 200 200 200 200",
    "/suivre/demande": "200 200 200 200 200 200 200 200 200",
    "/suivre/<key>": "404 404 404 404 404 404 404 404 404",
    "/refus/<key>": "404 404 404 404 404 404 404 404 404",
    "/suivre/<key>/arreter": "303 303 303 303 303 303 303 303 303",
    "/experimentations.atom": "200 200 200 200 200 200 200 200 200",
    # What citizens send is read by who carries the file, and by those who administer; there is none yet.
    "/espace/administration/observations": "303 403 403 200 403 403 403 403 403",
    "/espace/administration/observations/<row:voice>": "303 403 403 404 403 403 403 403 403",
    f"{FILE}/observations": "303 404 403 200 403 403 403 403 200",
    f"{FILE}/observations/<row:voice>": "303 404 403 404 403 403 403 403 404",
    # Only agents carry a file.
    "/espace/experimentations/new": "303 200 403 403 403 200 403 200 200",
    # Whoever is not of the file does not even learn that it exists.
    f"{FILE}": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/<part:part>": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/lecture": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/etapes": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/rappels": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/historique": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/equipe": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/avis": "303 404 200 200 200 200 200 200 200",
    f"{FILE}/jalons/<gate:gate>": "303 404 200 200 200 200 200 200 200",
    # A submitted file is not public yet: to the public side it does not exist, whoever asks.
    "/experimentations/<number:number>": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/dossier": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/historique/<int:seq>-<field>.txt": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/historique": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/observations": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/affiche": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>.ics": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>.json": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>.atom": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/reagir": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/suivre": "404 404 404 404 404 404 404 404 404",
}

WRITING = {
    #                                          nobody ines gaelle hugo denis claire elise bruno awa
    "/connexion": "422 422 422 422 422 422 422 422 422",
    "/deconnexion": "303 303 303 303 303 303 303 303 303",
    "/espace/compte/mot-de-passe": "401 422 422 422 422 422 422 422 422",
    "/espace/compte/sessions": "401 303 303 303 303 303 303 303 303",
    "/espace/compte/courriers": "401 422 422 422 422 422 422 422 422",
    "/espace/compte/absences": "401 422 422 422 422 422 422 422 422",
    "/espace/compte/absences/<row:number>/retirer": "401 303 303 303 303 303 303 303 303",
    "/espace/compte/agenda": "401 200 200 200 200 200 200 200 200",
    "/espace/compte/agenda/revoquer": "401 303 303 303 303 303 303 303 303",
    "/espace/compte/adresse": "401 303 303 303 303 303 303 303 303",
    "/espace/compte/cles": "401 422 422 422 422 422 422 422 422",
    "/espace/compte/cles/<row:number>/revoquer": "401 303 303 303 303 303 303 303 303",
    # Auditors read, administrators act.
    "/espace/administration/absences": "401 403 403 422 403 403 403 403 403",
    "/espace/administration/absences/<row:number>/fin": "401 403 403 303 403 403 403 403 403",
    "/espace/administration/personnes/<row:number>/reessayer": "401 403 403 303 403 403 403 403 403",
    "/espace/administration/webhooks": "401 403 403 422 403 403 403 403 403",
    "/espace/administration/webhooks/<row:number>/pause": "401 403 403 404 403 403 403 403 403",
    "/espace/administration/webhooks/<row:number>/reprendre": "401 403 403 404 403 403 403 403 403",
    "/espace/administration/webhooks/<row:number>/essai": "401 403 403 404 403 403 403 403 403",
    "/espace/administration/webhooks/<row:number>/secret": "401 403 403 404 403 403 403 403 403",
    "/espace/administration/webhooks/<row:number>/supprimer": "401 403 403 404 403 403 403 403 403",
    WEBHOOK_AGAIN: "401 403 403 404 403 403 403 403 403",
    "/experimentations/<number:number>/reagir": "404 404 404 404 404 404 404 404 404",
    "/experimentations/<number:number>/suivre": "404 404 404 404 404 404 404 404 404",
    "/accessibilite/signaler": "422 422 422 422 422 422 422 422 422",
    "/suivre": "422 422 422 422 422 422 422 422 422",
    "/suivre/<key>": "404 404 404 404 404 404 404 404 404",
    "/refus/<key>": "404 404 404 404 404 404 404 404 404",
    "/suivre/<key>/arreter": "404 404 404 404 404 404 404 404 404",
    "/refus/<key>/annuler": "404 404 404 404 404 404 404 404 404",
    "/espace/administration/observations/<row:voice>": "401 403 403 404 403 403 403 403 403",
    f"{FILE}/observations/<row:voice>": "401 404 403 404 403 403 403 403 404",
    "/espace/experimentations/new": "401 422 403 403 403 422 403 422 422",
    f"{FILE}/<part:part>": "401 404 403 403 403 403 403 303 303",
    f"{FILE}/equipe": "401 404 403 403 403 403 403 403 303",
    f"{FILE}/equipe/<int:person_id>/<part>/retirer": "401 404 403 403 403 403 403 403 303",
    f"{FILE}/avis": "401 404 403 403 403 403 303 403 422",
    f"{FILE}/avis/<int:opinion_id>": "401 404 403 403 422 403 403 403 403",
    f"{FILE}/jalons/<gate:gate>": "401 404 403 403 403 403 403 403 303",
    # Nothing is late yet: tests/pages/test_overdue.py has a table of its own.
    f"{FILE}/reponse": "401 404 403 403 403 403 403 403 403",
    f"{FILE}/relecture": "401 404 403 403 403 403 403 403 303",
    f"{FILE}/bilan-intermediaire/verser": "401 404 403 403 403 303 403 403 403",
    f"{FILE}/prolongation/demander": "401 404 403 403 403 403 403 403 303",
}

API = {
    # A session in a browser opens nothing more here than what is public: the keys have their own table (test_api.py).
    "/api/v1/experiments": "200 200 200 200 200 200 200 200 200",
    "/api/v1/experiments/<number:number>": "404 404 404 404 404 404 404 404 404",
    "/api/v1/experiments/<number:number>/observations": "404 404 404 404 404 404 404 404 404",
    "/api/v1/experiments/<number:number>/gates": "401 401 401 401 401 401 401 401 401",
    "/api/v1/openapi.json": "200 200 200 200 200 200 200 200 200",
}
API_WRITING = {"/api/v1/experiments/<number:number>/gates/<gate:gate>": "401 401 401 401 401 401 401 401 401"}

STANDS = {
    f"{FILE}/bilan-intermediaire/verser": Status.RUNNING,
    f"{FILE}/prolongation/demander": Status.RUNNING,
    f"{FILE}/relecture": Status.RUNNING,
    f"{FILE}/jalons/<gate:gate>": Status.DRAFT,
}
"""Where the file stands when it is written to: submitted, but for these."""

FORMS: dict[str, dict[str, str]] = {
    f"{FILE}/<part:part>": {"version": "{version}"},
    f"{FILE}/equipe": {"email": "claire.martineau@exemple.fr", "part": "contributor"},
    f"{FILE}/avis": {"adviser": "{adviser}", "kind": "legal", "question": "Le bail est-il conforme ?"},
}
"""What the form says, where an empty one would be refused to everybody alike."""


def _address(rule: str, number: str, register: Database) -> str:
    with register.reading() as session:
        opinion = session.scalar(select(Opinion.id))
        bruno = people.bruno(session).id
    path = rule.replace("<int:person_id>/<part>", f"{bruno}/contributor").replace("<int:opinion_id>", str(opinion))
    path = path.replace("<number:number>", number).replace("<part:part>", "identite").replace("<gate:gate>", "submit")
    path = path.replace("<row:voice>", "1").replace("<reference>", "nothing-like-it")
    path = path.replace("<table:_table>", "criteres")
    path = path.replace("<key>", "nothing-like-it").replace("<month:month>", "2026-11")
    path = path.replace("<year:year>", str(clock.today().year))
    path = path.replace("<row:message>", "1").replace("<row:number>", "1")
    return path.replace("<path:_name>", "nothing-like-it.css")


def _visitors(app: Flask) -> list[Visitor]:
    """Those of WHO, in their order."""
    return [Visitor(app, getattr(people, name, None)) for name in WHO]


def test_every_route_is_in_the_table(app: Flask) -> None:
    declared = {("GET", r) for r in (*READING, *API)} | {("POST", r) for r in (*WRITING, *API_WRITING)}
    routes = {(m, r.rule) for r in app.url_map.iter_rules() for m in (r.methods or set()) - {"HEAD", "OPTIONS"}}
    assert routes - declared == set()
    assert declared - routes == set()


def test_who_reads_what(app: Flask, register: Database, make: Callable[..., str]) -> None:
    number, visitors = make(Status.SUBMITTED), _visitors(app)
    assert {
        rule: " ".join(str(visitor.get(_address(rule, number, register)).status_code) for visitor in visitors)
        for rule in (*READING, *API)
    } == {**READING, **API}


@pytest.mark.parametrize(("rule", "answers"), {**WRITING, **API_WRITING}.items())
def test_who_writes(rule: str, answers: str, app: Flask, register: Database, make: Callable[..., str]) -> None:
    path = _address(rule, make(STANDS.get(rule, Status.SUBMITTED)), register)
    with register.reading() as session:
        known = {"adviser": people.denis(session).id, "version": session.scalar(select(WrittenPart.version).limit(1))}
    data = {name: text.format(**known) for name, text in FORMS.get(rule, {}).items()}
    found = [visitor.post(path, data).status_code for visitor in _visitors(app)]
    assert dict(zip(WHO, found, strict=True)) == _expected(rule, answers)


def _expected(rule: str, answers: str) -> dict[str, int]:
    expected = dict(zip(WHO, map(int, answers.split()), strict=True))
    if STANDS.get(rule) is Status.DRAFT:
        expected["elise"] = 404  # A draft never submitted is nobody's business but its team's.
    return expected


def test_a_draft_never_submitted_is_hidden_from_validators(app: Flask, make: Callable[..., str]) -> None:
    number, visitors = make(Status.DRAFT), _visitors(app)
    pages = ("", "/identite", "/lecture", "/etapes", "/historique", "/equipe", "/avis", "/jalons/submit")
    found = {
        page: " ".join(str(v.get(f"/espace/experimentations/{number}{page}").status_code) for v in visitors)
        for page in pages
    }
    #                                nobody ines gaelle hugo denis claire elise bruno awa
    assert found == dict.fromkeys(pages, "303 404 200 200 200 200 404 200 200")


def test_a_draft_that_came_back_stays_open_to_validators(elise: Visitor, make: Callable[..., str]) -> None:
    number = make(Status.SUBMITTED, change=lambda session, x: cross(session, x, "return"))
    elise.page(f"/espace/experimentations/{number}")


def test_what_does_not_exist_and_what_one_may_not_see_look_the_same(ines: Visitor, make: Callable[..., str]) -> None:
    hidden = ines.page(f"/espace/experimentations/{make()}", 404)
    absent = ines.page("/espace/experimentations/1999-001", 404)
    assert hidden.text == absent.text


# Who crosses each gate, at the status where it is open, its form well filled.
GATES = {
    #                  nobody ines gaelle hugo denis claire elise bruno awa
    "submit":          "401   404  403    403  403   403    404   403   303",
    "return":          "401   404  403    403  403   403    303   403   403",
    "authorise":       "401   404  403    403  403   403    303   403   403",
    "refuse":          "401   404  403    403  403   403    303   403   403",
    "withdraw":        "401   404  403    403  403   403    404   403   303",
    "start":           "401   404  403    403  403   403    403   403   303",
    # Either may: the second finds it done.
    "suspend":         "401   404  403    403  403   403    303   403   409",
    "resume":          "401   404  403    403  403   403    303   403   403",
    "extend":          "401   404  403    403  403   403    303   403   403",
    "finish":          "401   404  403    403  403   403    403   403   303",
    "stop":            "401   404  403    403  403   403    303   403   403",
    "evaluate":        "401   404  403    403  403   303    403   403   403",
    "decide-generalise": "401 404  403    403  403   403    303   403   403",
    "decide-maintain": "401   404  403    403  403   403    303   403   403",
    "decide-abandon":  "401   404  403    403  403   403    303   403   403",
    "close":           "401   404  403    403  403   403    303   403   403",
}  # fmt: skip


@pytest.mark.parametrize(("gate", "answers"), GATES.items())
def test_who_crosses(gate: str, answers: str, app: Flask, make: Callable[..., str], today: date) -> None:
    path = f"/espace/experimentations/{make(LIFECYCLE[gate].sources[0])}/jalons/{gate}"
    data = fields_of(answers_for(gate, today))
    found = [str(visitor.post(path, data).status_code) for visitor in _visitors(app)]
    assert dict(zip(WHO, found, strict=True)) == dict(zip(WHO, answers.split(), strict=True))


def test_every_gate_is_in_the_table() -> None:
    assert set(GATES) == set(LIFECYCLE)
