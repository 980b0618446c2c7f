"""Following one experiment or all of them by mail: asked here, confirmed from the box, left with one click."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import clock, db
from app.follow_links import box_of, box_of_key, nonce_of, refusal_key_of
from app.forms.heard import FollowForm
from app.i18n import gettext, lang, to
from app.network import networks_of_the_day, of_the_day
from experiments import followers, knocks, refusals, voices
from experiments.model import Follower
from experiments.obligations import Language
from experiments.policy import current as policy
from experiments.voices import Subject
from experiments.words import whole

from .heard import RETRY_AFTER, private

bp = Blueprint("following", __name__)

LIFTED = "annule"
"""In the address of a refusal that was gone back on: its page says so, rather than how to refuse."""


@bp.route("/suivre", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Follow every experiment."""
    return _follow(None)


@bp.route("/experimentations/<number:number>/suivre", methods=["GET", "POST"])
def experiment(number: str) -> ResponseReturnValue:
    """Follow one experiment."""
    about = voices.subject(db.public(), number)
    return _follow(about if about and about.may_be_followed else abort(404))


def _follow(about: Subject | None) -> ResponseReturnValue:
    form = FollowForm()
    if not form.is_submitted():
        return _page(about, form, 200)
    if not form.validate():
        return _page(about, form, 422)
    session, now, email = db.session(), clock.now(), form.email.data or ""
    if not knocks.admit(session, knocks.of_network(*networks_of_the_day()), now):
        form.form_errors.append(gettext("Trop de demandes arrivent à la fois : réessayez dans une heure"))
        answer = _page(about, form, 429)
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer
    # The page is the same whether a mail leaves or not: it tells nothing of the address.
    # A button pressed twice makes no second mail: it takes none of those that an address may be sent.
    confirmations = knocks.of_address(of_the_day("address", followers.mailbox(email)))
    if followers.awaits(session, email) or knocks.admit(session, confirmations, now):
        box = box_of(email, current_app.config["SECRET_KEY"])
        followers.ask(session, email, about.id if about else None, box=box, language=Language(lang()), now=now)
    session.commit()
    return redirect(to("/suivre/demande"), 303)


def _page(about: Subject | None, form: FollowForm, status: int) -> Response:
    return private(make_response(render_template("following/follow.html", about=about, form=form), status))


@bp.get("/suivre/demande")
def asked() -> ResponseReturnValue:
    """What to do next: the mail says it."""
    return private(make_response(render_template("following/asked.html", local=policy().voices)))


@bp.get("/suivre/<key>")
def manage(key: str) -> ResponseReturnValue:
    """What an address follows, or asked to follow: its holder confirms it, or leaves."""
    follower = _follower(key)
    if follower is None:
        return _left(410)
    refusal = to(f"/refus/{refusal_key_of(follower.email, current_app.config['SECRET_KEY'])}")
    return private(make_response(render_template("following/manage.html", follower=follower, key=key, refusal=refusal)))


@bp.post("/suivre/<key>")
def confirm(key: str) -> ResponseReturnValue:
    """Confirm what was asked for, and was on the page."""
    follower = _follower(key, for_change=True)
    if follower is None:
        return _left(410)
    seen = {number for text in request.form.getlist("following") if (number := whole(text, 9)) is not None}
    followers.confirm(db.session(), follower, seen, clock.now())
    db.session().commit()
    return redirect(to(f"/suivre/{key}"), 303)


@bp.get("/suivre/<key>/arreter")
def leaving(key: str) -> ResponseReturnValue:
    """Where a reader of mails that knows nothing of one click leads to."""
    return redirect(to(f"/suivre/{key}"), 303)


@bp.post("/suivre/<key>/arreter")
def leave(key: str) -> ResponseReturnValue:
    """Follow one thing less, or nothing any more. The key is enough: readers of mails post here (RFC 8058)."""
    follower, only = _follower(key, for_change=True), whole(request.form.get("following", ""), 9)
    if follower is None:
        return _left(200)
    followers.leave(db.session(), follower, only)
    db.session().commit()
    still = only is not None and followers.by_nonce(db.session(), follower.nonce)
    return redirect(to(f"/suivre/{key}"), 303) if still else _left(200)


@bp.get("/refus/<key>")
def refusal(key: str) -> ResponseReturnValue:
    """Where the holder of a box refuses to be written to ever again, or goes back on it."""
    since = refusals.since(db.session(), _box(key))
    template = "lifted" if since is None and LIFTED in request.args else "refusal"
    return private(make_response(render_template(f"following/{template}.html", since=since, key=key)))


@bp.post("/refus/<key>")
def refuse(key: str) -> ResponseReturnValue:
    """Nothing is written there any more, whoever asks."""
    secret = current_app.config["SECRET_KEY"]
    refusals.refuse(db.session(), _box(key), lambda email: box_of(email, secret), clock.today())
    db.session().commit()
    return redirect(to(f"/refus/{key}"), 303)


@bp.post("/refus/<key>/annuler")
def lift(key: str) -> ResponseReturnValue:
    """Accept again to be asked. Only a mail that the box has received leads here."""
    refusals.lift(db.session(), _box(key))
    db.session().commit()
    return redirect(to(f"/refus/{key}?{LIFTED}="), 303)


def _box(key: str) -> str:
    return box_of_key(key, current_app.config["SECRET_KEY"]) or _broken()


def _broken() -> NoReturn:
    abort(404, gettext("Ce lien est incomplet : ouvrez-le depuis le courriel, ou copiez-le jusqu’au dernier signe"))


def _follower(key: str, *, for_change: bool = False) -> Follower | None:
    """Whose link this is; None once they have left. A link that is not of our making leads nowhere."""
    nonce = nonce_of(key, current_app.config["SECRET_KEY"]) or _broken()
    return followers.by_nonce(db.session(), nonce, for_change=for_change)


def _left(status: int) -> Response:
    return private(make_response(render_template("following/left.html"), status))
