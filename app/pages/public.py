"""The pages of one experiment, for the public: its sheet, its file in full, its history, what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from app import clock, db, places, sheet
from app.config import current as config
from app.i18n import gettext as _
from app.i18n import later, to
from app.keeping import Drawn, kept
from app.pages import heard
from app.sheet import promised, traced
from experiments import publications, published, voices
from experiments.published import Published

bp = Blueprint("public", __name__)

# The same of all: whether a number was ever given says nothing here that the trace does not.
UNPUBLISHED = later(
    "Cette expérimentation n’est pas publiée : elle n’existe pas, ou elle est encore à l’instruction, ou elle a été "
    "retirée avant toute décision"
)


@bp.get("/experimentations/<number:number>")
@kept
def experiment(number: str) -> Drawn:
    """What anyone wants to know of one experiment, from its authorisation or its refusal on."""
    text, is_heard = publications.document_and_voices(db.public(), number) or abort(404, _(UNPUBLISHED))
    said = heard.latest(number) if is_heard else ((), None)
    return Drawn((text, said), lambda: _drawn("experiment", text, sheet.of, said=said))


@bp.get("/experimentations/<number:number>/dossier")
@kept
def in_full(number: str) -> Drawn:
    """What the sheet says in brief: grounds, method, effects, costs, acts."""
    text = _document(number)
    return Drawn((text,), lambda: _drawn("detail", text, sheet.detail_of))


@bp.get("/experimentations/<number:number>/historique")
@kept
def history(number: str) -> Drawn:
    """Every step, with its fingerprint."""
    text = _document(number)
    return Drawn((text,), lambda: _drawn("history", text, sheet.history_of))


@bp.get("/experimentations/<number:number>/historique/<int:seq>-<field>.txt")
@kept
def reason(number: str, seq: int, field: str) -> Response:
    """A reason that an act gives, exact: what the trace committed to."""
    proofs = traced.proofs(published.read(_document(number)))
    found = [one.text for one in proofs if (one.seq, one.field) == (seq, field)]
    return Response(found[0] if found else abort(404), content_type="text/plain; charset=utf-8")


@bp.get("/experimentations/<number:number>/observations")
@kept
def observations(number: str) -> str:
    """All that was said of it and published, a page at a time, the last received first."""
    x = published.read(_document(number))
    after = places.read(request.args.get("page", ""))
    found = voices.published(db.public(), number, before=after[1] if after else voices.LAST, limit=voices.LINES + 1)
    shown, following = found[: voices.LINES], ""
    if len(found) > len(shown):
        following = f"{to(request.path)}?page={places.written(shown[-1].received_on, shown[-1].id)}"
    return render_template(
        "public/observations.html", x=x, heard=shown, total=voices.how_many(db.public(), number),
        is_first=after is None, following=following, today=clock.today(), **_addresses(x),
    )  # fmt: skip


def _document(number: str) -> str:
    return publications.document(db.public(), number) or abort(404, _(UNPUBLISHED))


def _drawn(template: str, document: str, told: Callable[[Published, date], dict[str, Any] | None], **more: Any) -> str:
    x = published.read(document)
    facts = told(x, clock.today()) or abort(404)
    return render_template(f"public/{template}.html", **_addresses(x), **facts, **more)


def _addresses(x: Published) -> dict[str, Any]:
    """Its permanent address, that of each of its pages in the language of this one, what the way to be heard says."""
    here = f"/experimentations/{x.number}"
    return {
        "address": config().public_url + here, "here": to(here),
        "to_be_heard": promised.to_be_heard(x),
    }  # fmt: skip
