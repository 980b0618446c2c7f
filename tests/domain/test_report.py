"""The yearly report and the indicators: every proposal once, what stood on the last day, and figures that check."""

from datetime import date, timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import documents, indicators, lateness, publications, published, publishing, years
from experiments import reported as r
from experiments.acts import Act
from experiments.content import decode
from experiments.exports.forms import Batch
from experiments.exports.publisher import Publisher
from experiments.exports.tables import TABLES
from experiments.indicators import Delay, spread
from experiments.model import Experiment
from experiments.obligations import Task
from experiments.report import Period, Report, Unit, draw, records
from experiments.vocabulary import UNDER_WAY, Basis, Finding, Outcome, Promise, Status, StopReason
from tests.builders import an_experiment, cross
from tests.contents import complete

LATER = date(2027, 5, 3)
"""A day on which 2025 and 2026 are over."""


def report_of(session: Session, year: int = 2025, made_on: date = LATER) -> Report:
    session.flush()
    drawn = draw(records(session, Period(year, made_on)), year, made_on)
    # What the query leaves out has no part in that year.
    assert drawn == draw(documents.every(session, told=False), year, made_on)
    return drawn


def ended_in_time(session: Session) -> Experiment:
    """Ends on 29 December 2025, decided on the 5th, closed on the 15th, its evaluation published."""
    return an_experiment(session, Status.CLOSED, today=date(2025, 12, 20))


def left_overdue(session: Session) -> Experiment:
    """Ends on 30 November 2025, its field work over in September, and nothing since."""
    return an_experiment(session, Status.EVALUATING, today=date(2025, 10, 7))


def test_a_register_of_everything_adds_up(session: Session) -> None:
    """Each status, each way out: whatever the year and the day, the sums are right."""
    day = date(2025, 3, 10)
    for status in Status:
        an_experiment(session, status, today=day)
    for status, gate in (
        (Status.SUBMITTED, "return"), (Status.SUBMITTED, "withdraw"),
        (Status.RUNNING, "stop"), (Status.RUNNING, "extend"),
    ):  # fmt: skip
        cross(session, an_experiment(session, status, today=day), gate, on=day)
    for year in range(2023, 2027):
        for made_on in (date(year, 1, 1), date(year, 7, 14), LATER):
            report = report_of(session, year, made_on)
            proposed = report["proposed"]
            assert sum(one.numerator for one in report.group("fate")) == proposed.numerator
            assert sorted(n for one in report.group("fate") for n in one.numbers) == sorted(proposed.numbers)
            before, now = set(report["under-way.before"].numbers), set(report["under-way"].numbers)
            assert before | set(report["authorised"].numbers) == now | set(report["decided"].numbers)
            assert not now & set(report["decided"].numbers)
            assert report.months[-1].under_way == len(now)
            assert sum(one.numerator for one in report.group("outcome")) == report["decided"].numerator
            assert sum(one.numerator for one in report.group("verdict")) == report["decided"].numerator
            assert sum(one.numerator for one in report.group("stop")) == report["stopped"].numerator
            assert sum(one.numerator for one in report.group("how")) == report["proved"].denominator
            for one in report.figures:
                assert one.numerator <= one.denominator
                assert set(one.numbers) <= set(one.among) <= {x.number for x in report.experiments}
                if one.unit is Unit.EXPERIMENTS:
                    assert (len(one.numbers), len(one.among)) == (one.numerator, one.denominator)
                    assert one.value == one.numerator


def test_what_is_kept_of_a_year_that_is_over_is_what_its_report_counts(session: Session) -> None:
    day = date(2025, 3, 10)
    for status in Status:
        an_experiment(session, status, today=day)
    late = left_overdue(session)
    cross(session, an_experiment(session, Status.SUBMITTED, today=day), "return", on=day)
    cross(session, an_experiment(session, Status.RUNNING, today=day), "extend", on=day)
    cross(session, late, "evaluate", on=date(2026, 1, 12))
    session.flush()
    held = years.held(session)
    for year in range(2023, 2027):
        report = report_of(session, year)
        kept = [held[year].get(what, 0) for what in years.Held]
        in_time = report["promise.evaluated"]
        figures = [report[code].numerator for code in ("proposed", "authorised", "refused", "decided")]
        assert kept == [*figures, in_time.denominator, in_time.numerator], year
    assert held[2025][years.Held.ENDING] > held[2025][years.Held.IN_TIME] > 0


def test_refused_and_withdrawn_proposals_are_in_it_without_what_they_said(session: Session) -> None:
    day = date(2025, 5, 12)
    refused = an_experiment(session, Status.REFUSED, today=day)
    withdrawn = an_experiment(session, Status.SUBMITTED, today=day)
    cross(session, withdrawn, "withdraw", on=day)
    never = an_experiment(session, Status.WITHDRAWN, today=day)
    report = report_of(session)
    assert report["fate.refused"].numbers == report["refused"].numbers == [refused.number]
    assert report["fate.withdrawn"].numbers == report["withdrawn"].numbers == [withdrawn.number]
    assert never.number not in [x.number for x in report.experiments]
    titles = {x.number: x.title for x in report.experiments}
    assert titles == {refused.number: refused.title, withdrawn.number: ""}
    [refusal] = [x.refusal for x in report.experiments if x.refusal]
    act = decode(Act, refused.decisions[0].text)
    assert (refusal.on, refusal.act, refusal.body, refusal.facts) == (date(2025, 5, 2), act.number, act.body, act.facts)
    assert refusal.facts


def test_what_was_refused_is_of_the_year_that_refused_it_whenever_it_would_have_ended(session: Session) -> None:
    # The report of the year that it had asked to end in counted it among all that it tells of.
    refused = an_experiment(session, Status.REFUSED, today=date(2025, 3, 10))
    wanted = _published(session, refused).ends_on
    assert wanted
    assert wanted.year == 2026
    assert refused.number in [x.number for x in report_of(session).experiments]
    assert refused.number not in [x.number for x in report_of(session, 2026).experiments]


def test_promises_kept_and_missed(session: Session) -> None:
    kept, missed = ended_in_time(session), left_overdue(session)
    report = report_of(session)
    for code in ("promise.evaluated", "promise.decided", "promise.due"):
        assert (report[code].numbers, report[code].among) == ([kept.number], [kept.number, missed.number]), code
    assert report["promise.field"].numerator == 2
    assert report["overdue"].numbers == [missed.number]
    assert {x.number: x.days_over for x in report.experiments} == {kept.number: 0, missed.number: 31}
    assert report["overrun"].value is None, "two values have no median"
    assert report["overrun"].numbers == [kept.number, missed.number]
    # Twelve weeks after the decision of 5 December: the promise is judged the year after, and was kept.
    assert report["promise.published"].denominator == 0
    assert report_of(session, 2026)["promise.published"].numbers == [kept.number]


def test_a_midterm_that_nobody_dated_is_a_promise_all_the_same(session: Session) -> None:
    # The board of what is late said so, and the report did not.
    x = an_experiment(session, Status.RUNNING, today=date(2025, 3, 10))
    told = publishing.record_of(session, x)
    assert told is not None
    by_law = msgspec.Raw(msgspec.json.encode(replace(told.read(d.Duration), midterm_on=None, basis=Basis.ARTICLE_72)))
    [life] = draw([replace(told, midterm_on=None, parts=told.parts | {"duree": by_law})], 2025, LATER).experiments
    assert told.starts_on
    assert told.ends_on
    assert life.midterm_on == told.starts_on + (told.ends_on - told.starts_on) // 2


def test_a_midterm_whose_day_came_once_the_trial_was_over_is_no_broken_promise(session: Session) -> None:
    """Its page says that it came to nothing; what was filed by its day is a promise kept, whenever the trial ended."""
    stopped = an_experiment(session, Status.AUTHORISED, today=date(2025, 3, 10))
    cross(session, stopped, "stop", on=date(2025, 4, 1))
    filed = an_experiment(session, Status.RUNNING, today=date(2025, 4, 15))
    cross(session, filed, "stop", on=date(2025, 6, 2))
    told = report_of(session)["promise.midterm"]
    assert (told.numbers, told.among) == ([filed.number], [filed.number])


def test_what_was_late_on_the_last_day_stays_late_in_that_years_report(session: Session) -> None:
    x = left_overdue(session)
    then = report_of(session, 2025, date(2025, 12, 31))
    cross(session, x, "evaluate", on=date(2026, 1, 20))
    cross(session, x, "decide-abandon", on=date(2026, 2, 10))
    now = report_of(session)
    assert now["overdue"].numbers == [x.number]
    assert (now.figures, now.experiments, now.late) == (then.figures, then.experiments, then.late)
    assert [(one.task, one.due_on) for one in now.late] == [
        (Task.EVALUATION, date(2025, 10, 21)), (Task.DECISION, date(2025, 11, 15)),
    ]  # fmt: skip
    after = report_of(session, 2026)
    assert after["overdue"].numerator == 0
    assert [one.task for one in after.late] == [Task.PUBLICATION], "nobody closed it in the twelve weeks"
    assert after["overrun"].numbers == [x.number]
    assert after.named([x.number])[0].days_over == 72
    ending = after.named([x.number])[0].ending
    assert ending is not None
    assert (ending.verdict, ending.promise) == (Finding.CONFIRMED, Promise.GENERALISATION)
    assert (ending.outcome, ending.departs) == (Outcome.ABANDONMENT, True)
    assert ending.departure == "Le plan de plantation, voté entre-temps, couvre ce parvis."


def test_a_verdict_without_any_published_figure_is_said_so_beside_the_decision(session: Session) -> None:
    day = date(2025, 12, 20)
    evaluation = complete(day)[r.Evaluation]
    assert isinstance(evaluation, r.Evaluation)
    none = [replace(one, value=None, not_measured="Les sondes ont été volées.") for one in evaluation.results]
    blind = an_experiment(session, Status.CLOSED, today=day, written={r.Evaluation: replace(evaluation, results=none)})
    seen = ended_in_time(session)
    endings = {x.number: x.ending for x in report_of(session).experiments}
    assert {number: ending and ending.unmeasured for number, ending in endings.items()} == {
        blind.number: True, seen.number: False,
    }  # fmt: skip


def test_all_that_the_public_is_owed_is_late_in_the_report_whatever_the_year_it_dates_from(session: Session) -> None:
    # The board of what is late began with a follow-up that no report told of.
    today = date(2027, 1, 20)
    closed, late = ended_in_time(session), left_overdue(session)
    x = an_experiment(session, Status.DECIDED, today=date(2025, 12, 20))
    report = report_of(session, 2027, today)
    told = [(one.number, one.task, one.due_on, one.days) for one in report.late]
    board = [
        (x.number, one.owed.task, one.owed.due_on, one.days)
        for x in documents.every(session, told=True) for one in lateness.late(x, today)
    ]  # fmt: skip
    assert sorted(told) == sorted(board)
    assert {number for number, *_ in told} == {closed.number, late.number, x.number}
    assert closed.number not in [one.number for one in report.experiments]
    assert [due_on for _, _, due_on, _ in told] == sorted(due_on for _, _, due_on, _ in told)


def test_an_extension_moves_the_term_from_the_day_it_is_granted(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING, today=date(2025, 4, 15))  # From 16 December 2024 to 15 December 2025.
    cross(session, x, "extend", on=date(2025, 9, 1))
    before = report_of(session, 2025, date(2025, 8, 31)).named([x.number])[0]
    after = report_of(session).named([x.number])[0]
    assert (before.ends_on, after.ends_on) == (date(2025, 12, 15), date(2026, 3, 15))
    assert (before.evaluation_due_on, after.evaluation_due_on) == (date(2025, 11, 5), date(2026, 2, 13))
    assert report_of(session)["extended"].numbers == [x.number]
    assert after.extensions[0].reason.startswith("Mesurer un second mois de juin")
    assert report_of(session)["promise.evaluated"].denominator == 0, "its term is not of that year any more"
    assert report_of(session, 2026)["promise.evaluated"].among == [x.number]


def test_why_things_stopped_and_what_became_of_the_rules(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING, today=date(2025, 4, 15))
    cross(session, x, "stop", on=date(2025, 6, 2))
    closed = ended_in_time(session)
    report = report_of(session)
    assert report[f"stop.{StopReason.TECHNICAL}"].numbers == report["stopped"].numbers == [x.number]
    [stop] = [one.early_stop for one in report.named([x.number])]
    assert stop
    act = decode(Act, x.decisions[-1].text)
    assert (stop.on, stop.act, stop.body, stop.facts) == (date(2025, 6, 2), act.number, act.body, act.facts)
    assert stop.facts
    assert report["level.law"].numerator == 2
    assert report["force.permanent"].numbers == [closed.number]
    # The other two of the one that is closed, and the three of the one whose end came on 15 December.
    assert report["force.over"].numerator == 5
    assert (report["proved"].numerator, report["proved"].denominator) == (2, 4)


def test_money_says_how_many_files_it_is_drawn_from(session: Session) -> None:
    day = date(2025, 12, 1)
    an_experiment(session, Status.RUNNING, today=day)
    costs = msgspec.structs.replace(complete(day)[d.Costs], grants=None)
    silent = an_experiment(session, Status.AUTHORISED, today=day, written={d.Costs: costs})
    report = report_of(session)
    assert (report["cost.authority"].value, report["cost.authority"].numerator) == (172000, 2)
    granted = report["cost.grants"]
    assert (granted.value, granted.numerator, granted.denominator) == (20000, 1, 2)
    assert (silent.number in granted.among, silent.number in granted.numbers) == (True, False)
    assert (report["spent"].value, report["spent"].denominator) == (None, 0)


def test_a_year_that_is_not_over_says_nothing_of_what_is_not_due(session: Session) -> None:
    x = left_overdue(session)
    on_the_day = report_of(session, 2025, date(2025, 11, 30))
    assert (on_the_day["promise.evaluated"].denominator, on_the_day["overdue"].numerator) == (0, 0)
    the_day_after = report_of(session, 2025, date(2025, 12, 1))
    assert the_day_after["promise.evaluated"].among == the_day_after["overdue"].numbers == [x.number]
    assert not the_day_after.is_over
    assert the_day_after.until == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("made_on", "months"),
    [(date(2024, 1, 1), 1), (date(2024, 2, 29), 2), (date(2024, 3, 1), 3), (date(2024, 12, 31), 12), (LATER, 12)],
)
def test_a_period_ends_with_the_year_or_the_day(made_on: date, months: int) -> None:
    period = Period(2024, made_on)
    assert len(period.months()) == months
    assert period.months()[-1] == period.last == min(made_on, date(2024, 12, 31))
    assert period.holds(period.first)
    assert not period.holds(period.eve)
    assert not period.holds(period.last + timedelta(1))


def test_anyone_recomputes_it_from_the_open_data(session: Session) -> None:
    """The data are the documents as they are kept: read from a file, they give the same report."""
    for status in Status:
        an_experiment(session, status, today=date(2025, 9, 1))
    report = report_of(session)
    texts = [text for _, text in documents.some(session, told=False)]
    file = f'{{"experiments": [{",".join(texts)}]}}'
    read = msgspec.json.decode(file, type=dict[str, list[published.Published]])
    again = read["experiments"]
    assert draw(again, 2025, LATER) == report
    assert draw(again[::-1], 2025, LATER) == report, "whatever the order"
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_indicators_are_counted_for_all_and_for_each(session: Session) -> None:
    today = date(2026, 1, 15)
    elsewhere = msgspec.structs.replace(complete(today)[d.Identity], organisation="Ville de Rezé", policy="eau")
    late = left_overdue(session)
    ended_in_time(session)
    an_experiment(session, Status.RUNNING, today=today, written={d.Identity: elsewhere})
    an_experiment(session, Status.SUBMITTED, today=today)
    session.flush()
    found = indicators.reckon(documents.every(session, told=False), today)
    assert [(line.name, line.under_way, line.overdue) for line in found.organisations] == [
        ("Nantes Métropole", 1, 1), ("Ville de Rezé", 1, 0),
    ]  # fmt: skip
    assert [line.name for line in found.policies] == ["climat", "eau"]
    assert (found.whole.under_way, found.whole.overdue) == (2, 1)
    assert found.whole.delays[Delay.EXAMINATION].count == 3
    assert found.whole.delays[Delay.OVERRUN].count == 2
    waits = {delay: (one.awaited, one.longest) for delay, one in found.whole.delays.items()}
    # The evaluation was due thirty days before the end; the proposal that waits is of nobody yet.
    assert waits[Delay.EVALUATION] == (1, (today - _published(session, late).evaluation_due_on).days)
    assert waits[Delay.OVERRUN] == (1, 46)
    assert waits[Delay.EXAMINATION][0] == 1
    assert waits[Delay.PUBLICATION] == (0, 0)
    assert [line.delays[Delay.EXAMINATION].awaited for line in found.organisations] == [0, 0]
    assert [line.delays[Delay.EVALUATION].awaited for line in found.organisations] == [1, 0]
    delays = indicators.delays_of(_published(session, late), today)
    assert delays == {Delay.EXAMINATION: 20, Delay.OVERRUN: 46}
    done = indicators.delays_of(_published(session, ended_in_time(session)), today)
    assert done == {Delay.EXAMINATION: 20, Delay.EVALUATION: -4, Delay.PUBLICATION: 1, Delay.OVERRUN: 0}


def _published(session: Session, x: Experiment) -> published.Published:
    session.flush()
    found = publications.one(session, x.number)
    assert found is not None
    return found


def test_few_values_have_neither_median_nor_percentile() -> None:
    assert spread([]) == indicators.Spread(0, None, None)
    assert spread([4, 1, 2, 3]) == indicators.Spread(4, None, None)
    assert spread([5, 4, 1, 2, 3]) == indicators.Spread(5, 3, 5)
    assert spread(range(10, 0, -1)) == indicators.Spread(10, 5.5, 9)
    assert spread(range(1, 21)) == indicators.Spread(20, 10.5, 18)
    assert spread([], [3, 12]) == indicators.Spread(0, None, None, 2, 12)


def test_what_is_awaited_is_what_the_open_data_say_is_late(session: Session) -> None:
    """Anybody counts it again from « echeances », without a word of this program."""
    today = date(2026, 9, 1)
    left_overdue(session)
    unpublished = left_overdue(session)
    cross(session, unpublished, "evaluate", on=date(2026, 1, 20))
    cross(session, unpublished, "decide-abandon", on=date(2026, 2, 10))
    ended_in_time(session)
    for status in (Status.RUNNING, Status.EVALUATING, Status.DECIDED, Status.CLOSED):
        an_experiment(session, status, today=date(2026, 1, 15))
    session.flush()
    found = indicators.reckon(documents.every(session, told=False), today).whole.delays
    table = TABLES["echeances"]
    names, read = [column.name for column in table.columns], [text for _, text in documents.some(session)]
    by = Publisher("Métropole d’Exemple", "https://essais.exemple.fr")
    rows = [dict(zip(names, line, strict=True)) for line in Batch(read, by).lines(table)]
    for delay, task in ((Delay.EVALUATION, "evaluation"), (Delay.PUBLICATION, "publication")):
        due = [date.fromisoformat(str(row["le"])) for row in rows if row["quoi"] == task]
        late = [(today - day).days for day in due if day < today]
        assert late, task
        assert (found[delay].awaited, found[delay].longest) == (len(late), max(late))


def test_what_is_under_way_is_what_a_resident_calls_current(session: Session) -> None:
    numbers = {status: an_experiment(session, status, today=date(2025, 12, 30)).number for status in Status}
    report = report_of(session)
    assert set(report["under-way"].numbers) == {numbers[status] for status in UNDER_WAY}
