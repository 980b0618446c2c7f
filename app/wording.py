"""Dates, figures and lengths of time in the language of the page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup, escape

from experiments.ladder import paris_day

from . import clock
from .i18n import Typed, lang, ngettext
from .singular import singular
from .templating import NBSP, date_fr, hour_fr, moment_fr, number_fr


def day(value: date | None) -> str:
    """« 1er mars 2026 », “1 March 2026”; nothing for no date."""
    return _english_day(value) if lang() == "en" else date_fr(value)


@lru_cache(maxsize=4096)
def _english_day(value: date | None) -> str:
    return "" if value is None else format_date(value, "d MMMM y", locale="en_GB").replace(" ", NBSP)


def month(value: date) -> str:
    """« mars 2026 », “March 2026”."""
    return format_date(value, "MMMM y", locale="en_GB" if lang() == "en" else "fr")


def brief_month(value: date) -> str:
    """« janv. », “Jan”."""
    return format_date(value, "MMM", locale="en_GB" if lang() == "en" else "fr")


def hour(moment: datetime) -> str:
    """« 14 h 32 », “14:32”, Paris time."""
    return f"{moment.astimezone(clock.PARIS):%H:%M}" if lang() == "en" else hour_fr(moment)


def moment(value: datetime) -> str:
    """« 1er mars 2026 à 14 h 32 », “1 March 2026 at 14:32”, Paris time."""
    if lang() != "en":
        return moment_fr(value)
    return f"{_english_day(paris_day(value))} at {hour(value)}"


def number(value: Decimal | int | float | None) -> str:
    """« 12 345,6 », “12,345.6”; nothing for no figure."""
    return _english_number(value) if lang() == "en" else number_fr(value)


@lru_cache(maxsize=4096)
def _english_number(value: Decimal | int | float | None) -> str:
    return "" if value is None else format_decimal(value, "#,##0.######", locale="en_GB")


def quantity(value: Decimal | int | None, unit: str) -> Markup:
    """« 430 foyers », « 0 foyer »: people typed the unit in the plural, and it is agreed where its singular is sure."""
    if value is None or not unit:
        return escape(number(value))
    agreed = singular(unit) if -2 < value < 2 else unit
    return Markup("%s\u00a0%s") % (number(value), Typed(agreed))


def days(count: int) -> str:
    """« 1 jour », « 12 jours », “12 days”."""
    return ngettext("%(num)s\u00a0jour", "%(num)s\u00a0jours", count, num=number(count))


def init_app(app: Flask) -> None:
    for function in (day, hour, moment, number, quantity, days):
        app.jinja_env.filters[function.__name__] = function
