"""Addresses carry the objects of the domain; an unknown name dies at the door."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from experiments.exports.columns import Table
from experiments.exports.forms import MAIN
from experiments.exports.tables import TABLES
from experiments.gates import Gate
from experiments.lifecycle import LIFECYCLE
from experiments.parts import BY_SLUG, PartOfFile

LARGEST = 2**31 - 1
"""What the database numbers rows up to."""


class GateConverter(BaseConverter):
    def to_python(self, value: str) -> Gate:
        if value not in LIFECYCLE:
            raise ValidationError
        return LIFECYCLE[value]

    def to_url(self, value: Gate | str) -> str:
        return str(value)


class PartConverter(BaseConverter):
    def to_python(self, value: str) -> PartOfFile:
        if value not in BY_SLUG:
            raise ValidationError
        return BY_SLUG[value]

    def to_url(self, value: PartOfFile | str) -> str:
        return value if isinstance(value, str) else value.slug


class TableConverter(BaseConverter):
    """A table of the open data, but the main one, which has its own addresses."""

    def to_python(self, value: str) -> Table:
        if value not in TABLES or value == MAIN:
            raise ValidationError
        return TABLES[value]

    def to_url(self, value: Table | str) -> str:
        return value if isinstance(value, str) else value.name


class NumberConverter(BaseConverter):
    """The permanent number of an experiment, with or without words after it: 2026-014, 2026-014-internet."""

    regex = r"\d{4}-\d{3,6}(?:-[a-z0-9-]*)?"

    def to_python(self, value: str) -> str:
        found = re.match(r"\d{4}-\d{3,6}", value)
        assert found is not None
        return found.group()


class RowConverter(IntegerConverter):
    """The identifier of a row; a greater one is none, and PostgreSQL would fail on it instead of finding nothing."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug's
        super().__init__(map, max=LARGEST)


class YearConverter(IntegerConverter):
    """A year of this century: 2026."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug's
        super().__init__(map, fixed_digits=4, min=2000, max=2100)


class MonthConverter(BaseConverter):
    """A month of this century, as its first day: 2026-11."""

    regex = r"(?:20\d\d|2100)-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


def init_app(app: Flask) -> None:
    app.url_map.converters |= {
        "gate": GateConverter, "part": PartConverter, "table": TableConverter, "number": NumberConverter,
        "row": RowConverter, "year": YearConverter, "month": MonthConverter,
    }  # fmt: skip
