"""Mails to people outside: confirmed first, one a day at most, left for good at once, erased after their purpose."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.follow_links import nonce_of, refusal_key_of
from app.mail.letter import Writer
from app.mail.transport import Answer, Fate
from app.worker import Worker
from experiments import bulletins, followers, queries, voices
from experiments.model import Experiment, Follower, Following, Mail, Voice
from experiments.model.voice import Decline, Standing
from experiments.obligations import Language, Occasion
from experiments.vocabulary import Status
from tests import citizens
from tests.builders import an_experiment, cross
from tests.mail.office import config, html_of, text_of

from .office import TUESDAY, Clock, at, run_until_idle

DAY = timedelta(1)
SITE = "https://essais.exemple.fr"


class Box:
    """A way out that keeps every mail, to whom and when."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock, self.fate = clock, Fate.SENT
        self.left: list[tuple[datetime, str, EmailMessage]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing stays open."""

    def deliver(self, message: EmailMessage, to: str) -> Answer:
        self.left.append((self.clock(), to, message))
        return Answer(self.fate, None, "")

    def taken(self, to: str) -> list[EmailMessage]:
        """What has left for an address since the last time one looked."""
        found = [message for _, address, message in self.left if address == to]
        self.left = [one for one in self.left if one[1] != to]
        return found


class Town:
    """A register, its worker and the box of everybody outside."""

    def __init__(self, register: Database, folder: Path) -> None:
        self.register, self.clock = register, Clock(at(TUESDAY))
        self.box, self.config = Box(self.clock), config(folder)
        self.worker = Worker(register, lambda: self.box, Writer(self.config).compose, now=self.clock)

    def run(self, moment: datetime) -> None:
        self.clock.moment = moment
        run_until_idle(self.worker)


@pytest.fixture
def town(register: Database, tmp_path: Path) -> Town:
    return Town(register, tmp_path)


def count(register: Database, table: type, *conditions: object) -> int:
    with register.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def running(town: Town, today: date = TUESDAY) -> int:
    with town.register.changing() as session:
        number = an_experiment(session, Status.RUNNING, today=today).id
    town.run(at(today))
    town.box.left.clear()
    return number


def ask(town: Town, email: str, number: int | None, moment: datetime, *, confirmed: bool = False) -> None:
    with town.register.changing() as session:
        followers.ask(session, email, number, box=email, language=Language.FRENCH, now=moment)
        follower = session.scalars(select(Follower).where(Follower.email == email.strip().lower())).one()
        found = followers.by_nonce(session, follower.nonce)
        assert found
        if confirmed:
            followers.confirm(session, found, {one.id for one in found.followings}, moment)


def refusal(mail: EmailMessage) -> str:
    """Where a mail to somebody who follows, or is asked to, lets them refuse for good."""
    return next(line for line in text_of(mail).splitlines() if "/refus/" in line)


def step(town: Town, number: int, gate: str, on: date = TUESDAY) -> None:
    with town.register.changing() as session:
        x = session.get_one(Experiment, number)
        found = queries.file(session, x.number, for_change=True)
        assert found
        cross(session, found, gate, on=on)


def test_nothing_is_told_before_the_box_confirms_and_that_mail_waits_for_no_morning(town: Town) -> None:
    number, night = running(town), at(TUESDAY, 23)
    for _ in range(2):
        # Asked twice before it leaves, it is one mail.
        ask(town, " Jo@Exemple.fr", number, night)
    town.run(night)
    [mail] = town.box.taken("jo@exemple.fr")
    assert str(mail["Subject"]).startswith("Confirmer\u00a0: suivre «\u00a0Îlots d’ombre")
    link = next(line for line in text_of(mail).splitlines() if line.startswith(f"{SITE}/suivre/"))
    assert link in html_of(mail)
    assert mail["List-Unsubscribe"] == f"<{link}/arreter>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Whoever asked for nothing can see to it that nobody asks again.
    assert refusal(mail) == f"{SITE}/refus/{refusal_key_of('jo@exemple.fr', town.config.secret_key)}"
    assert refusal(mail) in html_of(mail)
    key = link.rpartition("/")[2]
    assert nonce_of(key, town.config.secret_key)
    assert nonce_of(key, "une autre clé, d’au moins trente-deux signes") is None
    step(town, number, "suspend")
    town.run(at(TUESDAY + DAY))
    assert town.box.taken("jo@exemple.fr") == []


def test_one_mail_a_day_gathers_what_was_published_of_all_that_one_follows(town: Town) -> None:
    first, second, third = running(town), running(town), running(town)
    ask(town, "jo@exemple.fr", first, at(TUESDAY), confirmed=True)
    ask(town, "jo@exemple.fr", second, at(TUESDAY), confirmed=True)
    ask(town, "sam@exemple.fr", None, at(TUESDAY), confirmed=True)
    ask(town, "lou@exemple.fr", third, at(TUESDAY), confirmed=True)
    town.run(at(TUESDAY))
    town.box.left.clear()
    step(town, first, "suspend")
    town.run(at(TUESDAY, 11))
    for number, gate in ((first, "resume"), (second, "finish"), (third, "stop")):
        step(town, number, gate)
        town.run(at(TUESDAY, 15))
    assert town.box.taken("jo@exemple.fr") == []
    town.run(at(TUESDAY + DAY, 7))
    assert town.box.taken("jo@exemple.fr") == []
    town.run(at(TUESDAY + DAY, 8))
    [mine], [whole] = town.box.taken("jo@exemple.fr"), town.box.taken("sam@exemple.fr")
    assert mine["Subject"] == "3\u00a0nouvelles de 2\u00a0expérimentations"
    assert whole["Subject"] == "4\u00a0nouvelles de 3\u00a0expérimentations"
    [single] = town.box.taken("lou@exemple.fr")
    assert "\u00a0: arrêtée\u00a0: " in single["Subject"]
    assert refusal(mine) != refusal(whole)
    text = text_of(mine).replace("\u00a0", " ")
    assert text.index("Suspendue, le ") < text.index("Reprise, le ") < text.index("Essai terminé, le ")
    assert "Arrêtée" not in text
    # What waits for somebody inside, and what is late, is not told outside.
    town.run(at(TUESDAY + 2 * DAY, 8))
    town.run(at(TUESDAY + 400 * DAY, 10))
    assert town.box.taken("jo@exemple.fr") == town.box.taken("sam@exemple.fr") == []


def test_whoever_leaves_before_the_morning_hears_nothing_and_nothing_is_kept(town: Town) -> None:
    number = running(town)
    ask(town, "jo@exemple.fr", number, at(TUESDAY), confirmed=True)
    town.run(at(TUESDAY))
    town.box.left.clear()
    step(town, number, "suspend")
    town.run(at(TUESDAY, 11))
    assert count(town.register, Mail, Mail.occasion == Occasion.NEWS) == 1
    with town.register.changing() as session:
        followers.leave(session, session.scalars(select(Follower)).one())
    town.run(at(TUESDAY + DAY))
    assert town.box.taken("jo@exemple.fr") == []
    for table in (Follower, Following):
        assert count(town.register, table) == 0
    assert count(town.register, Mail, Mail.person_id.is_(None)) == 0


def test_an_address_refused_for_good_is_forgotten(town: Town) -> None:
    number = running(town)
    ask(town, "jo@exemple.fr", number, at(TUESDAY), confirmed=True)
    with town.register.changing() as session:
        x = session.get_one(Experiment, number)
        voice = citizens.a_voice(session, x, on=TUESDAY)
        voices.decline(session, voice, Decline.OFF_TOPIC, sure=False, today=TUESDAY)
        bulletins.reply(session, voice, at(TUESDAY), at_any_hour=False)
    step(town, number, "suspend")
    town.box.fate = Fate.REFUSED
    town.run(at(TUESDAY, 11))
    town.run(at(TUESDAY + DAY))
    assert count(town.register, Following) == 0
    assert count(town.register, Voice, Voice.email != "") == 0
    town.run(at(TUESDAY + 2 * DAY))
    assert count(town.register, Follower) == 0


@pytest.mark.parametrize(
    ("language", "published", "says", "again"),
    [
        (Language.FRENCH, False, "Nous avons lu votre réaction, au sujet de « ", "Écrire une autre observation"),
        (Language.FRENCH, True, "Nous avons retiré de la page publique votre réaction,", "Écrire une autre"),
        (Language.ENGLISH, False, "We have read your comment, about “", "Write another comment"),
    ],
)
def test_whoever_is_declined_reads_of_what_why_and_where_to_write_again(
    town: Town, language: Language, published: bool, says: str, again: str
) -> None:
    number = running(town)
    with town.register.changing() as session:
        x = session.get_one(Experiment, number)
        voice = citizens.a_voice(session, x, on=TUESDAY, language=language)
        if published:
            voices.publish(session, voice, "Les bancs sont à l’ombre.", sure=False, today=TUESDAY)
        voices.decline(session, voice, Decline.OFF_TOPIC, sure=published, today=TUESDAY)
        bulletins.reply(session, voice, at(TUESDAY), at_any_hour=False)
        title, page = (
            x.title,
            f"{SITE}{'' if language is Language.FRENCH else '/en'}/experimentations/{x.number}/reagir",
        )
    town.run(at(TUESDAY))
    [mail] = town.box.taken("jo@exemple.fr")
    text = " ".join(text_of(mail).replace("\u00a0", " ").split())
    assert says in text
    assert title in text
    assert "Hors sujet" in text or "Off topic" in text
    assert f"{again}" in text
    assert f" {page} " in text


def test_an_answer_is_mailed_in_the_language_of_whoever_asked(town: Town) -> None:
    number = running(town)
    with town.register.changing() as session:
        x = session.get_one(Experiment, number)
        voice = citizens.a_voice(session, x, on=TUESDAY, language=Language.ENGLISH)
        voices.publish(session, voice, "The benches are in the shade.", sure=False, today=TUESDAY)
        assert voices.answer(session, voice, "Oui.\n\nJusqu’en juin.", today=TUESDAY)
        bulletins.reply(session, voice, at(TUESDAY), at_any_hour=False)
        reference, number_of = voice.reference, x.number
    town.run(at(TUESDAY))
    [mail] = town.box.taken("jo@exemple.fr")
    assert mail["Subject"] == f"Answer to your comment {reference}"
    assert mail["Content-Language"] == "en"
    assert mail["List-Unsubscribe"] is None
    for form in (text_of(mail), html_of(mail)):
        assert "The benches are in the shade." in form
        assert "Jusqu’en juin." in form
        assert f"{SITE}/en/experimentations/{number_of}/observations" in form
        assert "06 12" not in form
    assert "Oui.\n\nJusqu’en juin.\n\n" in text_of(mail).replace("\r\n", "\n")


def test_what_people_left_is_erased_after_its_purpose_by_the_round_of_the_day(town: Town) -> None:
    """Six months after an answer or a decline, twelve after it came, whatever became of it."""
    number = running(town)
    with town.register.changing() as session:
        x = session.get_one(Experiment, number)
        made = [citizens.a_voice(session, x, f"Observation numéro {n}", on=TUESDAY) for n in range(4)]
        obstacle = citizens.a_voice(session, None, "La carte ne se lit pas.", on=TUESDAY)
        unread, answered, declined, published = (voice.id for voice in made)
        late = TUESDAY + 100 * DAY
        for voice in (made[1], made[3]):
            voices.publish(session, voice, f"Publié {voice.id}", sure=False, today=TUESDAY)
        voices.answer(session, made[1], "Voici.", today=late)
        voices.decline(session, made[2], Decline.DUPLICATE, sure=False, today=TUESDAY)
        voices.answer(session, obstacle, "Corrigé.", today=late)
        of_the_obstacle = obstacle.id

    def kept() -> set[int]:
        with town.register.reading() as session:
            return set(session.scalars(select(Voice.id).where(Voice.text != "", Voice.email != "")))

    town.run(at(date(2027, 9, 8)))
    assert kept() == {unread, answered, declined, published, of_the_obstacle}
    town.run(at(date(2027, 9, 9)))
    assert kept() == {unread, answered, published, of_the_obstacle}
    town.run(at(date(2027, 12, 17)))
    assert kept() == {unread, published}
    town.run(at(date(2028, 3, 9)))
    assert kept() == set()
    with town.register.reading() as session:
        found = {voice.id: voice for voice in session.scalars(select(Voice))}
        assert found[unread].standing is Standing.LAPSED
        assert [row.text for row in voices.published(session, session.get_one(Experiment, number).number)] == [
            f"Publié {published}", f"Publié {answered}"
        ]  # fmt: skip
        assert found[answered].answer == "Voici."


def test_what_nobody_confirmed_is_erased_and_the_ledger_forgets_outsiders(town: Town) -> None:
    number = running(town)
    ask(town, "jo@exemple.fr", number, at(TUESDAY))
    ask(town, "sam@exemple.fr", number, at(TUESDAY), confirmed=True)
    ask(town, "sam@exemple.fr", None, at(TUESDAY))
    town.run(at(TUESDAY))
    town.run(at(TUESDAY + 6 * DAY))
    assert count(town.register, Following) == 3
    town.run(at(TUESDAY + 7 * DAY))
    with town.register.reading() as session:
        [left] = session.scalars(select(Follower))
        assert left.email == "sam@exemple.fr"
    assert count(town.register, Following) == 1
    assert count(town.register, Mail, Mail.follower_id.is_not(None)) == 1
    town.run(at(TUESDAY + 31 * DAY))
    assert count(town.register, Mail, Mail.follower_id.is_not(None)) == 0


def test_the_round_takes_place_once_a_day_at_its_first_run(town: Town) -> None:
    number = running(town)
    ask(town, "jo@exemple.fr", number, at(TUESDAY - 8 * DAY))
    for hour in (11, 15, 23):
        town.run(at(TUESDAY, hour))
        assert count(town.register, Following) == 1
    town.run(at(TUESDAY + DAY, 0, 5))
    assert count(town.register, Following) == 0
