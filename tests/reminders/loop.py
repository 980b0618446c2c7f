"""`flask remind --loop` on a Tuesday morning, whatever day it is, with shorter waits: the JALON_ variables."""

import os
from datetime import datetime

import time_machine
from flask import cli

from app import db
from app.commands import remind

WORDS = ("flask", "--app", "wsgi", "remind", "--loop")


def main() -> None:
    with time_machine.travel(datetime.fromisoformat(os.environ["JALON_AT"]), tick=True):
        db.PATIENCE = int(os.environ["JALON_PATIENCE"])
        remind.EVERY = float(os.environ["JALON_EVERY"])  # type: ignore[assignment]
        cli.main()
