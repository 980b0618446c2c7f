"""`./run bench` measures and writes docs/benchmark*.md; `--quick` only checks, in two minutes, that all of it works."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app import clock
from app.config import ROOT

from . import public, public_report, reminders, reminders_report, report
from .cluster import Cluster, Missing, postgresql
from .first import cold_start
from .load import WrongAnswer
from .measure import Effort, measure

FULL = Effort(sizes=(1_000, 10_000), rounds=5, requests=80)
QUICK = Effort(sizes=(100, 300), rounds=1, requests=20)
FULL_REMINDERS, FULL_MAILS = (10_000, 100_000), 10_000
QUICK_REMINDERS, QUICK_MAILS = (200, 1_000), 100
FULL_PUBLIC = public.Effort(sizes=(1_000, 10_000, 100_000), rounds=3, requests=36, times=10)
QUICK_PUBLIC = public.Effort(sizes=(100, 300), rounds=1, requests=4, times=2)
DOCS = ROOT / "docs"


def tell(words: str) -> None:
    print(f"Jalon, {time.monotonic() - BEGUN:4.0f} s : {words}", file=sys.stderr, flush=True)


BEGUN = time.monotonic()


def telling(engine: str) -> Callable[[str], None]:
    return lambda words: tell(f"{engine}, {words}")


@contextmanager
def _cluster(folder: Path) -> Iterator[Cluster]:
    own = folder / "postgresql"
    own.mkdir(exist_ok=True)
    with postgresql(own) as cluster:
        yield cluster


def _pages(folder: Path, *, quick: bool) -> str:
    effort = QUICK if quick else FULL
    tell("démarrage à froid")
    cold = cold_start(1 if quick else 3)
    measured = {"sqlite": measure(_sqlite(folder), str(folder), effort, None, telling("SQLite"))}
    with _cluster(folder) as cluster:
        measured["postgresql"] = measure(cluster.create, str(folder), effort, cluster.pid, telling("PostgreSQL"))
        version = cluster.version()
    tell("\n" + report.aims_table(report.aims(measured, cold)))
    return report.page(measured, cold, effort, version, clock.today())


def _public(folder: Path, *, quick: bool) -> str:
    effort = QUICK_PUBLIC if quick else FULL_PUBLIC
    measured = {"sqlite": public.measure(_sqlite(folder), str(folder), effort, None, telling("SQLite"))}
    with _cluster(folder) as cluster:
        measured["postgresql"] = public.measure(cluster.create, str(folder), effort, cluster, telling("PostgreSQL"))
        version = cluster.version()
    tell("\n" + report.aims_table(public_report.aims(measured)))
    return public_report.page(measured, effort, version, clock.today())


def _reminders(folder: Path, *, quick: bool) -> str:
    sizes, mails = (QUICK_REMINDERS, QUICK_MAILS) if quick else (FULL_REMINDERS, FULL_MAILS)
    measured = {"sqlite": reminders.measure(_sqlite(folder), str(folder), sizes, mails, telling("SQLite"))}
    with _cluster(folder) as cluster:
        measured["postgresql"] = reminders.measure(cluster.create, str(folder), sizes, mails, telling("PostgreSQL"))
        version = cluster.version()
    tell("\n" + report.aims_table(reminders_report.aims(measured)))
    return reminders_report.page(measured, version, clock.today())


def _sqlite(folder: Path) -> Callable[[str], str]:
    return lambda name: f"sqlite:///{folder / name}.sqlite"


BENCHES = {
    "pages": (_pages, "benchmark.md"),
    "public": (_public, "benchmark-public.md"),
    "rappels": (_reminders, "benchmark-rappels.md"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("what", nargs="?", choices=BENCHES, help="une partie seulement")
    parser.add_argument("--quick", action="store_true", help="vérifie que tout marche, sans rien écrire")
    options = parser.parse_args()
    # Whatever ends the bench, what it started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        for name in [options.what] if options.what else BENCHES:
            with _folder() as folder:
                bench, written = BENCHES[name]
                page = bench(Path(folder), quick=options.quick)
            if options.quick:
                print(page)
            else:
                (DOCS / written).write_text(page, encoding="utf-8")
                tell(f"écrit dans docs/{written}")
    except (Missing, WrongAnswer) as error:
        sys.exit(f"Jalon : {error}")


@contextmanager
def _folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="jalon-bench-") as folder:
        # PostgreSQL may run as another user, who must reach its own folder.
        Path(folder).chmod(0o755)
        yield folder


if __name__ == "__main__":
    main()
