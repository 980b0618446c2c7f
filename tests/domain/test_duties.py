"""What is owed at each status, by the charter: which duties stand, of whom they are asked, what the public reads."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from experiments import editing
from experiments.duties import DUTIES, duties_of, owed
from experiments.obligations import Rank, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, noon

S = Status
DAY = timedelta(1)


@pytest.mark.parametrize(
    ("status", "labels"),
    [
        (S.AUTHORISED, ["Évaluation à mi-parcours", "Évaluation", "Décision"]),
        (S.RUNNING, ["Évaluation", "Décision"]),
        (S.EVALUATING, ["Évaluation", "Décision"]),
        (S.EVALUATED, ["Décision"]),
        (S.DECIDED, ["Clôture"]),
        (S.CLOSED, ["Suivi à douze mois"]),
    ],
)
def test_what_is_owed_goes_with_the_status(session: Session, status: Status, labels: list[str]) -> None:
    assert [duty.label for duty in owed(an_experiment(session, status))] == labels


def test_a_duty_is_late_the_day_after(session: Session) -> None:
    [_, decision] = owed(an_experiment(session, S.RUNNING))
    assert decision.days_late(decision.due_on) == 0
    assert decision.days_late(decision.due_on + DAY) == 1


def test_a_date_never_fixed_exempts_from_nothing(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    x.evaluation_due_on = x.decision_due_on = None
    assert {duty.due_on for duty in owed(x)} == {x.ends_on}


WHERE = {
    Task.DATES: {S.DRAFT, S.SUBMITTED},
    Task.OPINION: {S.DRAFT, S.SUBMITTED},
    Task.VALIDATION: {S.SUBMITTED},
    Task.REVIEW: {S.AUTHORISED, S.RUNNING, S.SUSPENDED, S.EVALUATING, S.EVALUATED},
    Task.START: {S.AUTHORISED},
    Task.MIDTERM: {S.AUTHORISED, S.RUNNING, S.SUSPENDED},
    Task.EXTENSION: {S.RUNNING},
    Task.ANSWER: {S.RUNNING},
    Task.FIELD: {S.RUNNING, S.SUSPENDED},
    Task.DEROGATION: {S.AUTHORISED, S.RUNNING, S.SUSPENDED},
    Task.END: {S.AUTHORISED, S.RUNNING, S.SUSPENDED},
    Task.EVALUATION: {S.AUTHORISED, S.RUNNING, S.SUSPENDED, S.EVALUATING},
    Task.DECISION: {S.AUTHORISED, S.RUNNING, S.SUSPENDED, S.EVALUATING, S.EVALUATED},
    Task.PUBLICATION: {S.DECIDED},
    Task.CLOSURE: {S.DECIDED},
    Task.FOLLOW_UP: {S.CLOSED},
}
"""Where each duty may stand, by hand."""


def test_each_duty_stands_where_the_charter_puts_it_and_nowhere_else() -> None:
    assert {task: set(rule.while_) for task, rule in DUTIES.items()} == WHERE


@pytest.mark.parametrize("status", [S.REFUSED, S.WITHDRAWN])
def test_what_was_refused_or_withdrawn_owes_nothing(session: Session, status: Status) -> None:
    assert duties_of(an_experiment(session, status)) == []


def test_what_the_public_reads_is_what_was_promised_to_it() -> None:
    public = {task for task, rule in DUTIES.items() if rule.public}
    assert public == {
        Task.MIDTERM, Task.END, Task.EVALUATION, Task.DECISION, Task.PUBLICATION, Task.CLOSURE, Task.FOLLOW_UP
    }  # fmt: skip


ABLE = {
    # The status, and who is asked first of what: somebody who can do it there and then.
    S.AUTHORISED: {Task.START: Rank.LEAD, Task.REVIEW: Rank.LEAD},
    S.RUNNING: {
        Task.FIELD: Rank.LEAD,
        Task.MIDTERM: Rank.EVALUATOR,
        Task.REVIEW: Rank.LEAD,
        Task.ANSWER: Rank.VALIDATOR,
    },
    S.SUSPENDED: {Task.FIELD: Rank.LEAD, Task.MIDTERM: Rank.EVALUATOR, Task.REVIEW: Rank.LEAD},
    S.EVALUATING: {Task.EVALUATION: Rank.EVALUATOR, Task.REVIEW: Rank.LEAD},
    S.EVALUATED: {Task.DECISION: Rank.VALIDATOR, Task.REVIEW: Rank.LEAD},
    S.DECIDED: {Task.PUBLICATION: Rank.LEAD, Task.CLOSURE: Rank.VALIDATOR},
}


@pytest.mark.parametrize("status", ABLE)
def test_an_act_is_asked_only_of_whoever_can_do_it_now(status: Status) -> None:
    """Those that wait for somebody else's act are known to calendars, and asked of nobody yet."""
    awake = {
        task: rule.ranks[0] for task, rule in DUTIES.items()
        if status in rule.while_ - rule.asleep and (not rule.lapses or task is Task.ANSWER)
    }  # fmt: skip
    assert awake == ABLE[status]


def test_what_is_owed_comes_in_the_order_of_its_days(session: Session) -> None:
    days = [duty.due_on for duty in duties_of(an_experiment(session, S.AUTHORISED))]
    assert days == sorted(days)
    assert len(days) == 9


def test_naming_somebody_changes_nothing_of_what_is_owed(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    before = duties_of(x)
    editing.name(session, x, people.awa(session), people.farid(session), Part.HEAD, now=noon(TODAY))
    assert duties_of(x) == before
