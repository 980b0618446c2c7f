"""The trace of one experiment: its steps in brief, or all of its entries; and what to check them with."""

from __future__ import annotations

from typing import Any, NamedTuple

from app import history
from app.config import current as config
from app.i18n import Typed
from app.i18n import gettext as _
from experiments import trace
from experiments.acts import Act, Conclusion, Reason
from experiments.content import decode, questions
from experiments.lifecycle import LIFECYCLE
from experiments.published import Published, Step

from .view import View, anchor

STEPS = {*LIFECYCLE, "interim-evaluation", "extension-asked", "reply"}
"""What a passer-by wants to know of; the page of its history has the other entries too."""


def steps(view: View) -> dict[str, Any]:
    """The steps, the last fingerprint, and how to check it."""
    return {
        "lines": [_line(step) for step in view.x.steps if step.event in STEPS],
        "others": sum(step.event not in STEPS for step in view.x.steps),
        **_check(view),
    }


def everything(view: View) -> dict[str, Any]:
    """Every entry with its fingerprint."""
    return {"lines": [_line(step) for step in view.x.steps], "proofs": proofs(view.x), **_check(view)}


def _line(step: Step) -> history.HistoryLine:
    """An entry, with the reason that it publishes."""
    line = history.line(step)
    return line._replace(text=Typed(step.reasons["reason"])) if "reason" in step.reasons else line


class Proof(NamedTuple):
    """A reason that the public reads, in an act or beside its step: what committed to it, and the salt to check it."""

    seq: int
    field: str
    label: str
    what: str
    salt: str
    text: str


def proofs(x: Published) -> list[Proof]:
    """Every reason that anybody may check, entry by entry."""
    labels = {one.name: one.title for kind in (Conclusion, Reason) for one in questions(kind)}
    acts = [decode(Conclusion, one.text) for one in x.decisions]
    return [
        Proof(step.seq, field, _(labels[field]), history.line(step).what, salt, text)
        for step in x.steps
        for field, salt in step.salts.items()
        for text in ([step.reasons[field]] if field in step.reasons else sorted({getattr(a, field) for a in acts}))
        if trace.commitment(salt, text) == history.body_of(step).withheld[field]
    ]


def _check(view: View) -> dict[str, Any]:
    """And the fingerprint of what was frozen, against the published one."""
    x, authorised = view.x, next((s for s in reversed(view.x.steps) if s.event == "authorise"), None)
    published = history.body_of(authorised).facts["sealed"] if authorised else ""
    return {
        "last": x.steps[-1].hash,
        "site": config().public_url,
        "sealed": x.sealed,
        "holds": x.sealed == published,
        "published": published,
        "on": history.day_of(authorised) if authorised else None,
        # An end put off is seen on the same page: it is said to have moved, and by what.
        "put_off": [(one.ends_on, decode(Act, one.text), anchor(one)) for one in x.periods[1:]],
    }
