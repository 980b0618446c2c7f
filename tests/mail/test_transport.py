"""A mail leaves whole and alone, by a server of mails or into a folder, or does not leave and it is said why."""

import re
import resource
import stat
import subprocess
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from app.config import load_config
from app.mail.transport import Fate, Files, open_transport
from tests.forked import ROOT
from tests.mail.sending import BADLY_TYPESET, SENDER, TO, message, send, smtp
from tests.mail.server import MailServer

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
