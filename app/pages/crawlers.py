"""What search engines ask for first: that they may read everything, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Redirection

from app import clock, db
from app.db import Database
from app.i18n import to
from app.keeping import kept
from app.lane import in_turn
from experiments import documents, report

bp = Blueprint("crawlers", __name__)

PAGES = ("/", "/retards", "/bilan", "/indicateurs", "/donnees", "/trace", "/accessibilite", "/mentions-legales",
         "/confidentialite", "/eco-conception")  # fmt: skip
BATCH = 500
_OPENS = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


def _site() -> str:
    site: str = current_app.config["JALON"].public_url
    return site


@bp.get("/robots.txt")
@kept
def robots() -> Response:
    """Everything public may be read; what is not asks for a session, and needs no line here."""
    return Response(f"User-agent: *\nAllow: /\n\nSitemap: {_site()}/sitemap.xml\n", content_type="text/plain")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page that is permanent: those of the site, those of the years, those of the experiments."""
    years = [f"/bilan/{year}" for year in report.years(db.public(), clock.today())]
    return in_turn(Response(_addresses(db.database(), _site(), [*PAGES, *years]), content_type="application/xml"))


def _addresses(database: Database, site: str, paths: list[str]) -> Iterator[str]:
    yield _OPENS + "".join(f"<url><loc>{site}{path}</loc></url>\n" for path in paths)
    after = 0
    while True:
        with database.public() as session:
            found = documents.numbers(session, after, BATCH)
        if not found:
            break
        yield "".join(f"<url><loc>{site}/experimentations/{one.number}</loc></url>\n" for one in found)
        after = found[-1].id
    yield "</urlset>\n"


@bp.before_app_request
def without_slash() -> Redirection | None:
    """An address that was given a slash too many leads to the one that exists."""
    bare = request.path.rstrip("/")
    if request.url_rule is not None or not bare or bare == request.path or request.method not in ("GET", "HEAD"):
        return None
    try:
        current_app.create_url_adapter(request).match(bare, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    given = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(to(bare) + given, 301)
