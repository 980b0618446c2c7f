"""What is reported once an experiment is authorised: its launch, its evaluations, its closing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated as A
from typing import ClassVar

import msgspec

from .content import Content, Item, ask, many
from .vocabulary import DerogationFate, Finding


class Baseline(Item):
    label: ClassVar[str] = "Mesure de départ"
    criterion: A[str, ask("Critère", list_="criteria")] = ""
    value: A[Decimal | None, ask("Valeur mesurée")] = None
    measured_on: A[date | None, ask("Mesurée le")] = None


class Launch(Content):
    baselines: A[
        list[Baseline],
        ask("Mesures de départ", "Pour les critères dont la valeur de départ n'était pas connue à l'autorisation."),
    ] = many()
    agreements: A[
        str,
        ask(
            "Conventions, assurance, responsabilité",
            "Signées avec qui, quand ; ou « aucune » et pourquoi.",
            "Convention avec Nantes Métropole Habitat signée le 12 janvier 2026.",
        ),
    ] = ""
    informed_on: A[date | None, ask("Participants informés le")] = None
    informed_how: A[
        str, ask("Comment ils l'ont été", "", "Courrier à chaque foyer et deux permanences.", longest=2000)
    ] = ""
    conditions: A[
        str,
        ask(
            "Conditions de l'autorisation : comment elles sont remplies",
            "Reprenez chaque condition de l'acte ; « aucune condition » s'il n'y en a pas.",
        ),
    ] = ""


class ExtensionRequest(Content):
    ends_on: A[
        date | None,
        ask("Nouvelle fin ferme demandée", "Une seule prolongation, de la moitié de la durée initiale au plus."),
    ] = None
    reason: A[
        str,
        ask(
            "Pourquoi prolonger",
            "Ce que le temps ajouté apprendra, et que l'évaluation intermédiaire ne dit pas encore.",
        ),
    ] = ""


class Result(Item):
    label: ClassVar[str] = "Résultat"
    criterion: A[str, ask("Critère", list_="criteria")] = ""
    value: A[Decimal | None, ask("Valeur mesurée")] = None
    not_measured: A[
        str, ask("Sinon, pourquoi il n'a pas été mesuré", "", "Le capteur est tombé en panne en mars.", longest=2000)
    ] = ""
    comment: A[str, ask("Lecture du résultat", "", longest=4000)] = ""


class ObservedEffects(Content):
    cost: A[str, ask("Coût", "CGCT LO1113-5.", longest=4000)] = ""
    quality: A[str, ask("Qualité du service", "", longest=4000)] = ""
    organisation: A[str, ask("Organisation des services", "", longest=4000)] = ""
    finances: A[str, ask("Finances de la collectivité", "", longest=4000)] = ""
    agents: A[str, ask("Effets sur les agents", "", longest=4000)] = ""
    environment: A[str, ask("Effets sur l'environnement", "", longest=4000)] = ""
    equity: A[str, ask("Effets sur l'égalité", "", longest=4000)] = ""
    privacy: A[str, ask("Effets sur la vie privée", "", longest=4000)] = ""
    undesired: A[str, ask("Effets non désirés", "« Aucun observé » est une réponse.", longest=4000)] = ""


class Interim(Content):
    results: A[list[Result], ask("Résultats à ce jour", "Un par critère gelé.")] = many()
    summary: A[str, ask("Ce que l'on sait à mi-parcours", "Fonde toute demande de prolongation.")] = ""


class Evaluation(Content):
    results: A[list[Result], ask("Résultats", "Un par critère gelé, mesuré ou non (et pourquoi).")] = many()
    limits: A[str, ask("Limites", "Ce que ces résultats ne disent pas.")] = ""
    departures: A[str, ask("Écarts au protocole", "« Aucun » est une réponse.")] = ""
    remarks: A[str, ask("Observations des parties prenantes", "Ce qu'elles en disent, favorable ou non.")] = ""
    effects: A[ObservedEffects, ask("Effets obligatoires", "CGCT LO1113-5 et charte.")] = msgspec.field(
        default_factory=ObservedEffects
    )
    verdict: A[Finding | None, ask("Verdict", "Ce que disent les résultats ; la décision est un autre acte.")] = None
    summary: A[str, ask("Ce qu'un habitant doit en retenir", "Publié en tête de l'évaluation.", longest=4000)] = ""


class Fate(Item):
    label: ClassVar[str] = "Sort de la dérogation"
    derogation: A[str, ask("Dérogation", list_="derogations")] = ""
    fate: A[DerogationFate | None, ask("Ce qu'elle devient")] = None
    act: A[str, ask("Acte qui la rend permanente", "Seulement dans ce cas.", kind="line", longest=300)] = ""


class Closing(Content):
    fates: A[
        list[Fate], ask("Sort de chaque dérogation", "Une dérogation prend fin, ou un acte nommé la rend permanente.")
    ] = many()
    data: A[
        str,
        ask(
            "Sort de chaque jeu de données",
            "Supprimé, anonymisé ou archivé : date et preuve (charte, principe 6). « Aucune donnée » est une réponse.",
        ),
    ] = ""
    equipment: A[
        str,
        ask(
            "Sort des équipements",
            "Réemploi, réparation, recyclage ; « aucun équipement » est une réponse.",
            longest=4000,
        ),
    ] = ""
    told_on: A[date | None, ask("Participants informés de la fin le")] = None
    lessons: A[str, ask("Enseignements", "Ce que la prochaine équipe doit savoir. Publiés.")] = ""
    published_on: A[date | None, ask("Évaluation publiée le", "Au plus tard douze semaines après la décision.")] = None
    attested: A[bool, ask("J'atteste que ce qui précède est fait", "Le porteur atteste ; le valideur clôt.")] = False
