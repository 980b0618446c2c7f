"""A proposal that was refused: why, and what it would have been. Nothing is told as if it had run."""

from __future__ import annotations

from typing import Any

from app import wording
from app.i18n import Typed
from app.i18n import gettext as _
from experiments import declared as d
from experiments.words import said

from .promised import people_of
from .view import Fact, View, anchor, facts, written


def refusal(view: View) -> list[dict[str, Any]]:
    """The act that refuses, its reasons first."""
    return [
        {
            "anchor": anchor(decision),
            "why": facts(act, "facts") + facts(act, "law"),
            "act": facts(act, "act", "number", "signed_on", "body", "capacity", "remedies"),
        }
        for decision, act in view.acts
    ]


def proposed(view: View) -> list[Fact]:
    """What was asked for: what, where, for whom, from when to when, and the rules it wished to set aside."""
    x = view.x
    identity, duration, publication = x.read(d.Identity), x.read(d.Duration), x.read(d.Publication)
    dates = ""
    if duration.starts_on and duration.ends_on:
        first, last = wording.day(duration.starts_on), wording.day(duration.ends_on)
        dates = _("Du %(first)s au %(last)s", first=first, last=last)
    carrier = (identity.organisation, identity.department, identity.function)
    found = [
        (_("Qu’est-ce qui aurait changé ?"), written(publication.plain)),
        (_("Où ?"), Typed(view.where)),
        (_("Pour qui ?"), people_of(identity)),
        (_("Quand ?"), dates),
        (_("Qui le proposait ?"), [Typed(text) for text in carrier if said(text)]),
        (_("Quelles règles auraient été écartées ?"), [Typed(item.rule) for item in x.read(d.Derogations).items]),
    ]
    return [(question, answer) for question, answer in found if answer] + facts(identity, "problem", "hypothesis")
