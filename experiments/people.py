"""Accounts, and what lets somebody in: sessions that are rows, tokens, failed attempts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from .base import Base, Moment, Term, listed
from .obligations import Language, Pace
from .vocabulary import Account, OpinionKind


class Absence(Base):
    """Days when somebody is away, both included; without an end, they have left."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="in_order"),
        Index("ix_absences_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Person(Base):
    """Somebody with an account. `function` is what the public may read of them; the name stays inside."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint(listed("account", Account), name="account"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("ix_people_agenda_hash", "agenda_hash", unique=True),
        # Each bite of the planner, each bite of mails asks who holds an office.
        Index("ix_people_account", "account"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200), default="")
    account: Mapped[Account] = mapped_column(Term(Account))
    advises: Mapped[OpinionKind | None] = mapped_column(Term(OpinionKind))
    password: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    demonstration: Mapped[bool] = mapped_column(default=False)
    language: Mapped[Language] = mapped_column(Term(Language), default=Language.FRENCH)
    pace: Mapped[Pace] = mapped_column(Term(Pace), default=Pace.AT_ONCE)
    """For what is not statutory."""
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a mail server refused this address for good."""
    bounced_words: Mapped[str] = mapped_column(Text, default="")
    agenda_hash: Mapped[str | None] = mapped_column(String(64))
    """The fingerprint of the key of one's own calendar."""
    left_on: Mapped[date | None] = column_property(
        select(func.min(Absence.from_on))
        .where(Absence.person_id == id, Absence.until_on.is_(None))  # noqa: A003 - the column above
        .correlate_except(Absence)
        .scalar_subquery()
    )
    """The first day of an absence without an end; None while none is said."""

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def has_left(self, today: date) -> bool:
        """Whether they are gone for good: their account may still be open."""
        return self.left_on is not None and self.left_on <= today


class SignIn(Base):
    """One open session. Deleting the row ends it at once, wherever its cookie was copied to."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_person_id", "person_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    device: Mapped[str] = mapped_column(String(200), default="")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Token(Base):
    """A key for the API, made in one's account; only its fingerprint is kept."""

    __tablename__ = "tokens"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_tokens_person_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    label: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Attempt(Base):
    """A failed sign-in: `key` is the keyed fingerprint of an address or of a network, never either in clear."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
