"""The version of the public register: it rises with each change of what the public may read."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .model import Register


def changed(session: Session) -> None:
    """Say, in the transaction of a change, that the public reads something else from now on."""
    session.execute(update(Register).values(version=Register.version + 1).execution_options(synchronize_session=False))


def version(session: Session) -> int:
    """How often it has changed."""
    return session.scalars(select(Register.version)).one()
