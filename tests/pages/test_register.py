"""The list of the register: what it shows, in which order, how it is narrowed, what it answers to anything."""

import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.pages import home
from app.templating import date_fr
from experiments import declared as d
from experiments import lists, publishing, queries
from experiments import reported as r
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests import people
from tests.builders import complete, cross, write
from tests.domain.copies import copies
from tests.ecoindex import grade
from tests.pages.conftest import Build
from tests.pages.page import Page, read
from tests.pages.public_side import named, statements
from tests.pages.visitor import Visitor


def numbers(page: Page) -> list[str]:
    """The experiments that a list shows, in order."""
    listed = page.html.decode().partition('id="recent"')[0]
    return re.findall(r'href="/experimentations/(\d{4}-\d{3})"', listed)


# The list -------------------------------------------------------------------------------------------------------------


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


def test_a_late_experiment_says_its_arithmetic(make: Build, visitor: Visitor, today: date) -> None:
    make(Status.RUNNING, on=today - timedelta(257))  # its year began 120 days before
    text = visitor.page("/").text
    end = date_fr(today - timedelta(257 + 120) + timedelta(364))
    assert f"fin le {end}\u00a0: 13\u00a0jours de retard" in text
    assert "Échue" in text


def test_an_evaluated_experiment_past_its_end_lacks_its_decision(make: Build, visitor: Visitor, today: date) -> None:
    make(Status.EVALUATED, on=today - timedelta(60))
    line = read(visitor.page("/").one("li", class_="xrow"))
    assert "26\u00a0jours de retard, sans décision" in line
    assert "Échue" not in line


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
    assert numbers(visitor.page(f"/?q={shade}+ombre")) == [shade]
    assert numbers(visitor.page("/?commune=44143")) == [shade]
    assert numbers(visitor.page("/?commune=nantes")) == [bikes]
    assert numbers(visitor.page("/?politique=mobilite")) == [bikes]
    assert numbers(visitor.page("/?statut=suspended")) == [bikes]
    page = visitor.page("/?q=gare&statut=running&commune=44143&politique=climat")
    assert numbers(page) == [shade]
    assert page.one("input", name="q").get("value") == "gare"
    assert [(field.get("name"), field.get("value")) for field in page.all("input", type="hidden")] == [
        ("statut", "running"), ("commune", "44143"), ("politique", "climat"),
    ]  # fmt: skip


def test_a_line_follows_what_the_register_says(make: Build, visitor: Visitor, register: Database, today: date) -> None:
    number = make(Status.RUNNING)
    assert "Suspendue" not in read(visitor.page("/").one("li", class_="xrow"))
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        cross(session, x, "suspend", on=today, by=people.awa(session))
    assert "Suspendue" in read(visitor.page("/").one("li", class_="xrow"))


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


def test_no_result_is_never_a_dead_end(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    page = visitor.page("/?q=introuvable&commune=44109&politique=eau")
    assert "Aucune expérimentation publiée pour «\u00a0introuvable\u00a0», Nantes, Eau et assainissement." in page.text
    assert "/?q=introuvable&politique=eau" in page.links
    assert "/?commune=44109&politique=eau" in page.links
    assert "/" in page.links


def test_what_is_not_tried_now_and_was_once_is_not_said_to_have_never_been(make: Build, visitor: Visitor) -> None:
    make(Status.CLOSED)
    page = visitor.page("/?commune=44143")
    assert "Aucune expérimentation en ce moment pour Rezé." in page.text
    assert "Passées (1)" in [read(li) for li in page.one("main").iter("li")]
    assert page.links.count("/?statut=past&commune=44143") == 2
    assert "Aucune expérimentation publiée pour" in visitor.page("/?commune=44109").text


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


def test_a_search_forgives_accents_and_forms(make: Build, visitor: Visitor) -> None:
    bikes = make(Status.RUNNING, written=named(title="Vélos-cargos prêtés aux écoles d’Orvault", communes=["44114"]))
    make(Status.RUNNING)
    for text in ("vélo", "VELO", "velos cargo", "école", "ecoles", "prêté", "orvault prêter", "l’école"):
        found = numbers(visitor.page("/?" + urlencode({"q": text})))
        assert found == [bikes], text


def test_a_search_of_which_nothing_bears_all_the_words_shows_what_bears_one(make: Build, visitor: Visitor) -> None:
    net = make(Status.RUNNING, written=named(title="Internet solidaire"))
    make(Status.RUNNING)
    for path in ("/?q=internet+pas+cher", "/?q=internet+pas+cher&vue=frise"):
        page = visitor.page(path)
        assert numbers(page) == [net]
        assert "Aucune ne porte tous ces mots" in page.text
    assert "Aucune ne porte tous ces mots" not in visitor.page("/?q=internet+solidaire").text
    assert numbers(visitor.page("/?q=introuvable+pas")) == [], "short words would find everything"
    assert "1\u00a0expérimentation" in visitor.page("/filtres?q=internet+pas+cher").text


def test_a_number_leads_to_its_page(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    hidden = make(Status.SUBMITTED)
    for prefix in ("", "/en"):
        answer = visitor.get(f"{prefix}/?q={number}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{prefix}/experimentations/{number}")
    assert "Rien ne correspond" in visitor.page(f"/?q={hidden}").text, "what is not public is not there"


def test_a_list_can_be_narrowed_to_what_sets_some_rule_aside(make: Build, visitor: Visitor) -> None:
    number = make(Status.RUNNING)
    make(Status.REFUSED)
    none = d.Derogations(none=True, none_reason="L’offre relève du droit commun.")
    free = make(Status.RUNNING, written={d.Derogations: none})
    assert numbers(visitor.page("/?statut=all&derogation=some")) == [number], "a refused one has set nothing aside"
    assert numbers(visitor.page("/?statut=all&derogation=none")) == [free]
    assert "Au moins une règle écartée (1)" in visitor.page("/filtres?statut=all").text


def test_what_is_over_says_how_it_ended(make: Build, visitor: Visitor) -> None:
    make(Status.CLOSED)
    for view in ("", "&vue=frise"):
        assert "Close\u00a0: généralisation" in visitor.page(f"/?statut=past{view}").text
    assert "Closed: roll-out" in visitor.page("/en/?statut=past").text
    make(Status.REFUSED)
    refused = visitor.page("/?statut=refused")
    assert read(refused.one("span", class_="status status-refused")) == "Refusée"
    assert "Chaque expérimentation a une fin ferme" not in refused.text


def stop(session: Session, x: Experiment) -> None:
    cross(session, x, "stop", on=clock.today())


def stop_then_abandon(session: Session, x: Experiment) -> None:
    stop(session, x)
    write(session, x, complete(clock.today())[r.Evaluation], on=clock.today())
    for gate in ("evaluate", "decide-abandon"):
        cross(session, x, gate, on=clock.today())


def test_what_was_stopped_once_its_term_was_past_is_not_said_to_be_stopped_before_it(
    make: Build, visitor: Visitor, today: date
) -> None:
    number = make(Status.RUNNING, on=today - timedelta(300), change=stop)
    sheet = visitor.page(f"/experimentations/{number}").text
    assert f"Arrêtée après son terme, le {date_fr(today)}" in sheet
    assert f"essai arrêté le {date_fr(today)}, après son terme" in sheet
    assert "Stopped after its term, on " in visitor.page(f"/en/experimentations/{number}").text
    make(Status.RUNNING, on=today - timedelta(300), change=stop_then_abandon)
    [said] = [read(p) for p in visitor.page("/?statut=past").all("p", class_="dates")]
    assert said.startswith("Arrêtée après son terme")
    report = visitor.page(f"/bilan/{today.year}").text
    assert "Deux expérimentations ont été arrêtées après leur terme.".replace(" ", "\u00a0", 1) in report
    assert f"arrêtée le {date_fr(today)}, après son terme" in report
    assert "avant son terme" not in report
    assert "avant leur terme" not in report


def test_what_never_began_is_not_said_to_have_begun_though_its_term_is_past(
    make: Build, visitor: Visitor, today: date
) -> None:
    number = make(Status.AUTHORISED, on=today - timedelta(500))
    [said] = [read(p) for p in visitor.page("/").all("p", class_="dates")]
    assert said.startswith(f"Jamais lancée\u202f; début prévu le {date_fr(today - timedelta(500))}")
    sheet = visitor.page(f"/experimentations/{number}").text
    assert "il reste à l’arrêter, puis à évaluer et à décider" in sheet
    assert "Deux suites sont possibles" not in sheet
    assert "terminée depuis" not in sheet


def test_what_is_past_says_when_its_trial_really_ended_and_when_it_was_decided(
    make: Build, visitor: Visitor, today: date
) -> None:
    """Its dates were a plan: they do not pass for what happened."""
    last = date_fr(today)
    make(Status.RUNNING, change=stop)
    [said] = [read(p) for p in visitor.page("/").all("p", class_="dates")]
    assert said.startswith("Arrêtée avant son terme : essai du ".replace(" :", "\u00a0:"))
    assert f" au {last}\u202f; fin ferme le " in said
    make(Status.RUNNING, change=stop_then_abandon)
    page = visitor.page("/?statut=past")
    [said] = [read(p) for p in page.all("p", class_="dates")]
    assert said.endswith(f" au {last}\u202f; décision le {last}")
    assert "Décidée\u00a0: abandon" in page.text
    [line] = [read(li) for li in visitor.page("/?statut=past&vue=frise").one("ol", class_="gantt").iter("li")]
    assert f"essai arrêté le {last}, avant son terme\u202f; décision prise le {last}, " in line
    make(Status.CLOSED)
    [said] = [read(p) for p in visitor.page("/?statut=closed").all("p", class_="dates")]
    assert said.startswith("Essai du ")
    assert "Tried from " in visitor.page("/en/?statut=closed").text


def test_each_filter_is_a_link_with_how_many_it_keeps(make: Build, visitor: Visitor, today: date) -> None:
    make(Status.RUNNING)
    make(Status.RUNNING, written=named(organisation="Ville de Rezé", communes=["44109", "44143"], policy="eau"))
    make(Status.CLOSED)
    page = visitor.page("/filtres?statut=all")
    tallies = visitor.page("/?statut=all")
    for link, count in {
        "/": 2, "/?statut=past": 1, "/?statut=running": 2, "/?statut=all&commune=44143": 3,
        "/?statut=all&commune=44109": 1, "/?statut=all&politique=eau": 1,
        "/?statut=all&organisme=Ville+de+Rez%C3%A9": 1, f"/?statut=all&annee={today.year}": 3,
        "/?statut=all&suite=generalisation": 1,
    }.items():  # fmt: skip
        said = [read(a) for one in (page, tallies) for a in one.all("a", href=link)]
        assert any(text.rstrip(")").endswith((f" {count}", f"({count}")) for text in said), (link, said)
        assert len(numbers(visitor.page(link))) == count, link


def test_choosing_another_of_the_same_kind_keeps_as_many_as_it_says(make: Build, visitor: Visitor, today: date) -> None:
    """It takes the place of what was chosen: it is counted without it, in the list of filters and on the map."""
    for where, policy in ((["44109", "44143"], "eau"), (["44143"], "sante"), (["44190"], "eau")):
        make(Status.RUNNING, written=named(communes=where, policy=policy))
    told = {}
    for query in ("commune=44109", "commune=44109&politique=eau", f"politique=eau&annee={today.year}"):
        for section in visitor.page(f"/filtres?{query}").all("section", class_="facet"):
            for link in section.iter("a"):
                if link.get("aria-current"):
                    continue  # It is taken off.
                said = re.search(r"^(.+) \((\d+)\)$", read(link))
                assert said
                told[said[1], link.get("href")] = (query, int(said[2]))
    assert ("Rezé", "/?commune=44143") in told
    assert {name for name, _url in told} >= {"Nantes", "Santé"}
    for (name, url), (query, count) in told.items():
        assert len(numbers(visitor.page(str(url)))) == count, (query, name, url)
    [reze] = [a for a in visitor.page("/?vue=carte&commune=44109").all("a") if read(a).startswith("Rezé")]
    assert read(reze) == "Rezé 2 expérimentations"


def test_a_filter_leads_back_to_the_list_as_it_was_looked_at(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    make(Status.RUNNING, written=named(policy="eau"))
    here = "?q=ombre&statut=all&vue=frise"
    assert f"/filtres{here}" in visitor.page(f"/{here}").links
    page = visitor.page(f"/filtres{here}")
    assert "Toutes\u00a0: 2\u00a0expérimentations" in page.text
    assert f"/{here}" in page.links, "nothing is changed by looking"
    assert "/?q=ombre&statut=all&politique=eau&vue=frise" in page.links
    page = visitor.page("/filtres?statut=all&politique=eau")
    [chosen] = [a for a in page.all("a", aria_current="true") if "Eau" in read(a)]
    assert (read(chosen), chosen.get("href")) == ("Eau et assainissement (1)", "/?statut=all"), "chosen again, it goes"
    page = visitor.page("/filtres?politique=nulle")
    assert "n’est pas une politique publique du registre" in page.text


def test_where_no_filter_would_tell_apart_it_is_said(make: Build, visitor: Visitor) -> None:
    assert "Aucun filtre ne raccourcirait" in visitor.page("/filtres").text
    make(Status.RUNNING)
    assert "Aucun filtre ne raccourcirait" in visitor.page("/filtres").text
    assert "/filtres" not in visitor.page("/").links
    assert "/en/filtres?annee=2020" in visitor.page("/en/?annee=2020").links, "what narrows it can be taken off"


def test_a_list_too_long_to_count_shows_the_newest_and_says_so(
    make: Build, visitor: Visitor, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make(Status.RUNNING, on=today - timedelta(days)) for days in (0, 9, 3)]
    monkeypatch.setattr(lists, "MOST", 2)
    monkeypatch.setattr(lists, "CROSSED", 2)
    page = visitor.page("/")
    assert "3 expérimentations" in page.text.replace("\u00a0", " "), "of everything, the counts are kept"
    assert numbers(page) == [made[1], made[2], made[0]], "by firm end, however many"
    assert "Toutes 3" in {read(a) for a in page.all("a")}
    make(Status.CLOSED)
    every = visitor.page("/filtres?statut=all")
    assert {"En cours (3)", "Close (1)"} <= {read(a) for a in every.all("a")}
    assert "Compté sur les plus récentes." not in every.text
    alone = visitor.page("/?commune=44143")
    assert "3 expérimentations" in alone.text.replace("\u00a0", " "), "and of what one filter keeps"
    assert "Passées 1" in {read(a) for a in alone.all("a")}
    assert "Il y en a trop" not in visitor.page("/?commune=44143&vue=carte").text, "a map sorts nothing"
    narrowed = visitor.page("/?commune=44143&q=ombre")
    assert "Plus de 2 expérimentations" in narrowed.text
    assert numbers(narrowed) == numbers(alone) == [made[2], made[1], made[0]], "the newest first"
    assert "Passées" in {read(a) for a in narrowed.all("a")}, "offered, and not counted"
    narrower = visitor.page("/filtres?commune=44143")
    assert {"En cours", "Suspendue", "Close"} <= {read(a) for a in narrower.all("a")}
    assert "Compté sur les plus récentes." in narrower.text
    assert "Il y en a trop pour les ranger par date de fin" in narrowed.text
    assert "Les plus récentes viennent en premier." in narrowed.text
    assert "Il y en a trop" not in page.text
    assert "qui fini" not in page.text
    soon = make(Status.RUNNING, on=today - timedelta(220))
    page = visitor.page("/")
    assert "4\u00a0expérimentations, dont 1\u00a0qui finit d’ici trois mois" in page.text
    assert numbers(page)[0] == soon
    for days in (221, 222):
        make(Status.RUNNING, on=today - timedelta(days))
    assert "qui fini" not in visitor.page("/").text, "others may, behind those that are counted"


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


def test_the_way_to_the_filters_says_to_everybody_what_they_are(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    make(Status.RUNNING)
    [way] = visitor.page("/").all("a", href="/filtres")
    assert read(way).startswith("Filtrer par commune, ")
    assert not list(way.iter("span"))


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


def test_a_refused_proposal_is_not_said_to_begin_nor_to_have_ended(make: Build, visitor: Visitor, today: date) -> None:
    for ago in (0, 900):
        # Its window is ahead, then long past: it was never opened.
        make(Status.REFUSED, on=today - timedelta(ago))
    for view in ("", "&vue=frise"):
        said = visitor.page(f"/?statut=refused{view}").text
        assert not any(words in said for words in ("commence dans", "il reste", "achevée le", "de retard"))
    assert said.count("rien n’a été essayé") == 2
    rows = [read(p) for p in visitor.page("/?statut=refused").all("p", class_="dates")]
    assert all(row.startswith("Refusée le ") and "\u202f; dates demandées\u00a0: du " in row for row in rows)
    assert "nothing was tried" in visitor.page("/en/?statut=refused&vue=frise").text


def test_a_life_that_the_chart_does_not_reach_is_said_to_be_before_it(
    make: Build, visitor: Visitor, today: date
) -> None:
    make(Status.CLOSED, on=today - timedelta(365 * 6))
    make(Status.RUNNING)
    chart = visitor.page("/?vue=frise&statut=all")
    assert chart.html.decode().count("← plus tôt") == 1


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


def test_the_chart_leaves_no_days_to_a_field_that_is_over(make: Build, visitor: Visitor) -> None:
    for status, rest in ((Status.EVALUATING, "reste à évaluer, puis à décider"), (Status.EVALUATED, "reste à décider")):
        make(status)
        [line] = [read(li) for li in visitor.page(f"/?vue=frise&statut={status}").all("li") if "\u202f; " in read(li)]
        assert line.endswith(f"{rest}.")
        assert "il reste" not in line


def test_the_chart_is_english_in_english(make: Build, visitor: Visitor) -> None:
    for status in (Status.RUNNING, Status.SUSPENDED, Status.EVALUATED):
        make(status)
    page = visitor.page("/en/?vue=frise&statut=all")
    said = [read(li).replace("\u00a0", " ") for li in page.one("ol", class_="gantt").iter("li")]
    assert [line.endswith(("days left.", "; to be decided.")) for line in said] == [True] * 3, said
    months = {(one.text or "").strip() for one in page.all("text") if "gantt-month" in one.get("class", "")}
    assert "Jan" in months
    assert not any(month.endswith(".") for month in months)


def test_the_lines_of_a_section_are_titled_under_it(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    make(Status.DECIDED)
    page = visitor.page("/en/")
    [section] = page.all("section", aria_labelledby="recent")
    assert [len(list(section.iter(tag))) for tag in ("h2", "h3")] == [1, 1]
    assert page.text.count("What the teams wrote is left in French") == 1
