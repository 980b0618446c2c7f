"""What the columns and the documents mean, for programs (Table Schema, Data Package, JSON Schema) and for people."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from experiments import reported as r
from experiments.acts import Act, Conclusion, Stop
from experiments.parts import PARTS, Writer
from experiments.policy import current as policy
from experiments.published import Published
from experiments.words import typeset

from .catalogue import KEYWORDS
from .columns import Column, Kind, Table
from .forms import DOCUMENT_SCHEMA, PROGRAMS, path_of, schema_of
from .publisher import Publisher
from .tables import TABLES

MISSING = [""]


VERSION, CREATED, CHANGED = "0.1.0", "2026-11-22", "2026-11-28"
"""Of the tables, read as semver: a column that goes or changes its meaning is another first figure."""
DESCRIPTION = (
    "Ce qu’une collectivité essaie : toutes les propositions, refusées comprises, leurs dates, leurs dérogations, "
    "leurs critères, leurs résultats, et les décisions prises."
)
_SOURCES = {
    "decisions": [{"title": "Schéma SCDL « délibérations »", "path": "https://schema.data.gouv.fr/scdl/deliberations/"}]
}


def table_schema(table: Table, by: Publisher) -> dict[str, Any]:
    """The Table Schema of a table (frictionless, version 1), for its CSV with commas, and what a directory of schemas
    asks to know of it.

    Without the keys of other tables: validators refuse them where those tables are not. The package has them.
    """
    example = {"name": table.name, "title": f"Le registre de {by.name}", "path": by.url + path_of(table, PROGRAMS)}
    known = {
        "countryCode": "FR",
        "homepage": f"{by.url}/donnees",
        "path": by.url + schema_of(table),
        "created": CREATED,
        "lastModified": CHANGED,
        "resources": [example],
        **_published(by),
    }
    return _described(table) | known | ({"sources": _SOURCES[table.name]} if table.name in _SOURCES else {})


def _published(by: Publisher) -> dict[str, Any]:
    """What is said of every schema and of the package alike."""
    return {
        "version": VERSION,
        "keywords": KEYWORDS,
        "licenses": [{"name": by.licence.code, "title": by.licence.title, "path": by.licence.url}],
        "contributors": [{"title": by.name, "role": "publisher"}],
    }


def _described(table: Table) -> dict[str, Any]:
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": table.name,
        "title": table.title,
        "description": table.lead,
        "fields": [_field(column) for column in table.columns],
        "missingValues": MISSING,
        "primaryKey": [table.key],
    }


def _joined(table: Table) -> dict[str, Any]:
    """The same with the keys by which it joins the other tables of the package."""
    keys = [_join(column, TABLES[other]) for column, other in table.joins.items()]
    return _described(table) | ({"foreignKeys": keys} if keys else {})


def _join(column: str, other: Table) -> dict[str, Any]:
    return {"fields": [column], "reference": {"resource": other.name, "fields": [other.key]}}


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "title": column.title, "type": str(column.kind),
                             "description": column.why}  # fmt: skip
    if column.example:
        field["example"] = column.example
    if column.kind is Kind.MOMENT:
        field["format"] = "%Y-%m-%dT%H:%M:%SZ"
    constraints: dict[str, Any] = {
        name: True for name, holds in (("required", column.required), ("unique", column.unique)) if holds
    }
    if column.words:
        constraints["enum"] = [str(word) for word in column.words]
        # Version 2 of Table Schema: what each code means, for those that no row holds yet too.
        field["categories"] = [{"value": str(word), "label": word.label} for word in column.words]
    if column.pattern:
        constraints["pattern"] = column.pattern
    return field | ({"constraints": constraints} if constraints else {})


def package(by: Publisher) -> dict[str, Any]:
    """The Data Package: every table with commas, its schema, and how they join."""
    return {
        "profile": "tabular-data-package",
        "name": "experimentations",
        "title": "Registre des expérimentations",
        "description": typeset(DESCRIPTION),
        "homepage": f"{by.url}/donnees",
        **_published(by),
        # What a report reckons with and no table says: the local rule of how long publishing may take.
        "publication_weeks": policy().publication.weeks_after_decision,
        "resources": [
            {
                "profile": "tabular-data-resource", "name": table.name, "title": table.title,
                "path": by.url + path_of(table, PROGRAMS), "format": "csv", "mediatype": "text/csv",
                "encoding": "utf-8", "schema": _joined(table),
            }
            for table in TABLES.values()
        ],
    }  # fmt: skip


class _Entry(msgspec.Struct):
    """Une ligne de trace : son texte exact est ce dont l’empreinte est prise."""

    seq: int
    previous: str
    at: str
    experiment: str | None
    event: str
    from_: str | None = msgspec.field(name="from")
    to: str | None
    capacity: list[str]
    facts: dict[str, Any]
    withheld: dict[str, str]


_REF = "#/$defs/{name}"
_READ = tuple(part for part in PARTS if part.writer is Writer.TEAM)


@cache
def document_schema(site: str) -> dict[str, Any]:
    """The JSON Schema of the register, and of one document (« #/$defs/Published »)."""
    kinds = (Published, Act, Conclusion, Stop, r.Evaluation, r.Interim, _Entry, *(part.content for part in _READ))
    refs, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    named = dict(zip(kinds, refs, strict=True))
    # What is kept as the exact text of something is that thing.
    _properties(schemas, "Published")["parts"] = {
        "type": "object", "additionalProperties": False, "title": "Parties du dossier publiées à ce jour",
        "properties": {part.slug: named[part.content] for part in _READ},
    }  # fmt: skip
    _properties(schemas, "Judged")["act"] = {"anyOf": [named[kind] for kind in (Stop, Conclusion, Act)]}
    _properties(schemas, "Assessment")["content"] = {"anyOf": [{"type": "null"}, named[r.Evaluation], named[r.Interim]]}
    _properties(schemas, "Step")["entry"] = named[_Entry]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": site + DOCUMENT_SCHEMA,
        "title": "Registre des expérimentations",
        "description": "« experiments » a un document par proposition ; chacun est aussi servi seul, à "
        "/experimentations/NUMÉRO.json, dès qu’il a une page publique.",
        "type": "object",
        "required": ["publisher", "licence", "version", "trace", "experiments"],
        "properties": {"experiments": {"type": "array", "items": named[Published]}, **_HEAD},
        "$defs": schemas,
    }  # fmt: skip


_HEAD: dict[str, Any] = {
    "publisher": {"type": "object", "required": ["name", "url"], "description": "L’autorité qui publie le registre."},
    "licence": {"type": "object", "required": ["code", "title", "url"], "description": "Ce que chacun peut en faire."},
    "form": {"type": "integer", "description": "La version de la forme des documents."},
    "version": {"type": "integer", "description": "Augmente à chaque changement de ce que le public peut lire."},
    "trace": {
        "type": "object", "required": ["entries", "head"],
        "description": "La trace à ce moment : combien de lignes, et l’empreinte de la dernière.",
    },
}  # fmt: skip


def _properties(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = schemas[name]["properties"]
    return found


TYPES = {
    Kind.STRING: "texte", Kind.INTEGER: "entier", Kind.NUMBER: "nombre", Kind.DATE: "date (AAAA-MM-JJ)",
    Kind.MOMENT: "date et heure (UTC)", Kind.BOOLEAN: "booléen (true, false)",
}  # fmt: skip


def manual() -> str:
    """The tables and their columns, in Markdown."""
    return "\n\n".join(_chapter(table) for table in TABLES.values())


def _chapter(table: Table) -> str:
    joins = [f"`{column}` → `{other}.{TABLES[other].key}`" for column, other in table.joins.items()]
    facts = [
        f"Clé : `{table.key}`",
        f"schéma : `{schema_of(table)}`",
        *([f"joint {', '.join(joins)}"] if joins else []),
    ]
    lines = [f"### `{table.name}`\u00a0: {table.title}", "", table.lead, "", "\u00a0; ".join(facts) + ".", "",
             "| Colonne | Titre | Type | Valeurs | Ce qu’elle dit |", "| --- | --- | --- | --- | --- |"]  # fmt: skip
    return "\n".join([*lines, *(_row(column) for column in table.columns)])


def _row(column: Column) -> str:
    words = ", ".join(f"`{word}` ({word.label})" for word in column.words)
    pattern = f"`{column.pattern}`".replace("|", r"\|") if column.pattern else ""
    notes = [text for text, holds in (("obligatoire", column.required), ("unique", column.unique)) if holds]
    values = "\u00a0; ".join(filter(None, (words, pattern, ", ".join(notes))))
    why = column.why.replace("|", r"\|")
    return f"| `{column.name}` | {column.title} | {TYPES[column.kind]} | {values} | {why} |"
