"""How often forms come from outside: so many an hour and a day from one network, and so many an hour in all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from .model import Knock
from .policy import current as policy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERYONE = "everyone"
MANY = 4
"""Times what one network may send: what a network of networks may. Else it alone would fill the hour of everybody."""
CONFIRMATIONS = 3
"""Confirmations sent to one address a day, whoever asks for them: nobody's box is filled by somebody else."""


LOCK = 0x6A616C6F6E
"""The name of the lock, for PostgreSQL: any number that nothing else in the database takes."""


class Limit(NamedTuple):
    """So many of one key within a time."""

    key: str
    most: int
    within: timedelta


def of_network(key: str, *wider: str) -> list[Limit]:
    """The limits of a form that one network sends; those that hold it may hold many, and send a few times as much."""
    local = policy().voices
    sizes = [(key, 1), *((one, MANY) for one in wider)]
    mine = [
        limit for one, times in sizes
        for limit in (Limit(one, times * local.network_hour, HOUR), Limit(one, times * local.network_day, DAY))
    ]  # fmt: skip
    return [*mine, Limit(EVERYONE, local.everyone_hour, HOUR)]


def of_address(key: str) -> list[Limit]:
    """The limit of what one address is sent without having confirmed anything."""
    return [Limit(key, CONFIRMATIONS, DAY)]


def erase(session: Session, now: datetime) -> int:
    """Forget what is over, and what a clock that ran ahead put too far away; how much. Does not commit."""
    old = delete(Knock).where(or_(Knock.at < now - DAY, Knock.at > now + DAY)).returning(Knock.id)
    return len(session.execute(old, execution_options={"synchronize_session": False}).all())


def one_at_a_time(session: Session) -> None:
    """Wait for whoever else is at the door, until the end of this transaction. SQLite has a single writer."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def admit(session: Session, limits: Iterable[Limit], now: datetime) -> bool:
    """Whether one more may come in, by all of these; if so it is counted. Does not commit."""
    limits = list(limits)
    # Those who count together would all find room.
    one_at_a_time(session)
    erase(session, now)
    for limit in limits:
        lately = Knock.at.between(now - limit.within, now + limit.within)
        if (session.scalar(select(func.count()).where(Knock.key == limit.key, lately)) or 0) >= limit.most:
            return False
    session.add_all(Knock(key=key, at=now) for key in sorted({limit.key for limit in limits}))
    return True
