"""The decision trace: chained entries, and what their commitments stand for."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..base import Base, Term
from ..vocabulary import Status


class Entry(Base):
    """One line of the decision trace. `body` is the exact text that is hashed; the columns repeat it for queries."""

    __tablename__ = "trace"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id", ondelete="RESTRICT"), index=True)
    at_version: Mapped[int | None]
    event: Mapped[str] = mapped_column(String(40))
    from_status: Mapped[Status | None] = mapped_column(Term(Status))
    to_status: Mapped[Status | None] = mapped_column(Term(Status))
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    disclosures: Mapped[list[Disclosure]] = relationship(lazy="raise_on_sql", order_by="Disclosure.field")


class Disclosure(Base):
    """What a commitment of the trace stands for. Emptied by a redaction; the chain still holds."""

    __tablename__ = "disclosures"

    seq: Mapped[int] = mapped_column(ForeignKey("trace.seq", ondelete="RESTRICT"), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[str | None] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(Text)
