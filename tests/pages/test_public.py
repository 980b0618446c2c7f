"""The public register: what it shows, what it keeps inside, what it costs, and what it answers to anything at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from msgspec.structs import replace
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from app.db import Database
from app.pages import public
from app.templating import date_fr
from experiments import declared as d
from experiments import queries
from experiments import reported as r
from experiments.acts import Reason
from experiments.model import Experiment, WrittenPart
from experiments.vocabulary import PUBLIC, Status
from tests import people
from tests.builders import complete, cross, write
from tests.pages.conftest import Build
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

MARK = "Zéphyrine-7481"
INSIDE = [status for status in Status if status not in PUBLIC]


@contextmanager
def statements(register: Database) -> Iterator[list[str]]:
    """The SQL said meanwhile, without BEGIN."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(register.engine, "before_cursor_execute", note)
    yield said
    event.remove(register.engine, "before_cursor_execute", note)


def numbers(page: Page) -> list[str]:
    """The experiments that a list shows, in order."""
    return [link.rpartition("/")[2] for link in page.links if link.startswith("/experimentations/2")]


def named(**fields: Any) -> dict[type[Any], Any]:
    """A file whose identity says these things."""
    return {d.Identity: replace(complete(date(2026, 1, 5))[d.Identity], **fields)}


def sheet(visitor: Visitor, number: str) -> Page:
    return visitor.page(f"/experimentations/{number}")


# What stays inside ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", INSIDE)
def test_what_is_not_authorised_shows_nowhere(make: Build, visitor: Visitor, status: Status) -> None:
    marked = {"title": MARK, "summary": MARK, "place": MARK, "organisation": MARK, "problem": MARK}
    number = make(status, written=named(**marked))
    visitor.typed = str(status)
    for query in ("", "?statut=all", "?statut=past", f"?statut={status}", f"?q={number}", "?q=Pont"):
        page = visitor.page(f"/{query}")
        assert numbers(page) == []
        assert MARK not in page.html.decode()
    for path in (f"/experimentations/{number}", f"/experimentations/{number}-{MARK.lower()}"):
        assert MARK not in visitor.page(path, 404).html.decode()


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_no_name_and_no_opinion_is_published(make: Build, visitor: Visitor, status: Status) -> None:
    number = make(status)
    for html in (sheet(visitor, number).html.decode(), visitor.page("/?statut=all").html.decode()):
        for family in ("Diallo", "Le Gall", "Martineau", "Roux", "Moreau", "Haddad", "@exemple.fr>"):
            assert family not in html
        for local in ("awa.diallo", "elise.moreau", "claire.martineau"):
            assert local not in html
        assert "Les comptages sont-ils anonymes" not in html
        assert "Aucune donnée personnelle n’est collectée" not in html


def test_the_reason_of_a_suspension_stays_behind_its_commitment(make: Build, visitor: Visitor) -> None:
    def suspend(session: Session, x: Experiment) -> None:
        cross(session, x, "suspend", on=x.starts_on + timedelta(120), answers=Reason(reason=MARK))

    page = sheet(visitor, make(Status.RUNNING, change=suspend))
    assert "Suspendue depuis le" in page.text
    assert MARK not in page.html.decode()


@pytest.mark.parametrize(
    ("status", "unfinished"),
    [
        (Status.AUTHORISED, "Courrier aux riverains et deux permanences"),
        (Status.EVALUATING, "L’ombre a ramené du monde"),
        (Status.DECIDED, "Compter les femmes et les hommes dès le départ"),
    ],
)
def test_what_is_being_written_waits_for_its_gate(
    make: Build, visitor: Visitor, status: Status, unfinished: str
) -> None:
    assert unfinished not in sheet(visitor, make(status)).text


def test_a_request_edited_after_it_was_asked_is_not_shown(make: Build, visitor: Visitor) -> None:
    def edit(session: Session, x: Experiment) -> None:
        write(session, x, r.ExtensionRequest(ends_on=x.ends_on, reason=MARK), on=x.starts_on + timedelta(120))

    assert MARK not in sheet(visitor, make(Status.RUNNING, change=edit)).text


def test_what_somebody_typed_is_never_markup(make: Build, visitor: Visitor) -> None:
    evil = '<script>alert("x")</script>"\'&'
    written = complete(date(2026, 1, 5))
    identity = replace(written[d.Identity], title=evil, summary=evil, place=evil, organisation=evil, mailbox=evil)
    number = make(Status.RUNNING, written={d.Identity: identity})
    for path in ("/", f"/experimentations/{number}", f"/?q={quote(evil)}"):
        assert b"<script>alert" not in visitor.page(path).html


# The list -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?statut=all", "?statut=overdue", "?q=ombre&commune=44143&politique=climat"])
def test_the_list_takes_one_statement(make: Build, visitor: Visitor, register: Database, query: str) -> None:
    for status in (Status.RUNNING, Status.CLOSED, Status.SUSPENDED):
        make(status)
    visitor.page("/")
    with statements(register) as said:
        visitor.page(f"/{query}")
    assert len(said) == 1, said


def test_a_late_experiment_says_its_arithmetic(make: Build, visitor: Visitor, today: date) -> None:
    make(Status.RUNNING, on=today - timedelta(257))  # its year began 120 days before
    text = visitor.page("/").text
    end = date_fr(today - timedelta(257 + 120) + timedelta(364))
    assert f"fin le {end}\u00a0: 13\u00a0jours de retard" in text
    assert "Échue" in text


def test_an_evaluated_experiment_past_its_end_lacks_its_decision(make: Build, visitor: Visitor, today: date) -> None:
    number = make(Status.EVALUATED, on=today - timedelta(60))
    line = read(visitor.page("/").one("li", class_="xrow"))
    assert "26\u00a0jours de retard, sans décision" in line
    assert "Échue" not in line
    assert "Terminée, sans décision" in sheet(visitor, number).text


def test_what_should_have_ended_comes_first_and_what_is_past_last_in_first_out(
    make: Build, visitor: Visitor, today: date
) -> None:
    early, late = make(Status.RUNNING, on=today - timedelta(30)), make(Status.RUNNING)
    old, recent = make(Status.CLOSED, on=today - timedelta(400)), make(Status.CLOSED)
    assert numbers(visitor.page("/")) == [early, late]
    assert numbers(visitor.page("/?statut=past")) == [recent, old]
    assert numbers(visitor.page("/?statut=all"))[-1] == old
    assert len(numbers(visitor.page("/?statut=all"))) == 4


def test_the_filters_narrow_and_stay(make: Build, visitor: Visitor) -> None:
    shade = make(Status.RUNNING)
    bikes = make(Status.SUSPENDED, written=named(title="Vélos à la gare", communes=["44109"], policy="mobilite"))
    assert numbers(visitor.page("/?q=vélos")) == [bikes]
    assert numbers(visitor.page("/?q=VELOS+gare")) == [bikes]
    assert numbers(visitor.page(f"/?q={shade}")) == [shade]
    assert numbers(visitor.page("/?commune=44143")) == [shade]
    assert numbers(visitor.page("/?commune=nantes")) == [bikes]
    assert numbers(visitor.page("/?politique=mobilite")) == [bikes]
    assert numbers(visitor.page("/?statut=suspended")) == [bikes]
    page = visitor.page("/?q=gare&statut=running&commune=44143&politique=climat")
    assert numbers(page) == [shade]
    assert page.one("input", name="q").get("value") == "gare"
    assert [o.get("value") for o in page.tree.iter("option") if o.get("selected") is not None] == [
        "running", "44143", "climat",
    ]  # fmt: skip


def test_a_line_follows_what_the_register_says(make: Build, visitor: Visitor, register: Database, today: date) -> None:
    number = make(Status.RUNNING)
    assert "Suspendue" not in read(visitor.page("/").one("li", class_="xrow"))
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        cross(session, x, "suspend", on=today, by=people.awa(session))
    assert "Suspendue" in read(visitor.page("/").one("li", class_="xrow"))


def test_paging_shows_every_line_once(
    make: Build, visitor: Visitor, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "PAGE", 2)
    made = [make(Status.RUNNING, on=today - timedelta(days)) for days in (0, 0, 0, 3, 3)]
    made += [make(Status.CLOSED, on=today - timedelta(days)) for days in (0, 0, 5)]
    for query, expected in (("/", made[:5]), ("/?statut=past", made[5:]), ("/?statut=all&q=ombre", made)):
        seen, path = [], query
        while path:
            page = visitor.page(path)
            seen += numbers(page)
            [following] = [a.get("href", "") for a in page.all("a", rel="next")] or [""]
            assert ("Revenir au début" in page.text) == ("page=" in path)
            path = following
        assert sorted(seen) == sorted(expected)


def test_an_empty_register_says_when_something_will_come(visitor: Visitor) -> None:
    page = visitor.page("/")
    assert "Rien n’est en cours" in page.text
    assert "/?statut=past" in page.links


def test_no_result_is_never_a_dead_end(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    page = visitor.page("/?q=introuvable&commune=44109&politique=eau")
    assert "Aucune expérimentation publiée pour «\u00a0introuvable\u00a0», Nantes, Eau et assainissement." in page.text
    assert "/?q=introuvable&politique=eau" in page.links
    assert "/?commune=44109&politique=eau" in page.links
    assert "/" in page.links


def test_a_filter_that_does_not_exist_is_said_and_set_aside(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    visitor.typed = "draft"
    page = visitor.page("/?commune=99999&statut=draft&politique=astrologie")
    assert numbers(page) == [number]
    for name in ("99999", "draft", "astrologie"):
        assert f"«\u00a0{name}\u00a0» n’est pas un" in page.html.decode()


HOSTILE = [
    "\0", "a\0b", "%", "_", "%%%", "'", '"', "' OR 1=1 --", "<b>", "\\", "/", ";", "\ud7ff", "é" * 400, "x" * 1_000_000,
    "٣", "2026-02-30~1", "2026-06-30~", "2026-06-30~99999999999999999999", "0000-00-00~0", "~", "-1", "{}", "{0}",
]  # fmt: skip


@pytest.mark.parametrize("name", ["q", "statut", "commune", "politique", "page", "inconnu"])
def test_any_address_is_answered(make: Build, visitor: Visitor, name: str) -> None:
    make(Status.RUNNING)
    for value in HOSTILE:
        visitor.typed = value[:300]
        html = visitor.page("/?" + urlencode({name: value})).html
        assert b"<b>" not in html.split(b"<main", 1)[1] or name != "q" or value != "<b>"
    visitor.page(f"/?{name}=%ff%fe&{name}=%ed%a0%80")


def test_a_wildcard_finds_nothing_by_itself(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    assert numbers(visitor.page("/?q=zz%25zz")) == []
    page = visitor.page("/?q=%25_%25")
    assert "ne contient aucun mot" in page.text
    assert len(numbers(page)) == 1


# The page of one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_a_page_of_six_statements_at_most(make: Build, visitor: Visitor, register: Database, status: Status) -> None:
    number = make(status)
    with statements(register) as said:
        page = sheet(visitor, number)
    assert len(said) <= 6, said
    assert page.h1 == "Îlots d’ombre démontables à Pont-Rousseau"


def test_somebody_signed_in_costs_one_statement_more(make: Build, awa: Visitor, register: Database) -> None:
    number = make(Status.CLOSED)
    with statements(register) as said:
        sheet(awa, number)
    assert len(said) <= 6, said


def test_the_address_is_permanent_with_or_without_words(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    for path in (number, f"{number}-ilots-d-ombre", f"{number}-autre-chose", f"{number}-"):
        page = sheet(visitor, path)
        assert page.one("link", rel="canonical").get("href", "").endswith(f"/experimentations/{number}")
    visitor.page("/experimentations/2026-999999", 404)
    visitor.page("/experimentations/٢٠٢٦-٠٠١", 404)


def test_the_page_says_the_essential_first(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    text = sheet(visitor, number).text
    for words in (
        "Trois ombrières et six bancs sont posés", "Rezé · Parvis de la gare", "4\u202f000\u00a0personnes au plus",
        "il reste 244\u00a0jours", "Bureau métropolitain (vice-présidente au numérique)",
        "Un courriel à la boîte générique", "espaces-publics@exemple.fr", "2026-117-authorise",
        "Emplacement des sondes", "Sécurité publique", "86\u202f000", "tribunal administratif",
    ):  # fmt: skip
        assert words in text, words


def test_what_is_missing_is_a_debt_with_its_date(make: Build, visitor: Visitor, today: date) -> None:
    text = sheet(visitor, make(Status.RUNNING, on=today - timedelta(257))).text
    assert "Ce qui est encore dû" in text
    end = today - timedelta(257 + 120) + timedelta(364)
    assert f"Évaluation, au plus tard le {date_fr(end - timedelta(40))}" in text
    assert "53\u00a0jours de retard" in text
    assert f"Décision, au plus tard le {date_fr(end - timedelta(15))}" in text
    assert "Échue, sans évaluation" in text
    assert text.count("N’est plus en vigueur") == 3


def test_a_suspension_freezes_the_derogations_on_the_page(make: Build, visitor: Visitor) -> None:
    text = sheet(visitor, make(Status.SUSPENDED)).text
    assert text.count("Gelée") == 2
    assert "N’est plus en vigueur" in text  # the purchase, which was for thirty days


def test_a_gap_between_verdict_promise_and_decision_shows_its_reasons(make: Build, visitor: Visitor) -> None:
    number = make(Status.EVALUATED, change=lambda session, x: cross(session, x, "decide-abandon", on=_later(x)))
    text = sheet(visitor, number).text
    for words in ("Hypothèse confirmée", "Généraliser", "Abandon", "La décision s’écarte", "Le plan de plantation"):
        assert words in text


def _later(x: Experiment) -> date:
    assert x.starts_on
    return x.starts_on + timedelta(330)


def test_an_extension_says_its_act_and_its_reason(make: Build, visitor: Visitor) -> None:
    def extend(session: Session, x: Experiment) -> None:
        assert x.starts_on
        cross(session, x, "extend", on=x.starts_on + timedelta(120))

    text = sheet(visitor, make(Status.RUNNING, change=extend)).text
    assert "Prolongée une fois" in text
    assert "Mesurer un second mois de juin" in text
    assert "2026-117-extend" in text


def test_a_closed_experiment_keeps_its_lessons_and_the_fate_of_its_derogations(make: Build, visitor: Visitor) -> None:
    text = sheet(visitor, make(Status.CLOSED)).text
    assert "Compter les femmes et les hommes dès le départ" in text
    assert "Rendue permanente" in text
    assert "Délibération 2027-018" in text
    assert text.count("au plus tard le") == 1
    assert "Suivi à douze mois, au plus tard le" in text


def test_the_fingerprint_of_what_was_frozen_is_compared(make: Build, visitor: Visitor, register: Database) -> None:
    number = make(Status.RUNNING)
    assert "porte la même empreinte" in sheet(visitor, number).text
    with register.changing() as session:
        session.execute(
            update(WrittenPart)
            .where(WrittenPart.slug == "derogations")
            .values(text='{"none":true,"none_reason":"Rien."}')
        )
    assert "n’a plus cette empreinte" in sheet(visitor, number).text


def test_nothing_empty_is_shown(make: Build, visitor: Visitor) -> None:
    written = {
        d.Publication: d.Publication(plain="Rien ne change."),
        d.Derogations: d.Derogations(none=True, none_reason="Tout se fait dans le droit commun."),
    }
    page = sheet(visitor, make(Status.AUTHORISED, written=written))
    assert "Aucune dérogation" in page.text
    for title in ("Ce qui n’est pas publié", "Ce qu’on en a appris", "Un an après", "Prolongation", "non renseigné"):
        assert title not in page.text
