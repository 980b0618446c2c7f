"""Internet solidaire: under way, past its mid-term, extended once on an interim evaluation."""

from __future__ import annotations

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.vocabulary import Association, Method, OpinionKind, OpinionSense, Promise, StakeholderKind

from .days import Days, after, before
from .forms import CHARTER, DOWN, UP, criterion, euros, measured_at_start, result, who
from .story import Story, act
from .words import invented

IDENTITY = d.Identity(
    title="Internet solidaire à Port-Boyer",
    summary="Mille foyers de logements sociaux du quartier Port-Boyer se voient proposer un accès à internet à partir "
    "de 2,90 € par mois, le prêt d'un équipement et une formation.",
    policy="numerique",
    problem="10 % des habitants de la métropole se déclarent en difficulté avec les outils numériques et internet ; "
    "ils sont 14 % dans les quartiers prioritaires (stratégie numérique responsable, 2024). 80 % des personnes les "
    "moins à l'aise ont plus de 50 ans.",
    hypothesis="Un accès à moins de 3 € par mois, avec un équipement prêté et un accompagnement, connecte durablement "
    "des foyers qui ne l'étaient pas et allège leurs dépenses.",
    description="L'offre comprend un accès à 10 Mb/s à partir de 2,90 € par mois, le prêt d'un équipement et une "
    "formation à la prise en main. Elle est proposée à 1 000 foyers de Port-Boyer par Nantes Métropole et le bailleur "
    "Nantes Métropole Habitat ; le fournisseur d'accès est Qoontoo.\n\n"
    "Ce qui est publié : le lieu, les partenaires, l'offre, les 750 000 € de la Banque des Territoires, le démarrage "
    "début 2024 et la durée annoncée de dix-huit mois. Les résultats ne sont pas publiés.\n\n"
    "Ce qui est inventé pour la démonstration : les dates de ce dossier, décalées pour le montrer en cours, les "
    "contacts, le rôle exact des partenaires, les actes, et tout texte ou chiffre suivi de la mention (fictif).",
    novelty="Un premier essai, en 2022, a porté sur environ 200 logements.",
    why_experiment=invented(
        "Le tarif n'est tenable que si assez de foyers souscrivent et restent : seul un essai grandeur nature le dira."
    ),
    alternatives=invented(
        "Un chèque versé aux foyers pour payer l'abonnement de leur choix : plus simple, sans équipement ni "
        "accompagnement, coût non chiffré. Des points d'accès gratuits dans les maisons de quartier : moins chers, "
        "mais ils ne remplacent pas une connexion chez soi."
    ),
    organisation="Nantes Métropole",
    department="Direction des usages numériques",
    function="Responsable de l'inclusion numérique",
    mailbox="inclusion-numerique@demo.example",
    communes=["44109"],
    place="Quartier Port-Boyer",
    people="Foyers locataires de Nantes Métropole Habitat",
    people_max=1000,
)

DEROGATIONS = d.Derogations(
    none=True,
    none_reason="Aucune règle n'est écartée. Le tarif, inférieur à celui du marché, est librement fixé par "
    "l'opérateur ; les données des abonnés sont traitées selon le RGPD, auquel aucune expérimentation ne déroge.",
)

PROTOCOL = d.Protocol(
    criteria=[
        criterion(
            "abonnes", "Les foyers souscrivent-ils ?", "Foyers abonnés", "foyers", UP, start=0, target=600,
            threshold=200, source="Relevés mensuels de l'opérateur", when="Chaque mois",
        ),
        criterion(
            "maintien", "Restent-ils connectés ?", "Part des abonnés toujours connectés douze mois après", "%", UP,
            start=0, target=80, threshold=50, source="Relevés mensuels de l'opérateur", when="À douze et dix-huit mois",
        ),
        criterion(
            "difficulte", "Le numérique devient-il moins difficile ?",
            "Part des habitants qui se déclarent en difficulté avec les outils numériques", "%", DOWN, start=14,
            target=10, threshold=18, source="Départ : stratégie de 2024, quartiers prioritaires ; enquête annuelle",
            when="Avant, puis à douze mois",
        ),
        criterion(
            "equipement", "L'équipement prêté sert-il ?", "Part des foyers sans ordinateur ni tablette", "%", DOWN,
            target=15, threshold=40, source="Enquête auprès des locataires", when="Avant, puis à douze mois",
            made_up="départ, cible et seuil",
        ),
    ],
    method=Method.COMPARISON,
    comparison=invented("Deux ensembles du même bailleur où l'offre n'est pas proposée, interrogés aux mêmes dates."),
    evaluator=invented("Laboratoire universitaire indépendant"),
    interests=invented("Aucun lien avec l'opérateur ni avec le bailleur."),
    effects=d.PlannedEffects(
        cost=invented("Coût par foyer connecté, subventions comprises, relevé chaque trimestre."),
        quality=invented("Débit constaté et délai de dépannage, d'après l'opérateur et une enquête."),
        organisation=invented("Temps passé par les agents du bailleur et les médiateurs numériques."),
        finances=invented("Dépense nette de la collectivité, et ce qu'elle serait pour tout le parc social."),
    ),
    if_confirmed=Promise.PARTIAL,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.ABANDONMENT,
)  # fmt: skip

COSTS = d.Costs(
    **euros(authority=180000, grants=750000),
    rollout="Non publié.",
    leaving=invented("Les foyers gardent l'équipement ; l'abonnement prend fin avec deux mois de préavis.")
    + "\n\nLa subvention de 750 000 € de la Banque des Territoires est publiée ; le coût pour la collectivité ne l'est "
    "pas, le montant indiqué est inventé (fictif).",
)

PUBLICATION = d.Publication(
    plain="Rien ne change pour qui ne souscrit pas. Les autres paient à partir de 2,90 € par mois, reçoivent un "
    "équipement en prêt et peuvent suivre une formation. Chacun peut arrêter quand il le souhaite (fictif).",
    notice=invented("Affiche dans chaque hall, courrier du bailleur, deux permanences par semaine au pied des tours."),
)

INTERIM = r.Interim(
    results=[
        result("abonnes", 430, invented("Les souscriptions ralentissent après le sixième mois.")),
        result("maintien", 88, invented("Mesuré à six mois seulement, et non à douze.")),
        result("difficulte", 13, invented("La baisse est dans la marge d'erreur de l'enquête.")),
        result("equipement", 24, invented("La part était de 31 % avant le début.")),
    ],
    summary=invented(
        "Quatre foyers sur dix ont souscrit, et presque tous sont restés. On ne sait pas encore si les habitants se "
        "sentent plus à l'aise : l'enquête n'a été passée qu'auprès de la moitié des foyers. Six mois de plus "
        "permettraient de conclure."
    ),
)


def stories(days: Days) -> list[Story]:
    starts, ends, new_end = days.first(-16), days.last(1), days.last(7)
    designed = after(days.first(-19), 6)
    story = Story("internet", contributor="contributeur", deputy="porteur2", head="valideur2")
    story.open(after(days.first(-20), 4), IDENTITY)
    story.write(
        after(days.first(-19), 8),
        d.Duration(
            starts_on=starts, ends_on=ends, midterm_on=days.first(-7), evaluation_due_on=before(ends, 35),
            decision_due_on=before(ends, 7), decision_body="Conseil métropolitain",
            reason="Dix-huit mois sont la durée annoncée par la collectivité. Il faut une année pleine de présence "
            "dans les logements pour mesurer si les foyers restent connectés. Les dates d'ici sont décalées (fictif).",
        ),
        DEROGATIONS,
        _stakeholders(days),
        COSTS,
    )  # fmt: skip
    story.write(after(days.first(-19), 10), PROTOCOL, PUBLICATION, by="contributeur")
    story.ask_opinion(
        after(designed, 6), "dpo", OpinionKind.DPO, "Les données des abonnés, de l'opérateur à l'évaluateur."
    )
    story.give_opinion(
        after(designed, 18), "dpo", OpinionSense.RESERVED,
        invented("Favorable, si l'évaluateur ne reçoit que des chiffres par cage d'escalier, jamais par foyer."),
    )  # fmt: skip
    story.cross(after(days.first(-18), 3), "submit")
    granted = after(days.first(-18), 20)
    story.cross(
        granted, "authorise",
        act(
            Act, granted, 61, "Autorisation d'expérimenter Internet solidaire à Port-Boyer",
            law=CHARTER,
            facts=invented(
                "Le premier essai, en 2022, a montré que l'offre était attendue ; l'échelle de mille foyers permet "
                "d'en connaître le coût réel."
            ),
            conditions=invented("Transmettre à l'évaluateur des données agrégées seulement."),
        ),
    )  # fmt: skip
    _run(story, days)
    story.ask_extension(
        after(days.first(-2), 8),
        r.ExtensionRequest(
            ends_on=new_end,
            reason=invented("Passer l'enquête auprès de tous les foyers, et les suivre deux années pleines."),
        ),
    )
    extended = after(days.first(-1), 10)
    story.cross(
        extended, "extend",
        act(
            Act, extended, 88, "Prolongation d'Internet solidaire, jusqu'à une nouvelle fin ferme",
            law=CHARTER,
            facts=invented("L'évaluation intermédiaire est encourageante sans conclure ; six mois suffisent."),
        ),
    )  # fmt: skip
    return [story]


def _run(story: Story, days: Days) -> None:
    measured = before(days.first(-16), 12)
    story.write(
        measured,
        r.Launch(
            baselines=[measured_at_start("equipement", 31, measured)],
            agreements=invented("Convention signée entre la métropole, le bailleur et l'opérateur."),
            informed_on=before(days.first(-16), 14),
            informed_how=invented("Courrier à chaque locataire et deux réunions au pied des immeubles."),
            conditions=invented("L'opérateur transmet un tableau par cage d'escalier, sans nom ni adresse."),
        ),
    )
    story.cross(after(days.first(-16), 0), "start")
    story.review(after(days.first(-11), 8))
    story.record_interim(after(days.first(-6), 9), INTERIM)
    story.review(after(days.first(-5), 2))


def _stakeholders(days: Days) -> d.Stakeholders:
    agreed, met = before(days.first(-19), 12), before(days.first(-19), 20)
    paper = invented("Convention de partenariat")
    return d.Stakeholders(
        items=[
            who("nmh", "Nantes Métropole Habitat", StakeholderKind.PARTNER, Association.CO_DESIGN,
                invented("Bailleur : ouvre ses logements et prévient les locataires."), paper, agreed),
            who("qoontoo", "Qoontoo", StakeholderKind.PARTNER, Association.CO_DESIGN,
                "Fournit l'accès à internet.", paper, agreed),
            who("ush", "USH Pays de la Loire", StakeholderKind.PARTNER, Association.CONSULTED,
                invented("Fait le lien avec les autres bailleurs sociaux."), invented("Compte rendu de réunion"), met),
            who("bdt", "Banque des Territoires", StakeholderKind.FUNDER, Association.CONSULTED,
                "Apporte 750 000 €.", invented("Lettre d'engagement"), met),
            who("locataires", "Locataires de Port-Boyer", StakeholderKind.RESIDENTS, Association.CONSULTED,
                invented("Disent ce que l'accompagnement doit contenir."),
                invented("Compte rendu de la réunion de locataires"), met),
        ],
        information=invented(
            "Vous pouvez souscrire un accès à internet à tarif réduit ; vous n'y êtes pas obligé. L'opérateur connaît "
            "votre abonnement. La métropole et l'évaluateur ne voient que des totaux."
        ),
        withdrawal=invented("Un courriel ou un passage en permanence suffit, sans motif et sans frais."),
        alternative=invented("Les points d'accès et les ateliers de la maison de quartier, ouverts à tous."),
    )  # fmt: skip
