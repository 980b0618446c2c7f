"""What citizens say, as those who answer for it read it: publish, decline, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import auth, clock, db
from app.config import current as config
from app.forms.voices import AnswerForm, DeclineForm, PublishForm
from experiments import bulletins, voices
from experiments.editing import NotYours
from experiments.model import Experiment, Voice
from experiments.model.voice import Decline

from . import shell
from .access import for_administrators, signed_in
from .paging import page_asked

bp = Blueprint("voices", __name__, url_prefix="/espace")

PAGE = "observations"
ALL = f"/espace/administration/{PAGE}"


@bp.get(f"/experimentations/<number:number>/{PAGE}")
@signed_in
def of_file(number: str) -> ResponseReturnValue:
    """What is said of a file."""
    x = _load(number)
    found = voices.of_file(db.session(), x, page_asked())
    return shell.page("voices/of_file.html", x, PAGE, found=found, tab=shell.heard(x),
                      leaf_address=lambda n: f"{shell.address(x, PAGE)}?page={n}")  # fmt: skip


@bp.get(f"/administration/{PAGE}")
@signed_in
def all_of_them() -> ResponseReturnValue:
    """What is said of the whole register."""
    for_administrators()
    found = voices.all_of_them(db.session(), page_asked())
    return render_template("voices/all.html", found=found, leaf_address=lambda n: f"{ALL}?page={n}")


@bp.route(f"/experimentations/<number:number>/{PAGE}/<row:voice>", methods=["GET", "POST"])
@signed_in
def one(number: str, voice: int) -> ResponseReturnValue:
    """One observation of a file, and what is done of it."""
    changes = request.method == "POST"
    x = _load(number)
    found = voices.one(db.session(), voice, x, for_change=changes) or abort(404)

    def page(**forms: Any) -> str:
        return shell.page("voices/one.html", x, PAGE, voice=found, tab=shell.heard(x), action=request.path, **forms)

    return _settle(found, page, shell.address(x, PAGE))


@bp.route(f"/administration/{PAGE}/<row:voice>", methods=["GET", "POST"])
@signed_in
def obstacle(voice: int) -> ResponseReturnValue:
    """One obstacle that was reported, and the answer to it."""
    for_administrators()
    found = voices.one(db.session(), voice, None, for_change=request.method == "POST") or abort(404)

    def page(**forms: Any) -> str:
        return render_template("voices/obstacle.html", voice=found, action=request.path, **forms)

    return _settle(found, page, ALL)


def _load(number: str) -> Experiment:
    x = shell.load(number)
    if not voices.may_moderate(auth.me(), x):
        raise NotYours
    return x


def _settle(voice: Voice, page: Callable[..., str], back: str) -> ResponseReturnValue:
    """The page of one observation, or what its form decides."""
    shown = voice.published or voices.masked(voice.text)
    seen = voices.state(voice)
    decide = _DECISIONS.get(request.form.get("_action", ""))
    undecided = decide is None and request.method == "POST"
    forms: dict[str, Any] = {
        "publishing": PublishForm(data={"published": shown}), "declining": DeclineForm(),
        "answering": AnswerForm(obj=voice), "spotted": voices.spotted(voice.text), "seen": seen, "moved": False,
        "undecided": undecided,
    }  # fmt: skip
    if decide is None:
        return make_response(page(**forms), 422 if undecided else 200)
    name, verb = decide
    form = forms[name]
    if request.form.get("seen", seen) != seen:
        return make_response(page(**forms | {"moved": True}), 409)
    if form.validate():
        try:
            said = verb(voice, form)
            db.session().commit()
            flash(said, "success")
            # What is published may be answered at once.
            return redirect(request.path if name == "publishing" else back, 303)
        except voices.Unclear as error:
            form.form_errors.append(str(error))
    return make_response(page(**forms), 422)


def _publish(voice: Voice, form: PublishForm) -> str:
    voices.publish(db.session(), voice, form.published.data or "", sure=form.sure.data, today=clock.today())
    return "C’est publié, sans nom."


def _decline(voice: Voice, form: DeclineForm) -> str:
    voices.decline(db.session(), voice, Decline(form.reason.data), sure=form.withdrawn.data, today=clock.today())
    _reply(voice)
    return "L’observation est retirée de la page publique." if voice.published_on else "L’observation est écartée."


def _answer(voice: Voice, form: AnswerForm) -> str:
    if voices.answer(db.session(), voice, form.answer.data or "", today=clock.today()):
        _reply(voice)
    return "La réponse est enregistrée."


def _reply(voice: Voice) -> None:
    at_any_hour = config().smtp_url is None
    bulletins.reply(db.session(), voice, clock.now(), at_any_hour=at_any_hour)


_DECISIONS: dict[str, tuple[str, Callable[[Voice, Any], str]]] = {
    "publish": ("publishing", _publish),
    "decline": ("declining", _decline),
    "answer": ("answering", _answer),
}
