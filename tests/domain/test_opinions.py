"""Opinions: of whom they are asked, what counts as given, for which text, and how long they are awaited."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, opinions
from experiments.gates import Refused
from experiments.vocabulary import OpinionKind, OpinionSense, Status
from tests import people
from tests.builders import TODAY, an_experiment, cross, missing, noon, opine, ready_for, write

pytestmark = pytest.mark.only("sqlite")

DAY = timedelta(1)


def test_an_opinion_counts_only_for_the_text_it_was_given_on(session: Session) -> None:
    x = ready_for(session, "authorise")
    assert missing(session, x, "authorise") == []
    costs = x.read(d.Costs)
    write(session, x, replace(costs, actual_note="Une caméra de plus."))
    assert missing(session, x, "authorise") == ["opinions.due"]
    with pytest.raises(Refused):
        cross(session, x, "authorise")
    write(session, x, costs)
    assert missing(session, x, "authorise") == [], "the very text that was read is back"
    write(session, x, replace(costs, actual_note="Une caméra de plus."))
    opine(session, x, on=TODAY)
    cross(session, x, "authorise")


def test_an_opinion_is_awaited_to_the_end_of_its_delay_and_no_longer(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    (opinion,) = x.opinions
    write(session, x, replace(x.read(d.Costs), actual_note="Une ligne de plus."))
    assert missing(session, x, "authorise", opinion.due_on - DAY) == ["opinions.due"]
    assert missing(session, x, "authorise", opinion.due_on) == ["opinions.due"]
    assert missing(session, x, "authorise", opinion.due_on + DAY) == []


def test_an_opinion_that_says_nothing_is_not_given(session: Session) -> None:
    x = ready_for(session, "authorise")
    write(session, x, replace(x.read(d.Costs), actual_note="Une ligne de plus."))
    (opinion,) = x.opinions
    for sense, text in ((None, "Favorable."), (OpinionSense.FAVOURABLE, " - "), (OpinionSense.UNFAVOURABLE, "n/a")):
        with pytest.raises(editing.Unsaid):
            opinions.give(session, x, people.denis(session), opinion, sense, text, seen=x.version, now=noon(TODAY))
    assert missing(session, x, "authorise") == ["opinions.due"]


def test_nobody_gives_an_opinion_in_the_place_of_another(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    (opinion,) = x.opinions
    for who in (people.awa, people.elise, people.hugo, people.claire):
        with pytest.raises(editing.NotYours):
            opinions.give(
                session, x, who(session), opinion, OpinionSense.FAVOURABLE, "Oui.", seen=None, now=noon(TODAY)
            )


def test_an_opinion_is_asked_of_those_who_give_them_and_once(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    for adviser, kind in (
        (people.bruno(session), OpinionKind.LEGAL),
        (people.denis(session), OpinionKind.DPO),
        (None, OpinionKind.DPO),
    ):
        with pytest.raises(editing.Unsaid):
            opinions.ask(session, x, people.awa(session), adviser, kind, "", now=noon(TODAY), today=TODAY)
