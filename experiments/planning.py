"""What is left to plan, bite by bite: deadlines to reckon anew, rungs reached, entries of the trace to tell."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, exists, false, func, insert, select, update
from sqlalchemy.orm import Session

from . import notices, queries, reminders
from .agenda import reckon
from .ladder import opening_hours, paris_day
from .model import Deadline, Entry, Experiment, Mail, Pulse
from .model.experiment import UNSETTLED
from .obligations import Fate
from .policy import current as policy

BITE = 500
"""Rows planned in one transaction: on SQLite nobody else writes meanwhile."""
FILES = 100
"""Files reckoned in one transaction."""


class Beat(NamedTuple):
    """What one statement says of the work that waits."""

    rules: str
    trouble: str
    unsettled: bool
    deadlines: bool
    entries: bool
    mails: bool

    @property
    def is_idle(self) -> bool:
        return not (self.unsettled or self.deadlines or self.entries or self.mails or self.rules != rules())


def rules() -> str:
    """The fingerprint of the local rules that deadlines are reckoned by."""
    it = policy()
    kept = (it.duties, it.reminders, it.opinions, it.publication, it.extension, it.duration)
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()


def beat(session: Session, now: datetime, *, at_any_hour: bool = False) -> Beat:
    """Say that somebody sees to the reminders, and look whether anything waits: the one statement of an idle worker."""
    # At night a mail that is late waits for the morning, and calls for no work meanwhile.
    may_leave = at_any_hour or opening_hours(now) == now
    row = session.execute(
        update(Pulse)
        .values(ran_at=now)
        .returning(
            Pulse.rules,
            Pulse.trouble,
            exists().where(UNSETTLED).select_from(Experiment).label("unsettled"),
            exists().where(Deadline.next_on <= paris_day(now)).label("deadlines"),
            (func.coalesce(_last_entry(), 0) > Pulse.seen).label("entries"),
            (exists().where(Mail.fate == Fate.WAITING, Mail.not_before <= now) if may_leave else false()).label(
                "mails"
            ),
        )
        .execution_options(synchronize_session=False)
    ).one()
    return Beat(row.rules, row.trouble, bool(row.unsettled), bool(row.deadlines), bool(row.entries), bool(row.mails))


def _last_entry() -> ColumnElement[int | None]:
    return select(func.max(Entry.seq)).scalar_subquery()


def step(session: Session, now: datetime, *, at_any_hour: bool = False) -> int:
    """Plan one bite; how much was looked at, 0 when nothing is left or when somebody else is planning. No commit."""
    pulse = session.scalars(select(Pulse).with_for_update(skip_locked=True)).one_or_none()
    if pulse is None:
        return 0
    if pulse.rules != rules():
        session.execute(update(Experiment).values(settled=0), execution_options={"synchronize_session": False})
        pulse.rules = rules()
    return (
        _settle(session, now)
        or notices.plan(session, pulse, now, at_any_hour=at_any_hour, limit=BITE)
        or reminders.plan(session, now, at_any_hour=at_any_hour, limit=BITE)
    )


def _settle(session: Session, now: datetime) -> int:
    """Reckon anew the deadlines of files that changed without it: those of before, or under other local rules."""
    files = queries.unsettled(session, limit=FILES)
    made: list[Deadline] = []
    kept: dict[int, list[Deadline]] = defaultdict(list)
    for deadline in _deadlines_of(session, files):
        kept[deadline.experiment_id].append(deadline)
    for x in files:
        made += reckon(x, kept[x.id], now)
    session.flush()
    if made:
        session.execute(insert(Deadline), [one.facts() for one in made], execution_options={"render_nulls": True})
    # All at once: one by one, each would be checked for its version.
    reckoned = update(Experiment).where(Experiment.id.in_([x.id for x in files]))
    session.execute(reckoned.values(settled=Experiment.version), execution_options={"synchronize_session": False})
    return len(files)


def _deadlines_of(session: Session, files: Sequence[Experiment]) -> Sequence[Deadline]:
    mine = select(Deadline).where(Deadline.experiment_id.in_([x.id for x in files])).order_by(Deadline.id)
    return session.scalars(mine.with_for_update()).all()
