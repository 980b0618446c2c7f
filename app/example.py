"""An example for every part and every act: on a demonstration register, one button fills what is still empty.

It lets somebody walk the whole life of an experiment in a few minutes; on a real register it does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from experiments import acts as a
from experiments import declared as d
from experiments import reported as r
from experiments import vocabulary as v
from experiments.content import Content, Question, blank, questions
from experiments.dates import add_months
from experiments.model import Experiment

C = TypeVar("C", bound=Content)


def filled(content: C, x: Experiment, today: date, gate: str = "") -> C:
    """The same content, its empty answers taken from the example; what was written stays.

    `gate`: the name of the gate where it is asked, if one is: nobody refuses for the reasons that authorise.
    """
    example = _EXAMPLES[type(content)](x, today)
    for name, text in _AT_GATE.get(gate, {}).items():
        setattr(example, name, text)
    for question in questions(type(content)):
        mine, theirs = getattr(content, question.name), getattr(example, question.name)
        if question.kind == "group":
            _complete(mine, theirs)
        elif question.kind == "items" and mine:
            for position, item in enumerate(mine):
                _complete(item, theirs[min(position, len(theirs) - 1)] if theirs else item)
        elif blank(mine) and (question.kind != "items" or not answers_for(question)):
            setattr(content, question.name, theirs)
    if isinstance(content, d.Derogations) and content.items:
        content.none, content.none_reason = False, ""
    return content


def answers_for(list_: Question) -> bool:
    """Whether the rows of a list answer for criteria or derogations: there is then one each, and none to invent."""
    return any(q.list in {"criteria", "derogations"} for q in questions(list_.type))


def _complete(mine: Content, theirs: Content) -> None:
    for question in questions(type(mine)):
        if blank(getattr(mine, question.name)):
            setattr(mine, question.name, getattr(theirs, question.name))


def _identity(_x: Experiment, _today: date) -> d.Identity:
    return d.Identity(
        title="Un abri frais à l’arrêt de bus",
        summary="Deux arrêts de bus reçoivent un abri végétalisé pendant l’été. On mesure la température et on "
        "demande leur avis à celles et ceux qui attendent.",
        policy="climat",
        problem="À certains arrêts, on attend en plein soleil : 41 °C relevés sous l’abri vitré en juillet.",
        hypothesis="Un abri végétalisé fait baisser d’au moins quatre degrés la température ressentie à l’arrêt.",
        description="Deux abris sont posés, arrosés et suivis par le service des espaces verts.",
        organisation="Nantes Métropole",
        department="Direction de l’espace public",
        function="Responsable du confort d’été",
        mailbox="confort-ete@demo.example",
        communes=["44109"],
        place="Deux arrêts de la ligne 26",
        people="Usagers des deux arrêts",
        people_max=800,
        alternatives="Planter deux arbres : l’ombre vient au bout de dix ans.",
    )


def _duration(_x: Experiment, today: date) -> d.Duration:
    ends_on = add_months(today, 6)
    return d.Duration(
        starts_on=today,
        ends_on=ends_on,
        reason="Un été et les semaines qui l’encadrent, pour comparer jours chauds et jours ordinaires.",
        evaluation_due_on=ends_on - timedelta(40),
        decision_due_on=ends_on - timedelta(10),
        decision_body="Bureau métropolitain",
    )


def _derogations(_x: Experiment, _today: date) -> d.Derogations:
    return d.Derogations(
        none=True, none_reason="Les abris sont posés sur le domaine de la collectivité, selon le droit commun."
    )


def _stakeholders(_x: Experiment, today: date) -> d.Stakeholders:
    users = d.Stakeholder(
        name="Usagers de la ligne 26",
        kind=v.StakeholderKind.USERS,
        association=v.Association.CONSULTED,
        role="Ils disent ce qu’ils ressentent, à l’arrêt.",
        evidence="Compte rendu de la rencontre à l’arrêt",
        evidence_on=today,
    )
    return d.Stakeholders(
        items=[users],
        information="Une affiche à chaque arrêt dit ce qui est essayé, jusqu’à quand, et où écrire.",
        withdrawal="Répondre au questionnaire n’est jamais obligatoire.",
        alternative="L’arrêt suivant, à deux cents mètres, garde son abri ordinaire.",
    )


def _protocol(_x: Experiment, _today: date) -> d.Protocol:
    criterion = d.Criterion(
        question="Fait-il moins chaud sous l’abri ?",
        indicator="Écart de température avec l’abri vitré voisin",
        unit="°C",
        direction=v.Direction.UP,
        baseline=Decimal(0),
        target=Decimal(4),
        threshold=Decimal(1),
        source="Deux sondes à chaque arrêt",
        measured_by="L’évaluateur",
        measured_when="Les jours à plus de 28 °C",
    )
    return d.Protocol(
        criteria=[criterion],
        method=v.Method.COMPARISON,
        comparison="L’abri vitré de l’arrêt suivant, aux mêmes heures.",
        evaluator="Laboratoire universitaire",
        interests="Aucun.",
        effects=d.PlannedEffects(
            "Factures de pose et d’arrosage", "Questionnaire à l’arrêt", "Heures des jardiniers", "Budget du service"
        ),
        if_confirmed=v.Promise.GENERALISATION,
        if_refuted=v.Promise.ABANDONMENT,
        if_inconclusive=v.Promise.ABANDONMENT,
    )


def _costs(_x: Experiment, _today: date) -> d.Costs:
    return d.Costs(authority=Decimal(18000), rollout="9 000 € par abri.", leaving="1 500 € pour remettre en état.")


def _publication(_x: Experiment, _today: date) -> d.Publication:
    return d.Publication(
        plain="À deux arrêts de la ligne 26, l’abri est végétalisé pendant six mois. Rien d’autre ne change.",
        notice="Une affiche à chaque arrêt.",
    )


def _launch(_x: Experiment, today: date) -> r.Launch:
    return r.Launch(
        agreements="Aucune convention : les abris appartiennent à la collectivité, qui les assure.",
        informed_on=today,
        informed_how="Affiche posée à chaque arrêt.",
        conditions="Les deux abris sont accessibles aux fauteuils, contrôlés le jour de la pose.",
        baselines=[r.Baseline(value=Decimal(0), measured_on=today)],
    )


def _interim(_x: Experiment, _today: date) -> r.Interim:
    return r.Interim(results=[r.Result(value=Decimal(3))], summary="À mi-parcours, l’écart est de trois degrés.")


def _extension(x: Experiment, _today: date) -> r.ExtensionRequest:
    ends_on = x.ends_on + timedelta(60) if x.ends_on else None
    return r.ExtensionRequest(ends_on=ends_on, reason="L’été a été frais : il manque des jours chauds.")


def _evaluation(_x: Experiment, _today: date) -> r.Evaluation:
    return r.Evaluation(
        results=[r.Result(value=Decimal("4.6"), comment="La cible est dépassée de peu.")],
        limits="Deux arrêts seulement, un seul été.",
        departures="Aucun.",
        remarks="Les usagers demandent un banc de plus ; les conducteurs n’ont rien remarqué.",
        effects=r.ObservedEffects(
            "17 400 €, un peu moins que prévu.", "Sept usagers sur dix disent attendre mieux.",
            "Deux heures de jardinier par semaine.", "Sans effet sur les recettes.", "Aucun effet observé.",
            "Deux mètres cubes d’eau par semaine.", "Les deux arrêts sont dans des quartiers prioritaires.",
            "Aucune donnée personnelle.", "Aucun observé.",
        ),
        verdict=v.Finding.CONFIRMED,
        summary="Sous l’abri végétalisé, il fait 4,6 degrés de moins. L’entretien reste léger.",
    )  # fmt: skip


def _closing(_x: Experiment, today: date) -> r.Closing:
    return r.Closing(
        fates=[r.Fate(fate=v.DerogationFate.LAPSED)],
        data="Relevés de température, sans donnée personnelle, archivés ce jour.",
        equipment="Les sondes servent à l’essai suivant.",
        told_on=today,
        lessons="Prévoir le banc dès le départ, et mesurer deux étés.",
        published_on=today,
        attested=True,
    )


def _follow_up(_x: Experiment, today: date) -> r.FollowUp:
    return r.FollowUp(
        state="Les deux abris sont restés ; six autres sont au budget de l’an prochain.",
        surprises="Les conducteurs s’y abritent aussi pendant leur pause.",
        seen_on=today,
    )


def _act(kind: type[a.Act]) -> Callable[[Experiment, date], a.Act]:
    def made(x: Experiment, today: date) -> a.Act:
        return kind(
            act=v.ActKind.DECISION,
            number=f"{today.year}-{x.version:03d}",
            signed_on=today,
            body="Bureau métropolitain",
            capacity="Vice-présidente à l’espace public",
            object=f"Expérimentation {x.number}",
            law="Code général des collectivités territoriales ; charte, principe 9.",
            facts="Le dossier est complet et l’intérêt pour les habitants est établi.",
            effective_on=today,
        )

    return made


def _stop(x: Experiment, today: date) -> a.Stop:
    act = _act(a.Stop)(x, today)
    assert isinstance(act, a.Stop)
    act.stop_reason = v.StopReason.TECHNICAL
    return act


def _conclusion(x: Experiment, today: date) -> a.Conclusion:
    act = _act(a.Conclusion)(x, today)
    assert isinstance(act, a.Conclusion)
    act.departure = "Le budget de l’année ne permet pas davantage."
    return act


_AT_GATE = {
    "suspend": {"reason": "Deux sondes sont en panne : l’essai s’arrête, le temps de les remplacer."},
    "resume": {"reason": "Les sondes sont remplacées et vérifiées."},
    "withdraw": {"reason": "Le partenaire qui fournissait le matériel a renoncé."},
    "refuse": {"facts": "L’évaluateur dépend de l’équipe qui porte l’essai, et aucun habitant n’a été associé."},
    "extend": {"facts": "L’évaluation intermédiaire est favorable ; il faut un second été pour conclure."},
    "stop": {"facts": "Le matériel ne tient pas : continuer n’apprendrait rien de plus."},
    "decide-generalise": {"facts": "L’évaluation est favorable, et le coût de la généralisation est connu."},
    "decide-maintain": {"facts": "Les résultats ne valent que pour une partie des lieux : ceux-là sont gardés."},
    "decide-abandon": {"facts": "Les résultats ne justifient pas d’y consacrer davantage."},
}

_EXAMPLES: dict[type[Content], Callable[[Experiment, date], Any]] = {
    d.Identity: _identity,
    d.Duration: _duration,
    d.Derogations: _derogations,
    d.Stakeholders: _stakeholders,
    d.Protocol: _protocol,
    d.Costs: _costs,
    d.Publication: _publication,
    r.Launch: _launch,
    r.Interim: _interim,
    r.ExtensionRequest: _extension,
    r.Evaluation: _evaluation,
    r.Closing: _closing,
    r.FollowUp: _follow_up,
    a.Nothing: lambda _x, _today: a.Nothing(),
    a.Reason: lambda _x, _today: a.Reason(reason="Préciser qui mesure, et à quelle heure."),
    a.Act: _act(a.Act),
    a.Stop: _stop,
    a.Conclusion: _conclusion,
}
