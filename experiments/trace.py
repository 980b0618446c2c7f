"""The decision trace: chained over the exact stored bytes, so that any alteration shows to whoever kept a hash.

An entry is one line of JSON. It holds the SHA-256 of the line before it; names and long texts enter as salted
commitments, so that a person can be redacted without breaking the chain.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session, joinedload

from .base import Reader
from .model import Disclosure, Entry, Experiment, Person, Publication
from .vocabulary import Role, Status

START = "0" * 64
"""What the first entry holds in place of the hash of an earlier one."""
PUBLIC = "public"
"""The fact that names the texts of an entry that were written to be published; the others stay sealed for ever."""


class Exact(NamedTuple):
    """An entry as anyone may read it: its bytes, and not what its commitments stand for."""

    seq: int
    event: str
    hash: str
    body: str
    experiment_id: int | None


EXACT = (Entry.seq, Entry.event, Entry.hash, Entry.body, Entry.experiment_id)
"""The columns that it is made of."""


class TraceError(Exception):
    """A redaction that cannot be made; its text is a French sentence."""


@dataclass(frozen=True)
class Event:
    """One fact that counts: a gate crossed, an opinion, an evaluation, an extension asked, a redaction."""

    name: str
    facts: Mapping[str, Any]
    """Short and impersonal: fingerprints, dates, numbers, codes. In clear for ever."""
    withheld: Mapping[str, str]
    """Names and long texts: only their commitment enters the chain."""
    from_status: Status | None = None
    to_status: Status | None = None


def hash_of(body: str) -> str:
    """The SHA-256, in hexadecimal, of an entry's exact bytes."""
    return hashlib.sha256(body.encode()).hexdigest()


def commitment(salt: str, value: str) -> str:
    """What stands in the chain for a name or a text: nobody gets back from it to the value without the salt."""
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


def signature_of(person: Person) -> str:
    """How a person is named behind the commitment `by`."""
    return f"{person.name} <{person.email}>"


def wait_turn(session: Session) -> None:
    """Writers of the trace wait for each other here, until the transaction of the one before ends."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite is already alone: its writers begin with BEGIN IMMEDIATE.
        session.execute(text("LOCK TABLE trace IN SHARE ROW EXCLUSIVE MODE"))


def append(
    session: Session, event: Event, *, x: Experiment | None, by: Person | None, capacity: Role, now: datetime
) -> Entry:
    """Add one entry in the caller's transaction; it does not commit."""
    wait_turn(session)
    last = session.execute(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    withheld = dict(event.withheld)
    if by is not None:
        withheld["by"] = signature_of(by)
    salts = {field: secrets.token_hex(16) for field in withheld}
    body = _body(event, seq, previous, x, capacity, now, {f: commitment(salts[f], v) for f, v in withheld.items()})
    entry = Entry(
        seq=seq,
        experiment_id=x.id if x else None,
        at_version=x.version + 1 if x else None,
        event=event.name,
        from_status=event.from_status,
        to_status=event.to_status,
        body=body,
        previous=previous,
        hash=hash_of(body),
        disclosures=[Disclosure(field=f, salt=salts[f], value=v) for f, v in sorted(withheld.items())],
    )
    session.add(entry)
    session.flush()
    return entry


def _body(
    event: Event,
    seq: int,
    previous: str,
    x: Experiment | None,
    capacity: Role,
    now: datetime,
    commitments: dict[str, str],
) -> str:
    fields = {
        "seq": seq,
        "previous": previous,
        "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "experiment": x.number if x else None,
        "event": event.name,
        "from": event.from_status,
        "to": event.to_status,
        "capacity": [role.name.lower() for role in capacity if role.name],
        "facts": dict(event.facts),
        "withheld": commitments,
    }
    return msgspec.json.encode(fields, order="sorted").decode()


def redact(session: Session, seq: int, field: str, reason: str, *, by: Person | None, now: datetime) -> Entry:
    """Forget what a commitment stands for (a person's right to erasure), and say in the trace that it was done.

    Raises TraceError when there is no such field, or when it is already forgotten.
    """
    found = session.get(Disclosure, (seq, field))
    if found is None:
        raise TraceError(f"L’entrée {seq} n’a pas de champ « {field} » : voyez flask trace export")
    if found.value is None:
        raise TraceError(f"Le champ « {field} » de l’entrée {seq} est déjà effacé")
    entry = append(
        session, Event("redact", {"seq": seq, "field": field}, {"reason": reason}), x=None, by=by,
        capacity=Role.ADMINISTRATOR, now=now,
    )  # fmt: skip
    found.salt = found.value = None
    session.flush()
    return entry


def lines(session: Session) -> Iterator[str]:
    """The exact bodies, in order: what hashes are taken of."""
    yield from session.scalars(select(Entry.body).order_by(Entry.seq).execution_options(yield_per=1000))


def head(reader: Reader) -> tuple[int, str]:
    """How many entries there are, and the hash of the last one's exact bytes: what is signed and what people keep."""
    last = reader.execute(select(Entry.seq, Entry.body).order_by(Entry.seq.desc()).limit(1)).first()
    return (last.seq, hash_of(last.body)) if last else (0, START)


def batch(public: Connection, after: int, limit: int) -> Sequence[tuple[int, str]]:
    """The next entries after one, number and exact body: a slow reader then holds no transaction open."""
    found = public.execute(select(Entry.seq, Entry.body).where(Entry.seq > after).order_by(Entry.seq).limit(limit))
    return found.all()


def latest(public: Connection, upto: int, limit: int) -> list[tuple[Exact, Status | None]]:
    """The entries up to one, the newest first, each with the status of its experiment, where that is public."""
    found = public.execute(
        select(Publication.status, *EXACT)
        .outerjoin(Publication, Publication.id == Entry.experiment_id)
        .where(Entry.seq <= upto)
        .order_by(Entry.seq.desc())
        .limit(limit)
    )
    return [(Exact._make(row[1:]), row.status) for row in found]


def entries_of(session: Session, x: Experiment) -> list[Entry]:
    """The trace of one experiment, oldest first, with what its commitments stand for."""
    found = session.scalars(
        select(Entry).where(Entry.experiment_id == x.id).order_by(Entry.seq).options(joinedload(Entry.disclosures))
    )
    return list(found.unique())
