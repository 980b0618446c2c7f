"""How any requirement works: a fact, a sentence, and the place where it is mended.

A requirement looks at the record and the day, never at who asks. It is written once; pages, API, command line,
handbook and tests all read it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ..content import Content, Item
from ..model import Experiment
from ..parts import BY_CONTENT, Writer
from ..policy import in_force
from ..vocabulary import Role
from ..words import inside, said, typeset

TEAM_PAGE, OPINIONS_PAGE = "equipe", "avis"
"""Two pages where something is mended, besides those of the written parts."""
CHARTER = "Charte, principe 9"


@dataclass(frozen=True)
class Point:
    """One thing asked at a gate: what, where it is mended, by whom, and whether it holds."""

    code: str
    label: str
    page: str
    anchor: str
    who: Role
    source: str
    holds: bool


Test = Callable[[Experiment, date], bool]


@dataclass(frozen=True)
class Requirement:
    """A named predicate on the record. With `each`, it is asked of every item and names the ones that fail."""

    code: str
    sentence: str
    """With the figures of the local rules between braces: see `policy.in_force`. So is the source."""
    page: str
    anchor: str
    who: Role
    source: str
    test: Callable[..., bool]
    when: Test | None = None
    each: Callable[[Experiment], Sequence[Item]] | None = None
    only: Callable[[Item], bool] | None = None
    instead: Callable[[Item], str] | None = None
    """What to do instead, said with the refusal."""

    def judge(self, x: Experiment, today: date) -> list[Point]:
        """One point, or one for each item; none when the requirement does not apply."""
        if self.when and not self.when(x, today):
            return []
        if self.each is None:
            return [self._point(in_force(self.sentence), self.anchor, self.test(x, today))]
        return [
            self._point(self._sentence(item, i), self.anchor.format(i=i), self.test(item, x, today))
            for i, item in enumerate(self.each(x))
            if self.only is None or self.only(item)
        ]

    def _sentence(self, item: Item, index: int) -> str:
        instead = self.instead(item) if self.instead else ""
        sentence = f"{item.label} {index + 1} : {inside(in_force(self.sentence))}"
        return f"{sentence} ({instead})" if instead else sentence

    def _point(self, sentence: str, anchor: str, holds: bool) -> Point:
        return Point(self.code, typeset(sentence), self.page, anchor, self.who, typeset(in_force(self.source)), holds)


ALL: dict[str, Requirement] = {}


def _register(requirement: Requirement) -> Requirement:
    if requirement.code in ALL:
        raise ValueError(f"two requirements named {requirement.code}")
    ALL[requirement.code] = requirement
    return requirement


def _home(content: type[Content]) -> tuple[str, Role]:
    part = BY_CONTENT[content]
    return part.slug, Role.EVALUATOR if part.writer is Writer.EVALUATOR else Role.LEAD


def requirement(
    code: str,
    sentence: str,
    content: type[Content] | str,
    anchor: str = "",
    *,
    source: str = "",
    who: Role | None = None,
    when: Test | None = None,
    each: Callable[[Experiment], Sequence[Item]] | None = None,
    only: Callable[..., bool] | None = None,
    instead: Callable[..., str] | None = None,
) -> Callable[[Callable[..., bool]], Requirement]:
    """Make a requirement of a predicate; `content` is the part (or the page) where it is mended.

    `who` mends it on a page, the carrier unless said otherwise; a part says by itself who writes it.
    """
    if isinstance(content, str):
        page, writer = content, Role.LEAD if who is None else who
    elif who is None:
        page, writer = _home(content)
    else:
        raise ValueError(f"{code}: who mends it is said by the part")

    def made(test: Callable[..., bool]) -> Requirement:
        return _register(Requirement(code, sentence, page, anchor, writer, source, test, when, each, only, instead))

    return made


def given(
    content: type[Content], field: str, sentence: str, *, source: str = "", when: Test | None = None
) -> Requirement:
    """The commonest requirement: a question of a part has an answer that says something."""
    code = f"{content.__name__.lower()}.{field.replace('-', '.')}"
    path = field.split("-")

    def test(x: Experiment, _today: date) -> bool:
        value: object = x.read(content)
        for name in path:
            value = getattr(value, name)
        return answered(value)

    return requirement(code, sentence, content, field, source=source, when=when)(test)


def each_given(
    prefix: str,
    content: type[Content],
    rows: str,
    each: Callable[[Experiment], Sequence[Item]],
    field: str,
    sentence: str,
    *,
    source: str = "",
    only: Callable[..., bool] | None = None,
) -> Requirement:
    """The same for every item of a list."""

    def test(item: Item, _x: Experiment, _today: date) -> bool:
        return answered(getattr(item, field))

    anchor = f"{rows}-{{i}}-{field}"
    return requirement(f"{prefix}.{field}", sentence, content, anchor, source=source, each=each, only=only)(test)


def answered(value: object) -> bool:
    """Whether an answer says something; zero does, spaces and dashes do not."""
    if isinstance(value, str):
        return said(value)
    return value is not None and value is not False and value != []
