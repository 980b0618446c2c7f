"""Who is told of a duty: those whose it is, then rank after rank when they cannot be reached or do not act.

Somebody cannot be reached when their account is closed, while they are away, after they have left, or when a mail
server refuses their address for good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from .absences import away
from .among import among
from .lifecycle import CHIEF
from .model import Involvement, Person
from .obligations import Rank
from .policies import BY_PART, LASTING
from .policy import current as policy
from .vocabulary import Account, Part

PARTS = {
    Part.LEAD: Rank.LEAD,
    Part.DEPUTY: Rank.DEPUTY,
    Part.HEAD: Rank.HEAD,
    Part.EVALUATOR: Rank.EVALUATOR,
    Part.ADVISER: Rank.ADVISER,
}
ACCOUNTS = {
    Account.VALIDATOR: Rank.VALIDATOR,
    Account.AUDITOR: Rank.AUDITOR,
    Account.ADMINISTRATOR: Rank.ADMINISTRATOR,
}
# Whoever may not decide is not asked to.
BARRED = frozenset(part for part, role in BY_PART.items() if role & CHIEF.none_of)


@dataclass(frozen=True)
class Obstacle:
    """Why somebody cannot be reached: "closed", "away" (until a day, for ever when it is None) or "bounced"."""

    kind: str
    until: date | None = None


def obstacle(person: Person, away: Mapping[int, date | None]) -> Obstacle | None:
    """What stands between somebody and their mail; `away` says who is, and until when."""
    if not person.is_active:
        return Obstacle("closed")
    if person.id in away:
        return Obstacle("away", away[person.id])
    return Obstacle("bounced") if person.bounced_at else None


@dataclass(frozen=True)
class Addressee:
    """Somebody to tell, and as what."""

    person: Person
    rank: Rank


class Roll:
    """Who stands where in some files, on a day, and who can be reached."""

    def __init__(self, session: Session, files: Collection[int], today: date) -> None:
        self.today = today
        self._standing: dict[tuple[int, Rank], list[Person]] = defaultdict(list)
        self._barred: dict[int, set[int]] = defaultdict(set)
        involved = _involved(session, files)
        named = select(Person).where(among(Person.id, {one.person_id for one in involved})).order_by(Person.id)
        people = {person.id: person for person in session.scalars(named)}
        self.moves: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        """How often each person came to each file or left it."""
        for x, part, person_id, over in involved:
            if part in PARTS:
                self.moves[person_id][x] += 2 if over else 1
            if part in PARTS and not over:
                self._standing[x, PARTS[part]].append(people[person_id])
            if part in BARRED and (part in LASTING or not over):
                self._barred[x].add(person_id)
        self._offices: dict[Rank, list[Person]] = defaultdict(list)
        for person in session.scalars(select(Person).where(Person.account.in_(ACCOUNTS)).order_by(Person.id)):
            self._offices[ACCOUNTS[person.account]].append(person)
        self._away = away(session, today)

    def standing(self, x: int, rank: Rank) -> list[Person]:
        """Who holds a rank for a file, reachable or not; the administrators are told only as a last resort."""
        if rank in self._offices or rank in ACCOUNTS.values():
            return [p for p in self._offices[rank] if rank is not Rank.VALIDATOR or p.id not in self._barred[x]]
        return self._standing[x, rank]

    def obstacle(self, person: Person) -> Obstacle | None:
        """What stands between somebody and their mail, if anything does."""
        return obstacle(person, self._away)

    def addressees(
        self, x: int, ranks: Iterable[Rank], told: int, *, only: int | None = None, without: Collection[int] = (),
    ) -> list[Addressee]:  # fmt: skip
        """Who is told this time, after so many times: a rank where nobody can be reached leaves its place to the next.

        `only` is the one adviser who owes an opinion; `without` are people who have just been tried in vain.
        """
        groups = []
        for rank in ranks:
            people = [p for p in self.standing(x, rank) if only is None or rank is not Rank.ADVISER or p.id == only]
            reachable = [Addressee(p, rank) for p in people if p.id not in without and self.obstacle(p) is None]
            if reachable:
                groups.append(reachable)
        level = told // policy().reminders.escalate_after
        found = {one.person.id: one for group in reversed(groups[: level + 1]) for one in group}
        if not found:
            last = [p for p in self._offices[Rank.ADMINISTRATOR] if p.id not in without and self.obstacle(p) is None]
            return [Addressee(p, Rank.ADMINISTRATOR) for p in last]
        return [found[number] for number in sorted(found)]


def _involved(session: Session, files: Collection[int]) -> Sequence[Row[int, Part, int, bool]]:
    over = Involvement.until.is_not(None)
    rows = select(Involvement.experiment_id, Involvement.part, Involvement.person_id, over)
    return session.execute(rows.where(among(Involvement.experiment_id, files)).order_by(Involvement.id)).all()
