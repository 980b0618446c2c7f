"""The edges of dates and of ceilings, a table each: the last day that passes, and the first that does not."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, gates, policy
from experiments import reported as r
from experiments.acts import Conclusion, Nothing
from experiments.dates import add_months, lasts_at_most
from experiments.duties import DUTIES
from experiments.ladder import PARIS
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.obligations import Task
from experiments.vocabulary import (
    Basis,
    Status,
)
from tests import people
from tests.builders import (
    TODAY,
    an_experiment,
    answers_for,
    complete,
    missing,
    noon,
    opener_of,
    ready_for,
    verdict,
    write,
)

pytestmark = pytest.mark.only("sqlite")

DAY = timedelta(1)


def extension_of(session: Session, x: Experiment, ends_on: date, *, asked_on: date) -> None:
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=ends_on), on=asked_on)
    editing.ask_extension(session, x, people.awa(session), now=noon(asked_on), today=asked_on)


# What is asked of a running experiment, by how many days it ends from today.
@pytest.mark.parametrize(
    ("ends_in", "overdue", "days_over", "over"),
    [(-2, True, 2, True), (-1, True, 1, True), (0, False, 0, False), (1, False, 0, False)],
    ids=["the day before yesterday", "yesterday", "today", "tomorrow"],
)
def test_the_last_day_is_included(session: Session, ends_in: int, overdue: bool, days_over: int, over: bool) -> None:
    x = an_experiment(session, Status.SUSPENDED)
    assert x.ends_on is not None
    on = x.ends_on - timedelta(ends_in)
    assert x.is_overdue(on) is overdue
    assert x.days_over(on) == days_over
    assert missing(session, x, "resume", on) == (["period.over"] if over else [])


@pytest.mark.parametrize(("ends_in", "expected"), [(-1, ["duration.ahead"]), (0, ["duration.ahead"]), (1, [])])
def test_an_authorisation_is_given_before_the_last_day(session: Session, ends_in: int, expected: list[str]) -> None:
    x = ready_for(session, "authorise")
    assert x.ends_on is not None
    assert missing(session, x, "authorise", x.ends_on - timedelta(ends_in)) == expected


@pytest.mark.parametrize(("starts_in", "expected"), [(1, ["period.open"]), (0, []), (-1, [])])
def test_the_field_starts_on_the_first_day_of_the_window(session: Session, starts_in: int, expected: list[str]) -> None:
    x = ready_for(session, "start")
    assert x.starts_on is not None
    assert missing(session, x, "start", x.starts_on - timedelta(starts_in)) == expected


@pytest.mark.parametrize(("before_the_end", "expected"), [(61, []), (60, []), (59, ["extension.asked"])])
def test_an_extension_is_asked_sixty_days_before_the_term(
    session: Session, before_the_end: int, expected: list[str]
) -> None:
    x = ready_for(session, "extend")
    assert x.ends_on is not None
    asked_on = x.ends_on - timedelta(before_the_end)
    extension_of(session, x, x.ends_on + timedelta(30), asked_on=asked_on)
    assert missing(session, x, "extend", x.ends_on) == expected


@pytest.mark.parametrize(("days", "fits"), [(1, True), (100, True), (101, False)])
def test_an_extension_is_at_most_half_of_the_initial_duration(session: Session, days: int, fits: bool) -> None:
    start = TODAY - timedelta(120)
    duration = replace(
        complete(start)[d.Duration], ends_on=start + timedelta(199), midterm_on=None,
        evaluation_due_on=start + timedelta(160), decision_due_on=start + timedelta(190),
    )  # fmt: skip
    derogations = d.Derogations(none=True, none_reason="L’offre relève du droit commun.")
    request = r.ExtensionRequest(ends_on=start + timedelta(210), reason="Un second été.")
    x = an_experiment(
        session, Status.RUNNING, written={d.Duration: duration, d.Derogations: derogations, r.ExtensionRequest: request}
    )
    assert x.ends_on is not None
    wanted = x.ends_on + timedelta(days)
    write(session, x, replace(request, ends_on=wanted))
    assert ("extension.ends_on" not in missing(session, x, "extend")) is fits


def test_an_odd_number_of_days_is_halved_downwards(session: Session) -> None:
    x = ready_for(session, "extend")
    assert x.starts_on is not None
    assert x.ends_on is not None
    half = ((x.ends_on - x.starts_on).days + 1) // 2
    assert (x.ends_on - x.starts_on).days % 2 == 0
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=x.ends_on + timedelta(half)))
    assert missing(session, x, "extend") == ["extension.asked"]
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=x.ends_on + timedelta(half + 1)))
    assert missing(session, x, "extend") == ["extension.ends_on", "extension.asked"]


@pytest.mark.parametrize(("beyond", "fits"), [(-1, True), (0, False)])
def test_an_extension_stays_under_the_ceiling_of_the_whole(session: Session, beyond: int, fits: bool) -> None:
    """Twenty months granted, ten more would be half: the ceiling of twenty-four comes first."""
    start = TODAY - timedelta(120)
    end = add_months(start, 20) - DAY
    duration = replace(
        complete(start)[d.Duration],
        ends_on=end,
        evaluation_due_on=end - timedelta(40),
        decision_due_on=end - timedelta(9),
    )
    request = r.ExtensionRequest(ends_on=end + timedelta(10), reason="Un second été.")
    x = an_experiment(session, Status.RUNNING, written={d.Duration: duration, r.ExtensionRequest: request})
    wanted = add_months(start, 24) + timedelta(beyond)
    write(session, x, replace(request, ends_on=wanted))
    assert ("extension.ends_on" not in missing(session, x, "extend")) is fits


@pytest.mark.parametrize(("basis", "months"), [(Basis.NONE, 24), (Basis.ARTICLE_72, 60), (Basis.ARTICLE_37_1, 60)])
@pytest.mark.parametrize(("beyond", "fits"), [(-2, True), (-1, True), (0, False), (1, False)])
def test_the_ceiling_of_the_legal_basis_is_reached_and_not_passed(
    session: Session, basis: Basis, months: int, beyond: int, fits: bool
) -> None:
    x = an_experiment(session, Status.DRAFT)
    duration = x.read(d.Duration)
    assert duration.starts_on is not None
    end = add_months(duration.starts_on, months) + timedelta(beyond)
    write(session, x, replace(duration, basis=basis, ends_on=end))
    assert missing(session, x, "submit") == ([] if fits else ["duration.ceiling"])


@pytest.mark.parametrize(
    ("short_by", "expected"), [(2, []), (1, ["duration.midterm_on"]), (0, ["duration.midterm_on"])]
)
def test_a_mid_term_evaluation_is_asked_from_twelve_months_on(
    session: Session, short_by: int, expected: list[str]
) -> None:
    """Twelve months end on the eve of the same day, a year later."""
    x = an_experiment(session, Status.DRAFT)
    duration = x.read(d.Duration)
    assert duration.starts_on is not None
    end = add_months(duration.starts_on, 12) - timedelta(short_by)
    write(session, x, replace(duration, midterm_on=None, ends_on=end))
    write(session, x, d.Derogations(none=True, none_reason="L’offre relève du droit commun."))
    assert missing(session, x, "submit") == expected


@pytest.mark.parametrize(
    ("field", "anchor", "days", "expected"),
    [
        ("midterm_on", "starts_on", 0, ["duration.midterm_on"]),
        ("midterm_on", "starts_on", 1, []),
        ("midterm_on", "ends_on", -1, []),
        ("midterm_on", "ends_on", 0, ["duration.midterm_on"]),
        ("evaluation_due_on", "starts_on", 0, ["duration.evaluation_due_on"]),
        ("evaluation_due_on", "starts_on", 1, []),
        ("evaluation_due_on", "ends_on", -30, []),
        ("evaluation_due_on", "ends_on", -29, ["duration.evaluation_due_on"]),
        ("decision_due_on", "evaluation_due_on", -1, ["duration.decision_due_on"]),
        ("decision_due_on", "evaluation_due_on", 0, []),
        ("decision_due_on", "ends_on", 0, []),
        ("decision_due_on", "ends_on", 1, ["duration.decision_due_on"]),
    ],
)
def test_the_dates_of_an_experiment_follow_each_other(
    session: Session, field: str, anchor: str, days: int, expected: list[str]
) -> None:
    x = an_experiment(session, Status.DRAFT)
    duration = x.read(d.Duration)
    end = duration.ends_on
    if (field, anchor) == ("evaluation_due_on", "ends_on"):
        duration = replace(duration, decision_due_on=end)
    write(session, x, replace(duration, **{field: getattr(duration, anchor) + timedelta(days)}))
    assert missing(session, x, "submit") == expected


@pytest.mark.parametrize(
    ("field", "days", "fits"),
    [("starts_on", 0, True), ("starts_on", -1, False), ("ends_on", 0, True), ("ends_on", 1, False)],
)
def test_a_derogation_lives_within_the_experiment(session: Session, field: str, days: int, fits: bool) -> None:
    x = an_experiment(session, Status.DRAFT)
    derogations, duration = x.read(d.Derogations), x.read(d.Duration)
    first = replace(derogations.items[0], **{field: getattr(duration, field) + timedelta(days)})
    write(session, x, replace(derogations, items=[first, *derogations.items[1:]]))
    assert missing(session, x, "submit") == ([] if fits else ["derogation.dates"])


@pytest.mark.parametrize(("euros", "fits"), [("0", False), ("0.01", True), ("99999.99", True), ("100000", False)])
def test_a_purchase_without_competition_stays_under_a_hundred_thousand_euros(
    session: Session, euros: str, fits: bool
) -> None:
    x = an_experiment(session, Status.DRAFT)
    derogations = x.read(d.Derogations)
    items = [replace(i, amount=Decimal(euros)) if i.id == "achat" else i for i in derogations.items]
    write(session, x, replace(derogations, items=items))
    assert missing(session, x, "submit") == ([] if fits else ["derogation.amount"])


@pytest.mark.parametrize(
    ("start", "end", "months", "fits"),
    [
        (date(2026, 3, 1), date(2027, 2, 28), 12, True),
        (date(2026, 3, 1), date(2027, 3, 1), 12, False),
        (date(2024, 2, 29), date(2025, 2, 27), 12, True),
        (date(2024, 2, 29), date(2025, 2, 28), 12, False),
        (date(2026, 1, 31), date(2026, 2, 27), 1, True),
        (date(2026, 1, 31), date(2026, 2, 28), 1, False),
        (date(2026, 12, 15), date(2027, 1, 14), 1, True),
    ],
)
def test_so_many_months_end_on_the_eve_of_the_same_day(start: date, end: date, months: int, fits: bool) -> None:
    assert lasts_at_most(start, end, months) is fits


def test_the_local_rules_are_those_of_the_policy_file(session: Session) -> None:
    x = ready_for(session, "extend")
    ours = policy.current()
    try:
        policy.use(replace(ours, extension=replace(ours.extension, times=0)))
        [point] = verdict(session, x, "extend").missing
        assert (point.code, point.label[-1]) == ("extension.once", "0")
    finally:
        policy.use(ours)


def test_what_the_judge_and_the_duties_say_has_the_figures_of_the_policy_file(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    ours = policy.current()
    theirs = replace(
        ours,
        duration=replace(ours.duration, ceiling_months={"none": 7, "article-72": 60, "article-37-1": 60}),
        extension=replace(ours.extension, asked_days_before_end=61, share=0.25),
        duties=replace(ours.duties, review_months=4),
    )
    try:
        policy.use(theirs)
        said = {p.code: f"{p.label} ; {p.source}" for g in ("submit", "extend") for p in verdict(session, x, g).points}
        assert "61 jours avant le terme" in said["extension.asked"]
        assert "25 % de la durée initiale au plus" in said["extension.ends_on"].replace("\u00a0", " ").replace(
            "\u202f", " "
        )
        assert "7 mois sans base" in said["duration.ceiling"]
        assert DUTIES[Task.REVIEW].source.endswith("au bout de 4 mois")
    finally:
        policy.use(ours)


@pytest.mark.parametrize(
    ("days", "french", "english"),
    [(0, "0 jour avant", "0 days before"), (1, "1 jour avant", "1 day before"), (9, "9 jours avant", "9 days before")],
)
def test_a_sentence_agrees_with_the_figure_of_the_local_rule(days: int, french: str, english: str) -> None:
    ours = policy.current()
    try:
        policy.use(replace(ours, extension=replace(ours.extension, asked_days_before_end=days)))
        assert french in DUTIES[Task.EXTENSION].source
        assert policy.in_force("{rule.extension.asked_days_before_end:day|days} before", english=True) == english
    finally:
        policy.use(ours)


def after_midnight(day: date) -> datetime:
    """Half past midnight in Paris: still the eve, in UTC."""
    return datetime.combine(day, time(0, 30), PARIS).astimezone(UTC)


def cross_at_night(session: Session, x: Experiment, gate: str) -> None:
    answers = Nothing() if LIFECYCLE[gate].asks is Nothing else answers_for(gate)
    gates.cross(session, x, LIFECYCLE[gate], opener_of(session, gate), answers, seen=None,
                now=after_midnight(TODAY), today=TODAY)  # fmt: skip


@pytest.mark.parametrize(("signed", "lacking"), [(TODAY - DAY, ["act.signed_on"]), (TODAY, [])])
def test_nobody_signs_on_the_eve_of_the_night_when_the_evaluation_was_recorded(
    session: Session, signed: date, lacking: list[str]
) -> None:
    x = ready_for(session, "evaluate")
    cross_at_night(session, x, "evaluate")
    act = replace(answers_for("decide-generalise"), signed_on=signed)
    assert isinstance(act, Conclusion)
    assert [p.code for p in verdict(session, x, "decide-generalise", answers=act).missing] == lacking


@pytest.mark.parametrize(("told", "lacking"), [(TODAY - DAY, ["closing.told_on"]), (TODAY, [])])
def test_nobody_is_told_of_the_end_on_the_eve_of_the_night_when_it_was_decided(
    session: Session, told: date, lacking: list[str]
) -> None:
    x = ready_for(session, "decide-generalise")
    cross_at_night(session, x, "decide-generalise")
    write(session, x, replace(complete(TODAY)[r.Closing], told_on=told, published_on=TODAY))
    assert missing(session, x, "close") == lacking
