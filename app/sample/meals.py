"""Forecasting school meals: evaluated on a simulation only, and waiting for its decision."""

from __future__ import annotations

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.vocabulary import (
    Association,
    Finding,
    Method,
    OpinionKind,
    OpinionSense,
    Promise,
    StakeholderKind,
)

from .days import Days, after, before
from .forms import CHARTER, DOWN, UP, criterion, euros, measured_at_start, result, unmeasured, who
from .story import Story, act
from .words import invented

IDENTITY = d.Identity(
    title="IA et restauration scolaire : prévoir le nombre de repas",
    summary="Une intelligence artificielle prévoit chaque jour combien d'enfants déjeuneront dans les écoles de "
    "Nantes, pour cuisiner au plus juste 15 000 à 16 000 repas et en jeter moins.",
    policy="education",
    problem="Les enfants déjeunent sans réserver : c'est la table ouverte. La cuisine produit donc plus que "
    "nécessaire, 9,6 % de trop en 2018-2019.",
    hypothesis="Une prévision tirée de dix ans de fréquentation réduit la surproduction sans jamais manquer de repas, "
    "et garde la table ouverte.",
    description="Un modèle (arbres de décision à gradient) apprend de dix ans de fréquentation. Il propose un nombre "
    "de repas par école ; le responsable de la cuisine décide. Aucune décision ne porte sur un enfant : le modèle ne "
    "connaît que des totaux par école (fictif). Le code est publié.\n\n"
    "La boussole de l'IA : aucune donnée sensible ; moins de gaspillage et une aide aux agents ; code ouvert ; "
    "bénéfice comparé à l'estimation faite à la main (fictif).\n\n"
    "Ce qui est publié : l'essai de janvier à décembre 2020, les partenaires, le modèle, et la simulation sur "
    "2018-2019, où la surproduction passe de 9,6 % à 6,5 %, soit environ 430 repas évités par jour. En usage réel, "
    "rien n'est publié.\n\n"
    "Ce qui est inventé pour la démonstration : les dates de ce dossier, décalées pour montrer une évaluation qui "
    "attend sa décision, les contacts, le rôle exact des partenaires, les actes, et tout texte ou chiffre suivi de la "
    "mention (fictif).",
    novelty=invented("Les outils connus demandaient aux familles de réserver."),
    why_experiment="Une simulation ne dit pas ce que fait une cuisine quand la prévision se trompe.",
    alternatives=invented(
        "Demander aux familles de réserver : simple et gratuit, mais c'est la fin de la table ouverte. Une moyenne des "
        "mêmes jours des années passées, sur un tableur : elle sert de comparaison."
    ),
    organisation="Ville de Nantes",
    department="Direction de l'éducation",
    function="Responsable de la restauration scolaire",
    mailbox="restauration@demo.example",
    communes=["44109"],
    place="Cuisine centrale et restaurants scolaires",
    people="Enfants et agents des restaurants scolaires",
    people_max=16000,
)

PROTOCOL = d.Protocol(
    criteria=[
        criterion("surplus", "Jette-t-on moins ?", "Part des repas produits en trop", "%", DOWN, start="9.6", target=7,
                  threshold=10, source="Départ publié, année 2018-2019 ; bons de production", when="Chaque mois"),
        criterion("evites", "Combien de repas sont évités ?", "Repas évités par jour", "repas", UP, start=0, target=400,
                  threshold=50, source="Bons de production", when="Chaque mois"),
        criterion("manque", "Manque-t-on de repas ?", "Jours où un restaurant a manqué de repas", "jours", DOWN,
                  target=2, threshold=10, source="Fiches des restaurants", when="Chaque trimestre",
                  made_up="départ, cible et seuil"),
        criterion("aide", "Les agents y gagnent-ils ?", "Part des responsables qui jugent l'outil utile", "%", UP,
                  start=0, target=70, threshold=40, source="Enquête auprès des responsables", when="En fin d'essai"),
    ],
    method=Method.COMPARISON,
    comparison=invented("L'estimation faite à la main sur les mêmes jours."),
    evaluator=invented("École d'ingénieurs, équipe indépendante du fournisseur"),
    interests=invented("Aucun lien avec Verteego ni Maestria."),
    effects=d.PlannedEffects(
        cost=invented("Denrées économisées, moins le prix de l'outil."),
        quality="Maintien de la table ouverte.",
        organisation="Aide apportée aux agents qui estiment les repas.",
        finances=invented("Dépense nette par repas servi."),
    ),
    if_confirmed=Promise.GENERALISATION,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.PARTIAL,
)  # fmt: skip

EVALUATION = r.Evaluation(
    results=[
        result("surplus", "6.5", "Chiffre publié, en simulation sur 2018-2019 et non en usage réel."),
        result("evites", 430, "Chiffre publié, en simulation : environ 430 repas par jour."),
        unmeasured("manque", "La simulation ne dit rien des jours où l'on manque ; l'usage réel n'est pas publié."),
        unmeasured("aide"),
    ],
    limits="Les deux résultats chiffrés viennent d'une simulation sur une année passée ; l'usage réel n'est pas "
    "publié.",
    departures=invented("L'essai a été perturbé par les fermetures d'écoles."),
    remarks=invented(
        "Les responsables de cuisine veulent garder la main les jours de sortie et de grève. Une association de "
        "parents demande que la table ouverte soit garantie par écrit."
    ),
    effects=r.ObservedEffects(
        cost="Environ 430 repas évités par jour en simulation (publié) ; coût de l'outil non publié.",
        quality="La table ouverte est gardée (publié).",
        organisation=invented("Une demi-heure gagnée chaque matin pour préparer la commande."),
        finances="Non publié.",
        agents=invented("Les agents suivent la prévision huit jours sur dix."),
        environment="Moins de repas jetés, en simulation (publié) ; énergie du calcul non publiée.",
        equity=invented("Aucune école n'est moins bien servie qu'une autre dans la simulation."),
        privacy="Le modèle apprend de la fréquentation (publié) ; aucun enfant n'y est nommé (fictif).",
        undesired=invented("Aucun observé."),
    ),
    verdict=Finding.INCONCLUSIVE,
    summary="En simulation, la surproduction passe de 9,6 % à 6,5 %, soit environ 430 repas évités par jour (publié). "
    + invented("C'est prometteur, mais la cuisine n'a pas encore travaillé ainsi toute une année."),
)


def stories(days: Days) -> list[Story]:
    starts, ends = days.first(-10), days.last(1)
    story = Story("repas", head="valideur2")
    story.open(after(days.first(-15), 6), IDENTITY)
    story.write(
        after(days.first(-14), 2),
        d.Duration(
            starts_on=starts, ends_on=ends, midterm_on=days.first(-4), evaluation_due_on=before(ends, 31),
            decision_due_on=before(ends, 10), decision_body="Conseil municipal",
            reason="Douze mois, comme l'essai publié, mené de janvier à décembre 2020. Les dates d'ici sont décalées "
            "(fictif).",
        ),
        d.Derogations(
            none=True,
            none_reason="Aucune dérogation n'est publiée. L'outil propose, l'agent décide : aucune règle n'est écartée "
            "(fictif).",
        ),
        _stakeholders(days),
        PROTOCOL,
        d.Costs(
            **euros(authority=60000),
            rollout="Non publié.",
            leaving=invented("Revenir à l'estimation à la main, sans frais. Montant prévu inventé."),
        ),
        d.Publication(
            plain="Rien ne change à table : les enfants déjeunent toujours sans réserver. En cuisine, on prépare moins "
            "de repas en trop.",
            notice=invented("Mot dans le cahier de liaison, affiche au restaurant."),
        ),
    )  # fmt: skip
    story.ask_opinion(after(days.first(-14), 5), "dpo", OpinionKind.DPO, "Dix ans de fréquentation, par école.")
    story.give_opinion(
        after(days.first(-14), 16), "dpo", OpinionSense.FAVOURABLE,
        invented("Favorable : des totaux par école et par jour, aucun enfant n'est reconnaissable."),
    )  # fmt: skip
    story.cross(after(days.first(-13), 3), "submit")
    granted = after(days.first(-12), 8)
    story.cross(
        granted, "authorise",
        act(Act, granted, 19, "Autorisation d'expérimenter la prévision des repas scolaires", law=CHARTER,
            body="Bureau municipal", capacity="Adjointe au maire chargée de l'éducation",
            facts=invented("L'agent garde la décision ; le code est publié ; l'essai se compare à la main.")),
    )  # fmt: skip
    measured = before(starts, 9)
    story.write(
        measured,
        r.Launch(
            baselines=[measured_at_start("manque", 3, measured)],
            agreements=invented("Contrat avec les fournisseurs de l'outil ; assurance de la ville."),
            informed_on=before(starts, 12),
            informed_how=invented("Réunion des responsables de cuisine, mot aux familles."),
        ),
    )
    story.cross(after(starts, 0), "start")
    story.review(after(days.first(-5), 4))
    story.cross(days.ago(28), "finish")
    story.write(days.ago(9), EVALUATION)
    story.cross(days.ago(7), "evaluate")
    return [story]


def _stakeholders(days: Days) -> d.Stakeholders:
    signed = before(days.first(-14), 12)
    return d.Stakeholders(
        items=[
            who("verteego", "Verteego", StakeholderKind.PARTNER, Association.CO_DESIGN,
                invented("Conçoit le modèle."), invented("Contrat"), signed),
            who("maestria", "Maestria", StakeholderKind.PARTNER, Association.CO_DESIGN,
                invented("Relie le modèle à l'outil de la cuisine."), invented("Contrat"), signed),
            who("cuisine", "Agents des cuisines", StakeholderKind.AGENTS, Association.CO_DESIGN,
                invented("Disent quand la prévision se trompe, et pourquoi."), invented("Compte rendu d'atelier"),
                signed),
            who("parents", "Parents d'élèves", StakeholderKind.USERS, Association.INFORMED,
                invented("Informés en conseil d'école.")),
        ],
        information=invented(
            "Pour jeter moins, la cuisine s'aide d'une prévision du nombre de repas. Elle ne sait rien de votre enfant."
        ),
        withdrawal=invented("Les données sont des totaux : il n'y a rien à retirer. La table reste ouverte à tous."),
        alternative=invented("Le repas est servi de la même façon à tous."),
    )  # fmt: skip
