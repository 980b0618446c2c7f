"""Rules set aside: those that no local experiment may touch, and what is said of the others, from first to last."""

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import reported as r
from experiments.gates import Refused
from experiments.vocabulary import Status, Untouchable
from tests.builders import an_experiment, cross, missing, ready_for, verdict, write

pytestmark = pytest.mark.only("sqlite")


@pytest.mark.parametrize(
    "rule",
    [
        "RGPD, article 9", "le R.G.P.D.", "Règlement (UE) 2016/679, article 6", "GDPR art. 5",
        "Règlement général sur la protection des données", "Loi Informatique et Libertés, article 8",
        "loi n° 78-17 du 6 janvier 1978",
    ],
)  # fmt: skip
@pytest.mark.parametrize("ticked", [False, True])
def test_a_derogation_to_the_gdpr_is_refused_with_the_legal_route(session: Session, rule: str, ticked: bool) -> None:
    """Ticked or only named; the refusal itself says what to do instead."""
    x = an_experiment(session, Status.DRAFT)
    derogations = x.read(d.Derogations)
    untouchable = Untouchable.GDPR if ticked else Untouchable.NONE
    first = replace(derogations.items[0], rule=rule, untouchable=untouchable)
    write(session, x, replace(derogations, items=[first, *derogations.items[1:]]))
    (point,) = verdict(session, x, "submit").missing
    assert point.code == "derogation.untouchable"
    assert point.anchor == "items-0-untouchable"
    assert "CNIL" in point.label
    assert "aucune expérimentation locale" in point.label
    with pytest.raises(Refused):
        cross(session, x, "submit")


@pytest.mark.parametrize("untouchable", [one for one in Untouchable if one is not Untouchable.NONE])
def test_what_no_local_experiment_may_set_aside_is_refused_with_its_route(
    session: Session, untouchable: Untouchable
) -> None:
    x = an_experiment(session, Status.DRAFT)
    derogations = x.read(d.Derogations)
    items = [*derogations.items[:2], replace(derogations.items[2], untouchable=untouchable)]
    write(session, x, replace(derogations, items=items))
    (point,) = verdict(session, x, "submit").missing
    assert point.code == "derogation.untouchable"
    assert point.label.startswith("Dérogation 3")
    assert point.label.endswith(")")


def test_either_a_derogation_or_a_reasoned_none(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    some = x.read(d.Derogations).items
    reason = "L’offre relève du droit commun."
    for derogations, expected in (
        (d.Derogations(), ["derogations.said"]),
        (d.Derogations(none=True), ["derogations.none_reason"]),
        (d.Derogations(none=True, none_reason=reason), []),
        (d.Derogations(none=True, none_reason=reason, items=some), ["derogations.said"]),
        (d.Derogations(items=some), []),
    ):
        write(session, x, derogations)
        assert missing(session, x, "submit") == expected


def test_every_derogation_has_its_fate_before_the_end(session: Session) -> None:
    x = ready_for(session, "close")
    closing = x.read(r.Closing)
    write(session, x, replace(closing, fates=closing.fates[:2]))
    (point,) = verdict(session, x, "close").missing
    assert point.label.startswith("Dérogation 3")
