"""What whoever moderates decides of an observation."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import ValidationError

from experiments.model.voice import Decline
from experiments.voices import LONGEST

from .fields import AtMost, BoxField, FrenchForm, choices, kept


class PublishForm(FrenchForm):
    published = TextAreaField("Texte qui sera publié", filters=[kept], validators=[AtMost(LONGEST)])
    sure = BoxField("L’adresse ou le numéro qui reste dans ce texte peut être publié")


class AnswerForm(FrenchForm):
    answer = TextAreaField("Réponse", filters=[kept], validators=[AtMost(4000)])


class ReasonField(RadioField):
    """One reason of the list, none of them chosen beforehand."""

    def pre_validate(self, _form: Any) -> None:
        if self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError("Choisissez le motif : il est dit à la personne qui a écrit")


class DeclineForm(FrenchForm):
    reason = ReasonField("Motif", choices=choices(Decline))
    withdrawn = BoxField(
        "Je la retire de la page publique, où une ligne dira qu’elle a été retirée, quand et pour quel motif"
    )
