"""The two databases of the bench, in a folder that ends with it: SQLite files, and a PostgreSQL cluster as installed.

PostgreSQL keeps its own settings (fsync and the rest), but for a private socket in place of the network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam
from typing import Any

from sqlalchemy import create_engine, text


class Missing(Exception):
    """PostgreSQL is not installed; the text says how to."""


class Cluster:
    """A running PostgreSQL, and the process of its postmaster."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, name: str, source: str = "template1") -> str:
        """The address of a new database: empty, or the copy of another one that nobody is connected to."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy"))
        engine.dispose()
        return self.url(name)

    def version(self) -> str:
        """« 17.6 »."""
        said = subprocess.run([programs() / "postgres", "--version"], capture_output=True, check=True, text=True)
        return said.stdout.split()[2]


def programs() -> Path:
    """The folder of initdb and pg_ctl, which Debian keeps out of the PATH. Raises Missing."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        raise Missing("PostgreSQL n’est pas installé : apt-get install postgresql, puis relancez ./run bench")
    return Path(found).parent


def _owner(folder: Path) -> dict[str, Any]:
    """As root, PostgreSQL refuses to run: it is then run by nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def postgresql(folder: Path) -> Iterator[Cluster]:
    """A cluster in this folder, stopped at the end. Raises Missing."""
    found, owner = programs(), _owner(folder)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [found / program, *words],
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            **owner,
        )

    run("initdb", "--pgdata=data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    run("pg_ctl", "start", "--wait", "--silent", "--pgdata=data", "--log=log", f"--options={options}")
    try:
        yield Cluster(folder)
    finally:
        run("pg_ctl", "stop", "--silent", "--mode=fast", "--pgdata=data")
