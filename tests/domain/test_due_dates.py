"""The table of duties, line by line: by which day each is owed, and until what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, opinions
from experiments import reported as r
from experiments.content import Content, encode
from experiments.duties import Duty, duties_of, duties_on
from experiments.model import Experiment
from experiments.obligations import Task
from experiments.parts import BY_CONTENT
from experiments.requirements.declared import midterm
from experiments.vocabulary import Basis, OpinionKind
from experiments.vocabulary import Status as S
from tests import people
from tests.builders import TODAY, an_experiment, cross, noon, opine

DAY = timedelta(1)


def due(x: Experiment, task: Task) -> list[date]:
    """The days of one task, as the record alone says them."""
    return [duty.due_on for duty in duties_of(x) if duty.rule.task is task]


def the(x: Experiment, task: Task) -> Duty:
    [found] = [duty for duty in duties_of(x) if duty.rule.task is task]
    return found


def save(session: Session, x: Experiment, content: Content) -> None:
    """Awa writes a part."""
    editing.write(session, x, people.awa(session), BY_CONTENT[type(content)], content, seen=None, now=noon(TODAY))


def test_an_extension_asked_waits_for_an_answer_twenty_working_days(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    x.extension_asked_on = date(2026, 3, 2)
    assert due(x, Task.ANSWER) == [date(2026, 3, 30)]
    x.extension_asked_on = None
    assert due(x, Task.ANSWER) == []


def test_a_file_that_was_authorised_is_to_be_started_on_its_first_day(session: Session) -> None:
    x = an_experiment(session, S.AUTHORISED)
    assert due(x, Task.START) == [x.starts_on]
    cross(session, x, "start")
    assert due(x, Task.START) == []


def test_an_opinion_asked_of_somebody_who_left_the_file_is_owed_no_more(session: Session) -> None:
    x = an_experiment(session, S.DRAFT)
    opinions.ask(session, x, people.awa(session), people.denis(session), OpinionKind.LEGAL, "?", now=noon(TODAY),
                 today=TODAY)  # fmt: skip
    [asked] = [i for i in x.involved if i.opinion and i.opinion.kind is OpinionKind.LEGAL]
    assert due(x, Task.OPINION)
    asked.until = noon(TODAY)
    assert due(x, Task.OPINION) == []


@pytest.mark.parametrize(("starts", "ends"), [(False, False), (True, False), (False, True)])
def test_a_draft_without_both_dates_owes_them_sixty_days_after_it_was_opened(
    session: Session, starts: bool, ends: bool
) -> None:
    x = an_experiment(session, S.DRAFT)
    assert due(x, Task.DATES) == []
    duration = x.read(d.Duration)
    save(session, x, replace(duration, starts_on=duration.starts_on if starts else None,
                             ends_on=duration.ends_on if ends else None))  # fmt: skip
    assert due(x, Task.DATES) == [x.created_at.date() + timedelta(60)]
    save(session, x, duration)
    assert due(x, Task.DATES) == []


def test_a_draft_opened_late_in_the_evening_counts_its_days_in_paris(session: Session) -> None:
    x = an_experiment(session, S.DRAFT)
    save(session, x, d.Duration())
    # Half past midnight in Paris, still the eve in London.
    x.created_at = datetime(2026, 6, 9, 22, 30, tzinfo=UTC)
    assert due(x, Task.DATES) == [date(2026, 6, 10) + timedelta(60)]


def test_an_opinion_is_owed_by_whom_it_was_asked_until_it_counts(session: Session) -> None:
    x = an_experiment(session, S.DRAFT)
    assert due(x, Task.OPINION) == []
    now = {"now": noon(TODAY), "today": TODAY}
    awa, denis = people.awa(session), people.denis(session)
    opinions.ask(session, x, awa, denis, OpinionKind.LEGAL, "Est-ce permis ?", **now)
    found = the(x, Task.OPINION)
    assert (found.due_on, found.person_id) == (TODAY + timedelta(30), denis.id)
    assert found.subject == OpinionKind.LEGAL.label
    opine(session, x, on=TODAY)
    assert due(x, Task.OPINION) == []


def test_an_edit_makes_an_opinion_owed_again_thirty_days_after_it(session: Session) -> None:
    x = an_experiment(session, S.DRAFT)
    save(session, x, replace(x.read(d.Costs), rollout="Le double, la première année."))
    assert due(x, Task.OPINION) == [TODAY + timedelta(30)]


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        # Easter Monday 6 April, 1 May, 8 May, Ascension 14 May, Whit Monday 25 May 2026: none of them counts.
        (date(2026, 4, 3), date(2026, 5, 5)),
        (date(2026, 4, 24), date(2026, 5, 28)),
        # Without any holiday: four weeks.
        (date(2026, 3, 2), date(2026, 3, 30)),
        # Submitted on a Saturday: Monday is the first day.
        (date(2026, 3, 7), date(2026, 4, 3)),
    ],
)
def test_a_decision_on_a_file_is_owed_twenty_working_days_after_it_was_submitted(
    session: Session, submitted: date, expected: date
) -> None:
    x = an_experiment(session, S.SUBMITTED)
    x.submitted_on = submitted
    assert due(x, Task.VALIDATION) == [expected]


def test_a_file_that_comes_back_is_waited_for_anew(session: Session) -> None:
    x = an_experiment(session, S.SUBMITTED)
    cross(session, x, "return")
    assert due(x, Task.VALIDATION) == []
    cross(session, x, "submit")
    assert x.submitted_on == TODAY


def test_the_file_is_read_again_every_six_months_from_the_start_then_from_the_last_reading(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    x.starts_on = date(2025, 8, 31)
    assert due(x, Task.REVIEW) == [date(2026, 2, 28)]
    editing.review(session, x, people.awa(session), now=noon(TODAY), today=TODAY)
    assert due(x, Task.REVIEW) == [date(2026, 9, 2)]


def test_a_reading_before_the_start_does_not_bring_the_next_one_forward(session: Session) -> None:
    x = an_experiment(session, S.AUTHORISED)
    assert x.starts_on
    x.reviewed_on = x.starts_on - timedelta(20)
    x.starts_on = date(2026, 3, 31)
    assert due(x, Task.REVIEW) == [date(2026, 9, 30)]


def test_the_mid_term_evaluation_is_owed_on_its_day_until_it_is_recorded(session: Session) -> None:
    x = an_experiment(session, S.AUTHORISED)
    assert due(x, Task.MIDTERM) == [x.midterm_on]
    cross(session, x, "start")
    assert due(x, Task.MIDTERM) == [x.midterm_on]
    interim = r.Interim(summary="À six mois, le parvis est moins vide aux heures chaudes.")
    part = BY_CONTENT[r.Interim]
    editing.write(session, x, people.claire(session), part, interim, seen=None, now=noon(TODAY))
    editing.record_interim(session, x, people.claire(session), now=noon(TODAY))
    assert due(x, Task.MIDTERM) == []


@pytest.mark.parametrize(
    ("ends", "basis", "expected"),
    [
        (date(2026, 12, 30), Basis.NONE, []),
        # Twelve months end on the eve of the same day, a year later.
        (date(2026, 12, 31), Basis.NONE, [date(2026, 7, 2)]),
        # The law asks for one however short it is (CGCT LO1113-5).
        (date(2026, 3, 31), Basis.ARTICLE_72, [date(2026, 2, 14)]),
    ],
)
def test_a_mid_term_without_a_day_falls_on_the_half_when_it_is_asked(
    session: Session, ends: date, basis: Basis, expected: list[date]
) -> None:
    x = an_experiment(session, S.AUTHORISED)
    kept = x.part("duree")
    assert kept
    kept.text = encode(replace(x.read(d.Duration), basis=basis))
    x.starts_on, x.ends_on, x.midterm_on = date(2026, 1, 1), ends, None
    assert due(x, Task.MIDTERM) == expected


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("days", [-2, -1, 0])
def test_what_owes_a_mid_term_is_asked_for_its_day_and_nothing_else_is(
    session: Session, basis: Basis, days: int
) -> None:
    x = an_experiment(session, S.AUTHORISED)
    kept = x.part("duree")
    assert kept
    starts, ends = date(2026, 3, 1), date(2027, 3, 1) + timedelta(days)
    kept.text = encode(replace(x.read(d.Duration), basis=basis, starts_on=starts, ends_on=ends, midterm_on=None))
    x.starts_on, x.ends_on, x.midterm_on = starts, ends, None
    asked = bool(midterm.when and midterm.when(x, TODAY))
    assert asked is (basis is Basis.ARTICLE_72 or days > -2)
    assert bool(due(x, Task.MIDTERM)) is asked


def test_the_last_day_to_ask_for_an_extension_is_sixty_days_before_the_end_then_lapses(session: Session) -> None:
    x = an_experiment(session, S.AUTHORISED)
    cross(session, x, "start")
    assert x.ends_on
    last = x.ends_on - timedelta(60)
    found = the(x, Task.EXTENSION)
    assert found.due_on == last
    assert found in duties_on(x, last)
    assert found not in duties_on(x, last + DAY)
    assert found.days_late(last + DAY) == 0


def test_an_extension_asked_or_granted_is_no_longer_to_be_asked(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    assert x.extension_asked_on
    assert due(x, Task.EXTENSION) == []
    cross(session, x, "extend")
    x.extension_asked_on = None
    assert due(x, Task.EXTENSION) == []


def test_each_derogation_has_its_end_which_lapses(session: Session) -> None:
    x = an_experiment(session, S.AUTHORISED)
    assert x.ends_on
    assert x.starts_on
    found = {duty.about: duty for duty in duties_of(x) if duty.rule.task is Task.DEROGATION}
    purchase = x.starts_on + timedelta(30)
    assert {about: duty.due_on for about, duty in found.items()} == {
        "voirie": x.ends_on, "achat": purchase, "parvis": x.ends_on
    }  # fmt: skip
    assert found["achat"].subject == "Code de la commande publique, article R2122-9-1"
    assert found["achat"] in duties_on(x, purchase)
    assert found["achat"] not in duties_on(x, purchase + DAY)


def test_a_derogation_never_ends_after_the_experiment(session: Session) -> None:
    x = an_experiment(session, S.AUTHORISED)
    assert x.ends_on
    x.ends_on -= timedelta(90)
    assert max(due(x, Task.DEROGATION)) == x.ends_on


def test_the_firm_end_lapses_and_is_nobody_s_lateness(session: Session) -> None:
    found = the(an_experiment(session, S.RUNNING), Task.END)
    assert found.days_late(found.due_on + DAY) == 0


def test_the_field_ends_in_time_for_the_evaluation_and_is_late_the_day_after(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    found = the(x, Task.FIELD)
    assert found.due_on == x.evaluation_due_on
    assert (found.days_late(found.due_on), found.days_late(found.due_on + DAY)) == (0, 1)
    assert found in duties_on(x, found.due_on + timedelta(400))
    cross(session, x, "finish")
    assert due(x, Task.FIELD) == due(x, Task.END) == []


def test_the_end_moves_with_the_extension(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    before = the(x, Task.END).due_on
    cross(session, x, "extend")
    assert the(x, Task.END).due_on == x.ends_on != before


def test_the_evaluation_is_owed_on_its_day_until_it_is_recorded(session: Session) -> None:
    x = an_experiment(session, S.EVALUATING)
    assert due(x, Task.EVALUATION) == [x.evaluation_due_on]
    cross(session, x, "evaluate")
    assert due(x, Task.EVALUATION) == []


def test_the_decision_is_owed_on_its_day_until_it_is_taken(session: Session) -> None:
    x = an_experiment(session, S.EVALUATED)
    assert due(x, Task.DECISION) == [x.decision_due_on]
    cross(session, x, "decide-abandon")
    assert due(x, Task.DECISION) == []


def test_the_publication_is_owed_twelve_weeks_after_the_decision_was_signed_until_the_file_is_closed(
    session: Session,
) -> None:
    x = an_experiment(session, S.DECIDED)
    assert x.starts_on
    in_time = [x.starts_on + timedelta(340) + timedelta(weeks=12)]
    # Attested by the carrier, it waits for a validator; not attested, for the carrier.
    assert (due(x, Task.PUBLICATION), due(x, Task.CLOSURE)) == ([], in_time)
    save(session, x, replace(x.read(r.Closing), attested=False))
    assert (due(x, Task.PUBLICATION), due(x, Task.CLOSURE)) == (in_time, [])
    save(session, x, replace(x.read(r.Closing), attested=True))
    cross(session, x, "close")
    assert due(x, Task.PUBLICATION) == due(x, Task.CLOSURE) == []


@pytest.mark.parametrize(
    ("written", "remains"),
    [
        (r.FollowUp(), True),
        (r.FollowUp(state="Les bancs sont restés."), True),
        (r.FollowUp(state="N/A", seen_on=TODAY), True),
        (r.FollowUp(state="Les bancs sont restés.", seen_on=TODAY), False),
    ],
)
def test_what_is_left_is_owed_a_year_after_the_closing_until_it_is_said_and_dated(
    session: Session, written: r.FollowUp, remains: bool
) -> None:
    x = an_experiment(session, S.CLOSED)
    x.closed_on = date(2024, 2, 29)
    assert due(x, Task.FOLLOW_UP) == [date(2025, 2, 28)]
    save(session, x, written)
    assert due(x, Task.FOLLOW_UP) == ([date(2025, 2, 28)] if remains else [])
