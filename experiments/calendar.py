"""What calendars are told: each duty as an all-day event, in a feed that they come back to or joined to a mail."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import icalendar
from icalendar.parser import Contentline

PRODID = "-//Jalon//Registre des experimentations//FR"
REFRESH = timedelta(hours=6)
MORNING = timedelta(hours=9)
"""When an alarm rings: an all-day event begins at midnight, which wakes people up."""
FOLDED = 75
"""Bytes from which the library folds a line."""

_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
# C0 but tab and line feed, DEL, C1, the surrogates that no UTF-8 holds, the mark of byte order. icalendar lets NUL
# pass, and drops the mark where a text opens with it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Event:
    """A day to know of. It is kept as it will be written, so that events that differ are written differently."""

    uid: str
    """That of the duty, whatever becomes of its date."""
    on: date
    title: str
    description: str
    url: str
    sequence: int
    changed_at: datetime
    """What DTSTAMP and LAST-MODIFIED say: a time of the duty, never that of the reading."""
    cancelled: bool = False
    alarms: tuple[int, ...] = ()
    """How many days before; a cancelled event has none."""
    public: bool = False
    """Whether a calendar shared with others may show more than a busy day."""

    def __post_init__(self) -> None:
        if isinstance(self.on, datetime) or self.changed_at.utcoffset() is None:
            raise ValueError("an event has a day, and a time of change with its zone")
        if self.sequence < 0 or any(days < 0 for days in self.alarms):
            raise ValueError("a sequence and the days before an event are never negative")
        _address(self.url)
        kept = {
            "uid": _plain(self.uid),
            "title": _plain(self.title),
            "description": _plain(self.description),
            # Two hours that a change to winter time makes look alike are told apart in UTC.
            "changed_at": self.changed_at.astimezone(UTC).replace(microsecond=0),
            "alarms": () if self.cancelled else tuple(sorted(set(self.alarms), reverse=True)),
        }
        if not kept["uid"]:
            raise ValueError("an event without a name of its own is a new one each time")
        for name, value in kept.items():
            object.__setattr__(self, name, value)


def feed(name: str, events: Sequence[Event], *, source: str, description: str = "") -> bytes:
    """The calendar that an address gives; it says when to come back, and where."""
    calendar = _calendar()
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, _Text(_plain(name)))
    if about := _plain(description):
        for key in ("DESCRIPTION", "X-WR-CALDESC"):
            calendar.add(key, _Text(about))
    # RFC 7986 gives these two no type by default, and icalendar writes none.
    calendar.add("REFRESH-INTERVAL", REFRESH, {"VALUE": "DURATION"})
    calendar.add("SOURCE", icalendar.vUri(_address(source)), {"VALUE": "URI"})
    calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH))
    return _filled(calendar.to_ical(), events, _kept_block)


def attachment(events: Sequence[Event]) -> bytes:
    """The same events, for a mail: nothing to come back to. None is kept: thousands are sent, each once or twice."""
    return _filled(_bare(), events, _block)


def etag(name: str, events: Sequence[Event], *, source: str = "", description: str = "") -> str:
    """What changes with the bytes of the feed, found without writing them."""
    told = (_plain(name), source, _plain(description), _in_order(events))
    return hashlib.sha256(f"{_way_of_writing()}{told!r}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _way_of_writing() -> str:
    """One small feed, written: a release that writes differently renews every tag, without a number to remember."""
    day, noon = date(2028, 2, 29), datetime(2028, 1, 31, 12, tzinfo=UTC)
    kept = Event("1", day, "Évaluation ; décision", "Une\nligne", "https://example.org/", 1, noon, alarms=(7, 0))
    dropped = Event("2", day, "", "", "", 0, noon, cancelled=True, public=True)
    return hashlib.sha256(feed("Agenda", [kept, dropped], source="https://example.org/", description="É")).hexdigest()


def _calendar() -> icalendar.Calendar:
    # Not Calendar.new, which draws a UID at random.
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    return calendar


@lru_cache(maxsize=1)
def _bare() -> bytes:
    return bytes(_calendar().to_ical())


def _filled(calendar: bytes, events: Sequence[Event], written: Callable[[Event], bytes]) -> bytes:
    """The events are put in as bytes, before the last line: icalendar would write each of them again, at 0.4 ms."""
    last = b"END:VCALENDAR\r\n"
    return b"".join([calendar.removesuffix(last), *map(written, _in_order(events)), last])


def _in_order(events: Sequence[Event]) -> list[Event]:
    if len({event.uid for event in events}) < len(events):
        raise ValueError("two events of a calendar have the same name")
    return sorted(events, key=lambda event: (event.on, event.uid))


def _block(event: Event) -> bytes:
    """An event line by line, in the order of the library, which takes four times longer to write it as a whole."""
    lines = [b"BEGIN:VEVENT\r\n", _text("SUMMARY", event.title), _day(b"DTSTART", event.on)]
    # The end is the first day that is not of the event; the last day of all has none after it.
    if event.on < date.max:
        lines.append(_day(b"DTEND", event.on + timedelta(1)))
    changed_at: bytes = icalendar.vDatetime(event.changed_at).to_ical()  # type: ignore[no-untyped-call]
    lines += [_bare_line(b"DTSTAMP", changed_at), _text("UID", event.uid), _common("SEQUENCE", event.sequence)]
    lines.append(b"CLASS:PUBLIC\r\n" if event.public else b"CLASS:PRIVATE\r\n")
    if event.description:
        lines.append(_common("DESCRIPTION", _Text(event.description)))
    lines.append(_bare_line(b"LAST-MODIFIED", changed_at))
    lines.append(b"STATUS:CANCELLED\r\n" if event.cancelled else b"STATUS:CONFIRMED\r\n")
    lines.append(b"TRANSP:TRANSPARENT\r\n")
    if event.url:
        lines.append(_bare_line(b"URL", icalendar.vUri(event.url).to_ical()))
    lines += _alarms(event)
    return b"".join([*lines, b"END:VEVENT\r\n"])


def _alarms(event: Event) -> list[bytes]:
    if not event.alarms:
        return []
    said = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n" + _text("DESCRIPTION", event.title)
    return [said + _common("TRIGGER", MORNING - timedelta(days)) + b"END:VALARM\r\n" for days in event.alarms]


_kept_block = lru_cache(maxsize=8192)(_block)
"""For feeds, which say the same at each call: equal events are written alike."""


def _text(name: str, text: str) -> bytes:
    return _bare_line(name.encode(), _Text(text).to_ical())


def _day(name: bytes, day: date) -> bytes:
    return _bare_line(name + b";VALUE=DATE", icalendar.vDate(day).to_ical())  # type: ignore[no-untyped-call]


def _bare_line(name: bytes, value: bytes) -> bytes:
    """A line whose parameters are in its name, of a value that the library wrote; it folds the line when it is long."""
    written = b"%b:%b" % (name, value)
    # Its way to fold looks at each sign: a line that is short as it is needs none.
    if len(written) >= FOLDED:
        written = Contentline(written.decode()).to_ical()  # type: ignore[no-untyped-call]
    return written + b"\r\n"


def _line(name: str, value: Any) -> bytes:
    """One line, as the library writes it, with the parameters that it finds."""
    holder = icalendar.Event()
    holder.add(name, value)
    return bytes(holder.content_line(name, holder[name]).to_ical()) + b"\r\n"


_common = lru_cache(maxsize=2048)(_line)
"""For lines that an event has in common with a hundred others."""


class _Text(icalendar.vText):
    r"""A text that keeps its \N: icalendar 7.3 takes these two characters (\\NAS\partage) for the end of a line."""

    def to_ical(self) -> bytes:
        return rb"\\N".join(icalendar.vText(part).to_ical() for part in self.split(r"\N"))


def _plain(text: str) -> str:
    """A text that a calendar can hold; unlike words.clean, fast enough for the five hundred events of each call."""
    return _UNWRITABLE.sub("", _LINE_END.sub("\n", text))


def _address(url: str) -> str:
    """Ours, hence refused rather than mended: a space or a line end in it is an error of the program."""
    if _NO_ADDRESS.search(url):
        raise ValueError(f"not an address: {url!r}")
    return url
