"""What the drawing of a life says of each day promised: kept, done too late, owed, or never done."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from app import clock
from app.db import Database
from app.presentation import whole_pole_of
from app.templating import date_fr
from experiments import publications
from experiments.obligations import Task
from experiments.published import Published
from experiments.vocabulary import Status
from tests.pages.conftest import Build
from tests.pages.page import read
from tests.pages.visitor import Visitor

NB = "\u00a0"
DAY = timedelta(1)
Tell = Callable[..., Published]


@pytest.fixture
def told(make: Build, register: Database) -> Tell:
    """What is published of a file that stands at a status, with other facts instead."""

    def found(status: Status, **facts: Any) -> Published:
        with register.public() as public:
            x = publications.one(public, make(status))
        assert x
        for name, value in facts.items():
            setattr(x, name, value)
        return x

    return found


def filed(x: Published, *, interim: bool, on: date) -> Published:
    """The same, with its evaluations filed that day."""
    for one in x.evaluations:
        if one.interim is interim:
            one.recorded_at = datetime.combine(on, time(12), clock.PARIS)
    return x


def said(x: Published, today: date, label: str) -> tuple[str, str]:
    """What became of a day, and in which words."""
    marks = whole_pole_of(x, today, owed=x.owed).marks
    [stake] = [mark.stake for mark in marks if mark.label == label]
    return stake.state, stake.words


def test_what_is_filed_by_its_day_is_kept_and_later_says_how_late(told: Tell, today: date) -> None:
    on = today - 50 * DAY
    x = told(Status.RUNNING, midterm_on=on)
    assert said(filed(x, interim=True, on=on), today, "Mi-parcours") == ("kept", "")
    words = f"versée le {date_fr(on + 40 * DAY)}, 40{NB}jours après la date"
    assert said(filed(x, interim=True, on=on + 40 * DAY), today, "Mi-parcours") == ("belated", words)
    y = told(Status.DECIDED, evaluation_due_on=on, decision_due_on=today - 30 * DAY)
    words = f"versée le {date_fr(on + DAY)}, 1{NB}jour après la date"
    assert said(filed(y, interim=False, on=on + DAY), today, "Évaluation") == ("belated", words)
    assert y.decided_on
    days = (y.decided_on - today).days + 30
    words = f"prise le {date_fr(y.decided_on)}, {days}{NB}jours après la date"
    assert said(y, today, "Décision") == ("belated", words)


def test_a_mid_term_is_late_while_it_is_owed_then_was_never_filed(told: Tell, today: date) -> None:
    on = today - 50 * DAY
    x = told(Status.EVALUATED, midterm_on=on, evaluations=[])
    assert x.field_ended_on
    assert Task.MIDTERM not in {one.task for one in x.owed}
    assert said(x, today, "Mi-parcours") == ("missed", "jamais versée")
    x.midterm_on = x.field_ended_on + DAY
    assert said(x, today, "Mi-parcours") == ("ahead", "sans objet, l’essai s’est terminé avant")


@pytest.mark.parametrize("status", [Status.RUNNING, Status.EVALUATING, Status.EVALUATED, Status.DECIDED])
def test_what_the_drawing_calls_late_is_what_is_owed(told: Tell, today: date, status: Status) -> None:
    x, labels = told(status), {Task.MIDTERM: "Mi-parcours", Task.EVALUATION: "Évaluation", Task.DECISION: "Décision"}
    for day in (today, today + 100 * DAY, today + 500 * DAY):
        late = {mark.label for mark in whole_pole_of(x, day, owed=x.owed).marks if mark.stake.state == "late"}
        owed = {labels[one.task] for one in x.owed if one.task in labels and one.due_on < day}
        assert late - {"Fin"} == owed


def test_the_end_is_kept_by_a_decision_and_by_nothing_else(told: Tell, today: date) -> None:
    end = today + 30 * DAY
    for status in (Status.RUNNING, Status.EVALUATING, Status.EVALUATED):
        assert said(told(status, ends_on=end), today, "Fin") == ("ahead", "")
    assert said(told(Status.DECIDED, ends_on=end), today, "Fin") == ("kept", "")
    past = today - 12 * DAY
    assert said(told(Status.EVALUATING, ends_on=past), today, "Fin") == ("late", "passée sans évaluation")
    assert said(told(Status.EVALUATED, ends_on=past), today, "Fin") == ("late", "passée sans décision")
    assert said(told(Status.DECIDED, ends_on=past), today, "Fin") == ("missed", "passée sans décision")


def test_a_field_that_is_over_is_said_in_words_of_its_own(make: Build, visitor: Visitor, today: date) -> None:
    page = visitor.page(f"/experimentations/{make(Status.EVALUATING)}")
    over = f"essai terminé le {date_fr(today - 10 * DAY)}"
    [end] = [read(li) for li in page.one("ol", class_="pole-stakes") if read(li).startswith("Fin")]
    assert end.endswith(over)
    assert "échéance tenue" not in end
    assert f"{over}\u202f; décision attendue au plus tard le " in page.text
    assert "il reste" not in page.text


def test_what_was_stopped_before_it_began_is_not_said_to_begin(told: Tell, today: date) -> None:
    x = told(Status.EVALUATING, started_on=None, field_ended_on=today, starts_on=today + 9 * DAY)
    label = whole_pole_of(x, today, owed=x.owed).label
    assert f"arrêtée avant de commencer, le {date_fr(today)}" in label
    assert "commence dans" not in label


def test_what_nobody_has_authorised_has_a_length_and_nothing_of_it_runs_nor_is_late(
    make: Build, awa: Visitor, today: date
) -> None:
    for status, ago in ((Status.DRAFT, 90), (Status.SUBMITTED, 900)):
        # Its window has begun, then is long past: nothing was ever open.
        number = make(status, on=today - timedelta(ago))
        for path in (f"/espace/experimentations/{number}", "/espace/echeances/frise", "/espace"):
            said = awa.page(path).text
            assert "il reste" not in said
            assert "de retard" not in said
            assert path == "/espace" or f"prévue sur 365{NB}jours" in said


def test_the_rule_of_the_mid_term_is_told_where_delays_are_counted(visitor: Visitor) -> None:
    assert "mi-parcours n’est plus réclamée une fois l’essai terminé" in visitor.page("/retards").text
