"""The table of the acts of the authority, with the keys by which a deliberation joins the data set of deliberations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from experiments.acts import Conclusion
from experiments.content import decode
from experiments.policy import current as policy
from experiments.published import Judged, Published
from experiments.vocabulary import ActKind, Outcome, StopReason

from .columns import NUMBER, Column, Kind, RowSource, Table, asked, coded, identifier, number
from .evaluation import name_of


class Signed(NamedTuple):
    """One act, its rank among those of the experiment, and what it was taken on."""

    rank: int
    one: Judged
    act: Conclusion
    evaluation: str | None


def _decisions(x: Published) -> Iterator[Signed]:
    evaluations = {one.id: name_of(x, one) for one in x.evaluations}
    for rank, one in enumerate(x.decisions, 1):
        # Every act reads as the widest of them; what it does not have is empty.
        yield Signed(rank, one, decode(Conclusion, one.text), evaluations.get(one.evaluation_id or 0))


def act_name(x: Published, rank: int) -> str:
    return f"{x.number}-d{rank}"


def _taken_by(line: RowSource) -> tuple[str, str]:
    """The name and the SIRET of whose body took the act: of several collectivities, each has its own deliberations."""
    rules = policy()
    return rules.taken_by(line.item.act.body) or (line.by.name, "" if rules.collectivities else line.by.siret)


def _deliberated(line: RowSource, question: str) -> Any:
    """What a deliberation says; nothing of an order, whose number may be that of a deliberation."""
    act = line.item.act
    return getattr(act, question) if act.act is ActKind.DELIBERATION else None


DECISIONS = Table(
    "decisions", "Décisions", "Une ligne par acte de l’autorité. Les colonnes en capitales sont celles du schéma SCDL "
    "« délibérations » : elles joignent les deux registres.",
    _decisions,
    (
        number,
        identifier(lambda line: act_name(line.x, line.item.rank), pattern=NUMBER + "-d[0-9]+"),
        *coded(Column("issue", "Ce que l’acte décide", "Autorisation, refus, prolongation, arrêt, ou l’une des issues "
                      "de CGCT LO1113-6.", lambda line: line.item.one.outcome, words=Outcome, required=True)),
        Column("COLL_NOM", "Nom de la collectivité", "Celle dont l’instance a pris l’acte.",
               lambda line: _taken_by(line)[0], required=True),
        Column("COLL_SIRET", "SIRET de la collectivité", "Vide quand le registre ne le sait pas.",
               lambda line: _taken_by(line)[1], pattern=r"\d{14}"),
        Column("DELIB_ID", "Identifiant de la délibération", "Le numéro qu’elle porte ; vide pour un autre acte.",
               lambda line: _deliberated(line, "number")),
        Column("DELIB_DATE", "Date d’adoption de la délibération", "Vide pour un autre acte.",
               lambda line: _deliberated(line, "signed_on"), Kind.DATE),
        Column("DELIB_OBJET", "Objet de la délibération", "Vide pour un autre acte.",
               lambda line: _deliberated(line, "object")),
        *(column for name, question in (
            ("acte", "act"), ("acte_numero", "number"), ("acte_le", "signed_on"), ("acte_objet", "object"),
            ("instance", "body"), ("qualite", "capacity"), ("motifs_droit", "law"),
            ("motifs_fait", "facts"), ("conditions", "conditions"), ("effet_le", "effective_on"),
            ("recours", "remedies"), ("ecart", "departure"),
        ) for column in asked(name, Conclusion, question, of="item.act")),
        Column("s_ecarte", "S’écarte", "De l’évaluation ou de l’engagement préalable.",
               lambda line: line.item.one.departs, Kind.BOOLEAN, required=True),
        *coded(Column("arret_motif", "Motif d’arrêt anticipé", "Une liste fermée, pour pouvoir compter.",
                      lambda line: line.item.one.stop_reason, words=StopReason)),
        Column("debut", "Début de la période accordée", "Vide si l’acte n’en accorde pas.",
               lambda line: line.item.one.starts_on, Kind.DATE),
        Column("fin", "Fin ferme accordée", "Vide si l’acte n’accorde pas de période.",
               lambda line: line.item.one.ends_on, Kind.DATE),
        Column("evaluation", "Évaluation vue", "La version d’évaluation sur laquelle l’acte est pris.",
               lambda line: line.item.evaluation),
        Column("inscrite_le", "Inscrite au registre le", "Date et heure, en temps universel.",
               lambda line: line.item.one.decided_at, Kind.MOMENT, required=True),
    ),
    joins={"numero": "experimentations", "evaluation": "evaluations"},
)  # fmt: skip
