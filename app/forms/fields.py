"""Fields that speak French, and give back what was typed when they cannot read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    Form,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, DateInput, HiddenInput, ListWidget, TextInput

from app.templating import number_fr
from experiments.vocabulary import Word
from experiments.words import clean, whole

__all__ = [
    "AN_ADDRESS", "AtMost", "BoxField", "ChecksField", "ChoiceField", "CountField", "DayField", "EndsOrLeaves",
    "FrenchForm", "NumberField", "SelectChoice", "SentenceField", "VersionField", "choices", "kept", "text_field",
]  # fmt: skip

AN_ADDRESS = {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}
"""Of who fills the form: the browser offers it (WCAG 1.3.5), and a telephone shows the @."""
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


class FrenchForm(FlaskForm):
    """A form of which WTForms says in French what it says by itself."""

    class Meta:
        locales = ("fr",)


class _DayInput(DateInput):
    """A browser's date field shows nothing of a text that is no date: then, and only then, a text field."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        if field.errors and field.raw_data:
            return TextInput()(field, **kwargs)
        return super().__call__(field, **kwargs)


class DayField(DateField):
    """A day, as browsers send it or as people write it: 2026-03-01 or 01/03/2026."""

    widget = _DayInput()

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def _value(self) -> str:
        return kept(super()._value())  # type: ignore[misc]  # absent from its type stubs

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError as error:
            raise ValueError("Ce jour n’existe pas : écrivez-le comme 01/03/2026") from error
        if self.data is not None and not EARLIEST <= self.data <= LATEST:
            self.data = None
            raise ValueError("L’année doit être comprise entre 1990 et 2100")


class NumberField(DecimalField):
    """A figure, with a comma or a point, spaces allowed: « 12 345,6 »."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return kept(str(self.raw_data[0]))
        return number_fr(self.data).replace("\u202f", " ") if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = "".join((valuelist or [""])[0].split()).replace("\u202f", "").replace(",", ".")
        if not text:
            return
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise ValueError("Écrivez un nombre, par exemple 12,5") from error
        if not value.is_finite() or abs(value) >= 10**15 or value.as_tuple().exponent < -6:  # type: ignore[operator]
            raise ValueError("Ce nombre est trop grand ou trop précis : six décimales au plus")
        self.data = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class CountField(IntegerField):
    """A whole number, not negative."""

    widget = TextInput()

    def _value(self) -> str:
        return kept(super()._value())  # type: ignore[misc]  # absent from its type stubs

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = "".join((valuelist or [""])[0].split())
        if not text:
            return
        self.data = whole(text, 9)
        if self.data is None:
            raise ValueError("Écrivez un nombre entier, par exemple 1000")


class VersionField(IntegerField):
    """What was on the screen when one began to write; a forged one is 0, which is to have seen nothing."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = whole((valuelist or [""])[0], 9) or 0
        self.raw_data = None


class BoxField(BooleanField):
    """A box to tick: ticked by whatever was sent, and shown with the value it has always had."""

    def _value(self) -> str:
        return "y"


class ChoiceField(SelectField):
    """One answer of a list, or none."""

    def pre_validate(self, _form: Any) -> None:
        if self.data and self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError("Choisissez une réponse de la liste")


class ChecksField(SelectMultipleField):
    """Several answers of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {value for value, *_ in self.iter_choices()}
        if unknown := [value for value in self.data or [] if value not in known]:
            raise ValidationError(f"Réponse inconnue : {kept(', '.join(unknown))[:80]}")


def choices(words: type[Word] | tuple[Word, ...]) -> list[SelectChoice]:
    """The words of a list, as choices."""
    return [SelectChoice(str(word), word.label) for word in words]


def kept(text: str | None) -> str:
    """The filter of every text field."""
    return clean(text or "")


class AtMost:
    """A text's longest length, said with the length it has."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, _form: Form, field: Field) -> None:
        if len(field.data or "") > self.longest:
            raise ValidationError(
                f"{number_fr(self.longest)} caractères au plus : votre texte en compte {number_fr(len(field.data))}"
            )


class EndsOrLeaves:
    """The last day of an absence, unless the box beside it says that there is none: somebody leaves on purpose."""

    def __call__(self, form: Form, field: Field) -> None:
        if field.errors:
            return
        if form["leaves"].data and field.data:
            raise ValidationError("Un départ n’a pas de dernier jour : effacez-le, ou décochez le départ")
        if not form["leaves"].data and not field.data:
            raise ValidationError("Donnez le dernier jour, ou cochez le départ s’il n’y a pas de retour prévu")


class SentenceField(TextAreaField):
    """One line that is a sentence, in a box that shows it whole; a line end typed in it is a space."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        lines = kept(valuelist[0]).split("\n") if valuelist else ()
        self.data = " ".join(filter(None, map(str.strip, lines)))


def text_field(label: str, longest: int, *, lines: bool, validators: Sequence[Any] = ()) -> Any:
    """A field for a text, on one line or several."""
    kind = TextAreaField if lines else StringField
    return kind(label, filters=[kept], validators=[AtMost(longest), *validators])
