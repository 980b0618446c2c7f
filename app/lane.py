"""Long answers leave two at a time from each process: the other two of its threads are for pages.

Whoever takes a long answer slowly holds a thread all the while; eight of them held the whole site.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from threading import BoundedSemaphore
from typing import Any

from flask import Response
from werkzeug.exceptions import ServiceUnavailable

MOST = 2
PATIENCE = 0.5
"""Seconds that somebody waits for the one before: most long answers are short."""
RETRY_AFTER = 30

_lane = BoundedSemaphore(MOST)


class _Place:
    """One of the places; given back when the answer is over, or is never sent."""

    def __init__(self) -> None:
        self._release = weakref.finalize(self, _lane.release)

    def leave(self) -> None:
        """Once is enough: the second time does nothing."""
        self._release()


def _until_the_end(chunks: Iterable[Any], place: _Place) -> Iterator[Any]:
    yield from chunks
    place.leave()


def in_turn(answer: Response) -> Response:
    """Send this when there is room for it; else say when to come back. Raises ServiceUnavailable."""
    if not _lane.acquire(timeout=PATIENCE):
        raise ServiceUnavailable("Trop de fichiers partent à la fois", retry_after=RETRY_AFTER)
    # The answer holds its place: it is given back with it, though nobody reads it to the end.
    place = _Place()
    answer.response = _until_the_end(answer.response, place)
    answer.call_on_close(place.leave)
    return answer
