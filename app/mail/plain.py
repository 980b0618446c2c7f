"""A mail as text: complete by itself, on lines that no reader of mails breaks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType

from .blocks import Block, LinkedText
from .draft import Draft, Group, Section

WIDTH = 76
"""Characters a line."""


def plain(words: ModuleType, draft: Draft) -> str:
    """The text of a mail. A link stands alone on its line, whole."""
    lines: list[str] = []
    if draft.summary:
        lines += wrap(draft.summary)
    lines += [*(_linked(words, draft.act, draft.url) if draft.waits else (*wrap(draft.act), draft.url)), ""]
    if not (draft.waits or draft.main):
        lines += [*wrap(words.NOTHING), ""]
    if draft.main:
        lines += _block(words, draft.main)
        lines += wrap(f"{draft.file}.")
        lines += [*wrap(draft.life.label), ""] if draft.life else [""]
    for section in draft.sections:
        lines += _section(words, section)
    lines += ["-" * 40, *_footer(words, draft.footer)]
    return "\n".join(lines) + "\n"


def _linked(words: ModuleType, text: str, url: str) -> list[str]:
    return [*wrap(words.colon(text, "")), url]


def _section(words: ModuleType, section: Section) -> Iterator[str]:
    if section.title:
        yield from (section.title.upper(), "")
    for group in section.groups:
        yield from _group(words, group)
    if section.rest:
        yield from (words.MORE, "-" * len(words.MORE), "")
        for line in section.rest:
            yield from (*wrap(line.text, "- ", "  "), f"  {line.url}")
        yield ""


def _group(words: ModuleType, group: Group) -> Iterator[str]:
    heading = wrap(group.file)
    yield from (*heading, "-" * max(map(len, heading)), "")
    for block in group.blocks:
        name = block.button if block.own else block.name
        yield from _linked(words, name, block.url) if block.url else wrap(f"{name}.")
        yield from _block(words, block)


def _block(words: ModuleType, block: Block) -> Iterator[str]:
    yield from (*wrap(block.when), "")
    if block.quote:
        heading, *paragraphs = block.quote
        yield words.colon(heading, "")
        for paragraph in paragraphs:
            yield from wrap(paragraph, "  ", "  ")
        yield ""
    if block.dates:
        heading, *dates = block.dates
        yield words.colon(heading, "")
        for day in dates:
            yield from wrap(day, "- ", "  ")
        yield ""
    for text in block.lines:
        yield from wrap(text)
    if block.lines:
        yield ""


def _footer(words: ModuleType, footer: Iterable[LinkedText]) -> Iterator[str]:
    for line in footer:
        yield from _linked(words, line.text, line.url) if line.url else wrap(line.text)


def wrap(text: str, first: str = "", then: str = "") -> list[str]:
    """A text on lines. It has no blanks but single spaces, hence ten times faster than textwrap."""
    if len(first) + len(text) <= WIDTH:
        return [first + text]
    lines, line = [], first
    for word in text.split(" "):
        if len(line) + len(word) < WIDTH or line in (first, then):
            line = f"{line} {word}" if line not in (first, then) else line + word
        else:
            lines.append(line)
            line = then + word
        while len(line) > WIDTH:
            lines.append(line[:WIDTH])
            line = then + line[WIDTH:]
    return [*lines, line]
