"""What somebody who owns the database could do: take the guards down, and write what they like."""

from sqlalchemy import Connection, text

from experiments.guards import GUARDS


def take_down(connection: Connection) -> None:
    for name in GUARDS[connection.dialect.name]:
        drop = "FUNCTION {}() CASCADE" if connection.dialect.name == "postgresql" else "TRIGGER {}"
        connection.execute(text(f"DROP {drop.format(name)}"))
