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
        crawlers,
        data,
        declarations,
        desk,
        feeds,
        files,
        following,
        gates,
        guide,
        health,
        heard,
        home,
        letters,
        opinions,
        overdue,
        poster,
        public,
        reading,
        reminders,
        report,
        settings,
        team,
        trace,
        voices,
        webhooks,
    )
    from .api import blueprint as api

    for page in (
        home, public, poster, overdue, calendars, data, trace, report, declarations, account, settings, desk, agenda,
        files, reading, gates, team, opinions, reminders, voices, administration, webhooks, guide, letters, health,
        heard, following, feeds, crawlers,
    ):  # fmt: skip
        app.register_blueprint(page.bp)
    csrf.exempt(api)
    # The key in the address is the right to leave: readers of mails post there (RFC 8058).
    csrf.exempt(following.leave)
    app.register_blueprint(api)
