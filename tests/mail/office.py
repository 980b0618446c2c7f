"""A mail office for the tests: days go by, what is due is planned, written and sent, and the letters are kept."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Config, load_config
from app.db import Database
from app.mail.letter import Writer
from app.mail.wire import written
from experiments import letters, outbox, planning, queries
from experiments.letters import Letter
from experiments.model import Experiment, Mail, Person
from experiments.obligations import Fate, Task
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.contents import TODAY

Change = Callable[[Session, Experiment], object]


def config(folder: Path, **env: str) -> Config:
    return load_config({"INSTANCE_DIR": str(folder), "PUBLIC_URL": "https://essais.exemple.fr", **env})


class Office:
    """One register, and what its people are written to."""

    def __init__(self, register: Database, folder: Path) -> None:
        self.register, self.writer = register, Writer(config(folder))
        self.sent: list[Letter] = []

    def open(self, status: Status, change: Change | None = None, *, today: date = TODAY) -> str:
        """A file that stands at a status; gives its number."""
        with self.register.changing() as session:
            x = an_experiment(session, status, today=today)
            if change:
                change(session, x)
            return x.number

    def change(self, number: str, change: Change) -> None:
        with self.register.changing() as session:
            x = queries.file(session, number, for_change=True)
            assert x is not None
            change(session, x)

    def day(self, day: date) -> list[Letter]:
        """What leaves on a day."""
        now = datetime.combine(day, time(9), UTC)
        planned = True
        while planned:
            with self.register.changing() as session:
                planned = bool(planning.step(session, now, at_any_hour=True))
        with self.register.reading() as session:
            due = select(Mail.id).where(Mail.fate == Fate.WAITING, Mail.not_before <= now).order_by(Mail.id)
            found = letters.write(session, session.scalars(due).all(), now)
        with self.register.changing() as session:
            for letter in found:
                outbox.sent(session.connection(), letter.mail_id, "tests", now)
        left = [letter for letter in found if not letter.is_empty]
        self.sent += left
        return left

    def days(self, first: date, last: date) -> list[Letter]:
        """What leaves from one day to another."""
        return [letter for n in range((last - first).days + 1) for letter in self.day(first + timedelta(n))]

    def mail(self, letter: Letter) -> EmailMessage:
        """A letter as its reader receives it: through the bytes that travel."""
        message = self.writer.compose(letter)
        content = written(message)
        # Whatever mail a test looks at, it is the one that the library would have written.
        assert content == message.as_bytes(policy=SMTP)
        found = message_from_bytes(content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


def to(found: list[Letter], person: Callable[[Session], Person], register: Database) -> list[Letter]:
    """Those of the letters that one person receives."""
    with register.reading() as session:
        email = person(session).email
    return [letter for letter in found if letter.person.email == email]


def only(letter: Letter, *, task: Task | None = None, event: str = "") -> Letter:
    """The same letter, with nothing but one duty or one event."""
    asks = [ask for ask in letter.asks if ask.deadline.task is task]
    return replace(letter, asks=asks[:1], news=[n for n in letter.news if n.entry.event == event][:1])


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


class Read(HTMLParser):
    """The links of a page, and its texts but for those of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        self.links |= {value for name, value in attrs if name == "href" and value}

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \n]+", " ", data).strip(" ")
        if text and self.inside not in {"a", "style", "title"}:
            self.texts.append(text)
