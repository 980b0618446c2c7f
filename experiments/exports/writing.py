"""The files of the open data, written piece by piece: a large register takes no more memory than a small one.

The documents are read batch by batch in one transaction that sees one moment of the register, so that what is in a
file agrees. It lasts as long as the writing takes, never as long as somebody takes to download: what is sent is a file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
from sqlalchemy import Connection

from experiments import documents, register, trace, voices
from experiments.published import FORM

from .catalogue import catalogue
from .columns import Table
from .forms import DOCUMENT_SCHEMA, Batch, Form, forms_of, path_of, schema_of
from .heard import OBSERVATIONS, Heard
from .publisher import Publisher
from .schema import document_schema, package, table_schema
from .tables import TABLES

BATCH = 10
"""Experiments in memory at a time. No more than PostgreSQL sends ahead (200 kB): it reads the next ones meanwhile."""

HEARD = 200
"""Observations of residents in memory at a time: they are short, and each batch is a question."""

Describe = Callable[[Connection, Publisher], dict[str, Any]]
DESCRIPTIONS: dict[str, Describe] = {
    "/donnees/catalogue.jsonld": catalogue,
    "/donnees/datapackage.json": lambda _public, by: package(by),
    DOCUMENT_SCHEMA: lambda _public, by: document_schema(by.url),
    **{schema_of(t): lambda _public, by, t=t: table_schema(t, by) for t in TABLES.values()},  # type: ignore[misc]
}
"""What tells of the data, by its address."""
FILES: dict[str, tuple[Table, Form]] = {
    path_of(table, form): (table, form) for table in TABLES.values() for form in forms_of(table)
}
"""The data, by its address."""


def hold_still(public: Connection) -> None:
    """From its first word on, have this connection see one moment of the register; SQLite does so by itself."""
    if public.dialect.name == "postgresql":
        public.execution_options(isolation_level="REPEATABLE READ")


def about(public: Connection, by: Publisher) -> dict[str, Any]:
    """What the first line of a JSON file says of it: whose it is, what may be done with it, which moment it tells."""
    entries, head = trace.head(public)
    return {
        "publisher": {"name": by.name, "siret": by.siret or None, "url": by.url},
        "licence": msgspec.to_builtins(by.licence),
        "documentation": f"{by.url}/donnees",
        "form": FORM,
        "version": register.version(public),
        "trace": {"entries": entries, "head": head},
    }


def description(public: Connection, address: str, by: Publisher) -> bytes:
    """A file that tells of the data."""
    return msgspec.json.format(msgspec.json.encode(DESCRIPTIONS[address](public, by)), indent=1) + b"\n"


class Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


def fill(public: Connection, files: Mapping[str, Writable], by: Publisher) -> int:
    """Write the data of these addresses into files, all of one moment; the version of the register at that moment."""
    hold_still(public)
    facts, begun = about(public, by), set[str]()
    for address, file in files.items():
        table, form = FILES[address]
        file.write(form.head(table, facts))
    # Closed at once when a file cannot be written: the connection is waiting for the end of what it asked.
    with closing(_batches(public, {FILES[address][0].name for address in files}, by)) as batches:
        for batch in batches:
            for address, file in files.items():
                table, form = FILES[address]
                if rows := form.rows(table, batch):
                    file.write(form.between + rows if address in begun else rows)
                    begun.add(address)
    for address, file in files.items():
        file.write(FILES[address][1].tail)
    version: int = facts["version"]
    return version


def _batches(public: Connection, tables: set[str], by: Publisher) -> Generator[Batch]:
    """What these tables are made of: the documents, and what residents said, which is in none of them."""
    if tables != {OBSERVATIONS.name}:
        with closing(documents.raw(public, at_once=BATCH)) as batches:
            for some in batches:
                yield Batch(some, by)
    if OBSERVATIONS.name in tables:
        for said in voices.every(public, at_once=HEARD):
            yield Heard(said, by)


def export(public: Connection, folder: Path, by: Publisher) -> list[Path]:
    """Write everything into a folder, under the addresses of the site: all is put in place at the end, or nothing."""
    with ExitStack() as stack:
        files = {address: stack.enter_context(_replacing(folder, address)) for address in (*DESCRIPTIONS, *FILES)}
        fill(public, {address: files[address] for address in FILES}, by)
        for address in DESCRIPTIONS:
            files[address].write(description(public, address, by))
    return [folder / address.lstrip("/") for address in files]


@contextmanager
def _replacing(folder: Path, address: str) -> Iterator[BinaryIO]:
    """A file that takes its name once it is whole; the one that had it stays until then."""
    path = folder / address.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
