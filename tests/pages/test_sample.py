"""The demonstration register: lived by the domain's verbs, in order, and honest about what is made up."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import sample
from app.clock import PARIS
from app.config import load_config
from app.db import Database
from app.sample.past import postman
from app.sample.words import LABEL, WHOLE
from experiments import absences, acts, audit, queries, voices
from experiments import declared as d
from experiments import reported as r
from experiments.content import Content, decode, read_lines
from experiments.duties import duties_on
from experiments.model import Decision, Entry, Experiment, Mail, Person, Pulse, Reminder, Reply, Voice
from experiments.model.voice import Standing, VoiceKind
from experiments.obligations import Fate, Rank, Task
from experiments.parts import PARTS
from experiments.policy import current as policy
from experiments.requirements.derogations import untouchable
from experiments.vocabulary import UNDER_WAY, Account, ActKind, Outcome, Part, Status, Untouchable
from experiments.workdays import is_worked
from tests.databases import SQLite

TODAY = date(2026, 11, 22)
FORMS = {Outcome.EARLY_STOP: acts.Stop, Outcome.GENERALISATION: acts.Conclusion, Outcome.PARTIAL: acts.Conclusion,
         Outcome.ABANDONMENT: acts.Conclusion}  # fmt: skip


def load(session: Session, today: date = TODAY) -> int:
    return sample.load(session, now=datetime.combine(today, time(8), PARIS), today=today)


@pytest.fixture(scope="module")
def session(sqlite: SQLite) -> Iterator[Session]:
    with sqlite.fresh() as url:
        database = Database(url)
        with database.changing() as writing:
            load(writing)
        with database.reading() as reading:
            yield reading
        database.engine.dispose()


@pytest.fixture(scope="module")
def files(session: Session) -> list[Experiment]:
    numbers = session.scalars(select(Experiment.number).order_by(Experiment.number)).all()
    found = [queries.file(session, number) for number in numbers]
    return [x for x in found if x is not None]


def act_of(decision: Decision) -> acts.Act:
    return decode(FORMS.get(decision.outcome, acts.Act), decision.text)


def made_up_whole(x: Experiment) -> bool:
    return WHOLE in x.summary


def contents(x: Experiment) -> list[Content]:
    return [*(x.read(part.content) for part in PARTS if x.part(part.slug)), *map(act_of, x.decisions)]


def test_it_loads_once_on_both_engines_and_its_trace_agrees(database_url: str) -> None:
    database = Database(database_url)
    with database.changing() as session:
        assert not sample.is_loaded(session)
        assert load(session) >= 13
        assert sample.is_loaded(session)
        assert load(session) == 0
    with database.reading() as session:
        assert audit.verify(session) == []
        assert set(session.scalars(select(Experiment.status))) == set(Status)
    database.engine.dispose()


# Month ends, weekends, a leap day: everything relative to today must still fit the rules.
@pytest.mark.only("sqlite")
@pytest.mark.parametrize("today", ["2026-12-31", "2027-01-01", "2028-02-29", "2030-03-31"])
def test_it_still_makes_sense_another_year(database_url: str, today: str) -> None:
    day = date.fromisoformat(today)
    database = Database(database_url)
    with database.changing() as session:
        load(session, day)
        assert set(session.scalars(select(Experiment.status))) == set(Status)
        assert sum(x.is_overdue(day) for x in session.scalars(select(Experiment))) == 1
        assert not any(x.is_undecided(day) for x in session.scalars(select(Experiment)))
    database.engine.dispose()


def test_the_trace_goes_forward_and_numbers_follow_the_year_of_opening(session: Session) -> None:
    bodies = [msgspec.json.decode(body) for body in session.scalars(select(Entry.body).order_by(Entry.seq))]
    assert all(earlier["at"] <= later["at"] for earlier, later in pairwise(bodies))
    assert bodies[-1]["at"] < TODAY.isoformat()
    opened = [(body["experiment"], body["at"]) for body in bodies if body["event"] == "open"]
    assert all(number[:4] == at[:4] for number, at in opened)


def test_the_accounts_are_those_that_are_announced(session: Session) -> None:
    people = session.scalars(select(Person).order_by(Person.id)).all()
    assert [(p.email, p.name, p.function, p.account) for p in people] == sample.accounts()
    assert len(people) == 10
    assert all(p.demonstration and p.password == people[0].password for p in people)
    assert PasswordHasher().verify(people[0].password or "", sample.PASSWORD)


def test_what_can_happen_to_an_experiment_happens_to_one(files: list[Experiment]) -> None:
    decisions = [decision for x in files for decision in x.decisions]
    assert {decision.outcome for decision in decisions} == set(Outcome)
    assert [x.number for x in files if x.is_overdue(TODAY)]
    assert [x for x in files if x.extensions == 1 and x.status is Status.RUNNING]
    assert [x for x in files if x.status is Status.RUNNING and x.midterm_on and 0 < (x.midterm_on - TODAY).days < 15]
    departing = [act_of(decision) for decision in decisions if decision.departs]
    assert departing
    assert all(isinstance(act, acts.Conclusion) and act.departure for act in departing)
    refused = [x for x in files if x.status is Status.REFUSED]
    asked = [untouchable(item) for x in refused for item in x.read(d.Derogations).items]
    assert asked == [Untouchable.GDPR]


def test_somebody_is_away_and_others_stand_in(session: Session, files: list[Experiment]) -> None:
    away = absences.away(session, TODAY)
    assert away
    theirs = [x for x in files if x.status in UNDER_WAY and {p.id for p in x.named(Part.LEAD)} & away.keys()]
    assert {bool(x.named(Part.DEPUTY) or x.named(Part.HEAD)) for x in theirs} == {True, False}
    assert any(p.account is Account.VALIDATOR for x in files for p in x.named(Part.HEAD))


def test_what_is_left_a_year_later_is_told_of_some_and_owed_by_one(files: list[Experiment]) -> None:
    closed = [x for x in files if x.status is Status.CLOSED]
    owing = [x for x in closed if any(duty.rule.task is Task.FOLLOW_UP for duty in duties_on(x, TODAY))]
    assert 1 <= len(owing) < len(closed)
    assert any(duty.days_late(TODAY) for x in owing for duty in duties_on(x, TODAY))


def test_nobody_is_written_to_about_the_past(session: Session) -> None:
    seen = session.scalars(select(Pulse.seen)).one()
    assert seen == session.scalars(select(Entry.seq).order_by(Entry.seq.desc()).limit(1)).one()


@pytest.mark.only("sqlite")
def test_the_mails_of_the_last_weeks_have_left_day_by_day_and_today_has_nothing_to_catch_up(
    database_url: str, tmp_path: Path
) -> None:
    config = load_config({"DATABASE_URL": database_url, "INSTANCE_DIR": str(tmp_path)})
    database, now = Database(database_url), datetime.combine(TODAY, time(12), PARIS)
    with database.changing() as writing:
        sample.load(writing, now=now, today=TODAY, deliver=postman(config))
    with database.reading() as reading:
        mails = reading.scalars(select(Mail).order_by(Mail.id)).all()
        days = {mail.sent_at.astimezone(PARIS).date() for mail in mails if mail.sent_at}
        assert {mail.fate for mail in mails} <= {Fate.SENT, Fate.CANCELLED}
        assert len(days) > 15
        assert all(is_worked(day) for day in days)
        ranks = set(reading.scalars(select(Reminder.rank).order_by(Reminder.id)))
        assert {Rank.LEAD, Rank.EVALUATOR, Rank.VALIDATOR} <= ranks
    files = {path: path.stat().st_mtime for path in (tmp_path / "mail").glob("*.eml")}
    assert len(files) == sum(mail.fate is Fate.SENT for mail in mails)
    assert {datetime.fromtimestamp(at, PARIS).date() for at in files.values()} == days
    database.engine.dispose()


def test_residents_are_heard_of_what_is_under_way_and_some_wait_to_be_read(
    session: Session, files: list[Experiment]
) -> None:
    heard = session.scalars(select(Voice).order_by(Voice.id)).all()
    of = {x.id: x for x in files}
    assert {voice.standing for voice in heard} == {Standing.WAITING, Standing.PUBLISHED, Standing.DECLINED}
    assert {voice.kind for voice in heard} == set(VoiceKind)
    published = [voice for voice in heard if voice.standing is Standing.PUBLISHED]
    assert {bool(voice.answer) for voice in published} == {True, False}
    assert any(len([v for v in published if v.experiment_id == number]) > voices.LATEST for number in of)
    # One gives a number that whoever moderates is shown; none of it was ever published.
    assert [voice for voice in heard if voices.spotted(voice.text) and voice.standing is Standing.WAITING]
    assert not any(voices.spotted(voice.published + voice.answer) for voice in heard)
    for voice in heard:
        if voice.experiment_id:
            x = of[voice.experiment_id]
            assert x.status in voices.HEARD
            texts = [text for text in (voice.text, voice.answer) if text]
            assert made_up_whole(x) or all(LABEL in text.replace("\u00a0", " ") for text in texts), voice.text


def test_every_act_says_that_it_is_made_up(files: list[Experiment]) -> None:
    signed = [act_of(decision) for x in files for decision in x.decisions]
    assert signed
    for act in signed:
        assert act.number.endswith(LABEL)
        assert act.object.endswith(LABEL)
        assert LABEL in act.facts


def test_whoever_decides_is_of_whoever_carries(files: list[Experiment]) -> None:
    """A file of the city is not authorised by the metropolis, and an order is signed by nobody's assembly."""
    for x in files:
        bodies = {x.read(d.Duration).decision_body, *(act_of(one).body for one in x.decisions)}
        if x.organisation == "Ville de Nantes":
            assert not [body for body in bodies if "métropolitain" in body], (x.number, bodies)
        if x.organisation == "Nantes Métropole":
            assert not [body for body in bodies if "municipal" in body], (x.number, bodies)
        for act in map(act_of, x.decisions):
            assert (act.act is ActKind.ORDER) is act.body.startswith("Présidence de "), (x.number, act.body)


def test_a_carrier_answers_to_what_is_late(session: Session, files: list[Experiment]) -> None:
    answered = [reply.experiment_id for reply in session.scalars(select(Reply).order_by(Reply.id))]
    assert [x.id for x in files if x.is_overdue(TODAY)] == answered


def test_a_real_experiment_says_what_is_published_and_what_is_made_up(files: list[Experiment]) -> None:
    real = [x for x in files if not made_up_whole(x)]
    assert len(real) >= 9
    for x in real:
        description = x.read(d.Identity).description
        assert "Ce qui est publié" in description, x.number
        assert "Ce qui est inventé pour la démonstration" in description, x.number
        for criterion in x.read(d.Protocol).criteria:
            assert LABEL in criterion.source, (x.number, criterion.indicator)
        assert LABEL in x.read(d.Costs).leaving + x.read(d.Costs).rollout, x.number


def test_no_finding_passes_for_a_published_one(files: list[Experiment]) -> None:
    told = [(x, evaluation) for x in files if not made_up_whole(x) for evaluation in x.evaluations]
    assert len(told) > 5
    for x, evaluation in told:
        kept = decode(r.Interim if evaluation.interim else r.Evaluation, evaluation.text)
        assert evaluation.interim or LABEL in getattr(kept, "summary", "")
        for line in read_lines(kept):
            if line.question.kind == "text" and line.value and not line.question.list:
                said = f"{x.number}, {line.title} : {line.value}"
                assert LABEL in line.value or "publié" in line.value.casefold(), said


def test_a_file_that_is_made_up_whole_says_so_first(files: list[Experiment]) -> None:
    assert all(x.demonstration for x in files)
    assert all(x.summary.endswith(f"{WHOLE}.") for x in files if made_up_whole(x))
    assert {x.status for x in files if made_up_whole(x)} >= {Status.SUSPENDED, Status.REFUSED, Status.DRAFT}


def test_texts_fit_and_are_set_as_french_is(files: list[Experiment]) -> None:
    wrong = re.compile(r"(?<=\w)'(?=\w)|« | [;:!?»€%]|\d \d{3}\b|[“”]|\.\.|  | \(fictif\)")
    for x in files:
        for content in contents(x):
            for line in read_lines(content):
                if isinstance(line.value, str):
                    assert len(line.value) <= line.question.longest, (x.number, line.title)
                    found = wrong.search(line.value)
                    assert not found, (x.number, line.title, found.group(), line.value)


def test_codes_are_those_of_the_policy(files: list[Experiment]) -> None:
    for x in files:
        identity = x.read(d.Identity)
        assert identity.policy in policy().policies
        assert identity.communes
        assert set(identity.communes) <= policy().communes.keys()
        assert not identity.mailbox or identity.mailbox.endswith("@demo.example")
