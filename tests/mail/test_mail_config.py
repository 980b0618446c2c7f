"""What the environment says of mails: a wrong value is one line that names it and gives no password away."""

from pathlib import Path

import pytest

from app.config import Config, ConfigError, Relay, load_config, relay

SERVER = "smtp://smtp.ville.fr"


def config(tmp_path: Path, **env: str) -> Config:
    return load_config({"INSTANCE_DIR": str(tmp_path), **env})


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtp://smtp.ville.fr", Relay("smtp", "smtp.ville.fr", 25)),
        ("smtps://smtp.ville.fr", Relay("smtps", "smtp.ville.fr", 465)),
        ("smtp+starttls://smtp.ville.fr/", Relay("smtp+starttls", "smtp.ville.fr", 587)),
        ("smtp://[::1]:2525", Relay("smtp", "::1", 2525)),
        ("smtps://jalon%40ville.fr:p%C3%A9%2F%3Aa@h:1", Relay("smtps", "h", 1, "jalon@ville.fr", "pé/:a")),
    ],
)
def test_the_address_of_a_server_is_read_with_its_port_and_its_account(url: str, read: Relay) -> None:
    assert relay(url) == read


@pytest.mark.parametrize(
    "url",
    [
        "smtp.ville.fr:25",
        "http://smtp.ville.fr",
        "smtp://",
        "smtp://:25",
        "smtp://h:0",
        "smtp://h:70000",
        "smtp://h:port-s3cret",
        "smtp://u:s3cret@[oups",
        "smtp://u:s3cret/x@h",
        "smtp://u:s3cret#x@h",
        "smtp://u@h",
        "smtp://:s3cret@h",
        "smtp://u:s3cret%00@h",
        "smtp://u:s3cret%FF@h",
        "smtp://u:s3cret@h/path",
        "smtp://u:s3cret@h?starttls=1",
        "smtp://u:s3cret@h\nx",
    ],
)
def test_a_wrong_server_is_one_line_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        config(tmp_path, SMTP_URL=url, MAIL_FROM="jalon@ville.fr")
    assert str(refusal.value).startswith("SMTP_URL : ")
    assert "\n" not in str(refusal.value)
    assert "s3cret" not in str(refusal.value)
    assert "smtp+starttls://" in str(refusal.value)


def test_the_password_is_not_in_what_a_report_shows(tmp_path: Path) -> None:
    given = config(tmp_path, SMTP_URL="smtp://u:s3cret@h", MAIL_FROM="jalon@ville.fr")
    assert given.smtp_url == "smtp://u:s3cret@h"
    assert "s3cret" not in repr(given)
    assert "s3cret" not in repr(relay(given.smtp_url))


def test_a_server_may_be_given_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("smtps://u:p@h\n", encoding="utf-8")
    (tmp_path / "from").write_text("jalon@ville.fr\n", encoding="utf-8")
    (tmp_path / "heart").write_text("https://battement.ville.fr/abc\n", encoding="utf-8")
    given = config(
        tmp_path, SMTP_URL_FILE=f"{tmp_path}/url", MAIL_FROM_FILE=f"{tmp_path}/from",
        HEARTBEAT_URL_FILE=f"{tmp_path}/heart",
    )  # fmt: skip
    assert (given.smtp_url, given.mail_from) == ("smtps://u:p@h", "jalon@ville.fr")
    assert given.heartbeat_url == "https://battement.ville.fr/abc"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jalon@ville.fr", "jalon@ville.fr"),
        ("<jalon@ville.fr>", "jalon@ville.fr"),
        ("Jalon <jalon@ville.fr>", "Jalon <jalon@ville.fr>"),
        ("Métropole de Nantes <jalon@ville.fr>", "Métropole de Nantes <jalon@ville.fr>"),
        ("Ville, numérique <jalon@ville.fr>", '"Ville, numérique" <jalon@ville.fr>'),
        ('"Ville, numérique" <jalon@ville.fr>', '"Ville, numérique" <jalon@ville.fr>'),
        ("jalon@métropole.fr", "jalon@xn--mtropole-b1a.fr"),
        ("jalon@intranet", "jalon@intranet"),
    ],
)
def test_the_sender_is_an_address_and_perhaps_a_name(given: str, kept: str, tmp_path: Path) -> None:
    assert config(tmp_path, SMTP_URL=SERVER, MAIL_FROM=given).mail_from == kept


@pytest.mark.parametrize(
    "given",
    ["jalon", "Jalon <jalon>", "Jalon <jalon@ville.fr", "a@b.fr, c@d.fr", "jalon@ville.fr\nBcc: x@y.fr",
     "Ja\nlon <jalon@ville.fr>", "équipe@ville.fr", "Jalon <a@b.fr> <c@d.fr>"],
)  # fmt: skip
def test_a_wrong_sender_is_one_line_that_names_it(given: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        config(tmp_path, SMTP_URL=SERVER, MAIL_FROM=given)
    assert str(refusal.value).startswith("MAIL_FROM : ")
    assert "\n" not in str(refusal.value)


def test_a_server_wants_a_sender(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^MAIL_FROM : "):
        config(tmp_path, SMTP_URL=SERVER)


@pytest.mark.parametrize(
    ("public_url", "sender"),
    [
        ("http://127.0.0.1:8000", "jalon@localhost.localdomain"),
        ("http://[::1]:8000", "jalon@localhost.localdomain"),
        ("http://192.168.1.5", "jalon@localhost.localdomain"),
        ("https://experimentations.ville.fr", "jalon@experimentations.ville.fr"),
    ],
)
def test_without_a_server_the_sender_is_that_of_the_site(public_url: str, sender: str, tmp_path: Path) -> None:
    given = config(tmp_path, PUBLIC_URL=public_url)
    named = f"Registre des expérimentations <{sender}>"
    assert (given.mail_from, given.smtp_url, given.heartbeat_url) == (named, None, None)


@pytest.mark.parametrize("given", ["battement", "ftp://h/s3cret", "https:///s3cret", "https://[s3cret", "https://h:x"])
def test_a_wrong_heartbeat_is_one_line_that_does_not_repeat_it(given: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        config(tmp_path, HEARTBEAT_URL=given)
    assert str(refusal.value).startswith("HEARTBEAT_URL : ")
    assert "\n" not in str(refusal.value)
    assert "s3cret" not in str(refusal.value)
