"""Who watches over the reminders: whether they leave, what became of the mails, who cannot be reached."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import Database
from experiments import absences, editing, opinions, reach, watch
from experiments.duties import DUTIES
from experiments.ladder import PARIS
from experiments.leaves import LINES
from experiments.model import Absence, Deadline, Involvement, Mail, Person, Pulse, Reminder
from experiments.obligations import Fate, Occasion, Rank, Task
from experiments.succession import Roll
from experiments.vocabulary import OpinionKind, Part, Status
from experiments.watch import Health
from tests import people
from tests.builders import TODAY, an_experiment, noon
from tests.domain.conftest import Ready

NOW = noon(TODAY)
DAY, MINUTE, SECOND = timedelta(1), timedelta(minutes=1), timedelta(seconds=1)
_keys = count(1)


def pulse(session: Session, **facts: object) -> None:
    session.execute(update(Pulse).values({"since": NOW - 30 * DAY} | facts))


def a_mail(
    session: Session, person: Person, fate: Fate = Fate.WAITING, *, due: datetime = NOW, **facts: object
) -> Mail:
    at = {"planned_at": due, "due_at": due, "not_before": due, "sent_at": due if fate is Fate.SENT else None}
    known = {"key": str(next(_keys)), "person_id": person.id, "occasion": Occasion.REMINDER, "fate": fate, "tries": 0}
    mail = Mail(**{**known, "leased_by": "", "words": "", **at, **facts})
    session.add(mail)
    session.flush()
    return mail


# The worker -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "health", "missing"),
    [
        (timedelta(0), Health.OK, False),
        (15 * MINUTE, Health.OK, False),
        (15 * MINUTE + SECOND, Health.SILENT, True),
        (90 * DAY, Health.SILENT, True),
    ],
)
def test_a_worker_is_silent_after_a_quarter_of_an_hour(
    session: Session, ago: timedelta, health: Health, missing: bool
) -> None:
    pulse(session, ran_at=NOW - ago)
    found = watch.state(session, NOW)
    assert (found.health, found.last_run) == (health, NOW - ago)
    assert found.unsent_since == (NOW - ago if missing else None)


@pytest.mark.parametrize(("ago", "missing"), [(15 * MINUTE, False), (15 * MINUTE + SECOND, True)])
def test_a_worker_never_seen_is_missed_from_the_day_the_register_owes_reminders(
    session: Session, ago: timedelta, missing: bool
) -> None:
    pulse(session, since=NOW - ago)
    found = watch.state(session, NOW)
    assert (found.health, found.last_run) == (Health.NEVER, None)
    assert found.unsent_since == (NOW - ago if missing else None)
    assert "jamais été lancé" in found.why


@pytest.mark.parametrize(("ago", "late"), [(60 * MINUTE, False), (60 * MINUTE + SECOND, True)])
def test_a_mail_is_late_after_an_hour(session: Session, ago: timedelta, late: bool) -> None:
    pulse(session, ran_at=NOW)
    a_mail(session, people.awa(session), due=NOW - ago)
    found = watch.state(session, NOW)
    assert found.oldest_due == NOW - ago
    assert found.unsent_since == (NOW - ago if late else None)
    assert ("attend" in found.why) is late


def test_only_a_mail_that_waits_and_whose_hour_has_come_is_late(session: Session) -> None:
    pulse(session, ran_at=NOW)
    awa = people.awa(session)
    for fate in set(Fate) - {Fate.WAITING}:
        a_mail(session, awa, fate, due=NOW - DAY)
    a_mail(session, awa, due=NOW + SECOND)
    found = watch.state(session, NOW)
    assert (found.oldest_due, found.unsent_since, found.why) == (None, None, "Rien n’est en retard.")


def test_people_miss_reminders_since_the_earliest_of_the_two(session: Session) -> None:
    pulse(session, ran_at=NOW - 3 * DAY)
    a_mail(session, people.awa(session), due=NOW - 2 * DAY)
    assert watch.state(session, NOW).unsent_since == NOW - 3 * DAY
    a_mail(session, people.awa(session), due=NOW - 4 * DAY)
    assert watch.state(session, NOW).unsent_since == NOW - 4 * DAY


def test_what_the_server_said_is_why(session: Session) -> None:
    pulse(session, ran_at=NOW, trouble="Le serveur mx:25 a coupé la connexion", troubled_since=NOW - MINUTE)
    found = watch.state(session, NOW)
    assert (found.health, found.unsent_since) == (Health.TROUBLED, None)
    assert "mx:25 a coupé la connexion" in found.why


def test_a_worker_that_stopped_says_so_rather_than_its_last_trouble(session: Session) -> None:
    pulse(session, ran_at=NOW - DAY, trouble="Le serveur mx:25 a coupé la connexion", troubled_since=NOW - DAY)
    found = watch.state(session, NOW)
    assert found.health is Health.SILENT
    assert "ne donne plus signe de vie" in found.why


@pytest.mark.parametrize(("ahead", "silent"), [(5 * MINUTE, False), (5 * MINUTE + SECOND, True), (900 * DAY, True)])
def test_a_last_run_that_lies_ahead_is_silence(session: Session, ahead: timedelta, silent: bool) -> None:
    pulse(session, ran_at=NOW + ahead)
    found = watch.state(session, NOW)
    assert (found.health is Health.SILENT, found.unsent_since) == (silent, NOW if silent else None)


def test_a_mail_put_off_is_late_for_who_watches_the_machine_and_for_nobody_else(session: Session) -> None:
    pulse(session, ran_at=NOW)
    a_mail(session, people.awa(session), due=NOW - 2 * DAY, not_before=NOW + MINUTE, tries=9)
    found = watch.state(session, NOW)
    assert (found.oldest_due, found.is_well, found.unsent_since) == (NOW - 2 * DAY, False, None)
    assert "attend" in found.why


@pytest.mark.parametrize(
    ("day", "moved", "hour", "late"),
    [
        (TODAY, DAY, 9, False),
        (TODAY, DAY, 9.1, True),
        (TODAY - DAY, DAY, 8.5, False),
        (TODAY - 3 * DAY, DAY, 7, True),
        (TODAY - DAY, timedelta(minutes=59), 12, False),
        (TODAY + DAY, DAY, 12, False),
        (None, DAY, 12, False),
    ],
)
def test_a_rung_not_planned_an_hour_after_the_morning_is_late(
    ready: Ready, day: date | None, moved: timedelta, hour: float, late: bool
) -> None:
    session, _ = ready(Status.RUNNING)
    now = datetime.combine(TODAY, datetime.min.time(), PARIS) + timedelta(hours=hour)
    session.execute(update(Deadline).where(Deadline.ended_at.is_(None)).values(next_on=day, changed_at=now - moved))
    pulse(session, ran_at=now)
    found = watch.state(session, now)
    assert (found.is_well, found.unsent_since) == (not late, None)
    assert ("prévus" in found.why) is late


# The mails ------------------------------------------------------------------------------------------------------------


def test_mails_are_counted_by_fate_over_thirty_days(session: Session) -> None:
    awa = people.awa(session)
    for due in (NOW, NOW - 30 * DAY, NOW - 30 * DAY - SECOND):
        a_mail(session, awa, Fate.SENT, due=due)
    a_mail(session, awa, Fate.REFUSED)
    none = {Fate.WAITING: 0, Fate.EXPIRED: 0, Fate.CANCELLED: 0}
    assert watch.fates(session, NOW) == {Fate.SENT: 2, Fate.REFUSED: 1, **none}


def test_what_does_not_arrive_is_listed_the_newest_first_with_its_files(session: Session) -> None:
    x, awa = an_experiment(session, Status.RUNNING), people.awa(session)
    [deadline] = session.scalars(select(Deadline).where(Deadline.task == Task.END))
    a_mail(session, awa)
    a_mail(session, awa, Fate.SENT)
    a_mail(session, awa, Fate.CANCELLED)
    put_off = a_mail(session, awa, tries=1, words="451")
    refused, expired = a_mail(session, awa, Fate.REFUSED, words="550"), a_mail(session, awa, Fate.EXPIRED)
    session.add(Reminder(deadline_id=deadline.id, version=1, rung=0, person_id=awa.id, rank=Rank.LEAD,
                         planned_on=TODAY, mail_id=refused.id))  # fmt: skip
    session.flush()
    leaf = watch.unsent(session, 1)
    assert [(mail.id, person.id) for mail, person in leaf.rows] == [(m.id, awa.id) for m in (expired, refused, put_off)]
    about = watch.files_of(session, leaf)
    assert {key: [x.number for x in files] for key, files in about.items()} == {
        expired.id: [], refused.id: [x.number], put_off.id: []
    }  # fmt: skip


def test_a_long_list_is_read_leaf_by_leaf_and_a_leaf_too_far_is_the_last(session: Session) -> None:
    mails = [a_mail(session, people.awa(session), Fate.EXPIRED).id for _ in range(LINES + 1)][::-1]
    for page, expected in ((0, mails[:LINES]), (1, mails[:LINES]), (2, mails[LINES:]), (99, mails[LINES:])):
        leaf = watch.unsent(session, page)
        assert [mail.id for mail, _ in leaf.rows] == expected
        assert (leaf.total, leaf.pages) == (LINES + 1, 2)


# Absences -------------------------------------------------------------------------------------------------------------


def days_of(session: Session) -> list[tuple[date, date | None]]:
    return [(one.from_on, one.until_on) for one in session.scalars(select(Absence).order_by(Absence.id))]


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [(None, 1, "premier jour"), (3, 2, "finit avant de commencer"), (-9, -1, "déjà finie")],
)
def test_days_that_make_no_sense_are_refused(session: Session, since: int | None, until: int, says: str) -> None:
    from_on = None if since is None else TODAY + since * DAY
    with pytest.raises(absences.AbsenceError, match=says):
        absences.say(session, people.awa(session), from_on, TODAY + until * DAY, today=TODAY)
    assert days_of(session) == []


@pytest.mark.parametrize("until", [None, TODAY])
def test_the_same_absence_said_twice_is_one(session: Session, until: date | None) -> None:
    for _ in range(2):
        absences.say(session, people.awa(session), TODAY, until, today=TODAY)
    assert days_of(session) == [(TODAY, until)]


def test_two_administrators_who_say_it_at_once_say_it_once(register: Database) -> None:
    with register.changing() as session:
        people.awa(session)
    together = Barrier(4)

    def say(_number: int) -> None:
        together.wait()
        with register.changing() as session:
            absences.say(session, people.awa(session), TODAY, None, today=TODAY)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(say, range(4)))
    with register.reading() as session:
        assert days_of(session) == [(TODAY, None)]


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (-3, 3, [(-3, -1)]),
        (-3, None, [(-3, -1)]),
        (0, 3, []),
        (2, 3, []),
    ],
)
def test_whoever_is_back_is_back_today(
    session: Session, since: int, until: int | None, left: list[tuple[int, int]]
) -> None:
    until_on = None if until is None else TODAY + until * DAY
    absences.end(
        session, absences.say(session, people.awa(session), TODAY + since * DAY, until_on, today=TODAY), today=TODAY
    )
    assert days_of(session) == [(TODAY + a * DAY, TODAY + b * DAY) for a, b in left]
    assert absences.away(session, TODAY) == {}


def test_an_absence_that_is_over_stays_as_it_was(session: Session) -> None:
    absence = absences.say(session, people.awa(session), TODAY - DAY, TODAY, today=TODAY)
    absences.end(session, absence, today=TODAY + 5 * DAY)
    assert days_of(session) == [(TODAY - DAY, TODAY)]


def test_somebody_is_away_from_the_first_day_to_the_last(session: Session) -> None:
    awa = people.awa(session)
    absences.say(session, awa, TODAY, TODAY + DAY, today=TODAY)
    found = [bool(absences.away(session, TODAY + n * DAY)) for n in (-1, 0, 1, 2)]
    assert found == [False, True, True, False]
    absences.say(session, awa, TODAY - DAY, None, today=TODAY)
    # Whoever has left is not back at the end of their leave.
    assert absences.away(session, TODAY, {awa.id}) == {awa.id: None}
    assert absences.away(session, TODAY, {awa.id + 1}) == {}


# Who cannot be reached ------------------------------------------------------------------------------------------------


def closed(session: Session, person: Person) -> None:
    person.disabled_at = NOW


def bounced(session: Session, person: Person) -> None:
    person.bounced_at = NOW


def away(session: Session, person: Person) -> None:
    absences.say(session, person, TODAY, TODAY, today=TODAY)


def left(session: Session, person: Person) -> None:
    absences.say(session, person, TODAY - DAY, None, today=TODAY)


WAYS = [closed, bounced, away, left]


def alone(session: Session, today: date = TODAY) -> list[str]:
    session.flush()
    return [x.number for (x,) in reach.without_carrier(session, today, 1).rows]


@pytest.mark.parametrize("way", WAYS)
def test_a_file_whose_carrier_cannot_be_reached_is_listed(session: Session, way: object) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert alone(session) == []
    way(session, people.awa(session))  # type: ignore[operator]
    assert alone(session) == [x.number]
    editing.name(session, x, people.hugo(session), people.ines(session), Part.LEAD, now=NOW) if way is closed else None
    assert alone(session) == ([] if way is closed else [x.number])


def test_a_carrier_who_is_back_tomorrow_is_there_tomorrow(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    away(session, people.awa(session))
    assert alone(session, TODAY) == [x.number]
    assert alone(session, TODAY - DAY) == alone(session, TODAY + DAY) == []


def test_only_files_that_owe_nothing_more_want_no_carrier(session: Session) -> None:
    numbers = {an_experiment(session, status).number: status for status in Status}
    left(session, people.awa(session))
    # Decided and closed, they still owe the publication of the evaluation and the follow-up.
    assert {numbers[number] for number in alone(session)} == set(Status) - {Status.REFUSED, Status.WITHDRAWN}
    session.execute(update(Deadline).values(ended_at=NOW, next_on=None))
    over = {Status.REFUSED, Status.WITHDRAWN, Status.DECIDED, Status.CLOSED}
    assert {numbers[number] for number in alone(session)} == set(Status) - over


def test_a_closed_account_is_listed_with_each_part_that_it_still_holds(session: Session) -> None:
    x, _ = an_experiment(session, Status.RUNNING), an_experiment(session, Status.CLOSED)
    closed(session, people.bruno(session))
    session.flush()
    found = [(person.name, part.part, file.number) for person, part, file in reach.gone(session, 1).rows]
    assert found == [("Bruno Le Gall", Part.CONTRIBUTOR, x.number)]


def test_refused_addresses_and_absences_are_listed(session: Session) -> None:
    awa, bruno, claire = (who(session) for who in (people.awa, people.bruno, people.claire))
    bounced(session, awa)
    bounced(session, bruno)
    closed(session, bruno)
    absences.say(session, claire, TODAY + DAY, TODAY + DAY, today=TODAY)
    left(session, awa)
    session.flush()
    assert [person.id for (person,) in reach.bounced(session, 1).rows] == [awa.id]
    assert [person.id for _, person in reach.absent(session, TODAY, 1).rows] == [awa.id, claire.id]
    assert [person.id for _, person in reach.absent(session, TODAY + 2 * DAY, 1).rows] == [awa.id]


EVERYBODY = ("awa", "ines", "farid", "claire", "denis", "elise", "gaelle", "bruno")


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.RUNNING, Status.CLOSED])
@pytest.mark.parametrize("reached", [(), *((one,) for one in EVERYBODY), EVERYBODY])
def test_what_nobody_can_be_told_of_is_what_the_roll_says(
    ready: Ready, status: Status, reached: tuple[str, ...]
) -> None:
    session, x = ready(status)
    editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=NOW)
    editing.name(session, x, people.awa(session), people.farid(session), Part.HEAD, now=NOW)
    if status is Status.SUBMITTED:
        opinions.ask(
            session, x, people.awa(session), people.denis(session), OpinionKind.LEGAL, "Est-ce permis ?", now=NOW,
            today=TODAY,
        )  # fmt: skip
    people.gaelle(session)
    people.hugo(session)
    for number, name in enumerate(EVERYBODY):
        if name not in reached:
            WAYS[number % len(WAYS)](session, getattr(people, name)(session))
    session.flush()
    roll = Roll(session, {x.id}, TODAY)
    expected = {
        one.id
        for one in session.scalars(select(Deadline).where(Deadline.next_on.is_not(None)))
        if all(
            a.rank is Rank.ADMINISTRATOR for a in roll.addressees(x.id, DUTIES[one.task].ranks, 0, only=one.person_id)
        )
    }
    found = {deadline.id for deadline, _ in reach.untold(session, TODAY, 1).rows}
    assert found == expected
    assert found or reached
    assert not (found and reached == EVERYBODY)


def test_a_validator_who_carries_the_file_is_not_one_who_can_be_told_to_decide(session: Session) -> None:
    x = an_experiment(session, Status.EVALUATED)
    for person in (people.elise, people.awa, people.claire):
        bounced(session, person(session))
    session.add(Involvement(experiment_id=x.id, person_id=people.farid(session).id, part=Part.EDITED, since=NOW))
    session.flush()
    tasks = {deadline.task for deadline, _ in reach.untold(session, TODAY, 1).rows}
    assert Task.DECISION in tasks
    people.gaelle(session)
    session.flush()
    assert Task.DECISION not in {deadline.task for deadline, _ in reach.untold(session, TODAY, 1).rows}


# What was told of a file ----------------------------------------------------------------------------------------------


def test_what_was_told_of_a_file_is_its_own_the_last_first(session: Session) -> None:
    x, other = an_experiment(session, Status.RUNNING), an_experiment(session, Status.RUNNING)
    awa = people.awa(session)
    kept = {one: watch.deadlines(session, one)[Task.END, ""] for one in (x, other)}
    assert kept[x].due_on == x.ends_on
    for rung, file in ((-30, x), (-7, other), (-7, x)):
        mail = a_mail(session, awa, Fate.SENT)
        session.add(Reminder(deadline_id=kept[file].id, version=1, rung=rung, person_id=awa.id, rank=Rank.LEAD,
                             planned_on=TODAY, mail_id=mail.id))  # fmt: skip
        session.flush()
    leaf = watch.told(session, x, 1)
    assert [(reminder.rung, person.name) for reminder, person in leaf.rows] == [(-7, awa.name), (-30, awa.name)]


def test_a_moment_is_kept_with_its_zone(session: Session) -> None:
    pulse(session, ran_at=NOW)
    assert watch.state(session, datetime(2026, 3, 2, 11, 1, tzinfo=UTC)).last_run == NOW
