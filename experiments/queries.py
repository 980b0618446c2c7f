"""What the pages of the staff ask of the register: files, lines, people. Always ordered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, with_expression
from sqlalchemy.orm.interfaces import ORMOption

from .model import Absence, Decision, Entry, Experiment, Involvement, Opinion, Person, Submission, Voice, WrittenPart
from .model.experiment import UNSETTLED
from .model.voice import Standing
from .vocabulary import ENDED, HELD, Account, Part, Status
from .words import fold

_UNHEARD = with_expression(
    Experiment.unheard,
    select(func.count(Voice.id))
    .where(Voice.experiment_id == Experiment.id, Voice.standing == Standing.WAITING)
    .correlate(Experiment)
    .scalar_subquery(),
)
_DECIDED_AT = select(Decision.decided_at).where(Decision.id == Experiment.decision_id).scalar_subquery()
# The last gate that a suspended experiment crossed is its suspension.
_LAST_GATE = select(Entry.body).where(Entry.seq == Experiment.trace_seq).scalar_subquery()
_SUSPENSION = case((Experiment.status == Status.SUSPENDED, _LAST_GATE))
_PAUSED = with_expression(Experiment.suspension, _SUSPENSION)
_WHOLE = (
    _UNHEARD,
    _PAUSED,
    selectinload(Experiment.written).joinedload(WrittenPart.written_by),
    selectinload(Experiment.involved).options(
        joinedload(Involvement.person), joinedload(Involvement.opinion).joinedload(Opinion.involvement)
    ),
    # With the experiment itself: they are few, and a page is allowed six statements.
    joinedload(Experiment.evaluations),
    selectinload(Experiment.decisions),
)


def file(session: Session, number: str, *, for_change: bool = False) -> Experiment | None:
    """A whole file. `for_change` locks its row until the end of the transaction, so that one change follows another."""
    query = select(Experiment).where(Experiment.number == number).options(*_WHOLE)
    return session.scalars(_locked(query) if for_change else query).unique().one_or_none()


def files_held(session: Session, person: Person) -> Sequence[Experiment]:
    """The whole files that a person holds a part in, locked together."""
    held = select(Involvement.experiment_id).where(
        Involvement.person_id == person.id, Involvement.until.is_(None), Involvement.part.in_(HELD)
    )
    query = select(Experiment).where(Experiment.id.in_(held)).order_by(Experiment.id).options(*_WHOLE)
    return session.scalars(_locked(query)).unique().all()


def _locked(query: Select[Experiment]) -> Select[Experiment]:
    return query.with_for_update(of=Experiment).execution_options(populate_existing=True)


ROW = (
    Experiment.id, Experiment.number, Experiment.status, Experiment.title, Experiment.summary, Experiment.organisation,
    Experiment.place, Experiment.communes, Experiment.starts_on, Experiment.ends_on, Experiment.midterm_on,
    Experiment.evaluation_due_on, Experiment.decision_due_on, _DECIDED_AT.label("decided_at"),
    _SUSPENSION.label("suspension"),
)  # fmt: skip


def submissions(session: Session, x: Experiment) -> Sequence[Submission]:
    """What the file said each time it was submitted, oldest first."""
    return session.scalars(select(Submission).where(Submission.experiment_id == x.id).order_by(Submission.number)).all()


def unsettled(session: Session, *, limit: int, without: Collection[int] = ()) -> Sequence[Experiment]:
    """Files whose deadlines were not reckoned for what they say now, with all that duties are made of; locked."""
    return session.scalars(
        select(Experiment)
        .where(UNSETTLED, Experiment.id.not_in(without))
        .order_by(Experiment.id)
        .limit(limit)
        .options(
            selectinload(Experiment.written),
            selectinload(Experiment.involved).joinedload(Involvement.opinion),
            selectinload(Experiment.evaluations),
            selectinload(Experiment.decisions),
        )
        .with_for_update(of=Experiment, skip_locked=True)
    ).all()


def person_by_email(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.email == email.strip().lower())).one_or_none()


def person_by_agenda(session: Session, fingerprint: str) -> Person | None:
    """The active person whose calendar has a key with this fingerprint."""
    query = select(Person).where(Person.agenda_hash == fingerprint, Person.disabled_at.is_(None))
    return session.scalars(query).one_or_none()


def absences(session: Session, person: Person, today: date) -> Sequence[Absence]:
    """When this person is away, now or later, in order."""
    query = select(Absence).where(Absence.person_id == person.id)
    ahead = query.where(or_(Absence.until_on.is_(None), Absence.until_on >= today))
    return session.scalars(ahead.order_by(Absence.from_on, Absence.id)).all()


def everyone(session: Session) -> Sequence[Person]:
    """Every account, open or not, by address."""
    return session.scalars(select(Person).order_by(Person.email)).all()


def demonstrators(session: Session) -> Sequence[Person]:
    """The accounts of the demonstration register; none anywhere else."""
    return session.scalars(select(Person).where(Person.demonstration).order_by(Person.id)).all()


def is_empty(session: Session) -> bool:
    """Whether the register holds nobody and nothing yet."""
    return not session.scalar(select(or_(exists().select_from(Person), exists().select_from(Experiment))))


def people(session: Session, account: Account) -> Sequence[Person]:
    """The active accounts of a kind, by name."""
    query = select(Person).where(Person.disabled_at.is_(None), Person.account == account)
    return session.scalars(query.order_by(Person.name, Person.id)).all()


DESK = 60
"""The most files that one list of a desk shows: beyond, one searches."""


def files_of(session: Session, person: Person) -> Sequence[Experiment]:
    """The files that a person is named to or consulted on, those that end first on top."""
    # An opinion given counts for one text: whoever gives some is told when that text has changed.
    texts = [selectinload(Experiment.written)] if person.account is Account.ADVISER else []
    return _desk(session, Experiment.id.in_(_named_to(person)), *texts)


def rows_of(session: Session, person: Person, *, after: int = 0, limit: int = 50) -> Sequence[Row[tuple[object, ...]]]:
    """The same files as rows, oldest first; one more than `limit` tells that there is more."""
    mine = select(*ROW).where(Experiment.id.in_(_named_to(person)), Experiment.id > after)
    return session.execute(mine.order_by(Experiment.id).limit(limit + 1)).all()


def rows_followed(
    session: Session, person: Person, statuses: Collection[Status], *, skip: int = 0, limit: int = 50
) -> Sequence[Row[tuple[object, ...]]]:
    """As rows, those that end first on top: the files, not yet over, of a person, and those of these statuses."""
    theirs = or_(Experiment.id.in_(_named_to(person)), Experiment.status.in_(statuses))
    order = (Experiment.ends_on.is_(None), Experiment.ends_on, Experiment.id)
    found = select(*ROW).where(theirs, Experiment.status.not_in(ENDED))
    return session.execute(found.order_by(*order).offset(skip).limit(limit + 1)).all()


def _named_to(person: Person) -> Select[int]:
    return (
        select(Involvement.experiment_id)
        .where(Involvement.person_id == person.id, Involvement.until.is_(None))
        .where(Involvement.part.not_in((Part.EDITED, Part.EVALUATED)))
    )


def files_in(session: Session, *statuses: Status) -> Sequence[Experiment]:
    """The files that stand in one of these statuses."""
    return _desk(session, Experiment.status.in_(statuses))


def files_found(session: Session, text: str) -> Sequence[Experiment]:
    """The files whose number, title, summary or places hold every word of a search."""
    words = fold(text).split()[:8]
    return _desk(session, and_(*(Experiment.found_by.contains(word, autoescape=True) for word in words)), limit=50)


def _desk(session: Session, condition: object, *more: ORMOption, limit: int = DESK) -> Sequence[Experiment]:
    return session.scalars(
        select(Experiment)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Experiment.ends_on.is_(None), Experiment.ends_on, Experiment.id)
        .limit(limit)
        .options(
            _UNHEARD,
            _PAUSED,
            with_expression(Experiment.decided_at, _DECIDED_AT),
            selectinload(Experiment.involved).options(
                joinedload(Involvement.person), joinedload(Involvement.opinion).joinedload(Opinion.involvement)
            ),
            *more,
        )
    ).all()
