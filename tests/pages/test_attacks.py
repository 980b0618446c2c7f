"""What somebody tried on the finished pages, each now answered."""

from collections.abc import Callable
from io import BytesIO

import pytest
from msgspec.structs import replace

from app.db import Database
from experiments import declared as d
from experiments import queries
from experiments import reported as r
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests.builders import write
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Look = Callable[[str], Experiment]


def rewrite(register: Database, number: str, change: Callable[[Experiment], object]) -> None:
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        write(session, x, change(x))  # type: ignore[arg-type]


def test_a_validator_decides_on_the_evaluation_as_it_was_recorded(
    make: Make, register: Database, elise: Visitor
) -> None:
    number = make(Status.EVALUATED)
    rewrite(register, number, lambda x: replace(x.read(r.Evaluation), limits="BROUILLON-JAMAIS-VERSÉ"))
    for page in ("jalons/decide-abandon", "lecture", "evaluation"):
        assert "BROUILLON-JAMAIS-VERSÉ" not in elise.get(f"/espace/experimentations/{number}/{page}").text, page


def test_an_adviser_is_told_that_an_edit_made_their_opinion_void(
    make: Make, register: Database, denis: Visitor
) -> None:
    number = make(Status.SUBMITTED)
    assert "Donner votre avis" not in denis.get("/espace").text
    rewrite(register, number, lambda x: replace(x.read(d.Costs), actual_note="Un devis de moins."))
    assert "Donner votre avis" in denis.get("/espace").text


@pytest.mark.parametrize("field", ["email", "password", "next"])
def test_a_file_sent_in_place_of_a_text_is_refused_without_a_fault(visitor: Visitor, field: str) -> None:
    answer = visitor.post("/connexion", {field: (BytesIO(b"x"), "x.txt")}, content_type="multipart/form-data")
    assert answer.status_code == 415


@pytest.mark.parametrize("place", ["²", "①", "9" * 5000])
def test_a_row_whose_place_is_no_number_is_passed_over(make: Make, awa: Visitor, place: str) -> None:
    number = make(Status.DRAFT)
    address = f"/espace/experimentations/{number}/protocole"
    assert awa.post(address, {f"criteria-{place}-unit": "%"}).status_code < 500
    assert awa.post(address, {"_action": f"remove-criteria-{place}"}).status_code < 500
