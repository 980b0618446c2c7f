"""What the public may read of one experiment: one row, written by the verbs that change the file, read by everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base, Moment, Term, listed
from ..obligations import Task
from ..vocabulary import Status
from .experiment import SHELF

Words = Text().with_variant(TSVECTOR(), "postgresql")


class Publication(Base):
    """`document` is a text of experiments.published.Published; the columns repeat what lists and searches need of it.

    A proposal on which nothing is decided yet has a row without a title: that it exists is public, what it says is
    not.
    """

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint(listed("status", Status), name="status"),
        Index("ix_publications_shelf", "shelf", "ends_on", "id"),
        Index("ix_publications_owed_on", "owed_on", "id"),
        Index("ix_publications_shelf_seq", "shelf", "seq"),
        # SQLite has a table of its own for this: publication_words. PostgreSQL has one more: publication_facets.
        Index("ix_publications_words", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
        # All that a list counts, without the pages over which a row spills.
        Index("ix_publications_hits", "id", "ends_on", "status", "organisation", "facets").ddl_if(dialect="sqlite"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    version: Mapped[int]
    """That of the file which it tells of."""
    form: Mapped[int]
    """That of the program which wrote it: another one means that it must be written anew."""
    seq: Mapped[int]
    """The last entry of the trace that it holds."""

    status: Mapped[Status] = mapped_column(Term(Status))
    shelf: Mapped[str] = mapped_column(String(8), Computed(SHELF, persisted=True))
    title: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(Text)
    policy: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    communes: Mapped[str] = mapped_column(String(400))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    midterm_on: Mapped[date | None]
    evaluation_due_on: Mapped[date | None]
    decision_due_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    suspended_on: Mapped[date | None]
    started_on: Mapped[date | None]
    field_ended_on: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    """When the last gate was crossed."""
    owed_on: Mapped[date | None]
    """The earliest day by which something is owed to the public."""
    facets: Mapped[str] = mapped_column(Text)
    """What it may be filtered by, as words: « fgcurrent fsrunning fc44109 »."""
    words: Mapped[Any] = mapped_column(Words)
    """The same, and the stems of what a search looks in."""
    # SQLite reads a long text to reach what stands after it: only what is written is.
    document: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(String(200))
    """What it counts for in the tallies of years (experiments/years.py): known when it is written anew."""


# Views: what a migration makes nothing of, and the program puts back after each of them (see public_access.py).
_views = MetaData()
public_deadlines = Table(
    "public_deadlines",
    _views,
    Column("id", Integer, primary_key=True),
    Column("experiment_id", Integer),
    Column("number", String),
    Column("title", String),
    Column("status", Term(Status)),
    Column("organisation", String),
    Column("task", Term(Task)),
    Column("about", String),
    Column("subject", String),
    Column("due_on", Date),
    Column("version", Integer),
    Column("changed_at", Moment),
    Column("ended_at", Moment),
)
"""The deadlines that concern the public, of the experiments that it may read."""
