"""Signing in, and one's own account."""

from __future__ import annotations

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from experiments.obligations import Language, Pace

from .fields import AN_ADDRESS, AtMost, BoxField, DayField, EndsOrLeaves, FrenchForm, choices, kept

LEAST = 12
"""The least characters of a password (CNIL, 2022: twelve, with a limit on attempts)."""


NEW = {"autocomplete": "new-password"}


class SignInForm(FrenchForm):
    email = StringField(
        "Adresse électronique",
        filters=[kept],
        validators=[InputRequired("Donnez votre adresse"), AtMost(254)],
        render_kw={**AN_ADDRESS, "autocomplete": "username"},
    )
    password = PasswordField(
        "Mot de passe",
        validators=[InputRequired("Donnez votre mot de passe"), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FrenchForm):
    current = PasswordField(
        "Mot de passe actuel",
        validators=[InputRequired("Donnez votre mot de passe actuel")],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "Nouveau mot de passe",
        validators=[Length(LEAST, 1000, f"Il faut au moins {LEAST} caractères ; une phrase se retient bien")],
        render_kw=NEW,
    )
    again = PasswordField(
        "Nouveau mot de passe, une seconde fois",
        validators=[EqualTo("password", "Les deux saisies ne sont pas les mêmes")],
        render_kw=NEW,
    )


class TokenForm(FrenchForm):
    label = StringField(
        "À quoi servira cette clé", filters=[kept], validators=[InputRequired("Donnez-lui un nom"), AtMost(100)]
    )


class WishesForm(FrenchForm):
    language = SelectField("Langue des courriels", choices=choices(Language))
    pace = SelectField("Rythme", choices=choices(Pace))


class AbsenceForm(FrenchForm):
    from_on = DayField("Premier jour", validators=[InputRequired("Donnez le premier jour")])
    until_on = DayField("Dernier jour", validators=[EndsOrLeaves()])
    leaves = BoxField("Je quitte mes fonctions\u00a0: pas de retour prévu")
