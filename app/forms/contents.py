"""The form of a content, drawn from its questions: one declaration, one form."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any, TypeVar, cast

from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import Email, Optional

from experiments.content import Content, Item, Question, questions
from experiments.policy import current as policy
from experiments.vocabulary import Word
from experiments.words import whole

from .fields import (
    AtMost,
    BoxField,
    ChecksField,
    ChoiceField,
    CountField,
    DayField,
    FrenchForm,
    NumberField,
    SelectChoice,
    SentenceField,
    VersionField,
    kept,
    text_field,
)

C = TypeVar("C", bound=Content)

ROWS = 60
"""The most rows that a list takes."""
SENTENCE = 200
"""Signs from which a line is a sentence: in a box of one line, its end was out of sight."""


class ContentForm(FrenchForm):
    """The form of a whole content; `version` is what was on the person's screen when they began to write."""

    version = VersionField(default=0)


class Rows(FieldList):  # type: ignore[type-arg]
    """A list of rows, whose places are small whole numbers, whatever a form pretends."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Any:
        known = [key for key in formdata if _is_index(key.removeprefix(f"{prefix}-").split("-")[0])]
        return super()._extract_indices(prefix, known)  # type: ignore[misc]


class SubForm(Form):
    class Meta:
        locales = ("fr",)


@cache
def form_for(kind: type[Content]) -> type[ContentForm]:
    """The form class of a content."""
    return cast(type[ContentForm], _form_class(kind, ContentForm))


@cache
def _sub_form(kind: type[Content]) -> type[SubForm]:
    return cast(type[SubForm], _form_class(kind, SubForm))


def _form_class(kind: type[Content], base: type[Form]) -> type[Form]:
    fields: dict[str, Any] = {question.name: _field(question) for question in questions(kind)}
    if issubclass(kind, Item):
        fields["id"] = HiddenField(filters=[kept], validators=[AtMost(40)])
    return type(f"{kind.__name__}Form", (base,), fields)


def _field(question: Question) -> Any:
    if question.kind == "items":
        return Rows(FormField(_sub_form(question.type)), question.title, max_entries=ROWS)
    if question.kind == "group":
        return FormField(_sub_form(question.type), question.title)
    if question.list in {"criteria", "derogations"}:
        return HiddenField(filters=[kept], validators=[AtMost(40)])
    if question.list == "policies":
        return ChoiceField(question.title, choices=lambda: _choices(policy().policies))
    if question.kind == "codes":
        return ChecksField(question.title, choices=lambda: _by_name(policy().communes))
    return _plain_field(question)


def _plain_field(question: Question) -> Any:
    match question.kind:
        case "date":
            return DayField(question.title)
        case "number":
            return NumberField(question.title)
        case "integer":
            return CountField(question.title)
        case "yesno":
            return BoxField(question.title)
        case "choice":
            words: type[Word] = question.type
            return ChoiceField(question.title, choices=_choices({w.value: w.label for w in words}))
        case "email":
            checks = [Optional(), Email("Écrivez une adresse complète, comme service@ville.fr")]
            return text_field(question.title, question.longest, lines=False, validators=checks)
        case "line" if question.longest >= SENTENCE:
            return SentenceField(question.title, filters=[kept], validators=[AtMost(question.longest)])
    return text_field(question.title, question.longest, lines=question.kind == "text")


def _choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", "Choisir…"), *(SelectChoice(code, label) for code, label in words.items())]


def _by_name(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in sorted(words.items(), key=lambda pair: pair[1])]


def notes_for(kind: type[Content]) -> dict[str, dict[str, str]]:
    """Why each question is asked, an example and a unit, as the templates take them."""
    return {
        q.name: {key: text for key, text in (("why", q.why), ("example", q.example), ("unit", q.unit)) if text}
        for q in questions(kind)
    }


def all_notes(kind: type[Content]) -> dict[str, dict[str, dict[str, str]]]:
    """The notes of a content under "", and those of each of its lists and groups under their name."""
    nested = {q.name: notes_for(q.type) for q in questions(kind) if q.kind in {"items", "group"}}
    return {"": notes_for(kind), **nested}


def list_fields(kind: type[Content]) -> dict[str, dict[str, object]]:
    """What the page must know of each list: what one row is called, and whether people add and remove rows."""
    found: dict[str, dict[str, object]] = {}
    for question in questions(kind):
        if question.kind == "items":
            answers_for = next((q.name for q in questions(question.type) if q.list in {"criteria", "derogations"}), "")
            found[question.name] = {
                "one": question.type.label, "added": question.type.added, "answers_for": answers_for
            }  # fmt: skip
    return found


def shown(kind: type[C], content: C, version: int) -> ContentForm:
    """The form of a content, filled with it."""
    return form_for(kind)(formdata=None, data={**_data(content), "version": version})


def _data(content: Content) -> dict[str, Any]:
    found: dict[str, Any] = {"id": content.id} if isinstance(content, Item) else {}
    for question in questions(type(content)):
        value = getattr(content, question.name)
        if question.kind == "items":
            value = [_data(item) for item in value]
        elif question.kind == "group":
            value = _data(value)
        elif question.kind == "choice":
            value = value or ""
        found[question.name] = value
    return found


def read(kind: type[C], form: Any, before: C | None = None) -> C:
    """What a form says, as a content. An answer that could not be read keeps what was there before it."""
    values: dict[str, Any] = {}
    for question in questions(kind):
        field, old = form[question.name], getattr(before, question.name) if before else None
        if question.kind == "items":
            by_id = {item.id: item for item in old or []}
            # An identifier serves once: a second row under the same one is another row.
            rows = [read(question.type, entry.form, by_id.pop(entry.form["id"].data, None)) for entry in field.entries]
            values[question.name] = [_told_apart(row, rows[:i]) for i, row in enumerate(rows)]
        elif question.kind == "group":
            values[question.name] = read(question.type, field.form, old)
        elif field.errors or _was_not_sent(question, field):
            if before is not None:
                values[question.name] = old
        elif question.kind == "choice":
            values[question.name] = question.type(field.data) if field.data else None
        else:
            values[question.name] = field.data if field.data is not None else _nothing(question)
    if issubclass(kind, Item):
        values["id"] = form["id"].data or secrets.token_hex(4)
    return kind(**{name: value for name, value in values.items() if not _keeps_default(kind, name, value)})


def _told_apart(row: Any, before: list[Any]) -> Any:
    if any(row.id == other.id for other in before):
        row.id = secrets.token_hex(4)
    return row


def _was_not_sent(question: Question, field: Any) -> bool:
    """Whether the form came without this field: it then says nothing of it. Boxes left unticked send nothing either."""
    return question.kind not in {"yesno", "codes"} and not field.raw_data


def _nothing(question: Question) -> Any:
    return {"line": "", "text": "", "email": "", "codes": []}.get(question.kind)


def _keeps_default(kind: type[Content], name: str, value: Any) -> bool:
    """A list that may not be left empty (base juridique) goes back to its default."""
    return value is None and getattr(kind(), name) is not None


def act_on_rows(form: Any, action: str) -> str:
    """Add or remove a row, as the button pressed says; gives the place to go back to, "" for no such button."""
    verb, _, rest = action.partition("-")
    name, _, index = rest.rpartition("-") if verb == "remove" else (rest, "", "")
    rows = form._fields.get(name)
    if not isinstance(rows, FieldList):
        return ""
    if verb == "add" and len(rows.entries) < ROWS:
        rows.append_entry({"id": secrets.token_hex(4)})
        return f"{name}-{len(rows.entries) - 1}"
    if verb == "remove" and _is_index(index) and int(index) < len(rows.entries):
        del rows.entries[int(index)]
        for position, entry in enumerate(rows.entries):
            _rename(entry, f"{name}-{position}")
        return str(name)
    return ""


def _is_index(text: str) -> bool:
    return whole(text, 3) is not None


def _rename(entry: Any, name: str) -> None:
    """Give a row the place it has now: names and identifiers count from zero."""
    old = entry.name
    entry.name = entry.id = name
    for field in entry.form:
        field.name, field.id = field.name.replace(old, name, 1), field.id.replace(old, name, 1)
        field.label.field_id = field.id
