"""The evaluation protocol, fixed before the start: the questions by which one will know whether it worked."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated as A
from typing import ClassVar

import msgspec

from .content import Content, Item, ask, many
from .vocabulary import Direction, Method, Promise

# fmt: off

class Criterion(Item):
    label: ClassVar[str] = "Critère"
    added: ClassVar[str] = "un critère"
    question: A[str, ask(
        "Question évaluative", "Ce que l’on veut savoir, dit comme on le demanderait dans la rue.",
        "Les foyers restent-ils connectés ?",
        kind="line", longest=300)] = ""
    indicator: A[str, ask(
        "Indicateur", "Ce qui sera compté.",
        "Part des foyers connectés à douze mois",
        kind="line", longest=300)] = ""
    unit: A[str, ask("Unité", "Un chiffre sans unité ne se compare pas.", "%", kind="line", longest=40)] = ""
    direction: A[Direction | None, ask(
        "Sens attendu", "Pour que « mieux » veuille dire la même chose pour tous.")] = None
    baseline: A[Decimal | None, ask(
        "Valeur de départ", "Mesurée avant le début ; peut être complétée au lancement.",
        "62")] = None
    target: A[Decimal | None, ask("Cible", "À partir de quelle valeur l’hypothèse tient.", "80")] = None
    threshold: A[Decimal | None, ask("Seuil d’arrêt", "La valeur à partir de laquelle on arrête.", "50")] = None
    source: A[str, ask(
        "Source du chiffre", "Le chiffre doit pouvoir être retrouvé par quelqu’un d’autre.",
        "Relevés mensuels de l’opérateur",
        kind="line", longest=300)] = ""
    measured_by: A[str, ask(
        "Qui mesure", "Celui qui mesure n’a pas d’intérêt au résultat.",
        "L’évaluateur",
        kind="line", longest=200)] = ""
    measured_when: A[str, ask(
        "Quand", "Fixé avant, pour ne pas choisir après le moment qui arrange.",
        "À six et douze mois",
        kind="line", longest=200)] = ""


class PlannedEffects(Content):
    cost: A[str, ask(
        "Coût : comment il sera observé", "CGCT LO1113-5 : le coût est toujours examiné.",
        "Factures de pose, d’abonnement et d’entretien",
        longest=2000)] = ""
    quality: A[str, ask(
        "Qualité du service", "CGCT LO1113-5 : la qualité du service rendu aux usagers aussi.",
        "Questionnaire à six et douze mois",
        longest=2000)] = ""
    organisation: A[str, ask(
        "Organisation des services", "CGCT LO1113-5 : ce que l’essai change au travail des services.",
        "Heures passées, relevées par les deux équipes",
        longest=2000)] = ""
    finances: A[str, ask(
        "Finances de la collectivité", "CGCT LO1113-5 : l’effet sur les finances de la collectivité.",
        "Recettes et dépenses du budget annexe",
        longest=2000)] = ""


class Protocol(Content):
    criteria: A[list[Criterion], ask(
        "Critères de réussite", "Fixés avant le début, gelés à l’autorisation (Conseil d’État, 2019).")] = many()
    method: A[Method | None, ask(
        "Méthode", "Elle dit ce que l’on pourra affirmer, et ce que l’on ne pourra pas.")] = None
    comparison: A[str, ask(
        "Groupe de comparaison, ou pourquoi il n’y en a pas",
        "Sans comparaison, on ne sait pas ce que l’expérimentation a changé.",
        "Deux résidences voisines, sans l’offre.")] = ""
    evaluator: A[str, ask("Évaluateur", "Indépendant du porteur.", "Cerema", kind="line", longest=200)] = ""
    interests: A[str, ask(
        "Intérêts déclarés de l’évaluateur", "« Aucun » est une réponse.",
        "Aucun.",
        longest=2000)] = ""
    effects: A[PlannedEffects, ask(
        "Effets toujours examinés", "CGCT LO1113-5.")] = msgspec.field(default_factory=PlannedEffects)
    if_confirmed: A[Promise | None, ask(
        "Si l’hypothèse est confirmée, nous nous engageons à",
        "L’engagement préalable sera affiché à côté de la décision.")] = None
    if_refuted: A[Promise | None, ask(
        "Si elle est infirmée", "S’engager avant de savoir évite de s’arranger après.")] = None
    if_inconclusive: A[Promise | None, ask(
        "Si les résultats ne concluent pas", "Le cas le plus fréquent, et celui que l’on oublie de prévoir.")] = None
