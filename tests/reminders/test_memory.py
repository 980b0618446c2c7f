"""A worker that sends for hours holds no more than when it began."""

import gc
from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import event, func, select, update

from app.db import Database
from app.mail.letter import Writer
from app.mail.transport import Answer, Fate
from app.mail.wire import written
from app.worker import Worker
from experiments import rewinding
from experiments.calendar import Event
from experiments.letters import Ask, Letter, Recipient
from experiments.model import Deadline, Experiment, Mail, Person, Reminder
from tests.mail.office import config

from .office import TUESDAY, Clock, at, crowd

OF_ONE_MAIL = (Ask, Deadline, EmailMessage, Event, Experiment, Letter, Mail, Person, Reminder, Recipient)


class Hole:
    """A way out that puts mails into the bytes that travel, and forgets them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing stays open."""

    def deliver(self, message: EmailMessage, to: str) -> Answer:
        assert written(message)
        return Answer(Fate.SENT, 250, "pris")


def held() -> Counter[str]:
    """What is still reachable of what mails are made of."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, OF_ONE_MAIL))


def test_nothing_of_a_mail_is_kept_once_it_has_left(register: Database, tmp_path: Path) -> None:
    with register.changing() as session:
        crowd(session, 120, TUESDAY)
    worker = Worker(register, Hole, Writer(config(tmp_path)).compose, now=Clock(at(TUESDAY)))
    before = held()
    assert worker.run().sent == 120
    assert held() == before


def test_a_clock_that_went_back_is_mended_some_deadlines_at_a_time(
    register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewinding, "SOME", 50)
    most = 0
    with register.changing() as session:
        crowd(session, 120, TUESDAY)
        session.execute(update(Deadline).values(next_on=None), execution_options={"synchronize_session": False})
        session.expunge_all()

        @event.listens_for(session, "after_flush")
        def look(*_: object) -> None:
            nonlocal most
            most = max(most, len(session.identity_map))

        rewinding.rewind(session, at(TUESDAY), at_any_hour=False)
        assert session.scalar(select(func.count()).where(Deadline.next_on.is_not(None))) == 120
    assert 50 <= most < 100
