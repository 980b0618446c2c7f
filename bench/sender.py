"""A worker of its own process, as `flask remind` makes it, but on Sundays too: it prints the most memory it held.

By itself: python -m bench.sender.
"""

from __future__ import annotations

from app import create_app
from app.config import load_config
from app.db import Database
from app.mail.letter import Writer
from app.mail.transport import open_transport
from app.worker import Worker

from .memory import kilobytes


def main() -> None:
    config = load_config()
    with create_app(config).app_context():
        database = Database(config.database_url, hasty=True)
        Worker(database, lambda: open_transport(config), Writer(config).compose, at_any_hour=True).run()
        database.engine.dispose()
    print(kilobytes("self", "status", "VmHWM"))


if __name__ == "__main__":
    main()
