"""How many of one thing a year held: counts that follow what is published, so that a page of years reads a row each."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base


class Tally(Base):
    """One count of one year; `held` is a word of experiments.years.Held."""

    __tablename__ = "tallies"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    held: Mapped[str] = mapped_column(String(12), primary_key=True)
    count: Mapped[int]
