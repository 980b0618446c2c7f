"""What there is to say becomes a mail: text and HTML, with the dates as an attachment for a calendar."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.config import ROOT, Config
from experiments.alarms import Alarm
from experiments.bulletins import Bulletin
from experiments.calendar import attachment
from experiments.events import event_of
from experiments.ladder import PARIS
from experiments.letters import Letter, Post
from experiments.model import Deadline, Experiment
from experiments.notices import ASKS
from experiments.obligations import Occasion
from experiments.people import Person

from .alarm import Alarms
from .blocks import flat
from .draft import WORDS, Draft, draft
from .outside import Outside
from .parcel import PARTS, Parcel, Part, encoded, fill_with_forms, header, plain_header, travels
from .plain import plain
from .wire import is_address

CALENDAR = "echeances.ics"


class Writer:
    """Writes the mails of one site."""

    def __init__(self, config: Config) -> None:
        self.site, self.sender, self.authority = config.public_url, config.mail_from, config.authority_name
        host = urlsplit(self.site).hostname or ""
        self.host = f"[IPv6:{host}]" if ":" in host else host
        # An environment of its own: no request to look at, no context to ask, and nothing compiled twice.
        pages = Environment(
            loader=FileSystemLoader(ROOT / "templates" / "mail"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip
        self.page = pages.get_template("letter.html")
        self.outside = Outside(config, self.host, pages.get_template("outside.html"))
        self.alarms = Alarms(config, self.host, pages.get_template("outside.html"))

    def compose(self, letter: Post) -> EmailMessage:
        """The mail of a letter that is not empty."""
        if isinstance(letter, Bulletin):
            return self.outside.compose(letter)
        if isinstance(letter, Alarm):
            return self.alarms.compose(letter)
        dates = _dates(letter)
        said = draft(letter, self.site, self.authority, dated=bool(dates))
        message = Parcel()
        self._address(message, letter, said)
        if not dates:
            fill_with_forms(message, self._text(said), self._html(said))
            return message
        forms = Part()
        fill_with_forms(forms, self._text(said), self._html(said))
        events = [event_of(one, x, self.site, moves=letter.moves.get(x.id, 0)) for one, x in dates]
        message["Content-Type"] = header("Content-Type", f'multipart/mixed; boundary="{PARTS}"')
        message.hold(PARTS, forms, _calendar(attachment(events)))
        return message

    def _address(self, message: EmailMessage, letter: Letter, said: Draft) -> None:
        message["From"] = header("From", self.sender)
        message["To"] = _recipient(letter.person)
        message["Subject"] = encoded("Subject", said.subject)
        message["Date"] = plain_header("Date", format_datetime(letter.at.astimezone(PARIS)))
        message["Message-ID"] = plain_header("Message-ID", f"<{letter.key}@{self.host}>")
        message["MIME-Version"] = header("MIME-Version", "1.0")
        message["Auto-Submitted"] = header("Auto-Submitted", "auto-generated")
        message["Content-Language"] = header("Content-Language", str(said.language))
        message["Keywords"] = header("Keywords", str(letter.occasion))
        if _may_be_slowed(letter):
            # No List-Unsubscribe-Post: a pace is chosen by whoever is signed in, and what the rules impose goes on.
            message["List-Unsubscribe"] = header("List-Unsubscribe", f"<{self.site}/espace/compte#rythme>")

    def _text(self, said: Draft) -> str:
        return plain(WORDS[said.language], said)

    def _html(self, said: Draft) -> str:
        return self.page.render(draft=said, words=WORDS[said.language])


def _may_be_slowed(letter: Letter) -> bool:
    """Whether the reader's pace rules this mail: neither what the rules impose, nor what waits for an act."""
    if letter.occasion is Occasion.DIGEST:
        return True
    return letter.occasion is Occasion.NOTICE and not any(one.entry.event in ASKS for one in letter.news)


def _dates(letter: Letter) -> list[tuple[Deadline, Experiment]]:
    """The dates to attach, each once."""
    found = {ask.deadline.id: (ask.deadline, ask.x) for ask in letter.asks}
    for news in letter.news:
        found |= {one.id: (one, news.x) for one in news.due}
    return list(found.values())


def _recipient(person: Person) -> str:
    """The name and the address; the transport refuses one that is not an address."""
    if not is_address(person.email):
        return "undisclosed-recipients:;"
    name = flat(person.name)
    if travels(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return encoded("To", name, f" <{person.email}>")


def _calendar(content: bytes) -> Part:
    part = Part()
    part["Content-Type"] = header("Content-Type", "text/calendar; method=PUBLISH; charset=utf-8")
    part["Content-Transfer-Encoding"] = header("Content-Transfer-Encoding", "base64")
    part["Content-Disposition"] = header("Content-Disposition", f'attachment; filename="{CALENDAR}"')
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part
