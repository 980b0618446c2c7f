"""What the database itself refuses, on both engines: guards that no code can forget to call.

They are put back after every migration (altering a table on SQLite drops its triggers in silence) and their
presence is checked on start. They stop mistakes and shortcuts, not somebody who owns the server: that is what the
published hashes of the trace are for.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

FROZEN_TABLES = ("trace", "evaluations", "decisions")
"""Rows that are written once."""

_CROSSED = """EXISTS (SELECT 1 FROM trace WHERE trace.seq = NEW.trace_seq AND trace.experiment_id = NEW.id
    AND trace.from_status = OLD.status AND trace.to_status = NEW.status AND NEW.trace_seq > COALESCE(OLD.trace_seq, 0))"""
_FOLLOWS = f"""NEW.seq = COALESCE((SELECT MAX(seq) FROM trace), 0) + 1
    AND NEW.previous = COALESCE((SELECT hash FROM trace ORDER BY seq DESC LIMIT 1), '{"0" * 64}')"""


def _sqlite() -> dict[str, str]:
    def refuse(name: str, when: str, condition: str, words: str) -> str:
        where = f" WHEN {condition}" if condition else ""
        return f"CREATE TRIGGER {name} {when}{where} BEGIN SELECT RAISE(ABORT, 'jalon: {words}'); END"

    found = {}
    for table in FROZEN_TABLES:
        key = "seq" if table == "trace" else "id"
        found |= {
            f"{table}_no_update": refuse(f"{table}_no_update", f"BEFORE UPDATE ON {table}", "", f"{table} is written once"),
            f"{table}_no_delete": refuse(f"{table}_no_delete", f"BEFORE DELETE ON {table}", "", f"{table} is kept"),
            # INSERT OR REPLACE deletes without firing the delete trigger.
            f"{table}_no_replace": refuse(
                f"{table}_no_replace", f"BEFORE INSERT ON {table}",
                f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})", f"{table} is written once",
            ),
        }  # fmt: skip
    found["trace_follows"] = refuse("trace_follows", "BEFORE INSERT ON trace", f"NOT ({_FOLLOWS})", "trace is a chain")
    found["status_moves_with_trace"] = refuse(
        "status_moves_with_trace", "BEFORE UPDATE OF status ON experiments",
        f"NEW.status IS NOT OLD.status AND NOT {_CROSSED}", "status moves only with its trace entry",
    )  # fmt: skip
    found["status_begins_as_draft"] = refuse(
        "status_begins_as_draft",
        "BEFORE INSERT ON experiments",
        "NEW.status <> 'draft'",
        "an experiment begins as a draft",
    )
    found["experiments_no_delete"] = refuse(
        "experiments_no_delete", "BEFORE DELETE ON experiments", "", "an experiment is never deleted"
    )
    return found


def _postgresql() -> dict[str, str]:
    def refuse(name: str, when: str, condition: str, words: str, each: str = "ROW") -> str:
        test = f"IF {condition} THEN RAISE EXCEPTION 'jalon: {words}'; END IF;" if condition else (
            f"RAISE EXCEPTION 'jalon: {words}';"
        )  # fmt: skip
        back = "RETURN COALESCE(NEW, OLD);" if each == "ROW" else "RETURN NULL;"
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$guard$ BEGIN {test} {back} END $guard$; "
            f"CREATE TRIGGER {name} {when} FOR EACH {each} EXECUTE FUNCTION {name}()"
        )

    found = {}
    for table in FROZEN_TABLES:
        found |= {
            f"{table}_no_update": refuse(
                f"{table}_no_update", f"BEFORE UPDATE ON {table}", "", f"{table} is written once"
            ),
            f"{table}_no_delete": refuse(f"{table}_no_delete", f"BEFORE DELETE ON {table}", "", f"{table} is kept"),
            f"{table}_no_truncate": refuse(
                f"{table}_no_truncate", f"BEFORE TRUNCATE ON {table}", "", f"{table} is kept", "STATEMENT"
            ),
        }
    found["trace_follows"] = refuse("trace_follows", "BEFORE INSERT ON trace", f"NOT ({_FOLLOWS})", "trace is a chain")
    found["status_moves_with_trace"] = refuse(
        "status_moves_with_trace", "BEFORE UPDATE OF status ON experiments",
        f"NEW.status IS DISTINCT FROM OLD.status AND NOT {_CROSSED}", "status moves only with its trace entry",
    )  # fmt: skip
    found["status_begins_as_draft"] = refuse(
        "status_begins_as_draft",
        "BEFORE INSERT ON experiments",
        "NEW.status <> 'draft'",
        "an experiment begins as a draft",
    )
    found["experiments_no_delete"] = refuse(
        "experiments_no_delete", "BEFORE DELETE ON experiments", "", "an experiment is never deleted"
    )
    return found


GUARDS = {"sqlite": _sqlite(), "postgresql": _postgresql()}


def _present(connection: Connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        # A disabled trigger (tgenabled = 'D') guards nothing.
        names = connection.execute(
            text(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n "
                "ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' "
                "AND n.nspname = current_schema()"
            )
        )
    return set(names.scalars())


def missing(connection: Connection) -> list[str]:
    """The names of the guards that are not in place."""
    return sorted(GUARDS[connection.dialect.name].keys() - _present(connection))


def install(connection: Connection) -> None:
    """Put every guard in place, anew; a database without the tables is left alone (and its functions dropped)."""
    postgresql = connection.dialect.name == "postgresql"
    built = connection.dialect.has_table(connection, "trace")
    for name, statement in GUARDS[connection.dialect.name].items():
        if postgresql:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}() CASCADE"))
        else:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        if built:
            connection.execute(text(statement))
