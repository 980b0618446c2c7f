"""How a table of the open data is declared: a column says its name, what it means, and where its value is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, NamedTuple

from experiments.content import Content, Question, questions
from experiments.published import Published
from experiments.vocabulary import Word
from experiments.words import typeset

from .publisher import Publisher


class Kind(StrEnum):
    """The type of a column, by its name in a Table Schema."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "datetime"
    BOOLEAN = "boolean"


class RowSource(NamedTuple):
    """What a row is written from: an experiment, and what of it the row tells."""

    x: Published
    item: Any
    by: Publisher


Take = Callable[[RowSource], Any]


@dataclass(frozen=True)
class Column:
    """One column. `words`: the closed list that its codes come from; their labels are in the column after it.

    `told`: it says nothing of a proposal that is only counted.
    """

    name: str
    title: str
    why: str
    take: Take
    kind: Kind = Kind.STRING
    words: type[Word] | tuple[Word, ...] = ()
    pattern: str = ""
    required: bool = False
    unique: bool = False
    told: bool = False
    example: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", typeset(self.title))
        object.__setattr__(self, "why", typeset(self.why))


@dataclass(frozen=True)
class Table:
    """One table: its first columns name its rows; `joins` says which column names a row of which other table."""

    name: str
    title: str
    lead: str
    rows: Callable[[Published], Iterable[Any]]
    columns: tuple[Column, ...]
    key: str = "identifiant"
    joins: dict[str, str] = field(default_factory=lambda: {"numero": "experimentations"})

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", typeset(self.title))
        object.__setattr__(self, "lead", typeset(self.lead))

    def lines(self, x: Published, by: Publisher) -> Iterator[list[Any]]:
        """The rows of one experiment, in the order of the columns; None where there is nothing to say."""
        takes = self._takes if x.is_told else self._counted
        for item in self.rows(x):
            line = RowSource(x, item, by)
            yield [value if (value := take(line)) or value != "" else None for take in takes]

    @cached_property
    def _takes(self) -> list[Take]:
        return [column.take for column in self.columns]

    @cached_property
    def _counted(self) -> list[Take]:
        return [_nothing if column.told else column.take for column in self.columns]


def _nothing(_line: RowSource) -> None:
    return None


_KINDS = {"date": Kind.DATE, "number": Kind.NUMBER, "integer": Kind.INTEGER, "yesno": Kind.BOOLEAN}


def asked(name: str, kind: type[Content], question: str, *, of: str = "item") -> list[Column]:
    """The column of what a question asks, in the words of the form; `of` is the path of the content in a line."""
    found = _question(kind, question)
    take = attrgetter(f"{of}.{question}")
    column = Column(name, found.title, found.why, take, _KINDS.get(found.kind, Kind.STRING))
    if issubclass(found.type, Word):
        return coded(replace(column, words=found.type))
    # The form writes its figures as people do: of these, the schema has no example.
    return [replace(column, example=found.example) if column.kind is Kind.STRING else column]


def coded(column: Column) -> list[Column]:
    """A column of codes, and that of their labels in French."""
    return [column, Column(f"{column.name}_libelle", column.title, "La même chose, en toutes lettres.",
                           lambda line: word.label if (word := column.take(line)) else None,
                           required=column.required, told=column.told)]  # fmt: skip


def _question(kind: type[Content], name: str) -> Question:
    return next(one for one in questions(kind) if one.name == name)


NUMBER = r"\d{4}-\d{3,6}"
number = Column("numero", "Numéro", "Le numéro permanent de l’expérimentation : il ne change jamais et n’est jamais "
                "repris.", lambda line: line.x.number, pattern=NUMBER, required=True)  # fmt: skip
identifier = partial(Column, "identifiant", "Identifiant",
                     "Permanent et unique : le numéro de l’expérimentation, et ce qui distingue la ligne.",
                     required=True, unique=True)  # fmt: skip
by_item = identifier(lambda line: f"{line.x.number}-{line.item.id}", pattern=NUMBER + ".+")
"""The identifier of an item that has one of its own, given once by the form."""
