"""What a file owes and who is told of it, as its people read it; and saying that the file is up to date."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pages.reminders import rung_said
from app.templating import away, date_fr
from experiments import editing
from experiments.leaves import LINES
from experiments.model import Absence, Deadline, Entry, Experiment, Mail, Pulse, Reminder
from experiments.obligations import Fate, Occasion, Rank, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

DAY = timedelta(1)
Make = Callable[..., str]


def address(number: str, page: str = "rappels") -> str:
    return f"/espace/experimentations/{number}/{page}"


def duty(page: Page, act: str) -> str:
    """What the page says of one duty."""
    [found] = [read(li) for li in page.all("li", class_="duty") if act in read(li)]
    return found


def staffed(session: Session, x: Experiment) -> None:
    """Inès stands in, Farid is the director."""
    for person, part in ((people.ines, Part.DEPUTY), (people.farid, Part.HEAD)):
        editing.name(session, x, people.awa(session), person(session), part, now=clock.now())


def test_each_duty_says_its_day_and_who_is_told_first_then_next(awa: Visitor, make: Make, today: date) -> None:
    number = make(Status.RUNNING, change=staffed)
    page = awa.page(address(number))
    text = duty(page, "Terminer l’essai")
    assert f"{date_fr(today + 204 * DAY)}\u00a0: dans\u00a0204\u00a0jours" in text
    awa_at, ines_at, farid_at = (text.index(name) for name in ("Awa Diallo", "Inès Caron", "Farid Haddad"))
    assert awa_at < ines_at < farid_at
    assert "Responsable des espaces publics" in text
    assert "après 2 rappels sans effet" in text
    assert "Prochain rappel le" in text
    assert address(number, "etapes") in page.links


def test_what_waits_for_somebody_else_says_so(awa: Visitor, make: Make) -> None:
    text = duty(awa.page(address(make(Status.RUNNING, change=staffed))), "Verser l’évaluation")
    assert "Pas encore rappelé\u00a0: quelqu’un d’autre doit d’abord agir." in text
    assert "c’était le dernier" not in text


def test_what_lapses_promises_no_escalation(awa: Visitor, make: Make) -> None:
    text = duty(awa.page(address(make(Status.RUNNING, change=staffed))), "Préparer la fin de l’expérimentation")
    assert "si personne avant n’est joignable" in text
    assert "rappels sans effet" not in text


def test_whoever_is_unreachable_leaves_their_place(awa: Visitor, make: Make, register: Database, today: date) -> None:
    number = make(Status.RUNNING, change=staffed)
    with register.changing() as session:
        person = people.awa(session)
        session.add(Absence(person_id=person.id, from_on=today, until_on=today + DAY))
        people.ines(session).bounced_at = clock.now()
    text = duty(awa.page(address(number)), "Terminer l’essai")
    assert f"absence jusqu’au {date_fr(today + DAY)}" in text
    assert "adresse refusée" in text
    assert text.count("passe au suivant") == 2
    assert "à Farid Haddad" in text


def test_when_nobody_can_be_reached_the_page_says_so(hugo: Visitor, make: Make, register: Database) -> None:
    number = make(Status.AUTHORISED)
    with register.changing() as session:
        people.awa(session).disabled_at = clock.now()
    text = duty(hugo.page(address(number)), "Préparer la fin de la dérogation Code de la commande publique")
    assert "à Hugo Blanc (administration du registre" in text
    with register.changing() as session:
        people.hugo(session).bounced_at = clock.now()
    assert "personne n’est joignable" in duty(hugo.page(address(number)), "la dérogation Code de la commande")


def test_a_file_not_yet_reckoned_says_that_its_next_reminder_is_to_come(
    awa: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        session.query(Deadline).delete()
    assert "sera fixé au prochain passage" in awa.page(address(number)).text


def test_a_file_that_owes_nothing_says_so(elise: Visitor, make: Make) -> None:
    text = elise.page(address(make(Status.REFUSED))).text
    assert "ne doit rien" in text
    assert "Aucun rappel n’a encore été prévu" in text


def remind(session: Session, task: Task, rung: int, fate: Fate, words: str = "") -> None:
    deadline = session.scalars(select(Deadline).where(Deadline.task == task)).one()
    now, awa = clock.now(), people.awa(session)
    mail = Mail(
        key=f"k{task}{rung}", person_id=awa.id, occasion=Occasion.REMINDER, planned_at=now, due_at=now, not_before=now,
        fate=fate, tries=1, leased_by="", words=words, sent_at=now if fate is Fate.SENT else None,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    session.add(Reminder(deadline_id=deadline.id, version=1, rung=rung, person_id=awa.id, rank=Rank.LEAD,
                         planned_on=clock.today(), mail_id=mail.id))  # fmt: skip
    session.flush()


def test_what_was_told_already_says_its_rung_and_its_fate(awa: Visitor, make: Make, register: Database) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        remind(session, Task.END, -30, Fate.SENT)
        remind(session, Task.END, -7, Fate.REFUSED, "550 inconnu")
        remind(session, Task.END, 0, Fate.WAITING)
        remind(session, Task.END, 14, Fate.CANCELLED)
    text = awa.page(address(number)).text
    rungs = ("14\u00a0jours après", "le jour même", "7\u00a0jours avant", "30\u00a0jours avant")
    places = [text.index(f"Fin ferme, {rung}") for rung in rungs]
    assert places == sorted(places)
    assert text.count("Awa Diallo, porteur") == 4
    assert "remis au serveur de messagerie le" in text
    assert "refusé\u00a0: 550 inconnu" in text
    assert "en attente" in text
    assert "devenu sans objet" in text
    assert "À Awa Diallo, porteur" in text


def test_a_long_list_of_what_was_told_goes_on(awa: Visitor, make: Make, register: Database) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        for week in range(LINES + 1):
            remind(session, Task.END, 7 * week, Fate.SENT)
    first, second = awa.page(address(number)), awa.page(address(number) + "?page=2")
    assert f"{address(number)}?page=2#dits" in first.links
    assert "Fin ferme, le jour même" not in first.text
    assert "Fin ferme, le jour même" in second.text
    awa.page(address(number) + "?page=²")


def test_the_carrier_says_once_a_day_that_the_file_is_up_to_date(
    awa: Visitor, make: Make, look: Callable[[str], Experiment], today: date, register: Database
) -> None:
    number = make(Status.RUNNING)
    assert "n’a pas encore été relue" in awa.page(address(number)).text
    for _ in range(2):
        # The second time is another tab: it says the same, and leaves no second mark.
        assert awa.post(address(number, "relecture")).status_code == 303
    page = awa.page(address(number))
    assert f"Dernière relecture\u00a0: le {date_fr(today)}" in page.text
    assert address(number, "relecture") not in [f.get("action") for f in page.forms()]
    assert look(number).reviewed_on == today
    with register.reading() as session:
        assert session.scalars(select(Entry.event)).all().count("reviewed") == 1
    assert "Fiche relue, dite à jour" in awa.page(address(number, "historique")).text
    assert "Fiche relue, dite à jour" in awa.page(f"/experimentations/{number}/historique").text
    assert "Fiche relue, dite à jour" in awa.page("/trace").text


def test_only_the_carrier_of_a_file_under_way_is_asked_whether_it_is_up_to_date(
    awa: Visitor, bruno: Visitor, make: Make
) -> None:
    draft, running = make(Status.DRAFT), make(Status.RUNNING)
    assert "La fiche est-elle à jour" not in awa.page(address(draft)).text
    assert "La fiche est-elle à jour" not in bruno.page(address(running)).text
    assert awa.post(address(draft, "relecture")).status_code == 403


def test_reminders_that_do_not_leave_are_said_on_the_file(awa: Visitor, make: Make, register: Database) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        session.execute(update(Pulse).values(ran_at=clock.now() - DAY))
    assert "Rappels non envoyés depuis le" in awa.page(address(number)).text


def test_days_are_counted_in_words() -> None:
    said = [away(n) for n in (2, 1, 0, -1, -2)]
    assert said == ["dans\u00a02\u00a0jours", "demain", "aujourd’hui", "1\u00a0jour de retard",
                    "2\u00a0jours de retard"]  # fmt: skip
    said = [rung_said(n) for n in (-90, 0, 1)]
    assert said == ["90\u00a0jours avant", "le jour même", "1\u00a0jour après"]


# The team page --------------------------------------------------------------------------------------------------------


def test_the_team_page_says_who_cannot_be_reached(awa: Visitor, make: Make, register: Database, today: date) -> None:
    number = make(Status.RUNNING, change=staffed)
    with register.changing() as session:
        session.add(Absence(person_id=people.ines(session).id, from_on=today, until_on=None))
        people.farid(session).bounced_at = clock.now()
        people.bruno(session).disabled_at = clock.now()
    text = awa.page(address(number, "equipe")).text
    for words in ("n’est plus en poste", "adresse refusée par son serveur de messagerie", "compte fermé"):
        assert words in text, words


def test_a_carrier_names_a_director_who_is_a_validator(awa: Visitor, make: Make, register: Database) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        people.farid(session)
    page = awa.page(address(number, "equipe"))
    sent = page.form(address(number, "equipe")).filled({"email": "farid.haddad@exemple.fr", "part": "head"})
    assert awa.post(address(number, "equipe"), sent).status_code == 303
    after = awa.page(address(number, "equipe"))
    assert [li for li in after.all("li") if read(li).startswith("Direction\u00a0: Farid Haddad")]
    assert "elle lit le dossier, elle n’y écrit pas" in after.text


# A year later ---------------------------------------------------------------------------------------------------------


def test_what_is_left_a_year_later_is_written_then_read_by_all(awa: Visitor, visitor: Visitor, make: Make) -> None:
    number = make(Status.CLOSED)
    public = f"/experimentations/{number}"
    assert "Un an après" not in visitor.page(public).text
    assert "Suivi à douze mois\u00a0: au plus tard le" in visitor.page(public).text
    sent = awa.page(address(number, "suivi")).form(address(number, "suivi")).filled(
        {"state": "Les bancs sont restés, l’ombre aussi.", "seen_on": str(clock.today())}
    )  # fmt: skip
    assert awa.post(address(number, "suivi"), sent).status_code == 303
    text = visitor.page(public).text
    assert "Un an après" in text
    assert "Les bancs sont restés, l’ombre aussi." in text
    assert "Suivi à douze mois\u00a0: au plus tard le" not in text
    assert "Les bancs sont restés" in awa.page(address(number, "lecture")).text
    assert "ne doit rien" in awa.page(address(number)).text


def test_nobody_but_the_team_writes_what_is_left(elise: Visitor, claire: Visitor, make: Make) -> None:
    number = make(Status.CLOSED)
    for visitor in (elise, claire):
        assert visitor.post(address(number, "suivi"), {"version": "0"}).status_code == 403
        assert "Suivi à douze mois" in visitor.page(address(number, "suivi")).text
