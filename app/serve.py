"""./run serve: the schema brought up to date, the demonstration register if need be, then the server."""

import argparse
import gc
import socket
import subprocess
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import OperationalError

from experiments import queries, webhooks

from . import clock, create_app, sample, signing, templating
from .config import Config, ConfigError, load_config
from .db import Database, SchemaError, check, is_current, upgrade
from .hooks.seal import seal_of
from .sample.past import postman

HOST = "127.0.0.1"
REMIND = (sys.executable, "-m", "flask", "--app", "wsgi", "remind", "--loop")
NOBODY = "\nAucun compte encore. Pour ouvrir le premier\u00a0: ./run flask account create vous@ville.fr --role admin"
KEEP = """
trap 'trap "" TERM; kill 0; wait; exit 0' TERM
exec 3<&0
{ trap exit TERM; read -r _; kill "$$"; } <&3 &
while :; do
    "$@" 3<&- &
    wait "$!"
    sleep "$0" &
    wait "$!"
done
"""
"""Started again so many seconds after it dies, whatever killed it. In sh: one more Python would cost 50 MB to wait.

It ends its whole group, which must be its own: told to end as it starts one, it does not yet know its number. It ends
too when nobody holds the other end of what it reads: a server that is killed tells nobody, and its reminder would go on
for ever beside the next one's.
"""
AGAIN = "30"
YOUNG = 10_000
"""Objects made before what is no longer used is looked for: a page makes some thousands, and drops them as it ends."""


def prepare(database: Database, config: Config, *, demonstration: bool) -> str:
    """Make the database ready; who may sign in for the demonstration, in words."""
    try:
        if not is_current(database.engine):
            upgrade(database.engine)
            with database.changing() as session:
                webhooks.seal_all(session, seal_of(config))
    except OperationalError:
        pass  # check() says it in one line.
    check(database.engine)
    with database.changing() as session:
        is_new = queries.is_empty(session)
        if is_new and not demonstration:
            return NOBODY
        if is_new:
            print("Chargement du registre de démonstration…", flush=True)
            sample.load(session, now=clock.now(), today=clock.today(), deliver=postman(config))
        people = queries.demonstrators(session)
    lines = (f"  {person.email:30}{person.function or person.account.label}" for person in people)
    return "\n".join((f"\nComptes de démonstration, mot de passe {sample.PASSWORD} :", *lines)) if people else ""


class Server(BaseApplication):
    """Gunicorn in this very process: the application is imported once, and Ctrl-C ends everything."""

    def __init__(self, app: Flask, config: Config, about: str) -> None:
        self.app, self.config, self.about = app, config, about
        self.reminder: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"{HOST}:{self.config.port}",
            "worker_class": "gthread",
            "workers": 2,
            "threads": 4,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
            "when_ready": self.when_ready,
            "on_exit": self.on_exit,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # What is loaded stays: looked at again by each process, it would be copied into each.
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG)
        return self.app

    def when_ready(self, _server: Any) -> None:
        keeper = ("sh", "-c", KEEP, AGAIN, *REMIND)
        self.reminder = subprocess.Popen(keeper, stdin=subprocess.PIPE, start_new_session=True)
        print(f"Jalon : http://{HOST}:{self.config.port}\n{self.about}\n\nCtrl-C pour arrêter.", flush=True)

    def on_exit(self, _server: Any) -> None:
        if self.reminder:
            self.reminder.terminate()
            self.reminder.communicate()


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigError(f"PORT : {port} est déjà pris ; par exemple PORT={port + 1} ./run") from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run serve")
    parser.add_argument("--empty", action="store_true", help="sans le registre de démonstration")
    options = parser.parse_args()
    try:
        config = load_config()
        require_free(config.port)
        app = create_app(config)
        about = prepare(app.extensions["database"], config, demonstration=config.is_local and not options.empty)
        templating.note_demonstration(app)
        signing.key(config)  # made before there are several processes
    except (ConfigError, SchemaError) as error:
        sys.exit(f"Jalon : {error}")
    Server(app, config, about).run()


if __name__ == "__main__":
    main()
