"""The mail that tells an administrator of a program that is told nothing any more."""

from __future__ import annotations

from email.message import EmailMessage
from types import ModuleType

from jinja2 import Template

from app.config import Config
from experiments.alarms import Alarm
from experiments.obligations import Language

from . import alarm_english, alarm_french
from .blocks import LinkedText, flat, short
from .said import Cover, Said, dressed

WORDS: dict[Language, ModuleType] = {Language.FRENCH: alarm_french, Language.ENGLISH: alarm_english}


class Alarms:
    """Writes to those who administer the register."""

    def __init__(self, config: Config, host: str, page: Template) -> None:
        self.site, self.sender, self.authority = config.public_url, config.mail_from, config.authority_name
        self.host, self.page = host, page

    def compose(self, alarm: Alarm) -> EmailMessage:
        """The mail of an alarm that is not empty."""
        cover = Cover(self.sender, alarm.address, f"<{alarm.key}@{self.host}>", alarm.at, alarm.occasion)
        return dressed(self._said(alarm), WORDS[alarm.person.language], self.page, cover)

    def _said(self, alarm: Alarm) -> Said:
        words, webhook = WORDS[alarm.person.language], alarm.webhook
        assert webhook.paused_at
        label = flat(webhook.label)
        return Said(
            language=alarm.person.language, subject=words.stopped(short(label)),
            lead=(
                words.nothing_sent(label, webhook.paused_at),
                words.why(words.STOPS.get(webhook.paused_why, webhook.paused_why)), words.waiting(alarm.waiting),
            ),
            pieces=(), button=LinkedText(words.SEE, f"{self.site}/espace/administration/webhooks/{webhook.id}"),
            footer=(
                LinkedText(words.ADMINISTERS), LinkedText(words.register(self.authority), f"{self.site}/espace"),
                LinkedText(words.REPLY),
            ),
        )  # fmt: skip
