"""The public side in English: the same pages under /en, and not a word of French but what people wrote."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from lxml.etree import _Element as Element
from msgspec.structs import replace
from werkzeug.routing import Rule

from app import i18n, wording
from experiments import declared as d
from experiments.policy import current as policy
from experiments.vocabulary import Status
from tests import people
from tests.builders import complete
from tests.pages.page import Page
from tests.pages.visitor import Visitor

Make = Callable[..., str]

pytestmark = pytest.mark.only("sqlite")  # Words do not depend on the database.

# Words that French has and English has not, none of them the name of a place or of an institution.
FRENCH = frozenset(
    re.findall(
        r"[\w’]+",
        """le la les des une est sont dans pour par avec sans sous sur qui que quoi dont où ce cet cette ces son ses
        leur leurs notre nos vous votre nous ils elle elles il ne pas rien aucun aucune tout toute toutes tous
        jour jours mois année semaine depuis jusqu avant après pendant entre aujourd hui début retard décision
        évaluation expérimentation expérimentations dérogation en cours échue échues voir lire chercher précédente
        suivante suivantes et ou mais aussi déjà encore été être avoir fait faire peut doit au aux du cible seuil""",
    )
)
# What is not translated: names of places, of the authority, and what the verifier answers.
NAMES = re.compile(
    "|".join(map(re.escape, ["Nantes Métropole et Ville de Nantes", "Tout concorde", *policy().communes.values()]))
)
UNREAD = {"script", "style", "code", "template"}
STATUSES = (Status.AUTHORISED, Status.RUNNING, Status.SUSPENDED, Status.EVALUATED, Status.DECIDED, Status.CLOSED)


def said_in_english(e: Element) -> Iterator[str]:
    """What is read of an element, but for what it says is in another language."""
    if e.tag in UNREAD or (e.get("lang") or "en") != "en" or e.get("class") == "mono":
        return
    yield from (e.get(name) or "" for name in ("aria-label", "title", "placeholder", "alt"))
    yield e.text or ""
    for child in e:
        yield from said_in_english(child)
        yield child.tail or ""


def leaks(page: Page) -> Iterator[str]:
    """The French words of an English page, each with what is around it."""
    assert page.tree.get("lang") == "en"
    heads = [page.title, *(m.get("content") or "" for m in page.all("meta", name="description"))]
    for said in (*said_in_english(page.one("body")), *(heads if page.path.count("/") < 3 else [])):
        text = NAMES.sub("", said)
        found = sorted({w for w in re.findall(r"\w+", text.lower()) if w in FRENCH})
        if found:
            yield f"{page.path}: {found} in « {' '.join(text.split())[:160]} »"


def public_rules(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and i18n.has_english(r.rule)]


def addresses(app: Flask, numbers: list[str], today: date) -> list[str]:
    """Every page of the public side, in English; a page whose address holds something new is to be added here."""
    found = []
    for rule in public_rules(app):
        if set(rule.arguments) == {"number"}:
            found += [re.sub(r"<[^>]+>", number, rule.rule) for number in numbers]
        elif set(rule.arguments) == {"year"}:
            found.append(re.sub(r"<[^>]+>", str(today.year), rule.rule))
        elif not rule.arguments:
            found.append(rule.rule)
        else:
            # What somebody was sent, by mail or after a form: those pages have tests of their own.
            assert set(rule.arguments) <= {"key", "token", "reference", "which"}, rule.rule
    return [f"/en{path}" for path in found]


def test_no_french_on_an_english_page(app: Flask, make: Make, visitor: Visitor, today: date) -> None:
    numbers = [make(status) for status in STATUSES]
    identity = complete(today)[d.Identity]
    make(Status.RUNNING, written={d.Identity: replace(identity, organisation="Service des rues et de l’eau")})
    paths = [*addresses(app, numbers, today), "/en/?q=nothing-like-it", "/en/?statut=all", "/en/?statut=past",
             "/en/?statut=nothing&commune=44109&politique=eau&q=!!",
             "/en/filtres?organisme=Service+des+rues+et+de+l’eau"]  # fmt: skip
    found = []
    for path in paths:
        answer = visitor.get(path)
        if answer.content_type.startswith("text/html") and answer.status_code == 200:
            found += leaks(Page(answer, path))
    assert not found, "\n".join(sorted(set(found)))


def test_an_error_is_said_in_the_language_of_its_address(visitor: Visitor) -> None:
    page = visitor.page("/en/nothing-like-it", 404)
    assert page.h1 == "This page does not exist"
    assert list(leaks(page)) == []
    assert visitor.page("/nothing-like-it", 404).h1 == "Cette page n’existe pas"


def test_each_page_leads_to_itself_in_the_other_language(visitor: Visitor, make: Make) -> None:
    number = make(Status.RUNNING)
    for path in ("/", "/?statut=past&q=%C3%A9lan", f"/experimentations/{number}", f"/experimentations/{number}/dossier",
                 "/trace"):  # fmt: skip
        french, english = visitor.page(path), visitor.page(f"/en{path}")
        assert french.one("a", hreflang="en").get("href") == f"/en{path}"
        assert english.one("a", hreflang="fr", lang="fr").get("href") == path
        for page in (french, english):
            found = {
                a.get("hreflang"): a.get("href", "") for a in page.all("link", rel="alternate") if a.get("hreflang")
            }
            site = "http://127.0.0.1:8000"
            assert found == {"fr": site + path, "en": f"{site}/en{path}", "x-default": site + path}


def test_one_stays_in_english_from_page_to_page(visitor: Visitor, make: Make) -> None:
    number = make(Status.DECIDED)
    here = f"/en/experimentations/{number}"
    for path in ("/en/", "/en/?statut=all", here, f"{here}/dossier", f"{here}/historique", "/en/trace"):
        page = visitor.page(path)
        switch = page.one("a", hreflang="fr", lang="fr").get("href")
        inside = [link for link in page.links if link.startswith("/") and link != switch]
        assert [link for link in inside if i18n.has_english(link) and not link.startswith("/en/")] == []


def test_the_address_alone_says_the_language(visitor: Visitor) -> None:
    asked = {"Accept-Language": "en-GB,en;q=0.9"}
    assert visitor.page("/", headers=asked).tree.get("lang") == "fr"
    visitor.page("/en/")
    assert visitor.page("/").tree.get("lang") == "fr"
    assert visitor.page("/en").tree.get("lang") == "en"
    assert "Set-Cookie" not in visitor.get("/en/").headers


@pytest.mark.parametrize(
    "path", ["/trace.jsonl", "/experimentations.ics", "/trace/checkpoint", "/espace", "/connexion?next=/espace"]
)
def test_what_has_one_language_has_one_address(path: str, visitor: Visitor) -> None:
    answer = visitor.get(f"/en{path}")
    assert (answer.status_code, answer.headers["Location"]) == (301, path)


@pytest.mark.parametrize(
    "path", ["/en//evil.example", "/en//evil.example/x.csv", "/en/%5Cevil.example", "/en/en/", "/english"]
)
def test_no_address_leads_elsewhere(path: str, visitor: Visitor) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404 or not answer.headers["Location"].startswith(("//", "/\\"))


def test_what_is_inside_takes_no_form_in_english(app: Flask, make: Make) -> None:
    awa = Visitor(app, people.awa)
    assert awa.post("/en/espace/experimentations/new", {"title": "A title"}).status_code == 404


def test_what_people_wrote_says_that_it_is_in_french(visitor: Visitor, make: Make, look: Callable[..., object]) -> None:
    number = make(Status.RUNNING)
    french, english = (visitor.page(f"{lang}/experimentations/{number}") for lang in ("", "/en"))
    title = french.h1
    assert english.one("h1").get("lang") == "fr"
    assert english.h1 == title
    assert "What the teams wrote is left in French" in english.text
    assert [e for e in french.tree.iter() if e.get("lang") == "fr"] == [french.tree]


def test_days_and_figures_are_those_of_the_language(app: Flask) -> None:
    def said() -> tuple[str, ...]:
        return wording.day(date(2026, 3, 1)), wording.number(12345), wording.days(0), wording.days(12)

    with app.test_request_context("/retards"):
        assert said() == ("1er\u00a0mars\u00a02026", "12\u202f345", "0\u00a0jour", "12\u00a0jours")
    with app.test_request_context("/"), i18n.speaking("en"):
        assert said() == ("1\u00a0March\u00a02026", "12,345", "0\u00a0days", "12\u00a0days")
        assert i18n.to("/retards?page=2") == "/en/retards?page=2"
        assert i18n.to("/experimentations.csv") == "/experimentations.csv"
    # Where there is no page, as in the worker and on the command line, words are French.
    with app.app_context():
        assert said()[0] == "1er\u00a0mars\u00a02026"
    with app.app_context(), i18n.speaking("en"):
        assert said()[0] == "1\u00a0March\u00a02026"
