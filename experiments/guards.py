"""What the database itself refuses, on both engines: guards that no code can forget to call.

They are put back after every migration (altering a table on SQLite drops its triggers in silence). `./run serve` and
the commands check that they are there; /health says it. They stop mistakes and shortcuts, not somebody who owns the
server: that is what the published hashes of the trace are for.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, text

FROZEN_TABLES = ("trace", "evaluations", "decisions", "submissions", "replies")
"""Rows that are written once."""
# What makes a row the same one: on SQLite an INSERT OR REPLACE deletes it without a word.
_SAME = {
    "trace": "seq = NEW.seq",
    "evaluations": "id = NEW.id OR (experiment_id, interim, version) = (NEW.experiment_id, NEW.interim, NEW.version)",
    "decisions": "id = NEW.id",
    "submissions": "id = NEW.id OR (experiment_id, number) = (NEW.experiment_id, NEW.number)",
    "replies": "id = NEW.id",
    "experiments": "id = NEW.id OR number = NEW.number OR nonce = NEW.nonce",
    "disclosures": "(seq, field) = (NEW.seq, NEW.field)",
}

_CROSSED = """EXISTS (SELECT 1 FROM trace WHERE trace.seq = NEW.trace_seq AND trace.experiment_id = NEW.id
    AND trace.from_status = OLD.status AND trace.to_status = NEW.status AND NEW.trace_seq > COALESCE(OLD.trace_seq, 0))"""
# Or an old entry would serve twice.
_GOES_BACK = "COALESCE(NEW.trace_seq, 0) < COALESCE(OLD.trace_seq, 0)"
_REMEMBERS = "NEW.value IS NOT NULL OR NEW.salt IS NOT NULL"
_FOLLOWS = f"""NEW.seq = COALESCE((SELECT MAX(seq) FROM trace), 0) + 1
    AND NEW.previous = COALESCE((SELECT hash FROM trace ORDER BY seq DESC LIMIT 1), '{"0" * 64}')"""


class Guard(NamedTuple):
    """A change that is refused: when, in what words, and under what condition (none: always)."""

    name: str
    when: str
    words: str
    condition: str = ""
    each: str = "ROW"


_BOTH = (
    *(Guard(f"{table}_no_update", f"BEFORE UPDATE ON {table}", f"{table} is written once") for table in FROZEN_TABLES),
    *(
        Guard(f"{table}_no_delete", f"BEFORE DELETE ON {table}", f"{table} is kept")
        for table in (*FROZEN_TABLES, "experiments", "disclosures")
    ),
    Guard("trace_follows", "BEFORE INSERT ON trace", "trace is a chain", f"NOT ({_FOLLOWS})"),
    Guard("status_moves_with_trace", "BEFORE UPDATE OF status ON experiments",
        "status moves only with its trace entry", f"NEW.status IS DISTINCT FROM OLD.status AND NOT {_CROSSED}"),
    Guard("status_begins_as_draft", "BEFORE INSERT ON experiments",
        "an experiment begins as a draft", "NEW.status <> 'draft'"),
    Guard("trace_seq_rises", "BEFORE UPDATE OF trace_seq ON experiments", "a trace entry serves once", _GOES_BACK),
    Guard("disclosures_only_forget", "BEFORE UPDATE ON disclosures",
        "a disclosure is only ever emptied", _REMEMBERS),
)  # fmt: skip
_SQLITE_ALONE = tuple(
    Guard(f"{table}_no_replace", f"BEFORE INSERT ON {table}", f"{table} is written once",
        f"EXISTS (SELECT 1 FROM {table} WHERE {same})")
    for table, same in _SAME.items()
)  # fmt: skip
_POSTGRESQL_ALONE = tuple(
    Guard(f"{table}_no_truncate", f"BEFORE TRUNCATE ON {table}", f"{table} is kept", each="STATEMENT")
    for table in FROZEN_TABLES
)


def _sqlite(guard: Guard) -> str:
    # An older SQLite has no « IS DISTINCT FROM ».
    condition = guard.condition.replace("IS DISTINCT FROM", "IS NOT")
    where = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {guard.name} {guard.when}{where} BEGIN SELECT RAISE(ABORT, 'jalon: {guard.words}'); END"


def _postgresql(guard: Guard) -> str:
    name, refuse = guard.name, f"RAISE EXCEPTION 'jalon: {guard.words}';"
    test = f"IF {guard.condition} THEN {refuse} END IF;" if guard.condition else refuse
    back = "RETURN COALESCE(NEW, OLD);" if guard.each == "ROW" else "RETURN NULL;"
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$guard$ BEGIN {test} {back} END $guard$; "
        f"CREATE TRIGGER {name} {guard.when} FOR EACH {guard.each} EXECUTE FUNCTION {name}()"
    )


GUARDS = {
    "sqlite": {guard.name: _sqlite(guard) for guard in (*_SQLITE_ALONE, *_BOTH)},
    "postgresql": {guard.name: _postgresql(guard) for guard in (*_POSTGRESQL_ALONE, *_BOTH)},
}


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
    has = partial(connection.dialect.has_table, connection)
    # An older schema has not all of them yet.
    later = tuple(f"{table}_no_" for table in FROZEN_TABLES if not has(table))
    for name, statement in GUARDS[connection.dialect.name].items():
        if postgresql:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}() CASCADE"))
        else:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        if has("trace") and not name.startswith(later):
            connection.execute(text(statement))
