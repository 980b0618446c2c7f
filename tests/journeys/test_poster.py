"""The poster, printed: one sheet of its paper, however much there is to say."""

import io
from collections.abc import Callable
from datetime import date

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
    page = enter(None)
    for number in (build(Status.RUNNING), build(Status.RUNNING, written=wordy)):
        for paper, width in (("a4", 210), ("a3", 297)):
            page.goto(f"/experimentations/{number}/affiche?format={paper}")
            with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
                assert len(printed.pages) == 1
                assert abs(float(printed.pages[0].mediabox[2]) / 72 * 25.4 - width) < 1
        code, sheet, last = (page.locator(one).bounding_box() for one in (".poster-code", ".poster", ".poster dl"))
        assert code
        assert sheet
        assert last
        # Nothing falls off the sheet, and nothing lies over the code.
        assert code["y"] + code["height"] <= sheet["y"] + sheet["height"]
        assert last["y"] + last["height"] <= code["y"]
