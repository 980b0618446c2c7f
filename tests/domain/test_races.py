"""Two people, one file, the same instant: real threads, real connections, and overlaps that are forced."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Event
from time import sleep
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.db import Database
from experiments import audit, editing, gates, queries
from experiments import declared as d
from experiments.lifecycle import LIFECYCLE
from experiments.model import Decision, Entry, Evaluation, Experiment, Person
from experiments.parts import BY_CONTENT
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, answers_for, cross, noon, opener_of, ready_for, write
from tests.domain.copies import copies

OVERLAPS = {"sqlite": 60, "postgresql": 200}
"""SQLite lets one writer in at a time: what meets there meets at each overlap, or never."""
A_MOMENT = 0.003
"""Between the last word and the commit: enough for the other one to come up against what is not yet decided."""


@pytest.fixture(autouse=True)
def everyone(register: Database) -> None:
    """Nobody is hired in the middle of a race."""
    with register.changing() as session:
        for who in people.EVERYONE:
            who(session)


Change = Callable[[Session], Any]
"""What somebody does in a session of their own, short of committing."""


def at_once(register: Database, *changes: Change) -> list[Any]:
    """Make these changes at once; what each came to, its result or its refusal.

    Nobody commits before everybody has begun: each transaction is open while the other one works.
    """
    begun = [Event() for _ in changes]

    def make(mine: int, change: Change) -> Any:
        with register.writing() as session:
            begun[mine].set()
            try:
                result = change(session)
                for event in begun:
                    event.wait(10)
                sleep(A_MOMENT)
                session.commit()
            except (gates.Stale, gates.Refused, StaleDataError) as refusal:
                return refusal
            return result

    with ThreadPoolExecutor(len(changes)) as pool:
        return [done.result(60) for done in [pool.submit(make, *one) for one in enumerate(changes)]]


def crossing(number: str, gate: str, who: Callable[[Session], Person], seen: int, *, locked: bool = True) -> Change:
    """Somebody posts the form of a gate, from the page they saw."""

    def change(session: Session) -> Entry:
        x = queries.file(session, number, for_change=locked)
        assert x is not None
        return gates.cross(
            session, x, LIFECYCLE[gate], who(session), answers_for(gate), seen=seen, now=noon(TODAY), today=TODAY
        )

    return change


def passed(results: list[Any]) -> list[bool]:
    """Who passed; whoever did not was told so in the words of the domain, and not by the database."""
    assert all(isinstance(result, (Entry, gates.Stale, gates.Refused)) for result in results), results
    return [isinstance(result, Entry) for result in results]


def many(register: Database, status: Status, how_many: int) -> list[tuple[str, int]]:
    """So many files at that status: their numbers, and the version that is on everybody's screen."""
    with register.changing() as session:
        return copies(session, an_experiment(session, status), how_many)


def how_many(register: Database, *conditions: Any) -> int:
    with register.reading() as session:
        return len(session.scalars(select(Experiment.id).where(*conditions)).all())


def decisions(register: Database) -> Counter[str]:
    """How many files were decided, by outcome."""
    with register.reading() as session:
        ends = select(Decision.outcome).join(Experiment, Experiment.decision_id == Decision.id)
        every = select(Decision.outcome).where(Decision.outcome.in_(("generalisation", "abandonment")))
        assert sorted(session.scalars(ends)) == sorted(session.scalars(every)), "a decision without its file"
        return Counter(str(outcome) for outcome in session.scalars(ends))


def is_coherent(register: Database) -> bool:
    with register.reading() as session:
        return audit.verify(session) == []


def test_a_decision_and_a_new_version_of_the_evaluation_that_meet_leave_one_of_them(register: Database) -> None:
    """The validator decided on the version that stands, or is told that there is another."""
    overlaps, evaluating = OVERLAPS[register.engine.dialect.name], 0
    for number, seen in many(register, Status.EVALUATED, overlaps):
        results = at_once(
            register,
            crossing(number, "decide-generalise", people.elise, seen),
            crossing(number, "evaluate", people.claire, seen),
        )
        assert sorted(passed(results)) == [False, True], results
        evaluating += passed(results)[1]
    assert decisions(register) == Counter(generalisation=overlaps - evaluating)
    assert how_many(register, Experiment.status == Status.EVALUATED) == evaluating + 1
    with register.reading() as session:
        versions = select(func.count(Evaluation.id)).where(Evaluation.version > 1)
        assert session.scalar(versions) == evaluating
    assert is_coherent(register)


def test_two_opposite_decisions_that_meet_leave_one_of_them(register: Database) -> None:
    overlaps, abandoned = OVERLAPS[register.engine.dialect.name], 0
    for number, seen in many(register, Status.EVALUATED, overlaps):
        results = at_once(
            register,
            crossing(number, "decide-generalise", people.elise, seen),
            crossing(number, "decide-abandon", people.farid, seen),
        )
        assert sorted(passed(results)) == [False, True], results
        abandoned += passed(results)[1]
    assert decisions(register) == Counter(generalisation=overlaps - abandoned, abandonment=abandoned)
    assert how_many(register, Experiment.status == Status.DECIDED) == overlaps
    assert is_coherent(register)


@pytest.mark.only("postgresql")
def test_even_a_verb_that_forgot_the_lock_decides_once(register: Database) -> None:
    """The version of the row, and the database beneath it, are asked too."""
    for number, seen in many(register, Status.EVALUATED, 20):
        results = at_once(
            register,
            crossing(number, "decide-generalise", people.elise, seen, locked=False),
            crossing(number, "decide-abandon", people.farid, seen, locked=False),
        )
        assert {type(result) for result in results} == {Entry, StaleDataError}
    assert is_coherent(register)


def test_gates_of_different_files_crossed_at_once_make_one_chain(register: Database) -> None:
    files = many(register, Status.RUNNING, 8)
    before = trace_length(register)
    results = at_once(register, *(crossing(number, "suspend", people.elise, seen) for number, seen in files[:4]))
    results += at_once_unforced(register, files[4:])
    assert passed(results) == [True] * 8
    assert trace_length(register) == before + 8
    assert is_coherent(register)


def at_once_unforced(register: Database, files: list[tuple[str, int]]) -> list[Any]:
    def one(file: tuple[str, int]) -> Any:
        with register.changing() as session:
            return crossing(file[0], "suspend", people.farid, file[1])(session)

    with ThreadPoolExecutor(len(files)) as pool:
        return list(pool.map(one, files))


def trace_length(register: Database) -> int:
    with register.reading() as session:
        return session.scalar(select(func.count(Entry.seq))) or 0


def test_a_part_edited_while_it_is_judged_is_not_the_one_that_was_authorised_unseen(register: Database) -> None:
    """The validator authorises what was on the screen, or is told that it changed."""
    for number, seen in many(register, Status.SUBMITTED, 20):

        def edit(session: Session, number: str = number) -> object:
            x = queries.file(session, number, for_change=True)
            assert x is not None
            costs = replace(x.read(d.Costs), actual_note="Une ligne de plus.")
            try:
                write(session, x, costs, by=people.bruno(session))
            except editing.NotYours as refusal:
                return refusal
            return None

        crossed, _ = at_once(register, crossing(number, "authorise", people.elise, seen), edit)
        with register.reading() as session:
            x = queries.file(session, number)
            assert x is not None
            if isinstance(crossed, Entry):
                assert x.status is Status.AUTHORISED
                assert x.decisions[0].saw_fingerprint == x.fingerprint() or x.version > crossed.at_version  # type: ignore[operator]
            else:
                assert isinstance(crossed, (gates.Stale, gates.Refused))
                assert x.status is Status.SUBMITTED
    assert is_coherent(register)


# The same thing twice -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", ["submit", "suspend", "evaluate", "extend", "decide-generalise"])
def test_the_same_form_posted_twice_has_one_effect(register: Database, gate: str) -> None:
    with register.changing() as session:
        x = ready_for(session, gate)
        number, seen = x.number, x.version
    opener = partial(opener_of, gate=gate)
    first = at_once(register, crossing(number, gate, opener, seen))[0]
    length = trace_length(register)
    again = at_once(register, crossing(number, gate, opener, seen), crossing(number, gate, opener, seen))
    assert [result.seq for result in again] == [first.seq, first.seq]
    assert trace_length(register) == length
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        assert x.version == seen + 1
        assert len([e for e in x.evaluations if not e.interim]) == (
            1 if gate in ("evaluate", "decide-generalise") else 0
        )
        assert audit.verify(session) == []


def test_the_same_form_posted_twice_at_once_has_one_effect(register: Database) -> None:
    for number, seen in many(register, Status.RUNNING, 20):
        results = at_once(register, *[crossing(number, "suspend", people.elise, seen)] * 2)
        assert passed(results) == [True, True]
        assert results[0].seq == results[1].seq


def test_the_form_of_somebody_else_is_no_second_post(register: Database) -> None:
    """Posted from the same page, for the same gate: whoever comes second did not do it, and is told so."""
    with register.changing() as session:
        x = an_experiment(session, Status.RUNNING)
        number, seen = x.number, x.version
    first, second = (
        at_once(register, crossing(number, "suspend", who, seen))[0] for who in (people.elise, people.farid)
    )
    assert isinstance(first, Entry)
    assert isinstance(second, gates.Stale)
    assert (second.seen, second.now) == (seen, seen + 1)


def test_another_gate_from_an_old_page_is_stale_and_leaves_no_mark(register: Database) -> None:
    with register.changing() as session:
        x = an_experiment(session, Status.EVALUATED)
        number, seen = x.number, x.version
    at_once(register, crossing(number, "evaluate", people.claire, seen))
    length = trace_length(register)
    (late,) = at_once(register, crossing(number, "decide-abandon", people.elise, seen))
    assert isinstance(late, gates.Stale)
    assert trace_length(register) == length
    assert how_many(register, Experiment.status == Status.EVALUATED, Experiment.version == seen + 1) == 1
    assert is_coherent(register)


# Opening and writing --------------------------------------------------------------------------------------------------

_nonces = count(1)


def opening(nonce: str) -> Change:
    def change(session: Session) -> str:
        awa = people.awa(session)
        return editing.open_experiment(session, awa, "Bancs connectés", nonce, now=noon(TODAY), today=TODAY).number

    return change


def test_a_nonce_opens_one_file_even_posted_twice_at_once(register: Database) -> None:
    numbers = []
    for turn in range(20):
        one, other = at_once(register, opening(f"nonce-{turn}"), opening(f"nonce-{turn}"))
        assert one == other
        numbers.append(one)
    assert numbers == [f"2026-{turn:03d}" for turn in range(1, 21)]
    with register.reading() as session:
        assert session.scalar(select(func.count(Experiment.id))) == 20
        assert audit.verify(session) == []


def test_files_opened_at_once_have_numbers_that_follow(register: Database) -> None:
    numbers: list[str] = []
    for _ in range(10):
        numbers += at_once(register, *(opening(f"own-{next(_nonces)}") for _ in range(2)))
    assert sorted(numbers) == [f"2026-{turn:03d}" for turn in range(1, 21)]


def writing_costs(number: str, note: str, who: Callable[[Session], Person], seen: int) -> Change:
    def change(session: Session) -> str:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        content = replace(x.read(d.Costs), actual_note=note)
        part = BY_CONTENT[d.Costs]
        editing.write(session, x, who(session), part, content, seen=seen, now=noon(TODAY))
        return note

    return change


def test_of_two_people_who_write_one_part_the_second_is_told(register: Database) -> None:
    for _ in range(5):
        with register.changing() as session:
            x = an_experiment(session, Status.DRAFT)
            number, part = x.number, x.part("couts")
            assert part is not None
            seen, version = part.version, x.version
        results = at_once(
            register,
            writing_costs(number, "Le devis de mars.", people.awa, seen),
            writing_costs(number, "Le devis d’avril.", people.bruno, seen),
        )
        (kept,) = [result for result in results if isinstance(result, str)]
        (stale,) = [result for result in results if isinstance(result, gates.Stale)]
        assert (stale.seen, stale.now) == (seen, seen + 1)
        with register.reading() as session:
            x = queries.file(session, number)
            assert x is not None
            assert x.read(d.Costs).actual_note == kept
            assert x.version == version + 1


def test_the_same_text_written_twice_is_one_change(register: Database) -> None:
    with register.changing() as session:
        x = an_experiment(session, Status.DRAFT)
        number, version = x.number, x.version
        part = x.part("couts")
        assert part is not None
        seen = part.version
    results = at_once(register, *[writing_costs(number, "Le devis de mars.", people.awa, seen)] * 2)
    assert results == ["Le devis de mars."] * 2
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        assert x.version == version + 1


def test_two_parts_written_at_once_are_both_kept(register: Database) -> None:
    with register.changing() as session:
        x = an_experiment(session, Status.DRAFT)
        number, version = x.number, x.version
        costs, plain = x.part("couts"), x.part("publication")
        assert costs is not None
        assert plain is not None
        seen = plain.version

    def write_publication(session: Session) -> str:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        content = replace(x.read(d.Publication), notice="Affiche à l’entrée.")
        editing.write(session, x, people.bruno(session), BY_CONTENT[d.Publication], content, seen=seen, now=noon(TODAY))
        return "publication"

    results = at_once(register, writing_costs(number, "Un devis.", people.awa, costs.version), write_publication)
    assert results == ["Un devis.", "publication"]
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        assert x.read(d.Costs).actual_note == "Un devis."
        assert x.read(d.Publication).notice == "Affiche à l’entrée."
        assert x.version == version + 2


def test_naming_somebody_twice_is_one_naming(register: Database) -> None:
    with register.changing() as session:
        x = an_experiment(session, Status.DRAFT)
        number, length = x.number, len(x.involved)

    def name_awa(session: Session) -> None:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        editing.name(session, x, people.awa(session), people.awa(session), Part.DEPUTY, now=noon(TODAY))

    at_once(register, name_awa, name_awa)
    with register.reading() as session:
        x = queries.file(session, number)
        assert x is not None
        assert len(x.involved) == length + 1


def test_a_second_post_is_known_in_the_same_session_too(register: Database) -> None:
    with register.writing() as session:
        x = an_experiment(session, Status.RUNNING)
        seen = x.version
        first = cross(session, x, "suspend", by=people.elise(session), seen=seen)
        again = cross(session, x, "suspend", by=people.elise(session), seen=seen)
        assert first.seq == again.seq
        with pytest.raises(gates.Stale):
            cross(session, x, "resume", seen=seen)
