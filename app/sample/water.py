"""Personal advice on water use: artificial intelligence and personal data, under way, without any derogation."""

from __future__ import annotations

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.vocabulary import (
    ActKind,
    Association,
    Method,
    OpinionKind,
    OpinionSense,
    Promise,
    StakeholderKind,
)

from .days import Days, after, before
from .forms import CHARTER, DOWN, UP, criterion, euros, measured_at_start, who
from .story import Story, act
from .words import invented

IDENTITY = d.Identity(
    title="IA eau : des conseils personnels pour moins consommer",
    summary="Une intelligence artificielle conseille chaque abonné sur sa consommation d'eau, en respectant ses "
    "données : la CNIL a accompagné le projet. L'essai sur le terrain est inventé (fictif).",
    policy="eau",
    problem="L'eau devient rare l'été. Une facture ne dit pas à un foyer où il peut en économiser.",
    hypothesis="Un conseil fondé sur sa propre consommation aide un foyer à réduire ses usages, sans que la "
    "collectivité en sache davantage sur lui.",
    description="Le projet a été retenu le 22 novembre 2023 par la CNIL dans son troisième bac à sable, consacré à "
    "l'IA dans les services publics. La CNIL a publié ses recommandations le 11 avril 2025. Aucune dérogation au RGPD "
    "n'est possible, même à titre d'essai : le bac à sable est un accompagnement.\n\n"
    "La boussole de l'IA : personne n'est identifié ni classé ; le conseil est une suggestion, aucune décision n'est "
    "prise sur le foyer ; le bénéfice est comparé à celui d'un conseil ordinaire, sans IA (fictif).\n\n"
    "Ce qui est publié : l'objet, l'accompagnement de la CNIL, ses dates, ses recommandations. Ce qui est inventé pour "
    "la démonstration : l'essai sur le terrain, ses dates, les contacts, le rôle exact des partenaires, les actes, et "
    "tout texte ou chiffre suivi de la mention (fictif).",
    novelty=invented("Les conseils sont préparés sans que l'agent qui les relit sache de quel foyer il s'agit."),
    why_experiment=invented("On ne sait pas si un conseil par IA fait mieux qu'un conseil général : il faut comparer."),
    alternatives=invented(
        "Le même conseil pour tous, joint à la facture : presque gratuit. C'est lui qui sert de comparaison. Un "
        "compteur qui alerte en cas de fuite, sans IA : utile, mais muet sur les habitudes."
    ),
    organisation="Nantes Métropole",
    department="Direction du cycle de l'eau",
    function="Responsable des usages de l'eau",
    mailbox="eau@demo.example",
    communes=["44109", "44162", "44143", "44190"],
    place=invented("Quatre communes pilotes"),
    people="Abonnés volontaires au service de l'eau",
    people_max=800,
)

DEROGATIONS = d.Derogations(
    none=True,
    none_reason="Aucune règle n'est écartée. Le RGPD s'applique en entier : aucune dérogation n'existe. Les "
    "recommandations publiées par la CNIL ont été suivies (fictif).",
)

PROTOCOL = d.Protocol(
    criteria=[
        criterion("eau", "Les foyers consomment-ils moins ?", "Consommation par personne et par jour", "litres", DOWN,
                  target=135, threshold=152, source="Relevés des compteurs, en moyenne par groupe",
                  when="Avant, puis chaque trimestre", made_up="départ, cible et seuil"),
        criterion("mieux", "L'IA fait-elle mieux qu'un conseil ordinaire ?",
                  "Écart de baisse avec le groupe qui reçoit le conseil ordinaire", "points", UP, start=0, target=3,
                  threshold=0, source="Relevés des compteurs, en moyenne par groupe", when="À six et douze mois"),
        criterion("clair", "Le conseil est-il compris ?", "Part des conseils jugés utiles", "%", UP, start=0, target=60,
                  threshold=30, source="Question posée sous chaque conseil", when="Chaque mois"),
        criterion("energie", "Le calcul reste-t-il sobre ?", "Énergie par conseil", "Wh", DOWN, target=1, threshold=5,
                  source="Compteur électrique du serveur", when="Chaque mois", made_up="départ, cible et seuil"),
    ],
    method=Method.RANDOMISED,
    comparison=invented("Les volontaires sont tirés au sort : la moitié reçoit le conseil par IA, l'autre le même pour "
    "tous."),
    evaluator=invented("Laboratoire universitaire indépendant"),
    interests=invented("Aucun lien avec la régie de l'eau ni avec le concepteur du modèle."),
    effects=d.PlannedEffects(
        cost=invented("Coût par conseil, relecture comprise."),
        quality=invented("Compréhension du conseil et réclamations."),
        organisation=invented("Temps des agents qui relisent un conseil sur vingt."),
        finances=invented("Recettes d'eau en moins, dépenses évitées l'été."),
    ),
    if_confirmed=Promise.PARTIAL,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.ABANDONMENT,
)  # fmt: skip

PUBLICATION = d.Publication(
    plain=invented(
        "Si vous êtes volontaire, vous recevez chaque mois un conseil écrit avec l'aide d'une IA. Il ne change ni "
        "votre tarif ni vos droits. Vous pouvez arrêter à tout moment et vos données sont effacées."
    ),
    notice=invented("Courrier joint à la facture, page sur le site du service de l'eau."),
)


def stories(days: Days) -> list[Story]:
    starts, ends = days.first(-4), days.last(7)
    story = Story("eau", contributor="contributeur", chief="valideur", deputy="porteur2", head="valideur2")
    story.open(after(days.first(-9), 3), IDENTITY)
    story.write(
        after(days.first(-8), 5),
        d.Duration(
            starts_on=starts, ends_on=ends, midterm_on=days.first(2), evaluation_due_on=before(ends, 35),
            decision_due_on=before(ends, 8), decision_body="Conseil métropolitain",
            reason=invented("Une année pleine, pour comparer été et hiver."),
        ),
        DEROGATIONS,
        _stakeholders(days),
        d.Costs(
            **euros(authority=95000),
            rollout="Non publié.",
            leaving=invented("Effacement du serveur, moins d'une semaine. Montant prévu inventé."),
        ),
    )  # fmt: skip
    story.write(after(days.first(-8), 9), PROTOCOL, PUBLICATION, by="contributeur")
    asked = after(days.first(-8), 12)
    story.ask_opinion(asked, "dpo", OpinionKind.DPO, "Base légale, durée de conservation, information des volontaires.")
    story.ask_opinion(asked, "rssi", OpinionKind.SECURITY, "Hébergement du modèle et des relevés.")
    story.give_opinion(
        after(days.first(-7), 4), "dpo", OpinionSense.RESERVED,
        invented("Favorable, avec effacement des relevés six mois après la fin et sans rapprochement d'autres "
                 "fichiers."),
    )  # fmt: skip
    story.give_opinion(
        after(days.first(-7), 8), "rssi", OpinionSense.FAVOURABLE,
        invented("Favorable : le modèle tourne dans le centre de données de la collectivité."),
    )  # fmt: skip
    story.cross(after(days.first(-7), 10), "submit")
    granted = after(days.first(-6), 12)
    story.cross(
        granted, "authorise",
        act(Act, granted, 58, "Autorisation d'expérimenter des conseils personnels sur l'eau", law=CHARTER,
            act=ActKind.DELIBERATION, body="Conseil métropolitain",
            facts=invented("La CNIL a accompagné le projet ; l'essai est volontaire et comparé à une solution sans "
            "IA."),
            conditions=invented("Effacer les relevés six mois après la fin. Faire relire un conseil sur vingt.")),
    )  # fmt: skip
    measured = before(starts, 10)
    story.write(
        measured,
        r.Launch(
            baselines=[measured_at_start("eau", 148, measured), measured_at_start("energie", "2.4", measured)],
            agreements=invented("Aucune convention : le service est conduit en régie."),
            informed_on=before(starts, 14),
            informed_how=invented("Courrier à chaque volontaire, avec la notice d'information et le droit de retrait."),
            conditions=invented("L'effacement est programmé ; trois agents sont formés à la relecture."),
        ),
    )
    story.cross(after(starts, 0), "start")
    return [story]


def _stakeholders(days: Days) -> d.Stakeholders:
    met = before(days.first(-8), 10)
    return d.Stakeholders(
        items=[
            who("cnil", "CNIL", StakeholderKind.PARTNER, Association.CONSULTED,
                "Accompagne la conception ; recommandations publiées le 11 avril 2025.",
                "Recommandations publiées ; la date indiquée est celle de la dernière réunion (fictif)", met),
            who("abonnes", "Abonnés volontaires", StakeholderKind.USERS, Association.CO_DESIGN,
                invented("Choisissent les mots des conseils."), invented("Compte rendu de l'atelier"), met),
            who("agents", "Agents de la relation aux abonnés", StakeholderKind.AGENTS, Association.CONSULTED,
                invented("Relisent les conseils."), invented("Compte rendu de l'atelier"), met),
        ],
        information=invented(
            "Vos relevés d'eau servent à préparer un conseil par mois. Une IA l'écrit, un agent relit un conseil sur "
            "vingt. Vos relevés sont effacés six mois après la fin."
        ),
        withdrawal=invented("Un courriel suffit. Vos relevés sont effacés sous huit jours."),
        alternative=invented("Le livret de conseils du service de l'eau, ouvert à tous."),
    )  # fmt: skip
