"""Following from the street: by mail, asked for, confirmed and left; by a feed, for programs that watch."""

import re
from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree

from sqlalchemy import delete, func, select, update

from app.db import Database
from app.discreet import discreet
from app.follow_links import box_of, key_of, refusal_key_of
from app.i18n import in_language
from experiments import gazette
from experiments.knocks import CONFIRMATIONS
from experiments.model import Follower, Following, Knock, Mail, Refusal
from experiments.obligations import Occasion
from experiments.vocabulary import Status
from tests.pages.visitor import Visitor

Make = Callable[..., str]
ATOM = "{http://www.w3.org/2005/Atom}"
EMAIL = "jo@exemple.fr"


def count(register: Database, table: type, *conditions: object) -> int:
    with register.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def ask(visitor: Visitor, path: str, email: str = EMAIL, status: int = 303) -> object:
    return visitor.posted(path, visitor.page(path).form(path).filled({"email": email}), status)


def link(visitor: Visitor, register: Database, email: str = EMAIL) -> str:
    """What the mail leads to."""
    with register.reading() as session:
        nonce = session.scalars(select(Follower.nonce).where(Follower.email == email)).one()
    return f"/suivre/{key_of(nonce, visitor.app.config['SECRET_KEY'])}"


def test_an_address_follows_what_it_confirms_and_leaves_one_thing_then_all(
    visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    for path in (f"/experimentations/{number}/suivre", "/suivre"):
        answer = ask(visitor, path)
        assert answer.headers["Location"] == "/suivre/demande"  # type: ignore[attr-defined]
    asked = visitor.page("/suivre/demande").text
    assert "Ouvrez le lien" in asked
    assert "suit déjà" in asked
    assert count(register, Following, Following.confirmed_at.is_not(None)) == 0
    place = link(visitor, register)
    page = visitor.page(place)
    assert "Confirmez votre demande" in page.text
    assert "À confirmer" in page.text
    assert "Toutes les expérimentations" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    # What reads the links of mails before people do confirms nothing.
    assert count(register, Following, Following.confirmed_at.is_not(None)) == 0
    visitor.posted(place, page.form(place).filled())
    assert count(register, Following, Following.confirmed_at.is_not(None)) == 2
    page = visitor.page(place)
    assert "À confirmer" not in page.text
    assert "Ce que vous suivez" in page.text
    one = re.findall(r'name="following" value="(\d+)"', page.html.decode())[0]
    assert visitor.post(f"{place}/arreter", {"following": one}).headers["Location"] == place
    assert count(register, Following) == 1
    # A reader of mails, with one click: neither cookie nor token, and as often as it likes.
    stranger = Visitor(visitor.app)
    for _ in range(2):
        gone = stranger.post(f"{place}/arreter", {"List-Unsubscribe": "One-Click"}, token=False)
        assert gone.status_code == 200
    assert count(register, Follower) == 0
    assert "ne suit plus rien" in visitor.page(place, 410).text
    assert visitor.get(f"{place}/arreter").headers["Location"] == place
    for path in ("/suivre/invente", "/refus/invente"):
        broken = visitor.page(path, 404)
        assert (broken.h1, "Ce lien est incomplet" in broken.text) == ("Ce lien ne mène à rien", True)
    assert visitor.page("/en/suivre/invente", 404).h1 == "This link leads nowhere"
    assert visitor.page("/observations/A1", 404).h1 == "Ce lien ne mène à rien"
    assert visitor.post("/suivre/invente/arreter", {"List-Unsubscribe": "One-Click"}, token=False).status_code == 404


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(
    visitor: Visitor, make: Make, register: Database
) -> None:
    ask(visitor, "/suivre")
    place = link(visitor, register)
    visitor.posted(place, visitor.page(place).form(place).filled())
    known = [visitor.client.post("/suivre", data={"email": e, "csrf_token": visitor.token, "site": ""})
             for e in (EMAIL, "sam@exemple.fr", EMAIL.upper())]  # fmt: skip
    assert len({(a.status_code, a.headers["Location"], a.get_data()) for a in known}) == 1
    assert count(register, Follower) == 2
    for wrong in ("jo chez exemple", "jo@exemple"):
        refused = ask(visitor, "/suivre", wrong, 422)
        assert "incomplète ou mal écrite" in refused.text  # type: ignore[attr-defined]


def test_nobody_fills_the_box_of_somebody_else(visitor: Visitor, make: Make, register: Database) -> None:
    for n in range(CONFIRMATIONS + 1):
        path = f"/experimentations/{make(Status.RUNNING)}/suivre"
        sent = visitor.page(path).form(path).filled({"email": EMAIL})
        answer = visitor.post(path, sent, headers={"X-Forwarded-For": f"203.0.113.{n}"})
        assert answer.status_code == 303
        with register.changing() as session:
            # As if the one before had left.
            session.execute(update(Mail).values(leased_by="x"))
    assert count(register, Mail, Mail.occasion == Occasion.CONFIRMATION) == CONFIRMATIONS


def tomorrow(register: Database) -> None:
    """As if nobody had knocked today."""
    with register.changing() as session:
        session.execute(delete(Knock))


def test_a_box_refuses_for_good_whoever_asks_and_only_its_holder_goes_back_on_it(
    visitor: Visitor, register: Database
) -> None:
    secret = visitor.app.config["SECRET_KEY"]
    for email in (EMAIL, "jo+marche@exemple.fr", "sam@exemple.fr"):
        ask(visitor, "/suivre", email)
    place = f"/refus/{refusal_key_of(EMAIL, secret)}"
    assert place in visitor.page(link(visitor, register)).links
    # What reads the links of mails before people do refuses nothing.
    page = visitor.page(place)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert count(register, Refusal) == 0
    visitor.posted(place, page.form(place).filled())
    with register.reading() as session:
        assert session.scalars(select(Follower.email)).all() == ["sam@exemple.fr"]
        [kept] = session.scalars(select(Refusal))
        # Neither the address, nor what anybody could try addresses against.
        assert kept.box == box_of("Jo+autre@Exemple.fr", secret)
        assert kept.box != box_of(EMAIL, "une autre clé, d’au moins trente-deux signes")
    assert "ne reçoit plus rien" in visitor.page(place).h1
    # Whoever harasses is answered as before, the day after too, and nothing leaves.
    tomorrow(register)
    for email in (EMAIL, "JO+encore@exemple.fr"):
        assert ask(visitor, "/suivre", email).headers["Location"] == "/suivre/demande"  # type: ignore[attr-defined]
    assert count(register, Follower) == 1
    assert count(register, Mail) == 1
    # Refused twice, it is refused once; the link is still good though nobody follows any more.
    visitor.posted(place, visitor.page(place).form().filled(), 303)
    gone = visitor.posted(f"{place}/annuler", visitor.page(place).form().filled())
    assert count(register, Refusal) == 0
    # Whoever goes back on it is told so, and not how to refuse.
    back = visitor.page(gone.headers["Location"])  # type: ignore[attr-defined]
    assert back.h1 == "Ce refus est annulé"
    assert place in back.links
    assert "Refuser pour toujours" in visitor.page(place).text
    tomorrow(register)
    ask(visitor, "/suivre")
    assert count(register, Follower) == 2
    assert "never" in visitor.page(f"/en{place}").h1.lower()


def test_the_links_of_a_mail_keep_its_language_and_no_log_keeps_them(visitor: Visitor, register: Database) -> None:
    ask(visitor, "/en/suivre")
    place, refusal = link(visitor, register), f"/refus/{refusal_key_of(EMAIL, visitor.app.config['SECRET_KEY'])}"
    for path in (place, refusal):
        assert in_language(path, "en") == f"/en{path}"
        assert discreet(f"GET {path} 200") == f"GET /{path.split('/')[1]}/… 200"
        page = visitor.page(f"/en{path}")
        assert page.tree.get("lang") == "en"
        # What it sends stays in English too.
        assert all((form.get("action") or "").startswith("/en/") for form in page.forms())


def test_a_link_to_refuse_is_of_our_making_and_is_no_link_to_follow(visitor: Visitor, register: Database) -> None:
    ask(visitor, "/suivre")
    followed = link(visitor, register).rpartition("/")[2]
    for key in ("invente", followed):
        visitor.page(f"/refus/{key}", 404)
        assert visitor.post(f"/refus/{key}", {}).status_code == 404
        assert visitor.post(f"/refus/{key}/annuler", {}).status_code == 404
    visitor.page(f"/suivre/{refusal_key_of(EMAIL, visitor.app.config['SECRET_KEY'])}", 404)
    assert count(register, Refusal) == 0


def test_only_what_was_authorised_is_followed(visitor: Visitor, make: Make) -> None:
    for status in (Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.WITHDRAWN):
        number = make(status)
        visitor.page(f"/experimentations/{number}/suivre", 404)
        assert visitor.get(f"/experimentations/{number}.atom").status_code == 404


# The feed -------------------------------------------------------------------------------------------------------------


def feed(visitor: Visitor, path: str) -> ElementTree.Element:
    """The feed at this address, with what RFC 4287 asks of every one."""
    answer = visitor.get(path)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.get_data())  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    for of in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            [found] = of.findall(f"{ATOM}{name}")
            assert (found.text or "").strip()
        assert datetime.fromisoformat(of.findtext(f"{ATOM}updated", "")).tzinfo
        assert of.findtext(f"{ATOM}id", "").startswith("http")
        assert len([e for e in of.findall(f"{ATOM}link") if e.get("rel") == "alternate"]) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert [e.get("href") for e in root.findall(f"{ATOM}link") if e.get("rel") == "self"] == [
        visitor.app.config["JALON"].public_url + path
    ]
    ids = [e.text for e in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    days = [e.findtext(f"{ATOM}updated", "") for e in root.findall(f"{ATOM}entry")]
    assert root.findtext(f"{ATOM}updated") == (days or [root.findtext(f"{ATOM}updated")])[0]
    return root


def terms(root: ElementTree.Element) -> list[str]:
    return [e.get("term", "") for e in root.iter(f"{ATOM}category")]


def test_the_feed_tells_the_gates_of_what_is_public_and_nothing_else(visitor: Visitor, make: Make) -> None:
    assert terms(feed(visitor, "/experimentations.atom")) == []
    closed, running = make(Status.CLOSED), make(Status.RUNNING)
    for inside in (Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.WITHDRAWN):
        make(inside)
    whole = feed(visitor, "/experimentations.atom")
    assert terms(whole)[:2] == ["start", "authorise"]
    assert terms(whole)[2:] == ["close", "decide-generalise", "evaluate", "finish", "start", "authorise"]
    assert set(terms(whole)) <= gazette.GATES
    assert "submit" not in gazette.GATES
    assert terms(feed(visitor, f"/experimentations/{running}.atom")) == ["start", "authorise"]
    one = feed(visitor, f"/experimentations/{closed}.atom")
    assert [e.text for e in one.iter(f"{ATOM}id")][1:] == [
        e.findtext(f"{ATOM}id") for e in whole.findall(f"{ATOM}entry") if f"/{closed}#" in e.findtext(f"{ATOM}id", "")
    ]
    assert one.findtext(f"{ATOM}entry/{ATOM}title", "").endswith("\u00a0: close")


def test_a_feed_that_did_not_change_is_not_written_again(visitor: Visitor, make: Make) -> None:
    number = make(Status.RUNNING)
    for path in ("/experimentations.atom", f"/experimentations/{number}.atom"):
        tag = visitor.get(path).headers["ETag"]
        again = visitor.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.get_data()) == (304, b"")
    before = visitor.get("/experimentations.atom").headers["ETag"]
    make(Status.AUTHORISED)
    assert visitor.get("/experimentations.atom", headers={"If-None-Match": before}).status_code == 200
