"""Signing in and out, and one's own account: password, sessions, keys for the API."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from app import accounts, auth, clock, db
from app.forms.account import AbsenceForm, PasswordForm, SignInForm, TokenForm, WishesForm
from app.typed import Fields
from experiments import queries
from experiments.duties import DUTIES
from experiments.words import typeset

from .access import ask_to_sign_in, safe_path, signed_in

bp = Blueprint("account", __name__)


@bp.route("/connexion", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in. The answer is the same whether the address has an account or not."""
    form = SignInForm()
    path = safe_path(request.values.get("next"))
    typed = parse_qsl(request.form.get("typed", ""), keep_blank_values=True)
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(path, 303)
    if not form.validate_on_submit():
        return ask_to_sign_in(form, path, typed, 422 if form.is_submitted() else 200)
    email, now = form.email.data or "", clock.now()
    # Read first, then hash, then write: no lock is held while a password is tried.
    with db.database().reading() as session:
        throttled = auth.is_throttled(session, email, now)
        person = queries.person_by_email(session, email)
    if throttled:
        form.form_errors.append("Trop d’essais : attendez un quart d’heure, ou écrivez à l’administration du registre")
        return ask_to_sign_in(form, path, typed, 429)
    if not auth.password_matches(person, form.password.data or "") or person is None:
        with db.database().changing() as session:
            auth.note_failure(session, email, now)
        form.form_errors.append("L’adresse ou le mot de passe ne convient pas")
        return ask_to_sign_in(form, path, typed, 401)
    with db.database().changing() as session:
        auth.forget_failures(session, email)
        user = auth.open_session(session, person, now, request.user_agent.string)
    login_user(user)
    if typed:
        return render_template("account/resume.html", path=path, typed=typed)
    return redirect(path, 303)


@bp.app_template_filter()
def packed(typed: Fields) -> str:
    """What had been typed, as one hidden text."""
    return urlencode(typed)


@bp.post("/deconnexion")
def sign_out() -> ResponseReturnValue:
    """Sign out: the row goes, and every copy of the cookie with it."""
    if current_user.is_authenticated:
        auth.end_session(db.session(), current_user.token)
        db.session().commit()
        logout_user()
    flash("Vous êtes déconnecté.", "success")
    # The public pages are the same for everybody: they cannot say it.
    return redirect("/connexion", 303)


@bp.get("/espace/compte")
@signed_in
def account() -> ResponseReturnValue:
    """One's account."""
    return page()


def page(status: int = 200, **given: object) -> ResponseReturnValue:
    """The page of one's account; `given` are the forms that come back, or the key that has just been made."""
    session, me = db.session(), auth.me()
    tokens, others = auth.tokens(session, me), auth.other_sessions(session, me, clock.now())
    shown = {
        "password": PasswordForm(formdata=None), "token": TokenForm(formdata=None), "made": "",
        "wishes": WishesForm(formdata=None, obj=me), "absence": AbsenceForm(formdata=None), "agenda": "",
        "absences": queries.absences(session, me, clock.today()),
        "paced": [rule.task.label for rule in DUTIES.values() if not rule.statutory],
        "statutory": [(rule.task.label, typeset(rule.source)) for rule in DUTIES.values() if rule.statutory],
    } | given  # fmt: skip
    found = render_template("account/account.html", me=me, tokens=tokens, others=others, **shown)
    return make_response(found, status)


@bp.post("/espace/compte/mot-de-passe")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's password: every other session ends."""
    form, me, session = PasswordForm(), auth.me(), db.session()
    if form.validate() and not auth.password_matches(me, form.current.data or ""):
        form.current.errors = ["Ce n’est pas votre mot de passe actuel"]
    if form.errors:
        return page(422, password=form)
    accounts.change_password(session, me, form.password.data or "")
    user = auth.open_session(session, me, clock.now(), request.user_agent.string)
    session.commit()
    login_user(user)
    flash("Le mot de passe est changé. Les autres sessions sont fermées.", "success")
    return redirect("/espace/compte", 303)


@bp.post("/espace/compte/sessions")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Close every session but this one."""
    auth.end_other_sessions(db.session(), auth.me(), current_user.token)
    db.session().commit()
    flash("Les autres sessions sont fermées.", "success")
    return redirect("/espace/compte", 303)


@bp.post("/espace/compte/cles")
@signed_in
def make_token() -> ResponseReturnValue:
    """Make a key for the API: shown this once, kept as a fingerprint."""
    form = TokenForm()
    if not form.validate():
        return page(422, token=form)
    made = auth.make_token(db.session(), auth.me(), form.label.data or "", clock.now())
    db.session().commit()
    return page(made=made)


@bp.post("/espace/compte/cles/<row:number>/revoquer")
@signed_in
def revoke_token(number: int) -> ResponseReturnValue:
    """Revoke a key; it opens nothing from now on."""
    auth.revoke_tokens(db.session(), auth.me(), now=clock.now(), only=number)
    db.session().commit()
    flash("La clé est révoquée.", "success")
    return redirect("/espace/compte", 303)
