"""The page that explains the API to those who write programs: its addresses, with what they answer here and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Blueprint, render_template
from markupsafe import Markup, escape

from app import clock, db, openapi
from app import representations as as_json
from app.config import ROOT
from app.config import current as config
from app.hooks import message
from app.keeping import kept
from experiments import deliveries, lists, webhooks
from experiments.filters import Filters
from experiments.lifecycle import LIFECYCLE
from experiments.published import TOLD
from experiments.words import typeset

bp = Blueprint("guide", __name__)

RECEIVER = ROOT / "docs" / "recevoir.py"
"""A program that receives, which a test runs: what is shown works."""
UNKNOWN = "2026-014"
"""The number in the examples of a register that is still empty."""


@dataclass(frozen=True)
class WebhookEvent:
    """An event that webhooks tell of."""

    name: str
    label: str
    purpose: str


@bp.get("/donnees/api")
@kept
def page() -> str:
    """How to read the register, and how to be told of it."""
    public_url = config().public_url
    line = next(iter(lists.following(db.public(), Filters(status="all"), clock.today(), limit=1)), None)
    shown = as_json.summary(line, public_url, clock.today()) if line else None
    return render_template(
        "api/guide.html", site=public_url,
        filters=[(name, english, typeset(words), given) for name, english, words, given in openapi.FILTERS],
        number=line.number if line else UNKNOWN,
        answer=_pretty(shown) if shown else "", message=_pretty(message.example(public_url)),
        receiver=RECEIVER.read_text(encoding="utf-8"), events=_events(), back_off=len(deliveries.BACK_OFF),
        patience=deliveries.PATIENCE.days, both=webhooks.BOTH.days,
    )  # fmt: skip


@bp.app_template_filter()
def ticked(words: str) -> Markup:
    """Words in which `this` is code."""
    plain, *pairs = words.split("`")
    texts = [
        Markup("<code>{}</code>").format(one) if place % 2 == 0 else escape(one) for place, one in enumerate(pairs)
    ]
    return escape(plain) + Markup("").join(texts)


def _pretty(content: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def _events() -> list[WebhookEvent]:
    return [
        WebhookEvent(f"experiment.{gate}", gate.label, gate.purpose)
        for gate in LIFECYCLE.values()
        if gate.target in TOLD
    ]
