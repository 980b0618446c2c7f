"""What the public was owed and had not got on the last day of a period, whatever the year it dates from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from ..duties import owed
from ..obligations import Task
from ..published import Owed, Published
from ..vocabulary import Status
from .period import Period


class Awaited(Struct):
    """One thing owed to the public, late on that day."""

    number: str
    title: str
    task: Task
    due_on: date
    days: int
    """From the day it was due to the last day of the period."""


def awaited(x: Published, then: Published, period: Period) -> Iterator[Awaited]:
    """What one experiment, as it was then, was late with. A follow-up is that of now: the record keeps no other."""
    for one in _owed(x, then):
        if one.due_on < period.last:
            yield Awaited(x.number, x.title, one.task, one.due_on, (period.last - one.due_on).days)


def _owed(x: Published, then: Published) -> list[Owed]:
    # Until it is closed, whether its closing is attested is public by what it still owes, and by nothing else.
    if x.status is then.status is Status.DECIDED:
        return x.owed
    duties = owed(then)  # type: ignore[arg-type]
    return [Owed(one.rule.task, one.about, one.subject, one.due_on) for one in duties]
