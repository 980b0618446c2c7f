"""Whether each derogation is in force, on a day."""

from __future__ import annotations

from datetime import date

from . import declared as d
from . import reported as r
from .record import Record
from .vocabulary import DerogationFate, Force, Status


def force_of(x: Record, derogation: d.Derogation, today: date) -> Force:
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


def _is_permanent(x: Record, derogation: d.Derogation) -> bool:
    fates = x.read(r.Closing).fates
    return any(f.derogation == derogation.id and f.fate is DerogationFate.PERMANENT for f in fates)
