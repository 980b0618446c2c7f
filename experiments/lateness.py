"""What the public waits for: what is late, since when, by which date, and what the carrier answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from sqlalchemy import Connection, func, select

from .base import among
from .duties import PROMISED
from .model import Publication, public_deadlines
from .obligations import Task
from .published import TOLD, Owed, Owing, Published, Reply


class Whence(Enum):
    """Where the date of what is owed comes from. A date that nobody fixed exempts from nothing."""

    FILE = auto()
    """The file fixed it."""
    TERM = auto()
    """The file fixed none: the firm end counts in its place."""
    HALF = auto()
    """The file fixed none: the middle of the duration does."""
    RULE = auto()
    """It is reckoned from the decision or from the closing."""


@dataclass(frozen=True)
class Late:
    """One thing that is late."""

    owed: Owed
    days: int
    whence: Whence


@dataclass(frozen=True)
class Counts:
    """How much is late, in how many experiments, of how many organisations."""

    late: int
    experiments: int
    organisations: int


def whence(x: Published | Owing, task: Task) -> Whence:
    """Where the date of something owed comes from."""
    if task is Task.MIDTERM:
        return Whence.FILE if x.midterm_on else Whence.HALF
    fixed = {Task.EVALUATION: x.evaluation_due_on, Task.DECISION: x.decision_due_on}
    if task not in fixed:
        return Whence.RULE
    return Whence.FILE if fixed[task] else Whence.TERM


def late(x: Published | Owing, today: date) -> list[Late]:
    """What is late, the longest since first."""
    past = (one for one in x.owed if one.due_on < today)
    return [Late(one, (today - one.due_on).days, whence(x, one.task)) for one in past]


def answers(x: Published | Owing, today: date) -> list[Reply]:
    """What the carrier answers to that, the latest first: what was said of earlier delays answers nothing any more."""
    since = min((one.due_on for one in x.owed if one.due_on < today), default=None)
    return [one for one in reversed(x.replies) if since and one.on > since]


def counts(public: Connection, today: date) -> Counts:
    """How much of the public register is late."""
    p, v = Publication, public_deadlines.c
    files = select(func.count(), func.count(p.organisation.distinct())).where(p.owed_on < today, among(p.status, TOLD))
    acts = select(func.count()).select_from(public_deadlines)
    owed = acts.where(among(v.task, PROMISED), v.ended_at.is_(None), v.due_on < today)
    experiments, organisations = public.execute(files.order_by(None)).one()
    return Counts(public.scalars(owed).one(), experiments, organisations)
