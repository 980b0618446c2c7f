"""What the tests of reminders share: a clock wound by hand, a box for letters, files that owe something today."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, selectinload

from app.db import Database
from app.mail.transport import Answer, Fate, Smtp
from app.worker import Run, Worker
from experiments import planning
from experiments.alarms import Alarm
from experiments.letters import Letter
from experiments.model import Deadline, Experiment, Involvement, Mail, Person, Pulse, Reminder
from experiments.obligations import Language, Pace, Task
from experiments.vocabulary import Account, Part, Status

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2027, 3, 9)
SENDER = "Jalon <jalon@exemple.fr>"


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """This hour of that day in Paris."""
    return datetime.combine(day, time(hour, minute), PARIS).astimezone(UTC)


class Clock:
    """The time it is, for whoever holds it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **more: float) -> datetime:
        self.moment += timedelta(**more)
        return self.moment


def compose(letter: Letter | Alarm) -> EmailMessage:
    """The plainest of mails: which duties, for whom, under the name that the ledger gives."""
    message = EmailMessage()
    message["From"], message["To"] = SENDER, letter.person.email
    message["Subject"], message["Message-ID"] = "Rappel", f"<{letter.key}@test>"
    if isinstance(letter, Alarm):
        message.set_content(f"{letter.webhook.id}\n")
        return message
    lines = [f"{ask.deadline.id} {ask.deadline.task} {ask.rank}" for ask in letter.asks]
    message.set_content("\n".join([*lines, *(f"{news.entry.seq} {news.entry.event}" for news in letter.news), ""]))
    return message


class Box:
    """A way out that keeps every letter, with the moment at which it left."""

    def __init__(self, clock: Callable[[], datetime], answer: Callable[[str], Answer] | None = None) -> None:
        self.clock, self.answer = clock, answer
        self.left: list[tuple[datetime, Letter | Alarm]] = []
        self.open: dict[str, Letter | Alarm] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing stays open."""

    def compose(self, letter: Letter | Alarm) -> EmailMessage:
        self.open[letter.key] = letter
        return compose(letter)

    def deliver(self, message: EmailMessage, to: str) -> Answer:
        answer = self.answer(to) if self.answer else Answer(Fate.SENT, 250, "pris")
        if answer.fate is Fate.SENT:
            self.left.append((self.clock(), self.open[str(message["Message-ID"])[1:-6]]))
        return answer

    def to(self, person: Person | str) -> list[Any]:
        email = person if isinstance(person, str) else person.email
        return [letter for _, letter in self.left if letter.person.email == email]


def clerk(database: Database, clock: Callable[[], datetime], box: Box, **more: Any) -> Worker:
    """A worker whose letters go into the box."""
    return Worker(database, lambda: box, box.compose, now=clock, **more)


def postman(database: Database, clock: Callable[[], datetime], url: str, seconds: float = 0.5, **more: Any) -> Worker:
    """A worker that speaks to a real server of mails."""
    return Worker(
        database, lambda: Smtp(url, SENDER, connect_seconds=2, answer_seconds=seconds), compose, now=clock, **more
    )


def run_until_idle(worker: Worker) -> list[Run]:
    """Run as a loop would, without its pauses, until a run does nothing."""
    runs = [worker.run()]
    while runs[-1] != Run():
        assert len(runs) < 50
        runs.append(worker.run())
    return runs


def somebody(session: Session, local: str, account: Account = Account.AGENT, **more: Any) -> Person:
    """One more person, known by the first half of their address."""
    person = Person(
        email=f"{local}@exemple.fr", name=local.title(), function="", account=account,
        created_at=datetime(2025, 1, 6, tzinfo=UTC), language=Language.FRENCH, pace=Pace.AT_ONCE, **more,
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person


def crowd(session: Session, count: int, due_on: date, *, task: Task = Task.FIELD) -> None:
    """So many files that owe the same thing by a day, each carried by one person and seconded by another.

    Written in a few statements; the validator and the administrator stand behind all of them.
    """
    born = datetime(2026, 1, 5, tzinfo=UTC)
    # As if a worker had been here already: nothing is to be reckoned anew.
    session.execute(update(Pulse).values(rules=planning.rules()))
    somebody(session, "valideur", Account.VALIDATOR)
    somebody(session, "administratrice", Account.ADMINISTRATOR)
    kept = {"name": "Une personne", "function": "", "account": Account.AGENT, "created_at": born}
    emails = [f"{rank}-{n}@exemple.fr" for n in range(count) for rank in ("porteur", "suppleant")]
    session.execute(insert(Person), [{"email": email, **kept} for email in emails])
    people = dict(session.execute(select(Person.email, Person.id)).all())
    session.execute(
        insert(Experiment),
        [
            {"number": f"2001-{n:03d}", "nonce": f"foule-{n}", "status": Status.DRAFT, "version": 1, "settled": 1,
             "created_at": born, "title": f"Essai {n}"}
            for n in range(count)
        ],
    )  # fmt: skip
    files = dict(session.execute(select(Experiment.number, Experiment.id)).all())
    parts = ((Part.LEAD, "porteur"), (Part.DEPUTY, "suppleant"))
    session.execute(
        insert(Involvement),
        [
            {"experiment_id": files[f"2001-{n:03d}"], "person_id": people[f"{rank}-{n}@exemple.fr"], "part": part,
             "since": born}
            for n in range(count) for part, rank in parts
        ],
    )  # fmt: skip
    session.execute(
        insert(Deadline),
        [
            {"experiment_id": number, "task": task, "about": "", "subject": "", "due_on": due_on, "version": 1,
             "changed_at": born, "told": 0, "next_on": due_on}
            for number in sorted(files.values())
        ],
    )  # fmt: skip


def mails(session: Session, *conditions: Any) -> Sequence[Mail]:
    """The mails of the ledger, with who reads them and what they carry."""
    query = select(Mail).where(*conditions).order_by(Mail.id).execution_options(populate_existing=True)
    loaded = (selectinload(Mail.person), selectinload(Mail.reminders), selectinload(Mail.notices))
    return session.scalars(query.options(*loaded)).all()


def mails_of(session: Session, local: str) -> Sequence[Mail]:
    return mails(
        session, Mail.person_id == select(Person.id).where(Person.email == f"{local}@exemple.fr").scalar_subquery()
    )


def only(found: Iterable[Any]) -> Any:
    [one] = found
    return one


def rungs(session: Session) -> list[tuple[int, int, int, int]]:
    """Who was told of what: deadline, version, rung, person."""
    columns = (Reminder.deadline_id, Reminder.version, Reminder.rung, Reminder.person_id)
    return [tuple(row) for row in session.execute(select(*columns).order_by(Reminder.id))]
