"""Deadlines as events of a calendar: their names never move, whatever becomes of their dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from .calendar import Event
from .duties import DUTIES
from .rows import PublicDeadline
from .words import typeset

ALARMS = (7, 1)
"""Days before."""
OVER = typeset(
    "Cette échéance n’est plus attendue : c’est fait, ou ce n’est plus réclamé. "
    "La fiche de l’expérimentation dit ce qui a été fait, et ce qui a manqué."
)
"""A deadline that ended knows no more; without a word, an event crossed out reads as something called off."""


def event_of(
    deadline: Any, x: Any, site: str, *, moves: int = 0, gone: bool = False, changed_at: datetime | None = None
) -> Event:
    """A deadline of a file as an event of one's own, or an OwnDeadline that is both.

    `gone`: it no longer concerns the reader, for whom it is cancelled.

    `moves`: how often the reader came to its file or left it, so that whatever changes for them is said anew.

    `changed_at`: when what it says last changed, where that is later than the deadline itself.
    """
    rule = DUTIES[deadline.task]
    over = gone or deadline.ended_at is not None
    return Event(
        uid=_uid(deadline, x.number, site),
        on=deadline.due_on,
        title=f"{_what(deadline)}\u00a0: {x.title or 'Sans titre'} ({x.number})",
        description=f"{rule.act}.\n{rule.source}.",
        url=f"{site}/espace/experimentations/{x.number}/{rule.page}",
        sequence=deadline.version + moves,
        changed_at=changed_at or deadline.changed_at,
        cancelled=over,
        alarms=() if over else ALARMS,
    )


def public_event_of(row: PublicDeadline, site: str) -> Event:
    """A deadline of the register as an event for everybody."""
    over = f"\n{OVER}" if row.ended_at else ""
    return Event(
        uid=_uid(row, row.number, site),
        on=row.due_on,
        title=f"{_what(row)}\u00a0: {row.title} ({row.number})",
        description=f"{row.title}\n{_what(row)}{over}",
        url=f"{site}/experimentations/{row.number}",
        sequence=row.version,
        changed_at=row.changed_at,
        cancelled=row.ended_at is not None,
        public=True,
    )


def _uid(deadline: Any, number: str, site: str) -> str:
    about = f"-{deadline.about}" if deadline.about else ""
    return f"{number}-{deadline.task}{about}@{urlsplit(site).hostname}"


def _what(deadline: Any) -> str:
    label: str = deadline.task.label
    return f"{label} ({deadline.subject})" if deadline.subject else label
