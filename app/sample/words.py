"""What is real and what is made up, said in the record itself; and French spacing for all of it.

A text that is made up ends by « (fictif) ». A file that is made up from end to end says « Dossier fictif » in its
summary, and only its acts repeat it.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from experiments.content import Content
from experiments.words import typeset

LABEL = "(fictif)"
WHOLE = "Dossier fictif"

C = TypeVar("C", bound=Content)


def invented(text: str) -> str:
    """The text, labelled: « Quarante foyers sont équipés (fictif). »"""
    return f"{text[:-1]} {LABEL}." if text.endswith(".") else f"{text} {LABEL}"


def set_in_type(text: str) -> str:
    """No-break spaces where French wants them: around its marks, inside its numbers, before units and labels."""
    text = typeset(text)
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "\u202f", text)
    text = re.sub(r"(?<=\d) (?=(?:h|km|m|m²|kWh|Mb|dB|M€|ans?|mois|jours?|nuits?)\b)", "\u00a0", text)
    return text.replace(f" {LABEL}", f"\u00a0{LABEL}")


def in_french(content: C) -> C:
    """A content with all its texts set in type."""
    return msgspec.convert(_each_text(msgspec.to_builtins(content)), type=type(content))


def _each_text(value: Any) -> Any:
    if isinstance(value, str):
        return set_in_type(value)
    if isinstance(value, list):
        return [_each_text(one) for one in value]
    if isinstance(value, dict):
        return {key: _each_text(one) for key, one in value.items()}
    return value
