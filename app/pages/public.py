"""The pages of one experiment, for the public: its sheet, its file in full, its history, what is said of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request

from app import clock, db, sheet
from app.asked import place_of
from app.i18n import to
from app.keeping import kept
from app.sheet import traced
from experiments import publications, voices
from experiments.published import Published

bp = Blueprint("public", __name__)


@bp.get("/experimentations/<number:number>")
@kept
def experiment(number: str) -> str:
    """What anyone wants to know of one experiment, from its authorisation or its refusal on."""
    x = _published(number)
    return render_template("public/experiment.html", **_addresses(x), **sheet.of(x, clock.today()))


@bp.get("/experimentations/<number:number>/dossier")
@kept
def in_full(number: str) -> str:
    """What the sheet says in brief: grounds, method, effects, costs, acts."""
    x = _published(number)
    told = sheet.detail_of(x, clock.today()) or abort(404)
    return render_template("public/detail.html", **_addresses(x), **told)


@bp.get("/experimentations/<number:number>/historique")
@kept
def history(number: str) -> str:
    """Every step, with its fingerprint."""
    x = _published(number)
    return render_template("public/history.html", **_addresses(x), **sheet.history_of(x, clock.today()))


@bp.get("/experimentations/<number:number>/historique/<int:seq>-<field>.txt")
@kept
def reason(number: str, seq: int, field: str) -> Response:
    """A reason that an act gives, exact: what the trace committed to."""
    found = [one.text for one in traced.proofs(_published(number)) if (one.seq, one.field) == (seq, field)]
    return Response(found[0] if found else abort(404), content_type="text/plain; charset=utf-8")


@bp.get("/experimentations/<number:number>/observations")
@kept
def observations(number: str) -> str:
    """All that was said of it and published, a page at a time, the last received first."""
    x = _published(number)
    after = place_of(request.args.get("page", ""))
    found = voices.published(db.public(), number, before=after[1] if after else voices.LAST, limit=voices.LINES + 1)
    shown, following = found[: voices.LINES], ""
    if len(found) > len(shown):
        following = f"{to(request.path)}?page={shown[-1].received_on.isoformat()}~{shown[-1].id}"
    return render_template(
        "public/observations.html", x=x, heard=shown, total=voices.how_many(db.public(), number),
        is_first=after is None, following=following, today=clock.today(), **_addresses(x),
    )  # fmt: skip


def _published(number: str) -> Published:
    return publications.one(db.public(), number) or abort(404)


def _addresses(x: Published) -> dict[str, Any]:
    """Its permanent address, and that of each of its pages in the language of this one."""
    here = f"/experimentations/{x.number}"
    return {"address": current_app.config["JALON"].public_url + here, "here": to(here)}
