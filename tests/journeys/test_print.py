"""The page of an experiment on paper: a dossier, without what only a screen can use."""

import io
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest

from app import clock
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.journeys.conftest import Enter
from tests.server import Server

pytestmark = pytest.mark.only("sqlite")

USELESS = (".skip", ".menu", ".toc", ".buttons", ".foot ul", "a[href$='/reagir']", "a[href$='/affiche']")
PAPER = {"width": 673, "height": 980}
"""What the margins leave of an A4, in the pixels of a browser."""
COLOURS = """() => [...document.querySelectorAll('body, main p, main dd, .status')].map(e => {
    const s = getComputedStyle(e);
    return [e.className, s.color, s.backgroundColor];
})"""


def test_an_experiment_prints_as_a_clean_sheet(enter: Enter, build: Callable[..., str], server: Server) -> None:
    number = build(Status.CLOSED)
    page = enter(None, viewport=PAPER)
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"/experimentations/{number}")
    assert [one for one in USELESS if page.locator(one).first.is_visible()] == []
    said = page.inner_text("body")
    for words in (
        "L’essentiel", "Qui a décidé", f"{server.url}/experimentations/{number}/dossier",
        f"adresse permanente : {server.url}/experimentations/{number}",
    ):  # fmt: skip
        assert words in said.replace("\u00a0", " "), words
    # Whatever the screen was like, it is ink on paper: browsers print no ground.
    for name, ink, ground in page.evaluate(COLOURS):
        assert ground in {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}, (name, ground)
        assert max(map(int, ink[4:-1].split(", "))) <= 0xAA, (name, ink)
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) <= 8


def test_what_is_late_is_still_read_on_paper(enter: Enter, server: Server) -> None:
    with server.database.changing() as session:
        number = an_experiment(session, Status.RUNNING, today=clock.today() - timedelta(800)).number
    page = enter(None, viewport=PAPER)
    page.emulate_media(media="print")
    page.goto(f"/experimentations/{number}")
    badge = page.locator(".status-overdue")
    assert badge.is_visible()
    assert badge.evaluate("e => getComputedStyle(e).color") == "rgb(170, 0, 0)"
    assert badge.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
