"""Following by mail: asked for, confirmed from the box itself, told once a day at most, left with one click.

Nothing here says whether an address was known: whoever asks is answered the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, selectinload

from . import gazette, refusals
from .booking import waiting_mail
from .ladder import next_digest
from .model import Entry, Follower, Following, Mail
from .model.post import IS_WAITING
from .obligations import Fate, Language, Occasion
from .policy import current as policy

KEPT = timedelta(days=30)
"""How long the ledger remembers a mail to somebody outside."""


def mailbox(email: str) -> str:
    """Where an address leads: « jo+a@exemple.fr » and « Jo+b@exemple.fr » fill one box."""
    name, _, domain = email.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def ask(
    session: Session, email: str, experiment_id: int | None, *, box: str, language: Language, now: datetime
) -> None:
    """Somebody asks that an address follow one experiment, or all: it is written to, and confirms. Does not commit.

    `box`: the fingerprint of its box, as `refusals` knows it. One that has refused is not written to.
    """
    if refusals.since(session, box):
        return
    made = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    email = email.strip().lower()
    values = {"email": email, "nonce": secrets.token_urlsafe(18), "language": language}
    session.execute(made(Follower).values(values).on_conflict_do_nothing())
    follower = session.scalars(select(Follower).where(Follower.email == email).with_for_update()).one()
    asked = {"follower_id": follower.id, "experiment_id": experiment_id, "asked_at": now}
    session.execute(made(Following).values(asked).on_conflict_do_nothing())
    unconfirmed = _same(follower, experiment_id) & Following.confirmed_at.is_(None)
    session.execute(update(Following).where(unconfirmed).values(asked_at=now), execution_options=_BARE)
    if not _has_confirmed(session, follower):
        # Language is changed by whoever reads the box, and by nobody else.
        follower.language = language
    if not awaits(session, email):
        about = "confirmation", follower.id, follower.nonce, now.isoformat()
        # At once, whatever the hour: somebody is waiting for it.
        session.execute(insert(Mail), [waiting_mail(about, Occasion.CONFIRMATION, now, now, follower_id=follower.id)])


def awaits(session: Session, email: str) -> bool:
    """Whether a mail that has not left yet will ask this address to confirm all that it asked for."""
    waiting = select(Mail.id).join(Follower, Follower.id == Mail.follower_id).where(
        Follower.email == email.strip().lower(), Mail.occasion == Occasion.CONFIRMATION, IS_WAITING,
        Mail.tries == 0, Mail.leased_by == "",
    )  # fmt: skip
    return session.scalar(select(waiting.exists())) or False


_BARE = {"synchronize_session": False}


def _same(follower: Follower, experiment_id: int | None) -> ColumnElement[bool]:
    about = Following.experiment_id.is_(None) if experiment_id is None else Following.experiment_id == experiment_id
    return (Following.follower_id == follower.id) & about


def _has_confirmed(session: Session, follower: Follower) -> bool:
    held = exists().where(Following.follower_id == follower.id, Following.confirmed_at.is_not(None))
    return bool(session.scalar(select(held)))


def by_nonce(session: Session, nonce: str, *, for_change: bool = False) -> Follower | None:
    """Whose links carry this, with all that they follow or asked to follow."""
    query = select(Follower).where(Follower.nonce == nonce)
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query.options(_WITH_WHAT)).one_or_none()


_WITH_WHAT = selectinload(Follower.followings).joinedload(Following.publication)


def confirm(session: Session, follower: Follower, seen: Collection[int], now: datetime) -> int:
    """Begin to tell of what was asked for, among what was seen; how much. Does not commit."""
    asked = [one for one in follower.followings if one.id in seen and one.confirmed_at is None]
    for one in asked:
        one.confirmed_at = now
    session.flush()
    return len(asked)


def leave(session: Session, follower: Follower, which: int | None = None) -> None:
    """Follow one thing less, or nothing any more: what is no longer needed goes at once. Does not commit."""
    if which is not None:
        mine = delete(Following).where(Following.id == which, Following.follower_id == follower.id)
        session.execute(mine, execution_options=_BARE)
    if which is None or not session.scalar(select(exists().where(Following.follower_id == follower.id))):
        session.execute(delete(Follower).where(Follower.id == follower.id), execution_options=_BARE)
        session.expunge(follower)


# Telling --------------------------------------------------------------------------------------------------------------


def tell(session: Session, entries: Sequence[Entry], now: datetime) -> None:
    """Have the next morning's mails tell of these entries of the trace. Does not commit."""
    files = {entry.experiment_id for entry in entries if entry.event in gazette.GATES}
    if not files:
        return
    after, upto = entries[0].seq - 1, entries[-1].seq
    about = or_(Following.experiment_id.is_(None), Following.experiment_id.in_(files))
    concerned = dict(
        session.execute(
            select(Follower.id, Follower.nonce)
            .where(Follower.id.in_(select(Following.follower_id).where(Following.confirmed_at.is_not(None), about)))
            .order_by(Follower.id)
        ).all()
    )  # fmt: skip
    if not concerned:
        return
    # One that was tried, or that somebody held, may have arrived already: it takes nothing more.
    fresh = update(Mail).where(
        Mail.occasion == Occasion.NEWS, IS_WAITING, Mail.leased_by == "", Mail.tries == 0,
        Mail.follower_id.is_not(None), Mail.upto_seq < upto,
    )  # fmt: skip
    joined = set(session.scalars(fresh.values(upto_seq=upto).returning(Mail.follower_id), execution_options=_BARE))
    due_at = next_digest(now, weekly=False)
    new = [
        waiting_mail(("news", after, nonce), Occasion.NEWS, now, due_at, follower_id=number)
        | {"after_seq": after, "upto_seq": upto}
        for number, nonce in concerned.items() if number not in joined
    ]  # fmt: skip
    if new:
        session.execute(insert(Mail), new)


# Erasing --------------------------------------------------------------------------------------------------------------


def erase(session: Session, now: datetime) -> int:
    """Erase what nobody confirmed, and what the ledger no longer needs to know; how much. Does not commit."""
    ago = now - timedelta(days=policy().voices.unconfirmed_days)
    old = delete(Following).where(Following.confirmed_at.is_(None), Following.asked_at <= ago)
    gone = len(session.execute(old.returning(Following.id), execution_options=_BARE).all())
    alone = ~exists().where(Following.follower_id == Follower.id)
    session.execute(delete(Follower).where(alone), execution_options=_BARE)
    told = delete(Mail).where(Mail.person_id.is_(None), Mail.fate != Fate.WAITING, Mail.ended_at <= now - KEPT)
    return gone + len(session.execute(told.returning(Mail.id), execution_options=_BARE).all())


def with_followings(session: Session, numbers: Collection[int]) -> dict[int, Follower]:
    """Followers by their number, with what they follow."""
    query = select(Follower).where(Follower.id.in_(numbers)).order_by(Follower.id).options(_WITH_WHAT)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {one.id: one for one in found}
