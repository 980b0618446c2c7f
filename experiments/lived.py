"""What became of the days that were planned: whether the trial began, whether an act stopped it, and when.

Of a file, of what is published of it, or of a row of a list: whatever has the columns that these read.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from .model import Experiment
from .record import Record
from .vocabulary import Outcome


def never_began(x: Any, today: date) -> bool:
    """Whether the trial will not be: stopped before its first day, or never started though its firm end is past."""
    return x.started_on is None and (x.field_ended_on is not None or Experiment.is_overdue(x, today))


def was_stopped(x: Record) -> bool:
    """Whether an act stopped it, before its term or past it."""
    return any(one.outcome is Outcome.EARLY_STOP for one in x.decisions)


def is_past_term(stopped_on: date | None, ends_on: date | None) -> bool:
    """Whether what was stopped had already run past its firm end: an act may stop it then too."""
    return stopped_on is not None and ends_on is not None and stopped_on > ends_on
