"""The LoRa network of another city: generalised, and closed."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion
from experiments.vocabulary import (
    ActKind,
    Association,
    Finding,
    Method,
    OpinionKind,
    OpinionSense,
    Promise,
    StakeholderKind,
)

from .days import Days
from .forms import DOWN, METROPOLIS, UP, criterion, euros, measured_at_start, result, unmeasured, who
from .story import Story, act
from .words import invented

STARTS, ENDS = date(2017, 1, 2), date(2018, 12, 31)
SIGNED = (invented("Convention de partenariat"), date(2016, 9, 15))

IDENTITY = d.Identity(
    title="Réseau LoRa pour objets connectés, à Rennes",
    summary="Rennes Métropole essaie son propre réseau bas débit pour relever des capteurs : remplissage des bacs, "
    "consommations d'énergie. Jusqu'à 50 % d'économie face aux tarifs des opérateurs.",
    policy="numerique",
    problem="Chaque capteur relevé par un opérateur coûte un abonnement. À des milliers de capteurs, l'abonnement "
    "devient la première dépense.",
    hypothesis="Un réseau public bas débit relève les mêmes capteurs pour nettement moins cher, sans perte de données.",
    description="Le réseau est expérimental en 2017, déployé une première fois en 2018, puis généralisé en 2019 et "
    "2020. Il relève d'abord le remplissage des bacs et des consommations d'énergie.\n\n"
    "Ce dossier montre l'expérience d'une autre ville, utile à qui voudrait s'en inspirer. Rennes n'est pas dans la "
    "liste des communes du registre : la commune indiquée, Nantes, tient lieu de rattachement (fictif).\n\n"
    "Ce qui est publié : les étapes, les partenaires, jusqu'à 50 % d'économie, 3 000 capteurs de bacs transférés, "
    "l'objectif de 57 000 capteurs en 2030, la généralisation. Ce qui est inventé pour la démonstration : les "
    "contacts, le rôle exact des partenaires, les jours exacts, les actes, et tout texte ou chiffre suivi de la "
    "mention (fictif).",
    novelty=invented("Peu de collectivités exploitaient alors leur propre réseau d'objets connectés."),
    why_experiment="La portée d'un réseau radio et son coût réel dépendent de la ville : il faut l'y installer.",
    alternatives=invented(
        "Garder les abonnements des opérateurs : rien à installer, deux fois plus cher par capteur. Relever à la main, "
        "à chaque tournée : sans technologie, suffisant pour les bacs les moins utilisés."
    ),
    organisation="Rennes Métropole",
    department="Direction du numérique",
    function="Responsable des réseaux",
    mailbox="reseaux@demo.example",
    communes=["44109"],
    place="Rennes, hors du territoire du registre",
    people="Agents de collecte et gestionnaires de bâtiments",
)

DURATION = d.Duration(
    starts_on=STARTS, ends_on=ENDS, midterm_on=date(2018, 1, 8), evaluation_due_on=date(2018, 11, 30),
    decision_due_on=date(2018, 12, 20), decision_body="Conseil de Rennes Métropole",
    reason="Une année d'essai, puis une année de premier déploiement : les deux étapes publiées. Le jour près est "
    "inventé (fictif).",
)  # fmt: skip

DEROGATIONS = d.Derogations(
    none=True,
    none_reason="Aucune dérogation n'est publiée. La bande de fréquences est libre d'usage ; les antennes sont posées "
    "sur des bâtiments publics (fictif).",
)

STAKEHOLDERS = d.Stakeholders(
    items=[
        who("wi6labs", "Wi6Labs", StakeholderKind.PARTNER, Association.CO_DESIGN,
            invented("Conçoit et installe le réseau."), *SIGNED),
        who("alkante", "Alkante", StakeholderKind.PARTNER, Association.CO_DESIGN,
            invented("Présente les données aux services."), *SIGNED),
        who("agents", "Agents de collecte", StakeholderKind.AGENTS, Association.CONSULTED,
            invented("Disent quels bacs équiper d'abord."), invented("Compte rendu d'atelier"), date(2016, 10, 6)),
    ],
    information=invented("Le capteur mesure si le bac est plein. Il ne sait pas qui y dépose."),
    withdrawal=invented("Sans objet pour les habitants ; un service peut revenir à la tournée ordinaire."),
    alternative=invented("La tournée ordinaire, à jours fixes."),
)  # fmt: skip

PROTOCOL = d.Protocol(
    criteria=[
        criterion("cout", "Est-ce moins cher ?", "Économie par capteur, face aux tarifs des opérateurs", "%", UP,
                  start=0, target=30, threshold=5, source="Comparaison des factures", when="Chaque année"),
        criterion("capteurs", "Le réseau tient-il l'échelle ?", "Capteurs de bacs relevés par le réseau", "capteurs",
                  UP, start=0, target=2000, threshold=200, source="Supervision du réseau", when="Chaque trimestre"),
        criterion("pertes", "Perd-on des messages ?", "Part des relevés manquants", "%", DOWN, target=5, threshold=20,
                  source="Supervision du réseau", when="Chaque mois", made_up="départ, cible et seuil"),
    ],
    method=Method.COMPARISON,
    comparison=invented("Les mêmes bacs, équipés d'un capteur relevé par un opérateur."),
    evaluator=invented("Cabinet indépendant"),
    interests=invented("Aucun contrat avec les partenaires."),
    effects=d.PlannedEffects(
        cost="Coût par capteur, comparé aux tarifs des opérateurs.",
        quality=invented("Délai entre un bac plein et son passage en collecte."),
        organisation=invented("Changement des tournées et temps d'entretien du réseau."),
        finances=invented("Investissement et fonctionnement sur cinq ans."),
    ),
    if_confirmed=Promise.GENERALISATION,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.PARTIAL,
)  # fmt: skip

COSTS = d.Costs(
    **euros(authority=90000),
    rollout="Non publié.",
    leaving="Coûts non publiés : le montant prévu pour la collectivité est inventé (fictif).",
)

PUBLICATION = d.Publication(
    plain="Des capteurs disent quand un bac est plein ; le camion passe quand il le faut. Les habitants n'ont rien à "
    "changer (fictif).",
    notice=invented("Autocollant sur chaque bac équipé."),
)

LAUNCH = r.Launch(
    baselines=[measured_at_start("pertes", 12, date(2016, 12, 12))],
    agreements=invented("Convention avec les partenaires ; assurance de la collectivité."),
    informed_on=date(2016, 12, 12),
    informed_how=invented("Réunion avec les agents de collecte, autocollant sur les bacs."),
)

EVALUATION = r.Evaluation(
    results=[
        result("cout", 50, "Chiffre publié : jusqu'à 50 %. La moyenne n'est pas publiée."),
        result("capteurs", 3000, "Chiffre publié : 3 000 capteurs de bacs transférés ; la date exacte ne l'est pas."),
        unmeasured("pertes"),
    ],
    limits=invented("L'économie publiée est un maximum. L'entretien du réseau après cinq ans n'est pas connu."),
    departures=invented("Aucun."),
    remarks=invented("Les agents de collecte gagnent des passages inutiles ; ils demandent des capteurs plus solides."),
    effects=r.ObservedEffects(
        cost="Jusqu'à 50 % d'économie face aux tarifs des opérateurs (publié).",
        quality=invented("Moins de bacs qui débordent."),
        organisation=invented("Les tournées suivent le remplissage et non plus le calendrier."),
        finances="Non publié.",
        agents=invented("Deux agents formés à l'entretien du réseau."),
        environment=invented("Moins de kilomètres parcourus ; piles à recycler."),
        equity=invented("Tous les quartiers sont couverts."),
        privacy=invented("Les relevés ne disent rien des personnes."),
        undesired=invented("Aucun observé."),
    ),
    verdict=Finding.CONFIRMED,
    summary="Le réseau public relève les mêmes capteurs jusqu'à deux fois moins cher (publié) : verdict inventé "
    "(fictif).",
)

CLOSING = r.Closing(
    data=invented("Relevés de remplissage gardés un an, puis effacés ; aucune donnée personnelle."),
    equipment="Le réseau reste en service ; 57 000 capteurs sont visés en 2030 (publié).",
    told_on=date(2019, 2, 11),
    lessons=invented(
        "Commencer par un usage que les agents demandent. Compter l'entretien des capteurs, pas seulement l'abonnement "
        "évité. Garder la main sur le réseau et sur les données."
    ),
    published_on=date(2019, 2, 18),
    attested=True,
)


def stories(_days: Days) -> list[Story]:
    story = Story("lora", contributor="contributeur")
    story.open(date(2016, 9, 5), IDENTITY)
    story.write(date(2016, 10, 10), DURATION, DEROGATIONS, STAKEHOLDERS)
    story.write(date(2016, 10, 11), PROTOCOL, COSTS, PUBLICATION, by="contributeur")
    story.ask_opinion(date(2016, 10, 12), "rssi", OpinionKind.SECURITY, "Le chiffrement du réseau et de ses antennes.")
    story.give_opinion(
        date(2016, 10, 26), "rssi", OpinionSense.FAVOURABLE,
        invented("Favorable : chaque capteur a sa clé, et un capteur volé n'ouvre pas le réseau."),
    )  # fmt: skip
    story.cross(date(2016, 10, 27), "submit")
    granted, decided = date(2016, 11, 24), date(2018, 12, 13)
    by = {"body": "Conseil de Rennes Métropole", "act": ActKind.DELIBERATION}
    story.cross(
        granted, "authorise",
        act(Act, granted, 112, "Autorisation d'expérimenter un réseau LoRa", law=METROPOLIS, **by,
            facts=invented("Le matériel est réversible et l'essai borné à quelques quartiers.")),
    )  # fmt: skip
    story.write(date(2016, 12, 14), LAUNCH)
    story.cross(date(2017, 1, 2), "start")
    story.cross(date(2018, 10, 31), "finish")
    story.write(date(2018, 11, 19), EVALUATION)
    story.cross(date(2018, 11, 20), "evaluate")
    story.cross(
        decided, "decide-generalise",
        act(Conclusion, decided, 131, "Généralisation du réseau LoRa", law=METROPOLIS, **by,
            facts="La généralisation est publiée : déploiement en 2019 et "
            "2020. " + invented("L'hypothèse est confirmée ; "
            "l'engagement pris avant le début était de généraliser.")),
    )  # fmt: skip
    story.write(date(2019, 2, 25), CLOSING)
    story.cross(date(2019, 3, 4), "close")
    story.write(
        date(2020, 3, 10),
        r.FollowUp(
            state=invented(
                "Le déploiement généralisé a commencé ; deux services de plus relèvent leurs capteurs par ce réseau."
            ),
            surprises=invented("Changer les piles prend plus de temps que de poser les capteurs."),
            seen_on=date(2020, 3, 5),
        ),
    )
    return [story]
