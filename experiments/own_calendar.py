"""Somebody's own calendar: read, known by its tag, and written only for a program that does not have it yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import SimpleNamespace

import msgspec
from sqlalchemy.orm import Session

from . import appointments
from .appointments import Moves
from .calendar import Event, etag, feed
from .duties import DUTIES
from .events import event_of
from .model import Person
from .rows import OwnDeadline

NAME = "Mes échéances, registre des expérimentations"


@dataclass(frozen=True)
class OwnCalendar:
    """What a calendar is drawn from, and the address that it is found at."""

    found: Sequence[tuple[OwnDeadline, bool]]
    """Each with whether it has ceased to concern the reader."""
    moves: Mapping[int, Moves]
    site: str
    source: str

    def tag(self) -> str:
        """What changes with the bytes. It is that of what they are drawn from: twenty times cheaper than the events."""
        said = [(*row, gone, self.moves.get(row.experiment_id)) for row, gone in self.found]
        whole = (_way_of_telling(), NAME, self.site, self.source, said)
        return hashlib.sha256(msgspec.json.encode(whole)).hexdigest()

    def written(self) -> bytes:
        """The calendar itself."""
        return feed(NAME, [self._event(row, gone) for row, gone in self.found], source=self.source)

    def _event(self, row: OwnDeadline, gone: bool) -> Event:
        """Evolution reads an event anew only when its LAST-MODIFIED has moved: whatever changes it counts."""
        moved = self.moves.get(row.experiment_id)
        times = (row.changed_at, row.titled_at, moved and moved.last)
        last = max(time for time in times if time)
        return event_of(row, row, self.site, moves=moved.times if moved else 0, gone=gone, changed_at=last)


def read(session: Session, person: Person, today: date, *, site: str, source: str) -> OwnCalendar:
    """The calendar of somebody, as it stands on a day. `source`: its address."""
    return OwnCalendar(
        appointments.for_calendar(session, person, today), appointments.moves(session, person), site, source
    )


@lru_cache(maxsize=1)
def _way_of_telling() -> str:
    """An event of each kind, told: a release that says otherwise renews every tag, without a number to remember."""
    moment = datetime(2028, 1, 31, 12, tzinfo=UTC)
    x = SimpleNamespace(number="2028-001", title="Titre")
    untitled = SimpleNamespace(number="2028-001", title="")
    whole = {"due_on": date(2028, 2, 29), "version": 1, "changed_at": moment}
    told = []
    for task in DUTIES:
        plain = SimpleNamespace(task=task, about="", subject="", ended_at=None, **whole)
        other = SimpleNamespace(task=task, about="a", subject="Sujet", ended_at=moment, **whole)
        for one in (event_of(plain, x, "https://example.org"), event_of(other, untitled, "https://example.org")):
            told.append(one)
    return etag(NAME, told)
