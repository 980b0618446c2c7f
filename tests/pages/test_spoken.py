"""The words of the public side: titles that say where one is, labels that cannot be taken for another thing, and what
is heard of it without being seen."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from app import asked
from app.i18n import speaking
from app.mail import outside_french
from app.wording import quantity
from experiments.vocabulary import RuleLevel, Status
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.only("sqlite")
Make = Callable[..., str]


def title(page: Page) -> str:
    return page.title.replace("\u00a0", " ")


def test_the_title_of_a_form_that_came_back_begins_with_the_error(visitor: Visitor, make: Make) -> None:
    path = f"/experimentations/{make(Status.RUNNING)}/reagir"
    assert not title(visitor.page(path)).startswith("Erreur")
    for prefix, says in (("", "Erreur : "), ("/en", "Error: ")):
        sent = visitor.page(prefix + path).form(prefix + path).filled({"observation": "Non"})
        back = visitor.posted(prefix + path, sent, 422)
        assert isinstance(back, Page)
        assert title(back).startswith(says)


def test_the_titles_of_the_views_say_which_view_it_is(visitor: Visitor, make: Make) -> None:
    make(Status.RUNNING)
    titles = [title(visitor.page(path)) for path in ("/", "/?vue=frise", "/?vue=carte", "/en/?vue=frise")]
    assert len(set(titles)) == 4
    assert "(frise)" in titles[1]
    assert "(carte)" in titles[2]
    assert "(timeline)" in titles[3]


def test_an_order_is_not_taken_for_a_trial_that_was_stopped() -> None:
    assert asked.DEROGATIONS[str(RuleLevel.ORDER)] == "Un arrêté"
    assert RuleLevel.ORDER.label == "Arrêté"


def test_what_goes_by_mail_is_an_e_mail(visitor: Visitor, make: Make) -> None:
    page = visitor.page(f"/experimentations/{make(Status.RUNNING)}/suivre")
    assert "courriel" in page.text
    assert "courrier" not in page.text
    assert "courrier" not in " ".join(str(word) for word in vars(outside_french).values() if isinstance(word, str))


def test_what_goes_by_mail_is_an_e_mail_in_english_too(visitor: Visitor, make: Make) -> None:
    for path in ("/en/suivre", "/en/confidentialite", f"/en/experimentations/{make(Status.RUNNING)}/suivre"):
        assert re.findall(r"(?<![-\w])mails?\b", visitor.page(path).text) == [], path


def test_english_pages_name_the_team_in_charge_and_the_language_of_the_api(visitor: Visitor) -> None:
    assert "carrier" not in visitor.page("/en/retards").text
    assert "The API (in French)" in visitor.page("/en/donnees").text


def test_a_local_demonstration_says_that_local_addresses_are_admitted(hugo: Visitor) -> None:
    page = hugo.page("/espace/administration/webhooks")
    assert ("une adresse privée est refusée" in page.text) is not ("est aussi admise" in page.text)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_links_that_say_the_same_lead_to_the_same_place(visitor: Visitor, make: Make, today: date, prefix: str) -> None:
    """Whoever listens to the links of a page hears them one after the other, without what stands around them."""
    sheet = f"/experimentations/{make(Status.CLOSED)}"
    sheets = (sheet, f"{sheet}/dossier", f"{sheet}/historique")
    for path in ("/", "/retards", "/donnees", "/trace", f"/bilan/{today.year}", f"/bilan/{today.year}/liste", *sheets):
        page, places = visitor.page(prefix + path), defaultdict(set)
        for link in page.one("main").iter("a"):
            named = [read(page.by_id(one)) for one in link.get("aria-labelledby", "").split()]
            places[" ".join(named) or link.get("aria-label") or read(link)].add(link.get("href"))
        assert {name: found for name, found in places.items() if len(found) > 1} == {}, path


def test_a_chart_is_heard_once_with_all_its_figures(visitor: Visitor, make: Make, today: date) -> None:
    make(Status.RUNNING)
    page = visitor.page(f"/bilan/{today.year}")
    charts = page.all("svg", role="img")
    assert charts
    for chart in charts:
        assert chart.find("desc") is None
        name = page.by_id(str(chart.get("aria-labelledby"))).text or ""
        caption = chart.getparent().find("figcaption")
        assert name.startswith(f"{read(caption)}\u00a0: ")
        assert any(sign.isdigit() for sign in name)


def test_the_browser_may_fill_what_one_has_to_say_of_oneself(visitor: Visitor, make: Make) -> None:
    sheet = f"/experimentations/{make(Status.RUNNING)}"
    for path in (f"{sheet}/reagir", f"/en{sheet}/suivre", "/suivre", "/accessibilite/signaler"):
        field = visitor.page(path).one("input", name="email")
        assert (field.get("autocomplete"), field.get("inputmode")) == ("email", "email"), path
    page = visitor.page("/connexion")
    assert page.one("input", name="email").get("autocomplete") == "username"
    assert page.one("input", name="password").get("autocomplete") == "current-password"


def test_a_sign_is_of_no_language() -> None:
    with speaking("en"):
        assert quantity(Decimal(52), "%") == "52\u00a0%"
        assert quantity(Decimal(430), "foyers") == '430\u00a0<span lang="fr">foyers</span>'


def test_what_explains_silent_drawings_is_silent(visitor: Visitor, make: Make) -> None:
    make(Status.RUNNING)
    for path in ("/", "/?vue=frise"):
        page = visitor.page(path)
        assert page.one("ul", class_="pole-legend").get("aria-hidden") == "true"
