"""Fourteen months in Paris: both clock changes, a leap day, a worker that stops, a clock that goes wrong."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from experiments import declared as d
from experiments import editing, opinions, queries
from experiments import reported as r
from experiments.duties import DUTIES
from experiments.model import Absence, Deadline, Experiment, Mail, Reminder
from experiments.obligations import Fate, Rank, Task
from experiments.parts import PARTS
from experiments.vocabulary import OpinionKind, Part, Status
from experiments.workdays import is_worked
from tests import people
from tests.builders import an_experiment, cross, noon, writer_of
from tests.contents import complete

from .office import PARIS, Box, Clock, at, clerk, mails, run_until_idle, somebody

DAY = timedelta(1)
FIRST, LAST = date(2027, 1, 1), date(2028, 2, 29)
HOURS = (time(0, 30), time(8, 5), time(14), time(18))
STOPPED = (date(2027, 8, 6), date(2027, 8, 16))
"""From the morning of the first day to that of the second, nobody runs the worker."""
BACK_THREE_DAYS, BACK_ONE_HOUR = date(2027, 10, 20), date(2027, 9, 15)
AWAY = (date(2027, 4, 19), date(2027, 4, 30))
ALL_RUNGS = [-90, -60, -30, -7, *range(0, 500, 7)]

Act = Callable[[Session, date], None]


class Register:
    """The files of the year, by name, and what happens to each on its day."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.starts: dict[str, date] = {}
        self.acts: dict[date, list[Act]] = defaultdict(list)

    def built(self, name: str, status: Status, on: date) -> None:
        def act(session: Session, day: date) -> None:
            x = an_experiment(session, status, today=day)
            self.numbers[name] = x.number
            self.starts[name] = x.starts_on or x.read(d.Duration).starts_on or day
            if status not in (Status.CLOSED, Status.REFUSED, Status.WITHDRAWN):
                deputy = queries.person_by_email(session, "suppleante@exemple.fr") or somebody(session, "suppleante")
                editing.name(session, x, people.awa(session), deputy, Part.DEPUTY, now=noon(day))

        self.acts[on].append(act)

    def crossed(self, name: str, gate: str, on: date) -> None:
        self.done(name, on, lambda session, x, day: cross(session, x, gate, on=day))

    def done(self, name: str, on: date, what: Callable[[Session, Experiment, date], object]) -> None:
        def act(session: Session, day: date) -> None:
            x = self.file(session, name)
            self.fill(session, x, self.starts[name], day)
            what(session, x, day)

        self.acts[on].append(act)

    def file(self, session: Session, name: str) -> Experiment:
        x = queries.file(session, self.numbers[name], for_change=True)
        assert x is not None
        return x

    def fill(self, session: Session, x: Experiment, start: date, day: date) -> None:
        """Write all that this status opens and that is not written yet."""
        contents = complete(start)
        closing = contents[r.Closing]
        contents[r.Closing] = msgspec.structs.replace(closing, told_on=day, published_on=day)
        for part in PARTS:
            if part.content in contents and x.status in part.open_in and not x.text(part):
                writer = writer_of(session, part.content)
                editing.write(session, x, writer, part, contents[part.content], seen=None, now=noon(day))


def the_year() -> Register:
    """One file of each kind, its gates crossed at their dates."""
    it = Register()
    for name in ("extended", "forgotten", "stopped", "never-read", "withdrawn"):
        it.built(name, Status.DRAFT, date(2027, 1, 4))
    for name in ("extended", "forgotten", "stopped"):
        it.crossed(name, "submit", date(2027, 1, 8))
        it.crossed(name, "authorise", date(2027, 1, 20))
        it.crossed(name, "start", date(2027, 2, 3))
    it.crossed("never-read", "submit", date(2027, 1, 11))
    it.crossed("withdrawn", "withdraw", date(2027, 2, 10))
    it.built("refused", Status.REFUSED, date(2027, 1, 6))
    it.done(
        "extended", date(2027, 8, 27), lambda s, x, day: editing.record_interim(s, x, people.claire(s), now=noon(day))
    )
    it.done("extended", date(2027, 11, 24),
            lambda s, x, day: editing.ask_extension(s, x, people.awa(s), now=noon(day), today=day))  # fmt: skip
    it.crossed("extended", "extend", date(2027, 12, 15))
    it.done(
        "extended", date(2027, 10, 4), lambda s, x, day: editing.review(s, x, people.awa(s), now=noon(day), today=day)
    )
    it.crossed("stopped", "suspend", date(2027, 3, 1))
    it.crossed("stopped", "stop", date(2027, 4, 1))
    it.crossed("stopped", "evaluate", date(2027, 6, 1))
    it.crossed("stopped", "decide-generalise", date(2027, 7, 1))
    it.crossed("stopped", "close", date(2027, 11, 2))
    it.built("decided", Status.DECIDED, date(2027, 5, 3))
    it.built("closed", Status.CLOSED, date(2027, 1, 5))
    it.acts[date(2027, 2, 1)].append(lambda session, day: undated(it, session, day))
    it.acts[AWAY[0]].append(lambda session, day: session.add(
        Absence(person_id=people.awa(session).id, from_on=AWAY[0], until_on=AWAY[1])))  # fmt: skip
    return it


def undated(it: Register, session: Session, day: date) -> None:
    """A draft that nobody dates, on which an opinion is asked and never given."""
    x = editing.open_experiment(session, people.ines(session), "Sans dates", "sans-dates", now=noon(day), today=day)
    opinions.ask(session, x, people.ines(session), people.denis(session), OpinionKind.DPO, "Et alors ?",
                        now=noon(day), today=day)  # fmt: skip
    it.numbers["undated"] = x.number


class Oracle:
    """What should be told, reckoned apart, from the dates alone: each rung on its day, once; the last one missed."""

    def __init__(self) -> None:
        self.last: dict[tuple[int, int], int | None] = {}
        self.awake: dict[tuple[int, int], date] = {}
        self.told: set[tuple[int, int, int, date]] = set()

    def note(self, standing: list[tuple[Deadline, Status]], day: date) -> list[Deadline]:
        """Those for which somebody can act, and since when."""
        found = [one for one, status in standing if status not in DUTIES[one.task].asleep]
        for one in found:
            self.awake.setdefault((one.id, one.version), day)
        return found

    def run(self, standing: list[Deadline], today: date) -> None:
        for one in standing:
            lapses, key = DUTIES[one.task].lapses, (one.id, one.version)
            if key not in self.last:
                armed = max(self.awake[key], one.changed_at.astimezone(PARIS).date())
                late = one.due_on <= armed and not lapses
                self.last[key] = None if late else self.reached(one.due_on, armed, lapses)
            rung, last = self.reached(one.due_on, today, lapses), self.last[key]
            if rung is not None and (last is None or rung > last) and not (lapses and today > one.due_on):
                self.told.add((*key, rung, today))
                self.last[key] = rung

    def reached(self, due_on: date, today: date, lapses: bool) -> int | None:
        rungs = [rung for rung in ALL_RUNGS if not (lapses and rung > 0)]
        return max((rung for rung in rungs if self.day(due_on, rung) <= today), default=None)

    @staticmethod
    @cache  # Asked of each rung of each deadline at each moment of the year.
    def day(due_on: date, rung: int) -> date:
        day = due_on + timedelta(rung)
        while not is_worked(day):
            day += DAY if rung > 0 else -DAY
        return day


def days() -> Iterator[tuple[date, bool]]:
    """Each day, and whether it is lived for the first time."""
    day = FIRST
    while day <= LAST:
        yield day, True
        if day == BACK_THREE_DAYS - DAY:
            yield BACK_THREE_DAYS, False
            for back in range(3, 0, -1):
                yield BACK_THREE_DAYS - back * DAY, False
        day += DAY


def moments(day: date, first: bool) -> list[datetime]:
    if day == BACK_THREE_DAYS and not first:
        return [at(day, 0, 30)]
    found = [datetime.combine(day, hour, PARIS).astimezone(UTC) for hour in HOURS]
    if day in (date(2027, 3, 28), date(2027, 10, 31)):
        found += [found[0] + timedelta(minutes=30 * half) for half in range(1, 6)]
    if day == BACK_ONE_HOUR:
        found = [*found[:3], found[2] - timedelta(hours=1), *found[3:]]
    return sorted(found) if day != BACK_ONE_HOUR else found


def live(register: Database) -> tuple[Register, Oracle, Box]:
    it, oracle = the_year(), Oracle()
    clock = Clock(at(FIRST))
    box = Box(clock)
    worker = clerk(register, clock, box)
    with register.changing() as session:
        for person in (*people.EVERYONE, people.ines):
            person(session)
    standing: list[Deadline] = []
    for day, first in days():
        for number, moment in enumerate(moments(day, first)):
            if number == 2 and first and (acts := it.acts.pop(day, ())):
                with register.changing() as session:
                    for act in acts:
                        act(session, day)
                with register.reading() as session:
                    query = select(Deadline, Experiment.status).join(Deadline.experiment).order_by(Deadline.id)
                    rows = session.execute(query.where(Deadline.ended_at.is_(None)))
                    standing = oracle.note([(one, status) for one, status in rows], day)
            if not STOPPED[0] <= day < STOPPED[1]:
                clock.moment = moment
                run_until_idle(worker)
                oracle.run(standing, day)
    assert it.acts == {}
    return it, oracle, box


def test_fourteen_months_in_paris(register: Database) -> None:
    it, oracle, box = live(register)
    with register.reading() as session:
        ledger = mails(session)
        reminders = session.scalars(select(Reminder).order_by(Reminder.id)).all()
        deadlines = {one.id: one for one in session.scalars(select(Deadline).order_by(Deadline.id))}
        ids = dict(session.execute(select(Experiment.number, Experiment.id)).all())
        by_name = {name: ids[number] for name, number in it.numbers.items()}
    print(f"{len(box.left)} mails, {len(reminders)} reminders, {len(oracle.told)} rungs")  # noqa: T201

    # Each rung that a running worker reaches, on its day, and no other.
    assert {(x.deadline_id, x.version, x.rung, x.planned_on) for x in reminders} == oracle.told
    assert len(oracle.told) > 150
    each_is_told_once(ledger, box)
    hours_are_kept(box)
    the_day_itself_is_not_missed(ledger, deadlines)
    ranks_are_called_in_turn(reminders, deadlines, by_name)
    what_is_over_is_left_alone(box, it)
    the_ten_days_are_told_in_one_mail_each(box)
    assert not [letter for moment, letter in box.left if letter.person.email.startswith("awa") and letter.asks
                and AWAY[0] < moment.astimezone(PARIS).date() <= AWAY[1]]  # fmt: skip


def each_is_told_once(ledger: list[Mail], box: Box) -> None:
    assert {mail.fate for mail in ledger} <= {Fate.SENT, Fate.CANCELLED}
    assert Counter(letter.key for _, letter in box.left) == {m.key: 1 for m in ledger if m.fate is Fate.SENT}
    # All that a mail carried and that was still owed when it left was in it.
    asked = Counter((ask.deadline.id, ask.deadline.version, letter.person.id) for _, letter in box.left
                    for ask in letter.asks)  # fmt: skip
    planned = Counter((r.deadline_id, r.version, r.person_id) for mail in ledger for r in mail.reminders)
    assert all(asked[key] <= planned[key] for key in asked)
    # What was planned in the morning and settled at noon is the rest.
    assert planned.total() - asked.total() <= 3


def hours_are_kept(box: Box) -> None:
    local = [moment.astimezone(PARIS) for moment, _ in box.left]
    assert [moment for moment in local if not (is_worked(moment.date()) and 8 <= moment.hour < 18)] == []
    # Not one of these is worked, whatever a library says.
    days_off = {date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17), date(2027, 7, 14),
                date(2027, 11, 1), date(2027, 11, 11), date(2028, 1, 1)}  # fmt: skip
    assert not {moment.date() for moment in local} & days_off
    assert {moment.weekday() for moment in local} == {0, 1, 2, 3, 4}


def the_day_itself_is_not_missed(ledger: list[Mail], deadlines: dict[int, Deadline]) -> None:
    on_the_day = [(mail, r) for mail in ledger for r in mail.reminders if r.rung == 0 and mail.sent_at]
    assert len(on_the_day) > 10
    for mail, reminder in on_the_day:
        one = deadlines[reminder.deadline_id]
        if one.version == reminder.version:
            assert mail.sent_at
            assert mail.sent_at.astimezone(PARIS).date() <= one.due_on


def ranks_are_called_in_turn(
    reminders: list[Reminder], deadlines: dict[int, Deadline], by_name: dict[str, int]
) -> None:
    def ranks(name: str, task: Task) -> dict[int, set[Rank]]:
        found: dict[int, set[Rank]] = defaultdict(set)
        for one in reminders:
            if deadlines[one.deadline_id].experiment_id == by_name[name] and deadlines[one.deadline_id].task is task:
                found[one.rung].add(one.rank)
        return found

    field = ranks("forgotten", Task.FIELD)
    lead, deputed = {Rank.LEAD}, {Rank.LEAD, Rank.DEPUTY}
    all_ = {*deputed, Rank.VALIDATOR}
    assert [field[rung] for rung in (-90, -60, -30, -7, 0, 7, 14, 21, 28)] == [
        lead, lead, deputed, deputed, all_, all_, all_, all_, all_
    ]  # fmt: skip
    # Nobody is asked to evaluate what is still in the field.
    assert ranks("forgotten", Task.EVALUATION) == {}
    validation = ranks("never-read", Task.VALIDATION)
    assert validation[-7] == validation[0] == {Rank.VALIDATOR}
    assert validation[7] == validation[350] == {Rank.VALIDATOR, Rank.AUDITOR}
    # What has an end of its own says nothing after it.
    assert max(ranks("forgotten", Task.DEROGATION)) == max(ranks("forgotten", Task.EXTENSION)) == 0
    assert Rank.ADVISER in ranks("undated", Task.OPINION)[0]


def what_is_over_is_left_alone(box: Box, it: Register) -> None:
    over = {it.numbers["stopped"]: date(2027, 11, 2), it.numbers["withdrawn"]: date(2027, 2, 10),
            it.numbers["refused"]: date(2027, 1, 6)}  # fmt: skip
    late = [ask for moment, letter in box.left for ask in letter.asks
            if ask.x.number in over and moment.astimezone(PARIS).date() > over[ask.x.number]]  # fmt: skip
    assert {ask.deadline.task for ask in late} <= {Task.FOLLOW_UP}
    assert it.numbers["closed"] in {ask.x.number for _, letter in box.left for ask in letter.asks}


def the_ten_days_are_told_in_one_mail_each(box: Box) -> None:
    back = [letter for moment, letter in box.left if moment.astimezone(PARIS).date() == STOPPED[1] and letter.asks]
    assert len(back) == len({letter.person.id for letter in back}) > 1
    assert not [letter for moment, letter in box.left if STOPPED[0] <= moment.astimezone(PARIS).date() < STOPPED[1]]
