"""Keys that travel in addresses stay out of every log: whoever reads a log must not read somebody's calendar.

Nor what people wrote, which PostgreSQL repeats when it refuses a row: nothing is erased from a log after its purpose.
"""

from __future__ import annotations

import logging
import re


def _sign(sign: str) -> str:
    """A sign of an address, as it is or percent-encoded, once or several times."""
    return f"(?:{sign}|%(?:25)*{ord(sign):02x})"


_SLASHES = _sign("/") + "+"
_PLACES = "|".join("".join(map(_sign, place)) for place in ("agenda", "suivre", "refus", "observations"))
_ROW = re.compile(r"(DETAIL:\s).*?(?=\n\[SQL:|\n\nThe above exception|\Z)", re.DOTALL)
_KEY = re.compile(f"((?:{_PLACES}){_SLASHES})[^/\\s\"'?#<>.]+", re.IGNORECASE)


def discreet(text: str) -> str:
    """The same text, « /agenda/….ics » in place of the address of a personal calendar, however it is written,
    and no row that was refused.
    """
    return _KEY.sub(r"\1…", _ROW.sub(r"\1…", text))


class Discreet(logging.LogRecord):
    """A record of a log, as it may be kept.

    Every logger makes these, whatever its handlers; a filter would miss what children of a logger hand up to it.
    """

    def getMessage(self) -> str:  # noqa: N802 - the name that logging gives it
        return discreet(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        return self._exc_text

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        # The traceback as the first handler writes it, for all of them.
        self._exc_text = text and discreet(text)


def init_app() -> None:
    logging.setLogRecordFactory(Discreet)
