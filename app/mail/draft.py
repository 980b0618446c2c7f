"""A letter in words, in the language of its reader, before it is text or HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from app.pole import Pole, draw
from experiments.ladder import paris_day
from experiments.letters import Ask, Letter
from experiments.model import Experiment
from experiments.obligations import Language, Occasion
from experiments.vocabulary import UNDER_WAY

from . import english, french
from .asked import asked
from .blocks import Block, LinkedText, address, date_line, short, titled
from .happened import happened

WORDS: dict[Language, ModuleType] = {Language.FRENCH: french, Language.ENGLISH: english}
WHOLE = 10
"""So many duties are told whole; those that follow, on a line each."""


@dataclass(frozen=True)
class Group:
    """What there is to say of one file."""

    file: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    title: str
    groups: tuple[Group, ...]
    rest: tuple[LinkedText, ...]


@dataclass(frozen=True)
class Life:
    """The ranging pole of one file, as bands: "done", "ahead" or "late", with the sentence that says it."""

    bands: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Draft:
    """What a mail says: the act and its link. Several things that happened open with a `summary`."""

    language: Language
    subject: str
    summary: str
    act: str
    waits: bool
    """Whether anything is asked of the reader."""
    url: str
    button: str
    main: Block | None
    """The one thing it says; None when there are several."""
    sections: tuple[Section, ...]
    file: str
    life: Life | None
    footer: tuple[LinkedText, ...]


def draft(letter: Letter, site: str, authority: str, *, dated: bool) -> Draft:
    """A letter that is not empty, in words. `dated`: dates are attached."""
    words = WORDS[letter.person.language]
    asks = [asked(words, one, site) for one in letter.asks[:WHOLE]]
    news = [happened(words, one, paris_day(letter.at), site) for one in letter.news]
    # A file where something waits for an act comes before those where something only happened.
    waiting = {one.x.id for one in news if one.waits}
    news.sort(key=lambda one: one.x.id not in waiting)
    first = next((one for one in (*asks, *news) if one.waits), (*asks, *news)[-1])
    alone = len(letter.asks) + len(news) == 1
    if alone and not first.waits:
        first = replace(first, when=f"{first.when} {words.NOTHING}")
    several = bool(letter.asks) and not alone
    act = first.act if alone or not first.waits else words.most_urgent(first.act)
    if several:
        act = words.foremost(first.act, words.away(letter.asks[0].days), len(letter.asks) - 1, len(news))
    x = first.x
    footer = (
        *([LinkedText(words.ATTACHED)] if dated else []),
        LinkedText(words.register(authority), f"{site}/espace"),
        LinkedText(words.PACE, f"{site}/espace/compte#rythme"),
        LinkedText(words.REPLY),
    )
    return Draft(
        language=letter.person.language,
        subject=first.subject if alone else _summary(words, letter, brief=True),
        summary="" if alone or several else f"{_summary(words, letter)}.",
        act=act,
        waits=first.waits, url=first.url, button=first.button, main=first if alone else None,
        sections=() if alone else _sections(words, letter, asks, news, site),
        file=words.file(titled(words, x), x.number, x.status) if alone else "",
        life=_life(words, letter, x) if alone else None, footer=footer,
    )  # fmt: skip


def _summary(words: ModuleType, letter: Letter, *, brief: bool = False) -> str:
    """How much there is to read."""
    late = sum(one.days < 0 for one in letter.asks)
    if letter.asks and letter.news:
        found = words.digest(len(letter.asks), late, len(letter.news))
    elif letter.asks:
        found = words.count_asks(len(letter.asks), late, own=any(one.is_own for one in letter.asks))
    else:
        files = {one.x.id: one.x for one in letter.news}
        title = titled(words, letter.news[0].x) if len(files) == 1 else ""
        found = words.count_news(
            len(letter.news), sum(bool(one.page) for one in letter.news), short(title) if brief else title
        )
    return str(found)


def _sections(
    words: ModuleType, letter: Letter, asks: Sequence[Block], news: Sequence[Block], site: str
) -> tuple[Section, ...]:
    found = []
    if asks:
        rest = [_compact(words, one, site) for one in letter.asks[WHOLE:]]
        title = words.TITLES[Occasion.REMINDER] if news else ""
        found.append(Section(title, _grouped(words, asks), tuple(rest)))
    if news:
        brief = [replace(one, quote=()) for one in news[WHOLE:]]
        title = words.TITLES[Occasion.NOTICE] if asks else ""
        found.append(Section(title, _grouped(words, _once([*news[:WHOLE], *brief])), ()))
    return tuple(found)


def _once(news: Sequence[Block]) -> list[Block]:
    """What is true of a file, where it is, its dates and why one is told, is said with its last event."""
    last = {block.x.id: n for n, block in enumerate(news)}
    return [
        one if n == last[one.x.id] else replace(one, dates=(), lines=(), url=one.url if one.waits else "")
        for n, one in enumerate(news)
    ]


def _compact(words: ModuleType, ask: Ask, site: str) -> LinkedText:
    text = f"{date_line(words, ask.deadline, ask.days)}, {words.quoted(titled(words, ask.x))}"
    return LinkedText(text, address(ask.x, ask.rule.page, site))


def _grouped(words: ModuleType, blocks: Iterable[Block]) -> tuple[Group, ...]:
    """By file, in the order in which each first comes: the most urgent one is then first."""
    found: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        found[block.x.id].append(block)
    return tuple(
        Group(words.file(titled(words, of[0].x), of[0].x.number, of[0].x.status), tuple(of)) for of in found.values()
    )


def _life(words: ModuleType, letter: Letter, x: Experiment) -> Life | None:
    """The pole of a file under way; elsewhere its dates say nothing yet, or nothing any more."""
    if x.status not in UNDER_WAY or not (x.starts_on and x.ends_on) or x.ends_on < x.starts_on:
        return None
    today = paris_day(letter.at)
    pole = draw(x.starts_on, x.ends_on, today)
    return Life(_bands(pole), words.life(pole, x.starts_on, x.ends_on, today))


def _bands(pole: Pole) -> tuple[str, ...]:
    count = max(4, min(24, round(pole.bands)))
    done = round(count * pole.done / pole.end)
    late = min(6, max(1, round(count * (pole.tail - pole.end) / pole.end))) if pole.tail > pole.end else 0
    return ("done",) * done + ("ahead",) * (count - done) + ("late",) * late
