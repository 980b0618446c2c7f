"""The pages, one blueprint a file; each says who may open it."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    from . import (
        account,
        administration,
        agenda,
        calendars,
        desk,
        files,
        gates,
        health,
        letters,
        opinions,
        public,
        reading,
        reminders,
        settings,
        team,
        trace,
    )
    from .api import blueprint as api

    for page in (
        public, calendars, trace, account, settings, desk, agenda, files, reading, gates, team, opinions, reminders,
        administration, letters, health,
    ):  # fmt: skip
        app.register_blueprint(page.bp)
    csrf.exempt(api)
    app.register_blueprint(api)
