"""The overdue board, and what carriers answer to it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pages import overdue
from app.templating import date_fr
from experiments import consequences, editing, lateness, publications
from experiments import declared as d
from experiments.content import fingerprint
from experiments.model import Entry, Experiment, Reply
from experiments.published import Reply as Answer
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import complete
from tests.pages.conftest import Build
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

NB = "\u00a0"
ANSWER = "Le rapport est revenu incomplet. Il paraîtra le 15 janvier."


def late(make: Build, today: date, days: int = 13, organisation: str = "Ville de Rezé", **more: Any) -> str:
    """A file that runs so many days after its end: its decision is fifteen days later still, its evaluation forty."""
    identity = replace(complete(today)[d.Identity], organisation=organisation)
    return make(Status.RUNNING, on=today - timedelta(244 + days), written={d.Identity: identity}, **more)


def shown(page: Page) -> list[str]:
    return [link.rpartition("/")[2] for link in page.links if link.startswith("/experimentations/2")]


def test_nothing_late_is_good_news(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    page = visitor.page("/retards")
    assert "Rien n’est en retard" in page.text
    assert "Comment on compte" in page.text
    assert shown(page) == []


def test_each_debt_says_its_day_and_its_delay_under_its_organisation(
    make: Build, visitor: Visitor, today: date
) -> None:
    small, large = late(make, today, 1, "Ville de Rezé"), late(make, today, 30, "Nantes Métropole")
    other = late(make, today, 5, "Ville de Rezé")
    make(Status.REFUSED)
    page = visitor.page("/retards")
    assert shown(page) == [large, other, small]
    titles = [read(title) for title in page.tree.iter("h2")]
    assert titles == ["Nantes Métropole", "Ville de Rezé", "Comment on compte"]
    assert f"6{NB}retards, dans 3{NB}expérimentations de 2{NB}organismes" in page.text
    assert f"Évaluation{NB}: due le {date_fr(today - timedelta(70))}, 70{NB}jours de retard" in page.text
    assert f"Décision{NB}: due le {date_fr(today - timedelta(16))}, 16{NB}jours de retard" in page.text
    assert page.text.count("n’a pas encore répondu") == 3


def test_where_nothing_was_ever_promised_nothing_is_said_to_be_kept(make: Build, visitor: Visitor) -> None:
    for status in (None, Status.REFUSED):
        if status:
            make(status)
        text = visitor.page("/retards").text
        assert "rien n’a encore été promis" in text
        assert "sont là" not in text
    make(Status.RUNNING)
    assert "promises jusqu’à ce jour sont là" in visitor.page("/retards").text


def test_what_is_due_today_is_not_late_yet(make: Build, visitor: Visitor, today: date) -> None:
    late(make, today, -40)
    assert "Rien n’est en retard" in visitor.page("/retards").text
    late(make, today, -39)
    assert f"1{NB}retard, dans 1{NB}expérimentation d’un seul organisme." in visitor.page("/retards").text


def test_a_date_that_nobody_fixed_counts_and_the_row_says_what_stands_in_its_place(
    make: Build, visitor: Visitor, today: date
) -> None:
    def forget(session: Session, x: Experiment) -> None:
        x.evaluation_due_on = None
        consequences.draw(session, x, clock.now())

    number = late(make, today, 13, change=forget)
    for path in ("/retards", f"/experimentations/{number}"):
        text = visitor.page(path).text
        assert f"Évaluation{NB}: due le {date_fr(today - timedelta(13))}, 13{NB}jours de retard" in text
        assert text.count("la fin ferme compte à sa place.") == 1


def test_pages_follow_each_other_and_show_each_file_once(
    make: Build, visitor: Visitor, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "PAGE", 2)
    made = [late(make, today, days) for days in (9, 9, 9, 4, 2)]
    seen: list[str] = []
    path = "/retards"
    while path:
        page = visitor.page(path)
        seen += shown(page)
        assert f"10{NB}retards" in page.text
        [path] = [a.get("href", "") for a in page.all("a", rel="next")] or [""]
    assert seen == made
    for odd in ("x", "2026-02-30~1", "2026-01-01~99999999999999999999"):
        assert shown(visitor.page(f"/retards?page={odd}")) == made[:2]
    assert "Il n’y a rien de plus" in visitor.page("/retards?page=2100-01-01~1").text


def test_the_board_is_in_english_too(make: Build, visitor: Visitor, today: date) -> None:
    number = late(make, today)
    page = visitor.page("/en/retards")
    assert f"/en/experimentations/{number}" in page.links
    assert page.one("h2", id="organisme-1").get("lang") == "fr"


# What the carrier answers ---------------------------------------------------------------------------------------------


def answer(who: Visitor, number: str, text: str, status: int = 303) -> Any:
    return who.posted(f"/espace/experimentations/{number}/reponse", {"text": text}, status)


def test_an_answer_is_public_dated_and_sealed_in_the_trace(
    make: Build, awa: Visitor, visitor: Visitor, register: Database, today: date
) -> None:
    number = late(make, today)
    assert f"/espace/experimentations/{number}/rappels#repondre" in awa.page(f"/espace/experimentations/{number}").links
    assert "Répondre au retard" in awa.page(f"/espace/experimentations/{number}/rappels").text
    answer(awa, number, f"  {ANSWER}\r\n")
    answer(awa, number, ANSWER)  # sent twice
    for path in ("/retards", f"/experimentations/{number}"):
        page = visitor.page(path)
        assert ANSWER in page.text
        assert f"Le porteur, le {date_fr(today)}" in page.text
        assert "Diallo" not in page.html.decode()
    assert "Réponse du porteur à un retard" in visitor.page(f"/experimentations/{number}").text
    with register.reading() as session:
        assert session.scalars(select(Reply.text)).all() == [ANSWER]
        [body] = session.scalars(select(Entry.body).where(Entry.event == "reply")).all()
    entry = msgspec.json.decode(body)
    assert entry["facts"]["fingerprint"] == fingerprint(ANSWER)
    assert ANSWER not in body
    # It takes nothing away from the delay.
    assert f"53{NB}jours de retard" in visitor.page("/retards").text


def test_who_answered_finds_the_answer_on_the_page_of_the_file(make: Build, awa: Visitor, today: date) -> None:
    number = late(make, today)
    answer(awa, number, ANSWER)
    page = awa.page(f"/espace/experimentations/{number}/rappels")
    assert ANSWER in page.text
    assert f"Le porteur, le {date_fr(today)}" in page.text


@pytest.mark.parametrize("text", ["", "Bientôt.", "?" * 30, "é" * 1001])
def test_an_answer_that_says_too_little_or_too_much_is_given_back(
    make: Build, awa: Visitor, register: Database, today: date, text: str
) -> None:
    page = answer(awa, late(make, today), text, 422)
    assert (page.one("textarea", name="text").text or "").strip() == text
    assert f"Répondez en 10 à 1\u202f000 caractères{NB}: votre texte en compte {len(text)}" in page.text
    with register.reading() as session:
        assert session.scalars(select(Reply.id)).all() == []


Who = Callable[[Session], Any]


@pytest.mark.parametrize(
    ("who", "status"),
    [(people.bruno, 403), (people.claire, 403), (people.elise, 403), (people.gaelle, 403), (people.hugo, 403),
     (people.denis, 403), (people.farid, 403), (people.ines, 404)],
)  # fmt: skip
def test_only_who_carries_the_file_answers(
    make: Build, signed_in: Callable[[Who], Visitor], today: date, who: Who, status: int
) -> None:
    number = late(make, today)
    visitor = signed_in(who)
    answer(visitor, number, ANSWER, status)
    if status == 403:
        assert "Publier la réponse" not in visitor.page(f"/espace/experimentations/{number}/rappels").text


def test_a_deputy_answers_too_and_nobody_when_nothing_is_late(
    make: Build, ines: Visitor, awa: Visitor, today: date
) -> None:
    def name(session: Session, x: Experiment) -> None:
        editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=clock.now())

    answer(ines, late(make, today, change=name), ANSWER)
    on_time = make(Status.RUNNING)
    answer(awa, on_time, ANSWER, 403)
    assert "Répondre au retard" not in awa.page(f"/espace/experimentations/{on_time}/rappels").text


def test_what_was_answered_to_an_earlier_delay_answers_nothing_any_more(
    make: Build, register: Database, today: date
) -> None:
    number = late(make, today)
    with register.public() as public:
        x = publications.one(public, number)
    assert x
    due = x.owed[0].due_on
    old, new, newest = (Answer(due + timedelta(n), f"{n}") for n in (0, 1, 9))
    x.replies = [old, new, newest]
    assert lateness.answers(x, today) == [newest, new]
    assert lateness.answers(x, due) == []
