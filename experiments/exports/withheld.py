"""The tables of what is kept from the public, with its ground, and of what was answered to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from experiments import declared as d
from experiments.published import Published
from experiments.vocabulary import Ground, Word

from .columns import NUMBER, Column, Kind, Table, asked, by_item, coded, identifier, number


class Waiting(Word):
    """The ground that nobody chooses: what a decision will publish."""

    PREPARATORY = (
        "preparatory",
        "Document préparatoire\u00a0: il paraîtra avec la décision qui s’appuie sur lui (CRPA L311-2)",
    )


GROUNDS: tuple[Word, ...] = (*Ground, *Waiting)
_WHAT, _UNTIL = (asked(name, d.Withheld, question)[0] for name, question in (("quoi", "what"), ("jusqu_au", "until")))


class Reserved(NamedTuple):
    """Something that is not published; `ground`: None where none is said."""

    id: str
    what: str
    ground: Word | None
    until: date | None


def _reserved(x: Published) -> Iterator[Reserved]:
    for one in x.read(d.Publication).withheld:
        yield Reserved(one.id, one.what, one.ground, one.until)
    for waiting in x.unread_evaluations:
        kind, name = ("intermediaire", "L’évaluation à mi-parcours") if waiting.interim else ("finale", "L’évaluation")
        due = x.decision_due_on or x.ends_on
        yield Reserved(f"{kind}-{waiting.version}", f"{name}, version {waiting.version}", Waiting.PREPARATORY, due)


WITHHELD = Table(
    "reserves", "Ce qui n’est pas publié", "Une ligne par élément réservé, avec son fondement et sa durée ; et une par "
    "évaluation versée qui attend la décision prise sur elle, avec le jour où celle-ci est due.",
    _reserved,
    (
        number, by_item, _WHAT,
        *coded(Column("fondement", "Fondement", "Ce qui est réservé est affiché comme tel, avec son fondement.",
                      lambda line: line.item.ground, words=GROUNDS)),
        _UNTIL,
    ),
)  # fmt: skip

REPLIES = Table(
    "reponses", "Réponses aux retards", "Une ligne par réponse du porteur à ce qui est en retard : datée, et gardée "
    "telle qu’elle a été écrite.",
    lambda x: enumerate(x.replies, 1),
    (
        number,
        identifier(lambda line: f"{line.x.number}-r{line.item[0]}", pattern=NUMBER + "-r[0-9]+"),
        Column("le", "Répondu le", "Le jour de la réponse.", lambda line: line.item[1].on, Kind.DATE, required=True),
        Column("texte", "Réponse", "Son texte entier.", lambda line: line.item[1].text, required=True),
    ),
)  # fmt: skip
