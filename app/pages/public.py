"""The page of one experiment, for the public."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template

from app import clock, db, sheet
from app.keeping import kept
from experiments import publications

bp = Blueprint("public", __name__)


@bp.get("/experimentations/<number:number>")
@kept
def experiment(number: str) -> str:
    """All that the public may read of one experiment, from its authorisation or its refusal on."""
    x = publications.one(db.public(), number) or abort(404)
    address = f"{current_app.config['JALON'].public_url}/experimentations/{x.number}"
    return render_template("public/experiment.html", address=address, **sheet.of(x, clock.today()))
