"""The pages, one blueprint a file; each says who may open it."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    from . import account, desk, files, gates, health, opinions, public, reading, team, trace
    from .api import blueprint as api

    for page in (public, trace, account, desk, files, reading, gates, team, opinions, health):
        app.register_blueprint(page.bp)
    csrf.exempt(api)
    app.register_blueprint(api)
