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
from types import NoneType
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
_QUOTED = re.compile('[\r\n"]')
"""What no cell holds without quotes, but for the separator."""
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


def _csv(lines: Iterable[list[str]], separator: str) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=separator)
    for cells in lines:
        row = separator.join(cells)
        # The csv module looks at each character several times: it is given the rows that have something to quote.
        if row.count(separator) == len(cells) - 1 and not _QUOTED.search(row):
            text.write(f"{row}\r\n")
        else:
            writer.writerow(cells)
    return text.getvalue().encode()


def _names(table: Table) -> list[list[str]]:
    return [[column.name for column in table.columns]]


class _Written(dict[type, Callable[[Any], str]]):
    """How values are written, by their type: there are some sixty in a row. A word of a list is a text."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = found = next(self[base] for base in kind.__mro__ if base in self)
        return found


_EXACT = _Written({
    str: str, NoneType: lambda _: "", bool: lambda value: "true" if value else "false", int: str,
    Decimal: "{:f}".format, float: "{:f}".format, date: date.isoformat,
    datetime: lambda value: f"{value.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z",
})  # fmt: skip
_FRENCH = _Written(_EXACT | {
    bool: lambda value: "oui" if value else "non", Decimal: lambda value: f"{value:f}".replace(".", ","),
})  # fmt: skip


def exact(value: Any) -> str:
    """A cell of the CSV for programs, as its Table Schema says."""
    return _EXACT[type(value)](value)


def harmless(value: Any) -> str:
    """A cell of the CSV for people: figures in French, and no text that a spreadsheet would run."""
    if not isinstance(value, str):
        return _FRENCH[type(value)](value)
    # Few texts hold a formula, and to look for one costs a third of replacing none.
    text = _INSIDE.sub(r"\1'", value) if _INSIDE.search(value) else value
    return f"'{text}" if _FORMULA.match(value) else text


def _for_programs(line: list[Any]) -> list[str]:
    return [value if (kind := type(value)) is str else _EXACT[kind](value) for value in line]


def _for_people(line: list[Any]) -> list[str]:
    """The cells of a row, harmless. Few rows hold anything to make so: each is looked at once, as a whole."""
    cells = [value if (kind := type(value)) is str else _FRENCH[kind](value) for value in line]
    return [harmless(value) for value in line] if _INSIDE.search(";" + ";".join(cells)) else cells


JSON = Form(".json", "application/json", _json_head, _json_rows, b",", b"\n]}\n")
DOCUMENTS = Form(
    ".json", "application/json", _documents_head, lambda _, batch: _joined(batch.documents), b",", b"\n]}\n"
)
"""The register in JSON: each document is, byte for byte, the text that the public pages are drawn from."""
PEOPLE = Form(
    ".csv", "text/csv; charset=utf-8; header=present", lambda table, _: _BOM + _csv(_names(table), ";"),
    lambda table, batch: _csv(map(_for_people, batch.lines(table)), ";"),
)  # fmt: skip
PROGRAMS = Form(
    ".ouvert.csv", "text/csv; charset=utf-8; header=present", lambda table, _: _csv(_names(table), ","),
    lambda table, batch: _csv(map(_for_programs, batch.lines(table)), ","),
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
