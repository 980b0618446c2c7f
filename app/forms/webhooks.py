"""What an administrator says of a program to be told: its name, its address."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from app.config import current as config
from app.hooks.reach import Unreachable, reach_of

from .fields import AtMost, FrenchForm, kept


class WebhookForm(FrenchForm):
    label = StringField("À quoi il sert", filters=[kept], validators=[InputRequired("Donnez-lui un nom"), AtMost(100)])
    url = StringField("Adresse", filters=[kept], validators=[InputRequired("Donnez une adresse"), AtMost(500)])

    def validate_url(self, field: StringField) -> None:
        try:
            reach_of(config()).target(field.data or "")
        except Unreachable as error:
            raise ValidationError(str(error)) from error
