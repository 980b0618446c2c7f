"""French as it is printed, on every page that people read: no-break spaces, apostrophes, figures."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from lxml.etree import _Element as Element
from sqlalchemy import select

from app.db import Database
from experiments.model import Decision, Disclosure, Opinion, WrittenPart
from experiments.parts import PARTS
from experiments.vocabulary import Status
from tests import people
from tests.pages.page import Page
from tests.pages.visitor import Visitor

Make = Callable[..., str]

MISTAKES = {
    "a plain space before a mark": re.compile(r"[^\s] (?:[;:!?»%€](?:\s|$))"),
    "a mark glued to its word": re.compile(r"[a-zé»](?:[;!?]|(?<![/:])»)(?:\s|$)"),
    "a plain space after «": re.compile(r"« |«\w"),
    "a typewriter's apostrophe": re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]"),
    "typewriter's quotes": re.compile(r"[\"“”]"),
    "a figure that may break": re.compile(r"\d \d{3}(?!\d)"),
    "a number that may leave its n°": re.compile(r"n° "),
    "three points": re.compile(r"\.\.\."),
}
UNREAD = {"script", "style", "code", "textarea", "template"}


def texts(e: Element) -> Iterator[str]:
    if isinstance(e.tag, str) and e.tag not in UNREAD and e.get("class") != "mono":
        yield e.text or ""
        for child in e:
            yield from texts(child)
            yield child.tail or ""


def mistakes(page: Page, written: str) -> Iterator[str]:
    """What is wrong in the words of the register; those of the people are theirs."""
    for text in texts(page.one("body")):
        plain = re.sub(r"[ \t\r\n]+", " ", text)
        for what, pattern in MISTAKES.items():
            for match in pattern.finditer(plain):
                around = plain[max(0, match.start() - 12) : match.end()].strip()
                if around not in written and match.group().strip() not in {":"}:
                    yield f"{page.path}: {what}: « {plain[max(0, match.start() - 30) : match.end() + 10]} »"


@pytest.mark.only("sqlite")  # Words do not depend on the database.
@pytest.mark.parametrize("status", list(Status))
def test_pages_are_typeset_as_french_is(status: Status, app: Flask, make: Make, register: Database) -> None:
    number = make(status)
    with register.reading() as session:
        columns = (WrittenPart.text, Decision.text, Opinion.question, Opinion.text, Disclosure.value)
        written = " ".join(text or "" for column in columns for text in session.scalars(select(column)))
    base = f"/espace/experimentations/{number}"
    shown = ["", "/lecture", "/etapes", "/historique", "/equipe", "/avis", "/rappels", "/observations"]
    shown += [f"/{part.slug}" for part in PARTS if status in part.open_in or status is Status.DRAFT]
    visits = [(people.awa, [base + page for page in shown] + ["/espace", "/espace/compte"])]
    visits.append((people.hugo, ["/espace/administration"]))
    visits.append((people.elise if status is not Status.DRAFT else people.hugo, ["/espace", base, f"{base}/etapes"]))
    found = []
    for who, paths in visits:
        visitor = Visitor(app, who)
        found += [m for path in paths for m in mistakes(visitor.page(path), written)]
    passer_by = Visitor(app)
    for path in (
        "/",
        "/?statut=all",
        "/trace",
        "/connexion",
        "/suivre",
        "/donnees/api",
        "/suivre/demande",
        "/accessibilite/signaler",
        f"/experimentations/{number}",
        f"/experimentations/{number}/dossier",
        f"/experimentations/{number}/historique",
        f"/experimentations/{number}/reagir",
    ):
        answer = passer_by.get(path)
        found += mistakes(Page(answer, path), written)
    assert not found, "\n".join(sorted(set(found)))
