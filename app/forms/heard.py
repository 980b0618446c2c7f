"""What citizens send: something to say, or an address to be written to. Labels are in the language of the page."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, Form, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app import wording
from app.i18n import gettext
from app.i18n import later as _
from experiments.voices import LONGEST, SHORTEST, plain
from experiments.words import said

from .fields import AN_ADDRESS, FrenchForm, SelectChoice, kept

LONGEST_ADDRESS = 254
"""Characters of an address that servers of mail take (RFC 5321)."""


class Address:
    """An address that can be written to; none at all where it is not required."""

    def __init__(self, *, required: bool) -> None:
        self.required = required

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.data:
            if self.required:
                raise ValidationError(gettext("Donnez votre adresse électronique"))
            return
        try:
            if len(field.data) > LONGEST_ADDRESS:
                raise EmailNotValidError  # It would be said below too, once half a million signs were read.
            checked = validate_email(
                field.data, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
            )
            if "." not in checked.ascii_domain:
                raise EmailNotValidError  # A machine of an inner network: no citizen is written to there.
        except EmailNotValidError as error:
            raise ValidationError(
                gettext("Cette adresse est incomplète ou mal écrite. Exemple : prenom.nom@exemple.fr")
            ) from error
        # As servers know it: a domain with accents travels written otherwise, and is one domain.
        field.data = checked.ascii_email or checked.normalized


class Empty:
    """A trap for programs that fill in all they find: people neither see it nor reach it."""

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data:
            raise ValidationError(gettext("Laissez ce champ vide : il n’est là que pour les programmes"))


class Length:
    """Long enough to say something, short enough to be read."""

    def __call__(self, _form: Form, field: Field) -> None:
        length = len(field.data or "")
        # First: what follows reads the whole text.
        if length > LONGEST:
            raise ValidationError(
                gettext(
                    "%(most)s caractères au plus : votre texte en compte %(num)s",
                    most=wording.number(LONGEST), num=wording.number(length),
                )
            )  # fmt: skip
        if not said(field.data):
            raise ValidationError(gettext("Écrivez ce que vous avez à dire"))
        if length < SHORTEST:
            raise ValidationError(gettext("Écrivez au moins %(num)s caractères", num=SHORTEST))


class _Outside(FrenchForm):
    site = StringField(_("Ne remplissez pas ce champ"), filters=[kept], validators=[Empty()])

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        for field in self:
            field.label.text = gettext(field.label.text)


class VoiceForm(_Outside):
    kind = RadioField(_("Ce que vous envoyez"))
    observation = TextAreaField(_("Votre texte"), filters=[kept, plain], validators=[Length()])
    email = StringField(
        _("Votre adresse électronique"), filters=[kept], validators=[Address(required=False)], render_kw=AN_ADDRESS
    )

    def offer(self, kinds: Any) -> None:
        """The kinds that may be chosen: the first one unless another is, and the only one whatever is sent."""
        self.kind.choices = [SelectChoice(str(kind), gettext(kind.label)) for kind in kinds]
        if not self.kind.data or len(kinds) == 1:
            self.kind.data = str(kinds[0])


class FollowForm(_Outside):
    email = StringField(
        _("Votre adresse électronique"), filters=[kept], validators=[Address(required=True)], render_kw=AN_ADDRESS
    )
