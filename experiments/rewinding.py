"""What a clock that ran far ahead and came back left behind: ladders climbed too high, mails due in years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from . import deliveries
from .agenda import next_day
from .duties import DUTIES
from .ladder import day_of, opening_hours, paris_day, reached
from .model import Deadline, Experiment, Mail
from .model.post import IS_WAITING

AHEAD = timedelta(days=30)
"""A rung so far ahead was not reached: rungs are no further apart. Below, it was told early, and once is enough."""
SOME = 1000
LATEST = timedelta(days=14)
"""No mail waits for longer: a weekly digest, and a few days off."""


def rewind(session: Session, now: datetime, *, at_any_hour: bool) -> None:
    """Bring ladders, mails and leases back to what this day allows. Tells nothing by itself; does not commit."""
    last = 0
    while (read := _climb_down_some(session, last, paris_day(now))) is not None:
        last = read
    soon = now if at_any_hour else opening_hours(now)
    waiting = update(Mail).where(IS_WAITING).execution_options(synchronize_session=False)
    # Booked by the clock that was ahead, it waits for a morning that is days away yet.
    far = or_(Mail.not_before > now + LATEST, Mail.due_at > now + LATEST, Mail.planned_at > now)
    session.execute(waiting.where(far).values(not_before=soon, due_at=soon))
    session.execute(waiting.where(Mail.leased_until > now + timedelta(days=1)).values(leased_until=None))
    session.execute(waiting.where(Mail.first_tried_at > now).values(first_tried_at=now))
    deliveries.rewind(session, now)


def _climb_down_some(session: Session, after: int, today: date) -> int | None:
    """So many deadlines at most, for all of them do not fit in memory; the last one read, None when none is left."""
    standing = select(Deadline, Experiment.status).join(Experiment).where(Deadline.ended_at.is_(None))
    some = standing.where(Deadline.id > after).order_by(Deadline.id).limit(SOME).with_for_update(of=Deadline)
    found = session.execute(some).all()
    for deadline, status in found:
        # What sleeps waits for its gate, not for a day.
        if status not in DUTIES[deadline.task].asleep:
            _climb_down(deadline, today)
    session.flush()
    return found[-1][0].id if found else None


def _climb_down(deadline: Deadline, today: date) -> None:
    rule = DUTIES[deadline.task]
    rung = deadline.rung
    if rung is not None and day_of(rung, deadline.due_on) > today + AHEAD:
        deadline.rung = reached(deadline.due_on, today, lapses=rule.lapses)
    over = rule.lapses and today > deadline.due_on
    deadline.next_on = None if over else next_day(deadline, lapses=rule.lapses)
