"""What was published, gate by gate: the trace of what has a public page, told to followers and to readers of feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from .base import Reader, among
from .lifecycle import LIFECYCLE
from .model import Entry, Publication
from .trace import EXACT, Exact
from .vocabulary import PUBLIC

GATES = frozenset(gate.name for gate in LIFECYCLE.values() if gate.target in PUBLIC)
"""The gates that lead to where the public looks: from the authorisation on."""
LATEST = 50
"""Entries of a feed."""


class Published(NamedTuple):
    """One gate crossed, and the experiment that crossed it."""

    entry: Exact
    number: str
    title: str


_Gates = Select[str, str, int, str, str, str, int | None]


def _gates() -> _Gates:
    rows = select(Publication.number, Publication.title, *EXACT)
    public = rows.join(Publication, Publication.id == Entry.experiment_id).where(among(Publication.status, PUBLIC))
    return public.where(among(Entry.event, GATES))


def _read(reader: Reader, query: _Gates) -> list[Published]:
    return [Published(Exact._make(row[2:]), *row[:2]) for row in reader.execute(query)]


def latest(public: Connection, of: int | None = None, *, limit: int = LATEST) -> Sequence[Published]:
    """The last gates crossed, by all or by one, the newest first."""
    query = _gates() if of is None else _gates().where(Entry.experiment_id == of)
    return _read(public, query.order_by(Entry.seq.desc()).limit(limit))


def between(reader: Reader, after: int, upto: int) -> Sequence[Published]:
    """The gates crossed after one entry and up to another, oldest first."""
    query = _gates().where(Entry.seq > after, Entry.seq <= upto)
    return _read(reader, query.order_by(Entry.seq))
