"""What is due, as pages: a list, a month, a year, a chart, and the first of it on the desk."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.db import Database
from app.doers import done_by
from app.gantt import FARTHEST, scale_of
from app.pole import draw
from experiments import declared as d
from experiments import queries
from experiments.duties import DUTIES
from experiments.obligations import Rank
from experiments.vocabulary import Role, Status
from tests import people
from tests.builders import cross
from tests.pages.conftest import SignIn
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

DUE = "/espace/echeances"
DAY = date(2026, 3, 2)
Make = Callable[..., str]


@pytest.fixture
def number(make: Make) -> str:
    """A file under way since last autumn, seen on 2 March 2026: its evaluation is due on 22 September."""
    return make(Status.RUNNING, on=DAY)


@pytest.fixture(autouse=True)
def _on_that_day(request: pytest.FixtureRequest) -> object:
    with time_machine.travel(f"{DAY} 09:00 +0100", tick=False) as traveller:
        yield traveller


def plain(page: Page) -> str:
    return page.text.replace("\u00a0", " ").replace("\u202f", " ")


def headings(page: Page) -> list[str]:
    return [read(h).replace("\u00a0", " ") for h in page.all("h2")]


def rows(page: Page) -> list[str]:
    """The deadlines of every month that the page lists."""
    return [read(li) for ol in page.all("ol", class_="agenda-list") for li in ol]


def test_the_list_says_what_to_do_in_which_file_by_when_and_where(claire: Visitor, number: str) -> None:
    page = claire.page(DUE)
    assert headings(page) == ["Septembre 2026"]
    assert "22 septembre 2026" in plain(page)
    assert "dans 204 jours" in plain(page)
    assert f"/espace/experimentations/{number}/evaluation" in page.links
    claire.page(f"/espace/experimentations/{number}/evaluation")


def test_an_evaluator_is_shown_a_day_before_the_field_is_over_and_an_order_after(claire: Visitor, make: Make) -> None:
    make(Status.RUNNING, on=DAY)
    [day] = rows(claire.page(DUE))
    assert "Évaluation" in day
    assert "Verser" not in day
    make(Status.EVALUATING, on=DAY)
    assert sum("Verser l’évaluation" in row for row in rows(claire.page(DUE))) == 1


@pytest.mark.parametrize(
    ("day", "heading", "said"),
    [
        ("2026-09-21", "Septembre 2026", "demain"),
        ("2026-09-22", "Septembre 2026", "aujourd’hui"),
        ("2026-09-23", "En retard", "1 jour de retard"),
        ("2026-10-02", "En retard", "10 jours de retard"),
    ],
)
def test_what_is_late_says_so_with_the_arithmetic(
    signed_in: SignIn, number: str, day: str, heading: str, said: str
) -> None:
    with time_machine.travel(f"{day} 09:00 +0200", tick=False):
        page = signed_in(people.claire).page(DUE)
    assert headings(page) == [heading]
    assert f"22 septembre 2026 {said}" in plain(page)


def test_what_is_late_comes_first(signed_in: SignIn, number: str) -> None:
    with time_machine.travel("2026-10-02 09:00 +0200", tick=False):
        assert headings(signed_in(people.awa).page(DUE)) == ["En retard", "Novembre 2026"]


@pytest.mark.parametrize(("span", "shown"), [("30", []), ("90", ["Mai 2026"]), ("toujours", None), ("", None)])
def test_the_list_is_narrowed_to_the_days_ahead(awa: Visitor, number: str, span: str, shown: list[str] | None) -> None:
    page = awa.page(f"{DUE}?dans={span}")
    assert headings(page) == (["Mai 2026", "Septembre 2026", "Novembre 2026"] if shown is None else shown)
    if not headings(page):
        assert "Rien n’est dû d’ici 30 jours" in plain(page)


def test_nobody_is_told_of_what_does_not_concern_them(gaelle: Visitor, ines: Visitor, number: str) -> None:
    for visitor in (gaelle, ines):
        for page in (DUE, f"{DUE}/mois/2026-09", f"{DUE}/annee/2026", "/espace"):
            assert "Verser l’évaluation" not in visitor.page(page).text
        assert "Aucune échéance ne vous concerne" in visitor.page(DUE).text


def test_a_long_list_is_read_page_after_page(elise: Visitor, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [make(Status.RUNNING, on=DAY) for _ in range(3)]
    monkeypatch.setattr("experiments.appointments.PAGE", 2)
    first = elise.page(DUE)
    [following] = [url for url in first.links if "page=" in url]
    second = elise.page(following)
    seen = [n for page in (first, second) for n in numbers if n in " ".join(rows(page))]
    assert sorted(seen) == numbers
    assert DUE in second.links
    assert elise.page(f"{DUE}?page=n-importe-quoi").text == first.text


def test_a_month_is_a_table_whose_weeks_begin_on_monday(awa: Visitor, number: str) -> None:
    page = awa.page(f"{DUE}/mois/2026-11")
    table = page.one("table")
    caption, heads = read(table.find("caption")), [read(th) for th in table.iter("th")]  # type: ignore[arg-type]
    assert "novembre 2026" in caption
    assert (heads[0], heads[6], len(heads)) == ("Lundi", "Dimanche", 7)
    assert {th.get("scope") for th in table.iter("th")} == {"col"}
    first = page.by_id("j1")
    # 1 November 2026 is a Sunday, and a holiday; the end of the file and of two derogations.
    assert "Toussaint" in read(first)
    assert "Fin ferme" in read(first)
    assert f"/espace/experimentations/{number}/etapes" in [a.get("href") for a in first.iter("a")]
    assert "Armistice" in read(page.by_id("j11"))
    assert f"{DUE}/mois/2026-10" in page.links
    assert f"{DUE}/mois/2026-12" in page.links


def test_today_is_marked_in_words_in_its_month_only(awa: Visitor, number: str) -> None:
    assert "aujourd’hui" in read(awa.page(f"{DUE}/mois/2026-03").by_id("j2"))
    assert "aujourd’hui" not in awa.page(f"{DUE}/mois/2026-04").text


def test_a_day_that_is_full_says_how_many_more_and_where(elise: Visitor, make: Make) -> None:
    for _ in range(6):
        make(Status.RUNNING, on=DAY)
    full = elise.page(f"{DUE}/mois/2026-10").by_id("j17")
    assert "et 2 autres" in read(full).replace("\u00a0", " ")
    [more] = [str(a.get("href")) for a in full.iter("a") if "autres" in read(a)]
    assert len(rows(elise.page(more))) == 6


def test_a_year_says_how_many_deadlines_each_day_has(awa: Visitor, number: str) -> None:
    page = awa.page(f"{DUE}/annee/2026")
    assert len(page.all("table")) == 12
    assert "6 échéances dans l’année" in plain(page)
    [november] = [a for a in page.all("a") if a.get("href") == f"{DUE}/mois/2026-11#j1"]
    assert read(november).replace("\u00a0", " ") == "1 : 3 échéances"
    assert f"{DUE}/annee/2025" in page.links
    assert f"{DUE}/annee/2027" in page.links


def test_a_month_or_a_year_that_cannot_be_is_a_page_that_is_not_found(awa: Visitor) -> None:
    for path in ("mois/2026-13", "mois/2026-00", "mois/2026-1", "mois/1999-12", "mois/2101-01", "mois/demain",
                 "mois/2026-11-02", "mois/٢٠٢٦-11", "annee/1999", "annee/2101", "annee/26", "annee/02026",
                 "annee/deux-mille"):  # fmt: skip
        awa.page(f"{DUE}/{path}", 404)


def test_time_is_walked_as_far_as_it_goes_and_no_further(awa: Visitor) -> None:
    for path, absent in (("mois/2000-01", "mois/1999-12"), ("mois/2100-12", "mois/2101-01"),
                         ("annee/2000", "annee/1999"), ("annee/2100", "annee/2101")):  # fmt: skip
        assert f"{DUE}/{absent}" not in awa.page(f"{DUE}/{path}").links, path


def test_the_chart_draws_every_file_one_follows_and_says_it_in_words(
    awa: Visitor, elise: Visitor, make: Make, number: str
) -> None:
    draft = make(Status.DRAFT, on=DAY, written={d.Duration: d.Duration()})
    over = make(Status.CLOSED, on=DAY)
    page = awa.page(f"{DUE}/frise")
    [chart] = [ol for ol in page.all("ol") if ol.get("class") == "gantt"]
    said = {n: text for li in chart for n in (number, draft, over) if n in (text := read(li).replace("\u00a0", " "))}
    assert "Du 2 novembre 2025 au 1er novembre 2026" in said[number]
    assert "il reste" in said[number]
    assert "Dates non fixées" in said[draft]
    assert over not in said
    assert {svg.get("aria-hidden") for li in chart for svg in li if svg.tag.endswith("svg")} == {"true"}
    # A draft never submitted is nobody's business but its team's.
    deciding = elise.page(f"{DUE}/frise").text
    assert number in deciding
    assert draft not in deciding


def test_the_chart_of_somebody_who_follows_nothing_says_so(ines: Visitor, number: str) -> None:
    assert "Aucun dossier" in ines.page(f"{DUE}/frise").text
    assert "Aucun dossier" in ines.page(f"{DUE}/frise?page=9999").text


def test_the_chart_is_read_page_after_page(awa: Visitor, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {make(Status.RUNNING, on=DAY) for _ in range(3)}
    monkeypatch.setattr("app.pages.agenda.IN_A_CHART", 2)
    first, second = awa.page(f"{DUE}/frise"), awa.page(f"{DUE}/frise?page=2")
    assert f"{DUE}/frise?page=2" in first.links
    assert {n for page in (first, second) for n in numbers if n in page.text} == numbers
    assert awa.page(f"{DUE}/frise?page=-1").text == first.text


def test_lives_stand_on_one_scale_of_whole_months() -> None:
    year = draw(date(2026, 1, 1), date(2026, 12, 31), DAY, whole=True)
    late = draw(date(2024, 1, 1), date(2024, 3, 31), DAY, whole=True)
    scale = scale_of([(date(2026, 1, 1), year), (date(2024, 1, 1), late)], DAY)
    assert (scale.first, scale.last) == (date(2024, 1, 1), date(2027, 2, 1))
    short, long = scale.place(date(2024, 1, 1), late), scale.place(date(2026, 1, 1), year)
    assert short.x == 0
    # What is late goes on to today, on every row alike.
    assert short.x + short.width == pytest.approx(scale.now, abs=0.2)
    assert long.x + long.width == pytest.approx(scale.at(date(2027, 1, 1)), abs=0.02)
    assert [tick.year for tick in scale.ticks if tick.strong] == ["2024", "2025", "2026", "2027"]


def test_one_date_far_away_does_not_squeeze_the_others() -> None:
    long = draw(date(1990, 1, 1), date(2100, 1, 1), DAY, whole=True)
    assert scale_of([(date(1990, 1, 1), long)], DAY).months == 2 * FARTHEST
    assert scale_of([], DAY).months == 1


def test_the_desk_shows_the_next_five_and_leads_to_the_rest(
    awa: Visitor, gaelle: Visitor, make: Make, number: str
) -> None:
    make(Status.RUNNING, on=DAY)
    page = awa.page("/espace")
    assert len(rows(page)) == 5
    assert headings(page)[0] == "Mes échéances"
    assert "en retard" not in page.text
    assert DUE in page.links
    # Nothing to do is not a heading over nothing; the menu still leads there.
    assert "Mes échéances" not in headings(gaelle.page("/espace"))
    assert DUE in gaelle.page("/espace").links


def test_the_desk_shows_each_file_once_and_never_says_that_nothing_waits_above_what_is_late(
    signed_in: SignIn, make: Make, number: str
) -> None:
    make(Status.SUBMITTED, on=DAY)
    with time_machine.travel("2027-01-04 09:00 +0100", tick=False):
        page = signed_in(people.awa).page("/espace")
        files = [read(h) for h in page.all("h3")]
        assert "Ce qui est en retard" in headings(page)
        assert len(files) == 2
        assert "Rien ne vous attend" not in page.text


def test_the_desk_says_first_what_waits_for_me_and_that_something_below_is_late(
    signed_in: SignIn, make: Make, number: str
) -> None:
    make(Status.DRAFT, on=DAY)
    with time_machine.travel("2027-01-04 09:00 +0100", tick=False):
        page = signed_in(people.awa).page("/espace")
        assert headings(page)[:2] == ["Ce qui m’attend", "Mes échéances"]
        assert "Des échéances sont en retard, la plus ancienne de 247 jours" in plain(page)
        assert "247 jours de retard" in rows(page)[0].replace("\u00a0", " ")
        # What is late, and another's to do, is told below; nothing waits for the auditor.
        assert "Une échéance" not in signed_in(people.elise).page("/espace").text


def test_what_another_is_to_do_says_by_whom(awa: Visitor, number: str) -> None:
    assert "à faire par l’évaluateur" in awa.page(DUE).text
    assert {done_by(rule.ranks[0]) for rule in DUTIES.values()} == {
        "à faire par le porteur", "à faire par l’évaluateur", "à faire par la personne consultée",
        "à faire par un valideur",
    }  # fmt: skip
    assert all(done_by(rank) for rank in Rank)
    assert all(done_by(role) for role in Role if role is not Role.NOBODY)
    assert done_by(Role.LEAD | Role.VALIDATOR) == "à faire par le porteur ou le suppléant ou un valideur"


def test_a_page_leads_from_one_view_to_the_others(awa: Visitor) -> None:
    views = {DUE, f"{DUE}/mois/2026-03", f"{DUE}/annee/2026", f"{DUE}/frise"}
    for view in sorted(views):
        assert views <= set(awa.page(view).links)


def test_what_is_done_leaves_the_list_at_once(awa: Visitor, register: Database, number: str) -> None:
    assert "Terminer l’essai" in awa.page(DUE).text

    def finish(session: Session) -> None:
        x = queries.file(session, number, for_change=True)
        assert x
        cross(session, x, "finish", on=DAY)

    with register.changing() as session:
        finish(session)
    assert "Terminer l’essai" not in awa.page(DUE).text


def test_the_desk_draws_a_file_as_it_stands(elise: Visitor, make: Make) -> None:
    """Decided before its firm end, it no longer runs; suspended, its field work is still."""
    decided, suspended = make(Status.DECIDED, on=DAY), make(Status.SUSPENDED, on=DAY)
    desk = elise.page("/espace")
    drawn = [row for row in desk.all("li") if next(row.iter("svg"), None) is not None]
    rows = {number: row for row in drawn for number in (decided, suspended) if number in read(row)}
    poles = {number: [one.get("class") for one in row.iter("svg", "rect")] for number, row in rows.items()}
    assert "pole pole-over" in poles[decided]
    assert "pole pole-running" in poles[suspended]
    assert "pole-frozen" in poles[suspended]
    assert "suspendue depuis le " in plain(elise.page(f"/espace/experimentations/{suspended}"))
