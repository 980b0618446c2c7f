"""The main table of the open data: one row per experiment, refused ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from experiments import declared as d
from experiments import reported as r
from experiments.policy import current as policy
from experiments.published import Published
from experiments.vocabulary import Finding, Outcome, Status, StopReason

from .columns import Column, Kind, Line, Take, asked, coded, number


class Parts(NamedTuple):
    """The parts of a file that the main table reads, decoded once for all its columns."""

    identity: d.Identity
    duration: d.Duration
    protocol: d.Protocol
    stakeholders: d.Stakeholders
    derogations: d.Derogations
    costs: d.Costs
    closing: r.Closing


KINDS = (d.Identity, d.Duration, d.Protocol, d.Stakeholders, d.Derogations, d.Costs, r.Closing)


def rows(x: Published) -> Iterator[Parts]:
    """The one row of an experiment."""
    yield Parts(*(x.read(kind) for kind in KINDS))  # type: ignore[arg-type]


def told(name: str, title: str, why: str, take: Take, kind: Kind = Kind.STRING, **more: Any) -> Column:
    """A column that says nothing of a proposal that is only counted."""
    return Column(name, title, why, _if_told(take), kind, **more)


def _part(place: int, name: str, question: str) -> list[Column]:
    columns = asked(name, KINDS[place], question, of=lambda line: line.item[place])
    return [replace(column, take=_if_told(column.take)) for column in columns]


def _if_told(take: Take) -> Take:
    return lambda line: take(line) if line.x.is_told else None


def _day(name: str, attribute: str, title: str, why: str) -> Column:
    return Column(name, title, why, lambda line: getattr(line.x, attribute), Kind.DATE)


def _count(name: str, title: str, count: Callable[[Line], int]) -> Column:
    return told(name, title, "Leur nombre ; le détail est dans sa table.", count, Kind.INTEGER)


def _stopped(line: Line) -> StopReason | None:
    return next((one.stop_reason for one in line.x.decisions if one.stop_reason), None)


def _extensions(line: Line) -> int:
    return sum(one.outcome is Outcome.EXTENSION for one in line.x.decisions)


COLUMNS: tuple[Column, ...] = (
    replace(number, unique=True),
    told("adresse", "Adresse", "La page publique de l’expérimentation, permanente elle aussi.",
         lambda line: f"{line.by.url}/experimentations/{line.x.number}", pattern="https?://.+"),
    *coded(Column("statut", "Statut", "Où en est l’expérimentation. « Échue » n’y est pas : elle l’est, passé la fin "
                  "ferme, tant qu’aucune évaluation n’est versée.",
                  lambda line: line.x.status, words=Status, required=True)),
    *_part(0, "titre", "title"),
    *_part(0, "resume", "summary"),
    *_part(0, "politique", "policy"),
    told("politique_libelle", "Politique publique servie", "La même chose, en toutes lettres.",
         lambda line: policy().policies.get(line.x.policy)),
    *_part(0, "organisme", "organisation"),
    *_part(0, "service", "department"),
    *_part(0, "contact", "mailbox"),
    *_part(0, "lieu", "place"),
    told("communes", "Communes concernées", "Codes officiels géographiques, séparés par une espace ; la table "
         "« communes » en a une ligne par commune.",
         lambda line: " ".join(line.x.communes), pattern=r"[0-9AB]{5}( [0-9AB]{5})*"),
    *_part(0, "personnes", "people"),
    *_part(0, "personnes_max", "people_max"),
    *_part(0, "probleme", "problem"),
    *_part(0, "hypothese", "hypothesis"),
    _day("soumise_le", "submitted_on", "Soumise le", "Le jour où le dossier a été soumis pour la première fois."),
    _day("debut", "starts_on", "Début prévu", "La fenêtre autorisée commence ce jour-là."),
    _day("fin_ferme", "ends_on", "Fin ferme", "Prolongation comprise : la dernière période accordée la dit."),
    _day("mi_parcours_le", "midterm_on", "Évaluation à mi-parcours due le",
         "Demandée à partir de douze mois, et toujours pour l’article 72 (CGCT LO1113-5)."),
    _day("evaluation_due_le", "evaluation_due_on", "Évaluation due le", "Avant le terme (CGCT LO1113-6)."),
    _day("decision_due_le", "decision_due_on", "Décision due le", "Avant le terme (CGCT LO1113-6)."),
    *_part(1, "instance", "decision_body"),
    *_part(1, "base_juridique", "basis"),
    _day("lancee_le", "started_on", "Lancée le", "Le jour du lancement réel."),
    _day("terrain_fini_le", "field_ended_on", "Terrain terminé le", "La fin de l’essai sur le terrain."),
    _day("decidee_le", "decided_on", "Décidée le", "Le jour de la décision prise sur l’évaluation."),
    *_part(6, "evaluation_publiee_le", "published_on"),
    _day("close_le", "closed_on", "Close le", "Le jour de la clôture."),
    _count("derogations", "Dérogations", lambda line: len(line.item.derogations.items)),
    _count("parties_prenantes", "Parties prenantes", lambda line: len(line.item.stakeholders.items)),
    _count("criteres", "Critères", lambda line: len(line.item.protocol.criteria)),
    _count("prolongations", "Prolongations", _extensions),
    *_part(2, "methode", "method"),
    *_part(2, "evaluateur", "evaluator"),
    *_part(2, "si_confirmee", "if_confirmed"),
    *_part(2, "si_infirmee", "if_refuted"),
    *_part(2, "si_non_concluante", "if_inconclusive"),
    *coded(Column("verdict", "Verdict", "Ce que disent les résultats ; publié avec la décision (CRPA L311-2).",
                  lambda line: line.x.evaluation.verdict if line.x.evaluation else None, words=Finding)),
    *coded(Column("issue", "Issue", "La décision qui a mis fin à l’expérimentation (CGCT LO1113-6).",
                  lambda line: line.x.decision.outcome if line.x.decision else None, words=Outcome)),
    Column("s_ecarte", "La décision s’écarte", "De l’évaluation ou de l’engagement préalable ; les motifs sont dans la "
           "table « decisions ».", lambda line: line.x.decision.departs if line.x.decision else None, Kind.BOOLEAN),
    *coded(Column("arret_motif", "Motif d’arrêt anticipé", "Vide si l’expérimentation est allée à son terme.",
                  _stopped, words=StopReason)),
    *_part(5, "cout_prevu", "authority"),
    *_part(5, "cout_partenaires", "partners"),
    *_part(5, "cout_subventions", "grants"),
    *_part(5, "cout_reel", "actual"),
    told("empreinte", "Empreinte des parties gelées", "SHA-256 des dates, des dérogations et du protocole autorisés.",
         lambda line: line.x.sealed, pattern="[0-9a-f]{64}"),
    told("trace_entree", "Dernière entrée de trace", "Le numéro de la dernière ligne de trace de l’expérimentation.",
           lambda line: line.x.steps[-1].seq if line.x.steps else None, Kind.INTEGER),
    told("trace_empreinte", "Empreinte de cette entrée", "SHA-256 de cette ligne : à comparer à /trace.jsonl.",
           lambda line: line.x.steps[-1].hash if line.x.steps else None, pattern="[0-9a-f]{64}"),
    Column("demonstration", "Démonstration", "Vrai pour les exemples du registre de démonstration.",
           lambda line: line.x.demonstration, Kind.BOOLEAN, required=True),
)  # fmt: skip
