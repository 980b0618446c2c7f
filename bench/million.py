"""A register of PostgreSQL multiplied inside the database: only what the public side reads of each experiment.

Each copy has its number, in its row, in its words and in its document, and its own rare words. All else it shares
with the row that it is copied from: title, dates, filters, and the rest of the document.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import Table, insert, literal_column, select, text

from app.db import Database
from experiments import public_access
from experiments.model import Base

from . import bare
from .fill import STRIDE, sweep

WORKERS = 2
AWAY = 20
"""How far the identifier of a copy is from that of the next: all fit between two of the register."""

TABLES = [Base.metadata.tables[name] for name in ("experiments", "publications")] + [bare.LINES]

_NUMBER = "left(s.number, 5) || (substr(s.number, 6)::integer + k)"
_WORD = f"CASE WHEN w = substr(s.number, 6) THEN substr({_NUMBER}, 6) WHEN w LIKE 'zy%' THEN w || k ELSE w END"
_WORDS = "(SELECT array_to_tsvector(COALESCE(array_agg({}), '{{}}')) FROM unnest(tsvector_to_array(s.words)) AS w)"
_OWN = {
    "id": f"s.id + {AWAY} * k",
    "number": _NUMBER,
    "nonce": "s.nonce || '-' || k",
    "document": f"""replace(s.document, '"' || s.number || '"', '"' || {_NUMBER} || '"')""",
    "words": _WORDS.format(_WORD),
}

_KEY = "pk_publication_facets"
_LISTS = (
    "INSERT INTO publication_facets (word, id) "
    "SELECT word, id FROM publications, unnest(string_to_array(facets, ' ')) AS word"
)


def multiply(database: Database, times: int) -> None:
    """Make a register so many times larger."""
    with database.engine.begin() as connection:
        # Written to disk once rather than twice: this database ends with the bench.
        connection.execute(text("ALTER TABLE publications SET UNLOGGED"))
        connection.execute(text("DROP INDEX ix_publications_words"))
        public_access.remove(connection)  # The lists of filters are then made at once.
        connection.execute(text("ALTER TABLE experiments DISABLE TRIGGER USER"))
    for table in TABLES:
        work = partial(_copy, database, table)
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(work, range(1, times)))
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE experiments ENABLE TRIGGER USER"))
        connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.execute(text("CREATE INDEX ix_publications_words ON publications USING gin (words)"))
        connection.execute(text("ALTER TABLE publication_facets SET UNLOGGED"))
        connection.execute(text(f"TRUNCATE publication_facets; ALTER TABLE publication_facets DROP CONSTRAINT {_KEY}"))
        connection.execute(text(_LISTS))
        connection.execute(text(f"ALTER TABLE publication_facets ADD CONSTRAINT {_KEY} PRIMARY KEY (word, id)"))
        public_access.install(connection)
        connection.execute(text("UPDATE tallies SET count = count * :times"), {"times": times})
    sweep(database)


def _copy(database: Database, table: Table, k: int) -> None:
    s = table.alias("s")
    names = [column.name for column in table.columns if column.computed is None]
    values = [literal_column(_OWN[name]) if name in _OWN else s.c[name] for name in names]
    sources = select(*values).join(text(f"(VALUES ({k})) AS copies (k)"), literal_column("true"))
    sources = sources.where(s.c.id >= STRIDE, s.c.id % STRIDE < AWAY)
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL default_toast_compression = 'lz4'"))
        connection.execute(insert(table).from_select(names, sources))
