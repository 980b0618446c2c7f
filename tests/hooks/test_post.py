"""One message on the wire, to real receivers: what they answer, what they try, and what is read of them."""

import ipaddress
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.hooks.names import Address
from app.hooks.post import LONGEST, post
from app.hooks.reach import Reach
from tests.hooks.receiver import DROP, GARBAGE, HANG, HUGE, TRICKLE, Does, Receiver
from tests.mail.server import certificate

NAME = "portail.exemple.fr"


def leads_to(*addresses: str) -> Callable[[str, int], Sequence[Address]]:
    return lambda _host, _port: [ipaddress.ip_address(one) for one in addresses]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return certificate(tmp_path_factory.mktemp("tls"), NAME)


@pytest.fixture
def reach(shown: tuple[ssl.SSLContext, Path]) -> Reach:
    """That of production, but for what makes a test possible: any port, this machine, a certificate of ours."""
    return replace(
        Reach(), ports=None, admits=lambda address: address.is_loopback, resolve=leads_to("127.0.0.1"),
        tls=lambda: ssl.create_default_context(cafile=str(shown[1])), seconds=2.0,
    )  # fmt: skip


@pytest.fixture
def listening(shown: tuple[ssl.SSLContext, Path]) -> Iterator[Callable[..., Receiver]]:
    opened: list[Receiver] = []

    def listen(*does: Does, host: str = "127.0.0.1") -> Receiver:
        opened.append(Receiver(*does, tls=shown[0], host=host))
        return opened[-1].__enter__()

    yield listen
    for one in opened:
        one.__exit__()


Listen = Callable[..., Receiver]


def test_a_message_arrives_whole_at_the_name_that_was_asked(reach: Reach, listening: Listen) -> None:
    receiver = listening(204)
    answer = post(reach, receiver.url(NAME, "/jalon?cle=1"), b'{"a":1}', {"webhook-id": "x"})
    assert (answer.code, answer.words) == (204, "")
    assert 0 <= answer.milliseconds < 2000
    [found] = receiver.received
    assert (found.path, found.body, found.key) == ("/jalon?cle=1", b'{"a":1}', "x")
    assert found.headers["host"] == f"{NAME}:{receiver.port}"


@pytest.mark.parametrize(
    ("does", "code", "says"),
    [
        (500, 500, "Réponse 500"),
        (404, 404, "Réponse 404"),
        (410, 410, "n’existe plus"),
        ("https://169.254.169.254/latest/meta-data/", 307, "renvoie ailleurs"),
        (GARBAGE, None, "pas un serveur web"),
        (DROP, None, "n’aboutit pas"),
    ],
)
def test_what_is_not_a_success_is_said_in_our_words(
    reach: Reach, listening: Listen, does: Does, code: int | None, says: str
) -> None:
    receiver = listening(does)
    answer = post(reach, receiver.url(NAME), b"{}", {})
    assert answer.code == code
    assert says in answer.words
    assert "secret" not in answer.words
    assert len(receiver.received) == 1


@pytest.mark.parametrize("does", [HANG, TRICKLE])
def test_whoever_does_not_answer_in_time_holds_nobody_longer(reach: Reach, listening: Listen, does: Does) -> None:
    began = time.monotonic()
    answer = post(replace(reach, seconds=0.4), listening(does).url(NAME), b"{}", {})
    assert (answer.code, answer.words) == (None, "La réponse n’est pas venue à temps")
    assert 0.3 < time.monotonic() - began < 1.5


def test_an_endless_answer_counts_by_its_code_and_is_not_read(reach: Reach, listening: Listen) -> None:
    receiver = listening(HUGE)
    began = time.monotonic()
    assert post(reach, receiver.url(NAME), b"{}", {}).code == 200
    # Read until the end of its time, it would have poured hundreds of times more than what the system buffers.
    assert time.monotonic() - began < 1.5
    assert receiver.poured < LONGEST * 200


def test_a_name_is_asked_once_and_what_was_judged_is_what_is_reached(reach: Reach, listening: Listen) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[Address]:
        """Public the first time; afterwards, the machine that only the server reaches."""
        asked.append(host)
        return [ipaddress.ip_address("127.0.0.2" if len(asked) == 1 else "127.0.0.1")]

    inside = listening(200)
    answer = post(replace(reach, resolve=resolve), inside.url(NAME), b"{}", {})
    # Nobody listens at the first: the second is not tried instead.
    assert (answer.code, answer.words) == (None, "La connexion n’aboutit pas")
    assert asked == [NAME]
    assert inside.received == []


def test_the_certificate_must_be_for_the_name_although_the_address_is_pinned(reach: Reach, listening: Listen) -> None:
    receiver = listening(200)
    for url, where in ((receiver.url("autre.exemple.fr"), reach), (receiver.url("127.0.0.1"), reach)):
        assert post(where, url, b"{}", {}).words == "Le certificat n’est pas valable pour ce nom"
    unknown = replace(reach, tls=ssl.create_default_context)
    assert post(unknown, receiver.url(NAME), b"{}", {}).words == "Le certificat n’est pas valable pour ce nom"
    assert receiver.received == []


def test_the_second_address_serves_when_the_first_is_silent(reach: Reach, listening: Listen) -> None:
    receiver = listening(200)
    two = replace(reach, resolve=leads_to("127.0.0.9", "127.0.0.1"))
    assert post(two, receiver.url(NAME), b"{}", {}).code == 200


def test_nothing_leaves_for_what_is_private_nor_through_a_proxy(
    reach: Reach, listening: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = listening(200)
    monkeypatch.setenv("HTTPS_PROXY", receiver.url())
    monkeypatch.setenv("ALL_PROXY", receiver.url())
    real = replace(Reach(), ports=None, resolve=leads_to("127.0.0.1"))
    assert "privée" in post(real, receiver.url(NAME), b"{}", {}).words
    closed = replace(reach, resolve=leads_to("127.0.0.9"))
    assert post(closed, receiver.url(NAME), b"{}", {}).words == "La connexion n’aboutit pas"
    assert receiver.received == []


def test_a_name_without_an_address_is_said_to_have_none(reach: Reach) -> None:
    def nowhere(_host: str, _port: int) -> list[Address]:
        raise OSError

    for resolve in (nowhere, lambda _host, _port: []):
        assert post(replace(reach, resolve=resolve), f"https://{NAME}/", b"{}", {}).words == "Ce nom n’a pas d’adresse"
