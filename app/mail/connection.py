"""Opening a conversation with a server of mails: greeting, encryption, account."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
import time

from app.config import Relay

LONGEST_LINE = 8192
MOST_LINES = 100


class Down(Exception):
    """Why no conversation is possible now: a French sentence, and what the server said, if it said anything."""

    def __init__(self, sentence: str, code: int | None = None, said: bytes = b"") -> None:
        super().__init__(sentence)
        self.sentence, self.code, self.said = sentence, code, said


class Conversation(smtplib.SMTP):
    """A conversation where a whole answer has a time and a length: smtplib waits as long as bytes trickle in."""

    def __init__(self, seconds: float, own_name: str | None) -> None:
        super().__init__(local_hostname=own_name)
        self.seconds = seconds
        self.pending = b""

    def getreply(self) -> tuple[int, bytes]:
        """The code (-1 if there is none) and the words of the next answer. Raises SMTPServerDisconnected."""
        deadline = time.monotonic() + self.seconds
        said: list[bytes] = []
        while len(said) < MOST_LINES:
            line = self._next_line(deadline)
            if not line[:3].isdigit():
                return -1, line
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected("endless answer")

    def _next_line(self, deadline: float) -> bytes:
        while b"\n" not in self.pending:
            try:
                if self.sock is None or len(self.pending) > LONGEST_LINE:
                    raise ConnectionError("nothing to read")
                self.sock.settimeout(max(deadline - time.monotonic(), 0.001))
                more = self.sock.recv(LONGEST_LINE)
                self.sock.settimeout(self.seconds)
                if not more:
                    raise ConnectionError("closed by the server")
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(str(error)) from error
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        return line


def connect(
    relay: Relay, context: ssl.SSLContext | None, connect_seconds: float, answer_seconds: float, own_name: str | None
) -> Conversation:
    """A conversation that is ready for mails. Raises Down."""
    line = Conversation(answer_seconds, own_name)
    try:
        line.sock = socket.create_connection((relay.host, relay.port), connect_seconds)
        if relay.scheme == "smtps":
            _encrypt(line, relay, context)
        line.sock.settimeout(answer_seconds)
        _expect(220, line.getreply(), "ne prend pas de courriel", relay)
        _expect(250, line.ehlo(), "ne prend pas de courriel", relay)
        if relay.scheme == "smtp+starttls":
            _start_tls(line, relay, context)
        if relay.user:
            _log_in(line, relay)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        line.close()
        raise Down(_unreachable(relay, error)) from error
    except Down:
        line.close()
        raise
    return line


def _expect(code: int, answer: tuple[int, bytes], otherwise: str, relay: Relay) -> None:
    if answer[0] != code:
        raise Down(f"Le serveur {_where(relay)} {otherwise}", answer[0] if answer[0] > 0 else None, answer[1])


def _encrypt(line: Conversation, relay: Relay, context: ssl.SSLContext | None) -> None:
    assert line.sock is not None
    context = context or ssl.create_default_context()
    line.sock = context.wrap_socket(line.sock, server_hostname=relay.host)


def _start_tls(line: Conversation, relay: Relay, context: ssl.SSLContext | None) -> None:
    if not line.has_extn("starttls"):
        raise Down(f"Le serveur {_where(relay)} ne propose pas STARTTLS ; rien n’est envoyé en clair")
    _expect(220, line.docmd("STARTTLS"), "refuse STARTTLS", relay)
    # What was said in the clear counts for nothing: somebody on the way may have said it.
    line.pending = b""
    _encrypt(line, relay, context)
    _expect(250, line.ehlo(), "ne prend pas de courriel", relay)


def _log_in(line: Conversation, relay: Relay) -> None:
    refusal = "refuse le compte ou le mot de passe de SMTP_URL"
    if not line.has_extn("auth"):
        raise Down(f"Le serveur {_where(relay)} ne propose pas de s’identifier, alors que SMTP_URL donne un compte")
    try:
        if (relay.user + relay.password).isascii():
            line.login(relay.user, relay.password)
        else:
            # smtplib knows ASCII passwords only.
            _expect(235, line.docmd("AUTH", f"PLAIN {_in_base64(_plain(relay))}"), refusal, relay)
    except smtplib.SMTPAuthenticationError as error:
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        raise Down(f"Le serveur {_where(relay)} {refusal}", error.smtp_code, said) from error
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        raise Down(f"Le serveur {_where(relay)} ne propose aucune façon connue de s’identifier") from error


def _unreachable(relay: Relay, error: Exception) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"Le certificat de {_where(relay)} n’est pas reconnu ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return f"Le chiffrement avec {_where(relay)} échoue ({cause.reason}) ; vérifiez le début et le port de SMTP_URL"
    if isinstance(cause, socket.gaierror | UnicodeError):
        return f"Le nom {relay.host} est introuvable ; vérifiez SMTP_URL et le DNS"
    if isinstance(cause, TimeoutError):
        return f"Le serveur {_where(relay)} ne répond pas ; vérifiez SMTP_URL et le pare-feu"
    if isinstance(cause, ConnectionRefusedError):
        return f"Personne ne répond à {_where(relay)} ; vérifiez l’hôte et le port de SMTP_URL"
    return f"La connexion à {_where(relay)} a échoué ({type(cause).__name__})"


def _where(relay: Relay) -> str:
    return f"{relay.host}:{relay.port}"


def _plain(relay: Relay) -> str:
    return f"\0{relay.user}\0{relay.password}"


def _in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def without_secrets(words: str, relay: Relay) -> str:
    """Words of the server without the password, which it may repeat as it is or as it travels."""
    secrets = {relay.password, _in_base64(relay.password), _in_base64(_plain(relay))} if relay.password else set()
    for secret in sorted(secrets, key=len, reverse=True):
        words = words.replace(secret, "…").replace(" ".join(secret.split()), "…")
    return words
