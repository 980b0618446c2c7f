"""`flask remind --loop` on a Tuesday morning, whatever day it is, with shorter waits: the JALON_ variables."""

import os
import sys
from datetime import datetime

import time_machine

with time_machine.travel(datetime.fromisoformat(os.environ["JALON_AT"]), tick=True):
    from flask.cli import main

    from app import db
    from app.commands import remind

    db.PATIENCE = int(os.environ["JALON_PATIENCE"])
    remind.EVERY = float(os.environ["JALON_EVERY"])  # type: ignore[assignment]
    sys.argv = ["flask", "--app", "wsgi", "remind", "--loop"]
    main()
