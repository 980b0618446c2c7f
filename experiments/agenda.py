"""The deadlines of a file, kept in line with what its record owes, by the verb that changes the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .duties import Duty, duties_of
from .ladder import day_of, following, paris_day, reached
from .model import Deadline, Experiment


def settle(session: Session, x: Experiment, now: datetime) -> None:
    """Bring the deadlines of a whole file in line, in the caller's transaction. One that moves begins a new ladder."""
    with session.no_autoflush:
        # Locked: a rung that is being planned meanwhile belongs to the ladder that this may end.
        query = select(Deadline).where(Deadline.experiment_id == x.id).order_by(Deadline.id).with_for_update()
        kept = session.scalars(query.execution_options(populate_existing=True)).all()
        session.add_all(reckon(x, kept, now))
    x.settled = x.version


def reckon(x: Experiment, kept: Iterable[Deadline], now: datetime) -> list[Deadline]:
    """The same, on the deadlines as they stand; gives those that are new."""
    standing = {(one.task, one.about): one for one in kept}
    made = []
    for duty in duties_of(x):
        found = standing.pop((duty.rule.task, duty.about), None)
        if found is None:
            found = Deadline(
                experiment_id=x.id, task=duty.rule.task, about=duty.about, subject=duty.subject[:300], version=0, told=0
            )
            made.append(found)
        if found.ended_at or (found.due_on, found.person_id) != (duty.due_on, duty.person_id):
            _arm(found, duty, now)
        _let_sleep(found, duty, x, now)
    for gone in standing.values():
        if gone.is_open:
            gone.ended_at = gone.changed_at = now
            gone.version, gone.next_on = gone.version + 1, None
    return made


def _arm(deadline: Deadline, duty: Duty, now: datetime) -> None:
    deadline.due_on, deadline.person_id = duty.due_on, duty.person_id
    deadline.version, deadline.changed_at, deadline.ended_at = deadline.version + 1, now, None
    deadline.told, deadline.rung, deadline.next_on = 0, None, None


def _let_sleep(deadline: Deadline, duty: Duty, x: Experiment, now: datetime) -> None:
    """Begin the ladder when somebody can act. Rungs already passed say nothing new: what opened it was a notice."""
    if x.status in duty.rule.asleep:
        deadline.next_on = None
    elif deadline.next_on is None and deadline.rung is None:
        today, lapses = paris_day(now), duty.rule.lapses
        late = duty.due_on <= today and not lapses
        deadline.rung = None if late else reached(duty.due_on, today, lapses=lapses)
        deadline.next_on = today if late else next_day(deadline, lapses=lapses)


def next_day(deadline: Deadline, *, lapses: bool) -> date | None:
    """The day of the rung that follows the last one planned; None when there is none left."""
    rung = following(deadline.rung, lapses=lapses)
    return None if rung is None else day_of(rung, deadline.due_on)
