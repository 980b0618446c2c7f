"""What the tests of the public side share: its addresses, the statements that a page takes, a file that says what one
likes, what a list shows, the report of a year."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Flask
from msgspec.structs import replace
from sqlalchemy import event

from app.db import Database
from app.i18n import has_english
from experiments import declared as d
from experiments import documents
from experiments.report import Report, draw
from tests.builders import complete
from tests.pages.page import Page


@contextmanager
def statements(register: Database) -> Iterator[list[str]]:
    """The SQL said meanwhile, by whoever reads what is public and by the others, without BEGIN."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    engines = (register.engine, register.public_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield said
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def named(**fields: Any) -> dict[type[Any], Any]:
    """A file whose identity says these things."""
    return {d.Identity: replace(complete(date(2026, 1, 5))[d.Identity], **fields)}


def numbers(page: Page) -> list[str]:
    """The experiments that a list shows, in order."""
    listed = page.html.decode().partition('id="recent"')[0]
    return re.findall(r'href="/experimentations/(\d{4}-\d{3})"', listed)


def recomputed(register: Database, year: int, today: date) -> Report:
    """The report, from the public documents alone."""
    with register.public() as public:
        return draw(documents.every(public, told=False), year, today)


def rules(app: Flask, method: str) -> list[str]:
    """What may be asked without a session (tests/pages/test_access.py says of all that begins so that it needs one)."""
    every = (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))
    return sorted(rule.rule for rule in every if not rule.rule.startswith("/espace"))


def addresses(rule: str, known: Mapping[str, list[str]]) -> Iterator[str]:
    """Every address of a rule, in both languages."""
    paths = known.get(rule, [rule])
    for name in re.findall(r"<(?:[^<>]*:)?(\w+)>", rule):
        paths = [re.sub(rf"<(?:[^<>]*:)?{name}>", one, path) for path in paths for one in known.get(name, [""])]
    for path in paths:
        yield path
        if has_english(path):
            yield f"/en{path}"
