"""Whatever a server of mails does, a mail has one fate, and an administrator reads why."""

import re
import socket
import time

import pytest

from app.mail.transport import MAILS_A_CONNECTION, Fate
from tests.mail.sending import BADLY_TYPESET, SHORT, TO, message, send, smtp
from tests.mail.server import DROP, HANG, KEEP_AND_DROP, LATE, MailServer, raw_server, saying

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
