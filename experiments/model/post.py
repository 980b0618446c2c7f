"""The ledger of what people are told: each reminder and each notice once, the mail that carries it, its fate."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, literal_column
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..base import Base, Moment, Term, listed
from ..obligations import UNHELD, Fate, Occasion, Rank
from ..people import Person
from .deadline import Deadline
from .ledger import Entry
from .voice import Follower, Voice

_WAITING = sql("fate = 'waiting'")
TROUBLED = sql("(fate = 'waiting' AND tries > 0 OR fate IN ('refused', 'expired'))")
"""Put off, refused or given up; said as the index says it, or SQLite would read every mail."""
_FOLLOWED, _HEARD = sql("follower_id IS NOT NULL"), sql("voice_id IS NOT NULL")
_ALARM = sql("webhook_id IS NOT NULL")
_ASKED = sql("fate = 'waiting' AND occasion = 'confirmation'")


class Mail(Base):
    """One mail to one reader: waiting, then leased by a worker for a while, then sent, refused or given up.

    The reader is a person of the house, somebody who follows from outside, or whoever said something and is answered.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(listed("fate", Fate), name="fate"),
        CheckConstraint(listed("occasion", Occasion), name="occasion"),
        CheckConstraint(
            "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END + CASE WHEN follower_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN voice_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_reader",
        ),
        CheckConstraint("(fate = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        Index("ix_mails_waiting", "not_before", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mails_person_waiting", "person_id", "occasion", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mails_due", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mails_troubled", "id", sqlite_where=TROUBLED, postgresql_where=TROUBLED),
        Index("ix_mails_follower_id", "follower_id", "id", sqlite_where=_FOLLOWED, postgresql_where=_FOLLOWED),
        Index("ix_mails_voice_id", "voice_id", sqlite_where=_HEARD, postgresql_where=_HEARD),
        Index("ix_mails_webhook_id", "webhook_id", sqlite_where=_ALARM, postgresql_where=_ALARM),
        Index("ix_mails_asked", "not_before", "id", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    """A number and a fingerprint of the first thing it carries: its Message-ID, whoever sends it and however often."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"))
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("voices.id"))
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    """To an administrator: the program that is told nothing any more."""
    after_seq: Mapped[int | None]
    upto_seq: Mapped[int | None]
    """To a follower: the entries of the trace that it tells of, the first one left out."""
    occasion: Mapped[Occasion] = mapped_column(Term(Occasion))
    planned_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    """When it should leave: within opening hours."""
    not_before: Mapped[datetime] = mapped_column(Moment)
    """When it is next tried: later than `due_at` once a server has put it off."""
    fate: Mapped[Fate] = mapped_column(Term(Fate), default=Fate.WAITING)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str] = mapped_column(String(64), default="")
    tries: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(Text, default="")
    """What the server said last, in a sentence."""
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    follower: Mapped[Follower | None] = relationship(lazy="raise_on_sql")
    voice: Mapped[Voice | None] = relationship(lazy="raise_on_sql")
    reminders: Mapped[list[Reminder]] = relationship(lazy="raise_on_sql", order_by="Reminder.id", back_populates="mail")
    notices: Mapped[list[Notice]] = relationship(lazy="raise_on_sql", order_by="Notice.seq", back_populates="mail")


IS_WAITING = Mail.fate == literal_column(f"'{Fate.WAITING}'")
IS_UNHELD = Mail.occasion == literal_column(f"'{UNHELD}'")
"""Written out: a plan made for any fate, or any occasion, looks in no index of the mails that wait."""


class Reminder(Base):
    """One person told of one duty, at one rung, for one version of its date: once."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("deadline_id", "version", "rung", "person_id"),
        CheckConstraint(listed("rank", Rank), name="rank"),
        Index("ix_reminders_mail_id", "mail_id"),
        Index("ix_reminders_person_id", "person_id", "deadline_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"))
    version: Mapped[int]
    rung: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    rank: Mapped[Rank] = mapped_column(Term(Rank))
    """As what this person was told."""
    planned_on: Mapped[date]
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"))
    deadline: Mapped[Deadline] = relationship(lazy="raise_on_sql")
    mail: Mapped[Mail] = relationship(lazy="raise_on_sql", back_populates="reminders")


class Notice(Base):
    """One person told of one entry of the trace: once."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_mail_id", "mail_id"),)

    seq: Mapped[int] = mapped_column(ForeignKey("trace.seq"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"))
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
    mail: Mapped[Mail] = relationship(lazy="raise_on_sql", back_populates="notices")


class Pulse(Base):
    """The one row that says when reminders were last seen to, and what stood in the way."""

    __tablename__ = "pulse"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(Moment)
    """When the register began to owe reminders: a worker never seen is silent since then."""
    ran_at: Mapped[datetime | None] = mapped_column(Moment)
    seen: Mapped[int] = mapped_column(default=0)
    """The last entry of the trace whose notices are planned."""
    swept_on: Mapped[date | None]
    """The day on which what has served its purpose was last erased."""
    rules: Mapped[str] = mapped_column(String(64), default="")
    """The fingerprint of the local rules that the deadlines were reckoned by."""
    trouble: Mapped[str] = mapped_column(Text, default="")
    """Why nothing could be sent at the last run, in a sentence."""
    troubled_since: Mapped[datetime | None] = mapped_column(Moment)
