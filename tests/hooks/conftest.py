"""A register that tells programs: the real database, a clock wound by hand, and whoever carries the messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.config import Config, load_config
from app.db import Database
from app.hooks.courier import Courier, Send, sender
from app.hooks.reach import TRYING
from app.hooks.seal import seal_of
from app.worker import Worker
from experiments import webhooks
from experiments.model import Delivery, Webhook
from experiments.vocabulary import Status
from tests.builders import an_experiment, cross
from tests.reminders.office import TUESDAY, Box, Clock, at, clerk

URL = "https://experimentations.exemple.fr"


class Bureau:
    """The register, its clock, and one worker with its courier."""

    def __init__(self, database: Database, config: Config) -> None:
        self.database, self.config, self.clock = database, config, Clock(at(TUESDAY))
        self.box = Box(self.clock)
        self.secrets: dict[str, str] = {}
        """In clear, by the label of each receiver: what its holder was given."""
        self.send: Send = sender(config, TRYING, self.clock)

    def courier(self, send: Send | None = None) -> Courier:
        return Courier(self.database, send or self.send, now=self.clock)

    def worker(self, courier: Courier) -> Worker:
        return clerk(self.database, self.clock, self.box, tell_programs=courier.start)

    def run(self, send: Send | None = None) -> None:
        """One run of the worker, and what it sends meanwhile."""
        courier = self.courier(send)
        self.worker(courier).run()
        courier.wait(10)

    def add(self, url: str, label: str = "Portail") -> Webhook:
        with self.database.changing() as session:
            made, self.secrets[label] = webhooks.add(session, label, url, self.clock(), seal_of(self.config))
            return made

    def now(self, one: Webhook) -> Webhook:
        """As the database holds it."""
        with self.database.reading() as session:
            return session.get_one(Webhook, one.id)

    def log(self, one: Webhook) -> list[Delivery]:
        """The messages to it, the oldest first."""
        with self.database.reading() as session:
            return list(
                session.scalars(select(Delivery).where(Delivery.webhook_id == one.id).order_by(Delivery.id))
            )  # fmt: skip


def tell(bureau: Bureau, *gates: str) -> str:
    """A running experiment, whose page is public, then these gates; its number."""
    with bureau.database.changing() as session:
        x = an_experiment(session, Status.RUNNING, today=TUESDAY)
        for gate in gates:
            cross(session, x, gate, on=TUESDAY)
        return x.number


@pytest.fixture
def register(database_url: str) -> Iterator[Database]:
    database = Database(database_url, hasty=True)
    yield database
    database.engine.dispose()


@pytest.fixture
def bureau(register: Database, tmp_path: Path) -> Bureau:
    return Bureau(register, load_config({"INSTANCE_DIR": str(tmp_path), "PUBLIC_URL": URL}))
