"""Who carries the messages: a thread for each receiver that is owed one, so that a slow one delays nobody else."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from app import clock
from app.config import Config
from app.db import Database
from experiments import deliveries
from experiments.deliveries import LEASE, UNREADABLE, Answer, Parcel
from experiments.sealing import Unsealable

from . import message
from .post import post
from .reach import Reach
from .seal import seal_of

log = logging.getLogger(__name__)

IN_A_ROW = 50
"""Messages sent to one receiver at once; the next run goes on."""
AGAIN = 1.0
"""Seconds between two attempts to write down what was answered, while the database is away."""

Send = Callable[[Parcel], Answer]


def sender(config: Config, reach: Reach, now: Callable[[], datetime] = clock.now) -> Send:
    """How a message leaves this register."""
    seal = seal_of(config)

    def send(parcel: Parcel) -> Answer:
        try:
            opened = [seal.open(one) for one in parcel.secrets]
        except Unsealable:
            # Unsigned, it would be refused; and no other try would do better.
            return Answer(None, 0, UNREADABLE, stop=UNREADABLE)
        body = message.write(parcel, config.public_url)
        return post(reach, parcel.url, body, message.headers(parcel.key, opened, body, now()))

    return send


class Courier:
    """Any number of them may share a register: whoever speaks to a receiver has taken it for a minute."""

    def __init__(self, database: Database, send: Send, *, now: Callable[[], datetime] = clock.now) -> None:
        self.database, self.send, self.now = database, send, now
        self.holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to speak to each receiver that is owed something, and wait for none."""
        with self.database.changing() as session:
            taken = deliveries.take(session, self.holder, self.now())
        self.threads = [one for one in self.threads if one.is_alive()]
        for number in taken:
            # Whoever is killed between an answer and its mark sends again, under the same name.
            thread = threading.Thread(target=self._serve, args=(number,), name=f"webhook-{number}", daemon=True)
            self.threads.append(thread)
            thread.start()

    def wait(self, seconds: float) -> None:
        """Let those who are speaking finish."""
        ends = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _serve(self, number: int) -> None:
        try:
            for _ in range(IN_A_ROW):
                with self.database.reading() as session:
                    parcel = deliveries.parcel(session, number, self.holder, self.now())
                if parcel is None or not self._mark(parcel, self._carry(parcel)):
                    break
            with self.database.changing() as session:
                deliveries.let_go(session, number, self.holder)
        except Exception:
            # Its lease ends by itself.
            log.exception("webhook %s", number)

    def _carry(self, parcel: Parcel) -> Answer:
        try:
            return self.send(parcel)
        except Exception:
            log.exception("webhook %s, message %s", parcel.webhook_id, parcel.key)
            return Answer(None, 0, "Le message n’a pas pu être composé\u00a0: voyez le journal du programme")

    def _mark(self, parcel: Parcel, answer: Answer) -> bool:
        until = self.now() + LEASE
        while True:
            try:
                with self.database.changing() as session:
                    return deliveries.answered(session, parcel, answer, self.now())
            except DBAPIError:
                if self.now() >= until:
                    raise
                time.sleep(AGAIN)
