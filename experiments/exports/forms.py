"""The forms of a table: JSON with exact values, CSV for programs, CSV for people that no spreadsheet runs."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from io import StringIO
from typing import Any

import msgspec

from experiments import published
from experiments.published import Published

from .columns import Table
from .publisher import Publisher

MAIN = "experimentations"
"""The table whose files stand at the root of the site, and whose JSON is the documents themselves."""
# What a spreadsheet takes for the beginning of a formula, full-width signs included…
_SIGNS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫−")
_BEGINNING = rf"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[{re.escape(''.join(sorted(_SIGNS)))}]"
"""Signs that print nothing count for nothing: some programs drop them."""
_FORMULA = re.compile(_BEGINNING)
# … also after what it takes for the end of a cell, when it is told, or guesses, another separator than ours.
_INSIDE = re.compile(rf"([\t\n\r,;|])(?={_BEGINNING})")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_BOM = b"\xef\xbb\xbf"


class Batch:
    """Some experiments, read once for all the tables: their documents, and the rows that these make."""

    def __init__(self, documents: Sequence[bytes], by: Publisher) -> None:
        self.documents, self.by = documents, by
        self._lines: dict[str, list[list[Any]]] = {}

    @cached_property
    def records(self) -> list[Published]:
        return [published.read(document) for document in self.documents]

    def lines(self, table: Table) -> list[list[Any]]:
        """The rows of a table, in the order of its columns."""
        if table.name not in self._lines:
            self._lines[table.name] = [line for x in self.records for line in table.lines(x, self.by)]
        return self._lines[table.name]


@dataclass(frozen=True)
class Form:
    """A way to write a table: what comes first, its rows, what goes between two batches, what comes last."""

    suffix: str
    mimetype: str
    head: Callable[[Table, dict[str, Any]], bytes]
    rows: Callable[[Table, Batch], bytes]
    between: bytes = b""
    tail: bytes = b""


def _opening(facts: dict[str, Any], name: str) -> bytes:
    return msgspec.json.encode(facts)[:-1] + f',"{name}":['.encode()


def _joined(texts: Iterable[bytes]) -> bytes:
    text = b",\n".join(texts)
    return b"\n" + text if text else b""


def _json_rows(table: Table, batch: Batch) -> bytes:
    names = [column.name for column in table.columns]
    return _joined(_ENCODER.encode(dict(zip(names, line, strict=True))) for line in batch.lines(table))


def _json_head(table: Table, facts: dict[str, Any]) -> bytes:
    schema = facts["publisher"]["url"] + schema_of(table)
    return _opening({"table": table.name, "title": table.title, "schema": schema, **facts}, "rows")


def _documents_head(_table: Table, facts: dict[str, Any]) -> bytes:
    return _opening({"schema": facts["publisher"]["url"] + DOCUMENT_SCHEMA, **facts}, "experiments")


def _csv(lines: Iterable[Iterable[str]], separator: str) -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue().encode()


def _names(table: Table) -> list[list[str]]:
    return [[column.name for column in table.columns]]


def exact(value: Any) -> str:
    """A cell of the CSV for programs, as its Table Schema says."""
    if value is None:
        return ""
    if isinstance(value, str | int):
        return str(value) if value is not True and value is not False else "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"
    return value.isoformat() if isinstance(value, date) else f"{value:f}"


def harmless(value: Any) -> str:
    """A cell of the CSV for people: figures in French, and no text that a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = _INSIDE.sub(r"\1'", value)
        return f"'{text}" if _FORMULA.match(value) else text
    if isinstance(value, bool):
        return "oui" if value else "non"
    return exact(value).replace(".", ",") if isinstance(value, Decimal) else exact(value)


JSON = Form(".json", "application/json", _json_head, _json_rows, b",", b"\n]}\n")
DOCUMENTS = Form(
    ".json", "application/json", _documents_head, lambda _, batch: _joined(batch.documents), b",", b"\n]}\n"
)
"""The register in JSON: each document is, byte for byte, the text that the public pages are drawn from."""
PEOPLE = Form(
    ".csv", "text/csv; charset=utf-8; header=present", lambda table, _: _BOM + _csv(_names(table), ";"),
    lambda table, batch: _csv((map(harmless, line) for line in batch.lines(table)), ";"),
)  # fmt: skip
PROGRAMS = Form(
    ".ouvert.csv", "text/csv; charset=utf-8; header=present", lambda table, _: _csv(_names(table), ","),
    lambda table, batch: _csv((map(exact, line) for line in batch.lines(table)), ","),
)  # fmt: skip


def forms_of(table: Table) -> tuple[Form, Form, Form]:
    """The three forms of a table: for people, for programs, and whole."""
    return PEOPLE, PROGRAMS, DOCUMENTS if table.name == MAIN else JSON


DOCUMENT_SCHEMA = "/donnees/schema-json.json"


def schema_of(table: Table) -> str:
    """The address of the Table Schema of a table."""
    return "/donnees/schema.json" if table.name == MAIN else f"/donnees/{table.name}.schema.json"


def path_of(table: Table, form: Form) -> str:
    """The address of a table, in one form."""
    return f"/{table.name}{form.suffix}" if table.name == MAIN else f"/donnees/{table.name}{form.suffix}"
