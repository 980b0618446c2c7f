"""How the register goes, for those who watch over it: what the page says, what an administrator may mend."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.templating import date_fr
from experiments import editing
from experiments.leaves import LINES
from experiments.model import Absence, Deadline, Mail, Person, Pulse, Reminder
from experiments.obligations import Fate, Occasion, Rank
from experiments.vocabulary import Part, Status
from tests import people
from tests.pages.page import read
from tests.pages.public_side import statements
from tests.pages.visitor import Visitor

PAGE = "/espace/administration"
ABSENCES = f"{PAGE}/absences"
DAY = timedelta(1)
Make = Callable[..., str]
_keys = count(1)


def beat(register: Database, **facts: object) -> None:
    with register.changing() as session:
        session.execute(update(Pulse).values(facts))


def a_mail(session: Session, person: Person, fate: Fate, *, due: datetime | None = None, **facts: object) -> Mail:
    due = due or clock.now()
    ended = None if fate is Fate.WAITING else due
    mail = Mail(
        **{
            "key": f"k{next(_keys)}", "person_id": person.id, "occasion": Occasion.REMINDER, "fate": fate,
            "tries": 1, "leased_by": "", "words": "", "planned_at": due, "due_at": due, "not_before": due,
            "sent_at": due if fate is Fate.SENT else None, "ended_at": ended, **facts,
        }
    )  # fmt: skip
    session.add(mail)
    session.flush()
    return mail


def absences(register: Database) -> list[tuple[date, date | None]]:
    with register.reading() as session:
        return [(one.from_on, one.until_on) for one in session.scalars(select(Absence).order_by(Absence.id))]


# What it says ---------------------------------------------------------------------------------------------------------


def test_when_all_is_well_every_list_says_that_it_is_empty(hugo: Visitor) -> None:
    text = hugo.page(PAGE).text
    for words in (
        "En marche", "Aucun n’attend", "Aucun courriel n’est différé", "Personne n’est absent",
        "Chaque dossier ouvert a un porteur",
    ):  # fmt: skip
        assert words in text, words
    assert "Que faire" not in text
    assert "Rappels non envoyés" not in text


def test_the_desk_leads_there_those_who_may_read_it(hugo: Visitor, gaelle: Visitor, awa: Visitor) -> None:
    assert PAGE in hugo.page("/espace").links
    assert PAGE in gaelle.page("/espace").links
    assert PAGE not in awa.page("/espace").links


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"ran_at": None, "since": datetime.fromisoformat("2026-03-01T09:00:00+00:00")},
         ("Jamais lancé", "flask remind", "systemctl")),
        ({"ran_at": datetime.fromisoformat("2026-03-01T09:00:00+00:00")},
         ("Arrêté", "1er\u00a0mars\u00a02026 à 10\u00a0h\u00a000", "flask remind", "DATABASE_URL")),
        ({"trouble": "Le serveur mx:25 a coupé la connexion",
          "troubled_since": datetime.fromisoformat("2026-03-01T09:00:00+00:00")},
         ("Empêché", "mx:25 a coupé la connexion", "SMTP_URL")),
    ],
)  # fmt: skip
def test_each_cause_is_said_with_what_to_do(
    hugo: Visitor, register: Database, facts: dict[str, object], words: tuple[str, ...]
) -> None:
    beat(register, **facts)
    # Commands are read too: `text` leaves out what is code.
    text = read(hugo.page(PAGE).one("main"))
    assert "Que faire" in text
    for word in words:
        assert word in text, word


def test_everybody_learns_on_their_desk_that_reminders_do_not_leave(
    awa: Visitor, hugo: Visitor, register: Database
) -> None:
    assert "Rappels non envoyés" not in awa.page("/espace").text
    beat(register, ran_at=datetime.fromisoformat("2026-03-01T13:32:00+00:00"))
    for visitor in (awa, hugo):
        page = visitor.page("/espace")
        assert "Rappels non envoyés depuis le 1er\u00a0mars\u00a02026 à 14\u00a0h\u00a032" in page.text
    assert hugo.page("/espace").links.count(PAGE) == 2
    assert PAGE not in awa.page("/espace").links


def test_a_mail_that_does_not_arrive_says_to_whom_about_what_and_why(
    hugo: Visitor, register: Database, make: Make
) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        awa = people.awa(session)
        deadline = session.scalars(select(Deadline).order_by(Deadline.id).limit(1)).one()
        mail = a_mail(session, awa, Fate.WAITING, words="451 <b>plus tard</b>")
        session.add(Reminder(deadline_id=deadline.id, version=9, rung=0, person_id=awa.id, rank=Rank.LEAD,
                             planned_on=clock.today(), mail_id=mail.id))  # fmt: skip
        a_mail(session, awa, Fate.REFUSED, words="550 inconnu")
        a_mail(session, awa, Fate.SENT)
    page = hugo.page(PAGE)
    row = page.one("tbody")
    text = " ".join("".join(row.itertext()).split())
    assert text.index("550 inconnu") < text.index("451 <b>plus tard</b>")
    assert number in text
    assert "awa.diallo@exemple.fr" in text
    assert "Nouvel essai le" in text
    assert "Refusé le" in text
    assert f"/espace/experimentations/{number}" in page.links


def test_a_long_list_goes_on_and_keeps_the_place_of_the_others(hugo: Visitor, register: Database) -> None:
    with register.changing() as session:
        for n in range(LINES + 1):
            a_mail(session, people.awa(session), Fate.EXPIRED, words=f"essai {n}.")
    assert "essai 0." not in hugo.page(PAGE).text
    second = hugo.page(f"{PAGE}?courriers=2&adresses=3")
    assert "essai 0." in second.text
    assert f"{PAGE}?courriers=1&adresses=3#courriers" in second.links


def test_a_page_that_does_not_exist_is_one_that_does(hugo: Visitor) -> None:
    for page in ("0", "-1", "x", "99999999999999999999", "²", ""):
        hugo.page(f"{PAGE}?courriers={page}&dossiers={page}")


def test_a_file_without_a_carrier_says_who_stands_in(hugo: Visitor, register: Database, make: Make) -> None:
    def with_a_deputy(session: Session, x: object) -> None:
        editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=clock.now())  # type: ignore[arg-type]

    alone, helped = make(Status.RUNNING), make(Status.RUNNING, change=with_a_deputy)
    assert alone not in hugo.page(PAGE).text
    with register.changing() as session:
        people.awa(session).disabled_at = clock.now()
    page = hugo.page(PAGE)
    assert f"/espace/experimentations/{alone}/equipe" in page.links
    assert f"/espace/experimentations/{helped}/equipe" in page.links
    assert "compte fermé" in page.text
    assert "Personne ne le supplée" in page.text
    assert "À sa place\u00a0: Inès Caron" in page.text
    # Only the carrier is told of the end of a derogation.
    assert "fin d’une dérogation" in page.text


# What an administrator mends ------------------------------------------------------------------------------------------


def test_an_administrator_notes_an_absence_and_ends_it(hugo: Visitor, register: Database, today: date) -> None:
    with register.changing() as session:
        people.awa(session)
    form = hugo.page(PAGE).form(ABSENCES)
    sent = form.filled({"email": "AWA.diallo@exemple.fr", "from_on": today, "until_on": today + 3 * DAY})
    assert hugo.post(ABSENCES, sent).status_code == 303
    assert absences(register) == [(today, today + 3 * DAY)]
    page = hugo.page(PAGE)
    assert f"du {date_fr(today)} au {date_fr(today + 3 * DAY)}" in page.text
    [end] = [f.get("action") or "" for f in page.forms() if (f.get("action") or "").endswith("/fin")]
    assert hugo.post(end).status_code == 303
    assert absences(register) == []
    # A second tab, or a second administrator: it is over, and said so.
    assert hugo.post(end).status_code == 303
    assert "n’existe plus" in hugo.page(PAGE).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"email": "personne@exemple.fr"}, "Aucun compte à cette adresse"),
        ({"email": ""}, "Donnez une adresse"),
        ({"from_on": ""}, "premier jour"),
        ({"from_on": "31/02/2026"}, "Ce jour n’existe pas"),
        ({"until_on": "2026-01-01", "leaves": ""}, "finit avant de commencer"),
        ({"leaves": ""}, "Donnez le dernier jour, ou cochez le départ"),
        ({"until_on": "2100-01-01"}, "Un départ n’a pas de dernier jour"),
        ({"from_on": "2026-01-01", "until_on": "2026-01-02", "leaves": ""}, "déjà finie"),
    ],
)
def test_an_absence_that_makes_no_sense_comes_back_with_why(
    hugo: Visitor, register: Database, today: date, typed: dict[str, str], says: str
) -> None:
    with register.changing() as session:
        people.awa(session)
    sent = {"email": "awa.diallo@exemple.fr", "from_on": str(today), "leaves": "y"} | typed
    sent = {name: value for name, value in sent.items() if value or name != "leaves"}
    page = hugo.posted(ABSENCES, sent, 422)
    assert says in page.text
    assert absences(register) == []


def test_the_same_absence_said_by_two_administrators_is_one(
    hugo: Visitor, register: Database, today: date, signed_in: Callable[..., Visitor]
) -> None:
    with register.changing() as session:
        people.awa(session)
    for visitor in (hugo, signed_in(people.hugo)):
        sent = {"email": "awa.diallo@exemple.fr", "from_on": str(today), "leaves": "y"}
        assert visitor.post(ABSENCES, sent).status_code == 303
    assert absences(register) == [(today, None)]
    assert "n’est plus en poste" in hugo.page(PAGE).text


def test_a_refused_address_is_tried_again(hugo: Visitor, gaelle: Visitor, register: Database) -> None:
    with register.changing() as session:
        awa = people.awa(session)
        awa.bounced_at, awa.bounced_words, number = clock.now(), "550 inconnue", awa.id
    again = f"{PAGE}/personnes/{number}/reessayer"
    assert "550 inconnue" in gaelle.page(PAGE).text
    assert not [f for f in gaelle.page(PAGE).forms() if f.get("action") == again]
    assert [f for f in hugo.page(PAGE).forms() if f.get("action") == again]
    for said in ("sera tenté", "n’est plus marquée"):
        assert hugo.post(again).status_code == 303
        assert said in hugo.page(PAGE).text
    with register.reading() as session:
        awa = people.awa(session)
        assert (awa.bounced_at, awa.bounced_words) == (None, "")


def test_an_auditor_reads_and_is_offered_nothing_to_do(gaelle: Visitor) -> None:
    page = gaelle.page(PAGE)
    assert not list(page.one("main").iter("form"))
    assert "un administrateur agit" in page.text


def test_a_hostile_name_is_only_a_name(hugo: Visitor, register: Database, make: Make) -> None:
    make(Status.RUNNING)
    name = '<script>alert(1)</script> "O\'Neil" & {{ 7 * 7 }} %s \u202e田中'
    with register.changing() as session:
        awa = people.awa(session)
        awa.name, awa.bounced_at, awa.bounced_words = name, clock.now(), "<img src=x onerror=alert(1)>"
        session.add(Absence(person_id=awa.id, from_on=clock.today(), until_on=None))
        a_mail(session, awa, Fate.REFUSED, words="</td><script>alert(2)</script>")
    page = hugo.page(PAGE)
    assert page.text.count("O'Neil") >= 4
    assert page.all("img") == []
    assert "alert(2)" in page.text


def test_lists_that_are_short_are_looked_for_once(gaelle: Visitor, register: Database, make: Make) -> None:
    # Each is the costliest of the page; what fits on one leaf is not counted besides.
    make(Status.RUNNING)
    gaelle.page(PAGE)
    with statements(register) as said:
        gaelle.page(PAGE)
    assert [one for one in said if one.startswith("SELECT count(*) AS count_1 \nFROM (")] == []
    assert len(said) < 18
    if register.engine.dialect.name == "postgresql":
        with register.reading() as session, register.public() as public:
            assert {one.scalar(text("SHOW jit")) for one in (session, public)} == {"off"}
