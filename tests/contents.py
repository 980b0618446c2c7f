"""What the tests write: every part of a file, and every form of a gate, complete and in French."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion, Nothing, Reason, Stop
from experiments.content import Content
from experiments.dates import add_months
from experiments.lifecycle import LIFECYCLE
from experiments.vocabulary import (
    ActKind,
    Association,
    Basis,
    DerogationFate,
    DerogationKind,
    Direction,
    Finding,
    Ground,
    Method,
    Promise,
    RuleLevel,
    StakeholderKind,
    StopReason,
)

TODAY = date(2026, 3, 2)
"""A Monday. Pages, which ask the clock, hand in their own."""

DECISIONS = ("decide-generalise", "decide-maintain", "decide-abandon")
"""The gates that say what becomes of what was tried."""


def complete(start: date) -> dict[type[Content], Content]:
    """Every part of a file, filled, for a year that starts that day: three derogations, two criteria."""
    end = add_months(start, 12) - timedelta(1)
    contents = (
        d.Identity(
            title="Îlots d’ombre démontables à Pont-Rousseau",
            summary="Trois ombrières en bois et toile sont posées un an sur le parvis de la gare, avec des bancs. "
            "On mesure la fraîcheur ressentie et l’usage de la place avant de décider de la suite.",
            policy="climat",
            problem="En juillet 2025, le parvis a dépassé 38 °C onze après-midi et restait vide de 14 h à 18 h.",
            hypothesis="Une ombre de 60 m² fait revenir des usagers sur le parvis aux heures chaudes.",
            description="Trois ombrières démontables, fabriquées par un atelier local, sur le parvis nord.",
            novelty="Un premier essai, à Rezé en 2022, portait sur un seul banc et n’avait pas de comparaison.",
            why_experiment="Aucune étude ne dit si l’ombre suffit à faire revenir les usagers sur un sol minéral.",
            alternatives="Planter six tilleuls : 24 000 €, ombre au bout de dix ans. Brumisateurs : 9 000 € par été.",
            organisation="Nantes Métropole",
            department="Direction des espaces publics",
            function="Responsable des espaces publics",
            mailbox="espaces-publics@exemple.fr",
            communes=["44143"],
            place="Parvis de la gare de Pont-Rousseau",
            people="Usagers de la gare et riverains",
            people_max=4000,
        ),
        d.Duration(
            starts_on=start,
            ends_on=end,
            reason="Un été pour mesurer, un hiver pour voir comment le bois et la toile tiennent.",
            basis=Basis.NONE,
            midterm_on=start + timedelta(182),
            evaluation_due_on=end - timedelta(40),
            decision_due_on=end - timedelta(15),
            decision_body="Bureau métropolitain",
        ),
        d.Derogations(
            items=[
                d.Derogation(
                    id="voirie",
                    rule="Règlement de voirie métropolitain, article 14",
                    level=RuleLevel.INTERNAL,
                    basis="Délibération 2025-112, article 3, qui ouvre l’article 14 aux essais de moins de deux ans",
                    scope="Le service peut ancrer trois ombrières au parvis nord, hors du cheminement des secours.",
                    starts_on=start,
                    ends_on=end,
                    interest="Le parvis est le seul espace public du quartier sans arbre de haute tige.",
                    harmless="L’ancrage est réversible et laisse 4 m de passage ; aucun texte de l’Union n’est en jeu.",
                    safeguards="Vérification mensuelle des ancrages ; repli des toiles au-delà de 70 km/h de vent.",
                    reasons="L’article 14 interdit tout ancrage ; un lest de 4 t abîmerait le parvis refait en 2023.",
                ),
                d.Derogation(
                    id="achat",
                    kind=DerogationKind.PURCHASE,
                    rule="Code de la commande publique, article R2122-9-1",
                    level=RuleLevel.DECREE,
                    basis="Article R2122-9-1 lui-même",
                    scope="Achat de trois ombrières, une fois, sans publicité ni mise en concurrence.",
                    starts_on=start,
                    ends_on=start + timedelta(30),
                    reasons="Aucun mobilier démontable de cette portée n’est au catalogue des marchés en cours.",
                    amount=Decimal(48000),
                    operator="Atelier Bois du Pays de Retz",
                ),
                d.Derogation(
                    id="parvis",
                    kind=DerogationKind.PUBLIC_DOMAIN,
                    rule="Code général de la propriété des personnes publiques, article L2122-1-1",
                    level=RuleLevel.LAW,
                    basis="Article L2122-1-3, 4°",
                    scope="L’atelier occupe 60 m² du parvis nord.",
                    starts_on=start,
                    ends_on=end,
                    reasons="Une seule ombrière est compatible avec la dalle du parvis.",
                    operator="Atelier Bois du Pays de Retz",
                    domain_title="Convention d’occupation temporaire 2026-31",
                    domain_fee="Gratuité : l’occupation contribue directement à l’intérêt général.",
                    domain_publicity="Avis publié le même jour que la convention.",
                ),
            ]
        ),
        d.Stakeholders(
            items=[
                d.Stakeholder(
                    id="riverains",
                    name="Riverains du quartier Pont-Rousseau",
                    kind=StakeholderKind.RESIDENTS,
                    association=Association.CO_DESIGN,
                    role="Choisissent l’emplacement des bancs et les heures de comptage.",
                    evidence="Compte rendu de l’atelier de quartier",
                    evidence_on=start - timedelta(60),
                ),
                d.Stakeholder(
                    id="usagers",
                    name="Usagers de la gare",
                    kind=StakeholderKind.USERS,
                    association=Association.INFORMED,
                ),
            ],
            information="Trois ombrières sont essayées ici pendant un an. Des passages sont comptés, sans image.",
            withdrawal="Un courriel à la boîte générique suffit pour ne pas répondre à l’enquête.",
            alternative="Le parvis reste praticable sans passer sous les ombrières.",
        ),
        d.Protocol(
            criteria=[
                d.Criterion(
                    id="usage",
                    question="Les usagers reviennent-ils sur le parvis ?",
                    indicator="Personnes assises entre 14 h et 18 h, par jour de plus de 28 °C",
                    unit="personnes",
                    direction=Direction.UP,
                    baseline=Decimal(12),
                    target=Decimal(40),
                    threshold=Decimal(10),
                    source="Comptages manuels",
                    measured_by="L’évaluatrice",
                    measured_when="Dix après-midi de juillet et d’août",
                ),
                d.Criterion(
                    id="chaleur",
                    question="Fait-il moins chaud sous l’ombre ?",
                    indicator="Température équivalente ressentie à 1,5 m du sol",
                    unit="°C",
                    direction=Direction.DOWN,
                    target=Decimal(32),
                    threshold=Decimal(38),
                    source="Trois sondes posées par le service",
                    measured_by="L’évaluatrice",
                    measured_when="En continu, de juin à septembre",
                ),
            ],
            method=Method.COMPARISON,
            comparison="Le parvis sud, de même orientation, sans ombrière.",
            evaluator="Mission évaluation des politiques publiques",
            interests="Aucun.",
            effects=d.PlannedEffects(
                cost="Factures et heures d’agents, relevées chaque trimestre",
                quality="Enquête auprès de 200 usagers, avant et pendant",
                organisation="Entretiens avec l’équipe de propreté",
                finances="Coût annualisé sur dix ans, comparé à la plantation",
            ),
            if_confirmed=Promise.GENERALISATION,
            if_refuted=Promise.ABANDONMENT,
            if_inconclusive=Promise.PARTIAL,
        ),
        d.Costs(
            authority=Decimal(86000),
            partners=Decimal(0),
            grants=Decimal(20000),
            rollout="270 000 € pour les neuf parvis de la métropole",
            leaving="6 000 € pour le démontage et la reprise de la dalle",
        ),
        d.Publication(
            plain="Trois ombrières et six bancs sont posés un an sur le parvis ; le passage reste libre.",
            notice="Panneau sur place, courrier aux riverains, réunion publique.",
            withheld=[d.Withheld(id="sondes", what="Emplacement des sondes", ground=Ground.SECURITY, until=end)],
        ),
        r.Launch(
            baselines=[
                r.Baseline(id="depart", criterion="chaleur", value=Decimal("36.5"), measured_on=start - timedelta(7))
            ],
            agreements="Convention avec l’atelier signée ; assurance de la métropole étendue aux ombrières.",
            informed_on=start - timedelta(6),
            informed_how="Courrier aux riverains et deux permanences sur le parvis.",
            conditions="Le passage des secours a été essayé avec le SDIS ; procès-verbal joint au dossier.",
        ),
        r.Interim(
            results=[r.Result(id="mi-usage", criterion="usage", value=Decimal(31))],
            summary="L’usage double sous l’ombre ; l’été n’a compté que six jours de plus de 28 °C.",
        ),
        r.ExtensionRequest(
            ends_on=end + timedelta(90), reason="Mesurer un second mois de juin, le premier ayant été frais et humide."
        ),
        r.Evaluation(
            results=[
                r.Result(id="r-usage", criterion="usage", value=Decimal(44), comment="Dix après-midi sur dix."),
                r.Result(id="r-chaleur", criterion="chaleur", not_measured="Deux sondes sur trois ont été volées."),
            ],
            limits="Un seul été, et un parvis témoin moins fréquenté.",
            departures="Aucun.",
            remarks="Les riverains demandent des poubelles ; deux trouvent les toiles bruyantes par grand vent.",
            effects=r.ObservedEffects(
                cost="91 000 €, soit 5 000 € de plus que prévu",
                quality="72 % des usagers interrogés restent plus longtemps",
                organisation="Deux heures de propreté de plus par semaine",
                finances="9 100 € par an sur dix ans",
                agents="L’équipe de propreté demande un point d’eau",
                environment="2,4 t de bois local, réemployable",
                equity="Autant de femmes que d’hommes assis, contre un tiers auparavant",
                privacy="Aucune image ; comptages manuels",
                undesired="Du bruit par grand vent",
            ),
            verdict=Finding.CONFIRMED,
            summary="L’ombre a ramené du monde : 44 personnes assises les jours chauds, contre 12 avant.",
        ),
        r.Closing(
            fates=[
                r.Fate(
                    id="f1",
                    derogation="voirie",
                    fate=DerogationFate.PERMANENT,
                    act="Délibération 2027-018, qui modifie l’article 14",
                ),
                r.Fate(id="f2", derogation="achat", fate=DerogationFate.LAPSED),
                r.Fate(id="f3", derogation="parvis", fate=DerogationFate.LAPSED),
            ],
            data="Comptages anonymes, versés aux données ouvertes ; mesures des sondes supprimées.",
            equipment="Les ombrières restent en place ; les sondes sont remises au service des parcs.",
            told_on=start + timedelta(341),
            lessons="Compter les femmes et les hommes dès le départ ; prévoir l’entretien des toiles.",
            published_on=start + timedelta(341),
            attested=True,
        ),
    )
    return {type(content): content for content in contents}


def answers_for(gate: str, today: date = TODAY) -> Any:
    """What the form of a gate says when it is well filled."""
    return {Nothing: Nothing, Reason: _reason, Act: _act, Stop: _stop, Conclusion: _conclusion}[LIFECYCLE[gate].asks](
        *(() if LIFECYCLE[gate].asks in (Nothing, Reason) else (gate, today))
    )


def _reason() -> Reason:
    return Reason(reason="Le compte rendu de l’atelier de quartier manque de signatures.")


def _act(gate: str, today: date, kind: type[Act] = Act, **more: Any) -> Act:
    return kind(
        act=ActKind.DELIBERATION,
        number=f"2026-117-{gate}",
        signed_on=today,
        body="Bureau métropolitain",
        capacity="Vice-présidente au numérique",
        object=f"Îlots d’ombre à Pont-Rousseau : {LIFECYCLE[gate].label.lower()}",
        law="Code général des collectivités territoriales, article L5217-2 ; charte, principe 9.",
        facts="Le dossier est complet et l’avis du délégué à la protection des données est favorable.",
        effective_on=today,
        conditions="Essayer le passage des secours avec le SDIS avant la pose." if gate == "authorise" else "",
        **more,
    )


def _stop(gate: str, today: date) -> Stop:
    act = _act(gate, today, Stop, stop_reason=StopReason.TECHNICAL)
    assert isinstance(act, Stop)
    return act


def _conclusion(gate: str, today: date) -> Conclusion:
    departure = "" if gate == "decide-generalise" else "Le plan de plantation, voté entre-temps, couvre ce parvis."
    act = _act(gate, today, Conclusion, departure=departure)
    assert isinstance(act, Conclusion)
    return act
