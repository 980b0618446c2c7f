"""What dates say of an experiment: what it owes and since when, and whether each derogation is in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from . import declared as d
from . import reported as r
from .acts import Act
from .content import decode
from .model import Experiment
from .policy import current as policy
from .vocabulary import UNDER_WAY, UNEVALUATED, DerogationFate, Force, Status


@dataclass(frozen=True)
class Duty:
    """Something that is owed, by a day."""

    label: str
    due_on: date

    def days_late(self, today: date) -> int:
        """Days since the day it was due; 0 until then."""
        return max(0, (today - self.due_on).days)


def owed(x: Experiment) -> list[Duty]:
    """What is still owed to the public, the earliest first. A date never fixed exempts from nothing: the end counts."""
    return sorted(_owed(x), key=lambda duty: duty.due_on)


def _owed(x: Experiment) -> Iterator[Duty]:
    if x.ends_on is None:
        return
    begun = x.status in (Status.AUTHORISED, Status.RUNNING, Status.SUSPENDED)
    if begun and x.midterm_on and not any(e.interim for e in x.evaluations):
        yield Duty("Évaluation à mi-parcours", x.midterm_on)
    if x.status in UNEVALUATED:
        yield Duty("Évaluation", x.evaluation_due_on or x.ends_on)
    if x.status in UNDER_WAY:
        yield Duty("Décision", x.decision_due_on or x.ends_on)
    if x.status is Status.DECIDED and x.decision:
        signed_on = decode(Act, x.decision.text).signed_on or x.decision.decided_at.date()
        yield Duty("Clôture et enseignements", signed_on + timedelta(weeks=policy().publication.weeks_after_decision))


def force_of(x: Experiment, derogation: d.Derogation, today: date) -> Force:
    """Where a derogation stands, by its own clock and by that of its experiment, whichever stops first."""
    ends = [day for day in (derogation.ends_on, x.ends_on) if day]
    if x.status is Status.CLOSED and _is_permanent(x, derogation):
        return Force.PERMANENT
    if x.status is Status.CLOSED or any(today > day for day in ends):
        return Force.OVER
    if x.status is Status.SUSPENDED:
        return Force.FROZEN
    if x.field_ended_on:
        return Force.UNUSED
    if x.status is Status.AUTHORISED or (derogation.starts_on and today < derogation.starts_on):
        return Force.AHEAD
    return Force.IN_FORCE


def _is_permanent(x: Experiment, derogation: d.Derogation) -> bool:
    fates = x.read(r.Closing).fates
    return any(f.derogation == derogation.id and f.fate is DerogationFate.PERMANENT for f in fates)
