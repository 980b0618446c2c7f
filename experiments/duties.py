"""THE DUTIES: what an experiment owes, by which day, and to whom one turns. Everything that reminds reads this table.

A duty follows from the record alone; the day only says how late it is. A date that was never fixed exempts from
nothing: another one counts in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from . import declared as d
from . import reported as r
from .acts import Act
from .content import decode
from .dates import add_months, lasts_at_least
from .ladder import paris_day
from .model import Experiment, Opinion
from .obligations import Rank, Task
from .parts import BY_SLUG, DECLARED
from .policy import current as policy
from .policy import in_force
from .record import Record
from .vocabulary import FIELD_NOT_OVER, IN_THE_FIELD, UNDER_WAY, UNEVALUATED, Basis, Status
from .words import said
from .workdays import add_worked

S = Status
INSIDE = frozenset({S.DRAFT, S.SUBMITTED})

Due = tuple[str, str, date, "int | None"]
"""What it is about (the name of a derogation, of an opinion; "" when there is only one), in words, by which day, and
who owes it when it is one person."""

TEAM = (Rank.LEAD, Rank.DEPUTY, Rank.HEAD)
"""Nobody else may read a file that was never submitted."""
CARRIERS = (*TEAM, Rank.VALIDATOR)
EVALUATORS = (Rank.EVALUATOR, *CARRIERS)
ADVISERS = (Rank.ADVISER, *TEAM)
VALIDATORS = (Rank.VALIDATOR, Rank.AUDITOR)


@dataclass(frozen=True)
class Rule:
    """One line of the table. `ranks` is who is told, from the first to the last resort."""

    task: Task
    act: str
    """The one thing asked, as an order: « Verser l’évaluation »."""
    ranks: tuple[Rank, ...]
    while_: frozenset[Status]
    due: Callable[[Experiment], Iterable[Due]]
    page: str
    """Where it is done, in the file."""
    asked_by: str
    """What asks for it, with the figures of the local rules between braces."""
    statutory: bool = True
    """Asked by law or by the charter: no digest holds it back."""
    lapses: bool = False
    """Nothing is owed any more once its day is past: a last day, an end that comes by itself."""
    asleep: frozenset[Status] = frozenset()
    """Where the day is known but nobody can act yet: calendars say it, reminders wait for whoever goes before."""
    public: bool = False

    @property
    def source(self) -> str:
        """What asks for it, as the rules in force have it: « Règle locale : délai d’un avis »."""
        return in_force(self.asked_by)


@dataclass(frozen=True)
class Duty:
    """Something that is owed, by a day."""

    rule: Rule
    about: str
    subject: str
    due_on: date
    person_id: int | None = None

    @property
    def label(self) -> str:
        return self.rule.task.label

    def days_late(self, today: date) -> int:
        """Days since the day it was due; 0 until then, and for what lapses."""
        return 0 if self.rule.lapses else max(0, (today - self.due_on).days)


def _on(day: date | None) -> Iterator[Due]:
    if day:
        yield "", "", day, None


def _dates(x: Experiment) -> Iterator[Due]:
    if not (x.starts_on and x.ends_on):
        yield from _on(paris_day(x.created_at) + timedelta(policy().duties.dates_days))


def _opinions(x: Experiment) -> Iterator[Due]:
    text = x.fingerprint()
    for i in x.involved:
        if i.opinion and i.until is None and not i.opinion.counts_for(text):
            yield str(i.opinion.id), i.opinion.kind.label, _opinion_due(x, i.opinion), i.person_id


def _opinion_due(x: Experiment, opinion: Opinion) -> date:
    """An opinion given in time and voided by an edit is due anew, as if it were asked on the day of that edit."""
    if opinion.given_at is None:
        return opinion.due_on
    edited = [paris_day(part.written_at) for part in x.written if BY_SLUG[part.slug] in DECLARED]
    return max([opinion.due_on, *(day + timedelta(policy().opinions.days) for day in edited)])


def _validation(x: Experiment) -> Iterator[Due]:
    if x.submitted_on:
        yield from _on(add_worked(x.submitted_on, policy().duties.validation_working_days))


def _review(x: Experiment) -> Iterator[Due]:
    since = max((day for day in (x.starts_on, x.reviewed_on) if day), default=None)
    if since:
        yield from _on(add_months(since, policy().duties.review_months))


def owes_midterm(starts_on: date, ends_on: date, basis: Basis) -> bool:
    """Whether half-way is to be evaluated: by law whatever the duration (CGCT LO1113-5), else by the local rule, for
    experiments of twelve months and more.
    """
    return basis is Basis.ARTICLE_72 or lasts_at_least(starts_on, ends_on, policy().duration.midterm_from_months)


def midterm_of(x: Record) -> date | None:
    """By when half-way is to be evaluated. A date that nobody fixed exempts from nothing: the middle counts."""
    if not (x.starts_on and x.ends_on):
        return None
    half = x.starts_on + (x.ends_on - x.starts_on) // 2
    return x.midterm_on or (half if owes_midterm(x.starts_on, x.ends_on, x.read(d.Duration).basis) else None)


def _midterm(x: Experiment) -> Iterator[Due]:
    if not any(e.interim for e in x.evaluations):
        yield from _on(midterm_of(x))


def _extension(x: Experiment) -> Iterator[Due]:
    rule = policy().extension
    if x.ends_on and x.extensions < rule.times and not x.extension_asked_on:
        yield from _on(x.ends_on - timedelta(rule.asked_days_before_end))


def _answer(x: Experiment) -> Iterator[Due]:
    if x.ends_on and x.extension_asked_on and x.extensions < policy().extension.times:
        yield from _on(min(add_worked(x.extension_asked_on, policy().duties.validation_working_days), x.ends_on))


def _derogations(x: Experiment) -> Iterator[Due]:
    for item in x.read(d.Derogations).items:
        ends = [day for day in (item.ends_on, x.ends_on) if day]
        if ends:
            yield item.id, item.rule, min(ends), None


def _twelve_weeks(x: Experiment) -> Iterator[Due]:
    if x.decision:
        signed_on = decode(Act, x.decision.text).signed_on or paris_day(x.decision.decided_at)
        yield from _on(signed_on + timedelta(weeks=policy().publication.weeks_after_decision))


def _publication(x: Experiment) -> Iterator[Due]:
    return iter(()) if x.read(r.Closing).attested else _twelve_weeks(x)


def _closure(x: Experiment) -> Iterator[Due]:
    return _twelve_weeks(x) if x.read(r.Closing).attested else iter(())


def _follow_up(x: Experiment) -> Iterator[Due]:
    written = x.read(r.FollowUp)
    if x.closed_on and not (said(written.state) and written.seen_on):
        yield from _on(add_months(x.closed_on, policy().duties.follow_up_months))


# fmt: off
DUTIES = {rule.task: rule for rule in (
    Rule(Task.DATES, "Fixer le début et la fin ferme", TEAM, INSIDE, _dates, "duree",
         "Charte, principe 9 : durée limitée", statutory=False),
    Rule(Task.OPINION, "Donner votre avis", ADVISERS, INSIDE, _opinions, "avis",
         "Règle locale : délai d’un avis"),
    Rule(Task.VALIDATION, "Lire le dossier et décider", VALIDATORS, frozenset({S.SUBMITTED}), _validation, "lecture",
         "Règle locale : délai de validation"),
    Rule(Task.REVIEW, "Relire la fiche et dire qu’elle est à jour", CARRIERS, UNDER_WAY, _review, "rappels",
         "Règle locale : relecture au bout de {rule.duties.review_months} mois", statutory=False),
    Rule(Task.START, "Lancer, ou faire arrêter", CARRIERS, frozenset({S.AUTHORISED}), lambda x: _on(x.starts_on),
         "etapes", "Charte, principe 9 : la fenêtre autorisée"),
    Rule(Task.MIDTERM, "Verser l’évaluation à mi-parcours", EVALUATORS, FIELD_NOT_OVER, _midterm, "bilan-intermediaire",
         "CGCT LO1113-5 ; règle locale à partir de {rule.duration.midterm_from_months} mois", public=True,
         asleep=FIELD_NOT_OVER - IN_THE_FIELD),
    Rule(Task.EXTENSION, "Demander une prolongation, si elle se justifie", TEAM, frozenset({S.RUNNING}),
         _extension, "prolongation", "Règle locale : {rule.extension.asked_days_before_end:jour|jours} avant le terme",
         lapses=True),
    Rule(Task.ANSWER, "Répondre à la demande de prolongation", VALIDATORS, frozenset({S.RUNNING}), _answer,
         "jalons/extend", "Règle locale : délai de validation", lapses=True),
    Rule(Task.DEROGATION, "Préparer la fin de la dérogation", TEAM, FIELD_NOT_OVER, _derogations, "etapes",
         "Charte, principe 9 : dérogations bornées", lapses=True),
    Rule(Task.END, "Préparer la fin de l’expérimentation", TEAM, FIELD_NOT_OVER, lambda x: _on(x.ends_on), "etapes",
         "Charte, principe 9 : durée limitée", lapses=True, public=True),
    Rule(Task.FIELD, "Terminer l’essai, pour que l’évaluation soit versée à temps", CARRIERS, IN_THE_FIELD,
         lambda x: _on(x.evaluation_due_on or x.ends_on), "etapes", "CGCT LO1113-6"),
    Rule(Task.EVALUATION, "Verser l’évaluation", EVALUATORS, UNEVALUATED,
         lambda x: _on(x.evaluation_due_on or x.ends_on), "evaluation", "CGCT LO1113-6", public=True,
         asleep=FIELD_NOT_OVER),
    Rule(Task.DECISION, "Décider de la suite", VALIDATORS, UNDER_WAY,
         lambda x: _on(x.decision_due_on or x.ends_on), "etapes", "CGCT LO1113-6", public=True, asleep=UNEVALUATED),
    Rule(Task.PUBLICATION, "Attester que l’évaluation est publiée, et préparer la clôture", CARRIERS,
         frozenset({S.DECIDED}), _publication, "cloture",
         "Règle locale : {rule.publication.weeks_after_decision:semaine|semaines} après la décision", public=True),
    Rule(Task.CLOSURE, "Clore le dossier", VALIDATORS, frozenset({S.DECIDED}), _closure, "jalons/close",
         "Règle locale : {rule.publication.weeks_after_decision:semaine|semaines} après la décision", public=True),
    Rule(Task.FOLLOW_UP, "Dire ce qu’il en reste, un an après", CARRIERS, frozenset({S.CLOSED}), _follow_up, "suivi",
         "Règle locale : suivi à {rule.duties.follow_up_months} mois", statutory=False, public=True),
)}
# fmt: on


def duties_of(x: Experiment) -> list[Duty]:
    """All that an experiment owes, the earliest first, from its record alone. A whole file is needed."""
    return _of(x, DUTIES.keys())


def _of(x: Experiment, tasks: Collection[Task]) -> list[Duty]:
    found = [
        Duty(rule, about, subject, due_on, person_id)
        for rule in DUTIES.values()
        if rule.task in tasks and x.status in rule.while_
        for about, subject, due_on, person_id in rule.due(x)
    ]
    # Sorting keeps the order of the table among those of one day.
    return sorted(found, key=lambda duty: duty.due_on)


def duties_on(x: Experiment, today: date) -> list[Duty]:
    """Those that stand on a day: what lapses is no longer owed once its day is past."""
    return [duty for duty in duties_of(x) if not duty.rule.lapses or duty.due_on >= today]


PROMISED = frozenset(task for task, rule in DUTIES.items() if rule.public and not rule.lapses)


def owed(x: Experiment) -> list[Duty]:
    """What is still owed to the public, the earliest first. The parts that the public reads are enough."""
    return _of(x, PROMISED)
