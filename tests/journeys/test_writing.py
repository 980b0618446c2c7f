"""Writing a part in a real browser: it saves itself, survives, works without a script and without a mouse."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from experiments import declared as d
from experiments import queries
from experiments.vocabulary import Status
from tests import people
from tests.journeys.conftest import Enter
from tests.journeys.hands import is_saved, press
from tests.server import Server

Build = Callable[..., str]

pytestmark = pytest.mark.only("sqlite")  # What a browser does does not depend on the database.


def costs(server: Server, number: str) -> d.Costs:
    with server.database.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        return x.read(d.Costs)


def write_costs(page: Page, number: str) -> None:
    page.goto(f"/espace/experimentations/{number}/couts")


def test_a_draft_saves_itself_and_a_reload_keeps_the_text(enter: Enter, build: Build, server: Server) -> None:
    number = build(Status.DRAFT)
    page = enter(people.awa)
    write_costs(page, number)
    page.get_by_label("Coût d’une sortie").fill("9 000 € depuis le devis du 3 mars")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à", timeout=8000)
    page.reload()
    expect(page.get_by_label("Coût d’une sortie")).to_have_value("9 000 € depuis le devis du 3 mars")
    assert costs(server, number).leaving == "9 000 € depuis le devis du 3 mars"
    # Saved by itself, then by the button: the version followed, there is no conflict with oneself.
    page.get_by_label("Coût d’une sortie").fill("9 500 €")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à", timeout=8000)
    page.get_by_label("Coût d’une généralisation").fill("270 000 €")
    press(page, "Enregistrer")
    is_saved(page)
    assert (costs(server, number).leaving, costs(server, number).rollout) == ("9 500 €", "270 000 €")


def test_leaving_the_page_saves_what_was_just_typed(enter: Enter, build: Build, server: Server) -> None:
    number = build(Status.DRAFT)
    page = enter(people.awa)
    write_costs(page, number)
    page.get_by_label("Coût d’une sortie").fill("Tapé juste avant de partir")
    page.get_by_role("link", name="Étapes", exact=True).click()
    until = time.monotonic() + 5
    while costs(server, number).leaving != "Tapé juste avant de partir" and time.monotonic() < until:
        page.wait_for_timeout(100)
    write_costs(page, number)
    expect(page.get_by_label("Coût d’une sortie")).to_have_value("Tapé juste avant de partir")
    expect(page.get_by_text("Texte retrouvé")).to_have_count(0)


def test_what_could_not_be_saved_is_kept_here_and_offered_back(enter: Enter, build: Build) -> None:
    number = build(Status.DRAFT)
    page = enter(people.awa)
    write_costs(page, number)
    page.context.set_offline(True)
    page.get_by_label("Coût d’une sortie").fill("Écrit dans le train")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Non enregistré", timeout=8000)
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("Texte retrouvé")).to_be_visible()
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_label("Coût d’une sortie")).to_have_value("Écrit dans le train")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à", timeout=8000)


def test_somebody_else_wrote_meanwhile_and_the_draft_says_so(enter: Enter, build: Build, server: Server) -> None:
    number = build(Status.DRAFT)
    awa, bruno = enter(people.awa), enter(people.bruno)
    write_costs(awa, number)
    write_costs(bruno, number)
    bruno.get_by_label("Coût d’une sortie").fill("Celui de Bruno")
    press(bruno, "Enregistrer")
    is_saved(bruno)
    awa.get_by_label("Coût d’une sortie").fill("Celui d’Awa")
    expect(awa.locator("[data-autosave-status]")).to_contain_text("Bruno Le Gall", timeout=8000)
    press(awa, "Enregistrer")
    expect(awa.locator("main")).to_contain_text("Bruno Le Gall a modifié cette page")
    expect(awa.get_by_label("Coût d’une sortie")).to_have_value("Celui d’Awa")
    expect(awa.locator("ins")).to_have_text("Celui de Bruno")
    assert costs(server, number).leaving == "Celui de Bruno"


def test_a_file_is_opened_and_written_without_any_script(enter: Enter, server: Server) -> None:
    page = enter(people.awa, java_script_enabled=False)
    page.goto("/espace/experimentations/new")
    page.get_by_label("Titre").fill("Bancs à l’ombre")
    press(page, "Ouvrir le dossier")
    number = page.url.rsplit("/", 1)[1]
    page.goto(f"/espace/experimentations/{number}/parties-prenantes")
    for name in ("Riverains", "Usagers"):
        page.locator("button[value='add-items']").click()
        page.locator("fieldset.row").last.get_by_label("Qui", exact=False).first.fill(name)
    page.locator("button[value='remove-items-0']").click()
    expect(page.locator("fieldset.row")).to_have_count(1)
    press(page, "Enregistrer")
    is_saved(page)
    with server.database.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        assert [item.name for item in x.read(d.Stakeholders).items] == ["Usagers"]


def test_a_file_is_opened_with_the_keyboard_alone(enter: Enter) -> None:
    page = enter(people.awa)
    page.goto("/espace")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    _tab_to(page, "Nouvelle expérimentation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    _tab_to(page, "title")
    page.keyboard.type("Bancs à l’ombre")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/experimentations/\d{4}-\d{3}$"))
    _tab_to(page, "Coûts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/couts")
    _tab_to(page, "authority")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    # The summary of what is to be corrected takes the focus, and leads to the field.
    page.get_by_text("1 réponse à corriger").wait_for()
    assert page.evaluate("document.activeElement.className") == "errors"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab") if page.evaluate("document.activeElement.id") != "authority" else None
    page.keyboard.press("Control+a")
    page.keyboard.type("12 000")
    page.keyboard.press("Enter")
    is_saved(page)


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is there, and visible."""
    for _ in range(80):
        page.keyboard.press("Tab")
        text, name, seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
            return [e.textContent.trim(), e.name || e.id, s.outlineStyle !== 'none' || s.boxShadow !== 'none'] }"""
        )
        if name == wanted or (wanted in text and len(text) < 60):
            assert seen, f"the focus on {wanted} does not show"
            return
    raise AssertionError(f"Tab never reaches {wanted}")


def test_the_whole_file_prints_as_a_dossier(enter: Enter, build: Build) -> None:
    number = build(Status.EVALUATED)
    page = enter(people.elise)
    page.goto(f"/espace/experimentations/{number}/lecture")
    page.emulate_media(media="print")
    for gone in (".menu", ".tabs", "nav.no-print", ".skip"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()
    for part in ("Identité", "Protocole d’évaluation", "Évaluation"):
        expect(page.get_by_role("heading", name=part, exact=True).first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Empreinte du dossier")
    pdf = page.pdf(format="A4")
    assert 3 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 30
