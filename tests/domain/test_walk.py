"""The walk: people edit, wait, and push files through gates at random; some things stay true all along."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from experiments import audit, editing, gates, opinions, own_calendar, publishing, queries, tallies, trace
from experiments import reported as r
from experiments.base import Base
from experiments.content import Content, questions
from experiments.duties import duties_of
from experiments.lifecycle import LIFECYCLE
from experiments.model import Deadline, Disclosure, Entry, Experiment, Person, Publication, Tally
from experiments.parts import PARTS
from experiments.policies import may_write
from experiments.vocabulary import Account, OpinionKind, OpinionSense, Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, answers_for, complete, noon, opener_of, opine, writer_of
from tests.databases import SQLite

AFTERWARDS = r.FollowUp(state="Les ombrières ont été reprises par deux écoles.", surprises="Rien.", seen_on=TODAY)
REFUSALS = (gates.Refused, gates.Stale, editing.NotYours, editing.Unsaid, editing.Incomplete)
SETTINGS = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

SITE = "https://experimentations.exemple.fr"
anyone = st.sampled_from(people.EVERYONE)
either = st.integers(0, 1)
a_part = st.sampled_from(PARTS)
often = st.sampled_from([True, True, True, False])


class Walk(RuleBasedStateMachine):
    """A small register, two files, eight people, and time."""

    fresh: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.register = Database(self.open.enter_context(self.fresh()))
        self.open.callback(self.register.engine.dispose)
        self.today = TODAY
        self.numbers: list[str] = []
        self.calendars: dict[str, bytes] = {}
        self.looked_at: tuple[date, dict[str, list[Any]]] | None = None

    def teardown(self) -> None:
        self.open.close()

    @initialize(one=st.sampled_from(Status), other=st.sampled_from([Status.DRAFT, Status.RUNNING, Status.EVALUATED]))
    def furnish(self, one: Status, other: Status) -> None:
        with self.register.changing() as session:
            for who in people.EVERYONE:
                who(session)
            self.numbers = [an_experiment(session, status).number for status in (one, other)]

    def attempt(self, which: int, change: Callable[[Session, Experiment], Any]) -> None:
        """Try a change; whatever a refusal left in the session is kept, and must be nothing."""
        before = self.everything()
        with self.register.writing() as session:
            x = queries.file(session, self.numbers[which], for_change=True)
            assert x is not None
            try:
                change(session, x)
            except REFUSALS:
                session.commit()
                assert self.everything() == before, "a refusal left a mark"
                return
            session.commit()

    def everything(self) -> dict[str, list[Any]]:
        with self.register.engine.connect() as connection:
            return {
                name: connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1, 2").all()
                for name in Base.metadata.tables
            }

    # What people do

    @rule(days=st.sampled_from([1, 1, 7, 30, 61, 150]))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days)

    @rule(which=either, part=a_part, who=anyone, wise=often, blank=st.integers(0, 8))
    def write(self, which: int, part: Any, who: Callable[[Session], Person], wise: bool, blank: int) -> None:
        def change(session: Session, x: Experiment) -> None:
            content: Content = complete(x.starts_on or self.today).get(part.content, AFTERWARDS)
            asked = questions(part.content)
            if blank < len(asked):
                name = asked[blank].name
                content = replace(content, **{name: getattr(part.content(), name)})
            person = writer_of(session, part.content) if wise else who(session)
            editing.write(session, x, person, part, content, seen=None, now=noon(self.today))

        self.attempt(which, change)

    @rule(which=either, turns=st.lists(st.integers(0, 6), min_size=1, max_size=4))
    def go_on(self, which: int, turns: list[int]) -> None:
        """The team mends all that it may, the adviser reads it again, and the right person goes on."""

        def mend(session: Session, x: Experiment) -> None:
            for part in PARTS:
                content = complete(x.starts_on or self.today).get(part.content, AFTERWARDS)
                writer = writer_of(session, part.content)
                if may_write(writer, x, part):
                    editing.write(session, x, writer, part, content, seen=None, now=noon(self.today))
            if x.status in (Status.DRAFT, Status.SUBMITTED):
                opine(session, x, on=self.today)

        def go(session: Session, x: Experiment) -> None:
            if ways := LIFECYCLE.leaving(x.status):
                gate = ways[turns[-1] % len(ways)]
                self.cross(session, x, gate, opener_of(session, gate.name), answers_for(gate.name, self.today), 0)

        while turns:
            self.attempt(which, mend)
            self.attempt(which, go)
            turns.pop()

    def cross(
        self, session: Session, x: Experiment, gate: gates.Gate, person: Person, answers: Content, behind: int | None
    ) -> None:
        left, old = x.status, x.version
        seen = None if behind is None else old - behind
        entry = gates.cross(session, x, gate, person, answers, seen=seen, now=noon(self.today), today=self.today)
        if x.version == old:
            assert behind, "nothing was done, and this was no second post"
            assert entry.event == gate.name
        else:
            self.check_crossing(x, gate, person, left)

    @rule(
        which=either, turn=st.integers(0, 30), who=anyone, wise=often, fit=often, filled=often,
        behind=st.sampled_from([0, 0, 0, 1, 2, None]),
    )  # fmt: skip
    def push(
        self, which: int, turn: int, who: Callable[[Session], Person], wise: bool, fit: bool, filled: bool,
        behind: int | None,
    ) -> None:  # fmt: skip
        def change(session: Session, x: Experiment) -> None:
            ways = (LIFECYCLE.leaving(x.status) if fit else []) or list(LIFECYCLE.values())
            gate = ways[turn % len(ways)]
            person = opener_of(session, gate.name) if wise else who(session)
            answers = answers_for(gate.name, self.today) if filled else gate.asks()
            self.cross(session, x, gate, person, answers, behind)

        self.attempt(which, change)

    def check_crossing(self, x: Experiment, gate: gates.Gate, person: Person, left: Status) -> None:
        assert left in gate.sources
        assert x.status is gate.target
        if gate.target is Status.RUNNING:
            assert x.ends_on is not None
            assert self.today <= x.ends_on
        did = {i.part for i in x.involved if i.person_id == person.id and i.until is None} | {
            i.part for i in x.involved if i.person_id == person.id and i.part in (Part.EDITED, Part.EVALUATED)
        }
        if gate.outcome or gate.name in ("return", "resume", "close"):
            assert person.account is Account.VALIDATOR
            assert not did - {Part.ADVISER, Part.HEAD}, "decided on what they carry, edited or evaluate"
        if gate.name == "evaluate":
            assert Part.EVALUATOR in did
            assert not did & {Part.LEAD, Part.DEPUTY, Part.CONTRIBUTOR, Part.EDITED}

    @rule(
        which=either,
        what=st.sampled_from(["ask an opinion", "give opinions", "record the interim", "ask for an extension"]),
        who=anyone,
        sense=st.sampled_from([*OpinionSense, None]),
        words=st.sampled_from(["Rien à redire.", "-"]),
    )
    def turn_to(
        self, which: int, what: str, who: Callable[[Session], Person], sense: OpinionSense | None, words: str
    ) -> None:
        now, today = noon(self.today), self.today

        def change(session: Session, x: Experiment) -> None:
            person, adviser = who(session), people.denis(session)
            match what:
                case "ask an opinion":
                    opinions.ask(session, x, person, adviser, OpinionKind.SECURITY, "", now=now, today=today)
                case "give opinions":
                    for opinion in x.opinions:
                        opinions.give(session, x, adviser, opinion, sense, words, seen=x.version, now=now)
                case "record the interim":
                    editing.record_interim(session, x, person, now=now)
                case "ask for an extension":
                    editing.ask_extension(session, x, people.awa(session), now=now, today=today)

        self.attempt(which, change)

    @rule(which=either, who=anyone, part=st.sampled_from(Part), named=st.booleans())
    def name(self, which: int, who: Callable[[Session], Person], part: Part, named: bool) -> None:
        verb = editing.name if named else editing.unname

        def change(session: Session, x: Experiment) -> None:
            lead = x.named(Part.LEAD)[0]
            verb(session, x, lead, who(session), part, now=noon(self.today))

        self.attempt(which, change)

    @rule(who=st.sampled_from([people.bruno, people.claire]), account=st.sampled_from(Account))
    def change_account(self, who: Callable[[Session], Person], account: Account) -> None:
        with self.register.changing() as session:
            who(session).account = account

    @rule(seq=st.integers(1, 60), field=st.sampled_from(["by", "text", "reason"]))
    def redact(self, seq: int, field: str) -> None:
        with self.register.writing() as session:
            try:
                publishing.forget(
                    session, seq, field, "Droit à l’effacement", by=people.hugo(session), now=noon(self.today)
                )
            except trace.TraceError:
                return
            session.commit()
            assert session.get(Disclosure, (seq, field)).value is None  # type: ignore[union-attr]

    # What stays true

    @invariant()
    def what_stays_true_does(self) -> None:
        """Looked at anew whenever a row or the day is otherwise than last time: most of what people try is refused."""
        stands = (self.today, self.everything())
        if stands != self.looked_at:
            self.the_register_is_coherent()
            self.a_tag_names_one_calendar_whatever_becomes_of_the_files_and_of_its_reader()
            self.looked_at = stands

    def the_register_is_coherent(self) -> None:
        with self.register.reading() as session:
            assert audit.verify(session) == []
            for number in self.numbers:
                x = queries.file(session, number)
                assert x is not None
                self.check_trace(x, [entry for entry in trace.entries_of(session, x) if entry.to_status])
                self.check_ends(x)
                self.check_deadlines(session, x)
                self.check_publication(session, x)

    def a_tag_names_one_calendar_whatever_becomes_of_the_files_and_of_its_reader(self) -> None:
        with self.register.reading() as session:
            for who in (people.awa, people.bruno, people.claire, people.elise):
                found = own_calendar.read(session, who(session), self.today, site=SITE, source=SITE)
                written = found.written()
                assert self.calendars.setdefault(found.tag(), written) == written

    def check_deadlines(self, session: Session, x: Experiment) -> None:
        """What lists, calendars and mails read is what the record owes, whatever was done to it, and by whom."""
        kept = session.scalars(select(Deadline).where(Deadline.experiment_id == x.id, Deadline.ended_at.is_(None)))
        assert {(one.task, one.about, one.due_on) for one in kept} == {
            (duty.rule.task, duty.about, duty.due_on) for duty in duties_of(x)
        }
        assert x.settled == x.version

    def check_publication(self, session: Session, x: Experiment) -> None:
        """The public reads what the record says, whatever was done to it, and by whom."""
        kept, told = session.get(Publication, x.id), publishing.record_of(session, x)
        assert (kept and kept.document) == (told and msgspec.json.encode(told).decode())
        counted = Counter(word for row in session.scalars(select(Publication)) for word in tallies.words_of(row))
        assert {(one.scope, one.word): one.count for one in session.scalars(select(Tally)) if one.count} == counted

    def check_trace(self, x: Experiment, crossed: list[Entry]) -> None:
        assert [entry.from_status for entry in crossed] == [None, *(entry.to_status for entry in crossed[:-1])]
        assert crossed[-1].to_status is x.status

    def check_ends(self, x: Experiment) -> None:
        if x.status in (Status.DECIDED, Status.CLOSED):
            assert x.decision is not None
            assert x.evaluation is not None
            assert x.decision.evaluation_id == x.evaluation_id
            assert x.evaluation is [e for e in x.evaluations if not e.interim][-1]
        assert x.extensions == max(0, len(x.periods) - 1) <= 1


@pytest.mark.only("sqlite")
def test_whatever_people_do_the_register_stays_coherent(sqlite: SQLite) -> None:
    class Here(Walk):
        fresh = staticmethod(sqlite.fresh)

    run_state_machine_as_test(Here, settings=SETTINGS)
