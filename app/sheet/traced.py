"""The trace of one experiment: its steps in brief, or all of its entries; and what to check them with."""

from __future__ import annotations

from typing import Any

from flask import current_app

from app import history
from experiments.lifecycle import LIFECYCLE

from .view import View

STEPS = {*LIFECYCLE, "interim-evaluation", "extension-asked", "reply"}
"""What a passer-by wants to know of; the page of its history has the other entries too."""


def steps(view: View) -> dict[str, Any]:
    """The steps, the last fingerprint, and how to check it."""
    return {
        "lines": [history.line(step) for step in view.x.steps if step.event in STEPS],
        "others": sum(step.event not in STEPS for step in view.x.steps),
        **_check(view),
    }


def everything(view: View) -> dict[str, Any]:
    """Every entry with its fingerprint."""
    return {"lines": [history.line(step) for step in view.x.steps], **_check(view)}


def _check(view: View) -> dict[str, Any]:
    """And the fingerprint of what was frozen, against the published one."""
    x, authorised = view.x, next((s for s in reversed(view.x.steps) if s.event == "authorise"), None)
    published = history.body_of(authorised).facts["sealed"] if authorised else ""
    return {
        "last": x.steps[-1].hash,
        "site": current_app.config["JALON"].public_url,
        "sealed": x.sealed,
        "holds": x.sealed == published,
        "published": published,
        "on": history.day_of(authorised) if authorised else None,
    }
