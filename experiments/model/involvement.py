"""Who takes part in an experiment, and the opinions asked of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..base import Base, Moment, Term, listed
from ..people import Person
from ..vocabulary import OpinionKind, OpinionSense, Part
from .experiment import Experiment


class Involvement(Base):
    """Somebody's part in one experiment: named to it, or found to have edited or evaluated it."""

    __tablename__ = "involvements"
    __table_args__ = (
        CheckConstraint(listed("part", Part), name="part"),
        Index("ix_involvements_experiment_id", "experiment_id"),
        Index("ix_involvements_person_id", "person_id"),
        # One row for each part that somebody holds today; former parts stay, with their end.
        Index(
            "uq_involvements_held",
            "experiment_id",
            "person_id",
            "part",
            unique=True,
            sqlite_where=sql("until IS NULL AND part <> 'adviser'"),
            postgresql_where=sql("until IS NULL AND part <> 'adviser'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    part: Mapped[Part] = mapped_column(Term(Part))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    opinion: Mapped[Opinion | None] = relationship(lazy="raise_on_sql", back_populates="involvement")
    experiment: Mapped[Experiment] = relationship(lazy="raise_on_sql", overlaps="involved")


class Opinion(Base):
    """An opinion asked of somebody, due on a day, given on a text (`on_fingerprint`) or absent."""

    __tablename__ = "opinions"
    __table_args__ = (
        CheckConstraint(listed("kind", OpinionKind), name="kind"),
        CheckConstraint("(given_at IS NULL) = (sense IS NULL)", name="given_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    involvement_id: Mapped[int] = mapped_column(ForeignKey("involvements.id"), unique=True)
    kind: Mapped[OpinionKind] = mapped_column(Term(OpinionKind))
    question: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date]
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    sense: Mapped[OpinionSense | None] = mapped_column(Term(OpinionSense))
    text: Mapped[str] = mapped_column(Text, default="")
    on_fingerprint: Mapped[str] = mapped_column(String(64), default="")
    involvement: Mapped[Involvement] = relationship(lazy="raise_on_sql", back_populates="opinion")

    def counts_for(self, fingerprint: str) -> bool:
        """Whether it was given, and on this very text: editing the file voids it."""
        return self.given_at is not None and self.on_fingerprint == fingerprint
