"""How many experiments bear each word: counts that follow what is published, so that nothing is read to be counted."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base


class Tally(Base):
    """One count (experiments/tallies.py).

    `scope` is a year, and `word` what it held (experiments.years.Held); or it is a part of the register (« listed »,
    « past »), and `word` that of a filter. `label` is how the latest of them wrote a word that is a name.
    """

    __tablename__ = "tallies"

    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    word: Mapped[str] = mapped_column(String(30), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    count: Mapped[int]
