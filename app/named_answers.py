"""What a command or a program says at a gate, field by field, becomes the answers that its form would have made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from experiments.content import Content, Question, questions
from experiments.words import clean

from .forms.fields import EARLIEST, LATEST


class Unreadable(Exception):
    """Fields that cannot be read; its text is French and names each."""


def read(kind: type[Content], given: Mapping[str, Any]) -> Content:
    """The answers that a gate asks for, from values by name; an absent one keeps its default. Raises Unreadable."""
    asked = {question.name: question for question in questions(kind)}
    problems = [f"« {name} » n’est pas demandé ici{_known(asked)}" for name in given if name not in asked]
    values: dict[str, Any] = {}
    for name, question in asked.items():
        if name in given:
            try:
                values[name] = _value(question, given[name])
            except (msgspec.ValidationError, ValueError):
                problems.append(f"« {name} » : {_expected(question)}")
    if problems:
        raise Unreadable(" ; ".join(problems))
    return kind(**values)


def _known(asked: Mapping[str, Question]) -> str:
    return f" (champs : {', '.join(asked)})" if asked else " : ce jalon ne demande rien de plus que le dossier"


def _value(question: Question, given: Any) -> Any:
    if given is None or given == "":
        return "" if question.type is str else None
    value = msgspec.convert(given, question.type)
    if isinstance(value, str) and question.type is str:
        value = clean(value)
        if len(value) > question.longest:
            raise ValueError
    if isinstance(value, date) and not EARLIEST <= value <= LATEST:
        raise ValueError
    return value


def _expected(question: Question) -> str:
    if question.kind == "choice":
        return f"un mot de cette liste est attendu : {', '.join(question.type)}"
    if question.kind == "date":
        return "un jour de 1990 à 2100 est attendu, comme 2026-03-01"
    return f"un texte de {question.longest} caractères au plus est attendu"
