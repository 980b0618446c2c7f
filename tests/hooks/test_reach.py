"""Where messages may go: what everybody can reach, and nothing that only the server can."""

import ipaddress
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.config import load_config
from app.hooks.names import Address, Names, ask_system
from app.hooks.post import post
from app.hooks.reach import TRYING, Reach, Unreachable, is_public, reach_of

PUBLIC = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
PRIVATE = (
    "0.0.0.0", "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.31.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",  # noqa: S104
    "192.0.2.1", "198.18.0.1", "224.0.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1",
    "2001:0:1::1", "fe80::1", "fe80::1%1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1",
    "192.0.0.9", "192.88.99.1", "2001:1::1", "2001:20::1", "3fff::1", "3fff:fff::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_what_everybody_reaches_may_be_spoken_to(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_what_only_the_server_reaches_may_not_whatever_hides_it(address: str) -> None:
    number = ipaddress.ip_address(address)
    assert not is_public(number)
    written = f"[{address}]" if number.version == 6 else address
    with pytest.raises(Unreachable, match="privée"):
        Reach().target(f"https://{written}/")
    reach = replace(Reach(), resolve=lambda _host, _port: [ipaddress.ip_address("8.8.8.8"), number])
    # One name, two addresses: the second is as bad as if it were alone.
    assert "privée" in post(reach, "https://portail.exemple.fr/", b"{}", {}).words


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "localhost", "127.1"])
def test_an_address_in_disguise_is_seen_through(host: str) -> None:
    reach = Reach()
    with pytest.raises(Unreachable, match="privée"):
        reach.addresses(reach.target(f"https://{host}/"))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://portail.exemple.fr/", "https://"),
        ("ftp://portail.exemple.fr/", "https://"),
        ("portail.exemple.fr", "ne se lit pas"),
        ("https://", "ne se lit pas"),
        ("https://[::1", "ne se lit pas"),
        ("https://portail.exemple.fr:99999/", "ne se lit pas"),
        ("https://portail.exemple.fr/a b", "ne se lit pas"),
        ("https://portail.exemple.fr/#haut", "ne se lit pas"),
        ("https://portail.exemple.fr/\r\nHost: autre", "ne se lit pas"),
        ("https://portail.exemple.fr/é", "ne se lit pas"),
        (f"https://{'a' * 70}.fr/", "ne se lit pas"),
        ("https://moi:mot@portail.exemple.fr/", "mot de passe"),
        ("https://portail.exemple.fr:22/", "443"),
        ("https://portail.exemple.fr:80/", "443"),
    ],
)
def test_an_address_is_judged_as_it_is_written(url: str, says: str) -> None:
    with pytest.raises(Unreachable, match=says):
        Reach().target(url)


def test_an_address_is_taken_apart() -> None:
    found = Reach().target("https://Données.exemple.fr:8443/a?cle=1")
    assert (found.host, found.port, found.path) == ("xn--donnes-eva.exemple.fr", 8443, "/a?cle=1")
    assert Reach().target("https://portail.exemple.fr").path == "/"


def test_a_name_that_is_never_found_holds_neither_the_message_nor_a_thread_for_each_try() -> None:
    asked, free = list[str](), threading.Event()

    def ask(host: str) -> Sequence[Address]:
        asked.append(host)
        if host == "muet.exemple.fr":
            assert free.wait(10)
        return [ipaddress.ip_address("10.0.0.1")]

    reach = replace(Reach(), resolve=Names(ask), connect_seconds=0.02)
    for _ in range(3):
        answer = post(reach, "https://muet.exemple.fr/", b"{}", {})
        assert answer.words == "L’adresse de ce nom n’a pas été trouvée à temps"
        assert answer.milliseconds < 5000
    looking = [thread for thread in threading.enumerate() if thread.name == "name-muet.exemple.fr"]
    assert (len(looking), asked) == (1, ["muet.exemple.fr"])
    # The others are found meanwhile; and this one is asked for again once the system has answered.
    assert "privée" in post(reach, "https://vif.exemple.fr/", b"{}", {}).words
    free.set()
    looking[0].join(10)
    assert "privée" in post(reach, "https://muet.exemple.fr/", b"{}", {}).words
    assert asked == ["muet.exemple.fr", "vif.exemple.fr", "muet.exemple.fr"]


def test_the_system_is_asked_as_any_program_would() -> None:
    assert set(map(str, Names()("localhost", 10))) <= {"127.0.0.1", "::1"}
    with pytest.raises(socket.gaierror):
        ask_system("rien.invalid")


def test_only_a_register_that_nobody_else_can_reach_speaks_to_its_own_machine(tmp_path: object) -> None:
    env = {"INSTANCE_DIR": str(tmp_path), "PUBLIC_URL": "https://experimentations.exemple.fr"}
    assert reach_of(load_config(env)) == Reach()
    assert reach_of(load_config({"INSTANCE_DIR": str(tmp_path)})) is TRYING
    TRYING.target("http://127.0.0.1:9000/")
    for inside in ("http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/"):
        with pytest.raises(Unreachable, match="privée"):
            TRYING.target(inside)
