"""Who cannot be reached, asked of the database: people, files left without a carrier, duties that nobody is told of."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from .absences import covers
from .duties import DUTIES, INSIDE
from .leaves import Leaf, leaf
from .model import Absence, Deadline, Experiment, Involvement, Person
from .obligations import Rank
from .policies import LASTING
from .succession import ACCOUNTS, BARRED, PARTS
from .vocabulary import ENDED, NAMED, UNDER_WAY, Part

_PART_OF = {rank: part for part, rank in PARTS.items()}
_ACCOUNT_OF = {rank: account for account, rank in ACCOUNTS.items()}


def bounced(session: Session, page: int) -> Leaf[Person]:
    """The people whose address a mail server refused for good, the last refused first."""
    people = select(Person).where(Person.bounced_at.is_not(None), Person.disabled_at.is_(None))
    return leaf(session, people.order_by(Person.bounced_at.desc(), Person.id), page)


def absent(session: Session, today: date, page: int) -> Leaf[Absence, Person]:
    """Who is away or will be, those who left first on top."""
    rows = select(Absence, Person).join(Person, Person.id == Absence.person_id).where(Person.disabled_at.is_(None))
    ahead = rows.where(or_(Absence.until_on.is_(None), Absence.until_on >= today))
    return leaf(session, ahead.order_by(Absence.from_on, Absence.id), page)


def gone(session: Session, page: int) -> Leaf[Person, Involvement, Experiment]:
    """The closed accounts that still hold a part in a file that is not over, each with that part."""
    held = (
        select(Person, Involvement, Experiment)
        .join(Involvement, Involvement.person_id == Person.id)
        .join(Experiment, Experiment.id == Involvement.experiment_id)
        .where(Person.disabled_at.is_not(None), Involvement.until.is_(None), Involvement.part.in_(NAMED))
        .where(Experiment.status.not_in(ENDED))
    )
    return leaf(session, held.order_by(Person.name, Person.id, Experiment.id, Involvement.id), page)


def without_carrier(session: Session, today: date, page: int) -> Leaf[Experiment]:
    """The files inside or under way, and those that still owe something, whose carrier cannot be told of anything."""
    owes = exists().where(Deadline.experiment_id == Experiment.id, Deadline.ended_at.is_(None))
    files = select(Experiment).where(or_(Experiment.status.in_(INSIDE | UNDER_WAY), owes))
    alone = files.where(not_(_is_named(Experiment.id, Part.LEAD, today)))
    return leaf(session, alone.order_by(Experiment.ends_on.is_(None), Experiment.ends_on, Experiment.id), page)


def untold(session: Session, today: date, page: int) -> Leaf[Deadline, Experiment]:
    """The deadlines that nobody of their ranks can be told of: the administrators are, as a last resort."""
    # Rank by rank, each asked once: duty by duty, PostgreSQL spent seconds on getting ready to answer.
    ranks = {rank: [rule.task for rule in DUTIES.values() if rank in rule.ranks] for rank in Rank}
    told = [and_(Deadline.task.in_(tasks), _stands(rank, today)) for rank, tasks in ranks.items() if tasks]
    rows = select(Deadline, Experiment).join(Experiment, Experiment.id == Deadline.experiment_id)
    told_again = rows.where(Deadline.next_on.is_not(None), Deadline.task.in_(DUTIES), not_(or_(*told)))
    return leaf(session, told_again.order_by(Deadline.due_on, Deadline.id), page)


def _reachable(today: date) -> ColumnElement[bool]:
    away = exists().where(Absence.person_id == Person.id, covers(today))
    return and_(Person.disabled_at.is_(None), Person.bounced_at.is_(None), not_(away))


def _is_named(
    x: InstrumentedAttribute[int], part: Part, today: date, *more: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether somebody who can be reached is named to this part of a file."""
    named = and_(Involvement.experiment_id == x, Involvement.part == part, Involvement.until.is_(None))
    return exists().where(named, Person.id == Involvement.person_id, _reachable(today), *more)


def _stands(rank: Rank, today: date) -> ColumnElement[bool]:
    """Whether somebody who can be reached stands at a rank for the file of a deadline: as `succession.Roll` says."""
    if rank in _PART_OF:
        owing = [Person.id == Deadline.person_id] if rank is Rank.ADVISER else []
        return _is_named(Deadline.experiment_id, _PART_OF[rank], today, *owing)
    held = aliased(Involvement)
    barred = exists().where(
        held.experiment_id == Deadline.experiment_id, held.person_id == Person.id, held.part.in_(BARRED),
        or_(held.until.is_(None), held.part.in_(LASTING)),
    )  # fmt: skip
    free = [not_(barred)] if rank is Rank.VALIDATOR else []
    return exists().where(Person.account == _ACCOUNT_OF[rank], _reachable(today), *free)
