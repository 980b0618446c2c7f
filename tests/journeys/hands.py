"""The hands at the keyboard: they fill forms and press buttons as people do."""

from typing import Any

from playwright.sync_api import Page

from experiments.content import Content, questions
from tests.pages.forms import fields_of

PASSWORD = "trois ombrières au parvis"


def sign_in(page: Page, email: str) -> None:
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/espace")


def press(page: Page, button: str) -> None:
    """Press a button of the page, by its exact name."""
    page.locator("main").get_by_role("button", name=button, exact=True).click()


def fill(page: Page, content: Content) -> None:
    """Write a whole content in its form: rows added by their button, each field in turn."""
    for question in questions(type(content)):
        if question.kind == "items":
            rows = page.locator(f"fieldset.row[id^='{question.name}-']")
            for place in range(rows.count(), len(getattr(content, question.name))):
                page.locator(f"button[value='add-{question.name}']").click()
                rows.nth(place).wait_for()  # Counting before the page is there would add one too many.
    kinds = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('main form [name]')].map(e => [e.name, e.type]))"
    )
    for name, value in fields_of(content).items():
        answer(page, name, value, kinds.get(name, "hidden"))


def answer(page: Page, name: str, value: Any, kind: str) -> None:
    """Answer one question."""
    field = page.locator(f"main form [name='{name}']")
    if kind == "checkbox":
        for one in value if isinstance(value, list) else [value]:
            page.locator(f"main form [name='{name}'][value='{one}']").check()
    elif kind == "select-one":
        field.select_option(str(value))
    elif kind != "hidden":  # The identifier of a row, what it answers for: nobody writes these.
        field.fill(str(value))


def is_saved(page: Page) -> None:
    """The page says so."""
    page.get_by_text("Enregistré.", exact=True).wait_for()
