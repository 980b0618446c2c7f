"""Signing in and out. A session is a row on the server: deleting the row ends it, wherever its cookie went."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app
from flask_login import LoginManager, current_user
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from experiments.model import Attempt, Person, SignIn, Token
from experiments.policies import may_open, may_watch

from . import clock, db
from .network import network

LASTS = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
BY_ADDRESS, BY_NETWORK = 8, 60
"""Failed attempts allowed in the window, for one account and for one network."""

hasher = PasswordHasher()
manager = LoginManager()


class User:
    """The person signed in, as Flask-Login wants it; `person` belongs to the session of the request."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, person: Person, token: str) -> None:
        self.person = person
        self.token = token

    @property
    def is_active(self) -> bool:
        return self.person.is_active

    @property
    def may_open(self) -> bool:
        return may_open(self.person)

    @property
    def may_watch(self) -> bool:
        return may_watch(self.person)

    def get_id(self) -> str:
        return self.token


def fingerprint(secret: str) -> str:
    """How a token is kept: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


@manager.user_loader
def _load(token: str) -> User | None:
    row = (
        db.session()
        .scalars(select(SignIn).where(SignIn.token_hash == fingerprint(token)).options(joinedload(SignIn.person)))
        .one_or_none()
    )
    if row is None or row.ends_at <= clock.now() or not row.person.is_active:
        return None
    return User(row.person, token)


def me() -> Person:
    """The person signed in; only where a page requires it."""
    found: Person = current_user.person
    return found


def by_token(session: Session, secret: str) -> Person | None:
    """The active person whose API token this is."""
    row = session.scalars(
        select(Token)
        .where(Token.token_hash == fingerprint(secret), Token.revoked_at.is_(None))
        .options(joinedload(Token.person))
    ).one_or_none()
    return row.person if row and row.person.is_active else None


def tokens(session: Session, person: Person) -> Sequence[Token]:
    """The keys of the API that this person made and that still open something, oldest first."""
    mine = select(Token).where(Token.person_id == person.id, Token.revoked_at.is_(None))
    return session.scalars(mine.order_by(Token.id)).all()


def make_token(session: Session, person: Person, label: str, now: datetime) -> str:
    """A new key for the API: told this once, kept as a fingerprint."""
    made = f"jalon_{secrets.token_urlsafe(32)}"
    session.add(Token(person_id=person.id, label=label, token_hash=fingerprint(made), made_at=now))
    return made


def revoke_tokens(session: Session, person: Person, *, now: datetime, only: int | None = None) -> None:
    """End every key of the API that this person made, or only one of them."""
    mine = update(Token).where(Token.person_id == person.id, Token.revoked_at.is_(None))
    mine = mine if only is None else mine.where(Token.id == only)
    session.execute(mine.values(revoked_at=now))


def password_matches(person: Person | None, password: str) -> bool:
    """Whether the password is right; takes as long for an address that has no account."""
    kept = person.password if person and person.password and person.is_active else _nobody()
    try:
        right = hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(right) and person is not None and person.is_active


_decoy: str | None = None


def _nobody() -> str:
    global _decoy
    if _decoy is None:
        _decoy = hasher.hash(secrets.token_hex(16))
    return _decoy


def open_session(session: Session, person: Person, now: datetime, device: str) -> User:
    """Open a session for this person; the rows of sessions long over are swept on the way."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.ends_at < now))
    session.add(
        SignIn(
            token_hash=fingerprint(token), person_id=person.id, opened_at=now, ends_at=now + LASTS,
            device=device[:200],
        )
    )  # fmt: skip
    return User(person, token)


def end_session(session: Session, token: str) -> None:
    session.execute(delete(SignIn).where(SignIn.token_hash == fingerprint(token)))


def other_sessions(session: Session, person: Person, now: datetime) -> int:
    """How many sessions of this person are open, besides the one that asks."""
    still = select(func.count()).where(SignIn.person_id == person.id, SignIn.ends_at > now)
    return max(0, (session.scalar(still) or 0) - 1)


def end_other_sessions(session: Session, person: Person, token: str) -> None:
    """End every session of this person but the one of this token."""
    here = fingerprint(token)
    session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.token_hash != here))


def end_all_sessions(session: Session, person: Person) -> None:
    """What a change of password or of role and a disabled account do at once."""
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))


def _key(kind: str, value: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{kind}:{value}".encode(), "sha256").hexdigest()


def _keys(email: str) -> dict[str, int]:
    return {_key("address", email.strip().lower()): BY_ADDRESS, _key("network", network()): BY_NETWORK}


def is_throttled(session: Session, email: str, now: datetime) -> bool:
    """Whether there were too many failures, for this address (with an account or not) or from this network."""
    limits = _keys(email)
    counted = session.execute(
        select(Attempt.key, func.count())
        # On both sides: a clock that ran ahead shuts nobody out until then.
        .where(Attempt.key.in_(limits), Attempt.at.between(now - WINDOW, now + WINDOW))
        .group_by(Attempt.key)
    )
    return any(count >= limits[key] for key, count in counted)


def note_failure(session: Session, email: str, now: datetime) -> None:
    session.execute(delete(Attempt).where(~Attempt.at.between(now - WINDOW, now + WINDOW)))
    session.add_all(Attempt(key=key, at=now) for key in _keys(email))


def forget_failures(session: Session, email: str) -> None:
    session.execute(delete(Attempt).where(Attempt.key == _key("address", email.strip().lower())))


def init_app(app: Flask) -> None:
    # Whoever is there is looked for by the pages that ask: those of the public do not.
    manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    manager.login_view = None
