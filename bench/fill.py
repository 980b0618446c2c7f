"""A large register in a few seconds: one true file for each status, made by the real verbs, then many copies.

The copies are made inside the database, guards down, and the guards are put back. Foreign keys and CHECK constraints
stay in force all along. The entries of the trace are copied like the rest: from the first copy on, the chain no longer
verifies, which no page that is measured looks at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select, text, update

from app import auth, clock
from app.db import Database
from experiments import guards
from experiments.duties import DUTIES
from experiments.model import Base, Experiment
from experiments.vocabulary import Status
from experiments.words import fold
from tests import builders, people

from . import bare, documents
from .variety import Facts, facts

PASSWORD = "mot-de-passe-du-banc"
CHIEF, LEAD = "elise.moreau@exemple.fr", "awa.diallo@exemple.fr"

STRIDE = 1000
"""How far the identifiers of one copy are from those of the next; the sources stay below."""

TABLES = Base.metadata.tables


class Share(NamedTuple):
    """How much of the register stands at a status, in percent, and how far its dates are moved, in days."""

    percent: int
    earliest: int
    latest: int


SHARES = {
    Status.CLOSED: Share(52, -3650, -20),
    Status.DECIDED: Share(8, -300, -10),
    Status.RUNNING: Share(14, -220, 110),
    Status.EVALUATED: Share(5, -150, 30),
    Status.EVALUATING: Share(5, -200, 40),
    Status.AUTHORISED: Share(4, 0, 200),
    Status.SUSPENDED: Share(2, -220, 100),
    Status.DRAFT: Share(4, 0, 0),
    Status.SUBMITTED: Share(3, 0, 0),
    Status.REFUSED: Share(2, -3000, -10),
    Status.WITHDRAWN: Share(1, -3000, -10),
}
"""60 % past, 30 % current, 10 % inside. What is still written is not moved: its checklists read dates in its texts."""

NUMBERS = 10
"""Numbers go by tens, so that a register can be multiplied once more (bench/million.py)."""


class Copy(NamedTuple):
    """One copy to make: of which source, its rank in the register, by how many days it is moved, what it says."""

    source: Experiment
    rank: int
    days: timedelta
    number: str
    facts: Facts

    @property
    def away(self) -> int:
        return self.rank * STRIDE


def fill(database: Database, count: int, *, whole: bool = True, published: bool = True) -> None:
    """Fill an empty register with so many experiments, and the table of the bare page with as many rows.

    Unless `whole`, the copies are only what the public side reads: their files are empty. Unless `published`, the
    public reads nothing of them.
    """
    today = clock.today()
    with database.changing() as session:
        sources = [builders.an_experiment(session, status, today=today) for status in SHARES]
        password = auth.hasher.hash(PASSWORD)
        for person in (people.elise(session), people.awa(session)):
            person.password = password
        session.flush()
        copies = plan(sources, count - len(sources))
        connection = session.connection()
        _take_guards_down(connection)
        _multiply(connection, copies) if whole else _outline(connection, copies)
        guards.install(connection)
        if published:
            documents.publish(connection, documents.rows(documents.templates(session), copies))
        bare.fill(connection)
        _settle(connection)
    sweep(database)


def sweep(database: Database) -> None:
    """What a database does by itself in the hours that follow."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    database.engine.dispose()
    database.public_engine.dispose()


def plan(sources: list[Experiment], count: int) -> list[Copy]:
    """Which copies to make, of which source, spread evenly over the days of each status; the oldest come first."""
    shares = [round(count * share.percent / 100) for share in SHARES.values()]
    shares[0] += count - sum(shares)
    moved = []
    for source, share, wanted in zip(sources, SHARES.values(), shares, strict=True):
        width = share.latest - share.earliest
        moved += [(timedelta(share.earliest + width * n // max(1, wanted - 1)), source) for n in range(wanted)]
    moved.sort(key=lambda one: (one[1].created_at + one[0], one[1].id))
    numbers: Counter[int] = Counter()
    copies = []
    for index, (days, source) in enumerate(moved):
        year = (source.created_at + days).year
        numbers[year] += 1
        number = f"{year}-{NUMBERS * (10 + numbers[year])}"
        copies.append(Copy(source, index + 1, days, number, facts(index, count)))
    return copies


def _multiply(connection: Connection, copies: list[Copy]) -> None:
    # No status yet: it comes last, once the evaluation and the decision that it needs are there.
    connection.execute(insert(TABLES["experiments"]), list(_experiments(copies)))
    ranks = _ranks(connection, copies)
    connection.execute(insert(TABLES["evaluations"]).from_select(*_moved("evaluations", ranks)))
    connection.execute(insert(TABLES["decisions"]), list(_decisions(copies)))
    for name in ("written_parts", "submissions", "involvements", "opinions", "trace", "disclosures"):
        connection.execute(insert(TABLES[name]).from_select(*_moved(name, ranks)))
    connection.execute(_give_status())
    ranks.drop(connection)


def _outline(connection: Connection, copies: list[Copy]) -> None:
    """Files that stay drafts, with the trace of their gates and their deadlines."""
    connection.execute(insert(TABLES["experiments"]), list(_experiments(copies)))
    ranks, trace = _ranks(connection, copies), TABLES["trace"]
    names, entries = _moved("trace", ranks)
    connection.execute(insert(trace).from_select(names, entries.where(trace.c.to_status.is_not(None))))
    ranks.drop(connection)
    connection.execute(insert(TABLES["deadlines"]), list(_deadlines(connection, copies)))


def _deadlines(connection: Connection, copies: list[Copy]) -> Iterator[dict[str, Any]]:
    """Those of the sources that are public, moved; of what is over, most has been done."""
    owed = defaultdict(list)
    table = TABLES["deadlines"]
    public = select(table).where(table.c.task.in_({rule.task for rule in DUTIES.values() if rule.public}))
    for row in connection.execute(public.order_by(table.c.id)).mappings():
        owed[row["experiment_id"]].append(row)
    for index, copy in enumerate(copies):
        for row in owed[copy.source.id]:
            facts = _later(dict(row), copy.days)
            facts |= {"id": row["id"] + copy.away, "experiment_id": copy.source.id + copy.away}
            if documents.is_done(copy, index, facts["due_on"]) and not facts["ended_at"]:
                facts |= {"ended_at": facts["changed_at"], "next_on": None}
            yield facts


def _take_guards_down(connection: Connection) -> None:
    for name in guards.GUARDS[connection.dialect.name]:
        drop = "FUNCTION {}() CASCADE" if connection.dialect.name == "postgresql" else "TRIGGER {}"
        connection.execute(text(f"DROP {drop.format(name)}"))


def _facts(row: Any, table: str) -> dict[str, Any]:
    return {c.name: getattr(row, c.name) for c in TABLES[table].columns if c.computed is None}


def _later(facts: dict[str, Any], days: timedelta) -> dict[str, Any]:
    return {name: value + days if isinstance(value, date) else value for name, value in facts.items()}


def _experiments(copies: list[Copy]) -> Iterator[dict[str, Any]]:
    for copy in copies:
        row = _later(_facts(copy.source, "experiments"), copy.days) | copy.facts._asdict()
        row |= {
            "id": copy.source.id + copy.away,
            "number": copy.number,
            "nonce": f"bench-{copy.rank}",
            "status": Status.DRAFT,
            "communes": f";{row.pop('commune')};",
            "evaluation_id": None,
            "decision_id": None,
            "trace_seq": None,
        }
        row["found_by"] = fold(" ".join((row["number"], row["title"], row["summary"], row["organisation"])))
        yield row


def _decisions(copies: list[Copy]) -> Iterator[dict[str, Any]]:
    for copy in copies:
        for decision in copy.source.decisions:
            facts = _later(_facts(decision, "decisions"), copy.days)
            seen = facts["evaluation_id"]
            yield facts | {
                "id": decision.id + copy.away,
                "experiment_id": copy.source.id + copy.away,
                "evaluation_id": None if seen is None else seen + copy.away,
            }


def _ranks(connection: Connection, copies: list[Copy]) -> Table:
    """For each source, the distances at which it is copied."""
    ranks = Table(
        "bench_ranks", MetaData(), Column("source_id", Integer), Column("away", Integer), prefixes=["TEMPORARY"]
    )
    ranks.create(connection)
    connection.execute(insert(ranks), [{"source_id": copy.source.id, "away": copy.away} for copy in copies])
    return ranks


MOVED = {"id", "experiment_id", "involvement_id", "evaluation_id", "seq"}
"""The columns that hold the identifier of something copied too."""

PARENTS = {"opinions": ("involvements", "involvement_id", "id"), "disclosures": ("trace", "seq", "seq")}
"""The tables that know their experiment through another one."""


def _moved(name: str, ranks: Table) -> tuple[list[str], Any]:
    table = TABLES[name]
    columns = [c for c in table.columns if c.computed is None]
    values = [c + ranks.c.away if c.name in MOVED else c for c in columns]
    query = select(*values)
    if name in PARENTS:
        parent, mine, theirs = PARENTS[name]
        owner = TABLES[parent]
        query = query.join(owner, owner.c[theirs] == table.c[mine]).join(
            ranks, ranks.c.source_id == owner.c.experiment_id
        )
    else:
        query = query.join(ranks, ranks.c.source_id == table.c.experiment_id)
    return [c.name for c in columns], query


def _give_status() -> Any:
    """Each copy takes the status of its source; the CHECK constraints judge."""
    copied, source = TABLES["experiments"], TABLES["experiments"].alias()

    def same(column: str, moved: bool = True) -> Any:
        value = source.c[column] + copied.c.id - source.c.id if moved else source.c[column]
        return select(value).where(source.c.id == copied.c.id % STRIDE).scalar_subquery()

    return (
        update(copied)
        .where(copied.c.id >= STRIDE)
        .values(
            status=same("status", moved=False),
            evaluation_id=same("evaluation_id"),
            decision_id=same("decision_id"),
            trace_seq=same("trace_seq"),
        )
    )


def _settle(connection: Connection) -> None:
    """Have PostgreSQL number what comes next after what was copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in TABLES.values():
        if "id" in table.c:
            last = connection.scalar(select(func.max(table.c.id))) or 1
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"))
