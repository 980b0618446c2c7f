"""How the public side was broken into, each time as it happened."""

import traceback
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from app import auth, clock
from app.db import Database
from app.discreet import discreet
from app.follow_links import key_of
from app.keeping import KeptPage, PageShelf
from app.network import network
from app.typed import MOST
from experiments import erasure, knocks, voices
from experiments.dates import add_months
from experiments.knocks import CONFIRMATIONS
from experiments.model import Follower, Following, Knock, Mail, Voice
from experiments.model.voice import Standing
from experiments.policy import current as policy
from experiments.vocabulary import Status
from tests import citizens
from tests.builders import noon
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


def test_old_addresses_written_the_new_way_are_not_one_network(app: Flask) -> None:
    # Behind a server that listens to both, a whole city was 64 zeros: five messages an hour for everybody.
    def seen(peer: str, told: str = "") -> str:
        headers = {"X-Forwarded-For": told} if told else {}
        with app.test_request_context(environ_base={"REMOTE_ADDR": peer}, headers=headers):
            return network()

    assert seen("::ffff:203.0.113.7") == seen("203.0.113.7") == "203.0.113.7"
    assert seen("::ffff:203.0.113.8") == "203.0.113.8"
    assert seen("::ffff:127.0.0.1", "198.51.100.4, 203.0.113.7") == "203.0.113.7"
    assert seen("2001:db8::1") == seen("2001:db8::ffff") == "2001:db8::/64"
    assert seen("127.0.0.1", "fe80::1%eth0") == "fe80::/64"
    assert seen("203.0.113.7", "198.51.100.4") == "203.0.113.7"
    assert seen("127.0.0.1", "n’importe quoi") == ""


def test_whoever_guesses_passwords_behind_the_proxy_shuts_out_nobody_else(app: Flask, register: Database) -> None:
    proxied = {"REMOTE_ADDR": "127.0.0.1"}
    with register.changing() as session:
        with app.test_request_context(environ_base=proxied, headers={"X-Forwarded-For": "198.51.100.4"}):
            for n in range(auth.BY_NETWORK):
                auth.note_failure(session, f"personne{n}@exemple.fr", clock.now())
            assert auth.is_throttled(session, "awa@exemple.fr", clock.now())
        with app.test_request_context(environ_base=proxied, headers={"X-Forwarded-For": "203.0.113.7"}):
            assert not auth.is_throttled(session, "awa@exemple.fr", clock.now())


def test_one_box_is_not_filled_under_many_spellings(visitor: Visitor, register: Database) -> None:
    form = visitor.page("/suivre").form("/suivre")
    for n in range(CONFIRMATIONS + 3):
        elsewhere = {"X-Forwarded-For": f"203.0.113.{n}"}
        email = f"{'Jo' if n % 2 else 'jo'}+{n}@exemple.fr"
        assert visitor.post("/suivre", form.filled({"email": email}), headers=elsewhere).status_code == 303
    for email in ("zoe@exémple.fr", "zoe@EXÉMPLE.fr", "zoe@xn--exmple-cva.fr"):
        visitor.posted("/suivre", form.filled({"email": email}))
    with register.reading() as session:
        known = session.scalars(select(Follower.email).order_by(Follower.id)).all()
    assert known == [*(f"jo+{n}@exemple.fr" for n in range(CONFIRMATIONS)), "zoe@xn--exmple-cva.fr"]


def test_a_button_pressed_again_and_again_uses_up_no_confirmation(
    visitor: Visitor, make: Make, register: Database
) -> None:
    # Two double clicks on a day, and whatever else one asked to follow was forgotten without a word.
    one = f"/experimentations/{make(Status.RUNNING)}/suivre"
    for path in ("/suivre",) * (CONFIRMATIONS + 1) + (one,):
        visitor.posted(path, visitor.page(path).form(path).filled({"email": "jo@exemple.fr"}))
    with register.reading() as session:
        assert session.scalar(select(func.count()).select_from(Following)) == 2
        assert session.scalar(select(func.count()).select_from(Mail)) == 1


def test_a_number_that_nobody_can_read_confirms_nothing(visitor: Visitor, register: Database) -> None:
    visitor.posted("/suivre", visitor.page("/suivre").form("/suivre").filled({"email": "jo@exemple.fr"}))
    with register.reading() as session:
        nonce = session.scalars(select(Follower.nonce)).one()
    place = f"/suivre/{key_of(nonce, visitor.app.config['SECRET_KEY'])}"
    for number in ("9" * 5000, "9" * 20, "-1", "٣", "1e3", ""):
        visitor.posted(place, {"following": number})
        assert visitor.post(f"{place}/arreter", {"following": "9" * 9}).status_code == 303
    assert "À confirmer" in visitor.page(place).text


def test_a_reference_that_nobody_was_given_is_not_found_whatever_its_signs(visitor: Visitor) -> None:
    # PostgreSQL takes no zero byte, and the page was an error.
    for reference in ("%00", "AAAAA%00-AAAAA", "%ED%A0%80", "%EF%BF%BF", "%E2%80%AE", "x" * 3000):
        assert "Aucune observation n’a cette référence" in visitor.page(f"/observations/{reference}", 404).text


@pytest.mark.only("sqlite")
def test_a_form_of_endless_fields_is_not_given_back_whole(visitor: Visitor) -> None:
    # Two megabytes without a token became a page of twenty, and ten seconds of work for another of no use.
    page = visitor.client.post("/suivre", data={"email": ["x"] * (MOST + 2)})
    assert (page.status_code, page.text.count(">x</textarea>")) == (400, MOST)


@pytest.mark.only("sqlite")
def test_small_answers_to_endless_addresses_take_no_more_memory_than_large_ones(register: Database) -> None:
    # Their bodies alone were counted: two hundred thousand addresses of robots.txt took seven times what was meant.
    shelf, most = PageShelf(1_000_000), 1_000_000
    tracemalloc.start()
    for n in range(20_000):
        tag = f"{n:024}"
        shelf.put(f"{register.name}{tag}", KeptPage(bytes(20), True, {"Content-Type": f"text/plain; n={n}"}, tag))
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most / 2 < held < most * 1.2


def test_those_who_knock_together_are_counted_one_by_one(register: Database) -> None:
    # On PostgreSQL, eight forms sent at once each found the room that one was left.
    [limit] = knocks.of_address("a" * 64)
    together = Barrier(6)

    def knock(_n: int) -> bool:
        with register.writing() as session:
            session.connection()
            if session.get_bind().dialect.name == "postgresql":
                together.wait(10)
            admitted = knocks.admit(session, [limit], clock.now())
            session.commit()
            return admitted

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(knock, range(6))) == limit.most
    with register.reading() as session:
        assert session.scalar(select(func.count()).select_from(Knock)) == limit.most


def test_what_was_counted_by_a_clock_that_ran_ahead_shuts_nobody_out_once_it_is_right(
    app: Flask, register: Database
) -> None:
    # A machine that began a year ahead for a moment refused until then the forms and the passwords of that moment.
    [limit], ahead, email = knocks.of_address("a" * 64), clock.now() + timedelta(400), "awa@exemple.fr"
    with register.changing() as session, app.test_request_context():
        assert [knocks.admit(session, [limit], ahead) for _ in range(limit.most + 1)] == [True] * limit.most + [False]
        for _ in range(auth.BY_ADDRESS):
            auth.note_failure(session, email, ahead)
        assert auth.is_throttled(session, email, ahead)
        assert not auth.is_throttled(session, email, clock.now())
        assert knocks.admit(session, [limit], clock.now())
    with register.reading() as session:
        assert session.scalar(select(func.count()).select_from(Knock)) == 1


def test_an_error_of_the_database_says_nothing_of_what_somebody_wrote(register: Database) -> None:
    # It goes to the log, where nothing is erased after its purpose.
    facts = {"reference": "A", "kind": "reaction", "received_on": clock.today(), "text": "Ma voisine\n\nMme Unetelle",
             "published": "", "email": "jo@exemple.fr", "standing": Standing.WAITING, "answer": ""}  # fmt: skip
    with register.writing() as session, pytest.raises(IntegrityError) as refused:
        session.execute(insert(Voice).values(facts))
    logged = discreet("".join(traceback.format_exception(refused.value)))
    assert "INSERT INTO voices" in logged
    for private in ("jo@exemple.fr", "voisine", "Unetelle"):
        assert private not in logged


def test_whoever_has_thousands_of_networks_does_not_fill_the_hour_of_everybody(
    visitor: Visitor, make: Make, register: Database
) -> None:
    # A free tunnel is a /48: 65 536 networks of five messages, where two hundred stop the whole city.
    path = f"/experimentations/{make(Status.RUNNING)}/reagir"
    sent = visitor.page(path).form(path)
    heard = []
    for n in range(knocks.MANY * policy().voices.network_hour + 2):
        told = {"X-Forwarded-For": f"2001:db8:1:{n:x}::7"}
        said = sent.filled({"observation": f"Il fait trop chaud sur la place, dit la voix {n}."})
        heard.append(visitor.post(path, said, headers=told).status_code)
    assert heard == [303] * (len(heard) - 2) + [429] * 2
    assert visitor.post(path, said, headers={"X-Forwarded-For": "2001:db8:2::7"}).status_code == 303


def test_where_forms_came_from_is_forgotten_although_no_other_form_comes(register: Database) -> None:
    with register.changing() as session:
        citizens.a_knock(session, clock.today())
        erasure.sweep(session, noon(clock.today() + timedelta(2)))
    with register.reading() as session:
        assert session.scalar(select(func.count()).select_from(Knock)) == 0


@pytest.mark.only("sqlite")
def test_what_is_erased_is_written_over_in_the_file(register: Database) -> None:
    with register.writing() as session:
        assert session.scalar(text("PRAGMA secure_delete")) == 1
