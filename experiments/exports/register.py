"""The main table of the open data: one row per experiment, refused ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from experiments import declared as d
from experiments import reported as r
from experiments.content import Content
from experiments.ladder import paris_day
from experiments.policy import current as policy
from experiments.published import Assessment, Judged, Published
from experiments.vocabulary import Finding, Outcome, Status, StopReason

from .columns import Column, Kind, RowSource, asked, coded, number


class Parts(NamedTuple):
    """What the main table reads of a file, decoded and found once for all its columns."""

    identity: d.Identity
    duration: d.Duration
    protocol: d.Protocol
    stakeholders: d.Stakeholders
    derogations: d.Derogations
    costs: d.Costs
    closing: r.Closing
    evaluation: Assessment | None
    decision: Judged | None


KINDS: dict[str, type[Content]] = {
    "identity": d.Identity, "duration": d.Duration, "protocol": d.Protocol, "stakeholders": d.Stakeholders,
    "derogations": d.Derogations, "costs": d.Costs, "closing": r.Closing,
}  # fmt: skip


def rows(x: Published) -> Iterator[Parts]:
    """The one row of an experiment."""
    parts: dict[str, Any] = {name: x.read(kind) for name, kind in KINDS.items()}
    yield Parts(**parts, evaluation=x.evaluation, decision=x.decision)


told = partial(Column, told=True)
"""A column that says nothing of a proposal that is only counted."""


def _part(part: str, name: str, question: str) -> list[Column]:
    return [replace(column, told=True) for column in asked(name, KINDS[part], question, of=f"item.{part}")]


def _day(name: str, attribute: str, title: str, why: str) -> Column:
    return Column(name, title, why, attrgetter(f"x.{attribute}"), Kind.DATE)


def _count(name: str, title: str, count: Callable[[RowSource], int]) -> Column:
    return told(name, title, "Leur nombre ; le détail est dans sa table.", count, Kind.INTEGER)


def _stopped(line: RowSource) -> StopReason | None:
    return next((one.stop_reason for one in line.x.decisions if one.stop_reason), None)


def _extensions(line: RowSource) -> int:
    return sum(one.outcome is Outcome.EXTENSION for one in line.x.decisions)


COLUMNS: tuple[Column, ...] = (
    replace(number, unique=True),
    told("adresse", "Adresse", "La page publique de l’expérimentation, permanente elle aussi.",
         lambda line: f"{line.by.url}/experimentations/{line.x.number}", pattern="https?://.+"),
    *coded(Column("statut", "Statut", "Où en est l’expérimentation. « Échue » n’y est pas : elle l’est, passé la fin "
                  "ferme, tant qu’aucune évaluation n’est versée.",
                  lambda line: line.x.status, words=Status, required=True)),
    *_part("identity", "titre", "title"),
    *_part("identity", "resume", "summary"),
    *_part("identity", "politique", "policy"),
    told("politique_libelle", "Politique publique servie", "La même chose, en toutes lettres.",
         lambda line: policy().policies.get(line.x.policy)),
    *_part("identity", "organisme", "organisation"),
    *_part("identity", "service", "department"),
    *_part("identity", "contact", "mailbox"),
    *_part("identity", "lieu", "place"),
    told("communes", "Communes concernées", "Codes officiels géographiques, séparés par une espace ; la table "
         "« communes » en a une ligne par commune.",
         lambda line: " ".join(line.x.communes), pattern=r"[0-9AB]{5}( [0-9AB]{5})*"),
    *_part("identity", "personnes", "people"),
    *_part("identity", "personnes_max", "people_max"),
    *_part("identity", "probleme", "problem"),
    *_part("identity", "hypothese", "hypothesis"),
    _day("soumise_le", "submitted_on", "Soumise le", "Le jour où le dossier a été soumis pour la première fois."),
    _day("debut", "starts_on", "Début prévu", "La fenêtre autorisée commence ce jour-là."),
    _day("fin_ferme", "ends_on", "Fin ferme", "Prolongation comprise : la dernière période accordée la dit."),
    _day("mi_parcours_le", "midterm_on", "Évaluation à mi-parcours due le",
         "Demandée à partir de la durée que fixe la règle locale, et toujours pour l’article 72 (CGCT LO1113-5)."),
    _day("evaluation_due_le", "evaluation_due_on", "Évaluation due le", "Avant le terme (CGCT LO1113-6)."),
    Column("evaluation_due_avant_le", "Évaluation d’abord due le", "Avant toute prolongation, qui déplace cette date.",
           lambda line: line.item.duration.evaluation_due_on, Kind.DATE, told=True),
    _day("decision_due_le", "decision_due_on", "Décision due le", "Avant le terme (CGCT LO1113-6)."),
    *_part("duration", "instance", "decision_body"),
    *_part("duration", "base_juridique", "basis"),
    _day("lancee_le", "started_on", "Lancée le", "Le jour du lancement réel."),
    _day("terrain_fini_le", "field_ended_on", "Essai terminé le", "Le jour où l’essai lui-même a fini."),
    Column("decidee_le", "Décidée le", "Le jour de la décision prise sur l’évaluation.",
           lambda line: paris_day(line.item.decision.decided_at) if line.item.decision else None, Kind.DATE),
    *_part("closing", "evaluation_publiee_le", "published_on"),
    _day("close_le", "closed_on", "Close le", "Le jour de la clôture."),
    _count("derogations", "Dérogations", lambda line: len(line.item.derogations.items)),
    _count("parties_prenantes", "Parties prenantes", lambda line: len(line.item.stakeholders.items)),
    _count("criteres", "Critères", lambda line: len(line.item.protocol.criteria)),
    _count("prolongations", "Prolongations", _extensions),
    *_part("protocol", "methode", "method"),
    *_part("protocol", "evaluateur", "evaluator"),
    *_part("protocol", "si_confirmee", "if_confirmed"),
    *_part("protocol", "si_infirmee", "if_refuted"),
    *_part("protocol", "si_non_concluante", "if_inconclusive"),
    *coded(Column("verdict", "Verdict", "Ce que disent les résultats ; publié avec la décision (CRPA L311-2).",
                  lambda line: line.item.evaluation.verdict if line.item.evaluation else None, words=Finding)),
    *coded(Column("issue", "Issue", "La décision qui a mis fin à l’expérimentation (CGCT LO1113-6).",
                  lambda line: line.item.decision.outcome if line.item.decision else None, words=Outcome)),
    Column("s_ecarte", "La décision s’écarte", "De l’évaluation ou de l’engagement préalable ; les motifs sont dans la "
           "table « decisions ».",
           lambda line: line.item.decision.departs if line.item.decision else None, Kind.BOOLEAN),
    *coded(Column("arret_motif", "Motif d’arrêt anticipé", "Vide si l’expérimentation est allée à son terme.",
                  _stopped, words=StopReason)),
    *_part("costs", "cout_prevu", "authority"),
    *_part("costs", "cout_partenaires", "partners"),
    *_part("costs", "cout_subventions", "grants"),
    *_part("costs", "cout_reel", "actual"),
    told("empreinte", "Empreinte des parties gelées", "SHA-256 des dates, des dérogations et du protocole autorisés.",
         lambda line: line.x.sealed, pattern="[0-9a-f]{64}"),
    told("trace_entree", "Dernière entrée de trace", "Le numéro de la dernière ligne de trace de l’expérimentation.",
           lambda line: line.x.steps[-1].seq if line.x.steps else None, Kind.INTEGER),
    told("trace_empreinte", "Empreinte de cette entrée", "SHA-256 de cette ligne : à comparer à /trace.jsonl.",
           lambda line: line.x.steps[-1].hash if line.x.steps else None, pattern="[0-9a-f]{64}"),
    Column("demonstration", "Démonstration", "Vrai pour les exemples du registre de démonstration.",
           lambda line: line.x.demonstration, Kind.BOOLEAN, required=True),
)  # fmt: skip
