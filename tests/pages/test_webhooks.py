"""What an administrator does with the programs that are told, and what an auditor reads of them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.db import Database
from app.hooks.seal import seal_of
from experiments import deliveries, webhooks
from experiments.deliveries import Answer
from experiments.model import Arrival, Delivery, Webhook
from experiments.sealing import Seal
from experiments.vocabulary import Status
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PAGE = "/espace/administration/webhooks"
URL = "https://portail.exemple.fr/recevoir?cle=tres-secrete"
Make = Callable[..., str]


@pytest.fixture
def seal(app: Flask) -> Seal:
    return seal_of(app.config["JALON"])


@pytest.fixture
def one(register: Database, seal: Seal) -> Webhook:
    with register.changing() as session:
        return webhooks.add(session, "Portail de données", URL, clock.now(), seal)[0]


def as_kept(register: Database, one: Webhook) -> Webhook:
    with register.reading() as session:
        return session.get_one(Webhook, one.id)


def answers(register: Database, *codes: int) -> None:
    """What the worker does: write down what is owed, send it, hear these answers."""
    with register.changing() as session:
        deliveries.plan(session, clock.now())
    for code in codes:
        with register.changing() as session:
            [number] = deliveries.take(session, "essais", clock.now())
            parcel = deliveries.parcel(session, number, "essais", clock.now())
            assert parcel
            deliveries.answered(
                session, parcel, Answer(code, 35, "" if code == 200 else f"Réponse {code}"), clock.now()
            )
            deliveries.let_go(session, number, "essais")


def test_one_is_added_and_its_secret_is_shown_once_and_kept_sealed(
    hugo: Visitor, gaelle: Visitor, register: Database, seal: Seal
) -> None:
    assert "Aucun programme" in hugo.page(PAGE).text
    form = hugo.page(PAGE).form(PAGE)
    page = hugo.posted(PAGE, form.filled({"label": "Portail de données", "url": URL}), 200)
    assert isinstance(page, Page)
    [shown] = re.findall(r"whsec_[\w+/=]{40,}", page.html.decode())
    with register.reading() as session:
        made = session.scalars(select(Webhook).order_by(Webhook.id)).one()
    assert (seal.open(made.secret), made.url) == (shown, URL)
    assert shown not in made.secret
    for path in (PAGE, f"{PAGE}/{made.id}"):
        page = hugo.page(path)
        assert "whsec_" not in page.html.decode()
        assert URL in page.text
        # The address is often a password: whoever only reads learns whose it is.
        read = gaelle.page(path)
        assert "https://portail.exemple.fr/…" in read.text
        assert "tres-secrete" not in read.html.decode()
        assert not list(read.one("main").iter("form"))
    assert "Rien n’a encore été envoyé" in hugo.page(f"{PAGE}/{made.id}").text


@pytest.mark.parametrize(
    ("label", "url", "says"),
    [
        ("", URL, "Donnez-lui un nom"),
        ("Portail", "", "Donnez une adresse"),
        ("Portail", "http://portail.exemple.fr/", "https://"),
        ("Portail", "https://169.254.169.254/", "privée"),
        ("Portail", "https://127.0.0.1/", "privée"),
        ("Portail", f"https://portail.exemple.fr/{'a' * 500}", "500 caractères"),
    ],
)
def test_an_address_that_cannot_be_reached_comes_back_with_why(
    hugo: Visitor, app: Flask, register: Database, label: str, url: str, says: str
) -> None:
    app.config["JALON"] = replace(app.config["JALON"], public_url="https://experimentations.exemple.fr")
    page = hugo.posted(PAGE, {"label": label, "url": url}, 422)
    assert isinstance(page, Page)
    assert says in page.text
    with register.reading() as session:
        assert session.scalars(select(Webhook).order_by(Webhook.id)).all() == []


def test_there_are_so_many_and_no_more(hugo: Visitor, register: Database, seal: Seal) -> None:
    with register.changing() as session:
        for _ in range(webhooks.MOST):
            webhooks.add(session, "Portail", URL, clock.now(), seal)
    page = hugo.posted(PAGE, {"label": "Portail", "url": URL}, 422)
    assert isinstance(page, Page)
    assert "supprimez-en un" in page.text


def test_the_log_says_what_was_sent_what_was_answered_and_what_comes_next(
    hugo: Visitor, gaelle: Visitor, register: Database, make: Make, one: Webhook
) -> None:
    number = make(Status.SUSPENDED)
    answers(register, 200, 503)
    here = f"{PAGE}/{one.id}"
    text = hugo.page(here).text
    for words in (f"Autoriser {number}", "Réponse 200, 35 ms, le", "Lancer", "Réponse 503", "Reçu.",
                  "Prochain essai le", "Suspendre", "Attend le message qui précède", "En échec depuis le"):  # fmt: skip
        assert words in text, words
    assert "2\u00a0messages en attente" in gaelle.page(PAGE).text
    again = [form.get("action") for form in hugo.page(here).forms() if (form.get("action") or "").endswith("/renvoyer")]
    # The first, again; the second, without waiting. The third has not been tried.
    assert len(again) == 2
    for action in again:
        assert hugo.post(action or "").status_code == 303
    answers(register, 200, 200, 200)
    with register.reading() as session:
        log = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [sent.fate for sent in log] == [Arrival.TAKEN] * 3
    assert "En marche" in hugo.page(here).text
    assert hugo.post(f"{here}/envois/{log[-1].id + 1}/renvoyer").status_code == 404


def test_a_pause_keeps_what_happens_meanwhile_and_a_trial_goes_all_the_same(
    hugo: Visitor, register: Database, make: Make, one: Webhook
) -> None:
    here = f"{PAGE}/{one.id}"
    make(Status.AUTHORISED)
    assert hugo.post(f"{here}/pause").status_code == 303
    assert hugo.post(f"{here}/essai").status_code == 303
    answers(register, 200)
    text = hugo.page(here).text
    assert "mis en pause par un administrateur" in text
    assert "Essai" in text
    assert "Autoriser" not in text
    assert hugo.post(f"{here}/reprendre").status_code == 303
    answers(register, 200)
    assert "Autoriser" in hugo.page(here).text


def test_one_whose_trial_failed_is_not_said_to_work(hugo: Visitor, register: Database, one: Webhook) -> None:
    here = f"{PAGE}/{one.id}"
    for path in (here, PAGE):
        assert "En marche" in hugo.page(path).text
    for code, says in ((503, "a échoué (réponse 503)"), (200, "En marche")):
        assert hugo.post(f"{here}/essai").status_code == 303
        answers(register, code)
        for path in (here, PAGE):
            assert says in hugo.page(path).text
            assert ("En marche" in hugo.page(path).text) is (code == 200)


def test_a_secret_is_changed_without_a_gap(hugo: Visitor, register: Database, one: Webhook, seal: Seal) -> None:
    page = hugo.posted(f"{PAGE}/{one.id}/secret", None, 200)
    assert isinstance(page, Page)
    kept = as_kept(register, one)
    assert seal.open(kept.secret) in page.html.decode()
    assert (kept.previous_secret, kept.secret != one.secret) == (one.secret, True)
    assert kept.previous_until
    assert kept.previous_until - clock.now() > timedelta(days=6)
    assert "Signe encore jusqu’au" in hugo.page(f"{PAGE}/{one.id}").text


def test_one_whose_secret_no_longer_opens_is_given_a_new_one(
    hugo: Visitor, register: Database, one: Webhook, seal: Seal
) -> None:
    with register.changing() as session:
        kept = session.get_one(Webhook, one.id)
        kept.secret = Seal("la clé d’avant, d’au moins trente-deux signes", "jalon.webhook").close("whsec_x")
        kept.paused_at, kept.paused_by_us, kept.paused_why = clock.now(), True, deliveries.UNREADABLE
    page = hugo.page(f"{PAGE}/{one.id}")
    assert "la clé du registre (SECRET_KEY) a changé" in page.text
    assert "Changez le secret ci-dessous" in page.text
    given = hugo.posted(f"{PAGE}/{one.id}/secret", None, 200)
    assert isinstance(given, Page)
    now = as_kept(register, one)
    assert seal.open(now.secret) in given.html.decode()
    # What cannot be opened signs nothing: it is not kept as the secret of before.
    assert now.previous_secret is None
    assert "Ancien secret Aucun" in given.text


def test_one_is_removed_with_its_log(hugo: Visitor, register: Database, make: Make, one: Webhook) -> None:
    make(Status.AUTHORISED)
    answers(register, 200)
    assert hugo.post(f"{PAGE}/{one.id}/supprimer").status_code == 303
    assert "« Portail de données » est supprimé" in hugo.page(PAGE).text.replace("\u00a0", " ")
    assert hugo.get(f"{PAGE}/{one.id}").status_code == 404
    with register.reading() as session:
        assert session.scalars(select(Delivery).order_by(Delivery.id)).all() == []


def test_administrators_are_told_of_one_that_nothing_reaches(
    hugo: Visitor, gaelle: Visitor, awa: Visitor, register: Database, make: Make, one: Webhook
) -> None:
    make(Status.AUTHORISED)
    assert "n’est plus prévenu" not in hugo.page("/espace").text
    answers(register, 410)
    for visitor in (hugo, gaelle):
        page = visitor.page("/espace")
        assert "Un programme n’est plus prévenu" in page.text
        assert PAGE in page.links
    assert "n’est plus prévenu" not in awa.page("/espace").text
    assert "Plus rien n’est envoyé depuis le" in hugo.page(f"{PAGE}/{one.id}").text
    assert PAGE in hugo.page("/espace/administration").links
