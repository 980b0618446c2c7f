"""A server of mails that misbehaves when it is told to, and a socket that says anything at all.

By itself: python -m tests.mail.server --journal FILE [--late SECONDS] [--port PORT]
            [--rule STAGE DOES [ADDRESS|* [TIMES]]]…
It prints its port, and appends "Message-ID, tab, address" to the journal for each mail that it takes.
"""

import argparse
import asyncio
import contextlib
import datetime
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP = "drop"
"""Close the connection without a word."""
HANG = "hang"
"""Say nothing more."""
KEEP_AND_DROP = "keep and drop"
"""After the dot: take the mail, and close the connection without a word."""
LATE = "late"
"""After the dot: take the mail, and say so `late` seconds afterwards."""

STAGES = ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "RSET", "QUIT")
FOREVER = 3600


@dataclass(frozen=True)
class Received:
    """One mail that was taken: its envelope, and its bytes."""

    sender: str
    to: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class Rule:
    """At this stage, for this address if one is given, do this instead of what is right, so many times."""

    stage: str
    does: str
    to: str | None = None
    times: int = 10**9

    def applies(self, stage: str, to: str) -> bool:
        return self.stage == stage and self.times > 0 and self.to in {None, to}


@dataclass
class Plan:
    """What the server has been told, and what it has received."""

    rules: list[Rule] = field(default_factory=list)
    late: float = 1.0
    account: tuple[str, str] | None = None
    journal: Path | None = None
    received: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def take(self, stage: str, to: str = "") -> str | None:
        self.commands.append(stage)
        for rule in self.rules:
            if rule.applies(stage, to):
                rule.times -= 1
                return rule.does
        return None

    def keep(self, mail: Received) -> None:
        """Remember a mail; a line in the journal, written at once, outlives whoever is killed next."""
        self.received.append(mail)
        if self.journal:
            line = f"{mail.message['Message-ID']}\t{mail.to}\n"
            with self.journal.open("ab", buffering=0) as journal:
                journal.write(line.encode())
                os.fsync(journal.fileno())


class Talk(SMTP):
    """One connection of aiosmtpd, where a rule goes before what is right."""

    def __init__(self, plan: Plan, **more: Any) -> None:
        self.plan = plan
        plan.connections += 1
        super().__init__(self, hostname="tests", authenticator=self.check, auth_require_tls=False, **more)

    def check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = self.plan.account == (given.login.decode(), given.password.decode())
        return AuthResult(success=right, handled=False)

    async def told(self, stage: str, to: str = "") -> bool:
        """Do what a rule says, if there is one; whether there was."""
        does = self.plan.take(stage, to)
        if does is None:
            return False
        if does == HANG:
            await asyncio.sleep(FOREVER)
        elif does == DROP:
            self.leave()
        else:
            await self.push(does.encode())
            if does.startswith("421"):
                self.leave()
        return True

    def leave(self) -> None:
        if self.transport:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self.told("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if not await self.told("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self.told("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if await self.told("MAIL"):
            return
        if self.plan.account and self.session and not self.session.authenticated:
            await self.push("530 5.7.0 Authentication required")
        else:
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        to = (arg or "").partition("<")[2].partition(">")[0]
        if not await self.told("RCPT", to):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self.told("DATA", self.recipient()):
            await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        if not await self.told("RSET"):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self.told("QUIT"):
            await super().smtp_QUIT(arg)

    def recipient(self) -> str:
        return self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """After the dot."""
        does = self.plan.take("DOT", self.recipient())
        if does in {None, LATE, KEEP_AND_DROP}:
            content = envelope.original_content or b""
            self.plan.keep(Received(envelope.mail_from or "", self.recipient(), content))
        if does == LATE:
            await asyncio.sleep(self.plan.late)
        if does == HANG:
            await asyncio.sleep(FOREVER)
        if does in {DROP, KEEP_AND_DROP}:
            self.leave()
            # The connection ends this very task: nothing is answered.
            await asyncio.sleep(FOREVER)
        if does is None or does == LATE:
            return "250 2.0.0 OK"
        if does.startswith("421"):
            asyncio.get_running_loop().call_later(0.05, self.leave)
        return does


class MailServer:
    """The server, in a thread of its own, on a port of this machine that is free."""

    def __init__(
        self, plan: Plan | None = None, *, port: int = 0, starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None, utf8: bool = False,
    ) -> None:  # fmt: skip
        self.plan = plan or Plan()
        self.port = port
        self._starttls, self._tls, self._utf8 = starttls, tls, utf8
        self._talks: list[Talk] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="mails", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._answer, "127.0.0.1", self.port, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        self._hang_up(None)
        await asyncio.sleep(0.02)

    def _answer(self) -> Talk:
        talk = Talk(self.plan, loop=self._loop, tls_context=self._starttls, enable_SMTPUTF8=self._utf8)
        self._talks.append(talk)
        return talk

    def _hang_up(self, said: bytes | None) -> None:
        for talk in self._talks:
            if talk.transport:
                if said:
                    talk.transport.write(said + b"\r\n")
                talk.transport.close()

    def hang_up(self, said: bytes | None = None) -> None:
        """Close every connection, as a server does with those that stay idle, perhaps with a last word."""
        done = threading.Event()

        def close() -> None:
            self._hang_up(said)
            self._loop.call_later(0.02, done.set)

        self._loop.call_soon_threadsafe(close)
        assert done.wait(5)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def tell(self, stage: str, does: str, *, to: str | None = None, times: int = 10**9) -> None:
        """Add a rule, for the connections to come and those that are open."""
        assert stage in STAGES, stage
        self.plan.rules.append(Rule(stage, does, to, times))


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that does what `talk` does, with each connection in turn, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line, contextlib.suppress(OSError):
                    line.settimeout(5)
                    talk(line)

        thread = threading.Thread(target=serve, name="raw", daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            # Closing alone does not wake who waits in accept().
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            assert not thread.is_alive()


def saying(*lines: bytes) -> Callable[[socket.socket], None]:
    """One line as a greeting, then one for each thing heard; then nothing, until the other side leaves."""

    def talk(line: socket.socket) -> None:
        for said in lines:
            line.sendall(said)
            if not line.recv(4096):
                return
        while line.recv(4096):
            pass

    return talk


def certificate(folder: Path, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """What a server shows, signed by itself for this host, and the file by which a client may trust it."""
    named = host[-1].isalpha()
    known_as = x509.DNSName(host) if named else x509.IPAddress(ipaddress.ip_address(host))
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    public = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True)
        .add_extension(public, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context, pem


def main() -> None:
    """Serve until killed; the first line printed is the port."""
    words = argparse.ArgumentParser()
    words.add_argument("--journal", type=Path, required=True)
    words.add_argument("--rule", nargs="+", action="append", default=[], metavar=("STAGE", "DOES"))
    words.add_argument("--late", type=float, default=1.0)
    words.add_argument("--port", type=int, default=0)
    given = words.parse_args()
    plan = Plan(late=given.late, journal=given.journal)
    with MailServer(plan, port=given.port) as server:
        for stage, does, *more in given.rule:
            to, times, *_ = [*more, *("*", "1000000")[len(more) :]]
            server.tell(stage, does, to=None if to == "*" else to, times=int(times))
        os.write(1, f"{server.port}\n".encode())
        threading.Event().wait()


if __name__ == "__main__":
    main()
