"""The public record as it stood on a past day: what its steps, acts and evaluations, each dated, still say of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from . import declared as d
from .ladder import paris_day
from .lifecycle import LIFECYCLE
from .published import Published, Step
from .vocabulary import Status


class Crossed(NamedTuple):
    """A gate, crossed on a day of Paris."""

    gate: str
    on: date
    to: Status


class _Body(msgspec.Struct):
    at: datetime
    to: Status


_DECODER = msgspec.json.Decoder(_Body)


def crossings(x: Published) -> list[Crossed]:
    """The gates crossed, the first first."""
    return [crossed(step) for step in x.steps if step.event in LIFECYCLE]


def crossed(step: Step) -> Crossed:
    """The gate that an entry of the trace says crossed."""
    body = _DECODER.decode(step.entry)
    return Crossed(step.event, paris_day(body.at), body.to)


def first(gates: Sequence[Crossed], *names: str) -> date | None:
    """The day on which one of these gates was first crossed."""
    return next((one.on for one in gates if one.gate in names), None)


def last(gates: Sequence[Crossed], *names: str) -> date | None:
    """The day on which one of these gates was last crossed."""
    return first(gates[::-1], *names)


def as_of(x: Published, gates: Sequence[Crossed], day: date) -> Published:
    """The record at the end of a day. Its parts are those of now: the public record keeps no older ones."""
    known = [one for one in gates if one.on <= day]
    decisions = [one for one in x.decisions if paris_day(one.decided_at) <= day]
    evaluations = [one for one in x.evaluations if paris_day(one.recorded_at) <= day]
    final = [one.id for one in evaluations if not one.interim]
    begun = x.started_on if x.started_on and x.started_on <= day else None
    ended = x.field_ended_on if x.field_ended_on and x.field_ended_on <= day else None
    then = replace(
        x,
        status=known[-1].to if known else Status.DRAFT,
        started_on=begun,
        field_ended_on=ended,
        closed_on=last(known, "close"),
        decisions=decisions,
        evaluations=evaluations,
        evaluation_id=final[-1] if final else None,
        decision_id=x.decision_id if any(one.id == x.decision_id for one in decisions) else None,
    )
    ends_on = then.periods[-1].ends_on if then.periods else None
    if ends_on == x.ends_on:
        return then
    # Before the extension, the dates that it moved were those of the file.
    fixed = x.read(d.Duration)
    return replace(
        then, ends_on=ends_on, evaluation_due_on=fixed.evaluation_due_on, decision_due_on=fixed.decision_due_on
    )
