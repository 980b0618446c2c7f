"""A server of mails that takes everything and keeps nothing: as quick as Python allows, so that it hides no cost.

By itself: python -m bench.sink. It prints its port, then on each line it reads, how many mails it took and in how long.
"""

from __future__ import annotations

import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

COUNT = {"mails": 0, "first": 0.0, "last": 0.0}


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say("220 bench")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say("250-bench\r\n250 8BITMIME")
            elif verb == b"DATA":
                self.say("354 go on")
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self) -> None:
        for line in self.rfile:
            if line == b".\r\n":
                break
        COUNT["last"] = time.perf_counter()
        COUNT["first"] = COUNT["first"] or COUNT["last"]
        COUNT["mails"] += 1
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Sink:
    """A sink in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout
        self.port = int(process.stdout.readline())

    def taken(self) -> tuple[int, float]:
        """How many mails came since the last time this was asked, and the seconds from the first to the last."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        mails, seconds = self.process.stdout.readline().split()
        return int(mails), float(seconds)


@contextmanager
def sink() -> Iterator[Sink]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Sink(process)
    finally:
        process.terminate()
        process.communicate()


def main() -> None:
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        for _ in sys.stdin:
            print(COUNT["mails"], COUNT["last"] - COUNT["first"], flush=True)
            COUNT.update(mails=0, first=0.0, last=0.0)


if __name__ == "__main__":
    main()
