"""What is reported once an experiment is authorised: its launch, its evaluations, its closing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated as A
from typing import ClassVar

import msgspec

from .content import Content, Item, ask, many
from .vocabulary import DerogationFate, Finding

# fmt: off

class Baseline(Item):
    label: ClassVar[str] = "Mesure de départ"
    criterion: A[str, ask("Critère", "Le critère gelé auquel cette mesure répond.", list_="criteria")] = ""
    value: A[Decimal | None, ask(
        "Valeur mesurée", "Sans point de départ, on ne mesure pas un changement.",
        "62")] = None
    measured_on: A[date | None, ask("Mesurée le", "Avant le premier jour.")] = None


class Launch(Content):
    baselines: A[list[Baseline], ask(
        "Mesures de départ",
        "Pour les critères dont la valeur de départ n’était pas connue à l’autorisation.")] = many()
    agreements: A[str, ask(
        "Conventions, assurance, responsabilité", "Signées avec qui, quand ; ou « aucune » et pourquoi.",
        "Convention avec Nantes Métropole Habitat signée le 12 janvier 2026.")] = ""
    informed_on: A[date | None, ask("Participants informés le", "Chacun sait avant de commencer.")] = None
    informed_how: A[str, ask(
        "Comment ils l’ont été", "Une information qui a eu lieu a laissé une trace.",
        "Courrier à chaque foyer et deux permanences.",
        longest=2000)] = ""
    conditions: A[str, ask(
        "Conditions de l’autorisation : comment elles sont remplies",
        "Reprenez chaque condition de l’acte ; « aucune condition » s’il n’y en a pas.",
        "Condition 1, contrôle de l’accessibilité : fait le 4 mars, procès-verbal joint.")] = ""


class ExtensionRequest(Content):
    ends_on: A[date | None, ask(
        "Nouvelle fin ferme demandée", "Dans les limites que l’étape « Prolonger » rappelle.")] = None
    reason: A[str, ask(
        "Pourquoi prolonger",
        "Ce que le temps ajouté apprendra, et que l’évaluation intermédiaire ne dit pas encore.",
        "Un second hiver permettrait de comparer deux saisons de chauffe.")] = ""


class Result(Item):
    label: ClassVar[str] = "Résultat"
    criterion: A[str, ask("Critère", "Le critère gelé auquel ce résultat répond.", list_="criteria")] = ""
    value: A[Decimal | None, ask(
        "Valeur mesurée", "La mesure, dans l’unité du critère ; zéro est une réponse.",
        "78")] = None
    not_measured: A[str, ask(
        "Sinon, pourquoi il n’a pas été mesuré", "Ne pas avoir mesuré est un résultat : il se dit et s’explique.",
        "Le capteur est tombé en panne en mars.",
        longest=2000)] = ""
    comment: A[str, ask(
        "Lecture du résultat", "Ce que le chiffre veut dire, et ce qu’il ne veut pas dire.",
        "La hausse vient surtout des foyers équipés en septembre.",
        longest=4000)] = ""


class ObservedEffects(Content):
    cost: A[str, ask("Coût", "CGCT LO1113-5.", "131 500 €, pour 120 000 € prévus.", longest=4000)] = ""
    quality: A[str, ask(
        "Qualité du service", "CGCT LO1113-5 : ce que les usagers y ont gagné ou perdu.",
        "Deux pannes en un an, réparées le jour même.",
        longest=4000)] = ""
    organisation: A[str, ask(
        "Organisation des services", "CGCT LO1113-5 : ce que les services ont dû changer.",
        "Une demi-journée par semaine d’un conseiller numérique.",
        longest=4000)] = ""
    finances: A[str, ask(
        "Finances de la collectivité", "CGCT LO1113-5 : au-delà du coût de l’essai.",
        "Sans effet sur les recettes.",
        longest=4000)] = ""
    agents: A[str, ask(
        "Effets sur les agents", "Charte, principe 10 : de meilleures conditions de travail.",
        "Moins d’appels au guichet ; une crainte sur les objectifs.",
        longest=4000)] = ""
    environment: A[str, ask(
        "Effets sur l’environnement", "Charte, principe 6 : la sobriété se mesure.",
        "1,2 MWh par an pour l’ensemble des boîtiers.",
        longest=4000)] = ""
    equity: A[str, ask(
        "Effets sur l’égalité", "Qui en a profité, qui a été laissé de côté.",
        "Les plus de 65 ans s’abonnent moins : 9 % contre 31 %.",
        longest=4000)] = ""
    privacy: A[str, ask(
        "Effets sur la vie privée", "Charte, principe 4 : la vie privée des personnes concernées.",
        "Aucune donnée de navigation n’est gardée.",
        longest=4000)] = ""
    undesired: A[str, ask(
        "Effets non désirés", "« Aucun observé » est une réponse.",
        "Deux foyers ont résilié leur ancien abonnement trop tôt.",
        longest=4000)] = ""


class Interim(Content):
    results: A[list[Result], ask("Résultats à ce jour", "Un par critère gelé.")] = many()
    summary: A[str, ask(
        "Ce que l’on sait à mi-parcours", "Fonde toute demande de prolongation.",
        "À six mois, 71 % des foyers restent connectés ; l’effet sur l’emploi ne se voit pas encore.")] = ""


class Evaluation(Content):
    results: A[list[Result], ask("Résultats", "Un par critère gelé, mesuré ou non (et pourquoi).")] = many()
    limits: A[str, ask(
        "Limites", "Ce que ces résultats ne disent pas.",
        "Un seul quartier, et des foyers volontaires.")] = ""
    departures: A[str, ask(
        "Écarts au protocole", "« Aucun » est une réponse.",
        "Le questionnaire de six mois a été fait à huit mois.")] = ""
    remarks: A[str, ask(
        "Observations des parties prenantes", "Ce qu’elles en disent, favorable ou non.",
        "Les locataires demandent que l’offre continue ; le bailleur signale la charge des permanences.")] = ""
    effects: A[ObservedEffects, ask(
        "Effets obligatoires", "CGCT LO1113-5 et charte.")] = msgspec.field(default_factory=ObservedEffects)
    verdict: A[Finding | None, ask("Verdict", "Ce que disent les résultats ; la décision est un autre acte.")] = None
    summary: A[str, ask(
        "Ce qu’un habitant doit en retenir", "Publié en tête de l’évaluation.",
        "Trois foyers sur quatre sont restés connectés. Le prix compte moins que l’aide à l’installation.",
        longest=4000)] = ""


class Fate(Item):
    label: ClassVar[str] = "Sort de la dérogation"
    derogation: A[str, ask("Dérogation", "La dérogation dont il est question.", list_="derogations")] = ""
    fate: A[DerogationFate | None, ask(
        "Ce qu’elle devient", "Une dérogation sans fin connue devient une règle que personne n’a votée.")] = None
    act: A[str, ask(
        "Acte qui la rend permanente", "Seulement dans ce cas.",
        "Délibération 2026-204 du 12 décembre 2026",
        kind="line", longest=300)] = ""


class Closing(Content):
    fates: A[list[Fate], ask(
        "Sort de chaque dérogation", "Une dérogation prend fin, ou un acte nommé la rend permanente.")] = many()
    data: A[str, ask(
        "Sort de chaque jeu de données",
        "Supprimé, anonymisé ou archivé : date et preuve (charte, principe 6). « Aucune donnée » est une réponse.",
        "Fichier des abonnés supprimé le 4 juillet, procès-verbal du sous-traitant.")] = ""
    equipment: A[str, ask(
        "Sort des équipements", "Réemploi, réparation, recyclage ; « aucun équipement » est une réponse.",
        "Quarante boîtiers repris par le bailleur, six recyclés.",
        longest=4000)] = ""
    told_on: A[date | None, ask(
        "Participants informés de la fin le", "Qui a participé apprend la fin avant de la lire.")] = None
    lessons: A[str, ask(
        "Enseignements", "Ce que la prochaine équipe doit savoir. Publiés.",
        "Commencer par les permanences : l’équipement seul ne suffit pas.")] = ""
    published_on: A[date | None, ask(
        "Évaluation publiée le",
        "Le jour où la collectivité l’a rendue publique, dans le délai que la règle locale laisse après la décision.")
    ] = None
    attested: A[bool, ask("J’atteste que ce qui précède est fait", "Le porteur atteste ; le valideur clôt.")] = False


class FollowUp(Content):
    state: A[str, ask(
        "Ce qu’il en reste", "Un an après, ce que la décision est devenue : c’est ainsi qu’on apprend.",
        "L’offre est étendue à trois quartiers ; deux permanences sur trois tiennent encore.")] = ""
    surprises: A[str, ask(
        "Ce qu’on n’avait pas prévu", "« Rien » est une réponse.",
        "Les gardiens d’immeuble sont devenus les premiers relais.",
        longest=4000)] = ""
    seen_on: A[date | None, ask("Constaté le", "Le jour où vous êtes allés voir.")] = None
