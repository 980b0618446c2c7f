"""Yhnova, the social house whose walls were printed: closed, kept in part by a made-up decision."""

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
from .forms import DOWN, UP, criterion, euros, result, unmeasured, who
from .story import Story, act
from .words import invented

STARTS, ENDS = date(2017, 9, 4), date(2019, 9, 3)
HOUSING_OFFICE = "Code de la construction et de l'habitation, articles L421-1 et suivants."
PARTNER, CO_DESIGN = StakeholderKind.PARTNER, Association.CO_DESIGN
SIGNED = (invented("Convention de partenariat"), date(2017, 3, 16))

IDENTITY = d.Identity(
    title="Yhnova, un logement social imprimé en 3D",
    summary="À la Bottière, les murs d'une maison sociale de 95 m² sont imprimés en 54 heures en septembre 2017. Une "
    "famille y habite à partir de l'été 2018, pendant que l'on mesure comment la maison vieillit.",
    policy="habitat",
    problem="Construire un logement social est long, coûteux et pénible pour ceux qui le bâtissent.",
    hypothesis="Imprimer les murs réduit la durée du chantier et sa pénibilité, sans perte de confort pour ceux qui "
    "habitent.",
    description="Les murs sont imprimés en 54 heures, en septembre 2017. La maison, de 95 m², coûte 195 000 € hors "
    "taxes. Elle est inaugurée le 21 mars 2018 et habitée à partir de l'été 2018.\n\n"
    "Ce qui est publié : le lieu, les partenaires, les 54 heures, la surface, le coût, les dates du chantier et de "
    "l'inauguration, un à deux ans d'essais annoncés, la famille logée, des enseignements listés par l'université. La "
    "règle de construction écartée n'est pas publiée.\n\n"
    "Ce qui est inventé pour la démonstration : les contacts, le rôle exact des partenaires, les jours exacts, les "
    "actes, et tout texte ou chiffre suivi de la mention (fictif).",
    novelty="C'est la première maison sociale construite par impression 3D.",
    why_experiment="Le confort et le vieillissement d'une maison ne se connaissent qu'en l'habitant.",
    alternatives=invented(
        "La même maison en parpaings : six mois de chantier, coût comparable. La préfabrication en bois : éprouvée, "
        "rapide, mais moins libre dans les formes."
    ),
    organisation="Nantes Métropole Habitat",
    department="Direction de la construction",
    function="Responsable de l'innovation",
    mailbox="habitat@demo.example",
    communes=["44109"],
    place="Quartier de la Bottière",
    people="Une famille locataire",
)

DURATION = d.Duration(
    starts_on=STARTS, ends_on=ENDS, midterm_on=date(2018, 9, 3), evaluation_due_on=date(2019, 7, 31),
    decision_due_on=date(2019, 8, 30), decision_body="Conseil d'administration de Nantes Métropole Habitat",
    reason="Le chantier, puis une année d'occupation complète, pour mesurer la maison à toutes les saisons. Un à deux "
    "ans d'essais ont été annoncés ; le jour près est inventé (fictif).",
)  # fmt: skip

DEROGATIONS = d.Derogations(
    items=[
        d.Derogation(
            id="murs",
            rule="Règles techniques de construction ; article non publié, à qualifier",
            level=RuleLevel.ORDER,
            basis=invented("Appréciation technique d'expérimentation, délivrée pour ce seul chantier."),
            scope="Les murs porteurs sont imprimés selon un procédé qui n'a pas d'avis technique, pour cette seule "
            "maison.",
            starts_on=STARTS,
            ends_on=ENDS,
            interest="Savoir si le procédé peut servir au logement social.",
            harmless=invented("Calculs et essais de résistance faits sur des murs témoins avant le chantier."),
            safeguards=invented("Bureau de contrôle sur place ; la famille peut être relogée dans la semaine."),
            reasons=invented(
                "En droit, la dérogation est limitée à un bâtiment et à une durée. En fait, les murs témoins ont "
                "résisté."
            ),
        )
    ]
)

STAKEHOLDERS = d.Stakeholders(
    items=[
        who("univ", "Nantes Université (LS2N, GeM)", PARTNER, CO_DESIGN,
            "Partenaire scientifique ; publie des enseignements.", *SIGNED),
        who("tica", "TICA", PARTNER, CO_DESIGN, invented("Dessine la maison."), *SIGNED),
        who("cdc", "Caisse des Dépôts", StakeholderKind.FUNDER, Association.CONSULTED, "Finance une part du projet.",
            invented("Convention de financement"), date(2017, 4, 6)),
        who("famille", "La famille locataire", StakeholderKind.RESIDENTS, Association.INFORMED,
            "Habite la maison à partir de l'été 2018."),
    ],
    information=invented(
        "Votre maison a des murs imprimés. Des capteurs mesurent la chaleur, l'humidité et la qualité de l'air, jamais "
        "ce que vous dites ni ce que vous faites."
    ),
    withdrawal=invented("Les capteurs se débranchent à votre demande ; cela ne change rien à votre bail."),
    alternative=invented("Un autre logement du bailleur, aux mêmes conditions."),
)  # fmt: skip

PROTOCOL = d.Protocol(
    criteria=[
        criterion("duree", "Le chantier est-il plus court ?", "Durée d'impression des murs", "heures", DOWN, start=200,
                  target=60, threshold=150, source="Journal de chantier", by="Nantes Université",
                  when="Fin du chantier", made_up="départ, cible et seuil"),
        criterion("cout", "Coûte-t-il plus cher ?", "Coût hors taxes de la maison", "€", DOWN, start=220000,
                  target=200000, threshold=260000, source="Décompte du bailleur", when="À la livraison",
                  made_up="départ, cible et seuil"),
        criterion("confort", "Y est-on bien ?", "Part des jours entre 19 et 26 °C dans le séjour", "%", UP, start=85,
                  target=85, threshold=70, source="Capteurs", by="Nantes Université", when="Après un an d'occupation",
                  made_up="départ, cible et seuil"),
    ],
    method=Method.COMPARISON,
    comparison=invented("Une maison du même bailleur, de même surface, livrée la même année."),
    evaluator=invented("Centre technique indépendant"),
    interests=invented("Aucun lien avec les partenaires du chantier."),
    effects=d.PlannedEffects(
        cost="Coût hors taxes de la maison, comparé à celui d'une construction ordinaire.",
        quality="Performance thermique et confort de la famille.",
        organisation="Pénibilité du chantier.",
        finances=invented("Coût d'entretien sur dix ans, estimé par le bailleur."),
    ),
    if_confirmed=Promise.PARTIAL,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.PARTIAL,
)  # fmt: skip

COSTS = d.Costs(
    **euros(authority=195000),
    rollout="Non publié.",
    leaving=invented("Pose d'un doublage isolant ordinaire si les murs se dégradent, à la charge du bailleur."),
    **euros(actual=195000),
    actual_note="195 000 € hors taxes : le seul coût publié ; le coût prévu à l'origine ne l'est pas.",
)

PUBLICATION = d.Publication(
    plain="Une maison sociale est construite autrement, puis louée comme les autres. La famille qui l'habite sait "
    "qu'elle participe à un essai.",
    notice=invented("Panneau de chantier, visite ouverte aux voisins."),
)

LAUNCH = r.Launch(
    agreements=invented("Convention de partenariat, assurance du chantier, garantie du bailleur."),
    informed_on=date(2017, 8, 28),
    informed_how=invented("Réunion avec les voisins du chantier ; la famille sera informée avant de signer son bail."),
)

EVALUATION = r.Evaluation(
    results=[
        result("duree", 54, "Chiffre publié : les murs sont imprimés en 54 heures."),
        result("cout", 195000, "Chiffre publié, hors taxes."),
        unmeasured("confort", "Des essais d'un à deux ans ont été annoncés ; leurs mesures ne sont pas publiées."),
    ],
    limits=invented("Une seule maison, une seule famille : on ne peut pas conclure pour d'autres."),
    departures=invented("Aucun écart sur le chantier ; les mesures de confort n'ont pas été rendues à temps."),
    remarks=invented(
        "La famille apprécie la lumière et la fraîcheur d'été ; fixer une étagère demande un outil spécial."
    ),
    effects=r.ObservedEffects(
        cost="195 000 € hors taxes (publié).",
        quality="Une famille est logée (publié) ; mesures de confort non publiées.",
        organisation="Murs imprimés en 54 heures (publié).",
        finances="Non publié.",
        agents=invented("Moins de charges portées ; un métier nouveau, celui de conducteur de robot."),
        environment=invented("L'isolant du coffrage n'est pas recyclé."),
        equity=invented("Le loyer est celui d'un logement social ordinaire."),
        privacy=invented("Les capteurs n'ont relevé que la température, l'humidité et l'air."),
        undesired=invented("Des visiteurs s'arrêtent souvent devant la maison."),
    ),
    verdict=Finding.INCONCLUSIVE,
    summary="Les murs ont été imprimés en 54 heures et la maison est habitée. Faute de mesures publiées sur le "
    "confort, on ne peut pas dire qu'elle vaut mieux qu'une autre : verdict inventé (fictif).",
)

CLOSING = r.Closing(
    fates=[r.Fate(id="f-murs", derogation="murs", fate=DerogationFate.LAPSED)],
    data=invented("Relevés des capteurs anonymisés et remis à l'université le 30 septembre 2019 ; originaux effacés."),
    equipment=invented("Capteurs débranchés et réemployés dans un autre logement ; la maison reste louée."),
    told_on=date(2019, 9, 23),
    lessons="L'université a publié ses enseignements. "
    + invented("Rendre les mesures publiques chaque trimestre, sans attendre la fin, aurait permis de conclure."),
    published_on=date(2019, 9, 30),
    attested=True,
)


def stories(_days: Days) -> list[Story]:
    story = Story("yhnova", lead="porteur2", chief="valideur2")
    story.open(date(2017, 3, 6), IDENTITY)
    story.write(date(2017, 5, 15), DURATION, DEROGATIONS, STAKEHOLDERS, COSTS)
    story.write(date(2017, 5, 22), PROTOCOL, PUBLICATION)
    story.ask_opinion(date(2017, 5, 23), "dpo", OpinionKind.DPO, "Des capteurs dans un logement occupé.")
    story.give_opinion(
        date(2017, 6, 8), "dpo", OpinionSense.RESERVED,
        invented("Favorable, si les capteurs se débranchent et ne permettent pas de savoir qui est présent."),
    )  # fmt: skip
    story.cross(date(2017, 6, 9), "submit")
    granted, decided = date(2017, 7, 4), date(2019, 8, 27)
    by = {
        "body": "Conseil d'administration de Nantes Métropole Habitat",
        "capacity": "Présidence du conseil d'administration",
    }
    story.cross(
        granted, "authorise",
        act(
            Act, granted, 21, "Autorisation de construire et d'observer la maison Yhnova", **by,
            law=HOUSING_OFFICE,
            facts=invented("Les murs témoins ont résisté ; la famille pourra être relogée."),
        ),
    )  # fmt: skip
    story.write(date(2017, 8, 30), LAUNCH)
    story.cross(date(2017, 9, 4), "start")
    story.cross(date(2019, 6, 28), "finish")
    story.write(date(2019, 7, 25), EVALUATION)
    story.cross(date(2019, 7, 26), "evaluate")
    story.cross(
        decided, "decide-maintain",
        act(
            Conclusion, decided, 40, "Suites de la maison Yhnova : maintien en location, sans nouveau chantier", **by,
            law=HOUSING_OFFICE,
            facts=invented("La maison reste louée. Aucun autre chantier n'est lancé tant que le confort n'est pas "
            "connu."),
        ),
    )  # fmt: skip
    story.write(date(2019, 10, 1), CLOSING)
    story.cross(date(2019, 10, 7), "close")
    story.write(
        date(2020, 10, 13),
        r.FollowUp(
            state=invented("La maison est habitée ; les murs ne montrent aucune fissure nouvelle."),
            surprises=invented(
                "Les visites demandées par d'autres villes ont fatigué la famille : elles se font désormais sur plan."
            ),
            seen_on=date(2020, 10, 8),
        ),
    )
    return [story]
