"""What counts as an answer, and what people type to get past a required field."""

import time
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing
from experiments.vocabulary import (
    Status,
)
from experiments.words import TURNING, clean, said, typeset
from tests import people
from tests.builders import (
    TODAY,
    an_experiment,
    missing,
    noon,
    write,
)

pytestmark = pytest.mark.only("sqlite")


NOTHING = [
    "", " ", "\t\n", "\u00a0", "\u202f", "\u2003\u2009", "\u200b", "\u200b\u00a0\u2060\ufeff", "\u00ad",
    "\u3164", "\u2800", "\u200e\u200f", "-", "--", "—", "–", "‐", "- - -", "\u00a0-\u00a0", "_", "___", ".",
    "...", "…", "/", "\\", "?", "!", "*", "**", "•", "«\u00a0»", "()", "%", "🙂", "N/A", "n/a", "N.A.",
    "n. a.", "NA", "n/a.", "- n/a -", "Ｎ／Ａ", "s.o.", "S/O", "sans objet", "SANS OBJET.", "Sans\u00a0objet",
    "non communiqué", "non renseigné", "à compléter", "A COMPLETER", "à définir…", "à préciser", "à venir",
    "TBD", "todo", "null", "None", "nc", "N.C.", "n.d.", "xxx", "XXXX", "aaaa", "<p></p>", "<br>", "<br/>",
    "<p>&nbsp;</p>", "&nbsp;", "<p><strong> </strong></p>", "<!-- rien -->", "<!-- rien",
]  # fmt: skip
SOMETHING = [
    "Aucun", "Aucun.", "Néant", "Rien à signaler", "Oui", "0", "12 %", "€/m²", "°C", "5 < 6", "111", "2026-117",
    "Ça va", "Île", "m", "нет", "لا", "無", "<p>Un texte.</p>", "L’article 14", "R&D",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_required_is_not_met_by_spaces_dashes_or_not_applicable(text: str) -> None:
    assert not said(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_a_short_answer_is_an_answer(text: str) -> None:
    assert said(text)


@pytest.mark.parametrize("bit", ["<!--", "<a", "</", "<", "&", "&#1", "<!-- a -->", "é"])
def test_whether_a_text_says_something_is_soon_known_however_long_and_odd_it_is(bit: str) -> None:
    # Comments that nothing ended took ten seconds here, hours in the longest form, and all waited meanwhile.
    began = time.process_time()
    said(bit * (64_000 // len(bit)))
    assert time.process_time() - began < 2


def test_no_question_that_is_required_is_met_by_nothing(session: Session) -> None:
    """Through the judge, in each part: what says nothing stays missing."""
    x = an_experiment(session, Status.DRAFT)
    identity, protocol = x.read(d.Identity), x.read(d.Protocol)
    for text in ("\u00a0", "—", "N/A", "\u200b", "<br>", "à compléter"):
        write(session, x, replace(identity, problem=text))
        assert missing(session, x, "submit") == ["identity.problem"]
        write(session, x, identity)
        criteria = [replace(protocol.criteria[0], source=text), *protocol.criteria[1:]]
        write(session, x, replace(protocol, criteria=criteria, interests=text))
        assert missing(session, x, "submit") == ["criterion.source", "protocol.interests"]
        write(session, x, protocol)


def test_a_unit_may_be_a_sign(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    protocol = x.read(d.Protocol)
    for unit, fine in (("%", True), (" € ", True), ("°", True), ("-", False), ("n/a %", False)):
        write(session, x, replace(protocol, criteria=[replace(protocol.criteria[0], unit=unit), protocol.criteria[1]]))
        assert (missing(session, x, "submit") == []) is fine


def test_signs_that_turn_the_writing_round_are_not_kept_and_those_of_other_scripts_are() -> None:
    assert clean(f"Essai {TURNING.join('exploité')}\u202e\x07") == "Essai exploité"
    assert clean("\u202d \u2066") == ""
    for text in ("שלום, R&D", "مرحبا\u200f (2026)", "می\u200cخواهم", "🧑🏽\u200d🚒"):
        assert clean(text) == text


def test_zero_is_an_answer(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    protocol = x.read(d.Protocol)
    first = replace(protocol.criteria[0], threshold=Decimal(0))
    write(session, x, replace(x.read(d.Costs), authority=Decimal(0)))
    write(session, x, replace(protocol, criteria=[first, replace(protocol.criteria[1], target=Decimal(0))]))
    assert missing(session, x, "submit") == []


def test_a_title_that_says_nothing_opens_no_file(session: Session) -> None:
    for title in ("", " ", "-", "N/A", "\u200b"):
        with pytest.raises(editing.Unsaid):
            editing.open_experiment(session, people.awa(session), title, f"nonce{title}", now=noon(TODAY), today=TODAY)


def test_a_count_does_not_leave_what_it_counts() -> None:
    assert typeset("%(num)s expérimentations, le %(day)s") == "%(num)s\u00a0expérimentations, le %(day)s"


def test_a_figure_does_not_leave_its_degrees_nor_an_hour_its_minutes() -> None:
    assert typeset("28 °C à 23 h 30, puis 9 h") == "28\u00a0°C à 23\u00a0h\u00a030, puis 9\u00a0h"
    assert typeset("2 heures, 3 habitants") == "2 heures, 3 habitants"
