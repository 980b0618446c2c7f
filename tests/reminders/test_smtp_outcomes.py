"""Whatever a mail server does, the ledger says what became of each mail, in French, and no duty stays untold."""

import re
import socket
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.worker import Run
from experiments.ladder import opening_hours
from experiments.model import Deadline, Involvement, Mail, Person, Pulse
from experiments.obligations import Fate, Rank
from experiments.vocabulary import Part
from tests.mail.server import DROP, HANG, KEEP_AND_DROP, LATE, MailServer

from .office import TUESDAY, Box, Clock, at, clerk, crowd, mails, mails_of, only, postman, run_until_idle, somebody

LEAD, DEPUTY = "porteur-0", "suppleant-0"
BADLY_TYPESET = re.compile(r"'|(?<![\u00a0\u202f\d/])[:;!?](?!\d|//)|« | »|[^\s\u00a0]»")


@pytest.fixture
def clock() -> Clock:
    return Clock(at(TUESDAY))


@pytest.fixture
def duty(register: Database) -> Database:
    """A register where one thing is due today, by somebody who has a deputy."""
    with register.changing() as session:
        crowd(session, 1, TUESDAY)
    return register


def mail_of(register: Database, local: str) -> Mail:
    with register.reading() as session:
        found: Mail = only(mails_of(session, local))
        return found


def pulse(register: Database) -> Pulse:
    with register.reading() as session:
        return session.scalars(select(Pulse)).one()


def reads_well(words: str, expected: str) -> None:
    assert expected in words
    assert not BADLY_TYPESET.search(re.sub(r"[\w.-]+:\d+|«.*»", "", words)), words


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


# No mail can leave ----------------------------------------------------------------------------------------------------


def refused_connection(_server: MailServer) -> str:
    return f"smtp://127.0.0.1:{closed_port()}"


def unknown_name(_server: MailServer) -> str:
    return "smtp://nowhere.invalid"


def refused_account(server: MailServer) -> str:
    server.plan.account = ("jalon", "le bon")
    return server.url.replace("//", "//jalon:un-autre@")


def no_starttls(server: MailServer) -> str:
    return server.url.replace("smtp:", "smtp+starttls:")


def silent_greeting(server: MailServer) -> str:
    server.tell("EHLO", HANG)
    return server.url


def refused_sender(server: MailServer) -> str:
    server.tell("MAIL", "550 5.7.1 who are you")
    return server.url


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (refused_connection, "Personne ne répond à"),
        (unknown_name, "est introuvable"),
        (refused_account, "refuse le compte ou le mot de passe"),
        (no_starttls, "ne propose pas STARTTLS"),
        (silent_greeting, "ne répond pas"),
        (refused_sender, "refuse l’expéditeur"),
    ],
)
def test_without_a_server_the_mail_waits_untried_and_the_pulse_says_why(
    trouble: Any, says: str, duty: Database, server: MailServer, clock: Clock
) -> None:
    worker = postman(duty, clock, trouble(server), seconds=0.3)
    done = worker.run()
    reads_well(done.trouble, says)
    mail = mail_of(duty, LEAD)
    assert (mail.fate, mail.tries, mail.leased_by, mail.leased_until) == (Fate.WAITING, 0, "", None)
    beats = pulse(duty)
    assert (beats.trouble, beats.troubled_since) == (done.trouble, clock())
    clock.forward(minutes=1)
    worker.run()
    assert pulse(duty).troubled_since == beats.troubled_since
    # The same mail leaves as soon as there is a server.
    clock.forward(minutes=1)
    with MailServer() as good:
        assert postman(duty, clock, good.url).run() == Run(sent=1)
        assert len(good.plan.received) == 1
    assert (pulse(duty).trouble, pulse(duty).troubled_since) == ("", None)
    assert mail_of(duty, LEAD).fate is Fate.SENT


# Later ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "does", "says", "arrives"),
    [
        ("RCPT", HANG, "n’a pas répondu", False),
        ("RCPT", DROP, "a coupé la connexion", False),
        ("RCPT", "421 4.3.2 closing", "ferme la connexion", False),
        ("RCPT", "450 4.2.1 busy", "réessayer plus tard", False),
        ("DATA", HANG, "n’a pas répondu", False),
        ("DATA", "451 4.3.0 error", "réessayer plus tard", False),
        ("DOT", HANG, "on ne sait pas si le message est parti", False),
        ("DOT", LATE, "on ne sait pas si le message est parti", True),
        ("DOT", KEEP_AND_DROP, "on ne sait pas si le message est parti", True),
        ("DOT", "452 4.3.1 full", "réessayer plus tard", False),
    ],
)
def test_what_the_server_puts_off_is_tried_again_under_the_same_name(
    stage: str, does: str, says: str, arrives: bool, duty: Database, server: MailServer, clock: Clock
) -> None:
    server.plan.late = 0.6
    server.tell(stage, does, times=1)
    worker = postman(duty, clock, server.url, seconds=0.3)
    assert worker.run() == Run(planned=1, put_off=1)
    mail = mail_of(duty, LEAD)
    assert (mail.fate, mail.tries, mail.leased_by) == (Fate.WAITING, 1, "")
    assert mail.first_tried_at == clock()
    assert mail.not_before == clock() + timedelta(minutes=1)
    reads_well(mail.words, says)
    assert worker.run() == Run()
    clock.forward(minutes=1)
    assert worker.run() == Run(sent=1)
    mail = mail_of(duty, LEAD)
    assert (mail.fate, mail.tries, mail.words, mail.sent_at) == (Fate.SENT, 2, "", clock())
    assert [m.message["Message-ID"].strip() for m in server.plan.received] == [f"<{mail.key}@test>"] * (1 + arrives)


@pytest.mark.parametrize(
    ("stage", "does"),
    [("RCPT", "421 4.3.2 closing"), ("RCPT", "450 4.2.1 greylisted"), ("DATA", "451 4.3.0 error")],
)
def test_a_mail_put_off_for_ever_expires_after_three_days_and_the_deputy_is_told(
    stage: str, does: str, duty: Database, server: MailServer, clock: Clock
) -> None:
    server.tell(stage, does, to=f"{LEAD}@exemple.fr")
    worker, began = postman(duty, clock, server.url), clock()
    worker.run()
    tries = 1
    while (mail := mail_of(duty, LEAD)).fate is Fate.WAITING:
        assert mail.tries == tries
        assert mail.not_before > clock()
        assert opening_hours(mail.not_before) == mail.not_before
        assert clock() - began < timedelta(hours=72)
        clock.moment = mail.not_before
        worker.run()
        tries += 1
    assert (mail.fate, mail.ended_at, mail.sent_at) == (Fate.EXPIRED, clock(), None)
    assert timedelta(hours=72) <= clock() - began < timedelta(hours=75)
    assert 15 < tries < 40
    run_until_idle(worker)
    heir = mail_of(duty, DEPUTY)
    assert (heir.fate, only(heir.reminders).rung) == (Fate.SENT, 0)
    assert heir.sent_at == clock()
    assert not bounced(duty, LEAD)


def bounced(register: Database, local: str) -> bool:
    with register.reading() as session:
        person = session.scalars(select(Person).where(Person.email == f"{local}@exemple.fr")).one()
        assert (person.bounced_at is None) == (person.bounced_words == "")
        return person.bounced_at is not None


# Never ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "does", "bounces", "says"),
    [
        ("RCPT", "550 5.1.1 unknown", True, "refuse l’adresse du destinataire"),
        ("DATA", "554 5.7.1 spam", False, "refuse le message"),
        ("DOT", "554 5.7.1 spam", False, "refuse le message"),
    ],
)
def test_a_refusal_is_final_and_the_next_in_line_is_told_the_same_day(
    stage: str, does: str, bounces: bool, says: str, duty: Database, server: MailServer, clock: Clock
) -> None:
    server.tell(stage, does, to=f"{LEAD}@exemple.fr")
    run_until_idle(postman(duty, clock, server.url))
    mail, heir = mail_of(duty, LEAD), mail_of(duty, DEPUTY)
    assert (mail.fate, mail.tries, mail.ended_at) == (Fate.REFUSED, 1, clock())
    reads_well(mail.words, says)
    assert bounced(duty, LEAD) == bounces
    assert (heir.fate, heir.sent_at, only(heir.reminders).rank) == (Fate.SENT, clock(), Rank.DEPUTY)
    assert [m.to for m in server.plan.received] == [f"{DEPUTY}@exemple.fr"]
    # A week later a bounced address is not tried again; one whose message alone was refused is.
    clock.forward(days=7)
    run_until_idle(postman(duty, clock, server.url))
    with duty.reading() as session:
        assert len(mails_of(session, LEAD)) == (1 if bounces else 2)


@pytest.mark.parametrize("does", ["550 5.1.1 unknown", "554 5.7.1 spam"])
def test_refusal_after_refusal_a_duty_goes_up_to_the_administrator(
    does: str, duty: Database, server: MailServer, clock: Clock
) -> None:
    for local in (LEAD, DEPUTY, "valideur"):
        server.tell("RCPT" if does < "551" else "DOT", does, to=f"{local}@exemple.fr")
    run_until_idle(postman(duty, clock, server.url))
    with duty.reading() as session:
        fates = [(mail.person.email.partition("@")[0], mail.fate) for mail in mails(session)]
    assert fates == [(LEAD, Fate.REFUSED), (DEPUTY, Fate.REFUSED), ("valideur", Fate.REFUSED),
                     ("administratrice", Fate.SENT)]  # fmt: skip


def test_a_refusal_calls_on_one_rank_more_and_no_further(duty: Database, server: MailServer, clock: Clock) -> None:
    """At the third reminder the deputy is told with the carrier: the carrier's refusal adds the head, and no more."""
    with duty.changing() as session:
        deadline = session.scalars(select(Deadline)).one()
        deadline.told = 2
        head = Involvement(experiment_id=deadline.experiment_id, person=somebody(session, "direction"), part=Part.HEAD,
                           since=at(TUESDAY, 1))  # fmt: skip
        session.add(head)
    server.tell("DOT", "554 5.7.1 spam", to=f"{LEAD}@exemple.fr")
    run_until_idle(postman(duty, clock, server.url))
    with duty.reading() as session:
        told = {(mail.person.email.partition("@")[0], mail.fate, len(mail.reminders)) for mail in mails(session)}
    assert told == {(LEAD, Fate.REFUSED, 1), (DEPUTY, Fate.SENT, 1), ("direction", Fate.SENT, 1)}


def test_two_refused_together_are_followed_by_one_who_is_told_once(
    duty: Database, server: MailServer, clock: Clock
) -> None:
    with duty.changing() as session:
        session.scalars(select(Deadline)).one().told = 2
    for local in (LEAD, DEPUTY):
        server.tell("RCPT", "550 5.1.1 unknown", to=f"{local}@exemple.fr")
    run_until_idle(postman(duty, clock, server.url))
    with duty.reading() as session:
        told = {(mail.person.email.partition("@")[0], mail.fate, len(mail.reminders)) for mail in mails(session)}
    assert told == {(LEAD, Fate.REFUSED, 1), (DEPUTY, Fate.REFUSED, 1), ("valideur", Fate.SENT, 1)}


# A long absence of the server -----------------------------------------------------------------------------------------


def test_a_server_down_for_five_days_loses_nothing(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 60, TUESDAY)
    port = closed_port()
    worker = postman(register, clock, f"smtp://127.0.0.1:{port}")
    for _ in range(5 * 4):
        worker.run()
        assert pulse(register).trouble
        clock.forward(hours=6)
    assert pulse(register).troubled_since == at(TUESDAY)
    with MailServer(port=port) as server:
        # Sunday morning: what is late waits for Monday.
        assert clock().weekday() == 6
        assert worker.run() == Run()
        clock.moment = opening_hours(clock())
        worker.run()
    assert len(server.plan.received) == len({mail.to for mail in server.plan.received}) == 60
    assert (pulse(register).trouble, pulse(register).troubled_since) == ("", None)
    with register.reading() as session:
        assert {mail.fate for mail in mails(session)} == {Fate.SENT}


def test_what_was_due_while_nobody_sent_wakes_nobody_up(duty: Database, clock: Clock) -> None:
    box = Box(clock)
    worker = clerk(duty, clock, box)
    worker.stopping.set()
    worker._plan()
    assert mail_of(duty, LEAD).not_before == clock()
    worker.stopping.clear()
    for moment in (at(TUESDAY, 18), at(TUESDAY, 23), at(TUESDAY + timedelta(1), 7, 59)):
        clock.moment = moment
        worker.run()
        assert box.left == []
    clock.moment = at(TUESDAY + timedelta(1), 8)
    worker.run()
    assert only(box.left)[0] == clock()


def test_a_mail_that_may_have_left_already_takes_nothing_more_in(
    duty: Database, server: MailServer, clock: Clock
) -> None:
    """Under the same name a mailbox may keep the first copy only, and what was added to the second is never read."""
    server.plan.late = 0.6
    server.tell("DOT", LATE, times=1)
    worker = postman(duty, clock, server.url, seconds=0.3)
    worker.run()
    with duty.changing() as session:
        deadline = session.scalars(select(Deadline)).one()
        deadline.next_on, deadline.due_on, deadline.rung = TUESDAY, TUESDAY - timedelta(7), 0
    clock.forward(minutes=1)
    run_until_idle(worker)
    with duty.reading() as session:
        first, second = mails_of(session, LEAD)
        assert [only(mail.reminders).rung for mail in (first, second)] == [0, 7]
    sent = [mail.message["Message-ID"].strip() for mail in server.plan.received]
    assert sent == [f"<{first.key}@test>"] * 2 + [f"<{second.key}@test>"]
