"""Whether the register can do its work: the database, its schema, its guards, and who sends reminders."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock, db
from experiments import watch

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)

Found = dict[str, str | None]


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when all is in place, else 503; each line says what it found, never how the server is made."""
    found, state = _examine()
    in_place = all(found[name] == "ok" for name in ("database", "schema", "guards"))
    is_well = in_place and state is not None and state.is_well
    response: Response = jsonify({"status": "ok" if is_well else "degraded", **found})
    response.status_code = 200 if is_well else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def _examine() -> tuple[Found, watch.State | None]:
    found: Found = dict.fromkeys(("database", "schema", "guards", "worker", "last_run", "oldest_due"))
    found["database"], state = "unreachable", None
    try:
        with db.database().engine.connect() as connection:
            found["schema"] = _schema(connection)
            found["database"] = "ok"
            missing = db.missing(connection)
            found["guards"] = f"missing: {', '.join(missing)}" if missing else "ok"
            # An older schema has no table to ask.
            if found["schema"] == "ok":
                with Session(connection) as session:
                    state = watch.state(session, clock.now())
                found |= {"worker": str(state.health), "last_run": _iso(state.last_run),
                          "oldest_due": _iso(state.oldest_due)}  # fmt: skip
    except SQLAlchemyError as error:
        log.error("health: %s", " ".join(str(error).split())[:300])
    return found, state


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _schema(connection: Connection) -> str:
    try:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        if error.connection_invalidated or not _is_absent(error):
            raise
        connection.rollback()
        return "absent"
    return "ok" if revision == db.head() else f"at {revision}, expected {db.head()}"


def _is_absent(error: DBAPIError) -> bool:
    """Whether the table is simply not there: two engines, two ways to say so."""
    return "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01"
