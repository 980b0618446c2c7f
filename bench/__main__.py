"""`./run bench` measures and writes docs/benchmark.md; `--quick` only checks, in a minute, that all of it works."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import clock
from app.config import ROOT

from . import report
from .cluster import Missing, postgresql
from .first import cold_start
from .load import WrongAnswer
from .measure import Effort, Figures, measure

FULL = Effort(sizes=(1_000, 10_000), rounds=5, requests=80)
QUICK = Effort(sizes=(100, 300), rounds=1, requests=20)
WRITTEN = ROOT / "docs" / "benchmark.md"


def tell(words: str) -> None:
    print(f"Jalon, {time.monotonic() - BEGUN:4.0f} s : {words}", file=sys.stderr, flush=True)


BEGUN = time.monotonic()


def telling(engine: str) -> Callable[[str], None]:
    return lambda words: tell(f"{engine}, {words}")


def on_sqlite(folder: Path, effort: Effort) -> Figures:
    return measure(lambda name: f"sqlite:///{folder / name}.sqlite", str(folder), effort, None, telling("SQLite"))


def on_postgresql(folder: Path, effort: Effort) -> tuple[Figures, str]:
    """The figures, and the version of PostgreSQL."""
    own = folder / "postgresql"
    own.mkdir()
    with postgresql(own) as cluster:
        found = measure(cluster.create, str(folder), effort, cluster.pid, telling("PostgreSQL"))
        return found, cluster.version()


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--quick", action="store_true", help="vérifie que tout marche, sans rien écrire")
    effort = QUICK if parser.parse_args().quick else FULL
    # Whatever ends the bench, what it started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with tempfile.TemporaryDirectory(prefix="jalon-bench-") as folder:
            # PostgreSQL may run as another user, who must reach its own folder.
            Path(folder).chmod(0o755)
            tell("démarrage à froid")
            cold = cold_start(1 if effort is QUICK else 3)
            measured = {"sqlite": on_sqlite(Path(folder), effort)}
            measured["postgresql"], version = on_postgresql(Path(folder), effort)
    except (Missing, WrongAnswer) as error:
        sys.exit(f"Jalon : {error}")
    page = report.page(measured, cold, effort, version, clock.today())
    print(page if effort is QUICK else report.aims_table(report.aims(measured, cold)))
    if effort is not QUICK:
        WRITTEN.parent.mkdir(exist_ok=True)
        WRITTEN.write_text(page, encoding="utf-8")
        tell(f"écrit dans {WRITTEN.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
