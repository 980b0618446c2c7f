"""THE TABLES of the open data, in order: to add one, say its rows, its columns, and a line in TABLES."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from experiments import declared as d
from experiments import reported as r
from experiments.lifecycle import LIFECYCLE
from experiments.obligations import Task
from experiments.policy import current as policy
from experiments.published import Owed, Published, Step
from experiments.vocabulary import DerogationFate, Status

from . import register
from .columns import NUMBER, Column, Kind, Table, asked, by_item, coded, identifier, number
from .decisions import DECISIONS, act_name
from .evaluation import CRITERIA, EVALUATIONS, RESULTS
from .heard import OBSERVATIONS
from .withheld import REPLIES, WITHHELD


class Fated(NamedTuple):
    """A rule set aside, and what became of it."""

    id: str
    derogation: d.Derogation
    fate: r.Fate | None


def _derogations(x: Published) -> Iterator[Fated]:
    fates = {one.derogation: one for one in x.read(r.Closing).fates}
    for one in x.read(d.Derogations).items:
        yield Fated(one.id, one, fates.get(one.id))


DEROGATIONS = Table(
    "derogations", "Dérogations", "Une ligne par règle écartée, avec son propre calendrier et ce qu’elle devient. "
    "Après sa fin, ou celle de l’expérimentation, elle n’est plus en vigueur.",
    _derogations,
    (
        number, by_item,
        *(column for name, question in (
            ("nature", "kind"), ("regle", "rule"), ("rang", "level"), ("fondement", "basis"), ("portee", "scope"),
            ("debut", "starts_on"), ("fin", "ends_on"), ("interet", "interest"), ("innocuite", "harmless"),
            ("garanties", "safeguards"), ("motifs", "reasons"), ("montant_ht", "amount"), ("operateur", "operator"),
            ("titre_occupation", "domain_title"), ("redevance", "domain_fee"), ("publicite", "domain_publicity"),
        ) for column in asked(name, d.Derogation, question, of="item.derogation")),
        *coded(Column("sort", "Ce qu’elle devient", "Dit à la clôture.",
                      lambda line: line.item.fate.fate if line.item.fate else None, words=DerogationFate)),
        Column("sort_acte", "Acte qui la rend permanente", "Seulement dans ce cas.",
               lambda line: line.item.fate.act if line.item.fate else None),
    ),
)  # fmt: skip


class _Entry(msgspec.Struct):
    at: datetime
    from_: Status | None = msgspec.field(name="from", default=None)
    to: Status | None = None


class Moved(NamedTuple):
    """One entry of the trace that moved the status, and the act that it is of, if any."""

    step: Step
    entry: _Entry
    decision: str | None


_ENTRY = msgspec.json.Decoder(_Entry)


def _statuses(x: Published) -> Iterator[Moved]:
    acts = 0
    for step in x.steps:
        entry = _ENTRY.decode(step.entry)
        if entry.to:
            # Acts come in the order of the gates that ask for one.
            is_act = step.event in LIFECYCLE and LIFECYCLE[step.event].outcome is not None
            acts += is_act
            yield Moved(step, entry, act_name(x, acts) if is_act else None)


STATUSES = Table(
    "statuts", "Statuts", "Une ligne par étape franchie, tirée de la trace : « trace_entree » et « empreinte » se "
    "vérifient dans /trace.jsonl.",
    _statuses,
    (
        number,
        identifier(lambda line: f"{line.x.number}-t{line.item.step.seq}", pattern=NUMBER + "-t[0-9]+"),
        Column("trace_entree", "Entrée de trace", "Son numéro dans la trace du registre.",
               lambda line: line.item.step.seq, Kind.INTEGER, required=True, unique=True),
        Column("date", "Date", "Date et heure, en temps universel.", lambda line: line.item.entry.at, Kind.MOMENT,
               required=True),
        Column("etape", "Étape", "Le jalon franchi, par son nom dans l’API.",
               lambda line: line.item.step.event, required=True),
        Column("etape_libelle", "Étape", "La même chose, en toutes lettres.",
               lambda line: LIFECYCLE[e].label if (e := line.item.step.event) in LIFECYCLE else None),
        *coded(Column("de", "Statut quitté", "Vide à l’ouverture.", lambda line: line.item.entry.from_, words=Status)),
        *coded(Column("vers", "Statut atteint", "Celui qui vaut à partir de cette date.",
                      lambda line: line.item.entry.to, words=Status, required=True)),
        Column("motif", "Motif", "D’une suspension ou d’une reprise, qui se motivent sans acte ; ceux d’un acte sont "
               "dans la table « decisions ».",
               lambda line: "\n".join(line.item.step.reasons.values()) or None),
        Column("decision", "Acte", "L’acte par lequel l’étape est franchie, s’il en faut un.",
               lambda line: line.item.decision),
        Column("empreinte", "Empreinte", "SHA-256 de la ligne de trace, au caractère près.",
               lambda line: line.item.step.hash, pattern="[0-9a-f]{64}", required=True),
    ),
    joins={"numero": "experimentations", "decision": "decisions"},
)  # fmt: skip

STAKEHOLDERS = Table(
    "parties-prenantes", "Parties prenantes", "Une ligne par organisme ou groupe associé : comment, et la preuve datée "
    "que cela a eu lieu.",
    lambda x: x.read(d.Stakeholders).items,
    (
        number, by_item,
        *(column for name, question in (
            ("qui", "name"), ("nature", "kind"), ("association", "association"), ("role", "role"),
            ("preuve", "evidence"), ("preuve_le", "evidence_on"),
        ) for column in asked(name, d.Stakeholder, question)),
    ),
)  # fmt: skip

COMMUNES = Table(
    "communes", "Communes", "Une ligne par expérimentation et par commune : de quoi joindre toute donnée qui porte le "
    "code officiel géographique.",
    lambda x: x.communes,
    (
        number,
        identifier(lambda line: f"{line.x.number}-{line.item}", pattern=NUMBER + "-[0-9AB]{5}"),
        Column("code_commune", "Code de la commune", "Code officiel géographique.",
               lambda line: line.item, pattern="[0-9AB]{5}", required=True),
        Column("nom_commune", "Nom de la commune", "Comme l’écrit l’autorité.",
               lambda line: policy().communes.get(line.item)),
    ),
)  # fmt: skip


def _owed_name(x: Published, one: Owed) -> str:
    return f"{x.number}-{one.task}" + (f"-{one.about}" if one.about else "")


OWED = Table(
    "echeances", "Ce qui reste dû au public", "Une ligne par promesse non encore tenue : elle est en retard dès le "
    "lendemain de sa date. Le nombre de jours dépend du jour où vous lisez : il n’est pas gardé.",
    lambda x: x.owed,
    (
        number,
        identifier(lambda line: _owed_name(line.x, line.item), pattern=NUMBER + ".+"),
        *coded(Column("quoi", "Ce qui est dû", "Un mot d’une liste fermée.",
                      lambda line: line.item.task, words=Task, required=True)),
        Column("objet", "À quel sujet", "S’il y en a plusieurs du même genre.", lambda line: line.item.subject),
        Column("le", "Dû le", "Le dernier jour pour le faire à temps.",
               lambda line: line.item.due_on, Kind.DATE, required=True),
    ),
)  # fmt: skip

REGISTER = Table(
    "experimentations", "Expérimentations", "Une ligne par proposition, refusées comprises. D’une proposition sur "
    "laquelle rien n’est décidé, seuls le numéro, le statut et la date de dépôt sont publics.",
    register.rows, register.COLUMNS, key="numero", joins={},
)  # fmt: skip

TABLES = {
    table.name: table
    for table in (
        REGISTER, CRITERIA, EVALUATIONS, RESULTS, DEROGATIONS, DECISIONS, STATUSES, STAKEHOLDERS, COMMUNES, WITHHELD,
        OWED, REPLIES, OBSERVATIONS,
    )
}  # fmt: skip
