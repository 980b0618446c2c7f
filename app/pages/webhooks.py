"""Programs told of the gates crossed: administrators tend them, auditors read what was sent and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, abort, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from app import auth, clock, db
from app.config import current as config
from app.forms.webhooks import WebhookForm
from app.hooks.seal import seal_of
from experiments import deliveries, webhooks
from experiments.leaves import Leaf
from experiments.lifecycle import LIFECYCLE
from experiments.model import Arrival, Delivery, Entry, Webhook
from experiments.policies import may_administer
from experiments.words import typeset

from .access import for_administrators, for_watchers, signed_in
from .paging import page_asked

HOME = "/espace/administration/webhooks"
ONE = "/<row:number>"

bp = Blueprint("webhooks", __name__, url_prefix=HOME)


@bp.app_template_global("stopped_webhooks")
def stopped_webhooks() -> int:
    """How many programs are told nothing any more, though nobody asked for it."""
    return webhooks.stopped(db.session())


@bp.get("")
@signed_in
def page() -> ResponseReturnValue:
    """All of them."""
    for_watchers()
    return _list(WebhookForm(formdata=None))


@bp.post("")
@signed_in
def add() -> ResponseReturnValue:
    """One more; its secret is shown this once."""
    for_administrators()
    form = WebhookForm()
    if not form.validate():
        return make_response(_list(form), 422)
    try:
        made, secret = webhooks.add(
            db.session(), form.label.data or "", form.url.data or "", clock.now(), seal_of(config())
        )  # fmt: skip
    except webhooks.WebhookError as error:
        form.form_errors.append(str(error))
        return make_response(_list(form), 422)
    db.session().commit()
    return _one(made, secret=secret)


@bp.get(ONE)
@signed_in
def one(number: int) -> ResponseReturnValue:
    """One of them, and what was sent to it."""
    for_watchers()
    return _one(webhooks.webhook(db.session(), number) or abort(404))


@bp.post(f"{ONE}/pause")
@signed_in
def pause(number: int) -> ResponseReturnValue:
    """Send nothing more for now."""
    found = _for_change(number)
    webhooks.pause(db.session(), found, clock.now())
    db.session().commit()
    return _done(found, "L’envoi est en pause. Ce qui se passe d’ici là partira à la reprise.")


@bp.post(f"{ONE}/reprendre")
@signed_in
def resume(number: int) -> ResponseReturnValue:
    """Go on from where it stopped."""
    found = _for_change(number)
    webhooks.resume(db.session(), found, clock.now())
    db.session().commit()
    return _done(found, "L’envoi reprend où il s’était arrêté.")


@bp.post(f"{ONE}/essai")
@signed_in
def try_out(number: int) -> ResponseReturnValue:
    """Send a message that tells nothing."""
    found = _for_change(number)
    webhooks.try_out(db.session(), found, clock.now())
    db.session().commit()
    return _done(found, "L’essai part dans la demi-minute. Rechargez cette page\u00a0: la réponse paraîtra au journal.")


@bp.post(f"{ONE}/secret")
@signed_in
def rotate(number: int) -> ResponseReturnValue:
    """A new secret, shown this once."""
    found = _for_change(number)
    secret = webhooks.rotate(db.session(), found, clock.now(), seal_of(config()))
    db.session().commit()
    return _one(found, secret=secret)


@bp.post(f"{ONE}/supprimer")
@signed_in
def remove(number: int) -> ResponseReturnValue:
    """Forget it, and its log."""
    found = _for_change(number)
    label = found.label
    webhooks.remove(db.session(), found)
    db.session().commit()
    flash(typeset(f"« {label} » est supprimé : rien ne lui est plus envoyé."), "success")
    return redirect(HOME, 303)


@bp.post(f"{ONE}/envois/<row:message>/renvoyer")
@signed_in
def again(number: int, message: int) -> ResponseReturnValue:
    """Send a message once more."""
    found = _for_change(number)
    sent = webhooks.delivery(db.session(), found, message) or abort(404)
    webhooks.again(db.session(), found, sent, clock.now())
    db.session().commit()
    return _done(found, "Le message repart, sous le même numéro.")


def _for_change(number: int) -> Webhook:
    for_administrators()
    return webhooks.webhook(db.session(), number, for_change=True) or abort(404)


def _done(found: Webhook, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(f"{HOME}/{found.id}", 303)


# What is shown --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One message of the log. `then` is what happens next, or what became of it."""

    id: int
    what: str
    number: str
    made_at: datetime
    tried_at: datetime | None
    answer: str
    milliseconds: int | None
    tries: int
    then: str
    due_at: datetime | None
    is_waiting: bool


class _Line(msgspec.Struct):
    experiment: str


def _list(form: WebhookForm) -> str:
    return render_template(
        "webhooks/list.html", form=form, rows=webhooks.every(db.session()), mends=may_administer(auth.me()),
        place=place, home=HOME, most=webhooks.MOST,
    )  # fmt: skip


def _one(found: Webhook, secret: str = "") -> ResponseReturnValue:
    leaf = webhooks.log(db.session(), found, page_asked())
    return make_response(render_template(
        "webhooks/one.html", webhook=found, here=f"{HOME}/{found.id}", secret=secret, page=leaf,
        lines=_lines(found, leaf), mends=may_administer(auth.me()), address=place(found), now=clock.now(),
        tried=webhooks.last_tried(db.session(), found), days_kept=deliveries.KEPT.days, days_both=webhooks.BOTH.days,
        unreadable=found.paused_why == deliveries.UNREADABLE,
    ))  # fmt: skip


def place(found: Webhook) -> str:
    """Its address; for whoever only reads, no more than whose it is: the rest is often a password."""
    if may_administer(auth.me()):
        return found.url
    parts = urlsplit(found.url)
    return f"{parts.scheme}://{parts.hostname}/…"


def _lines(found: Webhook, leaf: Leaf[Delivery, Entry | None]) -> list[Sent]:
    first = {one.id for one in deliveries.heads(db.session(), found)}
    return [_line(found, sent, entry, sent.id in first) for sent, entry in leaf.rows]


def _line(found: Webhook, sent: Delivery, entry: Entry | None, is_first: bool) -> Sent:
    waits = sent.fate is Arrival.WAITING
    late = waits and is_first and sent.not_before > clock.now()
    return Sent(
        sent.id, LIFECYCLE[entry.event].label if entry else "Essai",
        msgspec.json.decode(entry.body, type=_Line).experiment if entry else "",
        sent.made_at, sent.tried_at, _answer(sent), sent.milliseconds, sent.tries,
        sent.fate.label if not waits else "prochain essai" if late else _why_it_waits(found, is_first),
        sent.not_before if late else None, waits,
    )  # fmt: skip


def _answer(sent: Delivery) -> str:
    if sent.tried_at is None:
        return ""
    return sent.words or f"Réponse {sent.code}"


def _why_it_waits(found: Webhook, is_first: bool) -> str:
    if is_first:
        return "part dans la demi-minute"
    return "partira à la reprise" if found.paused_at else "attend le message qui précède"
