"""Exceptions become answers here, once; what somebody typed always comes back."""

from __future__ import annotations

import logging

import msgspec
from flask import Flask, Response, abort, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from experiments.editing import NotYours

from .auth import manager
from .typed import typed

log = logging.getLogger(__name__)

PAGES = {400, 403, 404, 409, 413, 429, 500, 503}


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.headers.get("X-Autosave") == "1"


def problem(status: int, title: str, **more: object) -> Response:
    """An answer in application/problem+json (RFC 9457)."""
    body = msgspec.json.encode({"type": "about:blank", "title": title, "status": status, **more})
    return Response(body, status, content_type="application/problem+json")


def page(status: int, why: str = "") -> Response:
    """The page of an error, with what was typed; `why` is a sentence of ours without its full stop, when we know."""
    # Flask-Login hands every template who is signed in, and would look for them in a database that may be away.
    if "_login_user" not in g:
        g._login_user = manager.anonymous_user()
    template = f"errors/{status if status in PAGES else 500 if status >= 500 else 400}.html"
    return make_response(render_template(template, typed=typed(), why=why), status)


_TITLES = {400: "Demande non comprise", 401: "Connexion requise", 403: "Accès refusé", 404: "Introuvable",
           405: "Méthode non permise", 409: "Le dossier a changé entre-temps", 413: "Trop long",
           415: "Format non géré", 429: "Trop d’essais", 500: "Erreur interne", 503: "Base indisponible"}  # fmt: skip


_DETAILS = {
    404: "Rien à cette adresse, ou rien que vous puissiez lire : un dossier peut ne pas être public.",
    405: "Cette adresse ne se lit ou ne s’envoie pas ainsi : « Allow » dit comment.",
    500: "Une erreur est survenue ici, et elle est notée : réessayez plus tard.",
    503: "La base ne répond pas : réessayez après le délai de « Retry-After ».",
}
"""What a program is told where nobody says more."""


def answer(status: int, detail: str = "") -> Response:
    if wants_json():
        title = _TITLES.get(status, "Erreur")
        detail = detail or _DETAILS.get(status, "")
        return problem(status, title, **({"detail": detail} if detail else {}), message=title)
    return page(status, detail)


def init_app(app: Flask) -> None:
    app.before_request(_take_no_files)
    for kind, answering in (
        (HTTPException, _http),
        (NotYours, lambda _error: answer(403)),
        (StaleDataError, lambda _error: answer(409)),
        (OperationalError, _database_down),
        (PoolTimeout, _database_down),
        (DBAPIError, _database_refused),
        (Exception, _unexpected),
    ):
        app.register_error_handler(kind, answering)


def _take_no_files() -> None:
    # No page takes a file: one sent in place of a text would reach code that expects the text.
    if request.method == "POST" and not request.path.startswith("/api/") and request.files:
        abort(415)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    # Werkzeug's own descriptions are in English.
    ours = error.description and error.description != type(error).description
    response = answer(error.code, error.description or "" if ours and not isinstance(error, CSRFError) else "")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def _database_down(error: Exception) -> Response:
    log.error("the database does not answer: %s", " ".join(str(error).split())[:300])
    response = answer(503)
    response.headers["Retry-After"] = "30"
    return response


def _database_refused(error: DBAPIError) -> Response:
    # A deadlock or a guard: nothing was kept, and the page can be tried again.
    log.exception("the database refused a change", exc_info=error)
    return answer(409 if "jalon:" in str(error) else 500)


def _unexpected(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.exception("unexpected", exc_info=error)
    return answer(500)
