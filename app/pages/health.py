"""Whether the register can do its work: the database, its schema, its guards, and who sends reminders."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import db
from experiments import guards

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when all is in place, else 503; each line says what it found, never how the server is made."""
    found = _examine()
    is_well = all(found[name] == "ok" for name in ("database", "schema", "guards"))
    response: Response = jsonify({"status": "ok" if is_well else "degraded", **found})
    response.status_code = 200 if is_well else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def _examine() -> dict[str, str | None]:
    # No reminder worker exists yet: null, rather than silence.
    found: dict[str, str | None] = {"database": "unreachable", "schema": None, "guards": None, "worker": None}
    try:
        with db.database().engine.connect() as connection:
            found["schema"] = _schema(connection)
            found["database"] = "ok"
            missing = guards.missing(connection)
            found["guards"] = f"missing: {', '.join(missing)}" if missing else "ok"
    except SQLAlchemyError as error:
        log.error("health: %s", " ".join(str(error).split())[:300])
    return found


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
