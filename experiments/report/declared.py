"""How the figures of the report are declared: what is counted, among what, and in which words that is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from msgspec import Struct

from ..vocabulary import Word
from .life import Life
from .period import Period

Test = Callable[[Life, Period], bool]
FEW = 5
"""With fewer values, a median says less than the values themselves."""


class Section(Word):
    """The parts of the report, in order."""

    PROPOSALS = "proposals", "Ce qui a été proposé, et ce que c’est devenu"
    UNDER_WAY = "under-way", "Les expérimentations ouvertes"
    DECISIONS = "decisions", "Ce qui a été décidé"
    PROMISES = "promises", "Les promesses, tenues ou non"
    STOPS = "stops", "Pourquoi des essais se sont arrêtés"
    DEROGATIONS = "derogations", "Les règles écartées"
    STAKEHOLDERS = "stakeholders", "Qui a été associé, et comment"
    MONEY = "money", "Ce que cela coûte"


class Unit(Word):
    EXPERIMENTS = "experiments", "expérimentations"
    DEROGATIONS = "derogations", "dérogations"
    STAKEHOLDERS = "stakeholders", "parties prenantes"
    DAYS = "days", "jours"
    EUROS = "euros", "euros"


class Figure(Struct):
    """One indicator, with what it takes to check it: what it counts, among what, and how."""

    code: str
    section: Section
    label: str
    unit: Unit
    value: Decimal | None
    numerator: int
    """How many things are counted, or say what is added up."""
    denominator: int
    """Among how many."""
    numbers: list[str]
    """The experiments of the numerator."""
    among: list[str]
    """Those of the denominator."""
    method: str


@dataclass(frozen=True)
class Declaration:
    """What every declaration says of itself."""

    code: str
    section: Section
    label: str
    method: str

    def figure(self, unit: Unit, value: Decimal | None, kept: Sequence[Life], among: Sequence[Life], *,
               counts: tuple[int, int] | None = None) -> Figure:  # fmt: skip
        numerator, denominator = counts or (len(kept), len(among))
        return Figure(
            self.code, self.section, self.label, unit, value, numerator, denominator,
            [x.number for x in kept], [x.number for x in among], self.method,
        )  # fmt: skip


@dataclass(frozen=True)
class Count(Declaration):
    """How many experiments, among those of a population."""

    kept: Test
    among: Test

    def drawn(self, lives: Sequence[Life], period: Period) -> Figure:
        among = [x for x in lives if self.among(x, period)]
        kept = [x for x in among if self.kept(x, period)]
        return self.figure(Unit.EXPERIMENTS, Decimal(len(kept)), kept, among)


@dataclass(frozen=True)
class Items(Declaration):
    """How many derogations or stakeholders, among those of the experiments of a population."""

    unit: Unit
    items: Callable[[Life], Sequence[Any]]
    kept: Callable[[Any], bool]
    among: Test

    def drawn(self, lives: Sequence[Life], period: Period) -> Figure:
        among = [x for x in lives if self.items(x) and self.among(x, period)]
        counted = [(x, sum(map(self.kept, self.items(x)))) for x in among]
        total, every = sum(count for _, count in counted), sum(len(self.items(x)) for x in among)
        return self.figure(
            self.unit, Decimal(total), [x for x, count in counted if count], among, counts=(total, every)
        )


@dataclass(frozen=True)
class Sum(Declaration):
    """Euros added up; what does not say adds nothing, and is not counted in the numerator."""

    amount: Callable[[Life], Decimal | None]
    among: Test

    def drawn(self, lives: Sequence[Life], period: Period) -> Figure:
        among = [x for x in lives if self.among(x, period)]
        kept = [x for x in among if self.amount(x) is not None]
        amounts = [amount for x in kept if (amount := self.amount(x)) is not None]
        return self.figure(Unit.EUROS, sum(amounts, Decimal(0)) if amounts else None, kept, among)


@dataclass(frozen=True)
class Median(Declaration):
    """The median of days; None with too few values for it to mean something."""

    days: Callable[[Life], int]
    among: Test

    def drawn(self, lives: Sequence[Life], period: Period) -> Figure:
        among = [x for x in lives if self.among(x, period)]
        days = [self.days(x) for x in among]
        value = Decimal(str(median(days))) if len(days) >= FEW else None
        return self.figure(Unit.DAYS, value, among, among)


Declared = Count | Items | Sum | Median
