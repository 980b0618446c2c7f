"""A program that receives messages, over TLS or not, and misbehaves when it is told to."""

import http.server
import ssl
import threading
from dataclasses import dataclass
from typing import Self

import msgspec

HANG = "hang"
"""Say nothing more."""
HUGE = "huge"
"""Answer 200, then bytes without end."""
TRICKLE = "trickle"
"""A head that comes a byte at a time, without end."""
GARBAGE = "garbage"
"""Something that is not HTTP."""
DROP = "drop"
"""Take the message, and close the connection without a word."""

Does = int | str


@dataclass(frozen=True)
class Received:
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """It answers what `does` says, in turn, the last for ever; a text that begins with https: is where it redirects."""

    def __init__(self, *does: Does, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.does, self.received = list(does or (200,)), list[Received]()
        self.closing, self.poured = threading.Event(), 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Received(self.path, headers, body))
                receiver.answer(self)

            def log_message(self, *_words: object) -> None:
                """Silence."""

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_what: object) -> None:
                """Whoever hangs up early is expected here."""

        self.server = Server((host, 0), Handler)
        if tls is not None:
            # The handshake is the handler's: one that fails must not hold the others.
            self.server.socket = tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )  # fmt: skip
        self.port: int = self.server.server_address[1]
        self.scheme = "https" if tls is not None else "http"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def answer(self, asked: http.server.BaseHTTPRequestHandler) -> None:
        does = self.does.pop(0) if len(self.does) > 1 else self.does[0]
        if does == HANG:
            self.closing.wait(30)
        elif does == DROP:
            asked.close_connection = True
        elif does == GARBAGE:
            asked.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        elif does == TRICKLE:
            asked.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.closing.wait(0.01):
                asked.wfile.write(b"x")
        elif does == HUGE:
            asked.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not self.closing.is_set():
                asked.wfile.write(b"x" * 8192)
                self.poured += 8192
        elif isinstance(does, str):
            asked.send_response(307)
            asked.send_header("Location", does)
            asked.end_headers()
        else:
            asked.send_response(does)
            asked.send_header("Content-Length", "6")
            asked.end_headers()
            asked.wfile.write(b"secret")

    def url(self, host: str = "127.0.0.1", path: str = "/jalon") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


def gates_of(receiver: Receiver) -> list[str]:
    return [msgspec.json.decode(one.body)["type"] for one in receiver.received]
