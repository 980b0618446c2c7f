"""For each requirement, the smallest change that breaks it and nothing else.

`spoil(session, x, "identity.title")` leaves a file that was ready ready but for one thing.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from experiments import declared as d
from experiments import editing
from experiments import reported as r
from experiments.content import Content, fingerprint
from experiments.dates import add_months
from experiments.model import Experiment
from experiments.parts import BY_CONTENT
from experiments.vocabulary import (
    Part,
    Status,
    Untouchable,
)
from tests import people
from tests.builders import noon, opine, write
from tests.contents import TODAY


class Scene(NamedTuple):
    """A file that is ready, and the day on which it is judged."""

    session: Session
    x: Experiment
    today: date


Break = Callable[[Scene], date | None]
"""Breaks one requirement and no other; returns the day on which to judge when it is not today."""


def spoil(session: Session, x: Experiment, code: str, *, today: date = TODAY) -> date:
    """Break one requirement of a file that is ready; the day on which to judge it."""
    return BREAKS[code](Scene(session, x, today)) or today


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
