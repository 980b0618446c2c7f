"""Deadlines as events of a calendar: their names never move, whatever becomes of their dates."""

from __future__ import annotations

from urllib.parse import urlsplit

from .calendar import Event
from .duties import DUTIES
from .model import Deadline, Experiment

ALARMS = (7, 1)
"""Days before."""


def event_of(
    deadline: Deadline, x: Experiment, site: str, *, moves: int = 0, gone: bool = False, public: bool = False
) -> Event:
    """A deadline as an event. `gone`: it no longer concerns the reader, for whom it is cancelled.

    `moves`: how often the reader came to its file or left it, so that whatever changes for them is said anew.
    """
    rule = DUTIES[deadline.task]
    about = f"-{deadline.about}" if deadline.about else ""
    what = f"{deadline.task.label} ({deadline.subject})" if deadline.subject else deadline.task.label
    over = gone or not deadline.is_open
    page = f"/experimentations/{x.number}" if public else f"/espace/experimentations/{x.number}/{rule.page}"
    title = x.title or "Sans titre"
    return Event(
        uid=f"{x.number}-{deadline.task}{about}@{urlsplit(site).hostname}",
        on=deadline.due_on,
        title=f"{what}\u00a0: {title} ({x.number})",
        description=f"{title}\n{what}" if public else f"{rule.act}.\n{rule.source}.",
        url=site + page,
        sequence=deadline.version + moves,
        changed_at=deadline.changed_at,
        cancelled=over,
        alarms=() if over or public else ALARMS,
        public=public,
    )
