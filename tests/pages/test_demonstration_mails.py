"""The mails of the demonstration: read by everybody there, and nowhere else; a broken file breaks no page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import clock
from app.db import Database
from app.mail.letter import Writer
from app.mail.transport import Files
from experiments import letters, planning
from experiments.model import Mail
from experiments.vocabulary import Status
from tests import people
from tests.pages.visitor import Visitor

BASE = "/demonstration/courriers"
WHOLE = 64


@pytest.fixture
def demonstration(app: Flask) -> Iterator[Flask]:
    app.jinja_env.globals["demo"] = True
    yield app
    app.jinja_env.globals["demo"] = False


@pytest.fixture
def folder(demonstration: Flask) -> Path:
    found: Path = demonstration.config["JALON"].instance / "mail"
    found.mkdir()
    return found


@pytest.fixture
def sent(demonstration: Flask, folder: Path, register: Database, make: Callable[..., str]) -> list[str]:
    """The names of the mails that a submitted file sends."""
    make(Status.SUBMITTED, change=lambda session, _x: people.elise(session))
    planned = True
    while planned:
        with register.changing() as session:
            planned = bool(planning.step(session, clock.now(), at_any_hour=True))
    with register.reading() as session:
        found = letters.write(session, [one for (one,) in session.query(Mail.id).order_by(Mail.id)], clock.now())
    writer = Writer(demonstration.config["JALON"])
    for letter in found:
        Files(folder).deliver(writer.compose(letter), letter.person.email)
    assert found
    return [letter.key for letter in found]


def test_everybody_reads_the_mails_of_the_demonstration(visitor: Visitor, sent: list[str]) -> None:
    page = visitor.page(BASE)
    links = [link for link in page.links if link.startswith(f"{BASE}/")]
    assert sorted(links) == sorted(f"{BASE}/{name}" for name in sent)
    assert "Lire le dossier de «\u00a0Îlots d’ombre démontables à Pont-Rousseau\u00a0» et décider" in page.text
    assert "Avis d’étape, à Élise Moreau <elise.moreau@exemple.fr>, le " in page.text
    for name in sent:
        mail = visitor.page(f"{BASE}/{name}")
        assert "En texte seul" in mail.text
        assert mail.one("iframe").get("src") == f"{BASE}/{name}/html"
        inside = [link for link in mail.links if link.startswith("/espace/experimentations/")]
        assert inside, "its links lead to the file"


def test_the_html_of_a_mail_does_nothing_in_its_frame(visitor: Visitor, sent: list[str]) -> None:
    answer = visitor.client.get(f"{BASE}/{sent[0]}/html")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
    )
    assert "frame-src 'self'" in visitor.get(f"{BASE}/{sent[0]}").headers["Content-Security-Policy"]
    assert "frame-src" not in visitor.get(BASE).headers["Content-Security-Policy"]


def test_a_mail_and_its_dates_are_downloaded_as_they_left(visitor: Visitor, sent: list[str], folder: Path) -> None:
    whole = visitor.get(f"{BASE}/{sent[0]}/courrier.eml")
    assert whole.data == (folder / f"{sent[0]}.eml").read_bytes()
    assert whole.headers["Content-Disposition"] == 'attachment; filename="courrier.eml"'
    dates = [visitor.get(f"{BASE}/{name}/echeances.ics") for name in sent]
    found = [answer for answer in dates if answer.status_code == 200]
    assert found
    assert all(answer.data.startswith(b"BEGIN:VCALENDAR\r\n") for answer in found)


def test_an_empty_folder_says_when_the_first_comes(visitor: Visitor, demonstration: Flask) -> None:
    assert "Le premier arrive moins d’une demi-minute après" in visitor.page(BASE).text


@pytest.mark.only("sqlite")
def test_many_mails_are_paged_the_newest_first(visitor: Visitor, folder: Path) -> None:
    for n in range(501):
        path = folder / f"{n:064x}.eml"
        path.write_bytes(f"Subject: Courriel {n}\r\nTo: awa@exemple.fr\r\n\r\n".encode())
    first = visitor.page(BASE)
    assert "501\u00a0courriels" in first.text
    assert len([link for link in first.links if link.startswith(f"{BASE}/")]) == 50
    last = visitor.page(f"{BASE}?page=11")
    assert len([link for link in last.links if link.startswith(f"{BASE}/")]) == 1
    for odd in ("0", "-1", "12", "9999999999", "deux", "²"):
        visitor.page(f"{BASE}?page={odd}")


@pytest.mark.only("sqlite")  # These are files: the database says nothing of them.
def test_a_broken_file_breaks_no_page(visitor: Visitor, folder: Path) -> None:
    name = "a" * WHOLE
    for content in (
        b"", b"\x00\xff\xfe", b"Subject: =?utf-8?q?=ff?=\r\n\r\n",
        b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe9",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/calendar\r\n\r\n!!!",
        b"To: \r\n <<<\r\nFrom: @\r\n\r\n",
        b"Content-Type: ;;;\r\nSubject: =?x?y?z?=\r\n\r\n", b"\r\n" * 5000,
    ):  # fmt: skip
        (folder / f"{name}.eml").write_bytes(content)
        visitor.page(BASE)
        visitor.page(f"{BASE}/{name}")
        for page in ("html", "echeances.ics"):
            assert visitor.client.get(f"{BASE}/{name}/{page}").status_code in {200, 404}, content
        assert visitor.get(f"{BASE}/{name}/courrier.eml").data == content


@pytest.mark.only("sqlite")
def test_a_file_that_does_not_open_breaks_no_page(visitor: Visitor, folder: Path) -> None:
    name = "a" * WHOLE
    (folder / f"{name}.eml").mkdir()
    visitor.page(BASE)
    visitor.page(f"{BASE}/{name}", 404)


@pytest.mark.only("sqlite")
def test_no_other_file_is_read(visitor: Visitor, folder: Path) -> None:
    (folder / "secret-key.eml").write_text("secret")
    (folder.parent / "secret-key.eml").write_text("secret")
    for name in ("..", "%2e%2e%2fsecret-key", "secret-key", "A" * WHOLE, "a" * 63, "a" * 65, ".eml"):
        for page in ("", "/html", "/courrier.eml", "/echeances.ics"):
            assert visitor.get(f"{BASE}/{name}{page}").status_code in {308, 404}, name


def test_the_strip_of_the_demonstration_leads_to_them(visitor: Visitor, demonstration: Flask) -> None:
    assert BASE in visitor.page("/").links


@pytest.mark.parametrize(
    "other", [{"demo": False}, {"public_url": "https://essais.exemple.fr"}, {"smtp_url": "smtp://smtp.exemple.fr"}]
)
def test_elsewhere_there_is_no_such_page(
    other: dict[str, object], visitor: Visitor, sent: list[str], demonstration: Flask
) -> None:
    if "demo" in other:
        demonstration.jinja_env.globals["demo"] = False
    else:
        demonstration.config["JALON"] = replace(demonstration.config["JALON"], **other)  # type: ignore[arg-type]
    for page in ("", f"/{sent[0]}", f"/{sent[0]}/html", f"/{sent[0]}/courrier.eml", f"/{sent[0]}/echeances.ics"):
        assert visitor.get(BASE + page).status_code == 404
    assert BASE not in visitor.page("/").links
