"""The tables of what was to be measured, and of what was: criteria, evaluations, results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from experiments import declared as d
from experiments import reported as r
from experiments.content import decode
from experiments.published import NOTHING, Assessment, Published
from experiments.requirements.reported import baseline_of
from experiments.vocabulary import Finding

from .columns import NUMBER, Column, Kind, Table, asked, coded, identifier, number


class Measured(NamedTuple):
    """One criterion, and its measure before the start."""

    criterion: d.Criterion
    baseline: r.Baseline | None


def _criteria(x: Published) -> Iterator[Measured]:
    for one in x.read(d.Protocol).criteria:
        yield Measured(one, baseline_of(x, one))


CRITERIA = Table(
    "criteres", "Critères de réussite", "Fixés avant le début, gelés à l’autorisation : une ligne par critère.",
    _criteria,
    (
        number,
        identifier(lambda line: f"{line.x.number}-{line.item.criterion.id}", pattern=NUMBER + ".+"),
        *asked("question", d.Criterion, "question", of="item.criterion"),
        *asked("indicateur", d.Criterion, "indicator", of="item.criterion"),
        *asked("unite", d.Criterion, "unit", of="item.criterion"),
        *asked("sens", d.Criterion, "direction", of="item.criterion"),
        Column("depart", "Valeur de départ", "Mesurée au lancement, ou déclarée avant.",
               lambda line: line.item.baseline.value if line.item.baseline else None, Kind.NUMBER),
        Column("depart_le", "Mesurée le", "Le jour de la mesure de départ, si elle a été faite au lancement.",
               lambda line: line.item.baseline.measured_on if line.item.baseline else None, Kind.DATE),
        *asked("cible", d.Criterion, "target", of="item.criterion"),
        *asked("seuil_arret", d.Criterion, "threshold", of="item.criterion"),
        *asked("source", d.Criterion, "source", of="item.criterion"),
        *asked("mesure_par", d.Criterion, "measured_by", of="item.criterion"),
        *asked("mesure_quand", d.Criterion, "measured_when", of="item.criterion"),
    ),
)  # fmt: skip


def name_of(x: Published, one: Assessment) -> str:
    return f"{x.number}-{'intermediaire' if one.interim else 'finale'}-{one.version}"


def _content(one: Assessment) -> r.Evaluation | r.Interim | None:
    if one.content == NOTHING:
        return None
    return decode(r.Interim, one.content) if one.interim else decode(r.Evaluation, one.content)


class Read(NamedTuple):
    """A version of an evaluation, with its text when it is public."""

    one: Assessment
    content: r.Evaluation | r.Interim | None


def _evaluations(x: Published) -> Iterator[Read]:
    for one in x.evaluations:
        yield Read(one, _content(one))


EVALUATIONS = Table(
    "evaluations", "Évaluations", "Une ligne par version versée. Le texte est public avec la décision qui s’y appuie ; "
    "avant, seule son empreinte l’est (CRPA L311-2).",
    _evaluations,
    (
        number,
        identifier(lambda line: name_of(line.x, line.item.one), pattern=NUMBER + ".+"),
        Column("intermediaire", "Intermédiaire", "Vrai pour une évaluation à mi-parcours.",
               lambda line: line.item.one.interim, Kind.BOOLEAN, required=True),
        Column("version", "Version", "Une évaluation versée ne change plus : une nouvelle version s’ajoute.",
               lambda line: line.item.one.version, Kind.INTEGER, required=True),
        Column("retenue", "Retenue", "Vrai pour l’évaluation finale qui fait foi.",
               lambda line: line.item.one.id == line.x.evaluation_id, Kind.BOOLEAN, required=True),
        Column("versee_le", "Versée le", "Date et heure, en temps universel.",
               lambda line: line.item.one.recorded_at, Kind.MOMENT, required=True),
        Column("empreinte", "Empreinte", "SHA-256 du texte versé, inscrite dans la trace le jour même.",
               lambda line: line.item.one.fingerprint, pattern="[0-9a-f]{64}", required=True),
        Column("publique", "Texte public", "Faux tant que la décision n’est pas prise.",
               lambda line: line.item.content is not None, Kind.BOOLEAN, required=True),
        *coded(Column("verdict", "Verdict", "Ce que disent les résultats ; la décision est un autre acte.",
                      lambda line: line.item.one.verdict, words=Finding)),
        *(Column(name, title, why, lambda line, field=field: getattr(line.item.content, field, None))  # type: ignore[misc]
          for name, field, title, why in (
              ("resume", "summary", "Résumé", "Ce qu’un habitant doit en retenir."),
              ("limites", "limits", "Limites", "Ce que ces résultats ne disent pas."),
              ("ecarts", "departures", "Écarts au protocole", "Ce qui n’a pas été fait comme prévu."),
              ("observations", "remarks", "Observations des parties prenantes", "Favorables ou non."),
          )),
    ),
)  # fmt: skip


class Found(NamedTuple):
    """One result, in one version of an evaluation. `criterion`: whether it answers one of the protocol."""

    id: str
    result: r.Result
    evaluation: str
    criterion: str | None


def _results(x: Published) -> Iterator[Found]:
    known = {one.id for one in x.read(d.Protocol).criteria}
    for one, content in _evaluations(x):
        evaluation = name_of(x, one)
        for result in content.results if content else ():
            criterion = f"{x.number}-{result.criterion}" if result.criterion in known else None
            yield Found(f"{evaluation}-{result.id}", result, evaluation, criterion)


RESULTS = Table(
    "resultats", "Résultats", "Un résultat par critère dans chaque version d’évaluation publique : la mesure, ou "
    "pourquoi il n’y en a pas.",
    _results,
    (
        number,
        identifier(lambda line: line.item.id, pattern=NUMBER + ".+"),
        Column("evaluation", "Évaluation", "La version d’évaluation qui le donne.",
               lambda line: line.item.evaluation, required=True),
        Column("critere", "Critère", "Le critère gelé auquel il répond.", lambda line: line.item.criterion),
        *asked("valeur", r.Result, "value", of="item.result"),
        *asked("non_mesure", r.Result, "not_measured", of="item.result"),
        *asked("lecture", r.Result, "comment", of="item.result"),
    ),
    joins={"numero": "experimentations", "evaluation": "evaluations", "critere": "criteres"},
)  # fmt: skip
