"""Made up from end to end: one suspended, one past its term and not evaluated."""

from __future__ import annotations

from datetime import timedelta

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.vocabulary import (
    Association,
    Method,
    OpinionKind,
    OpinionSense,
    Promise,
    StakeholderKind,
)

from .days import Days, after, before
from .forms import CHARTER, DOWN, UP, criterion, euros, who
from .story import Story, act, because
from .words import invented

CONSULTED, INFORMED = Association.CONSULTED, Association.INFORMED


def stories(days: Days) -> list[Story]:
    return [_noise(days), _garden(days)]


def _noise(days: Days) -> Story:
    starts, ends = days.first(-4), days.last(4)
    story = Story("bruit", chief="valideur2")
    story.open(
        after(days.first(-8), 6),
        d.Identity(
            title="Mesurer le bruit des rues animées",
            summary="Douze capteurs mesurent le bruit la nuit dans deux rues animées de Nantes, pour aider riverains "
            "et cafetiers à s'entendre. Dossier fictif.",
            policy="sante",
            problem="Les plaintes pour bruit montent l'été, et personne ne s'accorde sur ce qui est vraiment bruyant.",
            hypothesis="Montrer chaque semaine le niveau mesuré suffit à faire baisser le bruit après minuit.",
            description="Les capteurs mesurent un niveau en décibels, jamais des voix. Les mesures sont affichées dans "
            "la rue chaque lundi. Tout ce dossier est inventé pour montrer une suspension.",
            alternatives="Un médiateur présent le week-end : sans technologie, plus cher, et sans mesure.",
            organisation="Ville de Nantes",
            department="Direction de la tranquillité publique",
            function="Responsable de la vie nocturne",
            mailbox="vie-nocturne@demo.example",
            communes=["44109"],
            place="Deux rues du centre",
            people="Riverains, cafetiers et passants",
        ),
    )
    met = before(days.first(-7), 10)
    story.write(
        after(days.first(-7), 3),
        d.Duration(
            starts_on=starts, ends_on=ends, evaluation_due_on=before(ends, 35), decision_due_on=before(ends, 8),
            decision_body="Conseil municipal",
            reason="Trois saisons, pour comparer les nuits chaudes et les nuits froides.",
        ),
        d.Derogations(none=True, none_reason="Les capteurs sont posés sur le mobilier de la ville."),
        d.Stakeholders(
            items=[
                who("riverains", "Association de riverains", StakeholderKind.RESIDENTS, CONSULTED,
                    "Choisit les emplacements.", "Compte rendu de réunion", met),
                who("cafes", "Syndicat des cafetiers", StakeholderKind.USERS, CONSULTED, "Affiche les mesures.",
                    "Compte rendu de réunion", met),
            ],
            information="Ce capteur mesure le niveau sonore. Il n'enregistre pas ce que vous dites.",
            withdrawal="Un capteur gênant est déplacé sur simple demande.",
        ),
        d.Protocol(
            criteria=[
                criterion("niveau", "Fait-il moins de bruit ?", "Niveau moyen de minuit à 2 h", "dB", DOWN, start=68,
                          target=62, threshold=72, source="Capteurs", when="Chaque semaine", made_up=""),
                criterion("plaintes", "Se plaint-on moins ?", "Plaintes par mois", "plaintes", DOWN, start=24,
                          target=12, threshold=35, source="Registre de la ville", by="La ville", when="Chaque mois",
                          made_up=""),
            ],
            method=Method.COMPARISON,
            comparison="Deux rues semblables, mesurées sans affichage.",
            evaluator="Bureau d'études acoustiques",
            interests="Aucun.",
            effects=d.PlannedEffects(
                cost="Coût par rue et par an.", quality="Sommeil des riverains, par enquête.",
                organisation="Temps des médiateurs.", finances="Coût dans dix rues.",
            ),
            if_confirmed=Promise.PARTIAL,
            if_refuted=Promise.ABANDONMENT,
            if_inconclusive=Promise.ABANDONMENT,
        ),
        d.Costs(**euros(authority=38000), rollout="12 000 € par rue et par an.", leaving="Dépose en une journée."),
        d.Publication(plain="De petits boîtiers mesurent le bruit la nuit. Le niveau est affiché dans la rue."),
    )  # fmt: skip
    story.ask_opinion(after(days.first(-7), 5), "rssi", OpinionKind.SECURITY, "Les boîtiers et leur liaison.")
    story.give_opinion(after(days.first(-7), 15), "rssi", OpinionSense.RESERVED,
                       "Favorable, à condition de contrôler un boîtier sur place chaque trimestre.")  # fmt: skip
    story.cross(after(days.first(-6), 3), "submit")
    granted = after(days.first(-5), 6)
    story.cross(
        granted, "authorise",
        act(Act, granted, 71, "Autorisation de mesurer le bruit dans deux rues", law=CHARTER,
            body="Bureau municipal", capacity="Adjoint au maire chargé de la tranquillité publique",
            facts=invented("Les deux parties ont choisi les emplacements ; seul un niveau est mesuré."),
            conditions="Contrôler un boîtier sur place chaque trimestre."),
    )  # fmt: skip
    story.write(
        before(starts, 5),
        r.Launch(
            agreements="Convention avec le fabricant des boîtiers, assurance de la ville.",
            informed_on=before(starts, 9),
            informed_how="Affiches dans les deux rues, courrier aux riverains.",
            conditions="Le premier contrôle est prévu dans les trois mois.",
        ),
    )
    story.cross(after(starts, 0), "start")
    story.cross(
        days.ago(16), "suspend",
        because("Le contrôle sur place montre que deux boîtiers gardent dix secondes de son, et non un niveau en "
                "décibels. La mesure est arrêtée le jour même, le temps de vérifier les dix autres et d'effacer."),
    )  # fmt: skip
    return story


def _garden(days: Days) -> Story:
    starts, ends = days.first(-9), days.today - timedelta(12)
    story = Story("pluie", lead="porteur2")
    story.open(
        after(days.first(-13), 4),
        d.Identity(
            title="Un jardin de pluie dans une cour d'école",
            summary="À Couëron, le bitume d'une cour laisse place à un jardin qui boit l'eau de pluie. L'évaluation "
            "est attendue : le terme est passé. Dossier fictif.",
            policy="climat",
            problem="Les jours d'orage, la cour est sous l'eau ; l'été, elle est trop chaude pour y jouer.",
            hypothesis="Un jardin de pluie garde la cour praticable les jours d'orage et plus fraîche l'été.",
            description="300 m² de bitume sont ôtés et plantés. Tout ce dossier est inventé pour montrer une "
            "expérimentation échue : son terme est passé sans évaluation.",
            alternatives="Un avaloir plus large : 9 000 €, utile à la pluie, sans effet sur la chaleur.",
            organisation="Nantes Métropole",
            department="Direction du cycle de l'eau",
            function="Responsable des eaux de pluie",
            mailbox="eaux-de-pluie@demo.example",
            communes=["44047"],
            place="Une école élémentaire",
            people="Élèves et agents de l'école",
            people_max=240,
        ),
    )
    met = before(days.first(-12), 8)
    story.write(
        after(days.first(-12), 2),
        d.Duration(
            starts_on=starts, ends_on=ends, evaluation_due_on=before(ends, 31), decision_due_on=before(ends, 5),
            decision_body="Bureau métropolitain",
            reason="Trois saisons, pour voir la cour sous la pluie et sous le soleil.",
        ),
        d.Derogations(none=True, none_reason="La cour appartient à la commune, qui y consent."),
        d.Stakeholders(
            items=[
                who("coueron", "Ville de Couëron", StakeholderKind.COMMUNE, Association.CO_DESIGN,
                    "Propriétaire de la cour.", "Délibération de la commune", met),
                who("ecole", "Conseil d'école", StakeholderKind.USERS, CONSULTED, "Choisit les plantes.",
                    "Compte rendu du conseil d'école", met),
            ],
            information="Une partie de la cour devient un jardin. On y joue autrement les jours de pluie.",
            withdrawal="Un mot à l'école suffit, sans motif : un enfant peut passer les récréations hors du jardin.",
            alternative="La moitié de la cour reste en bitume, ouverte à tous comme avant.",
        ),
        d.Protocol(
            criteria=[
                criterion("flaques", "La cour reste-t-elle praticable ?", "Jours de cour fermée à cause de l'eau",
                          "jours", DOWN, start=14, target=4, threshold=20, source="Cahier de l'école",
                          by="L'école", when="En fin d'essai", made_up=""),
                criterion("chaleur", "Y fait-il moins chaud ?", "Écart avec le bitume les jours chauds", "°C", UP,
                          start=0, target=5, threshold=1, source="Sondes", when="Les jours chauds", made_up=""),
            ],
            method=Method.BEFORE_AFTER,
            comparison="La moitié de la cour reste en bitume.",
            evaluator="Université, laboratoire de climat urbain",
            interests="Aucun.",
            effects=d.PlannedEffects(
                cost="Coût au mètre carré, entretien compris.", quality="Usages de la cour.",
                organisation="Temps des jardiniers.", finances="Coût pour les écoles de la métropole.",
            ),
            if_confirmed=Promise.PARTIAL,
            if_refuted=Promise.ABANDONMENT,
            if_inconclusive=Promise.PARTIAL,
        ),
        d.Costs(**euros(authority=52000), rollout="170 € par m².", leaving="Remise en bitume : 18 000 €."),
        d.Publication(plain="Un bout de la cour devient un jardin, à toucher et à arroser."),
    )  # fmt: skip
    story.cross(after(days.first(-12), 6), "submit")
    granted = after(days.first(-11), 9)
    story.cross(
        granted, "authorise",
        act(Act, granted, 84, "Autorisation d'un jardin de pluie à l'école", law=CHARTER,
            capacity="Vice-présidence au cycle de l'eau",
            facts=invented("La commune consent ; la cour reste ouverte pendant les travaux.")),
    )  # fmt: skip
    story.write(
        before(starts, 6),
        r.Launch(
            agreements="Convention avec la commune.", informed_on=before(starts, 10),
            informed_how="Mot aux familles, panneau à l'entrée.",
        ),
    )  # fmt: skip
    story.cross(after(starts, 0), "start")
    story.cross(days.ago(18), "finish")
    story.reply(
        days.ago(9),
        "Les sondes de l'été ont été relevées avec un mois de retard. Le laboratoire a maintenant toutes les mesures ; "
        "l'évaluation sera versée dans les six semaines. D'ici là, la cour reste ouverte et rien n'y change.",
    )
    return story
