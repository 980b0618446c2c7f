"""The web: HTTP becomes calls of the domain and back. No rule lives here."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect

from experiments import content, policy

from . import (
    answers,
    assets,
    auth,
    cli,
    converters,
    db,
    discreet,
    elsewhere,
    errors,
    i18n,
    pages,
    security,
    templating,
    typed,
    waking,
    wording,
)
from .config import Config, load_config
from .templates import Templates

LONGEST_BODY = 2_000_000
"""Bytes: a whole file's longest part, several times over."""


class Jalon(Flask):
    """Flask, with our environment of templates."""

    jinja_environment = Templates


def create_app(config: Config | None = None) -> Flask:
    """The application, for one configuration (the environment's by default). Raises ConfigError."""
    config = config or load_config()
    policy.use(config.policy)
    discreet.init_app()
    app = Jalon(__name__, static_folder=None, template_folder="../templates")
    app.config.update(_settings(config))
    db.init_app(app, config.database_url)
    waking.init_app(app, config)
    converters.init_app(app)
    templating.init_app(app, config.authority_name)
    i18n.init_app(app)
    wording.init_app(app)
    assets.init_app(app)
    answers.init_app(app)
    typed.init_app(app)
    auth.init_app(app)
    csrf = CSRFProtect(app)
    security.init_app(app, https=config.is_https, compress=Compress(app))
    elsewhere.init_app(app)
    errors.init_app(app)
    pages.init_app(app, csrf)
    cli.init_app(app)
    templating.note_demonstration(app)
    content.learn()
    return app


def _settings(config: Config) -> dict[str, Any]:
    """What Flask and its extensions are told."""
    return {
        "SECRET_KEY": config.secret_key,
        "JALON": config,
        "TRUSTED_HOSTS": list(config.trusted_hosts),
        "MAX_CONTENT_LENGTH": LONGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LONGEST_BODY,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "__Host-jalon" if config.is_https else "jalon",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,
        # Only pages without a secret are packed, of a person's session or of a form: length tells nothing then.
        "COMPRESS_ALGORITHM": ["gzip"],
        "COMPRESS_LEVEL": 5,
        "COMPRESS_REGISTER": False,
        "COMPRESS_MIMETYPES": ["text/html", "application/json", "application/x-ndjson", "text/csv", "text/x-python"],
        "COMPRESS_STREAMS": False,
    }
