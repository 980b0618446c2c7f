"""On what the figures were taken: the machine, the versions, the day."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from importlib.metadata import version
from pathlib import Path


def _first(path: str, pattern: str) -> str:
    try:
        found = re.search(pattern, Path(path).read_text(), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""


def machine() -> str:
    """« 2 cœurs, Intel Xeon, 23 Go de mémoire, Linux »."""
    memory = _first("/proc/meminfo", r"^MemTotal:\s+(\d+)")
    parts = (
        f"{len(os.sched_getaffinity(0))} cœurs",
        _first("/proc/cpuinfo", r"^model name\s*:\s*(.+)$") or platform.machine(),
        f"{int(memory) / 2**20:.0f} Gio de mémoire" if memory else "",
        _first("/etc/os-release", r'^PRETTY_NAME="?([^"\n]+)'),
        f"Linux {platform.release().partition('-')[0]}",
    )
    return ", ".join(part for part in parts if part)


def versions(postgresql: str) -> str:
    """« Python 3.13.1, SQLite 3.46… »."""
    packages = " ".join(
        f"{label} {version(name)}," for label, name in (("Flask", "flask"), ("SQLAlchemy", "sqlalchemy"))
    )
    database = f", PostgreSQL {postgresql}" if postgresql else ""
    return (
        f"Python {platform.python_version()}, {packages} gunicorn {version('gunicorn')}, "
        f"SQLite {sqlite3.sqlite_version}{database}"
    )
