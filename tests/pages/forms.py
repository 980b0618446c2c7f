"""What a form sends when it says a content: the contents of the builders, posted as a browser would."""

from datetime import date
from decimal import Decimal
from typing import Any

from experiments.content import Content, Item, questions
from experiments.vocabulary import Word


def fields_of(content: Content, prefix: str = "") -> dict[str, Any]:
    """The fields of a content by name; a list of texts for boxes to tick."""
    found: dict[str, Any] = {f"{prefix}id": content.id} if isinstance(content, Item) else {}
    for question in questions(type(content)):
        value, name = getattr(content, question.name), prefix + question.name
        if question.kind == "items":
            for index, item in enumerate(value):
                found |= fields_of(item, f"{name}-{index}-")
        elif question.kind == "group":
            found |= fields_of(value, f"{name}-")
        elif question.kind == "yesno":
            found |= {name: "y"} if value else {}
        elif question.kind == "codes":
            found[name] = list(value)
        else:
            found[name] = _said(value)
    return found


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Word):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    return str(value)
