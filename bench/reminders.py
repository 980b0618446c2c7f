"""The reminders measured: reckoning and planning over a large register, sending, an idle hour, a personal calendar."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import String, cast, func, insert, literal, select, text, update

from app import clock, create_app
from app.config import load_config
from app.db import Database, upgrade
from app.worker import Worker
from experiments import appointments, planning
from experiments.ladder import PARIS
from experiments.model import Entry, Experiment, Involvement, Mail, Person, Pulse, Reminder
from experiments.obligations import Fate
from experiments.vocabulary import Account, Part
from experiments.workdays import worked_on_or_after

from .fill import STRIDE, fill, sweep
from .sending import Sending, send
from .server import SECRET, environment
from .statements import counted

WEEK = 5
"""Working days planned after the first."""


class Timed(NamedTuple):
    """Seconds, SQL statements, and how much was done in them."""

    seconds: float
    statements: int
    count: int


@dataclass
class Planning:
    """One register: its deadlines reckoned for the first time, its first day, an ordinary day of the week after."""

    reckoned: Timed
    first_day: Timed
    ordinary: Timed
    reminders: int


class Feed(NamedTuple):
    """Seconds to answer for a calendar: the first time, the next ones, and when nothing changed."""

    events: int
    cold: float
    warm: float
    unchanged: float


@dataclass
class Reminding:
    """All that was measured on one engine."""

    planned: dict[int, Planning] = field(default_factory=dict)
    sending: Sending | None = None
    idle: Timed | None = None
    feed: Feed | None = None


def measure(
    make_url: Callable[[str], str], folder: str, sizes: tuple[int, ...], mails: int, tell: Callable[[str], None]
) -> Reminding:
    """Everything, on one engine; mails are sent from the largest register."""
    found = Reminding()
    for size in sizes:
        url = make_url(f"reminders_{size}")
        tell(f"remplissage, {size} expérimentations")
        database = Database(url, hasty=True)
        upgrade(database.engine)
        fill(database, size, published=False)
        _spread(database)
        tell(f"échéances et rappels, {size} expérimentations")
        found.planned[size] = _plan(database)
    tell(f"envoi de {mails} courriers")
    found.sending = send(url, database, mails, folder)
    found.idle = _idle(database)
    tell(f"agenda de {OWED} échéances")
    found.feed = _feed(url, database)
    database.engine.dispose()
    return found


AWAY = 1_000_000
"""How far the number of an agent is from that of their file."""


def _spread(database: Database) -> None:
    """Give each copied file a carrier of its own, and have its deadlines reckoned: nobody carries ten thousand."""
    people, files = Person.metadata.tables["people"], Experiment.metadata.tables["experiments"]
    agent = {
        "id": files.c.id + AWAY, "email": "agent" + cast(files.c.id, String) + "@exemple.fr", "name": files.c.number,
        "function": literal("Cheffe de projet"), "account": literal(Account.AGENT, String),
        "created_at": files.c.created_at, "demonstration": literal(False), "language": literal("fr"),
        "pace": literal("at-once"), "bounced_words": literal(""),
    }  # fmt: skip
    with database.changing() as session:
        session.execute(insert(people).from_select(list(agent), select(*agent.values()).where(files.c.id >= STRIDE)))
        session.execute(
            update(Involvement)
            .where(Involvement.experiment_id >= STRIDE, Involvement.part.in_((Part.LEAD, Part.EVALUATOR)))
            .values(person_id=Involvement.experiment_id + AWAY)
            .execution_options(synchronize_session=False)
        )
        session.execute(update(Experiment).values(settled=0).execution_options(synchronize_session=False))
        # What happened before is not told again: as when a register takes this version.
        session.execute(update(Pulse).values(seen=select(func.max(Entry.seq)).scalar_subquery()))
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT setval('people_id_seq', (SELECT MAX(id) FROM people))"))
            connection.execute(text("VACUUM ANALYZE"))


def _plan(database: Database) -> Planning:
    morning = _morning(clock.today())
    reckoned = _bites(database, morning, while_unsettled=True)
    sweep(database)
    first_day = _bites(database, morning)
    days = []
    for _ in range(WEEK):
        morning = _morning(morning.date() + timedelta(1))
        days.append(_bites(database, morning))
    ordinary = Timed(*(sum(day[n] for day in days) // WEEK if n else sum(day.seconds for day in days) / WEEK
                       for n in range(3)))  # fmt: skip
    with database.reading() as session:
        reminders = session.scalar(select(func.count()).select_from(Reminder)) or 0
    return Planning(reckoned, first_day, ordinary, reminders)


def _morning(day: date) -> datetime:
    return datetime.combine(worked_on_or_after(day), datetime.min.time(), PARIS) + timedelta(hours=9)


def _bites(database: Database, now: datetime, *, while_unsettled: bool = False) -> Timed:
    done, begun = 0, time.perf_counter()
    with counted(database) as said:
        while True:
            with database.changing() as session:
                if while_unsettled and not planning.beat(session, now).unsettled and done:
                    break
                bite = planning.step(session, now)
            if not bite:
                break
            done += bite
    return Timed(time.perf_counter() - begun, len(said), done)


def _idle(database: Database) -> Timed:
    """An hour during which nothing is due: a run every thirty seconds."""
    with database.changing() as session:
        waiting = update(Mail).where(Mail.fate == Fate.WAITING)
        session.execute(
            waiting.values(not_before=clock.now() + timedelta(days=9)), execution_options={"synchronize_session": False}
        )
    now = _morning(clock.today() + timedelta(WEEK + 1))
    worker = Worker(database, lambda: None, lambda letter: None, now=lambda: now)  # type: ignore[arg-type,return-value]
    while worker.run().planned:
        pass
    begun = time.process_time()
    with counted(database) as said:
        for _ in range(120):
            worker.run()
    return Timed(time.process_time() - begun, len(said), 120)


KEY = "cle-du-banc"


OWED = 500
"""Duties in the calendar that is measured."""
HANDED = 5
"""Files handed to its owner at a time."""


def _feed(url: str, database: Database) -> Feed:
    """The calendar of somebody who carries as many files as so many duties take."""
    with database.changing() as session:
        lead = session.scalars(select(Person).where(Person.id >= AWAY).order_by(Person.id).limit(1)).one()
        lead.agenda_hash = hashlib.sha256(KEY.encode()).hexdigest()
        live = session.scalars(select(Experiment.id).where(Experiment.shelf == "current").order_by(Experiment.id)).all()
        for first in range(0, len(live), HANDED):
            session.execute(
                update(Involvement)
                .where(Involvement.experiment_id.in_(live[first : first + HANDED]), Involvement.part == Part.LEAD)
                .values(person_id=lead.id)
                .execution_options(synchronize_session=False)
            )
            if len(appointments.for_calendar(session, lead, clock.today())) >= OWED:
                break
    client = create_app(load_config(environment(DATABASE_URL=url, SECRET_KEY=SECRET))).test_client()
    seconds = []
    for headers in ({}, {}, {}, {}):
        begun = time.perf_counter()
        answer = client.get(f"/agenda/{KEY}.ics", headers=headers)
        seconds.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    unchanged = client.get(f"/agenda/{KEY}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    spent = time.perf_counter() - begun
    if (answer.status_code, unchanged.status_code) != (200, 304):
        raise RuntimeError(f"/agenda: {answer.status_code}, {unchanged.status_code}")
    return Feed(answer.data.count(b"BEGIN:VEVENT"), seconds[0], sorted(seconds[1:])[1], spent)
