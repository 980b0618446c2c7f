"""A duty, told to one reader: the act, the day, what follows, why they are told and who else is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from types import ModuleType

from experiments.letters import Ask, Recipient
from experiments.obligations import Fate, Rank, Task
from experiments.policy import current as policy

from .blocks import Block, address, flat, short, titled

NAMED = 6
"""Beyond so many people, ranks are counted instead."""
UNDELIVERED = (Fate.REFUSED, Fate.EXPIRED)


def asked(words: ModuleType, ask: Ask, site: str) -> Block:
    """A duty as a block."""
    one, title = ask.deadline, titled(words, ask.x)
    act = (words.ACTS if ask.is_own else words.OVERSEEN)[one.task]
    return Block(
        x=ask.x,
        subject=words.colon(act.format(words.quoted(short(title))), words.left(ask.days)),
        act=act.format(words.quoted(title)),
        waits=True,
        own=ask.is_own,
        name=words.TASKS[one.task],
        url=address(ask.x, ask.rule.page, site),
        button=words.BUTTONS[one.task] if ask.is_own else words.OPEN,
        when=words.due(one.due_on, ask.days),
        late=ask.days < 0,
        quote=(),
        dates=(),
        lines=tuple(_lines(words, ask)),
    )


def _lines(words: ModuleType, ask: Ask) -> Iterator[str]:
    one = ask.deadline
    if one.task is Task.VALIDATION and ask.x.submitted_on:
        yield words.worked(policy().duties.validation_working_days, ask.x.submitted_on)
    if subject := flat(one.subject):
        yield words.subject_of(subject)
    yield " ".join(_what_follows(words, ask))
    yield words.why([words.WHY[ask.rank], *_reasons(words, ask)])
    yield from _others(words, ask)
    yield words.source(one.task)


def _what_follows(words: ModuleType, ask: Ask) -> Iterator[str]:
    one = ask.deadline
    if one.task in words.LAPSED:
        yield words.LAPSED[one.task]
    then, today = ask.then, one.due_on - timedelta(ask.days)
    if one.next_on and one.next_on > today and not (then and then[1] <= one.next_on):
        yield words.again(one.next_on)
    if then:
        yield words.then(*then)


def _reasons(words: ModuleType, ask: Ask) -> Iterator[str]:
    """Why the turn of the reader has come, when they are not the first."""
    if ask.rank is ask.rule.ranks[0]:
        return
    for missing in ask.missing[:NAMED]:
        yield words.missing(flat(missing.name), missing.rank, missing.obstacle)
    place = {rank: n for n, rank in enumerate(ask.rule.ranks)}
    mine = place.get(ask.rank, len(place))
    earlier = [t for t in ask.told if place.get(t.rank, mine) < mine]
    today = ask.deadline.due_on - timedelta(ask.days)
    for rank in ask.rule.ranks:
        of_rank = [t for t in earlier if t.rank is rank]
        days = {t.on for t in of_rank if t.on and t.on < today}
        if days:
            yield words.in_vain(rank, len(days))
            return
        if any(t.fate in UNDELIVERED for t in of_rank):
            yield words.undelivered(rank)


def _others(words: ModuleType, ask: Ask) -> Iterator[str]:
    left = _people(words, [t for t in ask.told if t.on])
    ahead = _people(words, [t for t in ask.told if t.fate is Fate.WAITING])
    if left:
        yield words.told_before(left)
    if ahead:
        yield words.told_also(ahead)
    if not (left or ahead):
        yield words.NOBODY_ELSE


def _people(words: ModuleType, told: Iterable[Recipient]) -> list[str]:
    """« Awa Diallo (porteur) le 1er mars 2026 », or « 12 personnes (valideur) le … » when they are many.

    Whose mail has not left has no day.
    """
    by_person: dict[tuple[Rank, str], list[Recipient]] = defaultdict(list)
    for one in told:
        by_person[one.rank, flat(one.name)].append(one)
    if len(by_person) <= NAMED:
        return [words.told(f"{name} ({words.RANKS[rank]})", _days(of)) for (rank, name), of in by_person.items()]
    by_rank: dict[Rank, set[str]] = defaultdict(set)
    for rank, name in by_person:
        by_rank[rank].add(name)
    found = []
    for rank, names in by_rank.items():
        days = _days(one for name in names for one in by_person[rank, name])
        found.append(words.told(words.many(len(names), rank), days))
    return found


def _days(told: Iterable[Recipient]) -> list[date]:
    return sorted({one.on for one in told if one.on})
