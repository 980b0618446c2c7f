"""The addresses of a name, by a moment: the system that is asked for them cannot be told to stop."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def ask_system(host: str) -> Sequence[Address]:
    """As every program of this machine would find them, in its own time. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(place[4][0]) for place in found]


class Names:
    """Whoever asks for a name that is still being looked for waits for that same look-up.

    Tries may follow one another as they like: what lasts holds one thread for each name, and there are few.
    """

    def __init__(self, ask: Callable[[str], Sequence[Address]] = ask_system) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Sequence[Address]]] = {}

    def __call__(self, host: str, seconds: float) -> Sequence[Address]:
        """The addresses of this name. Raises TimeoutError, OSError or UnicodeError."""
        with self._lock:
            found = self._asked.get(host)
            if found is None:
                found = Future()
                threading.Thread(target=self._look, args=(host, found), name=f"name-{host}", daemon=True).start()
                self._asked[host] = found
        return found.result(seconds)

    def _look(self, host: str, found: Future[Sequence[Address]]) -> None:
        try:
            answer = self._ask(host)
        except Exception as error:
            self._forget(host)
            found.set_exception(error)
        else:
            self._forget(host)
            found.set_result(answer)

    def _forget(self, host: str) -> None:
        """Before the answer is given: whoever asks from now on wants a new one."""
        with self._lock:
            del self._asked[host]


resolve = Names()
