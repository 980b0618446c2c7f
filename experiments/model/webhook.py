"""Programs that are told of the gates crossed: where they listen, their secret, each message and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base, Moment, Term, listed
from ..vocabulary import Word

_WAITING = sql("fate = 'waiting'")


class Arrival(Word):
    """What became of a message."""

    WAITING = "waiting", "en attente"
    TAKEN = "taken", "reçu"
    GIVEN_UP = "given-up", "abandonné"


class Webhook(Base):
    """One program that is told, how far in the trace it was told, and when it is next to be spoken to."""

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("(paused_at IS NULL) = (paused_why = '')", name="paused_has_reason"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="previous_has_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(255))
    """Sealed: it is opened for each message, to sign it."""
    previous_secret: Mapped[str | None] = mapped_column(String(255))
    previous_until: Mapped[datetime | None] = mapped_column(Moment)
    """Until then both secrets sign."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen: Mapped[int]
    """The last entry of the trace whose message is written down."""
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    """When something is next to be sent; None while nothing waits."""
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str] = mapped_column(String(64), default="")
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    """The first failure since the last success."""
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    paused_why: Mapped[str] = mapped_column(String(200), default="")
    paused_by_us: Mapped[bool] = mapped_column(default=False)
    """Whether nobody asked for it: administrators are told."""


class Delivery(Base):
    """One message to one program: of one entry of the trace, or a trial."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "key"),
        CheckConstraint(listed("fate", Arrival), name="fate"),
        CheckConstraint("(fate = 'waiting') = (ended_at IS NULL)", name="ended_has_moment"),
        Index("ix_deliveries_webhook_id", "webhook_id", "id"),
        Index("ix_deliveries_waiting", "webhook_id", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"))
    key: Mapped[str] = mapped_column(String(64))
    """Its `webhook-id`: the same for each try."""
    seq: Mapped[int | None] = mapped_column(ForeignKey("trace.seq"))
    """The entry that it tells of; None for a trial."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    fate: Mapped[Arrival] = mapped_column(Term(Arrival), default=Arrival.WAITING)
    not_before: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    """Since it was last asked to be sent."""
    tried_at: Mapped[datetime | None] = mapped_column(Moment)
    code: Mapped[int | None]
    """What the receiver answered last; None when it did not."""
    milliseconds: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    """What went wrong at the last try, in a sentence of ours."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
