"""Who may open a page. A form sent after its session ended loses nothing: it comes back after signing in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import auth, errors
from app.forms.account import SignInForm
from app.typed import Fields, typed
from experiments.editing import NotYours
from experiments.policies import may_administer, may_watch

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def signed_in(view: View[P]) -> View[P]:
    """A page for people with an account."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_user.is_authenticated:
            return view(*args, **kwargs)
        if errors.wants_json():
            return errors.answer(401)
        if request.method != "POST":
            return redirect(f"/connexion?next={quote(request.full_path.rstrip('?'))}", 303)
        return ask_to_sign_in(SignInForm(formdata=None), request.path, typed(), 401)

    return guarded


def for_watchers() -> None:
    """A page about the whole register is for those who watch how it goes. Raises NotYours."""
    if not may_watch(auth.me()):
        raise NotYours


def for_administrators() -> None:
    """What mends it is for those who administer it. Raises NotYours."""
    if not may_administer(auth.me()):
        raise NotYours


def ask_to_sign_in(form: SignInForm, path: str, typed: Fields, status: int) -> ResponseReturnValue:
    """Ask to sign in, and keep what had been typed inside the page."""
    page = render_template("account/sign_in.html", form=form, next=path, typed=typed)
    return make_response(page, status)


def safe_path(path: str | None) -> str:
    """Where to go after signing in: an address of this site, or the desk."""
    path = path or ""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(c) < 33 or c == "\\" for c in path):
        return "/espace"
    # Signing out is a button, not a page to come back to.
    return "/espace" if path.startswith("/deconnexion") else path
