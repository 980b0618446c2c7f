"""Public space: a call for safer streets, its mid-term near; a fresco that is authorised and about to start."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.vocabulary import (
    ActKind,
    Association,
    DerogationKind,
    Method,
    Promise,
    RuleLevel,
    StakeholderKind,
)

from .days import Days, after, before
from .forms import CHARTER, DOWN, UP, criterion, euros, measured_at_start, who
from .story import Story, act, because
from .words import invented

CONSULTED = Association.CONSULTED
CG3P = " Code général de la propriété des personnes publiques, article L2122-1."

STREETS = d.Identity(
    title="Espaces publics non sexistes",
    summary="Des équipes retenues par un appel à projets essaient, dans la rue, de quoi la rendre plus accueillante "
    "aux femmes : comportements, trajets plus sûrs, parentalité.",
    policy="egalite",
    problem="Les femmes évitent certaines rues, certaines heures, certains équipements. L'espace public a longtemps "
    "été dessiné sans les consulter.",
    hypothesis="De petits aménagements, choisis avec celles qui passent, changent les trajets et les usages d'un lieu.",
    description="Après une évaluation participative des espaces publics, menée de septembre 2024 à avril 2025, un "
    "appel à projets est lancé à l'automne 2025 sur trois thèmes : les comportements, les trajets plus sûrs, la "
    "parentalité. Les projets retenus s'installent sur le domaine public.\n\n"
    "Ce qui est publié : l'évaluation participative, l'appel, ses thèmes et ses partenaires. Ce qui est inventé pour "
    "la démonstration : les dates et les lieux de ce dossier, les contacts, le rôle exact des partenaires, les actes, "
    "et tout texte ou chiffre suivi de la mention (fictif).",
    novelty="Les lieux et les thèmes viennent d'une évaluation participative et non d'un bureau d'études.",
    why_experiment=invented("Un éclairage ou un banc bien placé se corrige en une semaine ; une rue refaite, non."),
    alternatives=invented(
        "Des patrouilles plus fréquentes : utiles, sans effet sur la façon dont la rue est faite. Tailler les haies et "
        "réparer les lampadaires : le plus simple, fait en même temps."
    ),
    organisation="Nantes Métropole et Ville de Nantes",
    department="Mission égalité",
    function="Responsable de la mission égalité",
    mailbox="egalite@demo.example",
    communes=["44109"],
    place=invented("Trois lieux, choisis avec les habitantes"),
    people="Passantes et passants",
)

STREETS_PROTOCOL = d.Protocol(
    criteria=[
        criterion("detour", "Fait-on encore un détour ?", "Part des femmes qui évitent le lieu après 21 h", "%", DOWN,
                  target=30, threshold=55, source="Enquête sur place", when="Avant, à mi-parcours et à la fin",
                  made_up="départ, cible et seuil"),
        criterion("presence", "La rue est-elle partagée ?", "Part de femmes parmi les personnes assises", "%", UP,
                  target=45, threshold=25, source="Comptage à vue, sans caméra", when="Chaque trimestre",
                  made_up="départ, cible et seuil"),
        criterion("enfants", "Peut-on s'y arrêter avec un enfant ?", "Enfants présents par heure, le mercredi",
                  "enfants", UP, target=15, threshold=4, source="Comptage à vue", when="Chaque trimestre",
                  made_up="départ, cible et seuil"),
    ],
    method=Method.BEFORE_AFTER,
    comparison=invented("Trois lieux semblables, sans aménagement, observés aux mêmes heures."),
    evaluator=invented("Coopérative de recherche en sciences sociales"),
    interests=invented("Aucun lien avec les équipes retenues ni avec le partenaire de l'appel."),
    effects=d.PlannedEffects(
        cost=invented("Coût par lieu, entretien compris."),
        quality=invented("Sentiment de sécurité et confort, par enquête."),
        organisation=invented("Temps des équipes d'entretien et de médiation."),
        finances=invented("Ce que coûterait l'aménagement dans dix lieux."),
    ),
    if_confirmed=Promise.PARTIAL,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.PARTIAL,
)  # fmt: skip


def stories(days: Days) -> list[Story]:
    return [_streets(days), _fresco(days)]


def _occupation(starts: date, ends: date, key: str, what: str) -> d.Derogations:
    return d.Derogations(
        items=[
            d.Derogation(
                id=key,
                kind=DerogationKind.PUBLIC_DOMAIN,
                rule="Règlement de voirie : occupation du domaine public ; à qualifier, article non publié",
                level=RuleLevel.ORDER,
                basis="Code général de la propriété des personnes publiques, article L2122-1.",
                scope=invented(what),
                starts_on=starts,
                ends_on=ends,
                interest="Un espace public où chacun a sa place.",
                harmless=invented("Le passage des piétons, des secours et des fauteuils reste libre."),
                safeguards=invented("Visite de sécurité chaque mois ; dépose possible en deux jours."),
                reasons=invented(
                    "En droit, un titre précaire suffit. En fait, l'emprise est réduite et tout se démonte."
                ),
                operator="JCDecaux et les équipes retenues",
                domain_title=invented("Arrêté d'occupation temporaire"),
                domain_fee=invented("Gratuité : l'occupation sert une expérimentation d'intérêt général."),
                domain_publicity="Appel à projets public.",
            )
        ]
    )


def _streets(days: Days) -> Story:
    starts, ends = days.first(-5), days.last(6)
    story = Story("rues", lead="porteur2", chief="valideur2", contributor="contributeur", deputy="porteur")
    story.open(after(days.first(-9), 7), STREETS)
    met = before(days.first(-8), 9)
    story.write(
        after(days.first(-8), 12),
        d.Duration(
            starts_on=starts, ends_on=ends, midterm_on=days.ahead(12), evaluation_due_on=before(ends, 40),
            decision_due_on=before(ends, 10), decision_body="Conseil métropolitain",
            reason=invented("Quatre saisons : on ne traverse pas une place en décembre comme en juin."),
        ),
        _occupation(starts, ends, "lieux", "Les équipes installent un aménagement démontable dans chaque lieu."),
        d.Stakeholders(
            items=[
                who("jcdecaux", "JCDecaux", StakeholderKind.PARTNER, CONSULTED, "Partenaire de l'appel à projets.",
                    invented("Convention de partenariat"), met),
                who("habitantes", "Habitantes et habitants", StakeholderKind.RESIDENTS, Association.CO_DESIGN,
                    "Ont évalué les espaces publics de septembre 2024 à avril 2025.",
                    "Évaluation participative (publié) ; jour du compte rendu inventé (fictif)", met),
                who("mediation", "Agents de médiation et d'entretien", StakeholderKind.AGENTS, CONSULTED,
                    invented("Disent ce qui tient et ce qui gêne."), invented("Compte rendu de visite"), met),
            ],
            information=invented(
                "Ce lieu change pour un an. Des personnes comptent et posent des questions ; aucune caméra ne filme."
            ),
            withdrawal=invented("Chacun peut passer sans répondre ; les remarques se font par courriel ou sur place."),
            alternative=invented("Les trajets voisins restent éclairés et entretenus comme avant."),
        ),
        d.Costs(
            **euros(authority=140000, partners=30000),
            rollout="Non publié.",
            leaving=invented("Dépose en deux jours. Montants prévus inventés."),
        ),
    )  # fmt: skip
    story.write(
        after(days.first(-8), 14), STREETS_PROTOCOL,
        d.Publication(
            plain=invented(
                "Trois lieux sont aménagés autrement pendant un an : lumière, assises, jeux, cheminements. Vous dites "
                "ce que cela change."
            ),
            notice=invented("Panneau dans chaque lieu, marches exploratoires ouvertes à toutes."),
        ),
        by="contributeur",
    )  # fmt: skip
    story.cross(after(days.first(-7), 2), "submit")
    # Sent back once, as happens: a validator asks for a clearer comparison.
    returned, again = after(days.first(-7), 9), after(days.first(-7), 16)
    story.cross(returned, "return", because("Dire plus clairement à quoi les trois lieux seront comparés."))
    story.write(
        again,
        d.Publication(
            plain=invented(
                "Trois lieux sont aménagés autrement pendant un an : lumière, assises, jeux, cheminements. Trois "
                "autres ne changent pas, pour comparer. Vous dites ce que cela change."
            ),
            notice=invented("Panneau dans chaque lieu, marches exploratoires ouvertes à toutes."),
        ),
    )
    story.cross(again, "submit")
    granted = after(days.first(-6), 8)
    story.cross(
        granted, "authorise",
        act(Act, granted, 63, "Autorisation d'expérimenter des espaces publics non sexistes", law=CHARTER + CG3P,
            act=ActKind.ORDER, capacity="Vice-présidence à l'égalité",
            facts=invented("L'évaluation participative a désigné ces lieux ; tout se démonte."),
            conditions=invented("Compter à vue, sans caméra.")),
    )  # fmt: skip
    measured = before(starts, 8)
    story.write(
        measured,
        r.Launch(
            baselines=[
                measured_at_start("detour", 52, measured),
                measured_at_start("presence", 31, measured),
                measured_at_start("enfants", 6, measured),
            ],
            agreements=invented("Convention avec chaque équipe retenue ; assurance des équipes."),
            informed_on=before(starts, 10),
            informed_how=invented("Panneaux, réunion publique, courrier aux riverains."),
            conditions=invented("Les comptages se font à vue ; aucune caméra n'est posée."),
        ),
    )
    story.cross(after(starts, 0), "start")
    return story


FRESCO = d.Identity(
    title="Nantes en pleine santé, expérimentons ! La fresque Alice-Milliat",
    summary="Une fresque au sol de 1 800 m² invite à bouger, jouer et s'arrêter. On observe ce qu'elle change aux "
    "usages du lieu, sans prétendre prouver un effet sur la santé.",
    policy="sante",
    problem="Bouger chaque jour protège la santé, mais peu de lieux y invitent hors des équipements sportifs.",
    hypothesis="Un sol dessiné pour le jeu fait bouger davantage celles et ceux qui passent.",
    description="La fresque relève du design actif : des tracés au sol suggèrent des parcours et des jeux. Elle "
    "s'inscrit dans les appels « Nantes en pleine santé, expérimentons ! », ouverts à des groupements d'au moins deux "
    "organismes ; la troisième saison recevait les candidatures jusqu'au 9 janvier 2026.\n\n"
    "Ce qui est publié : l'appel, la date limite, les partenaires, les 1 800 m², et le fait que l'on observe des "
    "usages sans prouver d'effet sur la santé. Ce qui est inventé pour la démonstration : les dates, le lieu, "
    "les contacts, le rôle exact des partenaires, les actes, et tout texte ou chiffre suivi de la mention (fictif).",
    novelty=invented("Première fresque de cette taille suivie avant, pendant et après."),
    why_experiment=invented("La peinture s'efface : on peut essayer sans rien figer."),
    alternatives=invented(
        "Un marquage de jeux ordinaire, comme dans une cour d'école : dix fois moins cher, mais peu d'adultes s'en "
        "servent."
    ),
    organisation="Nantes Métropole",
    department="Direction de la santé",
    function="Responsable de la promotion de la santé",
    mailbox="sante@demo.example",
    communes=["44109"],
    place=invented("Une esplanade de l'île de Nantes"),
    people="Passants, enfants des écoles voisines",
)


def _fresco(days: Days) -> Story:
    starts, ends = days.first(1), days.last(12)
    story = Story("fresque", lead="porteur2", chief="valideur2", head="valideur")
    story.open(after(days.first(-4), 5), FRESCO)
    met = before(days.first(-3), 6)
    story.write(
        after(days.first(-3), 9),
        d.Duration(
            starts_on=starts, ends_on=ends, midterm_on=days.first(7), evaluation_due_on=before(ends, 35),
            decision_due_on=before(ends, 9), decision_body="Bureau métropolitain",
            reason=invented("Une année : la peinture tient un an, et les usages changent avec les saisons."),
        ),
        _occupation(starts, ends, "sol", "Les équipes peignent 1 800 m² de sol et y posent des panneaux de jeu."),
        d.Stakeholders(
            items=[
                who("samoa", "Samoa", StakeholderKind.PARTNER, Association.CO_DESIGN, "Partenaire des appels.",
                    invented("Convention de partenariat"), met),
                who("jcdecaux", "JCDecaux", StakeholderKind.PARTNER, CONSULTED, "Partenaire des appels.",
                    invented("Convention de partenariat"), met),
                who("ecoles", "Écoles voisines", StakeholderKind.USERS, Association.CO_DESIGN,
                    invented("Dessinent deux des parcours."), invented("Compte rendu d'atelier"), met),
            ],
            information=invented("Cette fresque est un essai d'un an. On compte les passages à vue, sans caméra."),
            withdrawal=invented("Un passage sans jeu est gardé tout autour de la fresque."),
            alternative=invented("Les autres places et le stade voisin, inchangés."),
        ),
        d.Protocol(
            criteria=[
                criterion("arrets", "S'y arrête-t-on ?", "Personnes arrêtées plus d'une minute, par heure", "personnes",
                          UP, target=40, threshold=10, source="Comptage à vue", when="Chaque trimestre"),
                criterion("bouge", "Y bouge-t-on ?", "Part des passants qui suivent un tracé", "%", UP, start=0,
                          target=20, threshold=3, source="Comptage à vue", when="Chaque trimestre"),
            ],
            method=Method.BEFORE_AFTER,
            comparison=invented("Le même lieu, compté un mois avant la peinture."),
            evaluator=invented("École de santé publique, équipe indépendante"),
            interests=invented("Aucun."),
            effects=d.PlannedEffects(
                cost=invented("Coût au mètre carré, entretien compris."),
                quality=invented("Usages observés ; aucun effet sur la santé n'est mesuré."),
                organisation=invented("Temps de nettoyage."),
                finances=invented("Coût d'une fresque par quartier."),
            ),
            if_confirmed=Promise.PARTIAL,
            if_refuted=Promise.ABANDONMENT,
            if_inconclusive=Promise.ABANDONMENT,
        ),
        d.Costs(
            **euros(authority=45000, grants=20000),
            rollout="Non publié.",
            leaving=invented("Effacement de la peinture à l'eau. Montants prévus inventés."),
        ),
        d.Publication(
            plain=invented("Le sol est peint pour un an : on peut y jouer, y courir, ou le traverser comme avant."),
            notice=invented("Panneau sur place, atelier avec les écoles."),
        ),
    )  # fmt: skip
    story.cross(after(days.first(-3), 12), "submit")
    granted = after(days.first(-2), 14)
    story.cross(
        granted, "authorise",
        act(Act, granted, 90, "Autorisation de la fresque Alice-Milliat", law=CHARTER + CG3P, act=ActKind.ORDER,
            capacity="Vice-présidence à la santé",
            facts=invented("La peinture est réversible ; l'appel était public."),
            conditions=invented("Compter les usages un mois avant de peindre.")),
    )  # fmt: skip
    return story
