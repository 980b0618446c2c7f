"""The one row that says how often what the public may read has changed: what caches hang on."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base


class Register(Base):
    """The version of the public register."""

    __tablename__ = "register"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
