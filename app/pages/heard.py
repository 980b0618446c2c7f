"""Being heard without an account: reacting, reporting a mistake or an obstacle, and learning what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from app import clock, db
from app.forms.heard import VoiceForm
from app.i18n import gettext, lang, to
from app.network import networks_of_the_day
from experiments import knocks, voices
from experiments.model.voice import VoiceKind
from experiments.obligations import Language
from experiments.policy import current as policy
from experiments.voices import Subject
from experiments.words import clean

bp = Blueprint("heard", __name__)

RETRY_AFTER = "3600"


@bp.route("/experimentations/<number:number>/reagir", methods=["GET", "POST"])
def react(number: str) -> ResponseReturnValue:
    """Say something of an experiment: a reaction or a question while it lasts, a mistake whenever it is public."""
    return _hear(voices.subject(db.public(), number) or abort(404))


@bp.route("/accessibilite/signaler", methods=["GET", "POST"])
def report() -> ResponseReturnValue:
    """Say that something here cannot be read or used."""
    return _hear(None)


def _hear(about: Subject | None) -> ResponseReturnValue:
    form = VoiceForm()
    form.offer(about.kinds if about else [VoiceKind.OBSTACLE])
    if not form.is_submitted():
        return _page(about, form, 200)
    if not form.validate():
        return _page(about, form, 422)
    session, now = db.session(), clock.now()
    if not knocks.admit(session, knocks.of_network(*networks_of_the_day()), now):
        form.form_errors.append(gettext("Trop de messages arrivent à la fois : réessayez dans une heure"))
        answer = _page(about, form, 429)
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer
    voice = voices.hear(
        session, about, VoiceKind(form.kind.data), form.observation.data or "", form.email.data or "",
        language=Language(lang()), today=clock.today(),
    )  # fmt: skip
    session.commit()
    return redirect(to(f"/observations/{voice.reference}"), 303)


def _page(about: Subject | None, form: VoiceForm, status: int) -> Response:
    page = render_template("heard/say.html", about=about, form=form, local=policy().voices, longest=voices.LONGEST)
    return private(make_response(page, status))


@bp.get("/observations/<reference>")
def became(reference: str) -> ResponseReturnValue:
    """What became of an observation, for whoever kept its reference."""
    voice = voices.by_reference(db.session(), clean(reference).upper())
    if voice is None:
        abort(404, gettext("Aucune observation n’a cette référence : vérifiez-en chaque signe"))
    about = voices.of_voice(db.public(), voice)
    page = render_template("heard/became.html", voice=voice, about=about, local=policy().voices)
    return private(make_response(page))


def private(answer: Response) -> Response:
    """What is for one reader: nobody keeps it, lists it, or learns its address from the next page."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def latest(number: str) -> tuple[Sequence[Row[Any]], int | None]:
    """What was last said of an experiment and published, for parts/voices.html; how much in all, when there is more."""
    found = voices.published(db.public(), number, limit=voices.LATEST + 1)
    return found[: voices.LATEST], voices.how_many(db.public(), number) if len(found) > voices.LATEST else None
