"""Every SELECT, as a function of a session, always ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from .model import Experiment, Involvement, Opinion, Person, Submission, WrittenPart
from .vocabulary import PUBLIC, UNEVALUATED, Account, Part, Status
from .words import fold

_WHOLE = (
    selectinload(Experiment.written).joinedload(WrittenPart.written_by),
    selectinload(Experiment.involved).options(
        joinedload(Involvement.person), joinedload(Involvement.opinion).joinedload(Opinion.involvement)
    ),
    selectinload(Experiment.evaluations),
    selectinload(Experiment.decisions),
)
_PUBLISHED = (
    selectinload(Experiment.written),
    selectinload(Experiment.evaluations),
    selectinload(Experiment.decisions),
)


def file(session: Session, number: str, *, for_change: bool = False) -> Experiment | None:
    """A whole file. `for_change` locks its row until the end of the transaction, so that one change follows another."""
    query = select(Experiment).where(Experiment.number == number).options(*_WHOLE)
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def published(session: Session, number: str) -> Experiment | None:
    """What the public page of one experiment is made of; None before its authorisation."""
    query = select(Experiment).where(Experiment.number == number, Experiment.status.in_(PUBLIC)).options(*_PUBLISHED)
    return session.scalars(query).one_or_none()


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the public list by. `status` is a status, "overdue", "past", "all" or "" (current)."""

    text: str = ""
    status: str = ""
    commune: str = ""
    policy: str = ""


ROW = (
    Experiment.id, Experiment.number, Experiment.status, Experiment.title, Experiment.summary, Experiment.organisation,
    Experiment.place, Experiment.communes, Experiment.starts_on, Experiment.ends_on, Experiment.midterm_on,
    Experiment.evaluation_due_on, Experiment.decision_due_on,
)  # fmt: skip


def public_list(
    session: Session, filters: Filters, today: date, *, after: tuple[date, int] | None = None, limit: int = 50
) -> Sequence[Row[tuple[object, ...]]]:
    """One page of the public list, by firm end then number: what should have ended comes first.

    Keyset paging: `after` is the (end, id) of the last row seen; one row more than `limit` tells that there is more.
    """
    query = select(*ROW).order_by(Experiment.ends_on, Experiment.id).limit(limit + 1)
    if filters.status == "overdue":
        query = query.where(Experiment.shelf == "current", Experiment.ends_on < today)
        query = query.where(Experiment.status.in_(UNEVALUATED))
    elif filters.status == "all":
        query = query.where(Experiment.shelf.in_(("current", "past")))
    elif filters.status in set(PUBLIC):
        query = query.where(Experiment.status == Status(filters.status))
    else:
        query = query.where(Experiment.shelf == ("past" if filters.status == "past" else "current"))
    if filters.commune:
        query = query.where(Experiment.communes.contains(f";{filters.commune};", autoescape=True))
    if filters.policy:
        query = query.where(Experiment.policy == filters.policy)
    for word in fold(filters.text).split()[:8]:
        query = query.where(Experiment.found_by.contains(word, autoescape=True))
    if after:
        end, number = after
        query = query.where(or_(Experiment.ends_on > end, and_(Experiment.ends_on == end, Experiment.id > number)))
    return session.execute(query).all()


def submissions(session: Session, x: Experiment) -> Sequence[Submission]:
    """What the file said each time it was submitted, oldest first."""
    return session.scalars(select(Submission).where(Submission.experiment_id == x.id).order_by(Submission.number)).all()


def person_by_email(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.email == email.strip().lower())).one_or_none()


def people(session: Session, *accounts: Account) -> Sequence[Person]:
    """Active accounts of these kinds (all kinds when none is named), by name."""
    query = select(Person).where(Person.disabled_at.is_(None)).order_by(Person.name, Person.id)
    return session.scalars(query.where(Person.account.in_(accounts)) if accounts else query).all()


def files_of(session: Session, person: Person) -> Sequence[Experiment]:
    """The files that a person is named to or consulted on, those that end first on top."""
    named = (
        select(Involvement.experiment_id)
        .where(Involvement.person_id == person.id, Involvement.until.is_(None))
        .where(Involvement.part.not_in((Part.EDITED, Part.EVALUATED)))
    )
    return _desk(session, Experiment.id.in_(named))


def files_in(session: Session, *statuses: Status) -> Sequence[Experiment]:
    """The files that stand in one of these statuses."""
    return _desk(session, Experiment.status.in_(statuses))


def _desk(session: Session, condition: object, limit: int = 200) -> Sequence[Experiment]:
    return session.scalars(
        select(Experiment)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Experiment.ends_on.is_(None), Experiment.ends_on, Experiment.id)
        .limit(limit)
        .options(
            selectinload(Experiment.involved).options(joinedload(Involvement.person), joinedload(Involvement.opinion))
        )
    ).all()
