"""The one who sees to the reminders: plans what is due, then sends what waits, with no transaction open meanwhile."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from experiments import letters, outbox, planning
from experiments.letters import Letter

from . import clock
from .db import Database
from .mail.transport import Answer, Fate, Transport

log = logging.getLogger(__name__)

BATCH = 25
"""Mails taken at once: what a worker that dies keeps from the others until its lease ends."""

MANY = 5
"""So many mails put off and none sent: it is no longer the fault of those who receive them."""


@dataclass
class Run:
    """What one run did."""

    planned: int = 0
    sent: int = 0
    put_off: int = 0
    refused: int = 0
    cancelled: int = 0
    trouble: str = ""


class Worker:
    """One worker; any number of them may share a register. `compose` turns what there is to say into a mail."""

    def __init__(
        self, database: Database, transport: Callable[[], AbstractContextManager[Transport]],
        compose: Callable[[Letter], EmailMessage], *, at_any_hour: bool = False,
        now: Callable[[], datetime] = clock.now, lease: timedelta = outbox.LEASE,
    ) -> None:  # fmt: skip
        self.database, self.transport, self.compose = database, transport, compose
        self.at_any_hour, self.now, self.lease = at_any_hour, now, lease
        self.holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()

    def run(self) -> Run:
        """Do all that waits now. An idle run costs one statement."""
        done = Run()
        with self.database.changing() as session:
            beat = planning.beat(session, self.now(), at_any_hour=self.at_any_hour)
        if beat.is_idle:
            return done
        while not self.stopping.is_set() and (planned := self._plan()):
            done.planned += planned
        self._send(done)
        return done

    def _plan(self) -> int:
        with self.database.changing() as session:
            return planning.step(session, self.now(), at_any_hour=self.at_any_hour)

    def _send(self, done: Run) -> None:
        ids = self._take()
        if not ids:
            return
        with self.transport() as transport:
            while ids:
                self._deliver(transport, ids, done)
                if done.trouble or self.stopping.is_set():
                    break
                with self.database.changing() as session:
                    beat = planning.beat(session, self.now(), at_any_hour=self.at_any_hour)
                    if beat.trouble and done.sent:
                        outbox.trouble(session, "", self.now())
                ids = self._take()
        self._give_back(ids)
        if done.put_off >= MANY and not done.sent:
            done.trouble = done.trouble or "Le serveur de courrier diffère tout ce qui lui est remis"
        if done.trouble:
            with self.database.changing() as session:
                outbox.trouble(session, done.trouble, self.now())

    def _take(self) -> Sequence[int]:
        with self.database.changing() as session:
            return outbox.lease(
                session, self.holder, self.now(), limit=BATCH, at_any_hour=self.at_any_hour, lasts=self.lease
            )

    def _give_back(self, ids: Sequence[int]) -> None:
        if ids:
            with self.database.changing() as session:
                outbox.give_back(session, ids, self.holder)

    def _deliver(self, transport: Transport, ids: Sequence[int], done: Run) -> None:
        taken = self.now()
        with self.database.reading() as session:
            written = letters.write(session, ids, taken)
        for letter in written:
            if self.stopping.is_set() or done.trouble:
                break
            if self.now() - taken > self.lease / 2:
                # Slow servers: whoever has lost the lease meanwhile leaves the mail to its new holder.
                with self.database.changing() as session:
                    if not outbox.hold(session, letter.mail_id, self.holder, self.now(), self.lease):
                        continue
            self._one(transport, letter, done)

    def _one(self, transport: Transport, letter: Letter, done: Run) -> None:
        if letter.astray:
            with self.database.changing() as session:
                outbox.pass_on(session, letter.mail_id, self.now(), at_any_hour=self.at_any_hour, only=letter.astray)
        if letter.is_empty:
            with self.database.changing() as session:
                outbox.cancelled(session, letter.mail_id, self.holder, self.now())
            done.cancelled += 1
            return
        try:
            message = self.compose(letter)
        except Exception:
            # One mail that cannot be written must not hold back all the others.
            log.exception("mail %s", letter.mail_id)
            answer = Answer(
                Fate.LATER, None, "Le courrier n’a pas pu être composé\u00a0: voyez le journal du programme"
            )
        else:
            answer = transport.deliver(message, letter.person.email)
        self._mark(letter, answer, done)

    def _mark(self, letter: Letter, answer: Answer, done: Run) -> None:
        if answer.fate is Fate.DOWN:
            done.trouble = answer.words
            return
        until = self.now() + self.lease
        while True:
            try:
                with self.database.changing() as session:
                    self._write_down(session, letter.mail_id, answer)
                break
            except DBAPIError:
                # What has left and is not marked will leave again: wait for a database that may be back in a moment.
                if self.stopping.wait(1) or self.now() >= until:
                    raise
        done.sent += answer.fate is Fate.SENT
        done.put_off += answer.fate is Fate.LATER
        done.refused += answer.fate in (Fate.REFUSED, Fate.REJECTED)

    def _write_down(self, session: Session, mail_id: int, answer: Answer) -> None:
        now, hour = self.now(), self.at_any_hour
        if answer.fate is Fate.SENT:
            outbox.sent(session, mail_id, self.holder, now)
        elif answer.fate is Fate.LATER:
            outbox.put_off(session, mail_id, self.holder, answer.words, now, at_any_hour=hour)
        else:
            bounced = answer.fate is Fate.REFUSED
            outbox.refused(session, mail_id, self.holder, answer.words, now, address=bounced, at_any_hour=hour)
