"""Which deadlines concern whom: what agendas show, what calendars say is over, what the public may know of."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from experiments import appointments, editing, opinions, publications, reminders
from experiments.model import Absence, Deadline, Experiment, Person
from experiments.obligations import Task
from experiments.vocabulary import OpinionKind, Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, cross, noon

S, T = Status, Task
DAY = timedelta(1)
CARRIED = {T.REVIEW, T.EVALUATION, T.END, T.FIELD}
Who = Callable[[Session], Person]


def tasks(found: Iterable[Any]) -> set[Task]:
    return {one.task for one in found}


def mine(session: Session, who: Who, on: date = TODAY) -> set[Task]:
    return tasks(appointments.mine(session, who(session), on))


def told(session: Session, who: Who, on: date = TODAY) -> dict[Task, str]:
    """What the calendar of somebody says of each duty that is there once."""
    found = appointments.for_calendar(session, who(session), on)
    return {one.task: "gone" if gone else "over" if one.ended_at else "stands" for one, gone in found}


def named(session: Session, x: Experiment, who: Who, part: Part) -> None:
    editing.name(session, x, people.awa(session), who(session), part, now=noon(TODAY))


def everybody_is_away(session: Session) -> None:
    session.add_all(Absence(person_id=who(session).id, from_on=date(2020, 1, 1)) for who in (people.awa, people.claire))
    session.flush()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (people.awa, CARRIED | {T.DEROGATION}),
        (people.bruno, set()),
        (people.claire, {T.EVALUATION}),
        (people.denis, set()),
        (people.elise, {T.DECISION}),
        (people.gaelle, set()),
        (people.hugo, set()),
        (people.ines, set()),
    ],
)
def test_each_sees_what_is_theirs(session: Session, who: Who, expected: set[Task]) -> None:
    an_experiment(session, S.RUNNING)
    assert mine(session, who) == expected


def test_a_deputy_sees_what_a_deputy_is_told_of(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    named(session, x, people.ines, Part.DEPUTY)
    # All that the carrier owes: what lapses too, should she be away.
    assert mine(session, people.ines) == mine(session, people.awa)


def test_an_adviser_sees_the_opinion_asked_of_them_and_no_other(session: Session) -> None:
    x = an_experiment(session, S.DRAFT)
    lead, adviser = people.awa(session), people.denis(session)
    opinions.ask(session, x, lead, adviser, OpinionKind.LEGAL, "Et le bail ?", now=noon(TODAY), today=TODAY)
    [asked] = appointments.mine(session, adviser, TODAY)
    assert (asked.task, asked.subject, asked.person_id) == (T.OPINION, OpinionKind.LEGAL.label, adviser.id)
    other = people._person(session, "rssi", "Une autre", "RSSI", adviser.account, OpinionKind.SECURITY)
    assert appointments.mine(session, other, TODAY) == []
    # Whoever carries the file is told of it too, since the file waits for it.
    assert T.OPINION in mine(session, people.awa)


def test_a_validator_sees_what_waits_for_a_decision_everywhere(session: Session) -> None:
    an_experiment(session, S.SUBMITTED)
    an_experiment(session, S.RUNNING)
    assert mine(session, people.elise) == mine(session, people.farid) == {T.VALIDATION, T.DECISION}


def test_a_validator_who_carried_a_file_once_does_not_see_what_they_may_not_decide(session: Session) -> None:
    x, other = an_experiment(session, S.SUBMITTED), an_experiment(session, S.SUBMITTED)
    x.involved.append(editing.takes_part(people.farid(session), Part.EDITED, noon(TODAY)))
    session.flush()
    assert [one.experiment_id for one in appointments.mine(session, people.farid(session), TODAY)] == [other.id]
    assert len(appointments.mine(session, people.elise(session), TODAY)) == 2


def test_a_head_sees_a_duty_once_they_were_told_of_it(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    named(session, x, people.ines, Part.HEAD)
    assert mine(session, people.ines) == set()
    everybody_is_away(session)
    assert x.evaluation_due_on
    reminders.plan(session, noon(x.evaluation_due_on))
    assert T.FIELD in mine(session, people.ines)


def test_a_validator_sees_the_duty_of_another_once_they_were_told_of_it(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    everybody_is_away(session)
    assert x.ends_on
    reminders.plan(session, noon(x.ends_on))
    assert mine(session, people.elise) == {T.DECISION, T.FIELD, T.REVIEW}


def test_what_one_is_told_of_in_the_place_of_another_is_not_ones_own(session: Session) -> None:
    """A validator who is told that a record was not read again does not read it again: its team does."""
    x = an_experiment(session, Status.RUNNING)
    named(session, x, people.farid, Part.HEAD)
    named(session, x, people.bruno, Part.DEPUTY)
    whole = session.scalars(select(Deadline).where(Deadline.experiment_id == x.id)).all()

    def own(who: Who) -> set[Task]:
        theirs = appointments.own(session, who(session), whole)
        return {one.task for one in whole if one.id in theirs}

    for who in (people.awa, people.bruno):
        assert Task.REVIEW in own(who)
        assert Task.DECISION not in own(who)
    for who in (people.elise, people.farid):
        assert Task.REVIEW not in own(who)
        assert Task.DECISION in own(who)


def test_what_lapses_is_dropped_the_day_after_and_what_is_owed_stays(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    assert x.ends_on
    assert T.DEROGATION in mine(session, people.awa, x.ends_on)
    assert mine(session, people.awa, x.ends_on + DAY) == CARRIED - {T.END}


def test_the_earliest_comes_first_page_after_page(session: Session) -> None:
    for _ in range(3):
        an_experiment(session, S.RUNNING)
    awa, seen, after = people.awa(session), [], None
    while page := appointments.mine(session, awa, TODAY, after=after, limit=4):
        seen += [(one.due_on, one.id) for one in page]
        after = seen[-1]
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 18


def test_days_are_counted_as_they_are_listed(session: Session) -> None:
    for status in (S.RUNNING, S.SUBMITTED, S.CLOSED):
        an_experiment(session, status)
    since, until = TODAY, TODAY + timedelta(245)
    for who in (people.awa, people.claire, people.elise, people.gaelle):
        listed = [one.due_on for one in appointments.mine(session, who(session), TODAY, since=since, until=until)]
        counted = appointments.per_day(session, who(session), TODAY, since, until)
        assert counted == {day: listed.count(day) for day in listed}
        assert all(since <= day <= until for day in listed)


def test_somebody_who_is_two_things_sees_a_deadline_once(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    named(session, x, people.awa, Part.DEPUTY)
    ids = [one.id for one in appointments.mine(session, people.awa(session), TODAY)]
    assert len(ids) == len(set(ids)) == 6
    assert sum(appointments.per_day(session, people.awa(session), TODAY, TODAY, date(2100, 1, 1)).values()) == 6


def test_a_calendar_says_that_something_is_over_for_ninety_days(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    cross(session, x, "finish")
    assert told(session, people.awa)[T.END] == "over"
    assert told(session, people.awa, TODAY + 90 * DAY)[T.END] == "over"
    assert T.END not in told(session, people.awa, TODAY + 91 * DAY)
    assert T.END not in mine(session, people.awa)


def test_a_calendar_says_for_ninety_days_that_a_file_is_no_longer_ones_own(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    assert told(session, people.awa)[T.END] == "stands"
    named(session, x, people.ines, Part.LEAD)
    assert {told(session, people.awa)[task] for task in CARRIED} == {"gone"}
    assert {told(session, people.ines)[task] for task in CARRIED} == {"stands"}
    assert mine(session, people.awa) == set()
    assert told(session, people.awa, TODAY + 90 * DAY)[T.END] == "gone"
    assert told(session, people.awa, TODAY + 91 * DAY) == {}


def test_what_comes_up_after_somebody_left_is_not_told_to_them(session: Session) -> None:
    x = an_experiment(session, S.SUBMITTED)
    named(session, x, people.ines, Part.LEAD)
    cross(session, x, "authorise", on=TODAY + DAY)
    assert T.END not in told(session, people.awa, TODAY + DAY)
    assert told(session, people.ines, TODAY + DAY)[T.END] == "stands"


def public(session: Session, on: date = TODAY, **only: Any) -> Sequence[Any]:
    """What the calendar of the register, or of one experiment, shows to everybody."""
    session.flush()
    return publications.deadlines(session, on, since=appointments.kept_since(on), **only)


def test_the_public_knows_of_what_is_owed_to_it_and_of_nothing_else(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    an_experiment(session, S.SUBMITTED)
    an_experiment(session, S.DRAFT)
    standing = [one for one in public(session) if one.ended_at is None]
    assert {one.number for one in standing} == {x.number}
    assert tasks(standing) == {T.EVALUATION, T.DECISION, T.END}


def test_what_is_owed_to_the_public_stays_however_late(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    years_later = TODAY + timedelta(2000)
    for number in ("", x.number):
        assert tasks(public(session, years_later, number=number)) == {T.EVALUATION, T.DECISION, T.END}


def test_what_is_late_does_not_push_out_what_is_ahead(session: Session) -> None:
    late, ahead = an_experiment(session, S.RUNNING, today=TODAY - timedelta(700)), an_experiment(session, S.RUNNING)
    found = [one.number for one in public(session, most=2) if one.ended_at is None]
    assert found == [late.number, late.number, ahead.number, ahead.number]


def test_the_calendar_of_one_experiment_holds_nothing_of_the_others(session: Session) -> None:
    x, other = an_experiment(session, S.RUNNING), an_experiment(session, S.RUNNING)
    assert {one.number for one in public(session, number=x.number)} == {x.number}
    assert {one.number for one in public(session)} == {x.number, other.number}
