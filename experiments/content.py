"""How a written part of a file is declared: a struct of questions, each with its reason and an example.

A part is kept as the exact bytes of its JSON. What was signed stays byte for byte what was signed, whatever
questions later versions add; and the form, the page that is read, the difference between two versions and the
published schema are all drawn from the same declaration.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Raw, Struct

from .vocabulary import Word
from .words import typeset

LONG = 20_000
"""The longest text that a question takes, in characters: some eight printed pages."""


def ask(
    title: str,
    why: str = "",
    example: str = "",
    *,
    longest: int = LONG,
    kind: str = "",
    unit: str = "",
    list_: str = "",
) -> Meta:
    """A question: its French label, why it is asked (its source), an example, and how it is answered.

    `kind` is "line" for one line, "" for what the type says (a long text for `str`); `list_` names the list of
    the policy file whose codes are the answers.
    """
    extra = {"kind": kind, "unit": unit, "list": list_, "longest": longest}
    return Meta(
        title=typeset(title), description=typeset(why), examples=[typeset(example)] if example else [], extra=extra
    )


class Content(Struct, omit_defaults=False):
    """A written part of a file. Every field has a default: an incomplete draft is always kept."""

    label: ClassVar[str] = ""


class Item(Content):
    """One of several (a criterion, a derogation…), known by an identifier of its own that never changes."""

    added: ClassVar[str] = ""
    """Its label as what a button adds: « un critère »; empty when rows come from elsewhere."""

    id: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))


def many() -> Any:
    """The default of a field that is a list: a new empty one for each content."""
    return msgspec.field(default_factory=list)


class Question(NamedTuple):
    """One field of a content, as the form, the reader and the difference need it."""

    name: str
    title: str
    why: str
    example: str
    kind: str
    """line, text, date, number, integer, yesno, choice, codes, group or items."""
    type: Any
    unit: str
    list: str
    longest: int


_KINDS: dict[Any, str] = {str: "text", date: "date", Decimal: "number", int: "integer", bool: "yesno"}


@cache
def questions(kind: type[Content]) -> tuple[Question, ...]:
    """The questions of a content, in the order in which they are asked."""
    found = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            continue
        bare, meta = get_args(hint)[0], cast(Meta, hint.__metadata__[0])
        extra = meta.extra or {}
        answer, kind_name = _answer(bare)
        found.append(
            Question(
                name,
                meta.title or name,
                meta.description or "",
                (meta.examples or [""])[0],
                extra["kind"] or kind_name,
                answer,
                extra["unit"],
                extra["list"],
                extra["longest"],
            )
        )
    return tuple(found)


def _answer(hint: Any) -> tuple[Any, str]:
    """The Python type of an answer, without its None, and how it is asked."""
    if get_origin(hint) in (UnionType, Union):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is list:
        inner = get_args(hint)[0]
        return inner, "items" if isinstance(inner, type) and issubclass(inner, Content) else "codes"
    if isinstance(hint, type) and issubclass(hint, Word):
        return hint, "choice"
    if isinstance(hint, type) and issubclass(hint, Content):
        return hint, "group"
    return hint, _KINDS[hint]


def encode(content: Content) -> str:
    """The exact text that is kept and fingerprinted: JSON with its keys in one fixed order."""
    return msgspec.json.encode(content, order="deterministic").decode()


C = TypeVar("C", bound=Content)


def decode(kind: type[C], text: str | Raw | None) -> C:
    """A content from its kept text, or from its place in a larger one; an empty one where nothing is kept yet."""
    return msgspec.json.decode(text, type=kind) if text else kind()


def learn(kind: type[Struct] = Struct) -> None:
    """Have msgspec learn every struct now: two threads that meet one for the first time at once crash Python."""
    for found in kind.__subclasses__():
        msgspec.json.Decoder(found)
        learn(found)


def fingerprint(*texts: str) -> str:
    """SHA-256, in hexadecimal, of texts one after the other, each preceded by its length in bytes."""
    digest = hashlib.sha256()
    for text in texts:
        raw = text.encode()
        digest.update(f"{len(raw)}:".encode() + raw)
    return digest.hexdigest()


class AnswerLine(NamedTuple):
    """One question and its answer, as read: `path` is the place of the field on its form."""

    path: str
    title: str
    question: Question
    value: Any


def read_lines(content: Content, path: str = "", title: str = "") -> Iterator[AnswerLine]:
    """Every question of a content with its answer, lists and groups unfolded: « Critère 2 · Cible »."""
    for question in questions(type(content)):
        value = getattr(content, question.name)
        here = f"{path}{question.name}"
        if question.kind == "items":
            for index, item in enumerate(value):
                yield from read_lines(item, f"{here}-{index}-", f"{item.label} {index + 1} · ")
        elif question.kind == "group":
            yield from read_lines(value, f"{here}-", f"{title}{question.title} · ")
        else:
            yield AnswerLine(here, title + question.title, question, value)


class Difference(NamedTuple):
    """One answer that is not what it was."""

    title: str
    question: Question
    before: Any
    after: Any


def differences(before: Content, after: Content) -> list[Difference]:
    """What changed between two versions of a content; the items of a list are matched by their identifier."""
    old, new = _by_key(before), _by_key(after)
    changed = [Difference(new[k].title, new[k].question, old[k].value if k in old else None, new[k].value)
               for k in new if k not in old or old[k].value != new[k].value]  # fmt: skip
    gone = [Difference(old[k].title, old[k].question, old[k].value, None) for k in old if k not in new]
    return [d for d in (*changed, *gone) if not (blank(d.before) and blank(d.after))]


def blank(value: Any) -> bool:
    """Whether an answer was left empty; zero is an answer."""
    return value is None or value is False or value == "" or value == []


def _by_key(content: Content) -> dict[str, AnswerLine]:
    lines: dict[str, AnswerLine] = {}
    for question in questions(type(content)):
        value = getattr(content, question.name)
        if question.kind == "items":
            for index, item in enumerate(value):
                for line in read_lines(item, "", f"{item.label} {index + 1} · "):
                    lines[f"{question.name}/{item.id}/{line.path}"] = line
        elif question.kind == "group":
            lines |= {f"{question.name}/{line.path}": line for line in read_lines(value, "", f"{question.title} · ")}
        else:
            lines[question.name] = AnswerLine(question.name, question.title, question, value)
    return lines
