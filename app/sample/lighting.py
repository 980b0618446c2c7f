"""Made up from end to end: a success that is kept in part, against the promise, with the reasons why."""

from __future__ import annotations

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion
from experiments.vocabulary import (
    Association,
    Finding,
    Method,
    Promise,
    StakeholderKind,
)

from .days import Days, after, before
from .forms import CHARTER, DOWN, UP, criterion, euros, result, who
from .story import Story, act
from .words import invented

CONSULTED, INFORMED = Association.CONSULTED, Association.INFORMED


def stories(days: Days) -> list[Story]:
    starts, ends = days.first(-13), days.last(-2)
    story = Story("lumiere", lead="porteur2", chief="valideur2", contributor="contributeur")
    story.open(
        after(days.first(-18), 5),
        d.Identity(
            title="L'éclairage qui s'allume quand on passe",
            summary="À Sautron, quarante lampadaires ne s'allument qu'au passage d'un piéton ou d'un vélo, entre 23 h "
            "et 5 h. L'essai réussit ; la généralisation attend. Dossier fictif.",
            policy="climat",
            problem="Éclairer toute la nuit une rue vide dépense de l'énergie et gêne la faune. L'éteindre inquiète.",
            hypothesis="Un éclairage au passage réduit la dépense sans que l'on se sente moins en sécurité.",
            description="Un capteur de présence allume trois lampadaires d'avance. Il ne filme pas. Tout ce dossier "
            "est inventé pour montrer une décision qui s'écarte de l'engagement pris avant le début.",
            alternatives="Éteindre de minuit à 5 h : gratuit, déjà fait dans d'autres rues. Il sert de comparaison.",
            organisation="Nantes Métropole",
            department="Direction de l'espace public",
            function="Responsable de l'éclairage",
            mailbox="eclairage@demo.example",
            communes=["44194"],
            place="Quatre rues du bourg",
            people="Riverains",
            people_max=600,
        ),
    )
    met = before(days.first(-17), 9)
    story.write(
        after(days.first(-17), 4),
        d.Duration(
            starts_on=starts, ends_on=ends, midterm_on=days.first(-7), evaluation_due_on=before(ends, 31),
            decision_due_on=before(ends, 3), decision_body="Bureau métropolitain",
            reason="Une année, pour couvrir les nuits longues et les nuits courtes.",
        ),
        d.Derogations(none=True, none_reason="La commune décide des horaires d'éclairage : aucune règle n'est "
                                             "écartée."),
        d.Stakeholders(
            items=[
                who("sautron", "Ville de Sautron", StakeholderKind.COMMUNE, Association.DECIDES,
                    "Fixe les horaires.", "Délibération de la commune", met),
                who("riverains", "Riverains", StakeholderKind.RESIDENTS, CONSULTED, "Choisissent les rues.",
                    "Compte rendu de la réunion publique", met),
                who("agents", "Agents d'entretien", StakeholderKind.AGENTS, INFORMED, "Règlent les capteurs."),
            ],
            information="La nuit, la lumière s'allume devant vous. Le capteur ne filme pas.",
            withdrawal="Une rue peut demander à revenir à l'éclairage continu.",
        ),
        d.Protocol(
            criteria=[
                criterion("energie", "Dépense-t-on moins ?", "Consommation par lampadaire et par an", "kWh", DOWN,
                          start=310, target=150, threshold=290, source="Compteurs", when="Chaque mois", made_up=""),
                criterion("securite", "Se sent-on en sécurité ?", "Part des riverains rassurés la nuit", "%", UP,
                          start=64, target=60, threshold=45, source="Enquête", when="Avant et à la fin", made_up=""),
            ],
            method=Method.COMPARISON,
            comparison="Quatre rues éteintes de minuit à 5 h.",
            evaluator="Agence de l'énergie, équipe indépendante",
            interests="Aucun.",
            effects=d.PlannedEffects(
                cost="Coût par lampadaire.", quality="Sentiment de sécurité, par enquête.",
                organisation="Temps de réglage.", finances="Coût et économie sur dix ans.",
            ),
            if_confirmed=Promise.GENERALISATION,
            if_refuted=Promise.ABANDONMENT,
            if_inconclusive=Promise.PARTIAL,
        ),
        d.Costs(**euros(authority=64000), rollout="1 600 € par lampadaire.", leaving="Retrait des capteurs : 3 000 €."),
        d.Publication(plain="La nuit, la lumière vient avec vous et s'en va après vous."),
    )  # fmt: skip
    story.cross(after(days.first(-17), 8), "submit")
    granted, decided = after(days.first(-15), 9), before(ends, 3)
    by = {"capacity": "Vice-présidence à l'espace public"}
    story.cross(
        granted, "authorise",
        act(Act, granted, 12, "Autorisation d'un éclairage au passage à Sautron", law=CHARTER, **by,
            facts=invented("La commune et les riverains ont choisi les rues ; tout se règle en un jour.")),
    )  # fmt: skip
    story.write(
        before(starts, 7),
        r.Launch(
            agreements="Convention avec la commune.", informed_on=before(starts, 12),
            informed_how="Courrier aux riverains, essai public un soir.",
        ),
    )  # fmt: skip
    story.cross(after(starts, 0), "start")
    story.cross(before(ends, 45), "finish")
    story.write(
        before(ends, 34),
        r.Evaluation(
            results=[
                result("energie", 138, "La baisse est la plus forte l'hiver."),
                result("securite", 66, "La part ne baisse pas ; elle monte un peu dans les rues les plus sombres."),
            ],
            limits="Quatre rues calmes. Rien n'est dit des rues plus passantes.",
            departures="Aucun.",
            remarks="Les riverains sont satisfaits ; un quart trouve l'allumage trop soudain.",
            effects=r.ObservedEffects(
                cost="1 600 € par lampadaire, comme prévu.", quality="Le sentiment de sécurité est gardé.",
                organisation="Deux réglages par rue et par an.", finances="Amorti en onze ans au prix actuel.",
                agents="Aucun effet notable.", environment="Plus de chauves-souris observées aux abords.",
                equity="Les rues éloignées du bourg n'ont pas été essayées.", privacy="Aucune image, aucun comptage.",
                undesired="Des lampes s'allument pour les chats.",
            ),
            verdict=Finding.CONFIRMED,
            summary="On dépense moitié moins d'énergie et l'on se sent aussi bien la nuit.",
        ),
    )  # fmt: skip
    story.cross(before(ends, 31), "evaluate")
    story.cross(
        decided, "decide-maintain",
        act(
            Conclusion, decided, 105, "Maintien de l'éclairage au passage dans quatre rues de Sautron", law=CHARTER,
            **by,
            facts=invented("L'hypothèse est confirmée. Les quatre rues gardent l'éclairage au passage."),
            departure=invented(
                "L'engagement était de généraliser. L'évaluation le permettrait, mais l'équipement des "
                "vingt-quatre communes n'est pas financé avant deux ans, et les lampadaires récents ne sont pas "
                "compatibles. La généralisation sera proposée lors du prochain renouvellement des lampadaires."
            ),
        ),
    )  # fmt: skip
    return [story]
