"""The version of the public register: it rises with each change of what the public may read."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .base import Reader
from .model import Register

# Of the table: each page asks this, and an entity would cost more than the question.
_VERSION = select(Register.__table__.c.version)


def changed(session: Session) -> None:
    """Say, in the transaction of a change, that the public reads something else from now on."""
    session.execute(update(Register).values(version=Register.version + 1).execution_options(synchronize_session=False))


def version(reader: Reader) -> int:
    """How often it has changed."""
    found: int = reader.execute(_VERSION).scalar_one()
    return found
