"""Refusing for good the mails of what is followed: nobody makes the register write to that box any more.

The address is not kept: only a fingerprint of its box, made with the secret of the register.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from . import knocks
from .model import Follower, Refusal


def since(session: Session, box: str) -> date | None:
    """The day since which the box of this fingerprint is not written to; None when it may be."""
    return session.scalar(select(Refusal.refused_on).where(Refusal.box == box))


def refuse(session: Session, box: str, fingerprint: Callable[[str], str], today: date) -> None:
    """Write no more to the box of this fingerprint, and forget what it followed. Does not commit.

    `fingerprint` gives that of an address: one box may follow under several (« jo+a@exemple.fr »).
    """
    # Nobody asks on its behalf meanwhile.
    knocks.one_at_a_time(session)
    made = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = made(Refusal).values(box=box, refused_on=today).on_conflict_do_nothing()
    if session.execute(new.returning(Refusal.box)).first() is None:
        return
    known = session.execute(select(Follower.id, Follower.email).order_by(Follower.id))
    mine = [number for number, email in known if fingerprint(email) == box]
    session.execute(delete(Follower).where(Follower.id.in_(mine)), execution_options={"synchronize_session": False})


def lift(session: Session, box: str) -> bool:
    """Let that box ask again; whether it had refused. Does not commit."""
    return session.execute(delete(Refusal).where(Refusal.box == box).returning(Refusal.box)).first() is not None
