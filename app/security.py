"""What every answer says to the browser: what it may load, what it may keep."""

from __future__ import annotations

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer says, unless its page says otherwise."""


class Sessions(SecureCookieSessionInterface):
    """Cookies, except with what is the same for everybody: a proxy would keep nothing that varies with them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Who has no cookie has an empty session: nothing is made ready to read one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not _is_shared(response):
            super().save_session(app, session, response)


def _is_shared(response: Response) -> bool:
    """Whether a proxy may keep it."""
    # Read as it is: to take apart what it says of caches costs more than all that is added here.
    return "public" in response.headers.get("Cache-Control", "")


def init_app(app: Flask, *, https: bool, compress: Compress) -> None:
    app.session_interface = Sessions()
    always = ALWAYS | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})

    @app.after_request
    def headers(response: Response) -> Response:
        kept = response.headers
        said = {name.lower() for name, _value in kept}
        for name, value in always.items():
            if name.lower() not in said:
                kept.add(name, value)
        if _is_shared(response):
            return response  # The same for everybody: no cookie is looked at.
        inside = "_user_id" in session or request.path.startswith(("/espace", "/connexion", "/api"))
        kept.setdefault("Cache-Control", "private, no-store" if inside else "no-cache")
        # The token of a form is the same for as long as its session: packed with what a visitor was led to ask for, the
        # length of the page would tell it, letter by letter (BREACH).
        if inside or "csrf_token" in g:
            return response
        packed: Response = compress.after_request(response)
        return packed
