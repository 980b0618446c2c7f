"""Many files at the price of one: copies of one that was built, in the tables and in the trace."""

import json
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.orm import Session

from experiments import guards, trace
from experiments.base import Base
from experiments.model import Experiment
from tests.domain.guards_off import take_down

TABLES = Base.metadata.tables
_DATED = {"evaluation_id": None, "decision_id": None, "status": "draft", "trace_seq": None}
_CHILDREN = ("written_parts", "submissions", "involvements", "opinions", "evaluations", "decisions")


def copies(session: Session, x: Experiment, how_many: int) -> list[tuple[str, int]]:
    """So many more files like this one, in the same words: their numbers, and their version."""
    session.flush()
    connection = session.connection()
    take_down(connection)
    made = [(_copy(connection, x.id, f"2000-{i:03d}"), x.version) for i in range(how_many)]
    if connection.dialect.name == "postgresql":
        for name in ("experiments", *_CHILDREN):
            connection.execute(text(f"SELECT setval('{name}_id_seq', (SELECT MAX(id) FROM {name}))"))
    guards.install(connection)
    return made


def _copy(connection: Connection, source: int, number: str) -> str:
    table = TABLES["experiments"]
    row = dict(connection.execute(select(table).where(table.c.id == source)).mappings().one())
    row.pop("shelf")
    new = {name: {} for name in ("experiments", *_CHILDREN)}
    new["experiments"][source] = _next_id(connection, "experiments")
    row |= {"id": new["experiments"][source], "number": number, "nonce": number}
    connection.execute(insert(table).values(row | _DATED))
    for name in _CHILDREN:
        _copy_rows(connection, name, source, new)
    last = _copy_trace(connection, source, number, new)
    row |= {
        "evaluation_id": new["evaluations"].get(row["evaluation_id"]),
        "decision_id": new["decisions"].get(row["decision_id"]),
        "trace_seq": last,
    }
    connection.execute(update(table).where(table.c.id == row["id"]).values(row))
    return number


def _next_id(connection: Connection, name: str) -> int:
    return (connection.execute(select(func.max(TABLES[name].c.id))).scalar() or 0) + 1


def _copy_rows(connection: Connection, name: str, source: int, new: dict[str, dict[int, int]]) -> None:
    table = TABLES[name]
    link = {"opinions": "involvement_id"}.get(name, "experiment_id")
    parents = new["involvements"] if name == "opinions" else new["experiments"]
    rows = [dict(row) for row in connection.execute(select(table).where(table.c[link].in_(parents))).mappings()]
    for key, row in enumerate(rows, _next_id(connection, name)):
        new[name][row["id"]] = key
        row |= {"id": key, link: parents[row[link]]}
        if name == "decisions" and row["evaluation_id"]:
            row["evaluation_id"] = new["evaluations"][row["evaluation_id"]]
    if rows:
        connection.execute(insert(table), rows)


def _copy_trace(connection: Connection, source: int, number: str, new: dict[str, dict[int, int]]) -> int:
    table, disclosures = TABLES["trace"], TABLES["disclosures"]
    seq, previous = connection.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc())).first() or (
        0,
        "",
    )
    crossed, entries, told = 0, [], []
    for found in connection.execute(
        select(table).where(table.c.experiment_id == source).order_by(table.c.seq)
    ).mappings():
        seq += 1
        body: dict[str, Any] = json.loads(found["body"])
        facts = body["facts"]
        for key, name in (("evaluation", "evaluations"), ("on_evaluation", "evaluations"), ("decision", "decisions")):
            if key in facts:
                facts[key] = new[name][facts[key]]
        body |= {"seq": seq, "previous": previous, "experiment": number}
        line = msgspec.json.encode(body, order="sorted").decode()
        kept = disclosures.select().where(disclosures.c.seq == found["seq"])
        told += [dict(row) | {"seq": seq} for row in connection.execute(kept).mappings()]
        entries.append(
            dict(found)
            | {
                "seq": seq,
                "experiment_id": new["experiments"][source],
                "body": line,
                "previous": previous,
                "hash": trace.hash_of(line),
            }
        )
        previous = entries[-1]["hash"]
        crossed = seq if found["from_status"] else crossed
    connection.execute(insert(table), entries)
    connection.execute(insert(disclosures), told)
    return crossed
