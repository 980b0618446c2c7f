"""How the list of the register is narrowed: by words, by filters that say how many they keep, by any address at all."""

import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest

from experiments import declared as d
from experiments import lists
from experiments.vocabulary import Status
from tests.pages.conftest import Build
from tests.pages.page import read
from tests.pages.public_side import named, numbers
from tests.pages.visitor import Visitor


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


def test_the_way_to_the_filters_says_to_everybody_what_they_are(make: Build, visitor: Visitor) -> None:
    make(Status.RUNNING)
    make(Status.RUNNING)
    [way] = visitor.page("/").all("a", href="/filtres")
    assert read(way).startswith("Filtrer par commune, ")
    assert not list(way.iter("span"))
