"""The yearly report of Principle 11: every proposal, what became of it, and whether what was promised was done."""

from ..years import years
from .declared import FEW, Figure, Section, Unit
from .drawn import Month, Report, draw
from .late import Awaited
from .life import Ending, Extension, Life
from .period import Period
from .records import records

__all__ = [
    "FEW",
    "Awaited",
    "Ending",
    "Extension",
    "Figure",
    "Life",
    "Month",
    "Period",
    "Report",
    "Section",
    "Unit",
    "draw",
    "records",
    "years",
]
