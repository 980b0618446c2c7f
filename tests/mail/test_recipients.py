"""Who is told and why, who else was and who comes next; and nobody reads of a file that is not theirs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mail import french
from experiments import editing
from experiments.letters import Recipient
from experiments.model import Absence, Experiment, Mail
from experiments.obligations import Fate, Pace, Rank, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import noon
from tests.contents import TODAY
from tests.mail.kinds import TITLE, WORDS, end_of, ending, of_task, with_everybody
from tests.mail.office import Office, html_of, only, text_of, to

DAY = timedelta(1)


@WORDS
def test_a_late_reminder_says_why_one_is_told_who_else_was_and_what_comes_next(office: Office) -> None:
    found = ending(office)
    said = " ".join(text_of(office.mail(of_task(found, Task.FIELD, Rank.DEPUTY))).split())
    assert "15 jours de retard" in said
    assert (
        "parce que vous suppléez le porteur de ce dossier et que 6 rappels au porteur sont restés sans effet." in said
    )
    assert "Déjà prévenus : Awa Diallo (porteur) 6 fois, du " in said
    assert "Le rappel part aussi pour : " in said
    assert "Prochain rappel : le " in said
    assert "Ce qui le demande : CGCT LO1113-6." in said
    carrier = of_task(found, Task.FIELD, Rank.LEAD)
    assert "parce que vous portez ce dossier." in " ".join(text_of(office.mail(carrier)).split())


def test_the_rank_that_is_announced_is_told_on_that_day_and_not_before(office: Office) -> None:
    number = office.open(Status.RUNNING, with_everybody)
    end = end_of(office, number)
    found = office.days(end - 95 * DAY, end + 20 * DAY)
    first: dict[Rank, date] = {}
    promised = []
    for letter in found:
        for ask in letter.asks:
            if ask.deadline.task is Task.FIELD:
                first.setdefault(ask.rank, letter.at.date())
                promised += [ask.then] if ask.then else []
    assert {rank for rank, _ in promised} == {Rank.DEPUTY, Rank.HEAD, Rank.VALIDATOR}
    assert set(promised) == {(rank, first[rank]) for rank, _ in promised}


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        ("away", "et qu’Awa Diallo (porteur) est en absence jusqu’au "),
        ("left", "et qu’Awa Diallo (porteur) a quitté ses fonctions."),
        ("closed", "et qu’Awa Diallo (porteur) n’a plus de compte ouvert."),
        ("bounced", "et que l’adresse d’Awa Diallo (porteur) refuse nos courriels."),
    ],
)
def test_whoever_stands_in_is_told_why(obstacle: str, said: str, office: Office) -> None:
    def hinder(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        awa = people.awa(session)
        if obstacle in {"away", "left"}:
            until = TODAY + 900 * DAY if obstacle == "away" else None
            session.add(Absence(person_id=awa.id, from_on=TODAY, until_on=until))
        elif obstacle == "closed":
            awa.disabled_at = noon(TODAY)
        else:
            awa.bounced_at = noon(TODAY)

    number = office.open(Status.RUNNING, hinder)
    found = office.day(end_of(office, number) - 90 * DAY)
    letter = of_task(found, Task.FIELD, Rank.DEPUTY)
    assert said in " ".join(text_of(office.mail(letter)).split())
    assert not [one for one in to(found, people.awa, office.register) if one.asks]


def test_an_administrator_is_told_as_a_last_resort(office: Office) -> None:
    def nobody(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        for person in (people.awa, people.bruno, people.farid, people.elise):
            session.add(Absence(person_id=person(session).id, from_on=TODAY, until_on=None))

    number = office.open(Status.RUNNING, nobody)
    found = office.day(end_of(office, number) - 90 * DAY)
    said = " ".join(text_of(office.mail(of_task(found, Task.FIELD, Rank.ADMINISTRATOR))).split())
    assert "parce que vous administrez le registre et que personne d’autre ne peut être joint pour ce dossier" in said
    assert "qu’Awa Diallo (porteur) a quitté ses fonctions" in said


def test_a_notice_attaches_what_concerns_its_reader_alone(office: Office) -> None:
    office.open(Status.SUBMITTED, with_everybody)
    office.open(Status.DRAFT, with_everybody)
    with office.register.reading() as session:
        denis = people.denis(session).id
    adviser = [n for one in to(office.day(TODAY), people.denis, office.register) for n in one.news]
    assert adviser
    assert all(one.person_id == denis for news in adviser for one in news.due)


@pytest.mark.parametrize("fate", [Fate.WAITING, Fate.REFUSED, Fate.EXPIRED])
def test_nobody_was_told_by_a_mail_that_has_not_left(office: Office, fate: Fate) -> None:
    letter = next(one for one in ending(office) if one.asks)
    ask, left_on = letter.asks[0], letter.at.date() - DAY
    letter = only(letter, task=ask.deadline.task)

    def said(told: Recipient) -> str:
        asks = [replace(ask, told=(told,))]
        return " ".join(text_of(office.mail(replace(letter, asks=asks))).split())

    left = said(Recipient("Bruno Le Gall", "", Rank.DEPUTY, left_on, Fate.SENT))
    assert f"Déjà prévenus : Bruno Le Gall (suppléant) le {' '.join(french.on(left_on).split())}." in left
    kept = said(Recipient("Bruno Le Gall", "", Rank.DEPUTY, None, fate))
    assert "Déjà prévenus" not in kept
    assert ("Le rappel part aussi pour : Bruno Le Gall (suppléant)." in kept) == (fate is Fate.WAITING)


def test_a_letter_says_on_which_day_a_mail_left_and_not_on_which_it_was_planned(office: Office) -> None:
    number = office.open(Status.RUNNING, with_everybody)
    end = end_of(office, number)
    office.day(end + DAY)
    with office.register.changing() as session:
        mails = select(Mail).where(Mail.fate == Fate.SENT).order_by(Mail.id)
        for mail in session.scalars(mails):
            mail.sent_at = noon(end + 3 * DAY)
    told = [t for n in (8, 15) for one in office.day(end + n * DAY) for ask in one.asks for t in ask.told]
    assert end + 3 * DAY in {t.on for t in told if t.fate is Fate.SENT}
    assert end + DAY not in {t.on for t in told}
    assert {t.on for t in told if t.fate is Fate.WAITING} == {None}


def test_nothing_is_said_of_another_file(office: Office) -> None:
    def of_ines(session: Session, x: Experiment) -> None:
        x.title = "Un secret"
        editing.name(session, x, people.awa(session), people.ines(session), Part.LEAD, now=noon(TODAY))

    theirs = office.open(Status.RUNNING, with_everybody)
    hers = office.open(Status.RUNNING, of_ines)
    end = end_of(office, hers)
    found = [one for n in (-90, -60, -30, -10, 0) for one in office.day(end + n * DAY)]
    letters = to(found, people.ines, office.register)
    assert letters
    for letter in letters:
        mail = office.mail(letter)
        whole = text_of(mail) + html_of(mail) + str(mail["Subject"])
        assert theirs not in whole
        assert TITLE not in whole
        for part in mail.iter_attachments():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert theirs not in content.decode()


def test_whoever_left_a_file_before_the_mail_does_hears_nothing_of_it(office: Office) -> None:
    def slow(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        people.bruno(session).pace = Pace.WEEKLY

    number = office.open(Status.AUTHORISED, slow)
    assert not to(office.day(TODAY), people.bruno, office.register)  # It waits for Monday.

    def leave(session: Session, x: Experiment) -> None:
        editing.unname(session, x, people.awa(session), people.bruno(session), Part.DEPUTY, now=noon(TODAY))

    office.change(number, leave)
    assert not to(office.days(TODAY + DAY, TODAY + 10 * DAY), people.bruno, office.register)
