"""What somebody chooses on the page of their account: mails, absences, their calendar."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import auth
from app.db import Database
from experiments.duties import DUTIES
from experiments.model import Absence, Person
from experiments.obligations import Language, Pace
from tests import people
from tests.pages.page import Page
from tests.pages.visitor import Visitor

ACCOUNT = "/espace/compte"
AWAY = f"{ACCOUNT}/absences"


@pytest.fixture
def person(register: Database) -> Callable[[], Person]:
    """Awa, as the database holds her now."""

    def found() -> Person:
        with register.reading() as session:
            return people.awa(session)

    return found


def absences(register: Database) -> Sequence[Absence]:
    with register.reading() as session:
        return session.scalars(select(Absence).order_by(Absence.id)).all()


def address_in(page: object) -> str:
    """The address of a calendar that a page shows."""
    assert isinstance(page, Page)
    [found] = re.findall(r"https?://\S+?(/agenda/[\w-]+\.ics)", page.text + " ".join(
        e.text or "" for e in page.all("code")))  # fmt: skip
    return str(found)


def test_language_and_pace_are_chosen(awa: Visitor, person: Callable[[], Person]) -> None:
    assert (person().language, person().pace) == (Language.FRENCH, Pace.AT_ONCE)
    form = awa.page(ACCOUNT).form(f"{ACCOUNT}/courriers")
    answer = awa.posted(form.action, form.filled({"language": "en", "pace": "weekly"}))
    assert answer.headers["Location"] == f"{ACCOUNT}#rythme"
    assert (person().language, person().pace) == (Language.ENGLISH, Pace.WEEKLY)
    again = awa.page(ACCOUNT).form(f"{ACCOUNT}/courriers")
    assert (again["language"], again["pace"]) == ("en", "weekly")


def test_a_choice_that_is_not_in_the_list_changes_nothing(awa: Visitor, person: Callable[[], Person]) -> None:
    awa.posted(f"{ACCOUNT}/courriers", {"language": "de", "pace": "never"}, 422)
    assert (person().language, person().pace) == (Language.FRENCH, Pace.AT_ONCE)


def test_the_page_says_which_reminders_no_pace_holds_back(awa: Visitor) -> None:
    page = awa.page(ACCOUNT)
    page.by_id("rythme")
    folded = page.one("details").itertext()
    listed = " ".join(folded)
    for rule in DUTIES.values():
        assert (rule.task.label in listed) == rule.statutory
        assert rule.task.label in page.text


def last(day: str | None) -> dict[str, str]:
    """The last day of an absence, or that there is none."""
    return {"until_on": day} if day else {"leaves": "y"}


@pytest.mark.parametrize(
    ("from_on", "until_on", "said"),
    [
        ("2030-07-01", "2030-07-21", "Du 1er juillet 2030 au 21 juillet 2030"),
        ("01/07/2030", "01/07/2030", "Le 1er juillet 2030"),
        ("2030-07-01", None, "À partir du 1er juillet 2030, sans retour prévu"),
    ],
)
def test_an_absence_is_added_then_taken_back(
    awa: Visitor, register: Database, from_on: str, until_on: str | None, said: str
) -> None:
    form = awa.page(ACCOUNT).form(AWAY)
    awa.posted(form.action, form.filled({"from_on": from_on, **last(until_on)}))
    page = awa.page(ACCOUNT)
    assert said in page.text.replace("\u00a0", " ")
    [kept] = absences(register)
    awa.posted(f"{AWAY}/{kept.id}/retirer")
    assert absences(register) == []
    assert said not in awa.page(ACCOUNT).text.replace("\u00a0", " ")


def test_an_absence_that_ends_before_it_begins_is_refused_and_what_was_typed_stays(
    awa: Visitor, register: Database
) -> None:
    page = awa.posted(AWAY, {"from_on": "2030-07-21", "until_on": "2030-07-01"}, 422)
    assert isinstance(page, Page)
    assert "L’absence finit avant de commencer" in page.text
    assert page.form(AWAY)["from_on"] == "2030-07-21"
    assert page.form(AWAY)["until_on"] in {"2030-07-01", "01/07/2030"}
    assert absences(register) == []


def test_leaving_for_good_is_said_on_purpose(awa: Visitor, register: Database) -> None:
    page = awa.posted(AWAY, {"from_on": "2030-07-01", "until_on": ""}, 422)
    assert isinstance(page, Page)
    assert "Donnez le dernier jour, ou cochez le départ" in page.text
    assert page.form(AWAY)["from_on"] in {"2030-07-01", "01/07/2030"}
    both = awa.posted(AWAY, {"from_on": "2030-07-01", "until_on": "2030-07-02", "leaves": "y"}, 422)
    assert isinstance(both, Page)
    assert "Un départ n’a pas de dernier jour" in both.text
    assert both.form(AWAY)["leaves"] == "y"
    assert absences(register) == []


def test_the_desk_says_that_mails_no_longer_come(awa: Visitor, register: Database, today: date) -> None:
    assert "refuse nos courriels" not in awa.page("/espace").text
    with register.changing() as session:
        _bounce(people.awa(session))
        session.add(Absence(person_id=people.awa(session).id, from_on=today, until_on=None))
    desk = awa.page("/espace")
    assert "Votre adresse refuse nos courriels" in desk.text
    assert "Votre départ est noté depuis le" in desk.text
    assert {ACCOUNT, f"{ACCOUNT}#absences"} <= set(desk.links)


@pytest.mark.parametrize("typed", [{}, {"from_on": "bientôt"}, {"until_on": "2030-07-01"}])
def test_an_absence_needs_its_first_day(awa: Visitor, register: Database, typed: dict[str, str]) -> None:
    page = awa.posted(AWAY, typed, 422)
    assert isinstance(page, Page)
    assert page.form(AWAY)["from_on"] == typed.get("from_on", "")
    assert absences(register) == []


def test_absences_that_are_over_are_no_longer_listed(awa: Visitor, register: Database, today: date) -> None:
    with register.changing() as session:
        me = people.awa(session)
        for last in (1, 0):
            day = today - timedelta(last)
            session.add(Absence(person_id=me.id, from_on=day - timedelta(3), until_on=day))
    assert len(awa.page(ACCOUNT).all("form", action=f"{AWAY}/1/retirer")) == 0
    assert len(awa.page(ACCOUNT).all("form", action=f"{AWAY}/2/retirer")) == 1


def test_nobody_takes_back_the_absence_of_another(awa: Visitor, ines: Visitor, register: Database) -> None:
    awa.posted(AWAY, {"from_on": "2030-07-01", "leaves": "y"})
    ines.posted(f"{AWAY}/{absences(register)[0].id}/retirer")
    assert len(absences(register)) == 1


def test_the_key_of_a_calendar_is_shown_once_and_only_its_fingerprint_is_kept(
    awa: Visitor, visitor: Visitor, person: Callable[[], Person]
) -> None:
    assert awa.page(ACCOUNT).all("form", action=f"{ACCOUNT}/agenda/revoquer") == []
    page = awa.posted(f"{ACCOUNT}/agenda", {}, 200)
    assert isinstance(page, Page)
    address = address_in(page)
    key = address.removeprefix("/agenda/").removesuffix(".ics")
    assert f"webcal://127.0.0.1:8000/agenda/{key}/echeances.ics" in page.links
    assert len(key) == 43
    assert person().agenda_hash == auth.fingerprint(key)
    assert key not in awa.page(ACCOUNT).html.decode()
    assert visitor.get(address).status_code == 200


def test_another_key_shuts_the_one_before_and_revoking_shuts_it_for_good(
    awa: Visitor, visitor: Visitor, person: Callable[[], Person]
) -> None:
    first, second = (address_in(awa.posted(f"{ACCOUNT}/agenda", {}, 200)) for _ in range(2))
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    awa.posted(f"{ACCOUNT}/agenda/revoquer")
    assert visitor.get(second).status_code == 404
    assert person().agenda_hash is None


def test_an_address_that_refuses_mails_is_said_and_can_be_tried_again(
    awa: Visitor, register: Database, person: Callable[[], Person]
) -> None:
    assert "refuse les courriels" not in awa.page(ACCOUNT).text
    with register.changing() as session:
        _bounce(people.awa(session))
    page = awa.page(ACCOUNT)
    assert "Mon adresse refuse les courriels" in page.text
    assert "550 boîte inconnue" in page.text
    awa.posted(f"{ACCOUNT}/adresse", page.form(f"{ACCOUNT}/adresse").filled())
    assert (person().bounced_at, person().bounced_words) == (None, "")
    assert "refuse les courriels" not in awa.page(ACCOUNT).text


def _bounce(me: Person) -> None:
    me.bounced_at, me.bounced_words = datetime(2026, 11, 2, 9, tzinfo=UTC), "550 boîte inconnue"


def test_one_cannot_try_again_for_somebody_else(ines: Visitor, register: Database) -> None:
    def bounced(session: Session) -> object:
        return people.awa(session).bounced_at

    with register.changing() as session:
        _bounce(people.awa(session))
    ines.posted(f"{ACCOUNT}/adresse")
    with register.reading() as session:
        assert bounced(session)
