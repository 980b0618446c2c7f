"""Made up from end to end, and not public: a draft, a submission under study, a refusal, a withdrawal."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments.acts import Act
from experiments.vocabulary import (
    Association,
    Method,
    OpinionKind,
    OpinionSense,
    Promise,
    RuleLevel,
    StakeholderKind,
    Untouchable,
)

from .days import Days, before
from .forms import CHARTER, DOWN, UP, criterion, euros, who
from .story import Story, act, because
from .words import invented


def stories(days: Days) -> list[Story]:
    return [_notes(days), _bikes(days), _meters(days), _robots(days)]


def _notes(days: Days) -> Story:
    """A draft as drafts are: the idea is there, the rest is to come."""
    story = Story("notes", evaluator="", contributor="contributeur")
    story.open(
        days.ago(9),
        d.Identity(
            title="Une IA pour aider à rédiger les comptes rendus",
            summary="Des agents volontaires essaient un outil d'IA qui propose un premier jet de compte rendu. "
            "Dossier fictif.",
            policy="organisation",
            problem="Rédiger un compte rendu prend plus de temps que la réunion.",
            description="Un outil hébergé dans le centre de données de la collectivité. L'agent relit et signe.",
            organisation="Nantes Métropole",
            communes=["44109"],
        ),
    )
    story.write(
        days.ago(4),
        d.Duration(starts_on=days.first(3), reason="Trois mois suffisent pour comparer."),
        d.Stakeholders(
            items=[who("staff", "Représentants du personnel", StakeholderKind.STAFF, Association.CONSULTED,
                       "Donnent leur avis avant l'essai.")]
        ),
        by="contributeur",
    )  # fmt: skip
    return story


def _protocol(*criteria: d.Criterion, comparison: str, evaluator: str) -> d.Protocol:
    return d.Protocol(
        criteria=list(criteria),
        method=Method.COMPARISON,
        comparison=comparison,
        evaluator=evaluator,
        interests="Aucun.",
        effects=d.PlannedEffects(
            cost="Coût total, temps des agents compris.",
            quality="Enquête auprès des personnes concernées.",
            organisation="Temps passé par les services.",
            finances="Coût d'un déploiement, comparé à la solution ordinaire.",
        ),
        if_confirmed=Promise.PARTIAL,
        if_refuted=Promise.ABANDONMENT,
        if_inconclusive=Promise.ABANDONMENT,
    )


def _duration(starts: date, ends: date, reason: str, midterm: date | None = None) -> d.Duration:
    return d.Duration(
        starts_on=starts, ends_on=ends, reason=reason, midterm_on=midterm, evaluation_due_on=before(ends, 35),
        decision_due_on=before(ends, 7), decision_body="Bureau métropolitain",
    )  # fmt: skip


def _bikes(days: Days) -> Story:
    """Submitted; one opinion is given, the other is awaited: the authorisation cannot be signed yet."""
    story = Story("velos", lead="porteur2", chief="valideur2", deputy="porteur", head="valideur")
    story.open(
        days.ago(48),
        d.Identity(
            title="Compter les vélos sans filmer les visages",
            summary="Sur un pont de Nantes, un capteur de chaleur compte vélos et piétons sans image. Dossier fictif.",
            policy="mobilite",
            problem="Les boucles posées dans la chaussée ne comptent ni les piétons ni les vélos qui passent à côté.",
            hypothesis="Un capteur de chaleur compte aussi bien qu'une personne, sans reconnaître personne.",
            description="Le capteur voit des taches de chaleur et ne transmet qu'un nombre par quart d'heure.",
            alternatives="Des comptages à la main deux fois l'an : 6 000 €, fiables, mais rares.",
            organisation="Nantes Métropole",
            department="Direction des mobilités",
            function="Responsable des données de mobilité",
            mailbox="comptages@demo.example",
            communes=["44109"],
            place="Un pont sur la Loire",
            people="Passants",
        ),
    )
    starts, ends = days.first(2), days.last(7)
    story.write(
        days.ago(20),
        _duration(starts, ends, "Six mois, pour compter sous la pluie comme au soleil."),
        d.Derogations(none=True, none_reason="Le capteur est posé sur un lampadaire de la métropole."),
        d.Stakeholders(
            items=[who("cyclistes", "Association de cyclistes", StakeholderKind.USERS, Association.CONSULTED,
                       "Compte à la main, le même jour, pour comparer.", "Courrier de l'association", days.ago(30))],
            information="Un capteur compte les passages. Il ne prend pas d'image.",
            withdrawal="Personne n'est reconnaissable : il n'y a rien à retirer.",
        ),
        _protocol(
            criterion("ecart", "Compte-t-il juste ?", "Écart avec un comptage à la main", "%", DOWN, start=25, target=5,
                      threshold=15, source="Deux comptages le même jour", when="Chaque mois", made_up=""),
            criterion("pietons", "Voit-il les piétons ?", "Part des piétons comptés", "%", UP, start=0, target=90,
                      threshold=60, source="Deux comptages le même jour", when="Chaque mois", made_up=""),
            comparison="Un comptage à la main, aux mêmes heures.",
            evaluator="Cabinet de mesure indépendant",
        ),
        d.Costs(**euros(authority=15000), leaving="Dépose en une heure."),
        d.Publication(plain="Un boîtier sur un lampadaire compte les passages. Rien ne change pour qui passe."),
    )  # fmt: skip
    story.ask_opinion(days.ago(13), "dpo", OpinionKind.DPO, "Le capteur peut-il reconnaître quelqu'un ?")
    story.ask_opinion(days.ago(12), "rssi", OpinionKind.SECURITY, "La liaison du capteur.")
    story.give_opinion(days.ago(8), "dpo", OpinionSense.RESERVED,
                       "Favorable, si la résolution du capteur est vérifiée sur place avant la pose.")  # fmt: skip
    story.cross(days.ago(6), "submit")
    return story


def _meters(days: Days) -> Story:
    """Refused: while it was under study, its team asked to set the GDPR aside, which nobody can grant."""
    story = Story("compteurs", contributor="contributeur")
    story.open(
        days.ago(160),
        d.Identity(
            title="Repérer les logements vides par les compteurs d'eau",
            summary="Croiser les relevés d'eau et le fichier des logements pour repérer ceux qui restent vides. "
            "Dossier fictif.",
            policy="habitat",
            problem="Des logements restent vides alors que des familles attendent ; personne ne sait lesquels.",
            hypothesis="Un compteur qui ne tourne pas pendant un an désigne un logement vide.",
            description="Les relevés d'eau seraient rapprochés du fichier des logements, adresse par adresse.",
            alternatives="Écrire à tous les propriétaires d'un quartier : plus lent, sans croiser aucun fichier.",
            organisation="Nantes Métropole",
            department="Direction de l'habitat",
            function="Responsable de l'observatoire du logement",
            mailbox="logement@demo.example",
            communes=["44109", "44114"],
            place="Deux quartiers",
            people="Abonnés au service de l'eau",
            people_max=5000,
        ),
    )
    starts, ends = days.first(1), days.last(9)
    duration = _duration(starts, ends, "Neuf mois : le temps d'une vague de courriers et de visites.")
    story.write(
        days.ago(130),
        duration,
        d.Derogations(none=True, none_reason="Le rapprochement des fichiers serait fait en interne."),
        d.Stakeholders(
            items=[who("bailleurs", "Bailleurs sociaux", StakeholderKind.PARTNER, Association.CONSULTED,
                       "Vérifient les adresses.", "Compte rendu de réunion", days.ago(140))],
            information="Votre relevé d'eau pourrait servir à savoir si votre logement est occupé.",
            withdrawal="Une opposition serait possible par courriel.",
        ),
        _protocol(
            criterion("vides", "Trouve-t-on des logements vides ?", "Logements vides confirmés par une visite",
                      "logements", UP, start=0, target=50, threshold=5, source="Visites", when="Chaque mois",
                      made_up=""),
            criterion("erreurs", "Se trompe-t-on ?", "Part des adresses signalées à tort", "%", DOWN, start=50,
                      target=10, threshold=60, source="Visites", when="Chaque mois", made_up=""),
            comparison="Un quartier où l'on écrit à tous les propriétaires.",
            evaluator="Agence d'urbanisme, équipe indépendante",
        ),
        d.Costs(**euros(authority=22000)),
        d.Publication(plain="Le service de l'eau dirait au service du logement quels compteurs ne tournent plus."),
    )  # fmt: skip
    story.cross(days.ago(125), "submit")
    story.write(
        days.ago(110),
        d.Derogations(
            items=[
                d.Derogation(
                    id="information",
                    rule="RGPD, article 14 : informer les personnes dont on obtient les données d'un autre service",
                    level=RuleLevel.LAW,
                    untouchable=Untouchable.GDPR,
                    basis="Aucun texte ne le permet.",
                    scope="Les abonnés ne seraient informés qu'après le rapprochement des fichiers.",
                    starts_on=starts,
                    ends_on=ends,
                    interest="Loger des familles qui attendent.",
                    reasons="Prévenir les abonnés fausserait le repérage.",
                )
            ]
        ),
        by="contributeur",
    )
    story.ask_opinion(days.ago(109), "dpo", OpinionKind.DPO, "Peut-on n'informer les abonnés qu'après ?")
    story.give_opinion(
        days.ago(100), "dpo", OpinionSense.UNFAVOURABLE,
        "Défavorable. Aucune dérogation au RGPD n'existe, même temporaire, même pour un essai. Le besoin est réel : il "
        "peut être servi en écrivant aux propriétaires, ou en demandant un accompagnement à la CNIL.",
    )  # fmt: skip
    refused = days.ago(92)
    story.cross(
        refused, "refuse",
        act(Act, refused, 49, "Refus de rapprocher les relevés d'eau et le fichier des logements",
            law=CHARTER + " Règlement (UE) 2016/679, article 14 ; charte, principe 4.",
            facts=invented(
                "La dérogation demandée n'existe pas : le RGPD s'applique à tout essai. L'équipe est invitée à "
                "présenter un projet sans croisement de fichiers, ou à saisir la CNIL pour être accompagnée."
            )),
    )  # fmt: skip
    return story


def _robots(days: Days) -> Story:
    """Withdrawn by its own team, after it listened."""
    story = Story("robots", lead="porteur2", chief="valideur2", evaluator="")
    story.open(
        days.ago(75),
        d.Identity(
            title="Des robots de livraison sur les trottoirs",
            summary="De petits robots livreraient des colis sur les trottoirs de Vertou. Retiré par son équipe. "
            "Dossier fictif.",
            policy="mobilite",
            problem="Les camionnettes s'arrêtent en double file pour de petits colis.",
            hypothesis="Un robot lent livre le dernier kilomètre sans gêner les piétons.",
            description="Le projet n'est pas allé plus loin que sa rédaction.",
            alternatives="Un vélo-cargo et un point de retrait : déjà en service, sans robot.",
            organisation="Nantes Métropole",
            department="Direction des mobilités",
            function="Responsable de la logistique urbaine",
            mailbox="logistique@demo.example",
            communes=["44215"],
            place="Centre de Vertou",
            people="Piétons",
        ),
    )
    story.write(
        days.ago(60),
        d.Stakeholders(
            items=[who("handicap", "Associations de personnes handicapées", StakeholderKind.USERS,
                       Association.CONSULTED, "Reçues avant toute décision.", "Compte rendu de réunion",
                       days.ago(62))],
        ),
    )  # fmt: skip
    story.cross(
        days.ago(55), "withdraw",
        because("Les associations reçues ont montré qu'un robot arrêté barre le passage d'un fauteuil et surprend une "
                "personne aveugle. Le vélo-cargo répond au même besoin : l'équipe retire son projet."),
    )  # fmt: skip
    return story
