"""An event of the trace, told to one reader: what happened, the reason given, what they are to do, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import ModuleType

from experiments.letters import News
from experiments.words import inside

from .blocks import Block, address, date_line, flat, short, titled

LONGEST_REASON = 2000
"""Characters of a reason: the rest is read in the file."""
NEXT = 6
"""How many of the dates to come are told; all are attached."""


def happened(words: ModuleType, news: News, today: date, site: str) -> Block:
    """An event as a block; its act is what it asks of the reader, or else what happened."""
    title, what = titled(words, news.x), words.event(news.entry, news.sense)
    waits = bool(news.page)
    if waits:
        act = words.EXPECTED[news.entry.event].format(words.quoted(title))
        subject = words.EXPECTED[news.entry.event].format(words.quoted(short(title)))
    else:
        act = words.colon(flat(what), words.quoted(title))
        subject = words.colon(words.EVENTS[news.entry.event], short(title))
    return Block(
        x=news.x,
        subject=subject,
        act=act,
        waits=waits,
        own=False,
        name=act if waits else what,
        url=address(news.x, news.page, site),
        button=words.OPEN,
        when=_day(what, words.happened(news.entry)) if waits else words.happened(news.entry),
        late=False,
        quote=_quote(words, news),
        dates=_dates(words, news, today),
        lines=tuple(_lines(words, news)),
    )


def _lines(words: ModuleType, news: News) -> Iterator[str]:
    if not news.due:
        yield words.NONE_NEXT
    yield words.why([words.WHY[news.rank]])


def _day(what: str, day: str) -> str:
    return f"{what}, {inside(day)}"


def _quote(words: ModuleType, news: News) -> tuple[str, ...]:
    if not news.reason.strip():
        return ()
    text = news.reason if len(news.reason) <= LONGEST_REASON else news.reason[:LONGEST_REASON].rstrip() + "…"
    paragraphs = [flat(line) for line in text.splitlines()]
    return (words.OPINION if news.sense else words.REASON, *filter(None, paragraphs))


def _dates(words: ModuleType, news: News, today: date) -> tuple[str, ...]:
    if not news.due:
        return ()
    nearest = news.due[:NEXT]
    return (words.NEXT, *(date_line(words, one, (one.due_on - today).days) for one in nearest))
