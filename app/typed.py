"""What somebody typed, kept whatever goes wrong: an error, a session that ended, a file that moved."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from experiments.content import Content, Question, questions
from experiments.gates import Gate
from experiments.parts import PartOfFile
from experiments.words import clean, whole

Fields = list[tuple[str, str]]

MOST = 5000
"""Fields that come back: no form of ours has as many, and a page gave back six hundred thousand of nobody's."""
_SECRET = frozenset({"csrf_token", "password", "current", "again"})
_TEXTS = frozenset({"line", "text", "email", "date", "number", "integer"})
_LABELS = {"title": "Titre", "question": "Question posée", "text": "Motifs et recommandations",
           "email": "Adresse électronique", "label": "Nom de la clé",
           "observation": "Votre observation"}  # fmt: skip


def typed() -> Fields:
    """The fields that were sent, without control characters: never a password nor a button."""
    if request.method != "POST":
        return []
    try:
        every = islice(request.form.items(multi=True), MOST)
        sent = [pair for pair in every if pair[0] not in _SECRET and pair[0] != "_action"]
    except HTTPException:
        return []
    return [(clean(name), clean(value)) for name, value in sent]


def readable(fields: Fields, path: str = "") -> list[tuple[str, str]]:
    """The texts among these fields, each under its question: those sent to this address, or by this request."""
    content = _content(path)
    labelled = [(_label(content, name) if content else _LABELS.get(name, ""), value) for name, value in fields]
    return [(label, value) for label, value in labelled if label and value.strip()]


def _content(path: str) -> type[Content] | None:
    """What the form at this address asks, when it is that of a part or of a gate."""
    found: Mapping[str, Any] = request.view_args or {}
    if path:
        try:
            _, found = current_app.url_map.bind("").match(path, method="POST")
        except (HTTPException, RequestRedirect):
            return None
    part, gate = found.get("part"), found.get("gate")
    if isinstance(part, PartOfFile):
        return part.content
    return gate.asks if isinstance(gate, Gate) else None


def _label(kind: type[Content], name: str) -> str:
    """The question of a field, « Critère 2 · Cible »; empty for a choice, which its code does not tell."""
    for question in questions(kind):
        if name == question.name:
            return question.title if question.kind in _TEXTS and not question.list else ""
        if name.startswith(f"{question.name}-"):
            return _below(question, name.removeprefix(f"{question.name}-"))
    return ""


def _below(question: Question, name: str) -> str:
    """The same inside a list or a group."""
    if question.kind not in {"items", "group"}:
        return ""
    title = question.title
    if question.kind == "items":
        index, _, name = name.partition("-")
        place = whole(index, 4)
        title = f"{question.type.label} {index if place is None else place + 1}"
    below = _label(question.type, name)
    return f"{title} · {below}" if below else ""


def init_app(app: Flask) -> None:
    app.add_template_filter(readable)
