"""Connected streets, under rules of the game that residents wrote: generalised, and closed."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion
from experiments.vocabulary import (
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

STARTS, ENDS = date(2018, 9, 3), date(2020, 8, 31)
SIGNED = (invented("Convention de partenariat"), date(2018, 6, 22))
DESIGN, CONSULTED = Association.CO_DESIGN, Association.CONSULTED

IDENTITY = d.Identity(
    title="Rues connectées sur l'Île de Nantes",
    summary="Des technologies sont essayées dans la rue selon des règles du jeu que des habitants écrivent en "
    "ateliers : ce qu'il faut avant, pendant et après chaque essai. La collectivité répond à chacune.",
    policy="espace-public",
    problem="Capteurs, bornes et écrans arrivent dans la rue sans que ceux qui y passent aient leur mot à dire.",
    hypothesis="Des règles du jeu écrites par les habitants permettent d'essayer des technologies dans la rue sans "
    "leur imposer ce qu'ils refusent.",
    description="Des ateliers réunissent des habitants de septembre à décembre 2018. Ils écrivent des prescriptions : "
    "ce qui doit être fait avant, pendant et après un essai de technologie dans la rue. La réponse motivée est rendue "
    "en mai 2019, et des essais ont lieu de 2018 à 2020.\n\n"
    "Ce qui est publié : les ateliers, leurs dates, les partenaires, les prescriptions, la réponse de mai 2019, les "
    "essais de 2018 à 2020. Ce qui est inventé pour la démonstration : le porteur et les contacts, le rôle exact des "
    "partenaires, les jours exacts, les actes, la décision, et tout texte ou chiffre suivi de la mention (fictif).",
    novelty=invented("Les villes faisaient d'ordinaire connaître leurs essais une fois les capteurs posés."),
    why_experiment=invented("Une règle du jeu ne vaut que si on l'a suivie une fois, dans une vraie rue."),
    alternatives=invented(
        "Une réunion publique avant chaque essai : plus simple et peu coûteuse, mais sans engagement de répondre. Ne "
        "rien poser dans la rue : sans technologie, et les questions d'usage restent entières."
    ),
    organisation="Nantes Métropole",
    department="Direction du numérique",
    function="Responsable de l'innovation dans l'espace public",
    mailbox="rues-connectees@demo.example",
    communes=["44109"],
    place="Île de Nantes",
    people="Habitants et passants de l'Île de Nantes",
)

DURATION = d.Duration(
    starts_on=STARTS, ends_on=ENDS, midterm_on=date(2019, 9, 2), evaluation_due_on=date(2020, 7, 31),
    decision_due_on=date(2020, 8, 28), decision_body="Bureau métropolitain",
    reason="Quatre mois d'ateliers, la réponse, puis des essais jusqu'en 2020 : les étapes publiées. Le jour près est "
    "inventé (fictif).",
)  # fmt: skip

DEROGATIONS = d.Derogations(
    none=True,
    none_reason="Aucune dérogation n'est publiée. Chaque essai demande les autorisations ordinaires pour occuper la "
    "rue (fictif).",
)

STAKEHOLDERS = d.Stakeholders(
    items=[
        who("habitants", "Habitants réunis en ateliers", StakeholderKind.RESIDENTS, DESIGN,
            "Écrivent les règles du jeu.", invented("Prescriptions remises"), date(2018, 6, 14)),
        who("samoa", "Samoa, avec la Creative Factory", StakeholderKind.PARTNER, DESIGN,
            invented("Accueille les ateliers et les essais."), *SIGNED),
        who("chronos", "Chronos", StakeholderKind.PARTNER, CONSULTED, invented("Anime les ateliers."), *SIGNED),
        who("casus", "Casus Ludi", StakeholderKind.PARTNER, CONSULTED,
            invented("Met les choix en jeu, pour que chacun puisse les essayer."), *SIGNED),
        who("friction", "Design Friction", StakeholderKind.PARTNER, CONSULTED,
            invented("Montre par des fictions ce que la rue pourrait devenir."), *SIGNED),
    ],
    information=invented("Un panneau dit ce que l'appareil mesure, pourquoi, jusqu'à quand, et à qui le dire."),
    withdrawal=invented("Un appareil qui gêne est éteint, puis déplacé, sur simple demande."),
    alternative=invented("Un trajet sans appareil reste possible de part et d'autre de l'essai."),
)  # fmt: skip

PROTOCOL = d.Protocol(
    criteria=[
        criterion("reponse", "Répond-on aux habitants ?", "Réponse motivée à leurs prescriptions, publiée", "réponse",
                  UP, start=0, target=1, threshold=0, source="Publications de la collectivité", when="À la fin"),
        criterion("acceptation", "Ces essais sont-ils acceptés ?", "Part des passants interrogés qui les acceptent",
                  "%", UP, target=60, threshold=30, source="Enquête dans la rue", when="Au début, puis à la fin",
                  made_up="départ, cible et seuil"),
        criterion("donnees", "Les données restent-elles sobres ?", "Appareils qui recueillent une donnée personnelle",
                  "appareils", DOWN, start=0, target=0, threshold=1, source="Liste des appareils",
                  when="À chaque essai"),
    ],
    method=Method.QUALITATIVE,
    comparison=invented("Aucun groupe de comparaison : chaque rue est différente."),
    evaluator=invented("Cabinet indépendant"),
    interests=invented("Aucun contrat avec les partenaires."),
    effects=d.PlannedEffects(
        cost=invented("Coût des ateliers et de la réponse, par essai."),
        quality=invented("Ce que les habitants disent avoir pu changer."),
        organisation=invented("Temps que prend la réponse dans les services."),
        finances=invented("Coût d'un atelier pour chaque essai à venir."),
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
    plain="Des appareils sont essayés dans la rue, un temps, en suivant des règles que des habitants ont écrites.",
    notice=invented("Panneau à chaque appareil, avec la date de son retrait."),
)

LAUNCH = r.Launch(
    baselines=[measured_at_start("acceptation", 41, date(2018, 8, 28))],
    agreements=invented("Convention avec les partenaires ; assurance de la collectivité."),
    informed_on=date(2018, 8, 28),
    informed_how=invented("Appel à participer aux ateliers, affiches sur l'île."),
)

EVALUATION = r.Evaluation(
    results=[
        result("reponse", 1, "La réponse aux prescriptions des habitants est publiée en mai 2019."),
        unmeasured("acceptation"),
        unmeasured("donnees"),
    ],
    limits=invented("Les habitants des ateliers sont volontaires. Ce que pensent les passants n'est pas connu."),
    departures=invented("Aucun."),
    remarks=invented("Les participants demandent à revoir les règles après chaque essai."),
    effects=r.ObservedEffects(
        cost="Non publié.",
        quality=invented("Deux appareils ont changé de place à la demande des riverains."),
        organisation=invented("La réponse a demandé cinq mois à quatre services."),
        finances="Non publié.",
        agents=invented("Une personne par service suit les prescriptions."),
        environment=invented("Les appareils sont retirés à la fin et servent ailleurs."),
        equity=invented("Peu d'habitants de moins de vingt-cinq ans aux ateliers."),
        privacy=invented("Aucun appareil ne filme."),
        undesired=invented("Aucun observé."),
    ),
    verdict=Finding.CONFIRMED,
    summary="Les habitants ont écrit leurs prescriptions et reçu une réponse motivée (publié) : verdict inventé "
    "(fictif).",
)

CLOSING = r.Closing(
    data=invented("Relevés des appareils effacés à la fin de chaque essai ; aucune donnée personnelle."),
    equipment=invented("Appareils rendus à leurs fournisseurs."),
    told_on=date(2020, 10, 5),
    lessons=invented(
        "Écrire les règles avant de choisir l'appareil. Dire qui répond, et pour quand. Garder une date de retrait "
        "visible dans la rue."
    ),
    published_on=date(2020, 10, 8),
    attested=True,
)


def stories(_days: Days) -> list[Story]:
    story = Story("ile", contributor="contributeur")
    story.open(date(2018, 6, 11), IDENTITY)
    story.write(date(2018, 6, 25), DURATION, DEROGATIONS, STAKEHOLDERS)
    story.write(date(2018, 6, 26), PROTOCOL, COSTS, PUBLICATION, by="contributeur")
    story.ask_opinion(date(2018, 6, 27), "rssi", OpinionKind.SECURITY, "Ce que les appareils envoient, et par où.")
    story.give_opinion(
        date(2018, 7, 5), "rssi", OpinionSense.FAVOURABLE,
        invented("Favorable : chaque appareil a sa clé, et rien ne reste dedans quand on le retire."),
    )  # fmt: skip
    story.cross(date(2018, 7, 6), "submit")
    granted, decided = date(2018, 8, 24), date(2020, 8, 28)
    story.cross(
        granted, "authorise",
        act(Act, granted, 112, "Autorisation d'essayer des technologies dans la rue", law=METROPOLIS,
            facts=invented("Chaque appareil est réversible, et l'essai borné à quelques rues.")),
    )  # fmt: skip
    story.write(date(2018, 8, 30), LAUNCH)
    story.cross(STARTS, "start")
    story.cross(date(2020, 6, 30), "finish")
    story.write(date(2020, 7, 16), EVALUATION)
    story.cross(date(2020, 7, 17), "evaluate")
    story.cross(
        decided, "decide-generalise",
        act(Conclusion, decided, 131, "Règles du jeu pour tout essai dans la rue", law=METROPOLIS,
            facts=invented("L'hypothèse est confirmée ; l'engagement pris avant le début était de généraliser. Les "
                           "règles du jeu valent désormais pour chaque essai dans l'espace public.")),
    )  # fmt: skip
    story.write(date(2020, 10, 15), CLOSING)
    story.cross(date(2020, 10, 22), "close")
    story.write(
        date(2021, 10, 21),
        r.FollowUp(
            state=invented("Trois essais de plus ont suivi les règles du jeu ; un quatrième y a renoncé."),
            surprises=invented("Les habitants ont surtout demandé où en étaient les essais déjà finis."),
            seen_on=date(2021, 10, 14),
        ),
    )
    return [story]
