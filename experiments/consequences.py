"""What follows from a change of a file, in its transaction: what it owes by when, and what the public reads of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from . import agenda, publishing
from .model import Experiment


def draw(session: Session, x: Experiment, now: datetime) -> None:
    """Bring the deadlines of a whole file, and its publication, in line with its record."""
    agenda.settle(session, x, now)
    publishing.publish(session, x)
