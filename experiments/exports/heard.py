"""The table of what residents said: read from what the public sees of it, for it is in no document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from experiments.model.voice import Decline, VoiceKind

from .columns import NUMBER, Column, Kind, RowSource, Table, coded, identifier, number
from .forms import Batch
from .publisher import Publisher

SAID = tuple(kind for kind in VoiceKind if kind is not VoiceKind.OBSTACLE)
"""An obstacle of accessibility is answered, never published."""

OBSERVATIONS = Table(
    "observations", "Observations des habitants", "Une ligne par réaction, question ou erreur publiée après lecture, "
    "sans nom, avec la réponse. Retirée depuis, elle garde sa ligne, sa date et le motif, sans texte : ne gardez pas "
    "le vôtre.",
    # No document holds any: `Heard` does.
    lambda _x: (),
    (
        number,
        identifier(lambda line: f"{line.x.number}-o{line.item.id}", pattern=NUMBER + "-o[0-9]+"),
        *coded(Column("nature", "Nature", "Ce que l’habitant voulait dire.",
                      lambda line: line.item.kind, words=SAID, required=True)),
        Column("recue_le", "Reçue le", "Le jour, jamais l’heure.",
               lambda line: line.item.received_on, Kind.DATE, required=True),
        Column("publiee_le", "Publiée le", "Le jour où elle a paru pour la première fois.",
               lambda line: line.item.published_on, Kind.DATE, required=True),
        Column("texte", "Texte", "Tel qu’il a paru : ce qui désignait quelqu’un en est ôté.",
               lambda line: line.item.text),
        Column("reponse", "Réponse", "De l’équipe ; vide tant qu’elle n’a pas répondu.", lambda line: line.item.answer),
        Column("repondue_le", "Répondue le", "Le jour de la première réponse.",
               lambda line: line.item.answered_on, Kind.DATE),
        Column("retiree_le", "Retirée le", "Vide tant qu’elle est publiée.",
               lambda line: line.item.withdrawn_on, Kind.DATE),
        *coded(Column("retrait_motif", "Motif du retrait", "Une liste fermée.",
                      lambda line: line.item.declined, words=Decline)),
    ),
)  # fmt: skip


class Heard(Batch):
    """Some of them, read from the view that the public sees."""

    def __init__(self, said: Sequence[Row[Any]], by: Publisher) -> None:
        super().__init__([], by)
        self._said = said

    def lines(self, table: Table) -> list[list[Any]]:
        """Their rows. Of the experiment, each knows the number, which is all that the columns ask."""
        if table is not OBSERVATIONS:
            return []
        lines = [RowSource(one, one, self.by) for one in self._said]  # type: ignore[arg-type]
        return [[column.take(line) or None for column in table.columns] for line in lines]
