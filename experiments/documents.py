"""The public register read through, however large: its records, batch by batch, in constant memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, LargeBinary, cast, select

from . import published
from .base import among
from .model import Publication
from .published import TOLD, Published

P = Publication.__table__.c


def some(public: Connection, *, after: int = 0, limit: int = 200, told: bool = True) -> Sequence[tuple[int, str]]:
    """The next documents after one, by identifier: the whole register is read batch by batch, in constant memory."""
    query = select(P.id, P.document).where(P.id > after)
    if told:
        query = query.where(among(P.status, TOLD))
    return [(row.id, row.document) for row in public.execute(query.order_by(P.id).limit(limit))]


def numbers(public: Connection, year: int, after: str, limit: int) -> Sequence[str]:
    """The next numbers of a year, after one of them, whose experiments have a page: in the order of their signs."""
    first = max(after, f"{year}-")
    query = select(P.number).where(P.number > first, P.number < f"{year + 1}-", among(P.status, TOLD))
    return public.scalars(query.order_by(P.number).limit(limit)).all()


def raw(public: Connection, *, at_once: int) -> Generator[list[bytes]]:
    """Every document of the register, those of proposals that are only counted too, by identifier: so many at a time.

    As the bytes that are kept: making text of them, to be read as bytes, would cost as much as reading them. PostgreSQL
    sends the next ones while these are used. Nothing else may be asked on this connection before the end.
    """
    if public.dialect.name == "postgresql":
        texts = _copied_out(public)
    else:
        query = select(cast(P.document, LargeBinary)).order_by(P.id)
        texts = iter(public.scalars(query, execution_options={"yield_per": at_once}))
    while batch := list(islice(texts, at_once)):
        yield batch


def _copied_out(public: Connection) -> Iterator[bytes]:
    driver: Any = public.connection.driver_connection
    query = "COPY (SELECT document FROM publications ORDER BY id) TO STDOUT (FORMAT binary)"
    with driver.cursor() as cursor, cursor.copy(query) as rows:
        for (document,) in rows.rows():
            yield document


def every(public: Connection, *, told: bool = True) -> Iterator[Published]:
    """Every public record, oldest number first."""
    after = 0
    while batch := some(public, after=after, told=told):
        yield from (published.read(document) for _, document in batch)
        after = batch[-1][0]
