"""Sessions: opened by a password, ended at once for everybody who holds their cookie, and never a way in."""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from app import accounts, auth, clock, create_app
from app.config import load_config
from app.db import Database
from experiments import declared as d
from experiments.model import Attempt, Experiment, SignIn
from experiments.vocabulary import Status
from tests import people
from tests.pages.page import Page
from tests.pages.visitor import Visitor

EMAIL, PASSWORD = "awa.diallo@exemple.fr", "trois ombrières au parvis"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

Make = Callable[..., str]


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow hashes are for those who measure them."""
    if request.node.originalname != "test_the_time_does_not_tell_either":
        monkeypatch.setattr(auth, "hasher", QUICK)
    monkeypatch.setattr(auth, "_decoy", None)


@pytest.fixture
def awa_has_a_password(register: Database) -> None:
    with register.changing() as session:
        people.awa(session).password = auth.hasher.hash(PASSWORD)


def enter(who: Visitor, email: str = EMAIL, password: str = PASSWORD, **more: str) -> int:
    return who.post("/connexion", {"email": email, "password": password, **more}).status_code


def is_in(who: Visitor) -> bool:
    return who.get("/espace").status_code == 200


def with_copied_cookie(app: Flask, who: Visitor) -> Visitor:
    """Somebody who copied the cookie."""
    thief = Visitor(app)
    cookie = who.client.get_cookie("jalon")
    assert cookie is not None
    thief.client.set_cookie("jalon", cookie.value)
    return thief


@pytest.mark.usefixtures("awa_has_a_password")
def test_the_right_password_opens_and_the_cookie_is_kept_from_scripts(visitor: Visitor) -> None:
    answer = visitor.post("/connexion", {"email": " Awa.Diallo@exemple.fr ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/espace")
    [flags] = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("jalon=")]
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags
    assert "Secure" not in flags  # this server is on http, on this machine
    assert is_in(visitor)


def test_over_https_the_cookie_is_bound_to_the_host(database_url: str, tmp_path: object) -> None:
    env = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "PUBLIC_URL": "https://essais.exemple.fr",
           "INSTANCE_DIR": str(tmp_path)}  # fmt: skip
    app = create_app(load_config(env))
    with app.extensions["database"].changing() as session:
        people.awa(session).password = auth.hasher.hash(PASSWORD)
    client = app.test_client()
    opened = client.get("/connexion", base_url="https://essais.exemple.fr")
    token = Page(opened, "/connexion").form()["csrf_token"]
    answer = client.post(
        "/connexion",
        data={"email": EMAIL, "password": PASSWORD, "csrf_token": token},
        base_url="https://essais.exemple.fr",
        headers={"Referer": "https://essais.exemple.fr/connexion"},
    )
    assert answer.status_code == 303
    [flags] = [value for value in answer.headers.getlist("Set-Cookie") if "jalon=" in value]
    assert flags.startswith("__Host-jalon=")
    assert "Secure" in flags
    assert "Path=/" in flags
    assert "Domain" not in flags
    assert answer.headers["Strict-Transport-Security"]
    app.extensions["database"].engine.dispose()


# The end of a session ------------------------------------------------------------------------------------------------


def test_signing_out_kills_a_copied_cookie(app: Flask, awa: Visitor) -> None:
    thief = with_copied_cookie(app, awa)
    assert is_in(thief)
    awa.posted("/deconnexion")
    assert not is_in(awa)
    assert not is_in(thief)


@pytest.mark.parametrize(
    "what",
    [
        lambda session, person: accounts.disable(session, person, now=clock.now()),
        lambda session, person: accounts.change_role(session, person, "auditeur", now=clock.now()),
        lambda session, person: accounts.change_password(session, person, "une autre phrase assez longue"),
        lambda session, person: session.execute(
            update(SignIn).where(SignIn.person_id == person.id).values(ends_at=clock.now() - timedelta(seconds=1))
        ),
    ],
    ids=["disabled", "other role", "other password", "twelve hours later"],
)
def test_what_ends_every_session_at_once(what: Callable[..., object], app: Flask, register: Database) -> None:
    here, there = Visitor(app, people.awa), Visitor(app, people.awa)
    somebody_else = Visitor(app, people.bruno)
    assert is_in(here)
    with register.changing() as session:
        what(session, people.awa(session))
    assert (is_in(here), is_in(there)) == (False, False)
    assert is_in(somebody_else)


@pytest.mark.usefixtures("awa_has_a_password")
def test_changing_ones_password_ends_the_other_sessions_and_keeps_this_one(app: Flask, awa: Visitor) -> None:
    elsewhere = Visitor(app, people.awa)
    thief = with_copied_cookie(app, awa)
    form = awa.page("/espace/compte").form("/espace/compte/mot-de-passe")
    new = "quatre ombrières au parvis"
    awa.posted(form.action, form.filled({"current": PASSWORD, "password": new, "again": new}))
    assert is_in(awa)
    assert not is_in(elsewhere)
    assert not is_in(thief)
    assert enter(Visitor(app)) == 401
    assert enter(Visitor(app), password=new) == 303


@pytest.mark.usefixtures("awa_has_a_password")
@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("autre chose", "quatre ombrières au parvis", "quatre ombrières au parvis", "pas votre mot de passe actuel"),
        (PASSWORD, "court", "court", "Il faut au moins 12 caractères"),
        (PASSWORD, "quatre ombrières au parvis", "quatre ombrieres au parvis", "ne sont pas les mêmes"),
    ],
)
def test_a_password_is_not_changed_lightly(current: str, new: str, again: str, said: str, app: Flask,
                                           awa: Visitor) -> None:  # fmt: skip
    form = awa.page("/espace/compte").form("/espace/compte/mot-de-passe")
    page = awa.posted(form.action, form.filled({"current": current, "password": new, "again": again}), 422)
    assert isinstance(page, Page)
    assert said in page.text
    for secret in (current, new, again):
        assert secret.encode() not in page.html
    assert enter(Visitor(app)) == 303


def test_closing_the_other_sessions_leaves_this_one(app: Flask, awa: Visitor) -> None:
    elsewhere = Visitor(app, people.awa)
    form = awa.page("/espace/compte").form("/espace/compte/sessions")
    awa.posted(form.action, form.filled())
    assert (is_in(awa), is_in(elsewhere)) == (True, False)
    assert "Aucune autre session n’est ouverte" in awa.page("/espace/compte").text


def test_a_session_opened_long_ago_is_swept_away(app: Flask, register: Database) -> None:
    Visitor(app, people.awa)
    with register.changing() as session:
        session.execute(update(SignIn).values(ends_at=clock.now() - timedelta(days=1)))
    Visitor(app, people.bruno)
    with register.reading() as session:
        assert len(session.scalars(select(SignIn)).all()) == 1


# Trying passwords -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("awa_has_a_password")
def test_the_answer_does_not_tell_whether_there_is_an_account(app: Flask) -> None:
    visitor = Visitor(app)
    pages = []
    for email in (EMAIL, "personne@exemple.fr"):
        page = visitor.posted("/connexion", {"email": email, "password": "pas celui-ci, non"}, 401)
        assert isinstance(page, Page)
        pages.append(page.text.replace(email, ""))
    assert pages[0] == pages[1]


@pytest.mark.only("sqlite")  # It measures a hash, not a database.
@pytest.mark.usefixtures("awa_has_a_password")
def test_the_time_does_not_tell_either(app: Flask, register: Database) -> None:
    with register.changing() as session:
        accounts.disable(session, people.bruno(session), now=clock.now())
    visitor, spent = Visitor(app), {}
    for email in (EMAIL, "personne@exemple.fr", "bruno.le-gall@exemple.fr"):
        enter(visitor, email, "pour rien")
        times = []
        for _ in range(5):
            start = time.process_time()
            enter(visitor, email, "pas celui-ci, non")
            times.append(time.process_time() - start)
        spent[email] = median(times)
    assert max(spent.values()) < 2 * min(spent.values()), spent


@pytest.mark.usefixtures("awa_has_a_password")
@pytest.mark.parametrize("email", [EMAIL, "personne@exemple.fr"])
def test_an_address_is_tried_eight_times_and_the_right_password_then_waits(
    email: str, visitor: Visitor, register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [enter(visitor, email, f"essai {n}") for n in range(9)] == [401] * 8 + [429]
    assert enter(visitor, email) == 429
    assert enter(visitor, email.upper()) == 429
    # Somebody else, from the same place, is not stopped by it.
    assert enter(visitor, "bruno.le-gall@exemple.fr", "essai") == 401
    later = clock.now() + auth.WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert enter(visitor, email) == (303 if email == EMAIL else 401)


@pytest.mark.usefixtures("awa_has_a_password")
def test_a_network_that_tries_many_addresses_waits_and_another_one_does_not(
    visitor: Visitor, register: Database, app: Flask
) -> None:
    with register.changing() as session, app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for n in range(auth.BY_NETWORK):
            auth.note_failure(session, f"personne{n}@exemple.fr", clock.now())
    assert enter(visitor) == 429
    answer = visitor.post("/connexion", {"email": EMAIL, "password": PASSWORD},
                          environ_base={"REMOTE_ADDR": "192.0.2.7"})  # fmt: skip
    assert answer.status_code == 303


@pytest.mark.usefixtures("awa_has_a_password")
def test_failed_attempts_are_kept_without_an_address_and_forgotten_when_one_gets_in(
    visitor: Visitor, register: Database
) -> None:
    for n in range(3):
        enter(visitor, password=f"essai {n}")
    with register.reading() as session:
        keys = {attempt.key for attempt in session.scalars(select(Attempt))}
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)
    enter(visitor)
    assert [enter(Visitor(visitor.app), password=f"essai {n}") for n in range(8)] == [401] * 8


# Where one lands ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("awa_has_a_password")
@pytest.mark.only("sqlite")
def test_signing_in_never_leads_elsewhere(app: Flask) -> None:
    for elsewhere in (
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/ /evil.example", "/\n//evil.example", " //evil.example",
        "///evil.example", "evil.example", "/%09/../\\evil", "/\u0000/evil", "http:///evil.example",
    ):  # fmt: skip
        answer = Visitor(app).post("/connexion", {"email": EMAIL, "password": PASSWORD, "next": elsewhere})
        assert answer.status_code == 303, elsewhere
        assert answer.location.startswith("/"), elsewhere
        assert not answer.location.startswith(("//", "/\\")), elsewhere
        assert "evil" not in answer.location or answer.location.startswith("/%09"), elsewhere


def test_whoever_is_signed_in_already_is_not_led_elsewhere_either(awa: Visitor) -> None:
    assert awa.get("/connexion?next=//evil.example").location == "/espace"
    assert awa.get("/connexion?next=/espace/compte").location == "/espace/compte"


@pytest.mark.usefixtures("awa_has_a_password")
def test_one_lands_where_one_was_going(visitor: Visitor, make: Make) -> None:
    path = f"/espace/experimentations/{make()}/lecture"
    asked = visitor.get(path)
    assert (asked.status_code, asked.location) == (303, f"/connexion?next={path}")
    form = visitor.page(asked.location).form()
    answer = visitor.posted(form.action, form.filled({"email": EMAIL, "password": PASSWORD}))
    assert answer.location == path  # type: ignore[union-attr]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:8000", "localhost@evil"])
def test_a_host_that_is_not_ours_is_refused(host: str, visitor: Visitor) -> None:
    answer = visitor.client.get("/connexion", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


# A session that ended while writing -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("awa_has_a_password")
def test_what_one_was_writing_when_the_session_ended_is_offered_back_and_saved(
    awa: Visitor, register: Database, make: Make, look: Callable[[str], Experiment]
) -> None:
    number = make(Status.DRAFT)
    address = f"/espace/experimentations/{number}/couts"
    form = awa.page(address).form(address)
    with register.changing() as session:
        auth.end_all_sessions(session, people.awa(session))
    text = "9 000 € : <b>devis</b> du 3 mars & dépose"
    asked = awa.posted(address, form.filled({"leaving": text, "authority": "12 000,5"}), 401)
    assert isinstance(asked, Page)
    assert "Rien n’est perdu" in asked.text
    wrong = awa.posted("/connexion", asked.form().filled({"email": EMAIL, "password": "pas celui-ci"}), 401)
    assert isinstance(wrong, Page)
    back = awa.posted("/connexion", wrong.form().filled({"email": EMAIL, "password": PASSWORD}), 200)
    assert isinstance(back, Page)
    assert text in back.text
    assert "Coût d’une sortie" in back.text
    offered = back.form(address)
    answer = awa.posted(offered.action, offered.filled())
    assert answer.location == address  # type: ignore[union-attr]
    costs = look(number).read(d.Costs)
    assert costs.leaving == text
    assert str(costs.authority) == "12000.5"


@pytest.mark.usefixtures("awa_has_a_password")
def test_a_gate_crossed_after_signing_in_again_is_judged_on_the_version_that_was_read(
    app: Flask, awa: Visitor, register: Database, make: Make, look: Callable[[str], Experiment]
) -> None:
    number = make(Status.RUNNING)
    address = f"/espace/experimentations/{number}/jalons/suspend"
    form = awa.page(address).form(address)
    with register.changing() as session:
        auth.end_all_sessions(session, people.awa(session))
    asked = awa.posted(address, form.filled({"reason": "Vent fort"}, button="suspend"), 401)
    assert isinstance(asked, Page)
    bruno = Visitor(app, people.bruno)
    costs = bruno.page(f"/espace/experimentations/{number}/couts").form()
    bruno.posted(costs.action, costs.filled({"leaving": "Rien"}))
    back = awa.posted("/connexion", asked.form().filled({"email": EMAIL, "password": PASSWORD}), 200)
    assert isinstance(back, Page)
    page = awa.posted(address, back.form(address).filled(), 409)
    assert isinstance(page, Page)
    assert page.form(address)["reason"] == "Vent fort"
    assert look(number).status is Status.RUNNING


def test_a_form_without_its_token_gives_the_text_back(awa: Visitor, make: Make) -> None:
    address = f"/espace/experimentations/{make()}/couts"
    text = "9 000 € </textarea><script>alert(1)</script>"
    page = awa.posted(address, {"leaving": text, "version": "1"}, 400, token=False)
    assert isinstance(page, Page)
    assert text in [field.text for field in page.all("textarea")]
    assert "Coût d’une sortie" in page.text


def test_a_password_never_comes_back_in_a_page(visitor: Visitor) -> None:
    answer = visitor.post("/connexion", {"email": EMAIL, "password": "secret-de-awa"}, token=False)
    assert answer.status_code == 400
    assert "secret-de-awa" not in answer.text


def test_a_password_changed_after_the_session_ended_is_not_kept_in_the_page(visitor: Visitor) -> None:
    typed = {"current": "secret-de-awa", "password": "le-nouveau-secret", "again": "le-nouveau-secret"}
    page = visitor.posted("/espace/compte/mot-de-passe", typed, 401)
    assert isinstance(page, Page)
    assert b"secret" not in page.html


# What is kept on the way ----------------------------------------------------------------------------------------------


def test_pages_of_the_desk_are_kept_nowhere_and_public_ones_are_the_same_for_all(
    awa: Visitor, visitor: Visitor, make: Make
) -> None:
    number = make(Status.RUNNING)
    for path in ("/espace", "/espace/compte", f"/espace/experimentations/{number}"):
        assert "no-store" in awa.page(path).headers["Cache-Control"], path
    for path in ("/", f"/experimentations/{number}"):
        seen, theirs = visitor.page(path), awa.page(path)
        assert seen.html == theirs.html, path
        assert "Set-Cookie" not in theirs.headers
        assert "Cookie" not in theirs.headers.get("Vary", "")


def test_a_page_with_a_session_is_never_packed(awa: Visitor, visitor: Visitor) -> None:
    gzip = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in awa.client.get("/espace", headers=gzip).headers
    assert visitor.client.get("/trace", headers=gzip).headers["Content-Encoding"] == "gzip"


def test_a_page_with_the_token_of_a_form_is_never_packed_though_nobody_signed_in(visitor: Visitor, make: Make) -> None:
    form = f"/experimentations/{make(Status.RUNNING)}/suivre"
    assert b'name="csrf_token"' in visitor.page(form).html
    assert "Content-Encoding" not in visitor.client.get(form, headers={"Accept-Encoding": "gzip"}).headers
