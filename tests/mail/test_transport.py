"""Whatever a server of mails does, a mail has one fate, and an administrator reads why."""

import base64
import re
import resource
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import quote

import pytest

from app.config import load_config
from app.mail.transport import MAILS_A_CONNECTION, Answer, Fate, Files, Smtp, open_transport
from tests.forked import ROOT
from tests.mail.server import DROP, HANG, KEEP_AND_DROP, LATE, MailServer, certificate, raw_server

SENDER = "Métropole, numérique <jalon@ville.fr>"
TO = "marie@ville.fr"
SHORT = 0.3
BADLY_TYPESET = re.compile(r" [;:!?»]|« |\w'\w|[^ \u00a0\u202f][;!?]")
Tls = tuple[ssl.SSLContext, Path]


def message(name: str = "one", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = '"Métropole, numérique" <jalon@ville.fr>'
    mail["To"] = TO
    mail["Subject"] = headers.pop("Subject", "Échéance dans 30 jours")
    mail["Message-ID"] = f"<{name}@ville.fr>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content("Bonjour,\n\nL’évaluation est à verser : déjà prête ?\n")
    return mail


def smtp(url: str, **more: float | ssl.SSLContext | None) -> Smtp:
    return Smtp(url, SENDER, **{"connect_seconds": 2, "answer_seconds": 2, **more})  # type: ignore[arg-type]


def send(url: str, **more: float | ssl.SSLContext | None) -> Answer:
    """One mail on a connection of its own."""
    with smtp(url, **more) as transport:
        return transport.deliver(message(), TO)


def account(url: str, user: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{user}:{password}@{rest}"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return certificate(tmp_path_factory.mktemp("tls"))


def trusting(tls: Tls) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tls[1]))


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


# What arrives


def test_a_mail_arrives_whole_with_its_accents(server: MailServer) -> None:
    answer = send(server.url)
    assert (answer.fate, answer.code) == (Fate.SENT, 250)
    (received,) = server.plan.received
    assert (received.sender, received.to) == ("jalon@ville.fr", TO)
    arrived = received.message
    assert arrived["Subject"] == "Échéance dans 30 jours"
    assert arrived["From"].addresses[0].display_name == "Métropole, numérique"
    assert arrived["Message-ID"] == "<one@ville.fr>"
    assert arrived.get_content() == "Bonjour,\n\nL’évaluation est à verser : déjà prête ?\n"
    assert received.content.isascii()


def test_lines_stay_within_what_smtp_allows(server: MailServer) -> None:
    mail = message(Subject="é" * 1500 + "x" * 1500, X_Long="y" * 3000)
    mail.set_content("z" * 5000 + "\n" + "é" * 5000 + "\n")
    mail.add_alternative(f"<p>{'é' * 5000}</p>", subtype="html")
    with smtp(server.url) as transport:
        assert transport.deliver(mail, TO).fate is Fate.SENT
    (received,) = server.plan.received
    assert max(len(line) for line in received.content.split(b"\r\n")) <= 998
    assert received.message["Subject"] == mail["Subject"]
    body = received.message.get_body(("plain",))
    assert body is not None
    assert body.get_content() == "z" * 5000 + "\n" + "é" * 5000 + "\n"


def test_a_line_too_long_for_smtp_is_never_sent(server: MailServer) -> None:
    mail = EmailMessage()
    mail["Message-ID"] = "<long@ville.fr>"
    mail.set_payload("x" * 999)
    with smtp(server.url) as transport:
        assert transport.deliver(mail, TO).fate is Fate.REJECTED
        mail.set_payload("x" * 998)
        assert transport.deliver(mail, TO).fate is Fate.SENT


def test_a_body_cannot_end_the_mail_nor_begin_another(server: MailServer) -> None:
    body = "one\n.\nMAIL FROM:<x@y.fr>\r\n.\r\n..two\n.three\rfour\n"
    mail = message()
    mail.set_content(body, cte="7bit")
    with smtp(server.url) as transport:
        assert transport.deliver(mail, TO).fate is Fate.SENT
        assert transport.deliver(message("two"), TO).fate is Fate.SENT
    first, second = server.plan.received
    assert first.content.endswith(b"\r\none\r\n.\r\nMAIL FROM:<x@y.fr>\r\n.\r\n..two\r\n.three\r\nfour\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", first.content)
    assert second.message["Message-ID"] == "<two@ville.fr>"
    assert server.plan.commands.count("MAIL") == 2


@pytest.mark.parametrize(
    "subject", ["=?utf-8?q?a=0D=0ABcc=3A_x=40y=2Efr?=", "=?utf-8?b?YQpCY2M6IHhAeS5mcg==?=", "=?utf-8?q?a=0Db?="]
)
def test_a_line_end_hidden_in_a_header_sends_nothing(subject: str, server: MailServer) -> None:
    with smtp(server.url) as transport:
        answer = transport.deliver(message(Subject=subject), TO)
    assert (answer.fate, server.plan.commands) == (Fate.REJECTED, [])
    assert "saut de ligne" in answer.words


def test_a_message_that_cannot_be_written_is_rejected_alone(server: MailServer) -> None:
    mail = message()
    mail.set_payload(object())
    with smtp(server.url) as transport:
        assert transport.deliver(mail, TO).fate is Fate.REJECTED
        assert transport.deliver(message(), TO).fate is Fate.SENT


@pytest.mark.parametrize(
    "to",
    ["", "marie", "marie@ville.fr\r\nRCPT TO:<x@y.fr>", "marie@ville.fr> SIZE=1", "<marie@ville.fr>", "a b@ville.fr",
     "a@b.fr,c@d.fr", "ma\x00rie@ville.fr", "ma\u202erie@ville.fr", "ma\udce9rie@ville.fr"],
)  # fmt: skip
def test_what_is_not_one_address_never_reaches_the_server(to: str, server: MailServer) -> None:
    with smtp(server.url) as transport:
        answer = transport.deliver(message(), to)
    assert (answer.fate, server.plan.connections) == (Fate.REFUSED, 0)
    assert not re.search(r"[\x00-\x1f\u202a-\u202e\ud800-\udfff]", answer.words)


def test_an_accented_address_needs_a_server_that_takes_it(server: MailServer) -> None:
    mail = message()
    mail.replace_header("To", "élodie@ville.fr")
    with smtp(server.url) as transport:
        answer = transport.deliver(mail, "élodie@ville.fr")
        assert (answer.fate, answer.code) == (Fate.REFUSED, None)
        assert "sans accent" in answer.words
        assert transport.deliver(message(), TO).fate is Fate.SENT
    with MailServer(utf8=True) as modern, smtp(modern.url) as transport:
        assert transport.deliver(mail, "élodie@ville.fr").fate is Fate.SENT
        assert transport.deliver(message(), TO).fate is Fate.SENT
        assert [received.to for received in modern.plan.received] == ["élodie@ville.fr", TO]
        assert modern.plan.received[0].message["To"] == "élodie@ville.fr"


# What a server answers


@pytest.mark.parametrize("code", [421, 450, 451, 550, 552, 554])
@pytest.mark.parametrize(
    ("stage", "left", "later", "for_good"),
    [
        ("EHLO", Fate.DOWN, Fate.DOWN, Fate.DOWN),
        ("MAIL", Fate.DOWN, Fate.LATER, Fate.DOWN),
        ("RCPT", Fate.LATER, Fate.LATER, Fate.REFUSED),
        ("DATA", Fate.LATER, Fate.LATER, Fate.REJECTED),
        ("DOT", Fate.LATER, Fate.LATER, Fate.REJECTED),
    ],
)
def test_an_error_has_the_fate_of_its_stage_and_the_next_mail_leaves(
    stage: str, left: Fate, later: Fate, for_good: Fate, code: int, server: MailServer
) -> None:
    server.tell(stage, f"{code} 4.2.1 raison du serveur", times=1)
    with smtp(server.url) as transport:
        answer = transport.deliver(message("one"), TO)
        assert transport.deliver(message("two"), TO).fate is Fate.SENT
    assert answer.fate is (left if code == 421 else later if code < 500 else for_good)
    assert answer.code == code
    assert answer.words.endswith("\u00a0:\u00a0«\u00a04.2.1 raison du serveur\u00a0»")
    assert not BADLY_TYPESET.search(answer.words), answer.words
    assert [received.message["Message-ID"] for received in server.plan.received] == ["<two@ville.fr>"]
    fresh = code == 421 or stage == "EHLO"
    assert server.plan.connections == 1 + fresh
    assert server.plan.commands.count("RSET") == (not fresh)


@pytest.mark.parametrize("code", [421, 450, 550, 554])
def test_a_greeting_that_refuses_means_no_server(code: int) -> None:
    with raw_server(saying(f"{code}-no\r\n{code} mail today\r\n".encode())) as port:
        answer = send(f"smtp://127.0.0.1:{port}")
    assert (answer.fate, answer.code) == (Fate.DOWN, code)
    assert "«\u00a0no mail today\u00a0»" in answer.words


def test_one_address_refused_says_nothing_of_the_others(server: MailServer) -> None:
    server.tell("RCPT", "550 5.1.1 inconnu", to="parti@ville.fr")
    with smtp(server.url) as transport:
        fates = [transport.deliver(message(), to).fate for to in (TO, "parti@ville.fr", TO)]
    assert fates == [Fate.SENT, Fate.REFUSED, Fate.SENT]
    assert server.plan.connections == 1


def test_a_relay_that_is_not_allowed_to_strikes_nobody_out(server: MailServer) -> None:
    server.tell("RCPT", "554 5.7.1 <marie@ville.fr>: Relay access denied")
    answer = send(server.url)
    assert answer.fate is Fate.LATER
    assert "SMTP_URL" in answer.words


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_server_that_wants_an_account_is_no_fault_of_the_mail(stage: str, server: MailServer) -> None:
    server.tell(stage, "530 5.7.0 Authentication required")
    answer = send(server.url)
    assert (answer.fate, answer.code) == (Fate.DOWN, 530)
    assert "SMTP_URL" in answer.words


def test_words_are_cut_and_cannot_act_on_a_page_or_a_terminal(server: MailServer) -> None:
    server.tell("RCPT", "550-\x1b[31m\u202eabc\x00\r\n550 <b>" + "é" * 400)
    words = send(server.url).words
    quoted = words.partition("«\u00a0")[2].removesuffix("\u00a0»")
    assert len(quoted) == 200
    assert quoted.startswith("[31m abc <b>éé")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", words)


@pytest.mark.parametrize("said", ["bonjour", "354 go on", "999 ?", "000 ok", "42"])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DOT"])
def test_what_is_not_smtp_is_never_taken_for_a_yes(stage: str, said: str, server: MailServer) -> None:
    server.tell(stage, said, times=1)
    answer = send(server.url)
    assert answer.fate is (Fate.DOWN if stage == "MAIL" else Fate.LATER)
    assert ("ne sait pas" in answer.words) == (stage == "DOT")


# Silence and broken lines


@pytest.mark.parametrize("does", [HANG, DROP])
@pytest.mark.parametrize(
    ("stage", "fate"),
    [("EHLO", Fate.DOWN), ("MAIL", Fate.DOWN), ("RCPT", Fate.LATER), ("DATA", Fate.LATER), ("DOT", Fate.LATER)],
)
def test_silence_or_a_broken_line_has_the_fate_of_its_stage(
    stage: str, fate: Fate, does: str, server: MailServer
) -> None:
    server.tell(stage, does, times=1)
    with smtp(server.url, answer_seconds=SHORT) as transport:
        began = time.monotonic()
        answer = transport.deliver(message("one"), TO)
        assert time.monotonic() - began < 4 * SHORT
        assert transport.deliver(message("two"), TO).fate is Fate.SENT
    assert (answer.fate, answer.code) == (fate, None)
    assert ("on ne sait pas si le message est parti" in answer.words) == (stage == "DOT")
    if stage != "EHLO":
        assert ("0.3 secondes" in answer.words) == (does == HANG)
    assert not BADLY_TYPESET.search(answer.words), answer.words
    assert len(server.plan.received) == 1


@pytest.mark.parametrize("does", [KEEP_AND_DROP, LATE])
def test_a_mail_taken_without_a_word_in_time_is_of_unknown_fate(does: str, server: MailServer) -> None:
    server.plan.late = 3 * SHORT
    server.tell("DOT", does, times=1)
    answer = send(server.url, answer_seconds=SHORT)
    assert (answer.fate, answer.code) == (Fate.LATER, None)
    assert "on ne sait pas si le message est parti" in answer.words
    assert len(server.plan.received) == 1


def test_a_yes_that_comes_late_but_in_time_is_a_yes(server: MailServer) -> None:
    server.plan.late = SHORT
    server.tell("DOT", LATE)
    assert send(server.url).fate is Fate.SENT
    assert len(server.plan.received) == 1


@pytest.mark.parametrize("does", [HANG, DROP, "500 what?", "421 bye"])
def test_a_reset_that_fails_costs_the_next_mail_nothing(does: str, server: MailServer) -> None:
    server.tell("RCPT", "450 4.2.1 plus tard", times=1)
    server.tell("RSET", does)
    with smtp(server.url, answer_seconds=SHORT) as transport:
        assert transport.deliver(message(), TO).fate is Fate.LATER
        assert transport.deliver(message(), TO).fate is Fate.SENT
    assert server.plan.connections == 2


def test_a_server_that_does_not_say_goodbye_is_left_all_the_same(server: MailServer) -> None:
    server.tell("QUIT", HANG)
    began = time.monotonic()
    assert send(server.url, answer_seconds=SHORT).fate is Fate.SENT
    assert time.monotonic() - began < 4 * SHORT


def test_a_server_that_never_greets_is_down() -> None:
    with raw_server(saying(b"")) as port:
        answer = send(f"smtp://127.0.0.1:{port}", answer_seconds=SHORT)
    assert (answer.fate, answer.code) == (Fate.DOWN, None)
    assert "ne répond pas" in answer.words


def test_an_answer_that_trickles_in_has_no_more_time_than_another() -> None:
    def trickle(line: socket.socket) -> None:
        for _ in range(100):
            line.sendall(b"2")
            time.sleep(SHORT / 6)

    with raw_server(trickle) as port:
        began = time.monotonic()
        assert send(f"smtp://127.0.0.1:{port}", answer_seconds=SHORT).fate is Fate.DOWN
        assert time.monotonic() - began < 3 * SHORT


@pytest.mark.parametrize("said", [b"220-still\r\n", b"2" * 20])
def test_an_answer_without_end_is_left_unread(said: bytes) -> None:
    def flood(line: socket.socket) -> None:
        while True:
            line.sendall(said * 1000)

    with raw_server(flood) as port:
        began = time.monotonic()
        assert send(f"smtp://127.0.0.1:{port}", answer_seconds=60).fate is Fate.DOWN
        assert time.monotonic() - began < 2


# From a mail to the next


def test_one_connection_carries_a_hundred_mails(server: MailServer) -> None:
    with smtp(server.url) as transport:
        for number in range(MAILS_A_CONNECTION):
            assert transport.deliver(message(f"m{number}"), TO).fate is Fate.SENT
        assert server.plan.connections == 1
        assert transport.deliver(message("last"), TO).fate is Fate.SENT
    assert (server.plan.connections, len(server.plan.received)) == (2, 101)
    assert server.plan.commands.count("QUIT") == 2


@pytest.mark.parametrize("word", [None, b"421 4.4.2 timeout"])
def test_a_line_closed_while_idle_is_opened_again_silently(word: bytes | None, server: MailServer) -> None:
    with smtp(server.url) as transport:
        assert transport.deliver(message("one"), TO).fate is Fate.SENT
        server.hang_up(word)
        assert transport.deliver(message("two"), TO).fate is Fate.SENT
    assert (server.plan.connections, len(server.plan.received)) == (2, 2)


def test_a_line_that_keeps_falling_is_opened_again_only_once(server: MailServer) -> None:
    with smtp(server.url) as transport:
        assert transport.deliver(message("one"), TO).fate is Fate.SENT
        server.tell("MAIL", DROP)
        assert transport.deliver(message("two"), TO).fate is Fate.DOWN
    assert server.plan.connections == 2


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "DOT"])
def test_a_line_that_falls_once_a_mail_has_begun_is_not_tried_again(stage: str, server: MailServer) -> None:
    with smtp(server.url) as transport:
        assert transport.deliver(message("one"), TO).fate is Fate.SENT
        server.tell(stage, KEEP_AND_DROP if stage == "DOT" else DROP, times=1)
        assert transport.deliver(message("two"), TO).fate is Fate.LATER
    assert server.plan.connections == 1


def test_a_server_gone_between_two_mails_is_down() -> None:
    with MailServer() as server:
        transport = smtp(server.url)
        assert transport.deliver(message(), TO).fate is Fate.SENT
    with transport:
        answer = transport.deliver(message(), TO)
    assert answer.fate is Fate.DOWN
    assert "Personne ne répond" in answer.words


# No server


def test_a_port_where_nobody_listens_is_down() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer = send(f"smtp://127.0.0.1:{free.getsockname()[1]}")
    assert (answer.fate, answer.code) == (Fate.DOWN, None)
    assert "Personne ne répond à 127.0.0.1:" in answer.words
    assert not BADLY_TYPESET.search(answer.words.replace("1:", ""))


@pytest.mark.parametrize("host", ["nowhere.invalid", "x" * 70 + ".fr", "a..b"])
def test_a_name_that_nobody_knows_is_down(host: str) -> None:
    answer = send(f"smtp://{host}")
    assert (answer.fate, answer.code) == (Fate.DOWN, None)
    assert f"Le nom {host} est introuvable" in answer.words


# Accounts


@pytest.mark.parametrize(("user", "password"), [("jalon", "s3cret"), ("jalon@ville.fr", "mot de passé : à€")])
def test_the_right_account_is_let_in(user: str, password: str, server: MailServer) -> None:
    server.plan.account = (user, password)
    assert send(account(server.url, quote(user, safe=""), quote(password, safe=""))).fate is Fate.SENT


@pytest.mark.parametrize("password", ["autre", "%C3%A9"])
def test_a_wrong_account_is_no_fault_of_the_mail(password: str, server: MailServer) -> None:
    server.plan.account = ("jalon", "s3cret")
    answer = send(account(server.url, "jalon", password))
    assert (answer.fate, answer.code) == (Fate.DOWN, 535)
    assert "mot de passe" in answer.words
    assert "MAIL" not in server.plan.commands


def test_a_server_that_wants_an_account_and_gets_none_is_down(server: MailServer) -> None:
    server.plan.account = ("jalon", "s3cret")
    answer = send(server.url)
    assert (answer.fate, answer.code) == (Fate.DOWN, 530)


@pytest.mark.parametrize("said", ["454 4.7.0 later", "534 5.7.9 stronger", "535 5.7.8 no", "334 ???", "421 bye"])
def test_whatever_refuses_an_account_means_no_server(said: str, server: MailServer) -> None:
    server.tell("AUTH", said)
    assert send(account(server.url, "jalon", "s3cret"), answer_seconds=SHORT).fate is Fate.DOWN


def test_an_account_for_a_server_that_knows_none_is_said() -> None:
    with raw_server(saying(b"220 hello\r\n", b"250 hello\r\n")) as port:
        answer = send(f"smtp://jalon:s3cret@127.0.0.1:{port}")
    assert answer.fate is Fate.DOWN
    assert "ne propose pas de s’identifier" in answer.words


@pytest.mark.parametrize("stage", ["EHLO", "AUTH", "MAIL", "RCPT", "DOT"])
def test_the_password_is_never_repeated(stage: str, server: MailServer) -> None:
    spoken = base64.b64encode(b"s3cret").decode()
    plain = base64.b64encode(b"\0jalon\0s3cret").decode()
    server.plan.account = ("jalon", "s3cret")
    server.tell(stage, f"550 AUTH PLAIN {plain} ({spoken}, s3cret) s3\x00cret {'.' * 140} s3cret")
    words = send(account(server.url, "jalon", "s3cret")).words
    assert "AUTH PLAIN … (…, …)" in words
    assert all(secret not in words for secret in ("s3cret", spoken, plain))


def test_not_even_the_beginning_of_the_password_is_repeated_where_words_are_cut(server: MailServer) -> None:
    server.plan.account = ("jalon", "s3cret")
    server.tell("RCPT", f"550 {'.' * 196}s3cret")
    assert send(account(server.url, "jalon", "s3cret")).words.endswith("...…\u00a0»")


# Encryption


def test_starttls_protects_the_account_and_the_mail(tls: Tls) -> None:
    with MailServer(starttls=tls[0]) as server:
        server.plan.account = ("jalon", "s3cret")
        url = account(server.url.replace("smtp:", "smtp+starttls:"), "jalon", "s3cret")
        assert send(url, ssl_context=trusting(tls)).fate is Fate.SENT
        assert server.plan.commands[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def test_smtps_is_encrypted_from_the_first_word(tls: Tls) -> None:
    with MailServer(tls=tls[0]) as server:
        assert send(server.url.replace("smtp:", "smtps:"), ssl_context=trusting(tls)).fate is Fate.SENT


def test_without_starttls_nothing_is_said_in_clear(server: MailServer) -> None:
    answer = send(account(server.url.replace("smtp:", "smtp+starttls:"), "jalon", "s3cret"))
    assert (answer.fate, server.plan.commands) == (Fate.DOWN, ["EHLO"])
    assert "ne propose pas STARTTLS" in answer.words


@pytest.mark.parametrize("said", ["454 4.7.0 TLS not available", "250 ok", HANG, DROP])
def test_a_refused_starttls_says_nothing_in_clear_either(said: str, tls: Tls) -> None:
    with MailServer(starttls=tls[0]) as server:
        server.tell("STARTTLS", said)
        url = server.url.replace("smtp:", "smtp+starttls:")
        assert send(url, ssl_context=trusting(tls), answer_seconds=SHORT).fate is Fate.DOWN
        assert server.plan.commands == ["EHLO", "STARTTLS"]


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_unknown_or_of_another_name_is_refused(scheme: str, host: str, tls: Tls) -> None:
    with MailServer(starttls=tls[0]) if scheme != "smtps" else MailServer(tls=tls[0]) as server:
        url = f"{scheme}://{host}:{server.port}"
        answer = send(url, ssl_context=trusting(tls) if host == "localhost" else None)
        assert (answer.fate, server.plan.received) == (Fate.DOWN, [])
        assert "certificat" in answer.words


def test_smtps_where_the_server_speaks_in_clear_is_down(server: MailServer) -> None:
    answer = send(server.url.replace("smtp:", "smtps:"))
    assert answer.fate is Fate.DOWN
    assert "SMTP_URL" in answer.words


def test_words_slipped_in_before_the_encryption_are_forgotten(tls: Tls) -> None:
    heard: list[bytes] = []

    def slip(line: socket.socket) -> None:
        for said in (b"220 hello\r\n", b"250-hello\r\n250 STARTTLS\r\n"):
            line.sendall(said)
            line.recv(4096)
        line.sendall(b"220 go\r\n250-slipped in\r\n250 AUTH PLAIN\r\n")
        with tls[0].wrap_socket(line, server_side=True) as secret:
            secret.recv(4096)
            secret.sendall(b"421 true\r\n")
            heard.append(secret.recv(4096))

    with raw_server(slip) as port:
        answer = send(f"smtp+starttls://jalon:s3cret@127.0.0.1:{port}", ssl_context=trusting(tls))
    assert (answer.fate, answer.code) == (Fate.DOWN, 421)
    assert "true" in answer.words
    assert not any(heard)


# A folder


def test_a_mail_written_twice_is_one_private_file(tmp_path: Path) -> None:
    with Files(tmp_path / "instance" / "mail") as transport:
        first, again = transport.deliver(message(), TO), transport.deliver(message(), TO)
        transport.deliver(message("two"), TO)
    assert (first.fate, again.fate) == (Fate.SENT, Fate.SENT)
    folder = tmp_path / "instance" / "mail"
    assert sorted(path.name for path in folder.iterdir()) == ["one.eml", "two.eml"]
    assert stat.S_IMODE((folder / "one.eml").stat().st_mode) == 0o600
    read = message_from_bytes((folder / "one.eml").read_bytes(), policy=default)
    assert read["Subject"] == "Échéance dans 30 jours"
    assert read.get_content() == message().get_content()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    with Files(tmp_path) as transport:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            answer = transport.deliver(message(), TO)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answer.fate is Fate.DOWN
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = Files(tmp_path / "file" / "mail").deliver(message(), TO)
    assert answer.fate is Fate.DOWN
    assert "n’est pas un dossier" in answer.words
    assert not BADLY_TYPESET.search(answer.words)


@pytest.mark.parametrize("name", [None, "<../../etc/passwd@ville.fr>", "<.hidden@ville.fr>", "<a/b@ville.fr>"])
def test_a_name_that_makes_no_file_is_rejected(name: str | None, tmp_path: Path) -> None:
    mail = message()
    del mail["Message-ID"]
    if name:
        mail["Message-ID"] = name
    answer = Files(tmp_path / "mail").deliver(mail, TO)
    assert answer.fate is Fate.REJECTED
    assert list(tmp_path.iterdir()) == []


def test_a_message_that_cannot_be_read_is_rejected_alone(tmp_path: Path, server: MailServer) -> None:
    mail = message_from_bytes(b"Message-ID: <@b>\r\nSubject: x\r\n\r\nx\r\n", policy=default)
    assert isinstance(mail, EmailMessage)
    with Files(tmp_path) as folder, smtp(server.url) as transport:
        assert folder.deliver(mail, TO).fate is Fate.REJECTED
        assert transport.deliver(mail, TO).fate is Fate.REJECTED


def test_the_configuration_says_which_way_out(tmp_path: Path, server: MailServer) -> None:
    env = {"INSTANCE_DIR": str(tmp_path)}
    with open_transport(load_config(env)) as transport:
        assert transport.deliver(message(), TO).fate is Fate.SENT
    assert (tmp_path / "mail" / "one.eml").exists()
    with open_transport(load_config({**env, "SMTP_URL": server.url, "MAIL_FROM": SENDER})) as transport:
        assert transport.deliver(message(), TO).fate is Fate.SENT
    assert [received.sender for received in server.plan.received] == ["jalon@ville.fr"]


def test_the_server_of_the_tests_runs_by_itself_and_writes_down_what_it_takes(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mail.server", "--journal", str(journal), "--rule", "RCPT", "550 no", "x@y.fr"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        with smtp(f"smtp://127.0.0.1:{int(process.stdout.readline())}") as transport:
            fates = [transport.deliver(message(name), to).fate for name, to in (("a", TO), ("b", "x@y.fr"), ("a", TO))]
        process.kill()
    assert fates == [Fate.SENT, Fate.REFUSED, Fate.SENT]
    assert journal.read_text().splitlines() == [f"<a@ville.fr>\t{TO}"] * 2
