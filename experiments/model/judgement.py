"""What is said of an experiment and cannot be unsaid: evaluations and decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base, Moment, Term, listed
from ..vocabulary import Finding, Outcome, StopReason


class Evaluation(Base):
    """One version of an evaluation, interim or final. Never changed, never deleted: a new version instead."""

    __tablename__ = "evaluations"
    __table_args__ = (
        UniqueConstraint("experiment_id", "id"),
        UniqueConstraint("experiment_id", "interim", "version"),
        CheckConstraint("interim OR verdict IS NOT NULL", name="final_has_verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="RESTRICT"))
    interim: Mapped[bool]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[Finding | None] = mapped_column(Term(Finding))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Decision(Base):
    """An act of the authority on one experiment, with the version of the evaluation that it saw."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("experiment_id", "id", "evaluation_id"),
        CheckConstraint(listed("outcome", Outcome), name="outcome"),
        CheckConstraint(
            "outcome IN ('authorisation', 'refusal', 'early-stop') OR evaluation_id IS NOT NULL",
            name="outcome_on_evaluation",
        ),
        CheckConstraint("(starts_on IS NULL) = (ends_on IS NULL)", name="period_whole"),
        CheckConstraint("(outcome = 'early-stop') = (stop_reason IS NOT NULL)", name="stop_has_reason"),
        ForeignKeyConstraint(
            ["experiment_id", "evaluation_id"],
            ["evaluations.experiment_id", "evaluations.id"],
            name="fk_decisions_evaluation",
            ondelete="RESTRICT",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="RESTRICT"))
    outcome: Mapped[Outcome] = mapped_column(Term(Outcome))
    text: Mapped[str] = mapped_column(Text)
    """The act, as a struct of acts.py: number, date, body, capacity, reasons in law and in fact, remedies."""
    evaluation_id: Mapped[int | None]
    saw_fingerprint: Mapped[str] = mapped_column(String(64))
    departs: Mapped[bool] = mapped_column(default=False)
    stop_reason: Mapped[StopReason | None] = mapped_column(Term(StopReason))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    decided_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
