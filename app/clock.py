"""The one clock: Paris decides what day it is."""

from datetime import UTC, date, datetime

from experiments.ladder import PARIS as PARIS
from experiments.ladder import paris_day


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Paris."""
    return paris_day(now())
