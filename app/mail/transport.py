"""How a mail leaves: through the server that SMTP_URL names, or into a folder while there is none."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol, Self

from app.config import Config, relay
from experiments.vocabulary import Word
from experiments.words import typeset

from .connection import Conversation, Down, connect, without_secrets
from .wire import LONGEST_WORDS, Unsendable, is_address, printed, written

MAILS_A_CONNECTION = 100
GOODBYE_SECONDS = 2
_FILE_NAME = re.compile(r"<([A-Za-z0-9_][A-Za-z0-9._+=-]{0,199})@[^<>]+>")


class Fate(Word):
    """What became of one mail."""

    SENT = "sent", "Parti"
    LATER = "later", "À réessayer"
    REFUSED = "refused", "Adresse refusée"
    REJECTED = "rejected", "Message refusé"
    DOWN = "down", "Serveur indisponible"


@dataclass(frozen=True)
class Answer:
    """What became of one mail, the code of the server if it gave one, and a sentence for an administrator."""

    fate: Fate
    code: int | None
    words: str


class Transport(Protocol):
    """A way out for mails, for one thread."""

    def deliver(self, message: EmailMessage, to: str) -> Answer: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


def open_transport(config: Config) -> Transport:
    """The way out that the configuration gives."""
    return Smtp(config.smtp_url, config.mail_from) if config.smtp_url else Files(config.instance / "mail")


@dataclass(frozen=True)
class _Step:
    """One exchange about a mail: the first digit hoped for, and what a lost line or a 5xx means there."""

    hoped: int
    lost: Fate
    for_good: Fate


_SENDER = _Step(2, Fate.DOWN, Fate.DOWN)
_RECIPIENT = _Step(2, Fate.LATER, Fate.REFUSED)
_DATA = _Step(3, Fate.LATER, Fate.REJECTED)
_CONTENT = _Step(2, Fate.LATER, Fate.REJECTED)

_SAYS = {
    Fate.SENT: "Le serveur a pris le message",
    Fate.LATER: "Le serveur demande de réessayer plus tard",
    Fate.REFUSED: "Le serveur refuse l’adresse du destinataire",
    Fate.REJECTED: "Le serveur refuse le message lui-même",
    Fate.DOWN: "Le serveur refuse l’expéditeur ; vérifiez MAIL_FROM et le compte de SMTP_URL",
}
_POLICY = re.compile(rb"5\.7\.\d")
"""RFC 3463: refused by policy, not because the address does not exist."""
_DENIED = "Le serveur refuse de relayer pour cette adresse ; vérifiez SMTP_URL et les droits du compte"
_UNKNOWN = " ; on ne sait pas si le message est parti"


class Smtp:
    """A server reached by SMTP; one connection is kept from a mail to the next."""

    def __init__(
        self, url: str, sender: str, *, connect_seconds: float = 10, answer_seconds: float = 30,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._relay = relay(url)
        self._sender = sender.rpartition("<")[2].removesuffix(">").strip()
        self._connect_seconds, self._answer_seconds, self._context = connect_seconds, answer_seconds, ssl_context
        self._own_name: str | None = None
        self._line: Conversation | None = None
        self._mails = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._leave()

    def deliver(self, message: EmailMessage, to: str) -> Answer:
        """Send one mail to one address; nothing that a server does is raised."""
        if not is_address(to):
            return self._answer(Fate.REFUSED, f"« {printed(to)[:LONGEST_WORDS]} » n’est pas une adresse électronique")
        try:
            content = written(message, utf8=not to.isascii())
        except Unsendable as error:
            return self._answer(Fate.REJECTED, str(error))
        if self._mails >= MAILS_A_CONNECTION:
            self._leave()
        reused = self._line is not None
        answer = self._send(content, to)
        # A server closes a line that stays idle, and it is the next mail that finds out.
        if reused and answer.fate is Fate.DOWN and self._line is None:
            answer = self._send(content, to)
        return answer

    def _send(self, content: bytes, to: str) -> Answer:
        try:
            line = self._ready()
        except Down as down:
            return self._answer(Fate.DOWN, down.sentence, down.code, down.said)
        if not to.isascii() and not line.has_extn("smtputf8"):
            return self._answer(Fate.REFUSED, "Le serveur n’accepte que les adresses sans accent")
        self._mails += 1
        options = ""
        if not to.isascii():
            line.command_encoding, options = "utf-8", " SMTPUTF8 BODY=8BITMIME"
        # Not line.mail and line.rcpt, which read anew, sign by sign, addresses that are known to be some.
        exchanges: tuple[tuple[_Step, Callable[[], tuple[int, bytes]]], ...] = (
            (_SENDER, lambda: line.docmd("mail", f"FROM:<{self._sender}>{options}")),
            (_RECIPIENT, lambda: line.docmd("rcpt", f"TO:<{to}>")),
            (_DATA, lambda: line.docmd("DATA")),
            (_CONTENT, lambda: _hand_over(line, content)),
        )
        code, said = 0, b""
        for step, exchange in exchanges:
            try:
                code, said = exchange()
            except (OSError, smtplib.SMTPException) as error:
                return self._lost(step, timed_out=isinstance(error.__context__, TimeoutError))
            if code // 100 != step.hoped:
                return self._refusal(line, step, code, said)
        return self._answer(Fate.SENT, _SAYS[Fate.SENT], code, said)

    def _lost(self, step: _Step, *, timed_out: bool) -> Answer:
        self._drop()
        where = f"{self._relay.host}:{self._relay.port}"
        if timed_out:
            sentence = f"Le serveur {where} n’a pas répondu en {self._answer_seconds:g} secondes"
        else:
            sentence = f"Le serveur {where} a coupé la connexion"
        return self._answer(step.lost, sentence + _UNKNOWN * (step is _CONTENT))

    def _refusal(self, line: Conversation, step: _Step, code: int, said: bytes) -> Answer:
        """What another answer than the one hoped for means; the line is made ready for the next mail."""
        if code == 421:
            self._drop()
            return self._answer(step.lost, "Le serveur ferme la connexion", code, said)
        if not 400 <= code < 600:
            self._drop()
            sentence = "Le serveur répond autre chose que du SMTP" + _UNKNOWN * (step is _CONTENT)
            return self._answer(step.lost, sentence, code if code > 0 else None, said)
        self._reset(line)
        if code == 530:
            return self._answer(Fate.DOWN, "Le serveur demande de s’identifier ; complétez SMTP_URL", code, said)
        fate = Fate.LATER if code < 500 else step.for_good
        if fate is Fate.REFUSED and _POLICY.match(said):
            # « Relay access denied » says nothing of the person: one wrong setting would strike out everybody.
            return self._answer(Fate.LATER, _DENIED, code, said)
        return self._answer(fate, _SAYS[fate], code, said)

    def _answer(self, fate: Fate, sentence: str, code: int | None = None, said: bytes = b"") -> Answer:
        words = without_secrets(printed(said.decode("utf-8", "replace")), self._relay)[:LONGEST_WORDS]
        return Answer(
            fate, code, typeset(f"{sentence} :") + f"\u00a0«\u00a0{words}\u00a0»" if words else typeset(sentence)
        )

    def _ready(self) -> Conversation:
        """The line that is open, or a new one. Raises Down."""
        if self._line is None:
            self._line = connect(
                self._relay, self._context, self._connect_seconds, self._answer_seconds, self._own_name
            )
            # Finding one's own name may ask the DNS: once is enough.
            self._own_name = self._line.local_hostname
        return self._line

    def _reset(self, line: Conversation) -> None:
        try:
            if line.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        line, self._line, self._mails = self._line, None, 0
        if line:
            line.close()

    def _leave(self) -> None:
        if self._line:
            self._line.seconds = min(GOODBYE_SECONDS, self._answer_seconds)
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._line.docmd("QUIT")
        self._drop()


def _hand_over(line: Conversation, content: bytes) -> tuple[int, bytes]:
    """The content, where a line that begins with a dot gets another, then the dot that ends it."""
    line.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
    return line.getreply()


def _file_name(message: EmailMessage) -> str:
    named = _FILE_NAME.fullmatch(str(message["Message-ID"]).strip())
    if not named:
        raise Unsendable("Le message n’a pas de Message-ID dont faire un nom de fichier")
    return f"{named[1]}.eml"


class Files:
    """A folder where each mail is a file named by its Message-ID: the same mail twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing stays open."""

    def deliver(self, message: EmailMessage, to: str) -> Answer:
        """Write one mail down."""
        try:
            content = written(message, utf8=not to.isascii())
            path = self._folder / _file_name(message)
            self._write(path, content)
            # Listed by their dates, as mails are, whenever they were written down.
            if message["Date"]:
                when = parsedate_to_datetime(str(message["Date"])).timestamp()
                os.utime(path, (when, when))
        except Unsendable as error:
            return Answer(Fate.REJECTED, None, str(error))
        except OSError as error:
            why = _WHY.get(error.errno or 0, error.strerror or type(error).__name__)
            return Answer(Fate.DOWN, None, typeset(f"Le courriel ne s’écrit pas dans {self._folder} : {why}"))
        return Answer(Fate.SENT, None, typeset(f"Aucun serveur (SMTP_URL) : écrit dans {path}"))

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


_WHY = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota du disque est atteint",
    errno.EACCES: "l’écriture est refusée",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOENT: "ce dossier ne peut pas être créé",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EEXIST: "ce n’est pas un dossier",
}
