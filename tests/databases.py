"""Real databases for the tests: a fresh, migrated one each time, on both engines."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam

import psycopg
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from app.db import make_engine, upgrade

# Durability is worth nothing to a cluster that lives for one run, and costs most of its time.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "2MB",
    "max_wal_size": "128MB",
    "max_connections": "200",
}

# The cluster lives as long as some process holds `alive` open for writing. However they end, even killed, the
# shell left behind then reads the end of the file, stops the cluster and leaves no trace.
START = """
folder=$PWD
exec 3<alive
initdb --pgdata data --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 \\
    --no-sync --wal-segsize 1 >log 2>&1 &&
    pg_ctl start --wait --silent --pgdata data --log log --options "$1" >>log 2>&1 ||
    { cat log; cd / && rm -rf "$folder"; exit 1; }
(
    read -r _ <&3
    pg_ctl stop --silent --mode immediate --pgdata data
    cd / && rm -rf "$folder"
) >/dev/null 2>&1 &
"""


class Shared:
    """A dialect that every engine of the process shares, with the statements it has already compiled.

    A test has an engine of its own, and would spend a quarter of its time compiling what the one before has compiled.
    """

    def __new__(cls, **options: object) -> "Shared":
        if "alike" not in cls.__dict__:
            cls.alike, cls.compiled = {}, {}
        return cls.alike.setdefault(options.get("isolation_level"), super().__new__(cls))

    def __init__(self, **options: object) -> None:
        if "dbapi" not in self.__dict__:
            super().__init__(**options)

    def initialize(self, connection: Connection) -> None:
        if "known" not in self.__dict__:
            super().initialize(connection)
            self.known = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls.compiled)


class SharedSQLite(Shared, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class SharedPostgreSQL(Shared, PGDialect_psycopg):
    supports_statement_cache = True


registry.register("sqlite", __name__, SharedSQLite.__name__)
registry.register("postgresql", __name__, SharedPostgreSQL.__name__)


@contextmanager
def turn(shared: Path) -> Iterator[None]:
    """One at a time among the processes of a run."""
    with (shared / "turn").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


class SQLite:
    """Copies of one migrated file."""

    def __init__(self, shared: Path) -> None:
        self.shared = shared
        self.template = shared / "template.sqlite"
        with turn(shared):
            if not self.template.exists():
                draft = shared / "draft.sqlite"
                draft.unlink(missing_ok=True)
                migrate(f"sqlite:///{draft}")
                draft.rename(self.template)

    @contextmanager
    def fresh(self, migrated: bool = True) -> Iterator[str]:
        with tempfile.TemporaryDirectory(prefix="jalon-", dir=memory() or self.shared) as folder:
            file = Path(folder, "jalon.sqlite")
            if migrated:
                shutil.copyfile(self.template, file)
            yield f"sqlite:///{file}"


class PostgreSQL:
    """Copies of one migrated database, in a cluster shared by the processes of a run."""

    def __init__(self, shared: Path) -> None:
        known = shared / "cluster"
        with turn(shared):
            if known.exists() and Path(known.read_text(), "alive").exists():
                self.join(Path(known.read_text()))
            else:
                programs = find_programs()
                self.join(make_folder())
                start(self.folder, programs)
                with self.connect() as admin:
                    admin.execute("CREATE DATABASE template")
                migrate(self.url("template"))
                known.write_text(str(self.folder))
        self.admin = self.connect()

    def join(self, folder: Path) -> None:
        self.folder = folder
        # For reading too, or else opening waits until someone reads.
        self.alive = os.open(folder / "alive", os.O_RDWR)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    @contextmanager
    def fresh(self, migrated: bool = True) -> Iterator[str]:
        name = f"test_{uuid.uuid4().hex}"
        template = "template" if migrated else "template1"
        self.admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self.admin.close()
        os.close(self.alive)


def memory() -> str | None:
    """A folder in memory where there is room: copying a database there takes 10 ms, on a disk 150, and a commit 5."""
    folder = "/dev/shm"
    roomy = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2**30
    return folder if roomy else None


def find_programs() -> Path:
    """The folder of initdb and pg_ctl: Debian keeps them out of the PATH, one folder a version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        pytest.fail(
            "PostgreSQL n’est pas installé : « apt-get install postgresql », puis relancez ./run test.",
            pytrace=False,
        )
    return Path(found).parent


def make_folder() -> Path:
    # Not the folder of pytest: nobody may enter it, and the path of a socket is at most 107 bytes long.
    folder = Path(tempfile.mkdtemp(prefix="jalon-", dir=memory() or "/tmp"))
    os.mkfifo(folder / "alive", 0o600)
    return folder


def start(folder: Path, programs: Path) -> None:
    options = {**SETTINGS, "unix_socket_directories": folder}
    other = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
        nobody = getpwnam("nobody")
        other = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for path in (folder, folder / "alive"):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    done = subprocess.run(
        ["sh", "-c", START, "sh", " ".join(f"-c {name}='{value}'" for name, value in options.items())],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,  # Ctrl-C is for pytest, which still has databases to drop.
        **other,
    )
    if done.returncode != 0:
        pytest.fail(f"PostgreSQL ne démarre pas :\n{done.stdout}{done.stderr}", pytrace=False)
