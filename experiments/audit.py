"""Verification: the chain is walked, the state recomputed from it, and both compared with what the tables say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from . import reported as r
from .content import decode, fingerprint
from .model import Decision, Disclosure, Entry, Evaluation, Experiment
from .trace import START, commitment, hash_of

AS_WRITTEN = "as written"


@dataclass
class State:
    """What the trace alone says of one experiment."""

    status: str = "draft"
    ends_on: str | None = None
    sealed: str | None = None
    standing: int | None = None
    decided: int | None = None
    evaluations: dict[int, tuple[str, str]] = field(default_factory=dict)
    decisions: dict[int, tuple[str, str]] = field(default_factory=dict)

    def follow(self, body: dict[str, Any]) -> None:
        facts = body["facts"]
        self.status = body["to"] or self.status
        self.ends_on = facts.get("ends_on", self.ends_on)
        self.sealed = facts.get("sealed", self.sealed)
        if "evaluation" in facts and "evaluation_fingerprint" in facts:
            self.evaluations[facts["evaluation"]] = facts["evaluation_fingerprint"], AS_WRITTEN
            self.standing = facts["evaluation"] if body["to"] == "evaluated" else self.standing
        if "decision" in facts:
            self.decisions[facts["decision"]] = facts["decision_fingerprint"], facts["outcome"]
            self.decided = facts["decision"] if body["to"] == "decided" else self.decided


def verify(session: Session) -> list[str]:
    """Everything that is wrong, in French sentences; an empty list when the register and its trace agree."""
    states: dict[str, State] = {}
    problems = list(_walk(session, states))
    problems += _compare(session, states)
    return problems


def _walk(session: Session, states: dict[str, State]) -> Iterator[str]:
    previous, expected, redacted = START, 1, set()
    disclosed: dict[int, list[Disclosure]] = {}
    for found in session.scalars(select(Disclosure)):
        disclosed.setdefault(found.seq, []).append(found)
    numbers = {key: number for key, number in session.execute(select(Experiment.id, Experiment.number))}  # noqa: C416
    bodies: dict[int, dict[str, Any]] = {}
    for entry in session.scalars(select(Entry).order_by(Entry.seq).execution_options(yield_per=1000)):
        body = msgspec.json.decode(entry.body)
        if entry.seq != expected or body["seq"] != entry.seq:
            yield f"Entrée {entry.seq} : la suite est rompue, l’entrée {expected} était attendue"
        if entry.previous != previous or body["previous"] != previous:
            yield f"Entrée {entry.seq} : elle ne suit pas l’entrée précédente"
        if hash_of(entry.body) != entry.hash:
            yield f"Entrée {entry.seq} : son texte ne correspond plus à son empreinte"
        columns = (entry.event, entry.from_status, entry.to_status, numbers.get(entry.experiment_id or 0))
        if columns != (body["event"], body["from"], body["to"], body["experiment"]):
            yield f"Entrée {entry.seq} : ses colonnes ne disent pas ce que dit son texte"
        if body["event"] == "redact":
            redacted.add((body["facts"]["seq"], body["facts"]["field"]))
        if body["experiment"]:
            states.setdefault(body["experiment"], State()).follow(body)
        bodies[entry.seq] = body["withheld"]
        previous, expected = entry.hash, entry.seq + 1
    for seq, commitments in bodies.items():
        yield from _check_disclosures(seq, commitments, disclosed.get(seq, []), redacted)


def _check_disclosures(
    seq: int, commitments: dict[str, Any], found: list[Disclosure], redacted: set[tuple[int, str]]
) -> Iterator[str]:
    values = {one.field: one for one in found}
    for name, committed in commitments.items():
        one = values.get(name)
        if one is None or one.value is None or one.salt is None:
            if (seq, name) not in redacted:
                yield f"Entrée {seq} : « {name} » a disparu sans que la trace dise pourquoi"
        elif commitment(one.salt, one.value) != committed:
            yield f"Entrée {seq} : « {name} » n’est plus ce qui avait été engagé"


def _verdict(evaluation: Evaluation) -> str:
    """Whether the verdict in its column is the one that its text says."""
    said = None if evaluation.interim else decode(r.Evaluation, evaluation.text).verdict
    return AS_WRITTEN if said == evaluation.verdict else str(evaluation.verdict)


_NAMES = {Evaluation: "l’évaluation", Decision: "la décision"}


def _compare(session: Session, states: dict[str, State]) -> Iterator[str]:
    rows: dict[type[Evaluation] | type[Decision], dict[int, tuple[str, str]]] = {
        Evaluation: {e.id: (fingerprint(e.text), _verdict(e)) for e in session.scalars(select(Evaluation))},
        Decision: {d.id: (fingerprint(d.text), str(d.outcome)) for d in session.scalars(select(Decision))},
    }
    everything = select(Experiment).options(selectinload(Experiment.written)).execution_options(yield_per=500)
    for x in session.scalars(everything):
        state = states.get(x.number)
        if state is None:
            yield f"{x.number} : aucune entrée de la trace ne parle de ce dossier"
            continue
        if state.status != x.status:
            yield f"{x.number} : la trace dit « {state.status} », la base dit « {x.status} »"
        if state.ends_on and (x.ends_on is None or state.ends_on != x.ends_on.isoformat()):
            yield f"{x.number} : la trace dit que la fin est le {state.ends_on}, la base dit {x.ends_on}"
        if state.sealed and state.sealed != x.sealed():
            yield f"{x.number} : le protocole, les dates ou les dérogations ne sont plus ceux qui ont été autorisés"
        if (state.standing, state.decided) != (x.evaluation_id, x.decision_id):
            yield f"{x.number} : l’évaluation ou la décision retenue n’est pas celle que dit la trace"
        for table, kept in ((Evaluation, state.evaluations), (Decision, state.decisions)):
            for number, recorded in kept.items():
                if rows[table].pop(number, None) != recorded:
                    yield f"{x.number} : {_NAMES[table]} {number} n’est plus celle de la trace"
    for table, left in rows.items():
        for number in left:
            yield f"La trace ne dit rien de {_NAMES[table]} {number}"
