"""What calendars are told, read back by two readers that owe nothing to the library that wrote it."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import calendar, events, own_calendar
from experiments.calendar import Event, attachment, etag, feed
from experiments.own_calendar import OwnCalendar
from tests.domain.ical_reader import Component, Forbidden, read

ROOT = Path(__file__).parents[2]
SOURCE = "https://jalon.example.org/agenda/3f9a.ics"
DUE = Event(
    uid="echeance-14-evaluation@jalon.example.org",
    on=date(2027, 3, 15),
    title="Évaluation due : Navette autonome (2026-014)",
    description="Porteur : Direction des mobilités\nÉtape : en cours ; il manque l’évaluation, puis la décision.",
    url="https://jalon.example.org/experimentations/2026-014",
    sequence=2,
    changed_at=datetime(2026, 11, 3, 10, 20, 30, tzinfo=UTC),
    alarms=(30, 7),
)
OTHER = replace(DUE, uid="echeance-15-decision@jalon.example.org", on=date(2027, 3, 1), title="Décision due")


def written(*events: Event, name: str = "Mes échéances", description: str = "") -> bytes:
    return feed(name, events, source=SOURCE, description=description)


def events_of(data: bytes) -> list[Component]:
    return read(data).components


def only(*, bare: bool = False, **changes: Any) -> Component:
    """The one event of a feed, or of an attachment, as the strict reader has it."""
    event = replace(DUE, **changes)
    [found] = events_of(attachment([event]) if bare else written(event))
    return found


def through_vobject(data: bytes) -> Any:
    found = vobject.readOne(data.decode())
    assert found.validate(raiseException=True)
    return found


def test_two_readers_find_what_was_written() -> None:
    data = written(DUE, OTHER)
    strict, lenient = read(data).components[1], through_vobject(data).vevent_list[1]
    assert strict["SUMMARY"] == lenient.summary.value == DUE.title
    assert strict["DESCRIPTION"] == lenient.description.value == DUE.description
    assert strict["UID"] == lenient.uid.value == DUE.uid
    assert strict["URL"] == lenient.url.value == DUE.url
    assert strict["DTSTART"] == lenient.dtstart.value == DUE.on
    assert strict["TRANSP"] == lenient.transp.value == "TRANSPARENT"
    assert strict["STATUS"] == lenient.status.value == "CONFIRMED"


def test_a_calendar_has_a_name_and_is_published() -> None:
    calendar = read(written(DUE, name="Échéances ; service des mobilités", description="Ce qui est dû,\nà qui"))
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Échéances ; service des mobilités"
    assert calendar["DESCRIPTION"] == calendar["X-WR-CALDESC"] == "Ce qui est dû,\nà qui"
    assert calendar["METHOD"] == "PUBLISH"
    assert "Jalon" in str(calendar["PRODID"])


def test_a_calendar_says_when_to_come_back_and_where() -> None:
    """Read with their types, without which RFC 7986 gives them none: the reader refuses them otherwise."""
    calendar = read(written(DUE))
    assert calendar["REFRESH-INTERVAL"] == calendar["X-PUBLISHED-TTL"] == timedelta(hours=6)
    assert calendar["SOURCE"] == SOURCE


@pytest.mark.parametrize(
    ("on", "end"),
    [
        (date(2027, 3, 15), date(2027, 3, 16)),
        (date(2028, 2, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 1)),
        (date(2027, 2, 28), date(2027, 3, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 3, 28), date(2027, 3, 29)),  # the day with 23 hours
    ],
)
def test_an_event_ends_before_the_next_day(on: date, end: date) -> None:
    data = written(replace(DUE, on=on))
    [event] = events_of(data)
    assert (event["DTSTART"], event["DTEND"]) == (on, end)
    assert event.parameters("DTSTART") == event.parameters("DTEND") == {"VALUE": "DATE"}
    assert through_vobject(data).vevent.dtend.value == end


def test_the_last_day_of_all_has_no_day_after() -> None:
    assert "DTEND" not in only(on=date.max)


def test_a_duty_keeps_its_name_when_its_date_moves() -> None:
    before, after = only(), only(on=date(2027, 9, 1), sequence=3)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (2, 3)


def test_the_times_are_those_of_the_change_whatever_their_zone() -> None:
    paris = datetime(2026, 11, 3, 11, 20, 30, 999, tzinfo=timezone(timedelta(hours=1)))
    event = only(changed_at=paris)
    assert event["DTSTAMP"] == event["LAST-MODIFIED"] == datetime(2026, 11, 3, 10, 20, 30)
    assert replace(DUE, changed_at=paris) == DUE


def test_the_hour_that_winter_time_repeats_is_two_hours() -> None:
    """Python says that they are equal; kept by their event, the first would be given for the second."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"))
    times = [only(changed_at=first.replace(fold=fold))["DTSTAMP"] for fold in (0, 1)]
    assert times == [datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30)]


def test_a_cancelled_duty_says_so_and_rings_no_more() -> None:
    event = only(cancelled=True, sequence=3)
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 3
    assert event["UID"] == DUE.uid
    assert event.components == []


@pytest.mark.parametrize("days", [0, 1, 2, 7, 30, 365])
def test_an_alarm_rings_at_nine_in_the_morning(days: int) -> None:
    data = written(replace(DUE, alarms=(days,)))
    [alarm] = events_of(data)[0].components
    midnight = datetime(2027, 3, 15)
    assert isinstance(trigger := alarm["TRIGGER"], timedelta)
    assert midnight + trigger == datetime(2027, 3, 15, 9) - timedelta(days)
    assert through_vobject(data).vevent.valarm.trigger.value == trigger
    assert (alarm["ACTION"], alarm["DESCRIPTION"]) == ("DISPLAY", DUE.title)


def test_seven_days_before_at_nine_is_six_days_and_fifteen_hours_before_midnight() -> None:
    assert b"\r\nTRIGGER:-P6DT15H\r\n" in written(replace(DUE, alarms=(7,)))


def test_alarms_are_told_once_each_the_first_to_ring_first() -> None:
    triggers = [alarm["TRIGGER"] for alarm in only(alarms=(7, 30, 7)).components]
    assert triggers == [timedelta(-30, hours=9), timedelta(-7, hours=9)]


def test_an_event_is_private_unless_it_is_said_public() -> None:
    assert only()["CLASS"] == "PRIVATE"
    assert only(public=True)["CLASS"] == "PUBLIC"


def test_an_event_without_description_nor_address_has_none() -> None:
    event = only(description="", url="")
    assert "DESCRIPTION" not in event
    assert "URL" not in event


def test_no_time_zone_is_described() -> None:
    for data in (written(DUE, OTHER), attachment([DUE])):
        assert b"VTIMEZONE" not in data
        assert b"TZID" not in data


def test_an_empty_calendar_is_a_calendar() -> None:
    for data in (written(), attachment([])):
        assert events_of(data) == []
        assert through_vobject(data).contents["prodid"]


def test_a_mail_carries_the_same_events_byte_for_byte() -> None:
    joined, fed = attachment([DUE, OTHER]), written(DUE, OTHER)
    start = b"BEGIN:VEVENT"
    assert joined[joined.index(start) :] == fed[fed.index(start) :]
    calendar = read(joined)
    assert calendar["METHOD"] == "PUBLISH"
    assert not any(name in calendar for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL", "SOURCE"))
    assert through_vobject(joined)


def test_events_come_in_the_order_of_their_days_then_of_their_names() -> None:
    same_day = replace(DUE, uid="a")
    assert written(DUE, OTHER, same_day) == written(same_day, OTHER, DUE)
    assert [event["UID"] for event in events_of(written(DUE, OTHER, same_day))] == [OTHER.uid, "a", DUE.uid]


def test_another_process_writes_the_same_bytes() -> None:
    events, about = [DUE, OTHER, replace(DUE, uid="a", cancelled=True)], "Ce qui est dû"
    program = (
        "import datetime, sys\n"
        "from experiments.calendar import Event, etag, feed\n"
        f"written = feed('Mes échéances', {events!r}, source={SOURCE!r}, description={about!r})\n"
        f"sys.stdout.buffer.write(written + etag('Mes échéances', {events!r}).encode())"
    )
    expected = written(*events, description=about) + etag("Mes échéances", events).encode()
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "PYTHONUTF8": "1"}
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, check=True)
        assert done.stdout == expected


HOSTILE = {
    "injection": "Titre\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:https://example.org/\r\n",
    "lone ends of line": "un\rdeux\ntrois\u2028quatre\u2029cinq",
    "separators": 'a;b,c:d="e";;,,',
    "backslashes": "\\ \\\\ \\n \\; \\, \\",
    "a share of the network": "\\\\NAS\\Navette\\\\Notes \\N",
    "quotes": "« l’essai » dit \"d'usage\" ^n ^'",
    "emoji": "é🙂👩‍🔧" * 60,
    "NUL": "\ufeffa\x00b\x07c\x1b[0md\x7fe\x85f\ud800g",
    "long": "Une phrase longue, avec des virgules ; et le reste. " * 39,
    "one long word": "é" * 2000,
    "what looks folded": "a\n b\n\tc\r\n d",
    "a name": "BEGIN:VEVENT",
    "spaces": "  a   ",
}


def expected(text: str) -> str:
    """What is left of the hostile texts above: no control character, one kind of line end."""
    for end in ("\r\n", "\r", "\u2028", "\u2029"):
        text = text.replace(end, "\n")
    return "".join(c for c in text if c not in "\x00\x07\x1b\x7f\x85\ud800\ufeff")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_stays_a_text(text: str) -> None:
    data = written(replace(DUE, uid=text, title=text, description=text, alarms=(7,)), name=text, description=text)
    calendar = read(data)
    [event] = calendar.components
    [alarm] = event.components
    lenient = through_vobject(data)
    found = [event["UID"], event["SUMMARY"], event["DESCRIPTION"], alarm["DESCRIPTION"], calendar["NAME"]]
    found += [lenient.vevent.summary.value, lenient.vevent.description.value, lenient.vevent.valarm.description.value]
    assert found == [expected(text)] * len(found)
    assert "ATTACH" not in event


@pytest.mark.parametrize(
    "url", ["https://x/\r\nATTACH:y", "https://x/\n", "https://x/a b", "https://x/\x00", "https://x/\ud800"]
)
def test_an_address_with_a_line_end_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        replace(DUE, url=url)
    with pytest.raises(ValueError, match="not an address"):
        feed("Agenda", [], source=url)


def test_an_address_is_not_escaped() -> None:
    url = "https://jalon.example.org/?a=1;2,3&b=%20#c"
    assert only(url=url)["URL"] == url


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": datetime(2027, 3, 15, tzinfo=UTC)},
        {"changed_at": datetime(2026, 11, 3)},
        {"sequence": -1},
        {"alarms": (7, -1)},
        {"uid": "\x00"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_no_event_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="event"):
        replace(DUE, **wrong)


def test_two_events_with_one_name_are_refused() -> None:
    for write in (written, lambda *events: attachment(events), lambda *events: etag("Agenda", events)):
        with pytest.raises(ValueError, match="the same name"):
            write(DUE, replace(DUE, on=date(2027, 3, 16)))


CHANGES: dict[str, Any] = {
    "uid": "autre", "on": date(2027, 3, 16), "title": "Autre", "description": "Autre", "url": "https://x/",
    "sequence": 3, "changed_at": DUE.changed_at + timedelta(seconds=1), "cancelled": True, "alarms": (30,),
    "public": True,
}  # fmt: skip


def test_whatever_changes_in_an_event_changes_the_tag() -> None:
    assert set(CHANGES) == set(Event.__dataclass_fields__)
    tags = {etag("Agenda", [replace(DUE, **{field: value})]) for field, value in CHANGES.items()}
    tags |= {etag("Agenda", [DUE]), etag("Agenda", []), etag("Autre", [DUE]), etag("Agenda", [DUE, OTHER])}
    tags |= {etag("Agenda", [DUE], source=SOURCE), etag("Agenda", [DUE], description="Autre")}
    assert len(tags) == len(CHANGES) + 6


def test_the_tag_is_that_of_the_events_in_any_order() -> None:
    assert etag("Agenda", [DUE, OTHER]) == etag("Agenda", (OTHER, DUE))


def test_a_library_that_writes_differently_renews_the_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    before = etag("Agenda", [DUE])
    calendar._way_of_writing.cache_clear()
    monkeypatch.setattr(calendar, "PRODID", "-//Jalon//2//FR")
    after = etag("Agenda", [DUE])
    calendar._way_of_writing.cache_clear()
    assert after != before


def test_a_release_that_says_otherwise_renews_the_tags_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = OwnCalendar([], {}, "https://jalon.example.org", SOURCE)
    before = empty.tag()
    own_calendar._way_of_telling.cache_clear()
    monkeypatch.setattr(events, "ALARMS", (30,))
    after = empty.tag()
    own_calendar._way_of_telling.cache_clear()
    assert after != before


# Few enough values for two calendars to be equal now and then, some of which are written alike.
FEW = st.sampled_from(["a", "a\x00", "b", "", "a\r\nb", "a\nb", "\\N", "\n"])
SMALL = st.builds(
    Event,
    uid=st.sampled_from(["1", "1\x00", "2"]),
    on=st.sampled_from([date(2028, 2, 29), date(2026, 12, 31)]),
    title=FEW,
    description=FEW,
    url=st.sampled_from(["", "https://x/"]),
    sequence=st.integers(0, 1),
    changed_at=st.sampled_from([DUE.changed_at, DUE.changed_at.replace(microsecond=1)]),
    cancelled=st.booleans(),
    alarms=st.sampled_from([(), (7,), (7, 7), (30, 7), (7, 30)]),
)
CALENDARS = st.tuples(FEW, st.lists(SMALL, max_size=2, unique_by=lambda event: event.uid), FEW)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[tuple[str, list[Event], str], tuple[str, list[Event], str]]:
    """Two calendars that have everything in common, but for what is drawn again."""
    name, events, description = draw(CALENDARS)
    other, later, about = draw(CALENDARS)
    same_name, same_events, same_description = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    return (name, events, description), (
        name if same_name else other,
        events[::-1] if same_events else later,
        description if same_description else about,
    )


def tag(name: str, events: Sequence[Event], description: str) -> str:
    return etag(name, events, source=SOURCE, description=description)


@settings(max_examples=150, deadline=None)
@given(neighbours())
def test_the_tag_changes_when_the_bytes_do_and_only_then(
    pair: tuple[tuple[str, list[Event], str], tuple[str, list[Event], str]],
) -> None:
    (name, events, about), (other, later, more) = pair
    same_bytes = written(*events, name=name, description=about) == written(*later, name=other, description=more)
    assert (tag(name, events, about) == tag(other, later, more)) is same_bytes


def by_the_library(event: Event) -> bytes:
    """An event as icalendar writes it when it is given the whole of it."""
    whole = icalendar.Event()
    whole.add("UID", calendar._Text(event.uid))
    whole.add("DTSTAMP", event.changed_at)
    whole.add("LAST-MODIFIED", event.changed_at)
    whole.add("SEQUENCE", event.sequence)
    whole.add("DTSTART", event.on)
    whole.add("DTEND", event.on + timedelta(1))
    whole.add("SUMMARY", calendar._Text(event.title))
    if event.description:
        whole.add("DESCRIPTION", calendar._Text(event.description))
    if event.url:
        whole.add("URL", event.url)
    whole.add("STATUS", "CANCELLED" if event.cancelled else "CONFIRMED")
    whole.add("TRANSP", "TRANSPARENT")
    whole.add("CLASS", "PUBLIC" if event.public else "PRIVATE")
    for days in event.alarms:
        alarm = icalendar.Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", calendar._Text(event.title))
        alarm.add("TRIGGER", calendar.MORNING - timedelta(days))
        whole.add_component(alarm)
    return whole.to_ical()


@settings(max_examples=100, deadline=None)
@given(SMALL, st.text(st.sampled_from("aé🙂\\;,\n "), min_size=50, max_size=90), st.booleans())
def test_the_lines_are_those_of_the_library_in_its_order(event: Event, text: str, public: bool) -> None:
    """Titles around the length at which it folds."""
    for one in (event, replace(event, title=text, public=public), replace(event, uid=text, description=text)):
        assert by_the_library(one) in attachment([one])


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from('aéN🙂n\\;,:"^\r\n\t \x00\x85\u2028\ufeff'), max_size=120) | st.text(max_size=120))
def test_any_text_is_read_back(text: str) -> None:
    event = replace(DUE, title=text)
    [found] = events_of(attachment([event]))
    assert found["SUMMARY"] == event.title
    assert "\r" not in event.title


SOUND = attachment([replace(DUE, title="Titre", alarms=(7,))])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"\r\nSUMMARY", b"\nSUMMARY"),
        (b"SUMMARY:Titre", b"SUMMARY:" + b"a" * 68),
        (b"SUMMARY:Titre", b"SUMMARY:" + b"a" * 66 + b"\xc3\r\n \xa9"),
        (b"SUMMARY:Titre", b"SUMMARY:a\x00b"),
        (b"SUMMARY:Titre", b"SUMMARY:a\\tb"),
        (b"SUMMARY:Titre", b"SUMMARY:a,b"),
        (b"SUMMARY:Titre", b"SUMMARY:a\\\\;b"),
        (b"SUMMARY:Titre", b"SUMMARY"),
        (b"SUMMARY:Titre", b"SUMMARY:Titre\r\n"),
        (b"SUMMARY:Titre", b"SUMMARY:Titre\r\nSUMMARY:Titre"),
        (b"UID:", b"X-UID:"),
        (b"DTSTAMP:", b"X-STAMP:"),
        (b"20261103T102030Z", b"20261103T102030"),
        (b"DTEND;VALUE=DATE:20270316", b"DTEND;VALUE=DATE:20270315"),
        (b"DTEND;VALUE=DATE:20270316", b"DTEND;VALUE=DATE:20270229"),
        (b"DTEND;VALUE=DATE:20270316", b"DTEND:20270316T000000Z"),
        (b"STATUS:CONFIRMED", b"STATUS:DONE"),
        (b"TRIGGER:-P6DT15H", b"TRIGGER:-7 days"),
        (b"TRIGGER:-P6DT15H", b"TRIGGER:-P6DT"),
        (b"ACTION:DISPLAY\r\n", b""),
        (b"PRODID", b"X-PRODID"),
        (b"METHOD:PUBLISH", b"METHOD:PUBLISH\r\nREFRESH-INTERVAL:PT6H"),
        (b"METHOD:PUBLISH", b"METHOD:PUBLISH\r\nSOURCE:https://x/"),
        (b"END:VALARM\r\n", b""),
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR"),
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n"),
        (b"URL:https", b"URL:ht tps"),
    ],
)  # fmt: skip
def test_the_strict_reader_refuses_what_the_rfc_forbids(right: bytes, wrong: bytes) -> None:
    assert read(SOUND).components
    assert right in SOUND
    with pytest.raises(Forbidden):
        read(SOUND.replace(right, wrong))
