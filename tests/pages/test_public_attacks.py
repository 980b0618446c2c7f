"""How the public side was broken into, each time as it happened."""

from collections.abc import Callable

from sqlalchemy import select

from app import clock
from app.db import Database
from experiments import voices
from experiments.dates import add_months
from experiments.model import Voice
from experiments.model.voice import Standing
from experiments.vocabulary import Status
from tests import citizens
from tests.pages.page import Page
from tests.pages.visitor import Visitor

Make = Callable[..., str]


def only(register: Database) -> Voice:
    with register.reading() as session:
        return session.scalars(select(Voice)).one()


def test_what_one_person_did_is_not_told_to_the_next_visitor(awa: Visitor, visitor: Visitor, make: Make) -> None:
    # The page kept for everybody was the one drawn for whoever had just signed out.
    make(Status.RUNNING)
    awa.posted("/espace/compte/sessions")
    for path in ("/", "/retards", "/en/"):
        assert "sessions sont fermées" not in awa.page(path).text
        assert "sessions sont fermées" not in visitor.page(path).text
    there = awa.posted("/deconnexion").headers["Location"]
    assert "Vous êtes déconnecté." in awa.page(there).text
    assert "déconnecté" not in visitor.page("/").text


def test_two_who_moderate_at_once_each_learn_what_the_other_decided(
    awa: Visitor, hugo: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING, change=lambda session, x: citizens.a_voice(session, x, on=clock.today()))
    place = f"/espace/experimentations/{number}/observations/{only(register).id}"
    hers, his = (who.page(place).all("input", name="seen")[0].get("value") for who in (awa, hugo))
    awa.posted(place, {"_action": "decline", "reason": "unlawful", "seen": hers})
    refused = hugo.posted(place, {"_action": "publish", "published": "Les bancs, vus par Hugo.", "seen": his}, 409)
    assert isinstance(refused, Page)
    assert "Quelqu’un d’autre a décidé entre-temps" in refused.text
    assert "Les bancs, vus par Hugo." in refused.text
    assert only(register).standing is Standing.DECLINED


def test_nobody_speaks_for_somebody_whose_words_are_erased(awa: Visitor, make: Make, register: Database) -> None:
    number = make(Status.RUNNING, change=lambda session, x: citizens.a_voice(session, x, on=clock.today()))
    with register.changing() as session:
        voices.erase(session, add_months(clock.today(), 13))
    place = f"/espace/experimentations/{number}/observations/{only(register).id}"
    refused = awa.posted(place, {"_action": "publish", "published": "Tout va très bien ici."}, 422)
    assert isinstance(refused, Page)
    assert only(register).standing is Standing.LAPSED


def test_signs_that_print_nothing_say_nothing_and_hide_nothing(
    visitor: Visitor, make: Make, register: Database
) -> None:
    path = f"/experimentations/{make(Status.RUNNING)}/reagir"
    form = visitor.page(path).form(path)
    for nothing in ("\u200b" * 12, "\u2800" * 12, "\u3164" * 12, "............", "\u00a0" * 12, "aaaaaaaaaaaa"):
        visitor.posted(path, form.filled({"observation": nothing}), 422)
    visitor.posted(
        path, form.filled({"observation": "Appelez le 06\u200b12\u200b34\u200b56\u200b78 \u202eiromed\uffff."})
    )
    assert only(register).text == "Appelez le 0612345678 iromed."
    assert voices.spotted(only(register).text) == ["0612345678"]
