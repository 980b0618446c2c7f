"""Letters of every kind, as they leave around the days when something is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from experiments import editing
from experiments.letters import Letter
from experiments.model import Experiment
from experiments.obligations import Occasion, Rank, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import cross, noon
from tests.contents import TODAY
from tests.mail.office import Office, only

DAY = timedelta(1)

WORDS = pytest.mark.only("sqlite")
"""Words do not depend on the database."""

TITLE = "Îlots d’ombre démontables à Pont-Rousseau"


def end_of(office: Office, number: str) -> date:
    with office.register.reading() as session:
        found = session.scalar(select(Experiment.evaluation_due_on).where(Experiment.number == number))
    assert found is not None
    return found


def with_everybody(session: Session, x: Experiment) -> None:
    """A deputy and a head besides those of every file, and an administrator."""
    now = noon(TODAY)
    editing.name(session, x, people.awa(session), people.bruno(session), Part.DEPUTY, now=now)
    editing.name(session, x, people.awa(session), people.farid(session), Part.HEAD, now=now)
    people.elise(session)
    people.hugo(session)


def ending(office: Office, change: Callable[[Session, Experiment], object] = with_everybody) -> list[Letter]:
    """What leaves for a file whose field work nobody ends, around the day when its evaluation is due."""
    number = office.open(Status.RUNNING, change)
    end = end_of(office, number)
    return [one for n in (-90, -60, -30, -7, 0, 8, 15) for one in office.day(end + n * DAY)]


def of_task(found: list[Letter], task: Task, rank: Rank) -> Letter:
    """The last letter that recalls a duty to a rank, with that duty alone."""
    letter = [one for one in found if any(a.deadline.task is task and a.rank is rank for a in one.asks)][-1]
    return only(letter, task=task)


def of_event(found: list[Letter], event: str) -> Letter:
    letter = next(one for one in found if any(n.entry.event == event for n in one.news))
    return only(letter, event=event)


def every_kind(office: Office, change: Callable[[Session, Experiment], object]) -> dict[str, Letter]:
    found = ending(office, change)
    several = max(found, key=lambda one: len(one.asks))
    assert len(several.asks) > 1
    evaluating = end_of(office, office.open(Status.EVALUATING, change))
    late = office.day(evaluating + DAY)
    number = office.open(Status.SUBMITTED, change)
    submitted = office.day(evaluating + 2 * DAY)
    office.change(number, lambda session, x: cross(session, x, "return"))
    returned = office.day(evaluating + 3 * DAY)
    told = [one for one in found if len(one.news) > 1]
    return {
        "own": of_task(found, Task.FIELD, Rank.LEAD),
        "overseen": of_task(found, Task.FIELD, Rank.HEAD),
        "evaluation": of_task(late, Task.EVALUATION, Rank.EVALUATOR),
        "several": several,
        "digest": replace(several, occasion=Occasion.DIGEST, news=told[0].news),
        "news": told[0],
        "authorised": of_event(found, "authorise"),
        "submitted": of_event(submitted, "submit"),
        "returned": of_event(returned, "return"),
    }
