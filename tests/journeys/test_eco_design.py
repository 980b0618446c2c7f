"""What the eco-design declaration claims, measured again in a real browser on the demonstration register."""

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from ecoindex.compute import compute_ecoindex
from playwright.sync_api import Browser, CDPSession
from sqlalchemy import select

from app import clock, sample
from app.pages.declarations import Measured, claims
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests.journeys.eye import AXE
from tests.server import Server

pytestmark = [
    pytest.mark.only("sqlite"),  # What goes over the wire does not depend on the database.
    pytest.mark.filterwarnings("ignore:Use compute_ecoindex"),  # which is what is used
]

MARGIN = 1.15
"""The register changes with the day: a page may weigh that much more, or less, than what is claimed of it."""
MOST_REQUESTS, MOST_BYTES = 5, 50_000


def grade(elements: int, size: int, requests: int) -> str:
    """The letter of the EcoIndex, from A to G."""
    # Playwright has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as other:
        counted = compute_ecoindex(nodes=elements, size=size / 1000, requests=requests)
        return str(other.submit(asyncio.run, counted).result().grade.value)


def measure(browser: Browser, url: str, one: Measured, number: str) -> Measured:
    """A first visit, nothing kept from before; `number` is that of the experiment to look at."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    wire: CDPSession = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    answer = page.goto(url + one.path.replace("…", number), wait_until="networkidle")
    assert answer is not None
    assert answer.ok, one.path
    # As the EcoIndex counts: what is drawn inside an SVG is one drawing.
    elements = page.evaluate("document.querySelectorAll('*').length - document.querySelectorAll('svg *').length")
    context.close()
    size = math.ceil(sum(sizes))
    return Measured(one.path, len(sizes), size, elements, grade(elements, size, len(sizes)))


def test_the_declaration_claims_what_a_browser_measures(server: Server, browser: Browser) -> None:
    with server.database.changing() as session:
        sample.load(session, now=clock.now(), today=clock.today())
        number = session.scalars(
            select(Experiment.number).where(Experiment.status == Status.RUNNING).order_by(Experiment.id)
        ).first()
    assert number is not None
    said = claims()
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
