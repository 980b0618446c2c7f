"""One experiment, its written parts, and what it said each time it was submitted."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from ..base import Base, Moment, Term, listed
from ..content import Content, decode, fingerprint
from ..parts import BY_CONTENT, DECLARED, FROZEN, PartOfFile
from ..people import Person
from ..vocabulary import GROUPS, UNDER_WAY, UNEVALUATED, Part, Status

if TYPE_CHECKING:
    from .involvement import Involvement, Opinion
    from .judgement import Decision, Evaluation

C = TypeVar("C", bound=Content)


def _any_of(statuses: frozenset[Status]) -> str:
    return ", ".join(sorted(f"'{status}'" for status in statuses))


# What the public list is read by: one indexed column, made by the database from the status alone.
SHELF = (
    f"CASE WHEN status IN ({_any_of(UNDER_WAY)}) THEN 'current' "
    f"WHEN status IN ({_any_of(GROUPS['past'])}) THEN 'past' ELSE 'inside' END"
)


UNSETTLED = sql("settled <> version")


class Experiment(Base):
    """One experiment. The columns after `status` repeat what lists need from its written parts."""

    __tablename__ = "experiments"
    __table_args__ = (
        CheckConstraint(listed("status", Status), name="status"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        # The gates, said again where no code can go round them.
        CheckConstraint(
            "status IN ('draft', 'submitted', 'refused', 'withdrawn') "
            "OR (starts_on IS NOT NULL AND ends_on IS NOT NULL)",
            name="authorised_has_dates",
        ),
        CheckConstraint(
            "status NOT IN ('evaluated', 'decided', 'closed') OR evaluation_id IS NOT NULL",
            name="evaluated_has_evaluation",
        ),
        CheckConstraint("status NOT IN ('decided', 'closed') OR decision_id IS NOT NULL", name="decided_has_decision"),
        ForeignKeyConstraint(
            ["id", "evaluation_id"],
            ["evaluations.experiment_id", "evaluations.id"],
            name="fk_experiments_evaluation",
            ondelete="RESTRICT",
            use_alter=True,
        ),
        ForeignKeyConstraint(
            ["id", "decision_id", "evaluation_id"],
            ["decisions.experiment_id", "decisions.id", "decisions.evaluation_id"],
            name="fk_experiments_decision",
            ondelete="RESTRICT",
            use_alter=True,
        ),
        Index("ix_experiments_shelf", "shelf", "ends_on", "id"),
        Index("ix_experiments_status", "status", "ends_on", "id"),
        Index("ix_experiments_unsettled", "id", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
    )

    # Said outright: a column that is part of a foreign key would not be numbered by the database.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[Status] = mapped_column(Term(Status), default=Status.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    trace_seq: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    demonstration: Mapped[bool] = mapped_column(default=False)

    title: Mapped[str] = mapped_column(String(100), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    policy: Mapped[str] = mapped_column(String(60), default="")
    organisation: Mapped[str] = mapped_column(String(120), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    communes: Mapped[str] = mapped_column(String(400), default="")
    """Codes between semicolons, « ;44109;44143; », so that one is found by a plain LIKE."""
    found_by: Mapped[str] = mapped_column(Text, default="")
    """Title, summary and places, folded: what a search looks in."""

    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    midterm_on: Mapped[date | None]
    evaluation_due_on: Mapped[date | None]
    decision_due_on: Mapped[date | None]
    started_on: Mapped[date | None]
    field_ended_on: Mapped[date | None]
    extensions: Mapped[int] = mapped_column(default=0)
    extension_asked_on: Mapped[date | None]
    extension_asked: Mapped[str] = mapped_column(String(64), default="")
    """The fingerprint of the request as it was asked: editing it afterwards is asking again."""
    submitted_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    settled: Mapped[int] = mapped_column(default=0)
    """The version that its deadlines were reckoned for; another one means that they must be reckoned anew."""
    evaluation_id: Mapped[int | None]
    decision_id: Mapped[int | None]
    shelf: Mapped[str] = mapped_column(String(8), Computed(SHELF, persisted=True))
    unheard: Mapped[int | None] = query_expression()
    """How many voices wait to be read, where a query counts them."""
    decided_at: Mapped[datetime | None] = query_expression()
    suspension: Mapped[str | None] = query_expression()
    """When it was decided and the entry of the trace that suspended it, where a query of pages says so."""

    written: Mapped[list[WrittenPart]] = relationship(lazy="raise_on_sql", order_by="WrittenPart.id")
    involved: Mapped[list[Involvement]] = relationship(lazy="raise_on_sql", order_by="Involvement.id")
    evaluations: Mapped[list[Evaluation]] = relationship(
        lazy="raise_on_sql", order_by="Evaluation.id", foreign_keys="Evaluation.experiment_id"
    )
    decisions: Mapped[list[Decision]] = relationship(
        lazy="raise_on_sql", order_by="Decision.id", foreign_keys="Decision.experiment_id"
    )

    # Each verb adds one, by `touch`: one change, one version, whatever the number of statements.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    def part(self, slug: str) -> WrittenPart | None:
        return next((part for part in self.written if part.slug == slug), None)

    def text(self, part: PartOfFile) -> str:
        """The exact kept text of a part, empty when nothing is written yet."""
        found = self.part(part.slug)
        return found.text if found else ""

    def read(self, kind: type[C]) -> C:
        """A written part, as its struct; an empty one where nothing is written yet."""
        return decode(kind, self.text(BY_CONTENT[kind]))

    def fingerprint(self) -> str:
        """SHA-256 of all that is declared: an opinion counts for the text it was given on, and no other."""
        return fingerprint(*(self.text(part) for part in DECLARED))

    def sealed(self) -> str:
        """SHA-256 of what the authorisation freezes: dates, derogations, protocol."""
        return fingerprint(*(self.text(part) for part in FROZEN))

    @property
    def evaluation(self) -> Evaluation | None:
        """The version of the final evaluation that stands."""
        return next((e for e in self.evaluations if e.id == self.evaluation_id), None)

    @property
    def decision(self) -> Decision | None:
        """The decision that ended it."""
        return next((d for d in self.decisions if d.id == self.decision_id), None)

    @property
    def periods(self) -> list[Decision]:
        """The periods granted, each by its act: the first, then the extension."""
        return [d for d in self.decisions if d.ends_on is not None]

    @property
    def opinions(self) -> list[Opinion]:
        return [i.opinion for i in self.involved if i.opinion is not None]

    def named(self, *parts: Part) -> list[Person]:
        """The people who hold one of these parts today, in the order in which they were named."""
        return [i.person for i in self.involved if i.part in parts and i.until is None]

    def is_overdue(self, today: date) -> bool:
        """*Échue*: past its firm end without an evaluation on record."""
        return self.status in UNEVALUATED and self.ends_on is not None and today > self.ends_on

    def is_undecided(self, today: date) -> bool:
        """Past its firm end, evaluated, and still without the decision of LO1113-6."""
        return self.status is Status.EVALUATED and self.ends_on is not None and today > self.ends_on

    def days_over(self, today: date) -> int:
        """Days since the firm end; 0 when it is not passed, when the experiment is over or not authorised yet."""
        if self.ends_on is None or self.status not in UNDER_WAY:
            return 0
        return max(0, (today - self.ends_on).days)


class WrittenPart(Base):
    """The current text of one part of a file: the exact bytes that fingerprints are taken of."""

    __tablename__ = "written_parts"
    __table_args__ = (UniqueConstraint("experiment_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    slug: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    at_version: Mapped[int]
    """The version of the experiment that this writing made: tells what changed since a page was opened."""
    written_at: Mapped[datetime] = mapped_column(Moment)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    written_by: Mapped[Person] = relationship(lazy="raise_on_sql")


class Submission(Base):
    """What the file said each time it was submitted, to show what changed since."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("experiment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    texts: Mapped[str] = mapped_column(Text)
    """JSON: the slug of each declared part to its exact text."""
    fingerprint: Mapped[str] = mapped_column(String(64))


class Counter(Base):
    """The last number given in a year."""

    __tablename__ = "counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
