"""A reader of calendars that knows RFC 5545 and RFC 7986 and forgives nothing; it owes nothing to icalendar."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

NAME = re.compile(r"[A-Z0-9-]+")
PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"]*"|[^",;:]*)')
DURATION = re.compile(r"([+-]?)P(?:(\d+)W|(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

ONCE = {
    "VCALENDAR": {"PRODID", "VERSION"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}
AT_MOST_ONCE = {
    "VCALENDAR": {"CALSCALE", "METHOD", "REFRESH-INTERVAL", "SOURCE", "UID", "LAST-MODIFIED"},
    "VEVENT": {"CLASS", "DESCRIPTION", "DTEND", "LAST-MODIFIED", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL"},
    "VALARM": {"DURATION", "REPEAT"},
}
HOLDS = {"VCALENDAR": {"VEVENT"}, "VEVENT": {"VALARM"}, "VALARM": set[str]()}
TEXTS = {"UID", "SUMMARY", "DESCRIPTION", "NAME", "PRODID", "X-WR-CALNAME", "X-WR-CALDESC"}
TYPED = {"REFRESH-INTERVAL": "DURATION", "SOURCE": "URI"}
"""The properties that RFC 7986 gives no type by default."""
WORDS = {
    "VERSION": {"2.0"},
    "METHOD": {"PUBLISH"},
    "STATUS": {"TENTATIVE", "CONFIRMED", "CANCELLED"},
    "TRANSP": {"OPAQUE", "TRANSPARENT"},
    "CLASS": {"PUBLIC", "PRIVATE", "CONFIDENTIAL"},
    "ACTION": {"DISPLAY"},
}
Value = str | int | date | timedelta


class Forbidden(Exception):
    """What the RFC does not allow."""


@dataclass
class Component:
    name: str
    properties: list[tuple[str, dict[str, str], Value]] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)

    def __getitem__(self, name: str) -> Value:
        [value] = [value for key, _, value in self.properties if key == name]
        return value

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _, _ in self.properties)

    def parameters(self, name: str) -> dict[str, str]:
        [params] = [params for key, params, _ in self.properties if key == name]
        return params


def read(data: bytes) -> Component:
    """The one calendar that these bytes hold."""
    lines = _unfolded(data)
    if next(lines, "") != "BEGIN:VCALENDAR":
        raise Forbidden("not a calendar")
    calendar = _component("VCALENDAR", lines)
    if any(lines):
        raise Forbidden("something after the calendar")
    uids = Counter(event["UID"] for event in calendar.components)
    if any(count > 1 for count in uids.values()):
        raise Forbidden("two events with one UID")
    return calendar


def _unfolded(data: bytes) -> Iterator[str]:
    *rows, rest = data.split(b"\r\n")
    if rest:
        raise Forbidden("the last line has no end")
    line = None
    for row in rows:
        if len(row) > 75 or not row:
            raise Forbidden(f"a line of {len(row)} octets")
        try:
            # Each row by itself: a fold never breaks a character.
            text = row.decode()
        except UnicodeDecodeError as error:
            raise Forbidden("not UTF-8") from error
        if CONTROL.search(text):
            raise Forbidden("a control character, or a bare end of line")
        if text[0] in " \t" and line is not None:
            line += text[1:]
            continue
        if line is not None:
            yield line
        line = text
    if line is not None:
        yield line


def _component(name: str, lines: Iterator[str]) -> Component:
    component = Component(name)
    for line in lines:
        if line == f"END:{name}":
            _counted(component)
            _dated(component)
            return component
        if line.startswith("BEGIN:"):
            inner = line.removeprefix("BEGIN:")
            if inner not in HOLDS[name]:
                raise Forbidden(f"{inner} in {name}")
            component.components.append(_component(inner, lines))
        elif component.components:
            raise Forbidden("a property after a component")
        else:
            component.properties.append(_property(line))
    raise Forbidden(f"{name} has no end")


def _property(line: str) -> tuple[str, dict[str, str], Value]:
    named = NAME.match(line)
    if not named:
        raise Forbidden(f"a line without a name: {line}")
    name, at, params = named.group(), named.end(), dict[str, str]()
    while found := PARAMETER.match(line, at):
        if found[1] in params:
            raise Forbidden(f"{found[1]} twice")
        params[found[1]], at = found[2].strip('"'), found.end()
    if line[at : at + 1] != ":":
        raise Forbidden(f"no value where it is expected: {line}")
    if name in TYPED and params.get("VALUE") != TYPED[name]:
        raise Forbidden(f"{name} without its type")
    return name, params, _value(name, params, line[at + 1 :])


def _value(name: str, params: dict[str, str], raw: str) -> Value:
    if name in WORDS and raw not in WORDS[name]:
        raise Forbidden(f"{name}:{raw}")
    if name in TEXTS:
        return _text(raw)
    if name == "SEQUENCE":
        return int(_matching(r"\d+", raw))
    if name in {"DTSTART", "DTEND"} and params.get("VALUE") == "DATE":
        return _moment("%Y%m%d", _matching(r"\d{8}", raw)).date()
    if name in {"DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"}:
        return _moment("%Y%m%dT%H%M%SZ", _matching(r"\d{8}T\d{6}Z", raw))
    if name in {"TRIGGER", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"}:
        return _duration(raw)
    if name in {"URL", "SOURCE"}:
        return _matching(r"[a-z][a-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+", raw)
    return raw


def _matching(pattern: str, raw: str) -> str:
    if not re.fullmatch(pattern, raw):
        raise Forbidden(raw)
    return raw


def _moment(form: str, raw: str) -> datetime:
    try:
        return datetime.strptime(raw, form)
    except ValueError as error:
        raise Forbidden(raw) from error


def _text(raw: str) -> str:
    if not re.fullmatch(r"(?:[^\\;,]|\\[\\;,Nn])*", raw):
        raise Forbidden(f"a bare separator or an unknown escape: {raw}")
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], raw)


def _duration(raw: str) -> timedelta:
    found = DURATION.fullmatch(raw)
    if not found:
        raise Forbidden(raw)
    weeks, days, hours, minutes, seconds = (int(n or 0) for n in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def _counted(component: Component) -> None:
    held = Counter(name for name, _, _ in component.properties)
    for name in ONCE[component.name]:
        if held[name] != 1:
            raise Forbidden(f"{name}: {held[name]} times in {component.name}")
    for name in AT_MOST_ONCE[component.name]:
        if held[name] > 1:
            raise Forbidden(f"{name}: {held[name]} times in {component.name}")


def _dated(component: Component) -> None:
    if "DTEND" not in component:
        return
    start, end = component["DTSTART"], component["DTEND"]
    assert isinstance(start, date)
    assert isinstance(end, date)
    if type(start) is not type(end) or end <= start:
        raise Forbidden(f"from {start} to {end}, excluded")
