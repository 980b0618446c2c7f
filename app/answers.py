"""Answers as people read them: each question of a content, in French, with what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Flask

from experiments import declared as d
from experiments.content import Content, Difference, Question, blank, questions
from experiments.model import Experiment
from experiments.policy import current as policy
from experiments.requirements.reported import baseline_of
from experiments.vocabulary import Direction, Word

from . import wording
from .i18n import Typed
from .i18n import gettext as _
from .templating import NBSP


class Fact(NamedTuple):
    """A question, what was answered, and its place: the identifier of its field on the form."""

    title: str
    answer: Any
    place: str


class Block(NamedTuple):
    """A run of questions and answers under one heading: « Critère 2 »; the heading may be empty."""

    heading: str
    facts: list[Fact]
    place: str = ""


def names_of(x: Experiment) -> dict[str, str]:
    """What each criterion and each derogation is called, by its identifier."""
    names = {c.id: c.indicator or "sans indicateur" for c in x.read(d.Protocol).criteria}
    return names | {item.id: item.rule or "règle non nommée" for item in x.read(d.Derogations).items}


STOPS = {Direction.UP: "arrêt si moins de", Direction.DOWN: "arrêt si plus de"}


def marks_of(x: Experiment) -> dict[str, str]:
    """What each frozen criterion is held to: « départ 62 %, cible 80 %, arrêt si moins de 50 % »."""
    found = {}
    for c in x.read(d.Protocol).criteria:
        start = baseline_of(x, c)
        stop = STOPS[c.direction] if c.direction else "seuil d’arrêt"
        marks = (("départ", start.value if start else None), ("cible", c.target), (stop, c.threshold))
        found[c.id] = ", ".join(
            f"{word} {wording.quantity(value, c.unit).unescape()}" for word, value in marks if value is not None
        )
    return found


def text_of(question: Question, value: Any, names: Mapping[str, str]) -> Any:
    """One answer: a text, a list of texts, or None when nothing was answered."""
    if blank(value):
        return None
    if question.kind == "codes":
        return [policy().communes.get(code, code) for code in value]
    if question.list == "policies":
        return _(policy().policies.get(value, value))
    if question.list in {"criteria", "derogations"}:
        return Typed(names.get(value, value))
    if isinstance(value, Word):
        return _(value.label)
    if isinstance(value, bool):
        return _("Oui")
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, Decimal | int):
        return wording.number(value) + (f"{NBSP}{_(question.unit)}" if question.unit else "")
    return Typed(value)


def blocks(content: Content, names: Mapping[str, str], *, only_answered: bool = False) -> list[Block]:
    """A content as it is read: its own answers, then each of its lists and groups under its heading."""
    own: list[Fact] = []
    found = [Block("", own)]
    for question in questions(type(content)):
        value, place = getattr(content, question.name), question.name
        if question.kind == "items":
            if not value and not only_answered:
                own.append(Fact(question.title, None, place))
            # The first row stands for its list too: a list has no other place once it has rows.
            found += [
                _item(item, f"{item.label} {i + 1}", names, only_answered, f"{place}-{i}", place if i == 0 else "")
                for i, item in enumerate(value)
            ]
        elif question.kind == "group":
            found.append(_item(value, question.title, names, only_answered, place))
        else:
            own.append(Fact(question.title, text_of(question, value, names), place))
    if only_answered:
        found = [block._replace(facts=[f for f in block.facts if f.answer is not None]) for block in found]
    return [block for block in found if block.facts]


def _item(
    item: Content, heading: str, names: Mapping[str, str], only_answered: bool, place: str, first: str = ""
) -> Block:
    facts = [
        Fact(q.title, text_of(q, getattr(item, q.name), names), f"{place}-{q.name}") for q in questions(type(item))
    ]
    # An unanswered question of a row says nothing that its checklist does not say better.
    return Block(heading, [f for f in facts if f.answer is not None] if only_answered else facts, first or place)


def changes(found: Iterable[Difference], x: Experiment) -> Sequence[tuple[str, str, str]]:
    """Differences, as the macro `diff` takes them: what, before, after."""
    names = names_of(x)
    return [(one.title, _flat(one.question, one.before, names), _flat(one.question, one.after, names)) for one in found]


def _flat(question: Question, value: Any, names: Mapping[str, str]) -> str:
    text = text_of(question, value, names)
    return ", ".join(text) if isinstance(text, list) else str(text or "")


def in_paragraphs(answer: object) -> list[str]:
    """A long text, cut where its author left a blank line."""
    text = answer if isinstance(answer, str) else str(answer)
    if "\n" not in text:
        return [text.strip()]
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def init_app(app: Flask) -> None:
    """The filters by which templates read a content."""
    app.jinja_env.filters["in_paragraphs"] = in_paragraphs

    @app.template_filter("blocks")
    def as_blocks(content: Content, x: Experiment, only_answered: bool = False) -> list[Block]:
        return blocks(content, names_of(x), only_answered=only_answered)
