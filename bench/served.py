"""One server to measure, in a process of its own, with the very settings of ./run serve: the register or the bare page.

`python -m bench.served register` or `bare`; the environment says the rest, as for ./run serve.
"""

from __future__ import annotations

import sys
from typing import Any

from app import create_app, templating
from app.config import load_config
from app.serve import Server

from . import bare


class Measured(Server):
    """Without the reminder worker: it would work on thousands of overdue files while the pages are measured."""

    def when_ready(self, _server: Any) -> None:
        print("ready", flush=True)


def main() -> None:
    config = load_config()
    if sys.argv[1] == "bare":
        app = bare.create_app(config.database_url)
    else:
        app = create_app(config)
        templating.note_demonstration(app)
    Measured(app, config, "").run()


if __name__ == "__main__":
    main()
