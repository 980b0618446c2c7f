"""A strict reader of Table Schema: what a table must be to be what its schema says."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, str]
Schema = dict[str, Any]
_TYPES = {
    "string": str,
    "integer": int,
    "number": Decimal,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"),
    "boolean": {"true": True, "false": False}.__getitem__,
}


def read(path: Path) -> list[Row]:
    """The rows of a CSV with commas, by the names of their columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def problems(rows: list[Row], schema: Schema, others: dict[str, list[Row]]) -> Iterator[str]:
    """What is not as the schema says; `others`: the tables that the foreign keys name."""
    fields = schema["fields"]
    for row in rows:
        if list(row) != [field["name"] for field in fields]:
            yield f"columns: {list(row)}"
        yield from (f"{field['name']}: {row[field['name']]!r}" for field in fields if not _holds(row, field))
    for field in fields:
        values = [row[field["name"]] for row in rows if row[field["name"]]]
        if field.get("constraints", {}).get("unique") and len(set(values)) < len(values):
            yield f"{field['name']}: not unique"
    if len({tuple(row[name] for name in schema["primaryKey"]) for row in rows}) < len(rows):
        yield "primaryKey"
    for key in schema.get("foreignKeys", ()):
        (mine,), (theirs,) = key["fields"], key["reference"]["fields"]
        known = {row[theirs] for row in others[key["reference"]["resource"]]}
        yield from (f"{mine}: nobody is {row[mine]}" for row in rows if row[mine] and row[mine] not in known)


def _holds(row: Row, field: dict[str, Any]) -> bool:
    value, asked = row[field["name"]], field.get("constraints", {})
    if value == "":
        return not asked.get("required")
    try:
        _TYPES[field["type"]](value)
    except (ValueError, KeyError, ArithmeticError):
        return False
    return value in asked.get("enum", [value]) and bool(re.fullmatch(asked.get("pattern", "(?s:.*)"), value))
