"""Mails to people outside: confirming that one follows, news of a day, the answer to what one said."""

from __future__ import annotations

from collections import defaultdict
from email.message import EmailMessage
from types import ModuleType

from jinja2 import Template

from app import history
from app.config import Config
from app.follow_links import key_of, refusal_key_of
from app.i18n import in_language
from experiments.bulletins import Bulletin
from experiments.gazette import Published
from experiments.model import Following, Voice
from experiments.model.voice import Decline, Standing
from experiments.obligations import Language, Occasion
from experiments.policy import current as policy
from experiments.words import inside

from . import outside_english, outside_french
from .blocks import LinkedText, flat, short
from .parcel import encoded, header
from .said import Cover, Piece, Said, dressed

WORDS: dict[Language, ModuleType] = {Language.FRENCH: outside_french, Language.ENGLISH: outside_english}
MOST = 30
"""Experiments told of in one mail: beyond, the register itself is the better reading."""


class Outside:
    """Writes to people who have no account."""

    def __init__(self, config: Config, host: str, page: Template) -> None:
        self.site, self.sender, self.authority = config.public_url, config.mail_from, config.authority_name
        self.secret, self.host, self.page = config.secret_key, host, page

    def compose(self, bulletin: Bulletin) -> EmailMessage:
        """The mail of a bulletin that is not empty."""
        said = self._said(bulletin)
        cover = Cover(
            self.sender, bulletin.address, f"<{bulletin.key}@{self.host}>", bulletin.at, bulletin.occasion
        )  # fmt: skip
        message = dressed(said, WORDS[said.language], self.page, cover)
        if bulletin.nonce:
            # RFC 8058: whoever posts to this address has left, without a page to read.
            message["List-Unsubscribe"] = encoded("List-Unsubscribe", "", f"<{self._link(bulletin)}/arreter>")
            message["List-Unsubscribe-Post"] = header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        return message

    def _said(self, bulletin: Bulletin) -> Said:
        words = WORDS[bulletin.language]
        if bulletin.voice:
            return self._answer(words, bulletin, bulletin.voice)
        if bulletin.occasion is Occasion.CONFIRMATION:
            return self._confirmation(words, bulletin)
        return self._news(words, bulletin)

    def _at(self, bulletin: Bulletin, path: str) -> str:
        return self.site + in_language(path, str(bulletin.language))

    def _link(self, bulletin: Bulletin) -> str:
        return self._at(bulletin, f"/suivre/{key_of(bulletin.nonce, self.secret)}")

    def _refusal(self, words: ModuleType, bulletin: Bulletin) -> LinkedText:
        return LinkedText(words.REFUSE, self._at(bulletin, f"/refus/{refusal_key_of(bulletin.address, self.secret)}"))

    def _footer(self, words: ModuleType, bulletin: Bulletin, *first: LinkedText) -> tuple[LinkedText, ...]:
        return (*first, LinkedText(words.register(self.authority), self._at(bulletin, "/")))

    def _confirmation(self, words: ModuleType, bulletin: Bulletin) -> Said:
        titles = [_title(words, one) for one in bulletin.asked]
        subject = words.confirm_many(len(titles)) if len(titles) > 1 else words.confirm_one(short(titles[0]))
        if any(one.publication is None for one in bulletin.asked):
            subject = words.CONFIRM_ALL
        return Said(
            language=bulletin.language, subject=subject, lead=(words.ASKED,),
            pieces=tuple(Piece(title, (), None) for title in titles),
            button=LinkedText(words.CONFIRM, self._link(bulletin)),
            footer=self._footer(
                words, bulletin, LinkedText(words.UNCONFIRMED),
                LinkedText(words.lapses(policy().voices.unconfirmed_days)), LinkedText(words.DAILY),
                self._refusal(words, bulletin),
            ),
        )  # fmt: skip

    def _news(self, words: ModuleType, bulletin: Bulletin) -> Said:
        files: dict[str, list[Published]] = defaultdict(list)
        for one in bulletin.news:
            files[one.number].append(one)
        first = bulletin.news[0]
        subject = words.colon(short(flat(first.title)), inside(words.event(first.entry, None)))
        if len(bulletin.news) > 1:
            subject = words.news(len(bulletin.news), len(files))
        return Said(
            language=bulletin.language, subject=subject, lead=(),
            pieces=tuple(self._file(words, bulletin, told) for told in list(files.values())[:MOST]), button=None,
            footer=self._footer(
                words, bulletin, LinkedText(words.why(self.authority)), LinkedText(words.DAILY),
                LinkedText(words.MANAGE, self._link(bulletin)), self._refusal(words, bulletin),
            ),
        )  # fmt: skip

    def _file(self, words: ModuleType, bulletin: Bulletin, told: list[Published]) -> Piece:
        lines = (words.happened_on(flat(words.event(one.entry, None)), history.day_of(one.entry)) for one in told)
        page = self._at(bulletin, f"/experimentations/{told[0].number}")
        return Piece(f"{flat(told[0].title)} ({told[0].number})", tuple(lines), LinkedText(words.READ, page))

    def _answer(self, words: ModuleType, bulletin: Bulletin, voice: Voice) -> Said:
        of = voice.publication
        page = self._at(bulletin, f"/experimentations/{of.number}") if of else ""
        months = policy().voices.erased_months_after_reply
        footer = self._footer(words, bulletin, LinkedText(words.erased(months)))
        if voice.standing is Standing.DECLINED:
            reason = words.DECLINES[voice.declined or Decline.OFF_TOPIC]
            piece = Piece(reason, (), LinkedText(words.AGAIN, f"{page}/reagir") if page else None)
            subject = words.settled(voice.reference)
            lead = words.declined(voice.kind, flat(of.title) if of else "", withdrawn=voice.published_on is not None)
            return Said(bulletin.language, subject, (lead,), (piece,), None, footer)
        link = LinkedText(words.READ_VOICES, f"{page}/observations") if page else None
        pieces = [Piece(words.ANSWER, _paragraphs(voice.answer), link, apart=True)]
        if voice.published:
            pieces.insert(0, Piece(words.YOURS, _paragraphs(voice.published), None, apart=True))
        lead = words.about(voice.kind, flat(of.title) if of else "")
        return Said(bulletin.language, words.answered(voice.reference), (lead,), tuple(pieces), None, footer)


def _title(words: ModuleType, one: Following) -> str:
    return f"{flat(one.publication.title)} ({one.publication.number})" if one.publication else str(words.REGISTER)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (flat(line) for line in text.splitlines())))
