"""Every page in a real browser, as each of its readers sees it: axe at two widths, in the light and in the dark."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from app import clock, create_app, errors
from app.config import load_config
from app.follow_links import box_of, key_of, refusal_key_of
from experiments import declared as d
from experiments import queries, voices
from experiments.parts import PARTS
from experiments.vocabulary import Status
from tests import citizens, people
from tests.contents import complete
from tests.databases import SQLite
from tests.journeys.conftest import Enter
from tests.journeys.eye import look
from tests.server import SECRET, Server, serving

Build = Callable[..., str]


@pytest.fixture(scope="module")
def server(sqlite: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all of these tests, on one database: what a page looks like does not depend on it."""
    with sqlite.fresh() as url, serving(url, tmp_path_factory.mktemp("server")) as running:
        yield running


def pages_without_a_number(tmp_path: object) -> list[str]:
    """Every address that needs nothing more: those of pages not yet thought of here too."""
    app = create_app(load_config({"INSTANCE_DIR": str(tmp_path), "SECRET_KEY": SECRET}))
    rules = (r for r in app.url_map.iter_rules() if not r.arguments and "GET" in (r.methods or ()))
    return sorted({r.rule for r in rules if "." not in r.rule and not r.rule.startswith(("/api", "/health"))})


def seen(enter: Enter, who: object, paths: list[str]) -> list[str]:
    page, problems = enter(who), []
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        kind = answer.headers["content-type"]
        if not kind.startswith("text/html"):
            continue
        assert answer.status == 200, f"{path}: {answer.status}"
        problems += look(page)
    return problems


def test_the_public_side(enter: Enter, build: Build, tmp_path: object) -> None:
    numbers = [
        build(status) for status in (Status.RUNNING, Status.SUSPENDED, Status.DECIDED, Status.CLOSED, Status.REFUSED)
    ]
    # The mails of the demonstration are not there in a true register.
    free = [path for path in pages_without_a_number(tmp_path) if not path.startswith(("/espace", "/demonstration"))]
    more = [
        *(f"/bilan/{clock.today().year}{page}" for page in ("", "/chiffres", "/liste")),
        "/?q=rien-de-tel",
        *(f"/experimentations/{n}" for n in numbers),
        f"/experimentations/{numbers[3]}/dossier",
        f"/experimentations/{numbers[3]}/historique",
        f"/experimentations/{numbers[0]}/affiche",
    ]
    assert seen(enter, None, [*free, *more]) == []


def test_on_a_phone_what_a_report_says_of_decisions_is_read_without_scrolling_sideways(
    enter: Enter, build: Build
) -> None:
    build(Status.DECIDED)
    page = enter(None)
    page.set_viewport_size({"width": 360, "height": 900})
    for path in ("", "/liste"):
        page.goto(f"/bilan/{clock.today().year}{path}")
        for cell in page.locator(".stacked td").all():
            box = cell.bounding_box()
            assert box
            assert box["x"] + box["width"] <= 360, cell.inner_text()
    names = "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
    assert page.locator(".stacked td[data-head]").evaluate_all(names)[:2] == ['"État"', '"Fin ferme"']


def test_the_desk_and_a_draft(enter: Enter, build: Build, tmp_path: object) -> None:
    number = build(Status.DRAFT)
    build(Status.RUNNING)
    every = pages_without_a_number(tmp_path)
    free = [path for path in every if path.startswith("/espace") and not path.startswith("/espace/administration")]
    written = [part.slug for part in PARTS if Status.DRAFT in part.open_in]
    file = [f"/espace/experimentations/{number}/{page}" for page in (*written, "equipe", "avis", "jalons/submit")]
    assert seen(enter, people.awa, [*free, *file]) == []


def test_what_is_due(enter: Enter, build: Build) -> None:
    for status in (Status.RUNNING, Status.SUSPENDED, Status.SUBMITTED, Status.DRAFT):
        build(status)
    identity = complete(clock.today())[d.Identity]
    assert isinstance(identity, d.Identity)
    # Without a space, a title gives way all the same.
    build(Status.RUNNING, written={d.Identity: replace(identity, title=("Expérimentation" * 7)[:100])})
    end = clock.today() + timedelta(244)
    views = ("", f"/mois/{end:%Y-%m}", f"/mois/{clock.today():%Y-%m}", f"/annee/{end:%Y}", "/frise")
    problems = seen(enter, people.awa, ["/espace", *(f"/espace/echeances{view}" for view in views)])
    page = enter(people.elise)
    page.goto("/espace/compte")
    page.get_by_label("Premier jour").fill("2030-07-21")
    page.get_by_label("Dernier jour").fill("2030-07-01")
    page.get_by_role("button", name="Ajouter une absence").click()
    assert "L’absence finit avant de commencer" in page.inner_text("main")
    problems += look(page)
    page.get_by_role("button", name="Créer une adresse").click()
    assert "Elle n’est affichée qu’une fois" in page.inner_text("main").replace("\u00a0", " ")
    problems += look(page)
    assert problems == []


def test_how_the_register_goes(enter: Enter, build: Build) -> None:
    build(Status.RUNNING)
    problems = seen(enter, people.gaelle, ["/espace/administration"])
    page = enter(people.hugo)
    page.goto("/espace/administration")
    page.get_by_text("Noter une absence", exact=True).click()
    page.get_by_label("Adresse électronique").fill("awa.diallo@exemple.fr")
    page.get_by_label("Premier jour").fill("2030-07-21")
    page.get_by_label("Dernier jour").fill("2030-07-01")
    page.get_by_role("button", name="Noter l’absence").click()
    assert "finit avant de commencer" in page.inner_text("main")
    problems += look(page)
    page.get_by_label("Dernier jour").fill("2030-07-31")
    page.get_by_role("button", name="Noter l’absence").click()
    page.get_by_role("button", name="Annuler l’absence").click()
    assert "L’absence est finie" in page.inner_text("main")
    assert problems == []


def test_what_citizens_say(enter: Enter, build: Build, server: Server) -> None:
    number = build(Status.RUNNING)
    with server.database.changing() as session:
        x = queries.file(session, number)
        assert x
        first, second = (citizens.a_voice(session, x, f"{citizens.SAID} {n}", on=clock.today()) for n in range(2))
        voices.publish(session, first, "À l’ombre le matin seulement.", sure=False, today=clock.today())
        voices.answer(session, first, "Un second voile est posé.", today=clock.today())
        citizens.a_voice(session, None, on=clock.today())
        follower = citizens.a_follower(session, "jo@exemple.fr", None, x, on=clock.today())
        citizens.a_refusal(session, box_of("sam@exemple.fr", SECRET), clock.today())
        places = (
            f"/observations/{first.reference}", f"/suivre/{key_of(follower.nonce, SECRET)}",
            *(f"/refus/{refusal_key_of(email, SECRET)}" for email in ("jo@exemple.fr", "sam@exemple.fr")),
        )  # fmt: skip
        waits = f"/espace/experimentations/{number}/observations/{second.id}"
    public = f"/experimentations/{number}"
    problems = seen(
        enter,
        None,
        [*places, public, f"{public}/observations", f"{public}/reagir", f"{public}/suivre", f"/en{public}/reagir"],
    )
    page = enter(None)
    page.goto(f"{public}/reagir")
    page.get_by_role("button", name="Envoyer").click()
    assert "Écrivez ce que vous avez à dire" in page.inner_text("main").replace("\u00a0", " ")
    problems += look(page)
    problems += seen(enter, people.awa, ["/espace", waits.rpartition("/")[0], waits])
    problems += seen(enter, people.hugo, ["/espace/administration/observations"])
    assert problems == []


def test_a_file_under_way(enter: Enter, build: Build) -> None:
    base = f"/espace/experimentations/{build(Status.RUNNING)}"
    pages = ("", "/lecture", "/etapes", "/historique", "/identite", "/prolongation", "/equipe", "/rappels",
             "/jalons/suspend")  # fmt: skip
    problems = seen(enter, people.awa, [base + page for page in pages])
    problems += seen(enter, people.claire, [f"{base}/bilan-intermediaire"])
    problems += seen(enter, people.elise, ["/espace", f"{base}/jalons/extend", f"{base}/jalons/stop"])
    assert problems == []


def test_a_file_at_its_end(enter: Enter, build: Build) -> None:
    statuses = (Status.EVALUATING, Status.EVALUATED, Status.DECIDED, Status.CLOSED)
    evaluating, evaluated, decided, closed = (build(status) for status in statuses)
    base = "/espace/experimentations"
    problems = seen(enter, people.claire, [f"{base}/{evaluating}/evaluation", f"{base}/{evaluating}/jalons/evaluate"])
    problems += seen(enter, people.elise, [f"{base}/{evaluated}/jalons/decide-abandon", f"{base}/{evaluated}/lecture"])
    problems += seen(enter, people.awa, [f"{base}/{decided}/cloture", f"{base}/{decided}", f"{base}/{closed}/suivi"])
    assert problems == []


def test_pages_of_refusal_and_of_error(enter: Enter, build: Build) -> None:
    number = build(Status.DRAFT)
    page = enter(people.awa)
    problems = []
    page.goto(f"/espace/experimentations/{number}/couts")
    page.get_by_label("Coût prévu pour la collectivité").fill("beaucoup")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    assert "à corriger" in page.inner_text("main")
    problems += look(page)
    page.goto("/espace/experimentations/1999-001")
    problems += look(page)
    page.goto(f"/espace/experimentations/{number}/equipe")
    page.get_by_role("button", name="Retirer Claire Martineau").click()
    page.goto(f"/espace/experimentations/{number}/jalons/submit")
    page.get_by_role("button", name="Soumettre").click()
    assert "Ce qui manque" in page.inner_text("main")
    problems += look(page)
    assert problems == []


def test_a_page_of_error_reads_as_well_as_another(enter: Enter, tmp_path: object) -> None:
    """The pages themselves, put in front of the browser: most of these errors cannot be had by asking."""
    app = create_app(load_config({"INSTANCE_DIR": str(tmp_path), "SECRET_KEY": SECRET}))
    bodies = {}
    for status in errors.PAGES:
        with app.test_request_context("/", method="POST", data={"title": "Ce que j’écrivais"}):
            bodies[f"/panne/{status}"] = errors.page(status).get_data(as_text=True)
    page, problems = enter(None), []
    page.route(
        "**/panne/*",
        lambda route: route.fulfill(
            body=bodies[urlsplit(route.request.url).path], content_type="text/html; charset=utf-8"
        ),
    )
    for path in bodies:
        page.goto(path)
        problems += look(page)
    assert problems == []
