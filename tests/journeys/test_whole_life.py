"""The whole life of an experiment, from a title to the public page, as five people live it in their browsers."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from app import clock
from experiments import audit
from experiments import declared as d
from experiments import reported as r
from experiments.lifecycle import LIFECYCLE
from experiments.parts import BY_CONTENT, DECLARED
from tests import people
from tests.builders import answers_for, complete
from tests.journeys.conftest import Enter
from tests.journeys.hands import PASSWORD, fill, is_saved, press, sign_in
from tests.server import Server

HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
NUMBER = re.compile(r"/experimentations/\d{4}-\d{3}$")
GAP = "Le plan de plantation, voté entre-temps, couvre ce parvis : l’ombrière y ferait double emploi."


@pytest.fixture
def contents() -> dict[type[Any], Any]:
    """What they write: an experiment that starts today, and whose end is told as if it were today too."""
    today = clock.today()
    found = complete(today)
    closing = found[r.Closing]
    assert isinstance(closing, r.Closing)
    launch = found[r.Launch]
    assert isinstance(launch, r.Launch)
    # The form has a row for each criterion, whether its baseline was known or not.
    found[r.Launch] = replace(launch, baselines=[r.Baseline(id="known"), *launch.baselines])
    found[r.Closing] = replace(closing, told_on=today, published_on=today)
    return found


@pytest.fixture(autouse=True)
def passwords(server: Server) -> None:
    with server.database.changing() as session:
        for who in people.EVERYONE:
            who(session).password = HASH


def cross(page: Page, number: str, gate: str, *, today: date) -> None:
    """From the desk to the gate, by the links that lead there; then the act, and the button."""
    page.goto("/espace")
    page.get_by_role("link", name="Îlots d’ombre").first.click()
    page.get_by_role("link", name="Étapes", exact=True).click()
    page.locator(f"a[href$='/jalons/{gate}']").click()
    said = answers_for(gate, today)
    if gate == "decide-abandon":
        said = replace(said, departure=GAP)
    fill(page, said)
    press(page, LIFECYCLE[gate].label)
    expect(page, page.locator("main").inner_text()).to_have_url(re.compile(f"/experimentations/{number}$"))


def write(page: Page, number: str, content: Any) -> None:
    page.goto(f"/espace/experimentations/{number}/{BY_CONTENT[type(content)].slug}")
    fill(page, content)
    press(page, "Enregistrer")
    is_saved(page)


@pytest.mark.only("postgresql")  # The other journeys are on the other database; this one is long.
def test_from_a_title_to_the_public_page(enter: Enter, server: Server, contents: dict[type[Any], Any]) -> None:
    today = clock.today()
    awa, claire, denis, elise = (enter() for _ in range(4))
    # The carrier declares.
    sign_in(awa, "awa.diallo@exemple.fr")
    awa.get_by_role("link", name="Nouvelle expérimentation").first.click()
    awa.get_by_label("Titre").fill(contents[d.Identity].title)
    press(awa, "Ouvrir le dossier")
    awa.wait_for_url(NUMBER)
    number = awa.url.rsplit("/", 1)[1]
    for part in DECLARED:
        write(awa, number, contents[part.content])
    awa.goto(f"/espace/experimentations/{number}/equipe")
    awa.get_by_label("Adresse électronique").fill("claire.martineau@exemple.fr")
    awa.get_by_label("Rôle dans ce dossier").select_option(label="Évaluateur")
    press(awa, "Désigner")
    expect(awa.locator("#evaluator")).to_contain_text("Claire Martineau")
    # An opinion is asked, and given.
    awa.goto(f"/espace/experimentations/{number}/avis")
    awa.get_by_label("À qui").select_option(label="Denis Roux, Délégué à la protection des données")
    awa.get_by_label("Au titre de").select_option(label="Délégué à la protection des données")
    press(awa, "Demander l’avis")
    sign_in(denis, "denis.roux@exemple.fr")
    denis.get_by_role("link", name="Îlots d’ombre").first.click()
    denis.get_by_role("link", name="Avis").click()
    denis.get_by_label("Sens de l’avis").select_option(label="Favorable")
    denis.get_by_label("Motifs et recommandations").fill("Aucune donnée personnelle n’est collectée.")
    press(denis, "Donner cet avis")
    denis.get_by_text("Votre avis est donné").wait_for()
    # It is submitted, read, authorised by an act.
    cross(awa, number, "submit", today=today)
    sign_in(elise, "elise.moreau@exemple.fr")
    elise.goto(f"/espace/experimentations/{number}/lecture")
    expect(elise.get_by_role("heading", name="Protocole d’évaluation")).to_be_visible()
    cross(elise, number, "authorise", today=today)
    passer_by = enter()
    passer_by.goto(f"/experimentations/{number}")
    expect(passer_by.get_by_role("heading", level=1)).to_have_text(contents[d.Identity].title)
    # It runs, it ends, it is evaluated.
    write(awa, number, contents[r.Launch])
    cross(awa, number, "start", today=today)
    cross(awa, number, "finish", today=today)
    sign_in(claire, "claire.martineau@exemple.fr")
    write(claire, number, contents[r.Evaluation])
    cross(claire, number, "evaluate", today=today)
    # It is decided against what was promised, and closed.
    elise.goto(f"/espace/experimentations/{number}/jalons/decide-abandon")
    expect(elise.get_by_text("s’écarte de l’évaluation ou de l’engagement")).not_to_have_count(0)
    cross(elise, number, "decide-abandon", today=today)
    write(awa, number, contents[r.Closing])
    cross(elise, number, "close", today=today)
    # Anybody reads it.
    passer_by.goto("/?statut=past")
    passer_by.get_by_role("link", name="Îlots d’ombre").first.click()
    main = passer_by.locator("main")
    expect(main).to_contain_text("Close")
    expect(main).to_contain_text(GAP)
    expect(main).to_contain_text(contents[r.Closing].lessons)
    for who in ("Awa Diallo", "Élise Moreau", "Claire Martineau", "Denis Roux"):
        expect(main).not_to_contain_text(who)
    with server.database.reading() as session:
        assert audit.verify(session) == []
    assert contents[d.Duration].starts_on == today
    assert contents[r.Closing].told_on > today - timedelta(1)
