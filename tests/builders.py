"""Experiments for the tests: built by the real verbs, on a real session, complete and in French.

`an_experiment(session, Status.RUNNING)` stands at a status, ready for every gate that leaves it;
`ready_for(session, "authorise")` says the same by the name of a gate; `broken(session, "identity.title", "submit")`
is ready for a gate but for one thing. All are reckoned from `today`, whatever day it is. Nothing is committed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from experiments import declared as d
from experiments import editing, gates, policies
from experiments import reported as r
from experiments.acts import Act, Conclusion, Nothing, Reason, Stop
from experiments.content import Content, encode, fingerprint
from experiments.dates import add_months
from experiments.lifecycle import LIFECYCLE
from experiments.model import Entry, Experiment, Person
from experiments.parts import BY_CONTENT, PARTS, Writer
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
    OpinionKind,
    OpinionSense,
    Part,
    Promise,
    Role,
    RuleLevel,
    StakeholderKind,
    Status,
    StopReason,
    Untouchable,
)
from tests import people

TODAY = date(2026, 3, 2)
"""A Monday. Pages, which ask the clock, hand in their own."""

C = TypeVar("C", bound=Content)
Written = Mapping[type[Content], Content]

_TO_AUTHORISED = ("submit", "authorise")
_TO_RUNNING = (*_TO_AUTHORISED, "start")
_TO_EVALUATED = (*_TO_RUNNING, "finish", "evaluate")
PATHS: dict[Status, tuple[str, ...]] = {
    Status.DRAFT: (),
    Status.SUBMITTED: ("submit",),
    Status.REFUSED: ("submit", "refuse"),
    Status.WITHDRAWN: ("withdraw",),
    Status.AUTHORISED: _TO_AUTHORISED,
    Status.RUNNING: _TO_RUNNING,
    Status.SUSPENDED: (*_TO_RUNNING, "suspend"),
    Status.EVALUATING: (*_TO_RUNNING, "finish"),
    Status.EVALUATED: _TO_EVALUATED,
    Status.DECIDED: (*_TO_EVALUATED, "decide-generalise"),
    Status.CLOSED: (*_TO_EVALUATED, "decide-generalise", "close"),
}
"""The gates that lead to each status."""

# In days from the start of the period, which lasts a year.
_OPENED, _OPINION_GIVEN, _ASKED_EXTENSION = -45, -41, 60
_DAY_OF = {
    "submit": -40, "withdraw": -40, "authorise": -20, "refuse": -20, "start": 0, "suspend": 110, "finish": 300,
    "evaluate": 320, "decide-generalise": 340, "close": 350,
}  # fmt: skip
_AGE = {
    Status.DRAFT: -30, Status.SUBMITTED: -30, Status.REFUSED: -10, Status.WITHDRAWN: -10, Status.AUTHORISED: 0,
    Status.RUNNING: 120, Status.SUSPENDED: 120, Status.EVALUATING: 310, Status.EVALUATED: 330, Status.DECIDED: 345,
    Status.CLOSED: 355,
}  # fmt: skip

_nonces = count(1)


def noon(day: date) -> datetime:
    """A moment of that day, the same day in Paris."""
    return datetime.combine(day, time(11), UTC)


# What is written ------------------------------------------------------------------------------------------------------


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


# What is done ---------------------------------------------------------------------------------------------------------


def an_experiment(
    session: Session, status: Status = Status.DRAFT, *, today: date = TODAY, written: Written | None = None
) -> Experiment:
    """A file that stands at a status on a day, with all that the gates leaving it ask.

    Awa carries it, Bruno contributes, Claire evaluates, Denis advises, Élise decides. `written` replaces whole
    parts of what `complete` says.
    """
    start = today - timedelta(_AGE[status])
    contents = {**complete(start), **(written or {})}
    x = _opened(session, start, contents)
    _prepare(session, x, contents, start)
    for gate in PATHS[status]:
        cross(session, x, gate, on=start + timedelta(_DAY_OF[gate]))
        _prepare(session, x, contents, start)
    return x


def ready_for(session: Session, gate: str, *, today: date = TODAY, written: Written | None = None) -> Experiment:
    """A file that this gate lets through on that day, standing at the first status that the gate leaves."""
    return an_experiment(session, LIFECYCLE[gate].sources[0], today=today, written=written)


def _opened(session: Session, start: date, contents: Written) -> Experiment:
    day = start + timedelta(_OPENED)
    now, lead = noon(day), people.awa(session)
    identity = contents[d.Identity]
    assert isinstance(identity, d.Identity)
    x = editing.open_experiment(
        session, lead, identity.title or "Sans titre", f"builder-{next(_nonces)}", now=now, today=day
    )
    editing.name(session, x, lead, people.bruno(session), Part.CONTRIBUTOR, now=now)
    editing.name(session, x, lead, people.claire(session), Part.EVALUATOR, now=now)
    return x


def _prepare(session: Session, x: Experiment, contents: Written, start: date) -> None:
    """Write every part that this status opens and that is not yet written; ask and give what goes with it."""
    now = noon(start + timedelta(_DAY_OF[PATHS[x.status][-1]] if PATHS[x.status] else _OPENED))
    for part in PARTS:
        kept = contents[part.content]
        if x.status in part.open_in and x.text(part) != encode(kept):
            editing.write(session, x, writer_of(session, part.content), part, kept, seen=None, now=now)
    if x.status is Status.DRAFT:
        _have_opinion(session, x, start)
    if x.status is Status.RUNNING:
        asked_on = start + timedelta(_ASKED_EXTENSION)
        editing.record_interim(session, x, people.claire(session), now=noon(asked_on))
        editing.ask_extension(session, x, people.awa(session), now=noon(asked_on), today=asked_on)


def _have_opinion(session: Session, x: Experiment, start: date) -> None:
    asked_on = start + timedelta(_OPENED)
    editing.ask_opinion(
        session, x, people.awa(session), people.denis(session), OpinionKind.DPO, "Les comptages sont-ils anonymes ?",
        now=noon(asked_on), today=asked_on,
    )  # fmt: skip
    opine(session, x, on=start + timedelta(_OPINION_GIVEN))


def opine(session: Session, x: Experiment, *, on: date) -> None:
    """Denis gives his opinion, or gives it again on what the file says now."""
    for opinion in x.opinions:
        editing.give_opinion(
            session, x, people.denis(session), opinion, OpinionSense.FAVOURABLE,
            "Aucune donnée personnelle n’est collectée.", seen=None, now=noon(on),
        )  # fmt: skip


def writer_of(session: Session, kind: type[Content]) -> Person:
    """Whose hand writes this part."""
    return people.claire(session) if BY_CONTENT[kind].writer is Writer.EVALUATOR else people.awa(session)


def write(session: Session, x: Experiment, content: Content, *, on: date = TODAY, by: Person | None = None) -> None:
    """Write a part anew, by the hand whose it is."""
    part = BY_CONTENT[type(content)]
    editing.write(session, x, by or writer_of(session, part.content), part, content, seen=None, now=noon(on))


def opener_of(session: Session, gate: str) -> Person:
    """Who opens a gate in the stories of the tests."""
    roles = LIFECYCLE[gate].opener.roles
    who = people.awa if Role.LEAD in roles else people.claire if Role.EVALUATOR in roles else people.elise
    return who(session)


def cross(
    session: Session, x: Experiment, gate: str, *, on: date = TODAY, by: Person | None = None,
    answers: Content | None = None, seen: int | None = None,
) -> Entry:  # fmt: skip
    """Cross a gate, by whoever opens it and with a well filled form unless told otherwise."""
    return gates.cross(
        session, x, LIFECYCLE[gate], by or opener_of(session, gate),
        answers if answers is not None else answers_for(gate, on), seen=seen, now=noon(on), today=on,
    )  # fmt: skip


def verdict(
    session: Session, x: Experiment, gate: str, *, on: date = TODAY, by: Person | None = None,
    answers: Content | None = None,
) -> gates.Verdict:  # fmt: skip
    """What the judge says of a gate, for whoever opens it and with a well filled form unless told otherwise."""
    roles = policies.roles_of(by or opener_of(session, gate), x)
    return gates.examine(LIFECYCLE[gate], x, roles, on, answers if answers is not None else answers_for(gate, on))


# What is missing ------------------------------------------------------------------------------------------------------


class Scene(NamedTuple):
    """A file that is ready, and the day on which it is judged."""

    session: Session
    x: Experiment
    today: date


Break = Callable[[Scene], date | None]
"""Breaks one requirement and no other; returns the day on which to judge when it is not today."""


def broken(session: Session, code: str, gate: str, *, today: date = TODAY) -> tuple[Experiment, date]:
    """A file that this gate would let through but for one requirement, and the day on which to judge it."""
    x = ready_for(session, gate, today=today)
    return x, BREAKS[code](Scene(session, x, today)) or today


def _rewrite(scene: Scene, content: Content) -> None:
    write(scene.session, scene.x, content, on=scene.today)
    if scene.x.status in (Status.DRAFT, Status.SUBMITTED):
        opine(scene.session, scene.x, on=scene.today)


def change(kind: type[Content], /, **fields: Any) -> Break:
    """Answer some questions of a part otherwise."""
    return lambda scene: _rewrite(scene, replace(scene.x.read(kind), **fields))


def change_group(kind: type[Content], group: str, /, **fields: Any) -> Break:
    """The same inside a group of questions."""

    def breaks(scene: Scene) -> None:
        content = scene.x.read(kind)
        _rewrite(scene, replace(content, **{group: replace(getattr(content, group), **fields)}))

    return breaks


def change_item(kind: type[Content], rows: str, known_as: str, /, **fields: Any) -> Break:
    """The same for one item of a list."""

    def breaks(scene: Scene) -> None:
        content = scene.x.read(kind)
        items = [replace(item, **fields) if item.id == known_as else item for item in getattr(content, rows)]
        _rewrite(scene, replace(content, **{rows: items}))

    return breaks


def _end_with_start(scene: Scene) -> None:
    duration = scene.x.read(d.Duration)
    _rewrite(scene, replace(duration, ends_on=duration.starts_on))


def _past_the_ceiling(scene: Scene) -> None:
    duration = scene.x.read(d.Duration)
    assert duration.starts_on
    _rewrite(scene, replace(duration, ends_on=add_months(duration.starts_on, 24)))


def _midterm_at_the_end(scene: Scene) -> None:
    duration = scene.x.read(d.Duration)
    _rewrite(scene, replace(duration, midterm_on=duration.ends_on))


def _evaluation_too_late(scene: Scene) -> None:
    duration = scene.x.read(d.Duration)
    assert duration.ends_on
    _rewrite(scene, replace(duration, evaluation_due_on=duration.ends_on - timedelta(29)))


def _decision_after_the_end(scene: Scene) -> None:
    duration = scene.x.read(d.Duration)
    assert duration.ends_on
    _rewrite(scene, replace(duration, decision_due_on=duration.ends_on + timedelta(1)))


def _derogation_outlives(scene: Scene) -> None:
    duration = scene.x.read(d.Duration)
    assert duration.ends_on
    change_item(d.Derogations, "items", "voirie", ends_on=duration.ends_on + timedelta(1))(scene)


def _no_evaluator(scene: Scene) -> None:
    session, x, today = scene
    editing.unname(session, x, people.awa(session), people.claire(session), Part.EVALUATOR, now=noon(today))


def _edit_after_the_opinion(scene: Scene) -> None:
    costs = scene.x.read(d.Costs)
    write(scene.session, scene.x, replace(costs, actual_note="Devis reçu le matin même."), on=scene.today)


def _on_the_last_day(scene: Scene) -> date | None:
    return scene.x.ends_on


def _after_the_end(scene: Scene) -> date:
    assert scene.x.ends_on
    return scene.x.ends_on + timedelta(1)


def _before_the_start(scene: Scene) -> date:
    assert scene.x.starts_on
    return scene.x.starts_on - timedelta(1)


def _informed_tomorrow(scene: Scene) -> None:
    change(r.Launch, informed_on=scene.today + timedelta(1))(scene)


def _asked_as_it_reads(scene: Scene) -> None:
    scene.x.extension_asked = fingerprint(scene.x.text(BY_CONTENT[r.ExtensionRequest]))


def _extension_without_reason(scene: Scene) -> None:
    change(r.ExtensionRequest, reason="")(scene)
    _asked_as_it_reads(scene)


def _extension_too_long(scene: Scene) -> None:
    assert scene.x.ends_on
    change(r.ExtensionRequest, ends_on=scene.x.ends_on + timedelta(183))(scene)
    _asked_as_it_reads(scene)


# The verbs or the database refuse to make these three: they are shown to the judge, and never reach the tables.


def _extended_already(scene: Scene) -> None:
    set_committed_value(scene.x, "extensions", 1)


def _no_interim(scene: Scene) -> None:
    set_committed_value(scene.x, "evaluations", [])


def _no_evaluation(scene: Scene) -> None:
    set_committed_value(scene.x, "evaluation_id", None)


def _edited_since_asked(scene: Scene) -> None:
    change(r.ExtensionRequest, reason="Mesurer un second été entier.")(scene)


def _told_tomorrow(scene: Scene) -> None:
    change(r.Closing, told_on=scene.today + timedelta(1))(scene)


def _published_tomorrow(scene: Scene) -> None:
    change(r.Closing, published_on=scene.today + timedelta(1))(scene)


BREAKS: dict[str, Break] = {
    # Who and what
    "identity.title": change(d.Identity, title=" "),
    "identity.summary": change(d.Identity, summary="-"),
    "identity.policy": change(d.Identity, policy="astrologie"),
    "identity.problem": change(d.Identity, problem="N/A"),
    "identity.hypothesis": change(d.Identity, hypothesis="…"),
    "identity.organisation": change(d.Identity, organisation=""),
    "identity.function": change(d.Identity, function=""),
    "identity.mailbox": change(d.Identity, mailbox=""),
    "identity.communes": change(d.Identity, communes=[]),
    # Limited duration
    "duration.starts_on": change(d.Duration, starts_on=None),
    "duration.ends_on": change(d.Duration, ends_on=None),
    "duration.order": _end_with_start,
    "duration.ceiling": _past_the_ceiling,
    "duration.reason": change(d.Duration, reason="sans objet"),
    "duration.midterm_on": _midterm_at_the_end,
    "duration.evaluation_due_on": _evaluation_too_late,
    "duration.decision_due_on": _decision_after_the_end,
    "duration.decision_body": change(d.Duration, decision_body=""),
    "duration.ahead": _on_the_last_day,
    # Derogations spelled out
    "derogations.said": change(d.Derogations, items=[]),
    "derogations.none_reason": change(d.Derogations, items=[], none=True),
    "derogation.rule": change_item(d.Derogations, "items", "voirie", rule=""),
    "derogation.level": change_item(d.Derogations, "items", "voirie", level=None),
    "derogation.untouchable": change_item(d.Derogations, "items", "voirie", untouchable=Untouchable.LIBERTY),
    "derogation.basis": change_item(d.Derogations, "items", "voirie", basis=""),
    "derogation.scope": change_item(d.Derogations, "items", "voirie", scope=""),
    "derogation.dates": _derogation_outlives,
    "derogation.reasons": change_item(d.Derogations, "items", "voirie", reasons="à compléter"),
    "derogation.amount": change_item(d.Derogations, "items", "achat", amount=Decimal(100_000)),
    "derogation.operator": change_item(d.Derogations, "items", "achat", operator=""),
    "derogation.domain_title": change_item(d.Derogations, "items", "parvis", domain_title=""),
    "derogation.domain_fee": change_item(d.Derogations, "items", "parvis", domain_fee=""),
    "derogation.domain_publicity": change_item(d.Derogations, "items", "parvis", domain_publicity=""),
    # Stakeholders associated
    "stakeholders.items": change(d.Stakeholders, items=[]),
    "stakeholder.name": change_item(d.Stakeholders, "items", "usagers", name=""),
    "stakeholder.kind": change_item(d.Stakeholders, "items", "usagers", kind=None),
    "stakeholder.association": change_item(d.Stakeholders, "items", "usagers", association=None),
    "stakeholder.evidence": change_item(d.Stakeholders, "items", "riverains", evidence=""),
    "stakeholders.information": change(d.Stakeholders, information=""),
    "stakeholders.withdrawal": change(d.Stakeholders, withdrawal=""),
    # Evaluation
    "protocol.criteria": change(d.Protocol, criteria=[]),
    "criterion.indicator": change_item(d.Protocol, "criteria", "usage", indicator=""),
    "criterion.unit": change_item(d.Protocol, "criteria", "usage", unit=""),
    "criterion.direction": change_item(d.Protocol, "criteria", "usage", direction=None),
    "criterion.target": change_item(d.Protocol, "criteria", "usage", target=None),
    "criterion.threshold": change_item(d.Protocol, "criteria", "usage", threshold=None),
    "criterion.order": change_item(d.Protocol, "criteria", "usage", threshold=Decimal(40)),
    "criterion.source": change_item(d.Protocol, "criteria", "usage", source=""),
    "criterion.measured_by": change_item(d.Protocol, "criteria", "usage", measured_by=""),
    "criterion.measured_when": change_item(d.Protocol, "criteria", "usage", measured_when=""),
    "protocol.method": change(d.Protocol, method=None),
    "protocol.comparison": change(d.Protocol, comparison=""),
    "protocol.evaluator": change(d.Protocol, evaluator=""),
    "protocol.interests": change(d.Protocol, interests="n.c."),
    "protocol.effects.cost": change_group(d.Protocol, "effects", cost=""),
    "protocol.effects.quality": change_group(d.Protocol, "effects", quality=""),
    "protocol.effects.organisation": change_group(d.Protocol, "effects", organisation=""),
    "protocol.effects.finances": change_group(d.Protocol, "effects", finances=""),
    "protocol.if_confirmed": change(d.Protocol, if_confirmed=None),
    "protocol.if_refuted": change(d.Protocol, if_refuted=None),
    "protocol.if_inconclusive": change(d.Protocol, if_inconclusive=None),
    "team.evaluator": _no_evaluator,
    # Costs, transparency
    "costs.authority": change(d.Costs, authority=None),
    "publication.plain": change(d.Publication, plain=""),
    "withheld.what": change_item(d.Publication, "withheld", "sondes", what=""),
    "withheld.ground": change_item(d.Publication, "withheld", "sondes", ground=None),
    "opinions.due": _edit_after_the_opinion,
    # To start
    "launch.baseline": change(r.Launch, baselines=[]),
    "launch.agreements": change(r.Launch, agreements=""),
    "launch.informed_how": change(r.Launch, informed_how=""),
    "launch.informed_on": _informed_tomorrow,
    "launch.conditions": change(r.Launch, conditions=""),
    "period.open": _before_the_start,
    "period.over": _after_the_end,
    # To extend
    "extensionrequest.reason": _extension_without_reason,
    "extension.once": _extended_already,
    "extension.interim": _no_interim,
    "extension.ends_on": _extension_too_long,
    "extension.asked": _edited_since_asked,
    # To evaluate
    "evaluation.result": change_item(r.Evaluation, "results", "r-chaleur", not_measured=""),
    "evaluation.limits": change(r.Evaluation, limits=""),
    "evaluation.departures": change(r.Evaluation, departures=""),
    "evaluation.remarks": change(r.Evaluation, remarks=""),
    "evaluation.verdict": change(r.Evaluation, verdict=None),
    "evaluation.summary": change(r.Evaluation, summary=""),
    **{
        f"evaluation.effects.{effect}": change_group(r.Evaluation, "effects", **{effect: ""})
        for effect in r.ObservedEffects.__struct_fields__
    },
    # To decide, to close
    "evaluation.standing": _no_evaluation,
    "closing.fate": change_item(r.Closing, "fates", "f1", act=""),
    "closing.data": change(r.Closing, data=""),
    "closing.equipment": change(r.Closing, equipment=""),
    "closing.told_on": _told_tomorrow,
    "closing.lessons": change(r.Closing, lessons=""),
    "closing.published_on": _published_tomorrow,
    "closing.attested": change(r.Closing, attested=False),
}
"""For each requirement, the smallest change that breaks it and nothing else."""
