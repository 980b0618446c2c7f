"""What search engines ask for first: that they may read everything, and where everything is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Redirection

from app import clock, db
from app.config import current as config
from app.db import Database
from app.i18n import to
from app.keeping import kept
from app.lane import in_turn
from experiments import documents, report

bp = Blueprint("crawlers", __name__)

PAGES = ("/", "/retards", "/bilan", "/indicateurs", "/donnees", "/trace", "/accessibilite", "/mentions-legales",
         "/confidentialite", "/eco-conception")  # fmt: skip
BATCH = 500
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_OPENS, _CLOSES = f"{_XML}<urlset {_SITEMAPS}>\n", "</urlset>\n"


@bp.get("/robots.txt")
@kept
def robots() -> Response:
    """Everything public may be read; what is not asks for a session, and needs no line here."""
    return Response(
        f"User-agent: *\nAllow: /\n\nSitemap: {config().public_url}/sitemap.xml\n", content_type="text/plain"
    )


@bp.get("/sitemap.xml")
@kept
def sitemap() -> Response:
    """Where permanent addresses are listed, year by year: a list holds fifty thousand of them at most."""
    files = ["site", *map(str, _years())]
    lists = "".join(f"<sitemap><loc>{config().public_url}/sitemap-{name}.xml</loc></sitemap>\n" for name in files)
    return _xml(f"{_XML}<sitemapindex {_SITEMAPS}>\n{lists}</sitemapindex>\n")


@bp.get("/sitemap-site.xml")
@kept
def site() -> Response:
    """The permanent pages of the site, those of the years among them."""
    return _xml(f"{_OPENS}{_listed(config().public_url, [*PAGES, *(f'/bilan/{year}' for year in _years())])}{_CLOSES}")


@bp.get("/sitemap-<year:year>.xml")
def opened_in(year: int) -> Response:
    """The experiments whose number is of a year."""
    # Read before anything is answered: a database that is away is told of as on any page.
    first = documents.numbers(db.public(), year, "", BATCH)
    return in_turn(_xml(_addresses(db.database(), config().public_url, year, first)))


def _years() -> list[int]:
    return report.years(db.public(), clock.today())


def _xml(body: str | Iterator[str]) -> Response:
    return Response(body, content_type="application/xml")


def _addresses(database: Database, site: str, year: int, found: Sequence[str]) -> Iterator[str]:
    yield _OPENS
    while found:
        yield _listed(site, [f"/experimentations/{number}" for number in found])
        with database.public() as public:
            found = documents.numbers(public, year, found[-1], BATCH)
    yield _CLOSES


def _listed(site: str, paths: Iterable[str]) -> str:
    return "".join(f"<url><loc>{site}{path}</loc></url>\n" for path in paths)


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
