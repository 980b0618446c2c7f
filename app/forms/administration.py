"""What an administrator says for somebody else: that they are away."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired

from .fields import AtMost, BoxField, DayField, EndsOrLeaves, FrenchForm, kept


class AbsenceForm(FrenchForm):
    email = StringField(
        "Adresse électronique", filters=[kept], validators=[InputRequired("Donnez une adresse"), AtMost(254)]
    )
    from_on = DayField("Premier jour d’absence")
    until_on = DayField("Dernier jour d’absence", validators=[EndsOrLeaves()])
    leaves = BoxField("Cette personne quitte ses fonctions\u00a0: pas de retour prévu")
