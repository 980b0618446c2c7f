"""Programs that are told of the gates crossed: what an administrator does with them, and what is read of them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, ScalarSelect, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from .deliveries import reckon
from .leaves import Leaf, leaf
from .model import Arrival, Delivery, Entry, Webhook
from .sealing import Seal, Unsealable
from .words import typeset

MOST = 20
"""How many there may be: each is spoken to by a thread of its own."""
BOTH = timedelta(days=7)
"""How long the secret of before still signs, beside the new one."""
ASKED = "Mis en pause par un administrateur"
MANY = typeset(f"{MOST} webhooks au plus : supprimez-en un")


class WebhookError(Exception):
    """What cannot be done; its text is a French sentence."""


# What an administrator does -------------------------------------------------------------------------------------------


CLEAR = "whsec_"
"""How a secret begins; nothing that is sealed does."""


def _secret() -> str:
    return f"{CLEAR}{base64.b64encode(secrets.token_bytes(32)).decode()}"


def add(session: Session, label: str, url: str, now: datetime, seal: Seal) -> tuple[Webhook, str]:
    """One more receiver, told of what happens from now on, and its secret, which is kept sealed. Raises WebhookError.

    Nothing here commits.
    """
    if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= MOST:
        raise WebhookError(MANY)
    seen = session.scalar(select(func.max(Entry.seq))) or 0
    secret = _secret()
    made = Webhook(label=label, url=url, secret=seal.close(secret), made_at=now, seen=seen, leased_by="",
                   paused_why="", paused_by_us=False)  # fmt: skip
    session.add(made)
    session.flush()
    return made, secret


def rotate(session: Session, webhook: Webhook, now: datetime, seal: Seal) -> str:
    """A new secret; the one of before still signs for a while beside it, if it can still be opened."""
    webhook.previous_secret, webhook.previous_until = webhook.secret, now + BOTH
    try:
        seal.open(webhook.secret)
    except Unsealable:
        webhook.previous_secret = webhook.previous_until = None
    secret = _secret()
    webhook.secret = seal.close(secret)
    session.flush()
    return secret


def seal_all(session: Session, seal: Seal) -> int:
    """Seal the secrets that an older program kept in clear; of how many receivers. Does not commit."""
    clear = or_(Webhook.secret.startswith(CLEAR), Webhook.previous_secret.startswith(CLEAR))
    found = session.scalars(select(Webhook).where(clear).order_by(Webhook.id).with_for_update()).all()
    for one in found:
        if one.secret.startswith(CLEAR):
            one.secret = seal.close(one.secret)
        if one.previous_secret and one.previous_secret.startswith(CLEAR):
            one.previous_secret = seal.close(one.previous_secret)
    return len(found)


def pause(session: Session, webhook: Webhook, now: datetime) -> None:
    """Send nothing more; what happens meanwhile is told when it resumes."""
    if webhook.paused_at is None:
        webhook.paused_at, webhook.paused_why, webhook.paused_by_us = now, ASKED, False
        reckon(session, webhook)


def resume(session: Session, webhook: Webhook, now: datetime) -> None:
    """Go on from where it stopped, each message tried as if for the first time."""
    webhook.paused_at, webhook.paused_why, webhook.paused_by_us, webhook.failing_since = None, "", False, None
    waiting = update(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.fate == Arrival.WAITING)
    session.execute(waiting.values(tries=0, not_before=now), execution_options={"synchronize_session": "fetch"})
    reckon(session, webhook)


def remove(session: Session, webhook: Webhook) -> None:
    """Forget a receiver, and what was sent to it."""
    session.execute(delete(Delivery).where(Delivery.webhook_id == webhook.id))
    session.delete(webhook)
    session.flush()


def try_out(session: Session, webhook: Webhook, now: datetime) -> None:
    """Send a trial, once, even while the rest is paused."""
    session.add(Delivery(webhook_id=webhook.id, key=f"essai-{secrets.token_hex(8)}", made_at=now, not_before=now))
    reckon(session, webhook)


def again(session: Session, webhook: Webhook, one: Delivery, now: datetime) -> None:
    """Send a message once more, or without waiting for its next try: under the same name."""
    one.fate, one.ended_at, one.tries, one.not_before = Arrival.WAITING, None, 0, now
    reckon(session, webhook)


# What is read ---------------------------------------------------------------------------------------------------------


def webhook(session: Session, number: int, *, for_change: bool = False) -> Webhook | None:
    """One of them. `for_change`: its row is locked until the end."""
    return session.get(Webhook, number, with_for_update=for_change or None)


def every(session: Session) -> Sequence[Row[Webhook, int, Delivery | None]]:
    """All of them, each with how many messages wait, and the last one tried."""
    waiting = select(func.count()).where(Delivery.webhook_id == Webhook.id, Delivery.fate == Arrival.WAITING)
    query = select(Webhook, waiting.correlate(Webhook).scalar_subquery(), Delivery)
    query = query.outerjoin(Delivery, Delivery.id == _last_tried())
    return session.execute(query.order_by(Webhook.label, Webhook.id)).all()


def last_tried(session: Session, one: Webhook) -> Delivery | None:
    """The message that this receiver was sent last, whatever came of it."""
    return session.scalar(select(Delivery).join(Webhook, Delivery.id == _last_tried()).where(Webhook.id == one.id))


def _last_tried() -> ScalarSelect[int]:
    one = aliased(Delivery)
    tried = select(one.id).where(one.webhook_id == Webhook.id, one.tried_at.is_not(None))
    return tried.order_by(one.tried_at.desc(), one.id.desc()).limit(1).correlate(Webhook).scalar_subquery()


def log(session: Session, one: Webhook, page: int) -> Leaf[Delivery, Entry | None]:
    """The messages to one receiver, the newest first, each with its entry of the trace."""
    query = select(Delivery, Entry).outerjoin(Entry, Entry.seq == Delivery.seq).where(Delivery.webhook_id == one.id)
    return leaf(session, query.order_by(Delivery.id.desc()), page)


def delivery(session: Session, one: Webhook, number: int) -> Delivery | None:
    """One message to that receiver."""
    mine = select(Delivery).where(Delivery.id == number, Delivery.webhook_id == one.id)
    return session.scalars(mine.with_for_update()).one_or_none()


def stopped(session: Session) -> int:
    """How many were given up, though nobody asked for it."""
    return session.scalar(select(func.count()).select_from(Webhook).where(Webhook.paused_by_us)) or 0
