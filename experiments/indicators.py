"""The indicators kept all year: what is under way, what is overdue, and how long things take, for whom."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from statistics import median

from .ladder import paris_day
from .obligations import Task
from .past import crossed
from .published import Published
from .vocabulary import UNDER_WAY, Outcome, Status, Word
from .words import fold, later

FEW = 5
"""With fewer values, neither median nor percentile is given."""


class Delay(Word):
    """What is measured, in days. `method` is how, and `among` on what."""

    method: str
    among: str

    def __new__(cls, value: str, label: str = "", method: str = "", among: str = "") -> Delay:
        word = str.__new__(cls, value)
        word._value_, word.label, word.method, word.among = value, label, method, among
        return word

    EXAMINATION = (
        "examination",
        "De la soumission à la réponse",
        later(
            "Date de l’autorisation ou du refus, moins date de la première soumission : le temps passé à compléter un "
            "dossier renvoyé compte."
        ),
        later(
            "Toutes les propositions autorisées ou refusées. Encore attendues : les réponses aux propositions "
            "soumises, comptées pour tout le registre seulement, car leur dossier n’est pas encore public."
        ),
    )
    EVALUATION = (
        "evaluation",
        "De la date prévue à l’évaluation",
        later(
            "Date de la première évaluation finale, moins date à laquelle elle était due (la fin ferme, si aucune "
            "n’était fixée). Une évaluation en avance compte en négatif."
        ),
        later("Toutes les expérimentations évaluées. Encore attendues : les évaluations dont la date est passée."),
    )
    PUBLICATION = (
        "publication",
        "De la décision à la publication attestée",
        later("Date de publication de l’évaluation, attestée à la clôture, moins date de la décision de suite."),
        later(
            "Toutes les expérimentations closes. Encore attendues : les attestations qui ne sont pas venues dans le "
            "délai qui suit la décision."
        ),
    )
    OVERRUN = (
        "overrun",
        "Dépassement de la fin ferme",
        later("Date de la décision de suite, moins fin ferme ; zéro quand la décision est venue avant."),
        later(
            "Toutes les expérimentations décidées, et celles qui attendent encore leur décision passé leur terme : "
            "celles-là comptent jusqu’à aujourd’hui, et sont encore attendues."
        ),
    )


@dataclass(frozen=True)
class Spread:
    """How long something takes: with too few values, only how many there are."""

    count: int
    median: float | None
    ninetieth: int | None
    """Nine in ten take no longer: the value of that rank, the values being sorted."""
    awaited: int = 0
    """How many are not done yet: these have no delay to be counted, and would else flatter it."""
    longest: int = 0
    """Days since which the oldest of them is awaited."""


def spread(days: Iterable[int], waits: Collection[int] = ()) -> Spread:
    """The median and the ninetieth percentile (the nearest rank) of some days, beside those that others wait."""
    values, still = sorted(days), (len(waits), max(waits, default=0))
    if len(values) < FEW:
        return Spread(len(values), None, None, *still)
    return Spread(len(values), median(values), values[ceil(0.9 * len(values)) - 1], *still)


@dataclass(frozen=True)
class IndicatorLine:
    """What is said of the whole register, of an organisation or of a policy."""

    name: str
    under_way: int
    overdue: int
    undecided: int
    delays: dict[Delay, Spread]


@dataclass(frozen=True)
class Indicators:
    """On a day. Organisations by name, policies by code."""

    on: date
    whole: IndicatorLine
    organisations: list[IndicatorLine]
    policies: list[IndicatorLine]


@dataclass
class _Tally:
    under_way: int = 0
    overdue: int = 0
    undecided: int = 0
    days: dict[Delay, array[int]] = field(default_factory=lambda: {delay: array("l") for delay in Delay})
    waits: dict[Delay, array[int]] = field(default_factory=lambda: {delay: array("l") for delay in Delay})

    def count(self, x: Published, delays: dict[Delay, int], waits: dict[Delay, int], today: date) -> None:
        self.under_way += x.status in UNDER_WAY
        self.overdue += x.is_overdue(today)
        self.undecided += x.is_undecided(today)
        self.wait(waits)
        for delay, days in delays.items():
            self.days[delay].append(days)

    def wait(self, waits: dict[Delay, int]) -> None:
        for delay, days in waits.items():
            self.waits[delay].append(days)

    def line(self, name: str) -> IndicatorLine:
        delays = {delay: spread(days, self.waits[delay]) for delay, days in self.days.items()}
        return IndicatorLine(name, self.under_way, self.overdue, self.undecided, delays)


def reckon(records: Iterable[Published], today: date) -> Indicators:
    """The indicators of some public records: one is held at a time, and a few whole numbers of each are kept."""
    whole, organisations, policies = _Tally(), defaultdict[str, _Tally](_Tally), defaultdict[str, _Tally](_Tally)
    for x in records:
        delays, waits = delays_of(x, today), waits_of(x, today)
        if x.is_told:
            for tally in (whole, organisations[x.organisation], policies[x.policy]):
                tally.count(x, delays, waits, today)
        else:
            # Of whom it is, and for what, is not public yet: only that it waits.
            whole.wait(waits)
    return Indicators(today, whole.line(""), list(_lines(organisations)), list(_lines(policies)))


def _lines(tallies: dict[str, _Tally]) -> Iterator[IndicatorLine]:
    return (tallies[name].line(name) for name in sorted(tallies, key=fold))


def delays_of(x: Published, today: date) -> dict[Delay, int]:
    """The days that one experiment has to say of each delay; those that do not concern it are left out."""
    ends = {
        Delay.EXAMINATION: (_submitted_on(x), _answered_on(x)),
        Delay.EVALUATION: (x.evaluation_due_on or x.ends_on, _evaluated_on(x)),
        Delay.PUBLICATION: (x.decided_on, x.published_on),
    }
    found = {delay: (until - since).days for delay, (since, until) in ends.items() if since and until}
    if x.ends_on and (x.decided_on or x.is_overdue(today) or x.is_undecided(today)):
        found[Delay.OVERRUN] = max(0, ((x.decided_on or today) - x.ends_on).days)
    return found


def waits_of(x: Published, today: date) -> dict[Delay, int]:
    """The days since which what makes each delay is awaited. Evaluation and publication: once late, as the open data
    tell them in « echeances ».
    """
    late = {one.task: (today - one.due_on).days for one in x.owed if one.due_on < today}
    found = {delay: late[task] for delay, task in _OWED.items() if task in late}
    submitted_on = _submitted_on(x)
    if x.status is Status.SUBMITTED and submitted_on:
        found[Delay.EXAMINATION] = (today - submitted_on).days
    if x.ends_on and (x.is_overdue(today) or x.is_undecided(today)):
        found[Delay.OVERRUN] = (today - x.ends_on).days
    return found


_OWED = {Delay.EVALUATION: Task.EVALUATION, Delay.PUBLICATION: Task.PUBLICATION}


def _submitted_on(x: Published) -> date | None:
    return next((crossed(step).on for step in x.steps if step.event == "submit"), None)


def _answered_on(x: Published) -> date | None:
    answers = (one for one in x.decisions if one.outcome in (Outcome.AUTHORISATION, Outcome.REFUSAL))
    return next((paris_day(one.decided_at) for one in answers), None)


def _evaluated_on(x: Published) -> date | None:
    return next((paris_day(one.recorded_at) for one in x.evaluations if not one.interim), None)
