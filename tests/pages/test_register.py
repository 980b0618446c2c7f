"""The list of the register: in which order, page by page, as a chart or as a map, and what it costs."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.pages import home
from experiments import declared as d
from experiments import lists, publishing, queries
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests.builders import cross, write
from tests.domain.copies import copies
from tests.ecoindex import grade
from tests.pages.conftest import Build
from tests.pages.page import read
from tests.pages.public_side import numbers, statements
from tests.pages.visitor import Visitor


@pytest.mark.parametrize("query", ["", "?statut=all", "?statut=overdue", "?q=ombre&commune=44143&politique=climat"])
def test_a_list_asks_little_and_nothing_but_the_version_when_it_has_not_changed(
    make: Build, visitor: Visitor, register: Database, query: str
) -> None:
    for status in (Status.RUNNING, Status.CLOSED, Status.SUSPENDED):
        make(status)
    with statements(register) as said:
        visitor.page(f"/{query}")
    assert len(said) <= 5, said
    with statements(register) as said:
        visitor.page(f"/{query}")
    assert len(said) == 1, said


def test_what_should_have_ended_comes_first_and_what_is_past_last_in_first_out(
    make: Build, visitor: Visitor, today: date
) -> None:
    early, late = make(Status.RUNNING, on=today - timedelta(30)), make(Status.RUNNING)
    old, recent = make(Status.CLOSED, on=today - timedelta(400)), make(Status.CLOSED)
    assert numbers(visitor.page("/")) == [early, late]
    assert numbers(visitor.page("/?statut=past")) == [recent, old]
    assert numbers(visitor.page("/?statut=all"))[-1] == old
    assert len(numbers(visitor.page("/?statut=all"))) == 4


@pytest.mark.parametrize("most", [2, 500])
def test_paging_shows_every_line_once(
    make: Build, visitor: Visitor, today: date, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    made = [make(Status.RUNNING, on=today - timedelta(days)) for days in (0, 0, 0, 3, 3)]
    made += [make(Status.CLOSED, on=today - timedelta(days)) for days in (0, 0, 5)]
    monkeypatch.setattr(home, "PAGE", 2)
    monkeypatch.setattr(lists, "MOST", most)
    monkeypatch.setattr(lists, "CROSSED", most)
    for query, expected in (
        ("/", made[:5]),
        ("/?statut=past", made[5:]),
        ("/?statut=all&q=ombre", made),
        ("/?statut=all", made),
    ):
        assert sorted(_all_pages(visitor, query)) == sorted(expected), query


@pytest.mark.parametrize("most", [1, 500])
def test_the_refused_that_had_no_dates_any_more_are_paged_with_the_others(
    make: Build, visitor: Visitor, today: date, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whoever carries a file may take its dates away while it is examined, and it may then be refused."""

    def refuse(session: Session, x: Experiment) -> None:
        write(session, x, d.Duration(), on=today)
        cross(session, x, "refuse", on=today)

    made = [make(Status.SUBMITTED, change=refuse) for _ in range(3)]
    monkeypatch.setattr(home, "PAGE", 1)
    monkeypatch.setattr(lists, "MOST", most)
    assert _all_pages(visitor, "/?statut=refused") == made[::-1]


@pytest.mark.parametrize("most", [2, 500])
def test_what_is_overdue_is_paged_the_longest_since_first_however_much(
    make: Build, visitor: Visitor, today: date, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    made = [make(Status.EVALUATING, on=today - timedelta(days)) for days in (200, 300, 100, 400)]
    make(Status.EVALUATED, on=today - timedelta(300))
    monkeypatch.setattr(home, "PAGE", 2)
    monkeypatch.setattr(lists, "MOST", most)
    monkeypatch.setattr(lists, "CROSSED", most)
    assert _all_pages(visitor, "/?statut=overdue") == [made[3], made[1], made[0], made[2]]


def _all_pages(visitor: Visitor, path: str) -> list[str]:
    """What a list shows, page after page; no page but the first is without a way back to it."""
    seen = list[str]()
    while path:
        page = visitor.page(path)
        seen += numbers(page)
        assert ("Revenir au début" in page.text) == ("page=" in path)
        [path] = [a.get("href", "") for a in page.all("a", rel="next")] or [""]
    return seen


def test_an_empty_register_says_when_something_will_come(visitor: Visitor) -> None:
    page = visitor.page("/")
    assert "Rien n’est en cours" in page.text
    assert "/?statut=past" in page.links


def test_the_same_list_as_a_chart_and_as_a_map(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    make(Status.CLOSED)
    chart = visitor.page("/?vue=frise")
    assert numbers(chart) == [number]
    assert "Le trait vertical est aujourd’hui" in chart.text
    tiles = visitor.page("/?vue=carte")
    assert [read(a) for a in tiles.all("a", href="/?commune=44143")][-1].startswith("Rezé 1")
    assert "Mauves-sur-Loire" in tiles.text
    assert "viennent en premier" not in tiles.text, "a map has no first"
    # On a small screen they are a list: by name.
    names = [read(li) for li in tiles.one("ol", class_="tiles").iter("li")]
    assert names[0].startswith("Basse-Goulaine")
    assert names[-1].startswith("Vertou")
    assert numbers(visitor.page("/?vue=frise&q=introuvable")) == []


def test_a_commune_where_nothing_is_tried_now_leads_to_what_was(make: Build, visitor: Visitor) -> None:
    closed = make(Status.CLOSED)
    make(Status.REFUSED)
    tiles = visitor.page("/?vue=carte")
    [reze] = list(tiles.one("ol", class_="tiles").iter("a"))
    assert read(reze) == "Rezé 0 (1\u00a0passée)"
    assert numbers(visitor.page(reze.get("href", ""))) == [closed], "what was refused never was"
    assert "passée)" not in visitor.page("/?vue=carte&statut=all").text


def test_an_unknown_way_to_look_at_the_list_is_said(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    said = visitor.page("/?vue=globe&annee=demain").text.replace("\u00a0", " ")
    assert "« demain » n’est pas une année" in said
    assert "« globe » n’est pas une façon de voir le registre : voici la liste." in said


@pytest.mark.filterwarnings("ignore:Use compute_ecoindex")
def test_a_full_page_is_an_a_of_the_ecoindex_even_when_everything_is_late(
    make: Build, visitor: Visitor, register: Database, today: date
) -> None:
    late = make(Status.RUNNING, on=today - timedelta(300))
    for _ in range(home.RECENT):
        make(Status.CLOSED)
    with register.changing() as session:
        copies(session, queries.file(session, late), home.PAGE)
        publishing.catch_up(session)
    for path in ("/", "/?statut=overdue&annee=2026", "/?vue=frise", "/filtres?statut=all", "/retards"):
        page = visitor.page(path)
        if path == "/":
            assert (len(numbers(page)), "Suivantes" in page.text) == (home.PAGE, True)
        # What an SVG draws counts as one; each as if it weighed and asked for as much as any page may.
        drawn = len({e for svg in page.all("svg") for e in svg.iterdescendants()})
        elements = len(list(page.tree.iter())) - drawn
        assert grade(elements, 50_000, 5) == "A", (path, elements)


def test_the_home_says_what_ends_soon_and_what_was_decided_lately(make: Build, visitor: Visitor) -> None:
    make(Status.EVALUATED)
    decided = make(Status.DECIDED)
    page = visitor.page("/")
    assert "1\u00a0expérimentation, dont 1\u00a0qui finit d’ici trois mois" in page.text
    assert f"/experimentations/{decided}" in page.links
    assert decided not in numbers(page)
    assert "Décidé récemment" not in visitor.page("/?statut=past").text


def test_whoever_has_the_page_is_told_that_it_has_not_changed_until_it_has(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    first = visitor.get("/")
    assert "public" in first.headers["Cache-Control"]
    assert "Cookie" not in first.headers["Vary"]
    assert "Set-Cookie" not in first.headers
    assert visitor.get("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert visitor.get("/?statut=all", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    make(Status.RUNNING)
    again = visitor.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_the_lines_of_a_section_are_titled_under_it(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    make(Status.DECIDED)
    page = visitor.page("/en/")
    [section] = page.all("section", aria_labelledby="recent")
    assert [len(list(section.iter(tag))) for tag in ("h2", "h3")] == [1, 1]
    assert page.text.count("What the teams wrote is left in French") == 1
