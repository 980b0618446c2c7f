"""Deadlines as agendas and desks show them: the act, the file, the day, with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app import db
from app.doers import done_by
from app.templating import away
from experiments import appointments
from experiments.duties import DUTIES
from experiments.model import Deadline, Person

from . import shell


@dataclass(frozen=True)
class DueLine:
    """One deadline, as an agenda shows it."""

    act: str
    what: str
    subject: str
    title: str
    number: str
    url: str
    on: date
    late: bool
    when: str
    """The arithmetic: « 12 jours de retard », « dans 3 jours »."""
    whose: str
    """By whom it is to be done, when it is not the reader: « à faire par l’évaluateur »; empty for what is theirs."""


def lines(found: Iterable[Deadline], me: Person, today: date, *, most: int | None = None) -> list[DueLine]:
    """Deadlines as agendas show them, by date: what is the reader's as an order, what they see to as a name.

    `most` keeps the most urgent of them; told by date all the same, for dates out of order read as a mistake.
    """
    urgent = sorted(found, key=lambda one: appointments.urgency(one, today))[:most]
    found = sorted(urgent, key=lambda one: (one.due_on, one.id))
    own = appointments.own(db.session(), me, found)
    return [_line(one, today, own=one.id in own) for one in found]


def longest_late(found: Iterable[Deadline], me: Person, today: date) -> tuple[int, int]:
    """How many of these are late and the reader's to do now, and the days of the latest."""
    late = [one for one in found if one.due_on < today and one.experiment.status not in DUTIES[one.task].asleep]
    own = appointments.own(db.session(), me, late)
    return len(own), max(((today - one.due_on).days for one in late if one.id in own), default=0)


def _line(one: Deadline, today: date, *, own: bool) -> DueLine:
    x, rule, left = one.experiment, DUTIES[one.task], (one.due_on - today).days
    what = f"{one.task.label} ({one.subject})" if one.subject else one.task.label
    url = shell.address(x, rule.page)
    # What nobody can do yet is a day to know, not an order.
    act = rule.act if own and x.status not in rule.asleep else one.task.label
    whose = "" if own else done_by(rule.ranks[0])
    title = x.title or "Sans titre"
    return DueLine(act, what, one.subject, title, x.number, url, one.due_on, left < 0, away(left), whose)
