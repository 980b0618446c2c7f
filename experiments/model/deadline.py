"""What is owed, kept row by row so that lists, calendars and reminders need not read every file.

`experiments.agenda` writes these rows, from what `experiments.duties` says of the record.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..base import Base, Moment, Term, listed
from ..obligations import Task
from .experiment import Experiment

_OPEN, _OVER = sql("ended_at IS NULL"), sql("ended_at IS NOT NULL")


class Deadline(Base):
    """One duty of one experiment. It stays when the duty is over, so that calendars can say so."""

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("experiment_id", "task", "about"),
        CheckConstraint(listed("task", Task), name="task"),
        CheckConstraint("ended_at IS NULL OR next_on IS NULL", name="over_is_not_reminded"),
        Index("ix_deadlines_next_on", "next_on", "id", sqlite_where=sql("next_on IS NOT NULL"),
              postgresql_where=sql("next_on IS NOT NULL")),
        Index("ix_deadlines_task_due_on", "task", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_deadlines_ended_at", "ended_at", sqlite_where=_OVER, postgresql_where=_OVER),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    task: Mapped[Task] = mapped_column(Term(Task))
    about: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    """Rises when the date moves, when the duty ends, when it comes back: the SEQUENCE of calendars."""
    changed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    told: Mapped[int] = mapped_column(default=0)
    """How many rungs of the ladder were planned for this version of the date."""
    rung: Mapped[int | None]
    """The last rung planned, in days from the date."""
    next_on: Mapped[date | None]
    """The day of the next rung; None when nothing more is to be said."""
    experiment: Mapped[Experiment] = relationship(lazy="raise_on_sql")

    def facts(self) -> dict[str, object]:
        """Its columns, as they are to be written for the first time."""
        return {column.key: getattr(self, column.key) for column in self.__table__.columns if column.key != "id"}

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
