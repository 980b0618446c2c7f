"""The poster, printed: one sheet of its paper, however much there is to say."""

import io
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pikepdf
import pytest
from msgspec.structs import replace

from experiments import declared as d
from experiments.vocabulary import Status
from tests.contents import complete
from tests.journeys.conftest import Enter

pytestmark = pytest.mark.only("sqlite")


def test_the_poster_is_one_sheet_of_its_paper(enter: Enter, build: Callable[..., str]) -> None:
    contents = complete(date(2026, 1, 5))
    identity, stakeholders = contents[d.Identity], contents[d.Stakeholders]
    assert isinstance(identity, d.Identity)
    assert isinstance(stakeholders, d.Stakeholders)
    wordy = {
        d.Identity: replace(
            identity, title="Longue expérimentation " * 4, summary="Mobilier urbain démontable, " * 14,
            organisation="Établissement public " * 5, department="Direction générale " * 6, place="Quartier " * 20,
        ),
        d.Stakeholders: replace(stakeholders, withdrawal="Il suffit de le dire à une personne présente. " * 9),
    }  # fmt: skip
    # What a title on three lines and a summary of five come to: little by its signs, a whole sheet by its sizes.
    middling = {
        d.Identity: replace(
            identity, title="IA et restauration scolaire : prévoir le nombre de repas", department="", place="Nantes",
            summary="Une intelligence artificielle conseille chaque abonné. " * 4,
        )
    }  # fmt: skip
    page = enter(None)
    short = {d.Identity: replace(identity, title="Un banc", summary="Un banc à l’ombre.", department="")}
    for status, written in (
        (Status.RUNNING, None),
        (Status.RUNNING, short),
        (Status.SUSPENDED, middling),
        (Status.SUSPENDED, wordy),
    ):
        number = build(status, written=written)
        for paper, width in (("a4", 210), ("a3", 297)):
            page.goto(f"/experimentations/{number}/affiche?format={paper}")
            with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
                assert len(printed.pages) == 1
                assert abs(float(printed.pages[0].mediabox[2]) / 72 * 25.4 - width) < 1
        # On a screen the sheet gives way to larger words; on paper it does not.
        page.emulate_media(media="print")
        foot, sheet, last = (page.locator(one).bounding_box() for one in (".poster-foot", ".poster", ".poster dl"))
        assert foot
        assert sheet
        assert last
        # Nothing reaches the five millimetres where printers do not print, and nothing lies over the code.
        margin = sheet["width"] * 5 / 210
        assert foot["y"] + foot["height"] <= sheet["y"] + sheet["height"] - margin
        assert last["y"] + last["height"] <= foot["y"]
        # Nor is any part of the sheet left blank, however little there is to say.
        parts = [one.bounding_box() for one in page.locator(".poster > *").all()]
        gaps = [after["y"] - one["y"] - one["height"] for one, after in pairwise(parts) if one and after]
        assert max(gaps) < sheet["height"] * 0.12, gaps
        page.emulate_media(media="null")  # As each goes: on screen, on paper when printed.
