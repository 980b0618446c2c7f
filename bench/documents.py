"""The public records of the copies: the text of their source, with their own number, words and dates in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.orm import Session

from app import clock
from experiments import public_access, published, publishing, tallies
from experiments.model import Publication, Tally
from experiments.vocabulary import Status

if TYPE_CHECKING:
    from .fill import Copy

P = Publication.__table__.c
DAY = r'"\d{4}-\d\d-\d\d(?=["T])'
BATCH = 1000
STILL_LATE = 10
"""Of those that are over, one in so many has not done what was due since."""
COLUMNS = [column.name for column in Publication.__table__.columns if column.computed is None]


@lru_cache(maxsize=200_000)
def _later(quoted: str, days: int) -> str:
    return f'"{date.fromisoformat(quoted[1:]) + timedelta(days)}'


class Template:
    """A published source, its document cut where a copy says something else."""

    def __init__(self, row: Publication) -> None:
        self.facts = {name: getattr(row, name) for name in COLUMNS}
        self._own = self._said(self.facts, row.communes.strip(";"))
        pattern = "|".join([DAY, *map(re.escape, self._own)])
        self._pieces = re.split(f"({pattern})", row.document)
        self._cuts = set(self._pieces[1::2])

    def _said(self, facts: Mapping[str, Any], commune: str) -> list[str]:
        """What a record says that is its own; one that is only counted says nothing but its number."""
        if not self.facts["title"]:
            return [f'"{facts["number"]}']
        names = ("title", "place", "organisation", "policy")
        said = [f'"{name}":{json.dumps(facts[name], ensure_ascii=False)}' for name in names]
        return [f'"{facts["number"]}', f'"communes":["{commune}"]', *said]

    def document(self, copy: Copy) -> str:
        """The record of a copy."""
        own = self._said({"number": copy.number, **copy.facts._asdict()}, copy.facts.commune)
        said = dict(zip(self._own, own, strict=True))
        new = {cut: said.get(cut) or _later(cut, copy.days.days) for cut in self._cuts}
        return "".join([new.get(piece, piece) for piece in self._pieces])

    def row(self, copy: Copy, index: int) -> dict[str, Any]:
        """The row of a copy, with the words by which it is found: as experiments.publishing writes it."""
        document = self.document(copy)
        told = published.read(document)
        if any(is_done(copy, index, one.due_on) for one in told.owed):
            told.owed = [one for one in told.owed if not is_done(copy, index, one.due_on)]
            document = msgspec.json.encode(told).decode()
        moved = {name: self.facts[name] and self.facts[name] + copy.days for name in ("changed_at", "suspended_on")}
        return {
            **self.facts, **publishing.columns_of(told), **moved, "id": copy.source.id + copy.away,
            "number": copy.number, "seq": self.facts["seq"] + copy.away, "document": document,
        }  # fmt: skip


def templates(session: Session) -> dict[int, Template]:
    """Those of the published sources."""
    found = session.scalars(select(Publication).order_by(Publication.id))
    return {row.id: Template(row) for row in found}


def is_done(copy: Copy, index: int, due_on: date) -> bool:
    """Whether what a copy owed by a day has been done since: nobody is late with all that ever was."""
    over = copy.source.status in (Status.CLOSED, Status.DECIDED)
    return over and index % STILL_LATE > 0 and due_on < clock.today()


def rows(templates: Mapping[int, Template], copies: list[Copy]) -> Iterator[dict[str, Any]]:
    """The row of each copy whose source is published."""
    for index, copy in enumerate(copies):
        template = templates.get(copy.source.id)
        if template:
            yield template.row(copy, index)


def publish(connection: Connection, found: Iterator[dict[str, Any]]) -> None:
    """Write these rows, the fastest way that each database has."""
    if connection.dialect.name == "postgresql":
        _copy_in(connection, found)
    else:
        public_access.remove(connection)  # The index of words is then made at once.
        while batch := [row for _, row in zip(range(BATCH), found, strict=False)]:
            connection.execute(insert(Publication.__table__), batch)
        connection.execute(text("INSERT INTO publication_words (publication_words) VALUES ('rebuild')"))
        public_access.install(connection)
    _count(connection)


def _count(connection: Connection) -> None:
    """Count what the copies bear, as experiments.tallies counts each as it is published."""
    counts, names = Counter[tallies.Scoped](), dict[str, str]()
    for row in connection.execute(select(P.marks, P.facets, P.organisation)):
        borne = tallies.words_of(row)
        counts.update(borne)
        names.update((word, row.organisation) for _scope, word in borne if word.startswith(tallies.NAMES))
    kept = [
        {"scope": scope, "word": word, "label": names.get(word, ""), "count": count}
        for (scope, word), count in counts.items()
    ]
    connection.execute(delete(Tally))
    connection.execute(insert(Tally), kept)


def _copy_in(connection: Connection, found: Iterator[dict[str, Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY publications ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in found:
            copy.write_row([row[name] for name in COLUMNS])
