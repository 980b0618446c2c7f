"""SIGKILL, at any instant, three workers at a time, and a server of mails that does its worst: nothing is lost."""

import random
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from experiments.model import Mail, Person, Reminder
from experiments.obligations import Fate
from tests.mail.server import DROP, HANG, KEEP_AND_DROP, LATE, MailServer

from .nursery import Nursery, Post, nursery
from .office import TUESDAY, at, crowd, mails

KILLS = 300
FILES = 650
"""More than leave while so many die."""
BATCH = 5
"""Mails that a worker takes at once: what each kill keeps from the others until the lease ends."""
SECONDS = 240
"""More than enough, even on a busy machine: a run takes half a minute."""

ONCE = (
    ("RCPT", "450 4.2.1 occupe", 2),
    ("RCPT", "421 4.3.2 je ferme", 1),
    ("RCPT", DROP, 1),
    ("RCPT", HANG, 1),
    ("DATA", "451 4.3.0 erreur passagere", 2),
    ("DATA", "421 4.3.2 je ferme", 1),
    ("DATA", DROP, 1),
    ("DOT", "452 4.3.1 plus de place", 2),
    ("DOT", "421 4.3.2 je ferme", 1),
    ("DOT", DROP, 1),
    ("DOT", KEEP_AND_DROP, 1),
    ("DOT", LATE, 1),
)
FOR_EVER = (("RCPT", "550 5.1.1 inconnu"), ("DOT", "554 5.7.1 refuse"))
FOR_ALL = (("MAIL", "421 4.3.2 je ferme"), ("MAIL", DROP), ("EHLO", DROP), ("EHLO", "421 4.3.2 plus tard"))


def plan(server: MailServer, chance: random.Random) -> int:
    """Half of the addresses meet trouble; how many mails the server takes without saying so in time."""
    server.plan.late = 0.7
    unsaid = 0
    for number in range(FILES):
        to, lot = f"porteur-{number}@exemple.fr", chance.random()
        if lot < 0.35:
            stage, does, times = chance.choice(ONCE)
            server.tell(stage, does, to=to, times=times)
            unsaid += does in {KEEP_AND_DROP, LATE}
        elif lot < 0.5:
            stage, does = chance.choice(FOR_EVER)
            server.tell(stage, does, to=to)
            if chance.random() < 0.3:
                server.tell(*chance.choice(FOR_EVER), to=f"suppleant-{number}@exemple.fr")
    return unsaid


def sent(session: Session) -> set[int]:
    return set(session.scalars(select(Mail.id).where(Mail.fate == Fate.SENT)))


def kill_many(workers: Nursery, server: MailServer, register: Database, chance: random.Random) -> set[int]:
    """Kill one whenever a few mails have left, and put another in its place; gives what was marked sent meanwhile."""
    until, known = time.monotonic() + SECONDS, set[int]()
    for number in range(KILLS):
        before, some = len(server.plan.received), chance.choice((1, 1, 2))
        while len(server.plan.received) < before + some:
            assert time.monotonic() < until, f"stuck after {number} kills"
            time.sleep(0.002)
        time.sleep(chance.random() * 0.004)
        workers.kill(chance.randrange(3))
        workers.start()
        if number % 10 == 0:
            server.tell(*FOR_ALL[number // 10 % len(FOR_ALL)], times=1)
            with register.reading() as session:
                now_sent = sent(session)
            assert known <= now_sent
            known = now_sent
    return known


def wait_for_the_end(register: Database) -> None:
    until = time.monotonic() + SECONDS
    waiting = select(func.count()).select_from(Mail).where(Mail.fate == Fate.WAITING)
    while True:
        with register.reading() as session:
            left = session.scalar(waiting)
        if not left:
            return
        assert time.monotonic() < until, f"{left} mails still wait"
        time.sleep(0.1)


def test_nothing_is_lost_and_a_double_is_always_a_twin(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    chance = random.Random(database_url.partition(":")[0])
    with register.changing() as session:
        crowd(session, FILES, TUESDAY)
    unsaid = plan(server, chance)
    post = Post(database_url, server.url, time.monotonic(), at(TUESDAY, 8), speed=100, batch=BATCH)
    with nursery(post, tmp_path / "complaints") as workers:
        for _ in range(3):
            workers.start()
        marked = kill_many(workers, server, register, chance)
        wait_for_the_end(register)
    assert (tmp_path / "complaints").read_text() == ""

    arrived = Counter(mail.message["Message-ID"].strip() for mail in server.plan.received)
    doubles = arrived.total() - len(arrived)
    with register.reading() as session:
        ledger = mails(session)
        told = {(r.deadline_id, mail.fate) for mail in ledger for r in mail.reminders}
        bounced = set(session.scalars(select(Person.id).where(Person.bounced_at.is_not(None))))
        reminders = session.scalar(select(func.count()).select_from(Reminder))
        assert marked <= sent(session)
    by_fate = Counter(mail.fate for mail in ledger)
    print(f"{KILLS} kills, {len(arrived)} mails, {doubles} doubles, {by_fate}, {unsaid} unsaid")  # noqa: T201

    assert set(by_fate) == {Fate.SENT, Fate.REFUSED}
    assert set(arrived) == {f"<{mail.key}@test>" for mail in ledger if mail.fate is Fate.SENT}
    assert 0 < doubles <= KILLS + unsaid
    readers = {f"<{mail.key}@test>": mail.person.email for mail in ledger}
    assert all(mail.to == readers[mail.message["Message-ID"].strip()] for mail in server.plan.received)
    # Nobody's refusal leaves a duty untold, and nobody is told of one in two different mails.
    assert {number for number, fate in told if fate is Fate.REFUSED} <= {n for n, fate in told if fate is Fate.SENT}
    assert len({n for n, fate in told if fate is Fate.SENT}) == FILES
    assert len({(r.deadline_id, r.person_id) for mail in ledger for r in mail.reminders}) == reminders
    assert bounced == {mail.person_id for mail in ledger if "inconnu" in mail.words}
