"""The account on a server of mails and the encryption of the line: who is let in, and nothing said in clear."""

import base64
import socket
import ssl
from pathlib import Path
from urllib.parse import quote

import pytest

from app.mail.transport import Fate
from tests.mail.sending import SHORT, send
from tests.mail.server import DROP, HANG, MailServer, certificate, raw_server, saying

Tls = tuple[ssl.SSLContext, Path]


def account(url: str, user: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{user}:{password}@{rest}"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return certificate(tmp_path_factory.mktemp("tls"))


def trusting(tls: Tls) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tls[1]))


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
