"""What every template may use: typography, dates and figures in French (app/wording.py: in the page's language)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from jinja2 import StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape
from sqlalchemy.exc import DatabaseError

from experiments import queries
from experiments.ladder import paris_day
from experiments.words import begun, inside, typeset

from . import clock
from .db import Database

NBSP = "\u00a0"
_REFERENCE = re.compile(r"<[^>]*>|(?<![\w/-])(?=[\w/-]*\d)\w+(?:[-/]\w+)+(?![\w/-])[.,]?")
"""What has a figure and hyphens, « 2026-058 », « CM/2025/014 »; or a tag, which is left as it is."""
LONGEST_UNCUT = 24
"""Characters: a longer reference may be wider than a phone, and gives way as any word does."""


class Typography(Extension):
    """French spacing, put into the words of templates when they are compiled: it costs nothing afterwards."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            words = token.type in {"data", "string"}
            yield Token(token.lineno, token.type, typeset(token.value)) if words else token


@lru_cache(maxsize=4096)
def date_fr(day: date | None) -> str:
    """« 1er mars 2026 »; nothing for no date."""
    if day is None:
        return ""
    text = format_date(day, "d MMMM y", locale="fr").replace(" ", NBSP)
    return text.replace("1" + NBSP, "1er" + NBSP, 1) if day.day == 1 else text


def day_month(day: date) -> str:
    """« 1er mars »."""
    return date_fr(day).rsplit(NBSP, 1)[0]


def moment_fr(moment: datetime) -> str:
    """« 1er mars 2026 à 14 h 32 », Paris time."""
    local = moment.astimezone(clock.PARIS)
    return f"{date_fr(paris_day(moment))} à {local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def hour_fr(moment: datetime) -> str:
    """« 14 h 32 », Paris time."""
    local = moment.astimezone(clock.PARIS)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"


@lru_cache(maxsize=4096)
def number_fr(value: Decimal | int | float | None) -> str:
    """« 12 345,6 »; nothing for no figure."""
    return "" if value is None else format_decimal(value, "#,##0.######", locale="fr")


def days_fr(count: int) -> str:
    """« 1 jour », « 12 jours »."""
    return f"{number_fr(count)}{NBSP}jour{'s' if count > 1 else ''}"


def away(count: int) -> str:
    """How far a day is: « dans 12 jours », « demain », « 12 jours de retard »."""
    if count < 0:
        return f"{days_fr(-count)} de retard"
    return ("aujourd’hui", "demain")[count] if count < 2 else f"dans{NBSP}{days_fr(count)}"


def plural(count: int, one: str, many: str = "") -> str:
    """« 0 dossier », « 2 dossiers »: French counts zero with one."""
    return f"{number_fr(count)}{NBSP}{one if count < 2 else many or one + 's'}"


def uncut(text: str, first_line: int = 0) -> Markup:
    """The same words, where no line ends inside « 2026-058 ». What is copied from the page is what was written.

    `first_line`: signs that any screen holds on one line: a long list is spared as many elements.
    """

    def held(found: re.Match[str]) -> str:
        word = found.group()
        loose = word.startswith("<") or len(word) > LONGEST_UNCUT or found.end() <= first_line
        return word if loose else f'<span class="uncut">{word}</span>'

    return Markup(_REFERENCE.sub(held, escape(text)))  # noqa: S704 - escaped on this line


def init_app(app: Flask, authority_name: str) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Typography)
    for function in (date_fr, day_month, moment_fr, hour_fr, number_fr, plural, typeset, begun, inside, uncut):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(authority_name=authority_name, demo=False, plural=plural)
    app.context_processor(lambda: {"today": clock.today()})


def note_demonstration(app: Flask) -> None:
    """Say on every page that the register is a demonstration, when it is one. Known once, when the server starts."""
    database: Database = app.extensions["database"]
    try:
        with database.reading() as session:
            app.jinja_env.globals["demo"] = bool(queries.demonstrators(session))
    except DatabaseError:
        pass  # No schema yet, or no database: whoever serves says so.
    # A connection must not be shared by the processes that a server forks.
    database.engine.dispose()
