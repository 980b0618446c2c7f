"""The self-driving shuttle: two phases, a third party's evaluation, closed."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion
from experiments.vocabulary import (
    Association,
    DerogationFate,
    Finding,
    Method,
    OpinionKind,
    OpinionSense,
    Promise,
    RuleLevel,
    StakeholderKind,
)

from .days import Days
from .forms import DOWN, METROPOLIS, UP, criterion, euros, measured_at_start, result, unmeasured, who
from .story import Story, act
from .words import invented

STARTS, ENDS = date(2018, 6, 1), date(2020, 5, 31)
PARTNER, CO_DESIGN = StakeholderKind.PARTNER, Association.CO_DESIGN
SIGNED = (invented("Convention de partenariat"), date(2018, 3, 20))

IDENTITY = d.Identity(
    title="Navette autonome électrique",
    summary="Une navette électrique sans chauffeur, avec un opérateur à bord, transporte des voyageurs : 650 mètres à "
    "Nantes en juin 2018, puis 2,5 kilomètres sur route ouverte à Bouguenais, de février à mai 2019.",
    policy="mobilite",
    problem="Certaines liaisons courtes sont mal servies par les lignes de bus. Une navette sans chauffeur pourrait "
    "les assurer, à condition d'être acceptée et de s'insérer sans danger dans la circulation.",
    hypothesis="Une navette autonome rend, sur une courte distance, un service que les voyageurs adoptent et qui "
    "s'insère dans la circulation ordinaire.",
    description="Première phase, juin 2018 : 650 mètres entre la Gare maritime et la Carrière Miséry, à Nantes. "
    "Seconde phase, de février à mai 2019 : 2,5 kilomètres à Bouguenais, les jours ouvrés de 11 h à 14 h, sur une "
    "route ouverte à la circulation.\n\n"
    "Ce qui est publié : les deux phases, les partenaires, 1 029 trajets et environ 5 200 voyageurs en première phase, "
    "les vitesses, les freinages brusques signalés en seconde phase, le rapport du Cerema d'avril 2020.\n\n"
    "Ce qui est inventé pour la démonstration : les contacts, le rôle exact des partenaires, les actes, l'article "
    "exact de la règle écartée, et tout texte ou chiffre suivi de la mention (fictif).",
    novelty="La seconde phase emprunte une route ouverte à la circulation, ce que la première ne faisait pas.",
    why_experiment="Ni l'acceptation des voyageurs ni l'insertion dans la circulation ne se calculent : il faut "
    "rouler.",
    alternatives=invented(
        "Une ligne de minibus avec chauffeur, aux mêmes heures : connue, immédiate, coût non chiffré. Un service de "
        "vélos en libre accès : moins cher, mais pas pour tous."
    ),
    organisation="Nantes Métropole",
    department="Direction des mobilités",
    function="Responsable des nouvelles mobilités",
    mailbox="mobilites@demo.example",
    communes=["44109", "44020"],
    place="Gare maritime – Carrière Miséry (Nantes), puis Bouguenais",
    people="Voyageurs et autres usagers de la voie",
)

DURATION = d.Duration(
    starts_on=STARTS, ends_on=ENDS, midterm_on=date(2019, 5, 31), evaluation_due_on=date(2020, 4, 30),
    decision_due_on=date(2020, 5, 29), decision_body="Bureau métropolitain",
    reason="Deux phases d'essai, dont la seconde dure quatre mois, puis une année pour que le Cerema les évalue. "
    "Les mois d'essai sont publiés ; les jours du dossier sont inventés (fictif).",
)  # fmt: skip

DEROGATIONS = d.Derogations(
    items=[
        d.Derogation(
            id="conduite",
            rule="Code de la route, présence d'un conducteur aux commandes ; article non publié, ici R412-6 (fictif)",
            level=RuleLevel.DECREE,
            basis="Ordonnance du 3 août 2016 et décret du 28 mars 2018 sur l'expérimentation des véhicules à "
            "délégation de conduite.",
            scope="La navette circule sans personne au volant sur les deux parcours déclarés. Un opérateur est à bord.",
            starts_on=STARTS,
            ends_on=date(2019, 5, 31),
            interest="Connaître, avant toute décision, ce qu'un tel véhicule apporte aux liaisons courtes.",
            harmless=invented("Vitesse limitée, parcours reconnu, trafic observé avant chaque phase."),
            safeguards="Un opérateur à bord peut arrêter le véhicule à tout instant.",
            reasons=invented(
                "En droit, l'expérimentation est ouverte par l'ordonnance de 2016. En fait, le parcours est court et "
                "l'opérateur reprend la main à tout moment."
            ),
        )
    ]
)

STAKEHOLDERS = d.Stakeholders(
    items=[
        who("semitan", "Semitan", PARTNER, CO_DESIGN, "Exploite le service.", *SIGNED),
        who("navya", "Navya", PARTNER, CO_DESIGN, "Construit la navette.", *SIGNED),
        who("voie", "EDF, Charier, Lacroix City, Logiroad", PARTNER, CO_DESIGN,
            invented("Énergie, chaussée et équipements de la voie."), *SIGNED),
        who("id4car", "ID4CAR", PARTNER, Association.CONSULTED, invented("Relie les entreprises du projet."), *SIGNED),
        who("cerema", "Cerema", StakeholderKind.EVALUATOR, Association.CONSULTED,
            "Évalue l'expérimentation ; rapport d'avril 2020.", invented("Convention d'évaluation"), date(2018, 4, 3)),
    ],
    information="Cette navette roule sans chauffeur. Un opérateur est à bord et peut l'arrêter à tout instant.",
    withdrawal=invented("Personne n'est tenu de monter ; les lignes de bus ordinaires restent en service."),
    alternative=invented("Le réseau de bus et de tramway, inchangé."),
)  # fmt: skip

PROTOCOL = d.Protocol(
    criteria=[
        criterion("voyageurs", "Les voyageurs l'adoptent-ils ?", "Voyageurs de la première phase", "personnes", UP,
                  start=0, target=4000, threshold=500, source="Comptage de l'exploitant", when="Fin juin 2018"),
        criterion("vitesse", "Roule-t-elle assez vite pour servir ?", "Vitesse moyenne", "km/h", UP, start=0,
                  target=15, threshold=8, source="Enregistreur de bord", when="À chaque phase"),
        criterion("freinages", "S'insère-t-elle dans la circulation ?", "Freinages brusques pour cent trajets",
                  "freinages", DOWN, target=5, threshold=30, source="Enregistreur de bord", when="Seconde phase",
                  made_up="unité, départ, cible et seuil"),
        criterion("autonomie", "Tient-elle une journée sans recharge ?", "Autonomie en service", "heures", UP,
                  target=6, threshold=3, source="Enregistreur de bord", when="À chaque phase",
                  made_up="départ, cible et seuil"),
    ],
    method=Method.QUALITATIVE,
    comparison=invented("Aucun groupe de comparaison : il n'existait pas de desserte semblable aux mêmes heures."),
    evaluator="Cerema",
    interests=invented("Établissement public ; aucun lien avec le constructeur ni l'exploitant."),
    effects=d.PlannedEffects(
        cost=invented("Coût par voyageur transporté, comparé à celui d'un minibus."),
        quality="Appropriation et acceptabilité, par enquête auprès des voyageurs.",
        organisation=invented("Temps de l'opérateur de bord et de la régulation."),
        finances=invented("Dépense nette, et ce que serait une ligne permanente."),
    ),
    if_confirmed=Promise.PARTIAL,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.ABANDONMENT,
)  # fmt: skip

COSTS = d.Costs(
    **euros(authority=200000),
    rollout="Non publié.",
    leaving="Coût non publié : le montant prévu pour la collectivité est inventé (fictif).",
)

PUBLICATION = d.Publication(
    plain="Pendant l'essai, une navette sans chauffeur s'ajoute aux transports habituels. Elle roule lentement, avec "
    "un opérateur à bord. Rien n'est retiré du réseau (fictif).",
    notice=invented("Panneaux aux arrêts et le long du parcours."),
)

LAUNCH = r.Launch(
    baselines=[
        measured_at_start("freinages", 40, date(2018, 5, 28)),
        measured_at_start("autonomie", 5, date(2018, 5, 28)),
    ],
    agreements=invented("Convention avec les partenaires, assurance du constructeur, responsabilité de l'exploitant."),
    informed_on=date(2018, 5, 28),
    informed_how=invented("Panneaux aux arrêts et réunion avec les riverains."),
    conditions=invented("Un opérateur formé est à bord à chaque trajet."),
)

EVALUATION = r.Evaluation(
    results=[
        result("voyageurs", 5200, "Chiffre publié : environ 5 200 voyageurs, en 1 029 trajets."),
        result("vitesse", 10, "Chiffre publié pour la première phase. En seconde phase, 18 km/h sont publiés."),
        unmeasured("freinages", "Des freinages brusques fréquents sont signalés ; leur nombre n'est pas publié."),
        unmeasured("autonomie"),
    ],
    limits=invented("Un seul véhicule, quelques mois, des horaires réduits : rien sur une ligne permanente."),
    departures=invented("Aucun écart sur les parcours ; l'autonomie n'a pas été relevée de façon continue."),
    remarks=invented(
        "Les voyageurs sont curieux et se disent en confiance ; ceux qui prenaient la navette debout se plaignent des "
        "freinages."
    ),
    effects=r.ObservedEffects(
        cost="Non publié.",
        quality="Des freinages brusques fréquents sont signalés en seconde phase (publié).",
        organisation="Un opérateur reste nécessaire à bord (publié).",
        finances="Non publié.",
        agents=invented("Le métier de conducteur devient celui d'opérateur de bord ; une formation est nécessaire."),
        environment="Véhicule électrique (publié) ; bilan complet non publié.",
        equity=invented("La marche d'accès convient aux fauteuils ; les personnes âgées restent assises."),
        privacy=invented("Les capteurs ne gardent aucune image."),
        undesired="Freinages brusques (publié) ; file de voitures derrière la navette (fictif).",
    ),
    verdict=Finding.INCONCLUSIVE,
    summary=invented(
        "Les voyageurs sont venus. Mais la navette freine trop souvent, roule lentement et a besoin d'un opérateur : "
        "l'essai ne permet pas de dire qu'elle rendrait service tous les jours."
    ),
)

CLOSING = r.Closing(
    fates=[r.Fate(id="f-conduite", derogation="conduite", fate=DerogationFate.LAPSED)],
    data=invented("Relevés de bord remis au Cerema, puis effacés chez le constructeur le 30 juin 2020."),
    equipment=invented("Navette rendue au constructeur ; panneaux d'arrêt réemployés par l'exploitant."),
    told_on=date(2020, 6, 15),
    lessons=invented(
        "Regarder la circulation avant le véhicule : les freinages viennent surtout des autres. Publier les chiffres "
        "de la seconde phase comme ceux de la première. Prévoir dès le départ le coût par voyageur."
    ),
    published_on=date(2020, 6, 15),
    attested=True,
)


def stories(_days: Days) -> list[Story]:
    story = Story("navette", contributor="contributeur")
    story.open(date(2018, 2, 12), IDENTITY)
    story.write(date(2018, 3, 26), DURATION, DEROGATIONS, COSTS)
    story.write(date(2018, 4, 4), STAKEHOLDERS, PROTOCOL, PUBLICATION, by="contributeur")
    story.ask_opinion(date(2018, 4, 5), "rssi", OpinionKind.SECURITY, "Les liaisons entre la navette et la régulation.")
    story.give_opinion(
        date(2018, 4, 19), "rssi", OpinionSense.FAVOURABLE,
        invented("Aucune commande n'est possible à distance ; les relevés passent par un réseau séparé."),
    )  # fmt: skip
    story.cross(date(2018, 4, 20), "submit")
    granted = date(2018, 5, 14)
    story.cross(
        granted, "authorise",
        act(
            Act, granted, 37, "Autorisation d'expérimenter une navette autonome électrique",
            law=METROPOLIS + " Ordonnance du 3 août 2016 et décret du 28 mars 2018.",
            facts=invented("Le parcours est court et reconnu ; un opérateur est à bord ; un tiers évalue."),
            conditions=invented("Un opérateur formé est à bord à chaque trajet."),
            capacity="Vice-présidence aux mobilités",
        ),
    )  # fmt: skip
    story.write(date(2018, 5, 29), LAUNCH)
    story.cross(date(2018, 6, 4), "start")
    story.record_interim(
        date(2018, 9, 17),
        r.Interim(
            results=[result("voyageurs", 5200, "Chiffre publié."), result("vitesse", 10, "Chiffre publié.")],
            summary="Première phase : 1 029 trajets, environ 5 200 voyageurs, 10 km/h de moyenne (publié).",
        ),
    )
    story.cross(date(2019, 5, 31), "finish")
    story.write(date(2020, 4, 27), EVALUATION)
    story.cross(date(2020, 4, 29), "evaluate")
    decided = date(2020, 5, 26)
    story.cross(
        decided, "decide-abandon",
        act(
            Conclusion, decided, 52, "Fin de l'expérimentation de la navette autonome électrique", law=METROPOLIS,
            facts=invented("L'évaluation ne conclut pas ; l'engagement pris avant le début est de ne pas poursuivre."),
            capacity="Vice-présidence aux mobilités",
        ),
    )  # fmt: skip
    story.write(date(2020, 6, 30), CLOSING)
    story.cross(date(2020, 7, 6), "close")
    story.write(
        date(2021, 7, 13),
        r.FollowUp(
            state=invented("La navette ne circule plus ; le parcours sert à une ligne de bus ordinaire."),
            surprises=invented("Le marquage au sol, posé pour la navette, guide aujourd'hui les vélos."),
            seen_on=date(2021, 7, 8),
        ),
    )
    return [story]
