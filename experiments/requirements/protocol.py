"""Evaluation: by what it will be known whether it worked, who will say so, and what is promised for each answer."""

from __future__ import annotations

from datetime import date

from .. import declared as d
from ..model import Experiment
from ..policies import roles_of
from ..vocabulary import CARRYING, Direction, Part
from ..words import UNITS, said
from .how import CHARTER, TEAM_PAGE, each_given, given, requirement


def criteria_of(x: Experiment) -> list[d.Criterion]:
    return x.read(d.Protocol).criteria


def _criterion(field: str, sentence: str):  # type: ignore[no-untyped-def]
    return each_given("criterion", d.Protocol, "criteria", criteria_of, field, sentence, source=CHARTER)


criteria = given(d.Protocol, "criteria", "Fixer au moins un critère de réussite", source=CHARTER)
criterion_indicator = _criterion("indicator", "Dire ce qui sera compté")


@requirement("criterion.unit", "Donner l’unité", d.Protocol, "criteria-{i}-unit", source=CHARTER, each=criteria_of)
def criterion_unit(item: d.Criterion, _x: Experiment, _today: date) -> bool:
    return item.unit.strip() in UNITS or said(item.unit)


criterion_direction = _criterion("direction", "Dire dans quel sens il doit évoluer")
criterion_target = _criterion("target", "Donner la cible")
criterion_threshold = _criterion("threshold", "Donner le seuil d’arrêt")
criterion_source = _criterion("source", "Dire d’où vient le chiffre")
criterion_who = _criterion("measured_by", "Dire qui mesure")
criterion_when = _criterion("measured_when", "Dire quand il est mesuré")


@requirement(
    "criterion.order", "Placer le seuil d’arrêt du mauvais côté de la cible", d.Protocol, "criteria-{i}-threshold",
    each=criteria_of, only=lambda c: None not in (c.target, c.threshold, c.direction),
)  # fmt: skip
def threshold_below_target(item: d.Criterion, _x: Experiment, _today: date) -> bool:
    if item.target is None or item.threshold is None:
        return True
    return item.threshold < item.target if item.direction is Direction.UP else item.threshold > item.target


method = given(d.Protocol, "method", "Choisir la méthode", source=CHARTER)
comparison = given(d.Protocol, "comparison", "Décrire la comparaison, ou dire pourquoi il n’y en a pas")
evaluator_named = given(d.Protocol, "evaluator", "Nommer l’évaluateur", source=CHARTER)
interests = given(d.Protocol, "interests", "Déclarer les intérêts de l’évaluateur")
effect_cost = given(d.Protocol, "effects-cost", "Dire comment le coût sera observé", source="CGCT LO1113-5")
effect_quality = given(d.Protocol, "effects-quality", "Dire comment la qualité sera observée", source="CGCT LO1113-5")
effect_organisation = given(
    d.Protocol, "effects-organisation", "Dire comment l’organisation des services sera observée", source="CGCT LO1113-5"
)
effect_finances = given(
    d.Protocol, "effects-finances", "Dire comment les finances seront observées", source="CGCT LO1113-5"
)
if_confirmed = given(d.Protocol, "if_confirmed", "S’engager sur la suite si l’hypothèse est confirmée")
if_refuted = given(d.Protocol, "if_refuted", "S’engager sur la suite si elle est infirmée")
if_inconclusive = given(d.Protocol, "if_inconclusive", "S’engager sur la suite si rien ne conclut")


@requirement(
    "team.evaluator", "Désigner un évaluateur qui n’a ni porté ni modifié le dossier", TEAM_PAGE, "evaluator",
    source="Règle de séparation",
)  # fmt: skip
def independent_evaluator(x: Experiment, _today: date) -> bool:
    return any(p.is_active and not roles_of(p, x) & CARRYING for p in x.named(Part.EVALUATOR))


EVALUATION = (
    criteria, criterion_indicator, criterion_unit, criterion_direction, criterion_target, criterion_threshold,
    threshold_below_target, criterion_source, criterion_who, criterion_when, method, comparison, evaluator_named,
    interests, effect_cost, effect_quality, effect_organisation, effect_finances, if_confirmed, if_refuted,
    if_inconclusive, independent_evaluator,
)  # fmt: skip
