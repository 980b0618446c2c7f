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

from sqlalchemy.exc import DBAPIError, OperationalError

from experiments import letters, outbox, planning
from experiments.letters import Letter, Post
from experiments.planning import Beat, Missed

from . import clock
from .db import Database
from .mail.transport import Answer, Fate, Transport

log = logging.getLogger(__name__)

BATCH = 25
"""Mails taken at once: what a worker that dies keeps from the others until its lease ends."""

MANY = 5
"""So many mails put off and none sent: it is no longer the fault of those who receive them."""

SENDING = timedelta(minutes=5)
"""A run sends for no longer: what was decided meanwhile wants to be planned. The next run goes on."""

FRESH = timedelta(seconds=2)
"""What a mail says is read again if it has waited longer behind others: a date may have moved meanwhile."""

DEFERS = "Le serveur de messagerie diffère tout ce qui lui est remis"
UNWRITTEN = "Le courriel n’a pas pu être composé\u00a0: voyez le journal du programme"


@dataclass
class Run:
    """What one run did."""

    planned: int = 0
    sent: int = 0
    put_off: int = 0
    refused: int = 0
    cancelled: int = 0
    unwritten: int = 0
    """Mails that this program could not write: no server has seen them."""
    trouble: str = ""
    """Why nothing can be sent."""
    unplanned: str = ""
    """What could not be planned."""

    @property
    def wrong(self) -> str:
        """What an administrator is to know, in a sentence; "" when all went well."""
        return self.trouble or self.unplanned


class Worker:
    """One worker; any number of them may share a register. `compose` turns what there is to say into a mail."""

    def __init__(
        self, database: Database, transport: Callable[[], AbstractContextManager[Transport]],
        compose: Callable[[Post], EmailMessage], *, at_any_hour: bool = False,
        now: Callable[[], datetime] = clock.now, lease: timedelta = outbox.LEASE,
        tell_programs: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """`tell_programs` begins to send what webhooks are owed, and does not wait for it."""
        self.database, self.transport, self.compose = database, transport, compose
        self.tell_programs = tell_programs
        self.at_any_hour, self.now, self.lease = at_any_hour, now, lease
        self.holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()

    def run(self) -> Run:
        """Do all that waits now. An idle run costs one statement."""
        done = Run()
        with self.database.writing() as session:
            beat = planning.beat(session, self.now(), at_any_hour=self.at_any_hour)
            if beat.is_idle:
                if beat.trouble and (not beat.owed or planning.is_own(beat.trouble)):
                    outbox.trouble(session, "", self.now())
                session.commit()
                return done
        missed = planning.Missed()
        while not self.stopping.is_set() and (planned := self._plan(missed)):
            done.planned += planned
        done.unplanned = missed.words
        self.tell_programs()
        self._send(done)
        self._end(beat, done)
        return done

    def fail(self) -> None:
        """Say that a run failed: whoever watches the last run would learn it a quarter of an hour later."""
        with self.database.changing() as session:
            outbox.trouble(session, planning.FAILED, self.now())

    def _end(self, beat: Beat, done: Run) -> None:
        words = done.wrong or ("" if _is_over(beat, done) else beat.trouble)
        with self.database.changing() as session:
            planning.ran(session, self.now())
            if words != beat.trouble:
                outbox.trouble(session, words, self.now())

    def _plan(self, missed: Missed | None = None) -> int:
        with self.database.changing() as session:
            return planning.step(session, self.now(), at_any_hour=self.at_any_hour, missed=missed)

    def _send(self, done: Run) -> None:
        began, ids = self.now(), self._take()
        if not ids:
            return
        with self.transport() as transport:
            while ids:
                self._deliver(transport, ids, done, began)
                if self._stops(done, began):
                    break
                with self.database.changing() as session:
                    planning.ran(session, self.now())
                ids = self._take()
        self._give_back(ids)

    def _stops(self, done: Run, began: datetime) -> bool:
        """Whether this run sends no more. A clock that is set right meanwhile ends it too."""
        return self.stopping.is_set() or bool(done.trouble) or abs(self.now() - began) > SENDING

    def _take(self) -> Sequence[int]:
        with self.database.changing() as session:
            return outbox.lease(
                session, self.holder, self.now(), limit=BATCH, at_any_hour=self.at_any_hour, lasts=self.lease
            )

    def _give_back(self, ids: Sequence[int]) -> None:
        if ids:
            with self.database.changing() as session:
                outbox.give_back(session, ids, self.holder)

    def _deliver(self, transport: Transport, ids: Sequence[int], done: Run, began: datetime) -> None:
        taken, left = self.now(), ids
        while left:
            left = self._deliver_while_fresh(transport, self._letters(left, self.now(), done), done, began, taken)

    def _deliver_while_fresh(
        self, transport: Transport, written: Sequence[Post], done: Run, began: datetime, taken: datetime
    ) -> Sequence[int]:
        """Send these, one at least; the mails that have waited too long to still say what holds."""
        read = self.now()
        for place, letter in enumerate(written):
            if self._stops(done, began):
                break
            if place and abs(self.now() - read) > FRESH:
                return [late.mail_id for late in written[place:]]
            if self.now() - taken > self.lease / 2:
                # Slow servers: whoever has lost the lease meanwhile leaves the mail to its new holder.
                with self.database.changing() as session:
                    if not outbox.hold(session, letter.mail_id, self.holder, self.now(), self.lease):
                        continue
            self._one(transport, letter, done)
        return []

    def _letters(self, ids: Sequence[int], now: datetime, done: Run) -> list[Post]:
        """What these mails say. One that cannot be written must not hold back all the others."""
        try:
            with self.database.reading() as session:
                return letters.write(session, ids, now)
        except OperationalError:
            raise
        except Exception:
            log.exception("mails %s", list(ids))
            if len(ids) > 1:
                return [letter for number in ids for letter in self._letters([number], now, done)]
        with self.database.changing() as session:
            outbox.put_off(session, ids[0], self.holder, UNWRITTEN, self.now(), at_any_hour=self.at_any_hour)
        done.unwritten += 1
        return []

    def _one(self, transport: Transport, letter: Post, done: Run) -> None:
        if isinstance(letter, Letter) and letter.astray:
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
            log.exception("mail %s", letter.mail_id)
            self._mark(letter, Answer(Fate.LATER, None, UNWRITTEN), done)
            done.unwritten += 1
            return
        answer = transport.deliver(message, letter.address)
        self._mark(letter, answer, done)
        done.sent += answer.fate is Fate.SENT
        done.put_off += answer.fate is Fate.LATER
        done.refused += answer.fate in (Fate.REFUSED, Fate.REJECTED)
        if done.put_off >= MANY and not done.sent:
            done.trouble = done.trouble or DEFERS

    def _mark(self, letter: Post, answer: Answer, done: Run) -> None:
        if answer.fate is Fate.DOWN:
            done.trouble = answer.words
            return
        until = self.now() + self.lease
        while True:
            try:
                self._write_down(letter.mail_id, answer)
                break
            except DBAPIError:
                # What has left and is not marked will leave again: wait for a database that may be back in a moment.
                if self.stopping.wait(1) or self.now() >= until:
                    raise

    def _write_down(self, mail_id: int, answer: Answer) -> None:
        now, hour = self.now(), self.at_any_hour
        if answer.fate is Fate.SENT:
            # Said once for each mail: neither the ORM nor more than one exchange with the database.
            with self.database.stating() as connection:
                outbox.sent(connection, mail_id, self.holder, now)
            return
        with self.database.changing() as session:
            if answer.fate is Fate.LATER:
                outbox.put_off(session, mail_id, self.holder, answer.words, now, at_any_hour=hour)
            else:
                bounced = answer.fate is Fate.REFUSED
                outbox.refused(session, mail_id, self.holder, answer.words, now, address=bounced, at_any_hour=hour)


def _is_over(beat: Beat, done: Run) -> bool:
    """Whether a run that met no trouble ends the one of before."""
    if planning.is_own(beat.trouble) or done.sent or done.refused or not beat.owed:
        return True
    # Some were put off: the server answers, but does it let anything through?
    return bool(done.put_off) and beat.trouble != DEFERS
