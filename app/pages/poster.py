"""The poster for the street: one experiment on one sheet, to read at two metres, with the way to its page."""

from __future__ import annotations

import re

import segno
from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from app import clock, db, wording
from app.config import current as config
from app.keeping import kept
from app.presentation import field_over
from app.sheet.view import View
from experiments import declared as d
from experiments import publications
from experiments.voices import HEARD
from experiments.words import begun, typeset

bp = Blueprint("poster", __name__)

PAPERS = ("a4", "a3")
LONGEST_REFUSAL = 170
"""Characters: what is longer is read on the page that the poster leads to."""
LONGEST_PLACE = 80
DENSITIES = {390: "dense", 660: "dense crowded"}
"""Signs of the whole, from which all is set smaller: the widest of the system's fonts still fits."""
TITLE, SMALL, ADDRESS = 2.8, 0.6, 0.7
"""How much room a sign takes, beside one of the summary."""
_SENTENCE = re.compile(r".+?[.!?…](?=\s|$)", re.DOTALL)


@bp.get("/experimentations/<number:number>/affiche")
@kept
def poster(number: str) -> str:
    """One sheet, A4 or `?format=a3`, while it is under way."""
    x = publications.one(db.public(), number)
    if x is None or not x.is_under_way:
        abort(404)
    address = f"{config().public_url}/experimentations/{x.number}"
    identity, given = x.read(d.Identity), request.args.get("format", "")
    refusal = brief(x.read(d.Stakeholders).withdrawal, LONGEST_REFUSAL)
    view = View(x, clock.today())
    place, now = brief(view.place, LONGEST_PLACE), standing(view)
    small = (place, now, x.organisation, identity.department, identity.mailbox, refusal)
    size = TITLE * len(x.title) + len(x.summary) + SMALL * sum(map(len, small)) + ADDRESS * len(address)
    return render_template(
        "public/poster.html",
        x=x,
        identity=identity,
        place=place,
        now=now,
        heard=x.status in HEARD,
        refusal=refusal,
        density=next((name for most, name in reversed(DENSITIES.items()) if size > most), ""),
        address=address,
        code=code_of(address),
        paper=given if given in PAPERS else PAPERS[0],
        papers=PAPERS,
    )


def standing(view: View) -> str:
    """What is no longer as its dates say, for whoever stands in front of it; a paper hangs for weeks: no days left."""
    x, told = view.x, []
    if view.suspended_on:
        told.append(f"suspendue depuis le {wording.day(view.suspended_on)}")
    if x.field_ended_on:
        told.append(field_over(x, view.today))
    elif x.is_overdue(view.today):
        told.append("cette fin est passée, sans évaluation")
    elif told:
        told.append("la fin ne change pas")
    words = " ; ".join(told)
    return typeset(f"{begun(words)}.") if told else ""


def code_of(address: str) -> Markup:
    """The QR code of an address: a third of a poster may be torn off, or wet, before it no longer reads."""
    code = segno.make_qr(address, error="q", boost_error=False)
    return Markup(code.svg_inline(omitsize=True, border=4, svgclass=None, lineclass=None))  # noqa: S704 - drawn here


def brief(text: str, most: int) -> str:
    """The first sentences that fit, whole; else what fits of the first one."""
    if len(text) <= most:
        return text
    kept = ""
    for sentence in _SENTENCE.findall(text):
        if len(kept) + len(sentence) > most:
            break
        kept += sentence
    return kept.strip() or text[:most].rpartition(" ")[0].rstrip(" ,;:") + "…"
