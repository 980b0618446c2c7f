"""The small forms of a file: opening it, naming people, asking for opinions and giving them."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from experiments.vocabulary import NAMED, OpinionKind, OpinionSense

from .fields import AtMost, FrenchForm, SelectChoice, VersionField, choices, kept


class OpenForm(FrenchForm):
    title = StringField("Titre", filters=[kept], validators=[AtMost(100)])
    nonce = HiddenField(filters=[kept], validators=[AtMost(64)])


class NameForm(FrenchForm):
    email = StringField(
        "Adresse électronique", filters=[kept], validators=[InputRequired("Donnez une adresse"), AtMost(254)]
    )
    # Nothing is chosen beforehand: whoever names an evaluator in haste would hand over the file.
    part = SelectField(
        "Rôle dans ce dossier",
        choices=[SelectChoice("", "Choisir…"), *choices(NAMED)],
        validators=[InputRequired("Choisissez un rôle")],
    )


class ReplyForm(FrenchForm):
    text = TextAreaField("Votre réponse", filters=[kept])


class AskOpinionForm(FrenchForm):
    adviser = SelectField("À qui", coerce=int, validators=[DataRequired("Choisissez une personne")])
    kind = SelectField(
        "Au titre de",
        choices=[SelectChoice("", "Choisir…"), *choices(OpinionKind)],
        validators=[InputRequired("Dites à quel titre")],
    )
    question = TextAreaField("Question posée", filters=[kept], validators=[AtMost(4000)])


class OpinionForm(FrenchForm):
    version = VersionField(default=0)
    sense = SelectField(
        "Sens de l’avis",
        choices=[SelectChoice("", "Choisir…"), *choices(OpinionSense)],
        validators=[InputRequired("Dites s’il est favorable")],
    )
    text = TextAreaField(
        "Motifs et recommandations", filters=[kept], validators=[DataRequired("Dites ce qui le motive"), AtMost(20_000)]
    )
