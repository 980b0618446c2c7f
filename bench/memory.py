"""What the system says of the memory of a process."""

from __future__ import annotations

import re
from pathlib import Path


def kilobytes(pid: int | str, file: str, name: str) -> int:
    """One figure of a process, 0 when it ended or belongs to somebody else."""
    try:
        found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0
