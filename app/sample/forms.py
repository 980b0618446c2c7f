"""Shorter ways to say what every file says: a criterion, its result, the effects planned and observed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from experiments import declared as d
from experiments import reported as r
from experiments.vocabulary import Association, Direction, StakeholderKind

from .words import LABEL

UP, DOWN = Direction.UP, Direction.DOWN
METROPOLIS = "Code général des collectivités territoriales, article L5217-2 (compétences des métropoles)."
CHARTER = f"Charte métropolitaine de la donnée et de l'IA, principe 9. {METROPOLIS}"
NOT_PUBLISHED = "Aucune mesure publiée pour ce critère."

Number = int | str | None


def _decimal(number: Number) -> Decimal | None:
    return None if number is None else Decimal(number)


def criterion(
    key: str, question: str, indicator: str, unit: str, direction: Direction, *, start: Number = None,
    target: Number, threshold: Number, source: str, by: str = "L'évaluateur", when: str,
    made_up: str = "cible et seuil",
) -> d.Criterion:  # fmt: skip
    """A criterion; `made_up` names those of its figures that nobody published."""
    return d.Criterion(
        id=key, question=question, indicator=indicator, unit=unit, direction=direction, baseline=_decimal(start),
        target=_decimal(target), threshold=_decimal(threshold),
        source=f"{source} ; {made_up} {LABEL}" if made_up else source, measured_by=by, measured_when=when,
    )  # fmt: skip


def result(key: str, value: Number, comment: str) -> r.Result:
    return r.Result(id=f"r-{key}", criterion=key, value=_decimal(value), comment=comment)


def unmeasured(key: str, why: str = NOT_PUBLISHED) -> r.Result:
    return r.Result(id=f"r-{key}", criterion=key, not_measured=why)


def measured_at_start(key: str, value: Number, day: date) -> r.Baseline:
    return r.Baseline(id=f"b-{key}", criterion=key, value=_decimal(value), measured_on=day)


def who(
    key: str, name: str, kind: StakeholderKind, how: Association, role: str, evidence: str = "",
    day: date | None = None,
) -> d.Stakeholder:  # fmt: skip
    return d.Stakeholder(id=key, name=name, kind=kind, association=how, role=role, evidence=evidence, evidence_on=day)


def euros(**amounts: int) -> dict[str, Any]:
    """Amounts of a cost, by name."""
    return {name: Decimal(amount) for name, amount in amounts.items()}
