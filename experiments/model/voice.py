"""What citizens say of an experiment, who follows which, and how often a network knocks at the public door."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from ..base import Base, Moment, Term, listed
from ..obligations import Language
from ..vocabulary import Word
from .publication import Publication


class VoiceKind(Word):
    """What somebody has to say."""

    REACTION = "reaction", "Une réaction"
    QUESTION = "question", "Une question"
    MISTAKE = "mistake", "Une erreur à signaler"
    OBSTACLE = "obstacle", "Un obstacle d’accessibilité"


class Standing(Word):
    """What became of it."""

    WAITING = "waiting", "À lire"
    PUBLISHED = "published", "Publiée"
    DECLINED = "declined", "Écartée"
    DEALT_WITH = "dealt-with", "Traitée"
    LAPSED = "lapsed", "Effacée sans réponse"


class Decline(Word):
    """Why it is not published: the whole list."""

    OFF_TOPIC = "off-topic", "Hors sujet"
    UNLAWFUL = "unlawful", "Propos illicites"
    PERSONAL = "personal", "Données personnelles non séparables du texte"
    DUPLICATE = "duplicate", "Doublon"


_WAITING = sql("standing = 'waiting'")
_HELD = sql("erased_on IS NULL")
_SHOWN = sql("published_on IS NOT NULL")


class Voice(Base):
    """Something said from outside. `text` and `email` are erased after their purpose; what was published stays.

    Days, never hours: nobody needs to know more of when somebody wrote.
    """

    __tablename__ = "voices"
    __table_args__ = (
        CheckConstraint(listed("kind", VoiceKind), name="kind"),
        CheckConstraint(listed("standing", Standing), name="standing"),
        CheckConstraint(listed("language", Language), name="language"),
        CheckConstraint("(kind = 'obstacle') = (experiment_id IS NULL)", name="obstacle_is_of_no_experiment"),
        CheckConstraint(
            "standing <> 'published' OR (published <> '' AND experiment_id IS NOT NULL AND published_on IS NOT NULL)",
            name="published_has_text",
        ),
        CheckConstraint("(standing = 'declined') = (declined IS NOT NULL)", name="declined_has_reason"),
        CheckConstraint("(answer = '') = (answered_on IS NULL)", name="answer_has_day"),
        CheckConstraint("erased_on IS NULL OR (text = '' AND email = '')", name="erased_is_empty"),
        Index("ix_voices_experiment_id", "experiment_id", "standing", "id"),
        Index("ix_voices_waiting", "experiment_id", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_voices_shown", "experiment_id", "id", sqlite_where=_SHOWN, postgresql_where=_SHOWN),
        Index("ix_voices_held", "received_on", sqlite_where=_HELD, postgresql_where=_HELD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    """What its author keeps, to learn later what became of it."""
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id"))
    kind: Mapped[VoiceKind] = mapped_column(Term(VoiceKind))
    language: Mapped[Language] = mapped_column(Term(Language), default=Language.FRENCH)
    received_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    """As it was received: read inside only."""
    email: Mapped[str] = mapped_column(String(254), default="")
    standing: Mapped[Standing] = mapped_column(Term(Standing), default=Standing.WAITING)
    published: Mapped[str] = mapped_column(Text, default="")
    """As it may be read by all; empty unless published."""
    published_on: Mapped[date | None]
    """When it was first published. It stays with what is withdrawn, of which the public page keeps a line."""
    declined: Mapped[Decline | None] = mapped_column(Term(Decline))
    settled_on: Mapped[date | None]
    """When it was published, declined or dealt with."""
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    erased_on: Mapped[date | None]
    publication: Mapped[Publication | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin=lambda: foreign(Voice.experiment_id) == Publication.id
    )


class Follower(Base):
    """An address that wishes to be written to. It is kept for that alone, and goes with the last thing it follows."""

    __tablename__ = "followers"
    __table_args__ = (CheckConstraint(listed("language", Language), name="language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    """What the links of its mails sign."""
    language: Mapped[Language] = mapped_column(Term(Language))
    followings: Mapped[list[Following]] = relationship(
        lazy="raise_on_sql", order_by="Following.id", back_populates="follower", passive_deletes=True
    )


class Following(Base):
    """One experiment, or the whole register, that an address asked to follow; nothing is told before it confirms."""

    __tablename__ = "followings"
    __table_args__ = (
        Index(
            "uq_followings_experiment", "follower_id", "experiment_id", unique=True,
            sqlite_where=sql("experiment_id IS NOT NULL"), postgresql_where=sql("experiment_id IS NOT NULL"),
        ),
        Index(
            "uq_followings_register", "follower_id", unique=True,
            sqlite_where=sql("experiment_id IS NULL"), postgresql_where=sql("experiment_id IS NULL"),
        ),
        Index("ix_followings_experiment_id", "experiment_id", "follower_id"),
        Index("ix_followings_follower_id", "follower_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"))
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    follower: Mapped[Follower] = relationship(lazy="raise_on_sql", back_populates="followings")
    publication: Mapped[Publication | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin=lambda: foreign(Following.experiment_id) == Publication.id
    )


class Refusal(Base):
    """A box that is never to be told of what is followed: `box` is a keyed fingerprint, and gives no address back."""

    __tablename__ = "refusals"

    box: Mapped[str] = mapped_column(String(64), primary_key=True)
    refused_on: Mapped[date]


class Knock(Base):
    """Somebody sent a form from outside: `key` is a keyed fingerprint of that day, and tells neither who nor where."""

    __tablename__ = "knocks"
    __table_args__ = (Index("ix_knocks_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)


# A view: experiments/public_access.py puts it back after each migration.
public_voices = Table(
    "public_voices",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("experiment_id", Integer),
    Column("kind", Term(VoiceKind)),
    Column("text", Text),
    Column("received_on", Date),
    Column("answer", Text),
    Column("answered_on", Date),
    Column("published_on", Date),
    Column("declined", Term(Decline)),
    Column("withdrawn_on", Date),
)
"""The voices that were published, with their answers; of one withdrawn since, when and why, and no text."""
