"""The pages of one experiment, for the public: its sheet, its file in full, its history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, render_template

from app import clock, db, sheet
from app.i18n import to
from app.keeping import kept
from experiments import publications
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


def _published(number: str) -> Published:
    return publications.one(db.public(), number) or abort(404)


def _addresses(x: Published) -> dict[str, Any]:
    """Its permanent address, and that of each of its pages in the language of this one."""
    here = f"/experimentations/{x.number}"
    return {"address": current_app.config["JALON"].public_url + here, "here": to(here)}
