"""The poster for the street: one experiment on one sheet, to read at two metres, with the way to its page."""

from __future__ import annotations

import re
from math import ceil
from typing import NamedTuple

import segno
from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from app import clock, db, wording
from app.config import current as config
from app.keeping import kept
from app.presentation import field_over
from app.sheet.promised import UNSAID
from app.sheet.view import View
from experiments import declared as d
from experiments import publications
from experiments.lived import never_began
from experiments.vocabulary import FIELD_NOT_OVER
from experiments.voices import HEARD
from experiments.words import begun, typeset

bp = Blueprint("poster", __name__)

PAPERS = ("a4", "a3")
LONGEST_REFUSAL = 170
"""Characters: what is longer is read on the page that the poster leads to."""
LONGEST_PLACE = 80
SCALES = range(17, 5, -1)
"""How large all is set, in tenths: the largest that the sheet holds, so that one reads from as far as may be."""
WIDE, BOLD = 0.57, 0.63
"""How wide a sign is, beside its height, in the widest of the fonts that a system may give."""
WIDTH, HEIGHT = 180, 266
"""Millimetres of an A4 within its margins."""
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
    view = View(x, clock.today())
    # Once the trial itself is over, or will not be, nobody is left in the street to refuse it.
    refusal = ""
    if x.status in FIELD_NOT_OVER and not never_began(x, view.today):
        refusal = brief(x.read(d.Stakeholders).withdrawal, LONGEST_REFUSAL) or typeset(UNSAID)
    place, now = brief(view.place, LONGEST_PLACE), standing(view)
    carrier = (", ".join(filter(None, (x.organisation, identity.department))), identity.mailbox)
    when = f"Du {wording.day(x.starts_on)} au {wording.day(x.ends_on)}"
    words = Words(place, x.title, x.summary, when, now, carrier, refusal, address)
    return render_template(
        "public/poster.html",
        x=x,
        identity=identity,
        place=place,
        now=now,
        heading=heading(view),
        heard=x.status in HEARD,
        refusal=refusal,
        scale=words.scale(),
        address=address,
        code=code_of(address),
        paper=given if given in PAPERS else PAPERS[0],
        papers=PAPERS,
    )


class Words(NamedTuple):
    """What takes room on the sheet. Its measures are those of css/parts/poster.css."""

    place: str
    title: str
    summary: str
    when: str
    now: str
    carrier: tuple[str, str]
    refusal: str
    address: str

    def scale(self) -> int:
        """The largest that the sheet holds; the smallest for what it would hold at none."""
        return next((one for one in SCALES if self._fits(one / 10)), SCALES[-1])

    def _fits(self, k: float) -> bool:
        longest = max(map(len, self.title.split()), default=0)
        return self._height(k) <= HEIGHT and longest * 14 * k * WIDE <= WIDTH

    def _height(self, k: float) -> float:
        top = 8.1 * _lines(self.place, 6, WIDE, 104) + 4
        title = 14 * k * 1.08 * _lines(self.title, 14 * k, WIDE) + 10 * k
        what = 8 * k * 1.3 * _lines(self.summary, 8 * k, WIDE)
        when = 8.4 * k * 1.3 * _lines(self.when, 8.4 * k, BOLD) + 16 * k
        now = 6 * k * 1.3 * _lines(self.now, 6 * k, BOLD)
        answers = 6 * k * 1.3 * sum(_lines(text, 6 * k, WIDE) for text in (*self.carrier, self.refusal))
        asked = 6 * k * 1.3 * (2 if self.refusal else 1) + 12 * k
        foot = max(60, 36 + 6.8 * _lines(self.address, 5, BOLD, 113))
        return top + title + what + when + now + answers + asked + foot


def _lines(text: str, size: float, wide: float, width: float = WIDTH) -> int:
    return ceil(len(text) * size * wide / width)


def heading(view: View) -> str:
    """What is done in that place, was done, or never was."""
    if never_began(view.x, view.today):
        return "Ici, on devait expérimenter"
    return "Ici, on a expérimenté" if view.x.field_ended_on else "Ici, on expérimente"


def standing(view: View) -> str:
    """What is no longer as its dates say, for whoever stands in front of it; a paper hangs for weeks: no days left."""
    x, told = view.x, []
    if view.suspended_on:
        told.append(f"suspendue depuis le {wording.day(view.suspended_on)}")
    if x.field_ended_on:
        told.append(field_over(x, view.today))
    elif x.is_overdue(view.today):
        begun_or_not = "jamais lancée, et " if never_began(x, view.today) else ""
        told.append(f"{begun_or_not}cette fin est passée, sans évaluation")
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
