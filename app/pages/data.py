"""The open data: the register as files anyone may reuse, what they mean, and the page that says so."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from app import db, downloads
from app.config import current as config
from app.keeping import Drawn, kept
from experiments import publications
from experiments.exports import writing
from experiments.exports.columns import Table
from experiments.exports.forms import forms_of, path_of, schema_of
from experiments.exports.tables import TABLES
from experiments.policy import current

bp = Blueprint("data", __name__)
JSON = "application/json; charset=utf-8"


# Each file says its licence.
bp.after_request(downloads.licensed)


@bp.get("/donnees")
@kept
def page() -> str:
    """What there is, how it joins, what may be done with it."""
    by = config().publisher
    tables = [(table, *(path_of(table, form) for form in forms_of(table)), schema_of(table))
              for table in TABLES.values()]  # fmt: skip
    has_siret = bool(by.siret or current().collectivities)
    return render_template("data/data.html", tables=tables, by=by, has_siret=has_siret)


@bp.get("/experimentations.csv")
@bp.get("/experimentations.ouvert.csv")
@bp.get("/experimentations.json")
@bp.get("/donnees/<table:_table>.csv")
@bp.get("/donnees/<table:_table>.ouvert.csv")
@bp.get("/donnees/<table:_table>.json")
def file(_table: Table | None = None) -> Response:
    """A table, in one form; the whole register in JSON."""
    return downloads.send(request.path)


@bp.get("/experimentations/<number:number>.json")
@kept
def experiment(number: str) -> Drawn:
    """The public record of one experiment, byte for byte as it is kept."""
    text = publications.document(db.public(), number) or abort(404)
    return Drawn((text,), lambda: Response(text, content_type=JSON))


@bp.get("/donnees/schema.json")
@bp.get("/donnees/schema-json.json")
@bp.get("/donnees/datapackage.json")
@bp.get("/donnees/<table:_table>.schema.json")
@kept
def description(_table: Table | None = None) -> Response:
    """What the files mean, for programs."""
    return Response(writing.description(db.public(), request.path, config().publisher), content_type=JSON)


@bp.get("/donnees/catalogue.jsonld")
@kept
def catalogue() -> Response:
    """What data portals harvest."""
    body = writing.description(db.public(), request.path, config().publisher)
    return Response(body, content_type="application/ld+json")
