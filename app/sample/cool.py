"""Coasis, cool street furniture: shown as over before the term that had been announced."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion, Stop
from experiments.vocabulary import (
    ActKind,
    Association,
    DerogationFate,
    DerogationKind,
    Finding,
    Method,
    Promise,
    RuleLevel,
    StakeholderKind,
    StopReason,
)

from .days import Days
from .forms import METROPOLIS, UP, criterion, euros, measured_at_start, unmeasured, who
from .story import Story, act
from .words import invented

STARTS, ENDS = date(2022, 7, 1), date(2023, 12, 31)
PARTNER, CO_DESIGN = StakeholderKind.PARTNER, Association.CO_DESIGN
SIGNED = (invented("Convention de partenariat"), date(2022, 4, 14))

IDENTITY = d.Identity(
    title="Coasis, mobilier de fraîcheur à Pont-Rousseau",
    summary="Un mobilier urbain offre 6 m² d'ombre et un banc autonome à Pont-Rousseau, quartier de Rezé, "
    "de juillet 2022 à octobre 2023. Dix-huit mois étaient annoncés.",
    policy="climat",
    problem="Les lieux minéraux gardent la chaleur. Attendre sous le soleil y devient pénible, et planter n'y est pas "
    "toujours possible.",
    hypothesis="Un mobilier d'ombre posé en peu de temps rafraîchit le lieu assez pour que l'on s'y arrête.",
    description="Un mobilier urbain, qui offre 6 m² d'ombre et un banc autonome, est installé à Pont-Rousseau. Samoa "
    "en conduit une évaluation à 360°.\n\n"
    "À son installation, en juillet 2022, il est moqué publiquement : « un arbre, c'est mieux ». La question est "
    "légitime ; la réponse est à la rubrique des autres solutions.\n\n"
    "Ce qui est publié : le lieu, les partenaires, l'ombre de 6 m², l'évaluation à 360°, les dix-huit mois annoncés et "
    "la période affichée, juillet 2022 – octobre 2023. Le motif de la fin, les mesures et la décision ne sont pas "
    "publiés.\n\n"
    "Ce qui est inventé pour la démonstration : les contacts, le rôle exact des partenaires, les jours exacts, les "
    "actes, et tout texte ou chiffre suivi de la mention (fictif).",
    novelty=invented("Aucun mobilier de ce type n'avait été évalué sur une place de la métropole."),
    why_experiment="Le rafraîchissement ressenti sur une place donnée se mesure sur cette place.",
    alternatives="Pourquoi pas un arbre ? " + invented(
        "Un arbre d'alignement rafraîchit mieux et dure plus longtemps. Il demande une fosse, que les réseaux "
        "souterrains interdisent ici, et dix ans pour donner de l'ombre ; coût non chiffré. Une voile d'ombrage : "
        "moins chère, sans banc ni végétaux."
    ),
    organisation="Nantes Métropole",
    department="Direction de l'espace public",
    function="Responsable de l'adaptation de l'espace public",
    mailbox="espace-public@demo.example",
    communes=["44143"],
    place="Pont-Rousseau",
    people="Passants, riverains et voyageurs",
)  # fmt: skip

DURATION = d.Duration(
    starts_on=STARTS, ends_on=ENDS, midterm_on=date(2023, 3, 31), evaluation_due_on=date(2023, 11, 30),
    decision_due_on=date(2023, 12, 15), decision_body="Bureau métropolitain",
    reason="Deux étés, pour comparer. Les dix-huit mois sont ceux qui ont été annoncés ; le jour près est inventé "
    "(fictif).",
)  # fmt: skip

DEROGATIONS = d.Derogations(
    items=[
        d.Derogation(
            id="place",
            kind=DerogationKind.PUBLIC_DOMAIN,
            rule="Règlement de voirie : occupation de la place par un mobilier privé ; à qualifier, article non publié",
            level=RuleLevel.ORDER,
            basis="Code général de la propriété des personnes publiques, article L2122-1.",
            scope="Le groupement occupe l'emprise du mobilier sur la place, de jour comme de nuit.",
            starts_on=STARTS,
            ends_on=ENDS,
            interest="Rafraîchir une place où l'on attend.",
            harmless=invented("Le cheminement des piétons et l'accès des secours restent libres."),
            safeguards=invented("Passage libre de 1,80 m, visite de sécurité chaque mois."),
            reasons=invented(
                "En droit, l'occupation du domaine public est possible par un titre précaire. En fait, l'emprise est "
                "réduite et le mobilier se démonte."
            ),
            operator="Spie batignolles, pour le groupement",
            domain_title=invented("Arrêté d'occupation temporaire"),
            domain_fee=invented("Gratuité : l'occupation sert une expérimentation d'intérêt général."),
            domain_publicity=invented("Appel à projets publié avant le choix du groupement."),
        )
    ]
)

STAKEHOLDERS = d.Stakeholders(
    items=[
        who("spie", "Spie batignolles", PARTNER, CO_DESIGN, invented("Conduit le groupement."), *SIGNED),
        who("ateliers", "Ateliers Mélusine, Valbois, Vertuo", PARTNER, CO_DESIGN,
            invented("Dessinent et fabriquent le mobilier."), *SIGNED),
        who("jcdecaux", "JCDecaux", PARTNER, Association.CONSULTED, "Partenaire du projet.", *SIGNED),
        who("samoa", "Samoa", StakeholderKind.EVALUATOR, Association.CONSULTED, "Conduit l'évaluation à 360°.",
            invented("Lettre de mission"), date(2022, 5, 12)),
        who("reze", "Ville de Rezé", StakeholderKind.COMMUNE, Association.CONSULTED,
            invented("Donne son accord sur le lieu."), invented("Courrier de la commune"), date(2022, 4, 21)),
    ],
    information=invented(
        "Ce mobilier est un essai. Il sera retiré ou gardé selon ce que l'on aura mesuré et selon ce que vous en direz."
    ),
    withdrawal=invented("La place reste ouverte à tous ; les remarques se font par courriel ou sur place."),
    alternative=invented("Les autres bancs de la place restent en service."),
)  # fmt: skip

PROTOCOL = d.Protocol(
    criteria=[
        criterion("fraicheur", "Fait-il moins chaud dessous ?", "Écart de température ressentie avec la place", "°C",
                  UP, start=0, target=4, threshold=1, source="Sondes, jours de plus de 28 °C", when="Chaque été"),
        criterion("usage", "S'y arrête-t-on ?", "Personnes assises par heure, l'été, de 12 h à 18 h", "personnes", UP,
                  target=8, threshold=2, source="Observation sur place", when="Été 2022 et été 2023",
                  made_up="départ, cible et seuil"),
        criterion("avis", "Les habitants en veulent-ils ?", "Part d'avis favorables", "%", UP, start=0, target=60,
                  threshold=30, source="Enquête auprès des passants", when="Après chaque été"),
    ],
    method=Method.FULL_CIRCLE,
    comparison=invented("Un banc sans ombre, à l'autre bout de la place, observé aux mêmes heures."),
    evaluator="Samoa",
    interests=invented("Samoa organise l'appel à projets : cet intérêt est déclaré."),
    effects=d.PlannedEffects(
        cost=invented("Coût du mobilier et de son entretien, comparé à celui d'un arbre sur vingt ans."),
        quality="Fraîcheur et confort, par une évaluation à 360°.",
        organisation=invented("Temps d'entretien et d'arrosage par les agents."),
        finances=invented("Dépense nette par m² d'ombre."),
    ),
    if_confirmed=Promise.PARTIAL,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.ABANDONMENT,
)  # fmt: skip

COSTS = d.Costs(
    **euros(authority=25000),
    rollout="Non publié.",
    leaving="Coûts non publiés : le montant prévu pour la collectivité est inventé (fictif).",
)

PUBLICATION = d.Publication(
    plain="Un abri d'ombre et un banc s'ajoutent sur la place. On peut s'y asseoir librement. Rien n'est retiré.",
    notice=invented("Panneau sur le mobilier, réunion de quartier."),
)

LAUNCH = r.Launch(
    baselines=[measured_at_start("usage", 1, date(2022, 6, 22))],
    agreements=invented("Convention avec le groupement, assurance du fabricant."),
    informed_on=date(2022, 6, 23),
    informed_how=invented("Panneau de chantier et réunion de quartier."),
    conditions=invented("Le passage libre de 1,80 m a été vérifié à la pose."),
)

NOTHING_MEASURED = "Mesure non publiée."
EVALUATION = r.Evaluation(
    results=[unmeasured(key, NOTHING_MEASURED) for key in ("fraicheur", "usage", "avis")],
    limits="Aucune mesure n'est publiée : rien ne peut être dit de la fraîcheur gagnée.",
    departures="La fin affichée est octobre 2023, avant les dix-huit mois annoncés (publié).",
    remarks="En juillet 2022, des habitants moquent le mobilier : « un arbre, c'est mieux » (publié). "
    + invented("D'autres, plus discrets, s'y assoient chaque jour."),
    effects=r.ObservedEffects(
        cost="Non publié.",
        quality="Non publié.",
        organisation=invented("L'arrosage a demandé plus de passages que prévu."),
        finances="Non publié.",
        agents=invented("Aucun effet notable observé."),
        environment="6 m² d'ombre (publié) ; bilan du mobilier non publié.",
        equity=invented("Le banc est accessible en fauteuil."),
        privacy=invented("Aucune donnée personnelle : l'observation est anonyme."),
        undesired="Moqueries publiques à l'installation (publié).",
    ),
    verdict=Finding.INCONCLUSIVE,
    summary="Le mobilier a été installé et discuté ; la période affichée s'achève en octobre 2023. Sans mesure "
    "publiée, l'essai ne dit pas s'il rafraîchit vraiment : verdict inventé (fictif).",
)

CLOSING = r.Closing(
    fates=[r.Fate(id="f-place", derogation="place", fate=DerogationFate.LAPSED)],
    data=invented("Aucune donnée personnelle ; relevés des sondes remis à l'évaluateur."),
    equipment=invented("Mobilier démonté ; bois repris par le fabricant, végétaux replantés dans un square."),
    told_on=date(2024, 1, 10),
    lessons=invented(
        "Répondre à « pourquoi pas un arbre ? » avant la pose, sur place et par écrit. Publier les mesures au fil de "
        "l'eau : un silence de dix-huit mois laisse toute la place aux moqueries."
    ),
    published_on=date(2024, 1, 10),
    attested=True,
)


def stories(_days: Days) -> list[Story]:
    story = Story("coasis", lead="porteur2", chief="valideur2")
    story.open(date(2022, 3, 7), IDENTITY)
    story.write(date(2022, 5, 16), DURATION, DEROGATIONS, STAKEHOLDERS, PROTOCOL, COSTS, PUBLICATION)
    story.cross(date(2022, 5, 17), "submit")
    granted, stopped, decided = date(2022, 6, 9), date(2023, 10, 16), date(2023, 12, 14)
    by = {"capacity": "Vice-présidence à l'espace public"}
    story.cross(
        granted, "authorise",
        act(
            Act, granted, 44, "Autorisation d'installer Coasis à Pont-Rousseau", **by, act=ActKind.ORDER,
            law=METROPOLIS + " CG3P, article L2122-1.",
            facts=invented("L'emprise est réduite, le mobilier se démonte, la commune est d'accord."),
            conditions=invented("Garder un passage libre de 1,80 m."),
        ),
    )  # fmt: skip
    story.write(date(2022, 6, 24), LAUNCH)
    story.cross(date(2022, 7, 1), "start")
    story.cross(
        stopped, "stop",
        act(
            Stop, stopped, 97, "Fin anticipée de l'expérimentation Coasis", law=METROPOLIS, **by,
            facts="La fin affichée est octobre 2023, deux mois avant le terme ; son motif n'est pas publié. L'acte est "
            "inventé (fictif).",
            stop_reason=StopReason.OTHER,
        ),
    )  # fmt: skip
    story.write(date(2023, 11, 27), EVALUATION)
    story.cross(date(2023, 11, 28), "evaluate")
    story.cross(
        decided, "decide-abandon",
        act(
            Conclusion, decided, 118, "Suites de l'expérimentation Coasis", law=METROPOLIS, **by,
            facts=invented("Faute de mesures, l'essai ne conclut pas ; l'engagement était alors de ne pas poursuivre."),
        ),
    )  # fmt: skip
    story.write(date(2024, 1, 15), CLOSING)
    story.cross(date(2024, 1, 22), "close")
    story.write(
        date(2025, 1, 28),
        r.FollowUp(
            state=invented("Le mobilier est remonté dans une cour d'école ; le parvis attend ses arbres."),
            surprises=invented("Les habitants ont redemandé les bancs plus que l'ombre."),
            seen_on=date(2025, 1, 23),
        ),
    )
    return [story]
