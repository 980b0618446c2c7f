"""What whoever moderates decides of an observation."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired

from experiments.model.voice import Decline
from experiments.voices import LONGEST

from .fields import AtMost, BoxField, SelectChoice, choices, kept


class PublishForm(FlaskForm):
    class Meta:
        locales = ("fr",)

    published = TextAreaField("Texte qui sera publié", filters=[kept], validators=[AtMost(LONGEST)])
    sure = BoxField("L’adresse ou le numéro qui reste dans ce texte peut être publié")


class AnswerForm(FlaskForm):
    class Meta:
        locales = ("fr",)

    answer = TextAreaField("Réponse", filters=[kept], validators=[AtMost(4000)])


class DeclineForm(FlaskForm):
    class Meta:
        locales = ("fr",)

    # Whoever wrote is told the reason: none is given that nobody chose.
    reason = SelectField(
        "Motif",
        choices=[SelectChoice("", "Choisir…"), *choices(Decline)],
        validators=[InputRequired("Choisissez un motif")],
    )
    withdrawn = BoxField(
        "Je la retire de la page publique, où une ligne dira qu’elle a été retirée, quand et pour quel motif"
    )
