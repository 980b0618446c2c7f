"""What the eco-design declaration claims, measured again in a real browser on the demonstration register."""

import math
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession
from sqlalchemy import select

from app import clock, sample
from app.pages.declarations import Measured, claims
from experiments import report
from experiments.model import Publication
from experiments.published import TOLD
from experiments.vocabulary import Status
from tests.ecoindex import grade
from tests.journeys.eye import AXE
from tests.journeys.test_every_page import pages_without_a_number
from tests.server import Server

pytestmark = [
    pytest.mark.only("sqlite"),  # What goes over the wire does not depend on the database.
    pytest.mark.filterwarnings("ignore:Use compute_ecoindex"),  # which is what is used
]

MARGIN = 1.15
"""The register changes with the day: a page may weigh that much more, or less, than what is claimed of it."""
MOST_REQUESTS, MOST_BYTES = 5, 50_000
COUNT = "it => it.querySelectorAll('*').length - it.querySelectorAll('svg *').length"
"""As the EcoIndex counts: what is drawn inside an SVG is one drawing."""
READ = f"""async paths => {{
    const read = [], count = {COUNT};
    for (const path of paths) {{
        const answer = await fetch(path), text = await answer.text();
        const page = new DOMParser().parseFromString(text, 'text/html');
        read.push([path, answer.status, answer.headers.get('content-type'), count(page)]);
    }}
    return read;
}}"""
"""Pages as the browser reads them, with their elements: no script adds any."""


def measure(browser: Browser, url: str, one: Measured, number: str) -> Measured:
    """A first visit, nothing kept from before; `number` is that of the experiment to look at."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    wire: CDPSession = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    path = one.path.replace("…", number).replace("ANNÉE", str(clock.today().year))
    answer = page.goto(url + path, wait_until="networkidle")
    assert answer is not None
    assert answer.ok, one.path
    elements = page.evaluate(f"({COUNT})(document)")
    context.close()
    size = math.ceil(sum(sizes))
    return Measured(one.path, len(sizes), size, elements, grade(elements, size, len(sizes)))


def published(server: Server) -> dict[str, Status]:
    """The experiments that have a page."""
    with server.database.public() as public:
        rows = public.execute(select(Publication.number, Publication.status).order_by(Publication.id))
        return {number: status for number, status in rows if status in TOLD}


def running(server: Server) -> str:
    """The first that is under way."""
    return next(number for number, status in published(server).items() if status is Status.RUNNING)


def every_page(server: Server, tmp_path: Path) -> Iterator[str]:
    """Every public page of the register, the longest among them; the sheets and the report in English too."""
    inside = ("/espace", "/connexion", "/demonstration")
    yield from (path for path in pages_without_a_number(tmp_path) if not path.startswith(inside))
    yield from ("/?statut=all", "/?statut=past", "/?vue=frise&statut=all", "/?vue=carte&statut=all", "/en/?statut=all")
    yield "/filtres?statut=all"
    for number, status in published(server).items():
        here = f"/experimentations/{number}"
        yield from (here, f"/en{here}", f"{here}/historique", f"{here}/observations")
        if status is not Status.REFUSED:
            yield f"{here}/dossier"
    yield from (f"/experimentations/{running(server)}/{page}" for page in ("affiche", "reagir", "suivre"))
    with server.database.public() as public:
        years = report.years(public, clock.today())
    yield from (f"/bilan/{year}{page}" for year in years for page in ("", "/chiffres", "/liste"))
    yield from (f"/en/bilan/{clock.today().year}{page}" for page in ("", "/chiffres"))


def too_wide(browser: Browser, server: Server) -> list[str]:
    """The sheets, in French and in English, that scroll sideways: they hold the longest words that people wrote."""
    page = browser.new_page(viewport={"width": 320, "height": 900})
    found = []
    for path in (f"{en}/experimentations/{number}" for number in published(server) for en in ("", "/en")):
        page.goto(server.url + path)
        found += [path] if page.evaluate("document.documentElement.scrollWidth") > 320 else []
    page.close()
    return found


def test_every_public_page_is_an_a_fits_a_small_screen_and_the_declaration_claims_what_a_browser_measures(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    with server.database.changing() as session:
        sample.load(session, now=clock.now(), today=clock.today())
    page = browser.new_page(locale="fr-FR")
    page.goto(server.url)
    read = page.evaluate(READ, list(every_page(server, tmp_path)))
    page.close()
    assert {path: status for path, status, _kind, _count in read if status != 200} == {}
    counts = {path: count for path, _status, kind, count in read if kind.startswith("text/html")}
    assert len(counts) > 90
    # Each as if it weighed and asked for as much as any page may.
    assert {path: n for path, n in counts.items() if grade(n, MOST_BYTES, MOST_REQUESTS) != "A"} == {}
    assert too_wide(browser, server) == []
    said, number = claims(), running(server)
    found = [measure(browser, server.url, one, number) for one in said.pages]
    wrong = [one.path for one, claim in zip(found, said.pages, strict=True) if not holds(claim, one)]
    assert not wrong, f"{wrong}\non = {clock.today()}\n" + "\n".join(map(as_claim, found))
    assert [one for one in found if one.requests > MOST_REQUESTS or one.bytes > MOST_BYTES] == []


def holds(claim: Measured, found: Measured) -> bool:
    """Whether what is claimed of a page is what it costs, more or less."""
    near = all(
        said / MARGIN <= seen <= said * MARGIN
        for said, seen in ((claim.bytes, found.bytes), (claim.elements, found.elements))
    )
    return near and (claim.requests, claim.grade) == (found.requests, found.grade)


def as_claim(one: Measured) -> str:
    """One measure, as app/pages/declarations.toml writes it."""
    return (
        f'\n[[pages]]\npath = "{one.path}"\nrequests = {one.requests}\nbytes = {one.bytes}\n'
        f'elements = {one.elements}\ngrade = "{one.grade}"'
    )


def test_the_declaration_names_the_axe_that_looks_at_the_pages() -> None:
    assert f"axe v{claims().axe}" in AXE[:200]
    assert claims().on <= clock.today() + timedelta(1)
