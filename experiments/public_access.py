"""What the public side may read, said to the database itself: nothing else opens to it, whatever a page asks for.

PostgreSQL knows a role that may read a few tables and views; SQLite asks, for each column of each statement, whether
it may be read. A filter forgotten in a query is then an error, not a leak.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, inspect, text

from .duties import DUTIES
from .published import TOLD

ROLE = "jalon_public"
TABLES = ("publications", "register", "tallies", "trace")
"""Whole tables that hold nothing but what is public."""
_READ = (*TABLES, "publication_facets")
"""The same, and what PostgreSQL has besides."""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(f"'{word}'" for word in words))


# The lists are words of ours: nothing that anybody typed.
VIEWS = {
    "public_deadlines": (
        "SELECT d.id, d.experiment_id, p.number, p.title, p.status, p.organisation, d.task, d.about, d.subject, "
        "d.due_on, d.version, d.changed_at, d.ended_at "
        "FROM publications p JOIN deadlines d ON d.experiment_id = p.id "
        f"WHERE p.status IN ({_listed(TOLD)}) AND d.task IN ({_listed(r.task for r in DUTIES.values() if r.public)})"
    ),
    "public_voices": (
        "SELECT v.id, v.experiment_id, v.kind, CASE v.standing WHEN 'published' THEN v.published ELSE '' END AS text, "
        "v.received_on, CASE v.standing WHEN 'published' THEN v.answer ELSE '' END AS answer, "
        "CASE v.standing WHEN 'published' THEN v.answered_on END AS answered_on, v.published_on, v.declined, "
        "CASE v.standing WHEN 'declined' THEN v.settled_on END AS withdrawn_on "
        "FROM publications p JOIN voices v ON v.experiment_id = p.id "
        f"WHERE p.status IN ({_listed(TOLD)}) AND v.published_on IS NOT NULL "
        "AND v.standing IN ('published', 'declined')"
    ),
}
"""What is public of tables that hold more than that."""

# The index of a search follows the words of each row.
_WORDS = {
    "publication_words_insert": "AFTER INSERT ON publications BEGIN "
    "INSERT INTO publication_words (rowid, words) VALUES (NEW.id, NEW.words); END",
    "publication_words_delete": "AFTER DELETE ON publications BEGIN "
    "INSERT INTO publication_words (publication_words, rowid, words) VALUES ('delete', OLD.id, OLD.words); END",
    "publication_words_update": "AFTER UPDATE OF words ON publications WHEN NEW.words IS NOT OLD.words BEGIN "
    "INSERT INTO publication_words (publication_words, rowid, words) VALUES ('delete', OLD.id, OLD.words); "
    "INSERT INTO publication_words (rowid, words) VALUES (NEW.id, NEW.words); END",
}

# For each word of a filter, what bears it: PostgreSQL reads such a list from its newest end, and stops there.
_BORN = "SELECT DISTINCT word, NEW.id FROM unnest(string_to_array(NEW.facets, ' ')) AS word WHERE word <> ''"
_LISTS = (
    "CREATE OR REPLACE FUNCTION publication_facets_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP <> 'INSERT' THEN DELETE FROM publication_facets "
    "WHERE id = OLD.id AND word = ANY (string_to_array(OLD.facets, ' ')); END IF; "
    f"IF TG_OP <> 'DELETE' THEN INSERT INTO publication_facets (word, id) {_BORN}; END IF; "
    "RETURN NULL; END $$",
    "CREATE TRIGGER publication_facets_come AFTER INSERT OR DELETE ON publications "
    "FOR EACH ROW EXECUTE FUNCTION publication_facets_follow()",
    "CREATE TRIGGER publication_facets_change AFTER UPDATE OF facets ON publications "
    "FOR EACH ROW WHEN (NEW.facets <> OLD.facets) EXECUTE FUNCTION publication_facets_follow()",
)
_FOLLOWING = ("publication_facets_come", "publication_facets_change")

_MAKE_ROLE = f"""DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        BEGIN
            CREATE ROLE {ROLE} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
        EXECUTE format('GRANT {ROLE} TO %I', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'jalon: a role is missing. As an administrator of PostgreSQL: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO %;',
        current_user;
END $$"""


def remove(connection: Connection) -> None:
    """Put away what would stand in the way of a migration."""
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    if connection.dialect.name == "sqlite":
        for name in _WORDS:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    else:
        connection.execute(text("DROP FUNCTION IF EXISTS publication_facets_follow() CASCADE"))


def install(connection: Connection) -> None:
    """Put the views back, and what may be read of them; a database without the tables is left alone."""
    remove(connection)
    if not connection.dialect.has_table(connection, "publications"):
        return
    views = [name for name in VIEWS if _is_built(connection, name)]
    for name in views:
        connection.execute(text(f"CREATE VIEW {name} AS {VIEWS[name]}"))
    if connection.dialect.name == "sqlite":
        for name, trigger in _WORDS.items():
            connection.execute(text(f"CREATE TRIGGER {name} {trigger}"))
        return
    for statement in (*_LISTS, _MAKE_ROLE):
        connection.execute(text(statement))
    # On the way back to an older schema, a table may be gone.
    tables = [name for name in _READ if connection.dialect.has_table(connection, name)]
    connection.execute(text(f"GRANT SELECT ON {', '.join((*tables, *views))} TO {ROLE}"))


def _is_built(connection: Connection, view: str) -> bool:
    """Whether what it reads is there: on the way back to an older schema, a column may be gone."""
    table, columns = _THROUGH[view]
    return set(columns.split()) <= {column["name"] for column in inspect(connection).get_columns(table)}


def missing(connection: Connection) -> list[str]:
    """What is not in place of all this."""
    if connection.dialect.name == "sqlite":
        kept = set(
            connection.execute(text("SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')")).scalars()
        )
        return sorted((VIEWS.keys() | _WORDS.keys()) - kept)
    # A trigger put to sleep follows nothing.
    found = text(
        "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(name) IS NULL OR NOT EXISTS "
        f"(SELECT FROM pg_roles WHERE rolname = '{ROLE}') OR NOT has_table_privilege('{ROLE}', to_regclass(name), 'SELECT') "
        "UNION ALL SELECT name FROM unnest(CAST(:followers AS text[])) AS name WHERE NOT EXISTS "
        "(SELECT FROM pg_trigger WHERE tgname = name AND tgrelid = to_regclass('publications') AND tgenabled <> 'D')"
    )
    asked = {"names": [*_READ, *VIEWS], "followers": [*_FOLLOWING]}
    return sorted(connection.execute(found, asked).scalars())


_READS_LITTLE = (
    # A page reads the newest end of a list and stops. PostgreSQL believes that what it seeks is spread evenly, and
    # would rather read a whole list first; two that are read side by side, from their ends, stop as soon.
    "enable_hashjoin = off",
    "max_parallel_workers_per_gather = 0",
    "random_page_cost = 1.1",
)


BY_VALUE = {"by_value": True}
"""What a statement says whose plan hangs on what it is given: a rare word and a common one are not found the same way.

Of the others, PostgreSQL keeps the plan: to make that of the page of an experiment takes it three times as long as to
answer.
"""


def plan_by_value(cursor: Any, statement: str, given: Any, context: Any) -> bool:
    """What is not prepared is planned anew. For `do_execute` of SQLAlchemy: whether it is done."""
    if not context.execution_options.get("by_value"):
        return False
    cursor.execute(statement, given, prepare=False)
    return True


def restrict_postgresql(connection: Any) -> None:
    """Have a new connection be the public from now on."""
    connection.execute(f"SET ROLE {ROLE}")
    connection.execute("SET default_transaction_read_only = on")
    for setting in _READS_LITTLE:
        connection.execute(f"SET {setting}")
    connection.commit()


_ALWAYS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_OPEN = frozenset({*TABLES, "sqlite_master", "publication_words"})
_THROUGH = {
    "public_deadlines": ("deadlines", "id experiment_id task about subject due_on version changed_at ended_at"),
    "public_voices": (
        "voices",
        "id experiment_id kind published received_on answer answered_on standing published_on declined settled_on",
    ),
}
"""What each view reads of the table that it hides. SQLite takes any subquery of that name for the view itself."""
_BEHIND = {(view, table, column) for view, (table, some) in _THROUGH.items() for column in some.split()}
_SHADOWS = tuple(f"publication_words_{name}" for name in ("data", "idx", "content", "docsize", "config"))


def restrict_sqlite(connection: sqlite3.Connection) -> None:
    """Have a new connection be the public from now on."""
    connection.execute("PRAGMA query_only = ON")
    # A list finds its five hundred lines on as many pages of an index: those fill all that is kept by default, 2 MB.
    connection.execute("PRAGMA cache_size = -8000")
    connection.set_authorizer(_may)


def _may(action: int, first: str | None, second: str | None, _database: str | None, view: str | None) -> int:
    if action in _ALWAYS:
        return sqlite3.SQLITE_OK
    shown = first in _OPEN or first in VIEWS or first in _SHADOWS or (view, first, second) in _BEHIND
    if action == sqlite3.SQLITE_READ and shown:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first == "data_version":
        return sqlite3.SQLITE_OK  # The full-text index looks at it before it reads.
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        return sqlite3.SQLITE_OK  # So it declares itself to each connection; query_only lets nothing be written.
    return sqlite3.SQLITE_DENY
