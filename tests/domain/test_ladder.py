"""The ladder: which day each reminder falls on, never on a day off, never after the day it is about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.ladder import PARIS, day_of, following, next_digest, opening_hours, reached
from experiments.workdays import add_worked, is_worked

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
WEDNESDAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 11), False),
        (date(2026, 7, 14), False),
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 3), True),  # Good Friday, but in Alsace
        (date(2027, 5, 6), False),  # Ascension
        (date(2027, 5, 7), True),  # the day after it, bridge or not
        (date(2028, 2, 29), True),
    ],
)
def test_offices_are_open_from_monday_to_friday_but_for_public_holidays(day: date, worked: bool) -> None:
    assert is_worked(day) is worked


def test_a_delay_in_working_days_skips_weekends_and_holidays() -> None:
    # From Friday 8 May 2026, a holiday, over the Ascension of Thursday 14.
    assert add_worked(date(2026, 5, 7), 5) == date(2026, 5, 18)
    assert add_worked(date(2026, 11, 20), 1) == date(2026, 11, 23)


def test_the_rungs_of_a_day_in_order() -> None:
    rung, found = None, []
    for _ in range(8):
        rung = following(rung)
        found.append(rung)
    assert found == [-90, -60, -30, -7, 0, 7, 14, 21]


def test_what_lapses_has_no_rung_after_its_day() -> None:
    assert following(-7, lapses=True) == 0
    assert following(0, lapses=True) is None


def test_a_rung_before_the_day_that_falls_on_a_day_off_comes_early_and_one_after_comes_late() -> None:
    sunday = date(2026, 11, 22)
    assert day_of(0, sunday) == date(2026, 11, 20)
    assert day_of(7, sunday) == date(2026, 11, 30)
    assert day_of(0, date(2026, 4, 6)) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("on", "rung"),
    [
        (WEDNESDAY - timedelta(91), None),
        (WEDNESDAY - timedelta(90), -90),
        (WEDNESDAY - timedelta(62), -90),
        # Sixty days before is a Saturday: it comes on the Friday.
        (WEDNESDAY - timedelta(61), -60),
        (WEDNESDAY - timedelta(8), -30),
        (WEDNESDAY - timedelta(7), -7),
        (WEDNESDAY - timedelta(1), -7),
        (WEDNESDAY, 0),
        (WEDNESDAY + timedelta(6), 0),
        (WEDNESDAY + timedelta(7), 7),
        (WEDNESDAY + timedelta(13), 7),
        (WEDNESDAY + timedelta(364), 364),
    ],
)
def test_the_rung_that_is_reached_on_a_day(on: date, rung: int | None) -> None:
    assert reached(WEDNESDAY, on) == rung


@given(days, st.integers(-100, 60))
def test_what_is_reached_today_is_what_the_next_rungs_said(due_on: date, apart: int) -> None:
    today, rung = due_on + timedelta(apart), None
    while (then := following(rung)) is not None and day_of(then, due_on) <= today:
        rung = then
    assert reached(due_on, today) == rung


@given(days, st.sampled_from([-90, -60, -30, -7, 0, 7, 14, 70]))
def test_nobody_is_reminded_on_a_day_off_nor_of_a_day_after_it(due_on: date, rung: int) -> None:
    assert is_worked(day_of(rung, due_on))
    assert rung > 0 or day_of(rung, due_on) <= due_on + timedelta(rung)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (datetime(2026, 11, 20, 8, 0), datetime(2026, 11, 20, 8, 0)),
        (datetime(2026, 11, 20, 17, 59), datetime(2026, 11, 20, 17, 59)),
        (datetime(2026, 11, 20, 18, 0), datetime(2026, 11, 23, 8, 0)),
        (datetime(2026, 11, 20, 3, 0), datetime(2026, 11, 20, 8, 0)),
        (datetime(2026, 11, 22, 12, 0), datetime(2026, 11, 23, 8, 0)),
        # Both changes of the clock: eight in the morning is eight in the morning.
        (datetime(2027, 3, 26, 19, 0), datetime(2027, 3, 30, 8, 0)),
        (datetime(2026, 10, 23, 19, 0), datetime(2026, 10, 26, 8, 0)),
        (datetime(2026, 12, 24, 20, 0), datetime(2026, 12, 28, 8, 0)),
    ],
)
def test_a_mail_leaves_in_working_hours_of_paris(now: datetime, leaves: datetime) -> None:
    assert opening_hours(now.replace(tzinfo=PARIS).astimezone(UTC)) == leaves.replace(tzinfo=PARIS)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31)))
def test_opening_hours_never_go_back(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    local = opening_hours(now).astimezone(PARIS)
    assert local >= now
    assert is_worked(local.date())
    assert 8 <= local.hour < 18


def test_a_digest_leaves_the_next_working_morning_or_that_of_the_next_week() -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=PARIS)
    monday = datetime(2026, 11, 23, 8, tzinfo=PARIS)
    assert next_digest(friday, weekly=False) == monday
    assert next_digest(friday, weekly=True) == monday
    assert next_digest(monday, weekly=True) == datetime(2026, 11, 30, 8, tzinfo=PARIS)
    # Easter Monday waits for the Tuesday.
    assert next_digest(datetime(2026, 4, 1, 9, tzinfo=PARIS), weekly=True) == datetime(2026, 4, 7, 8, tzinfo=PARIS)
