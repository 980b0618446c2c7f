"""What every answer says to the browser: what it may load, what it may keep."""

from __future__ import annotations

from flask import Flask, Response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Sessions(SecureCookieSessionInterface):
    """Cookies, except with what is the same for everybody: a proxy would keep nothing that varies with them."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask, *, https: bool, compress: Compress) -> None:
    app.session_interface = Sessions()

    @app.after_request
    def headers(response: Response) -> Response:
        kept = response.headers
        kept.setdefault("Content-Security-Policy", CSP)
        kept.setdefault("X-Content-Type-Options", "nosniff")
        kept.setdefault("Referrer-Policy", "same-origin")
        kept.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if https:
            kept.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.cache_control.public:
            return response  # The same for everybody: no cookie is looked at.
        inside = "_user_id" in session or request.path.startswith(("/espace", "/connexion", "/api"))
        kept.setdefault("Cache-Control", "private, no-store" if inside else "no-cache")
        if inside:
            return response
        packed: Response = compress.after_request(response)
        return packed
