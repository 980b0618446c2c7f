"""Both databases find the same, which is what the words of each published row say, whatever its filters."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app.db import Database
from experiments import declared as d
from experiments import lists, publications, search, tallies
from experiments.filters import Filters
from experiments.model import Publication
from experiments.vocabulary import UNDER_WAY, UNEVALUATED, Status
from tests.builders import TODAY, an_experiment, complete, cross

GROUPS = {"": UNDER_WAY, "past": {Status.DECIDED, Status.CLOSED}, "refused": {Status.REFUSED}}


def filled(session: Session) -> None:
    """One at each status, in two communes and over several years."""
    for rank, status in enumerate(Status):
        start = TODAY - timedelta(400 * (rank % 3))
        contents = complete(start)
        identity = contents[d.Identity]
        assert isinstance(identity, d.Identity)
        identity.communes = ["44109"] if rank % 2 else ["44143", "44109"]
        an_experiment(session, status, today=start, written={d.Identity: identity})
    session.flush()


def kept(row: Publication, f: Filters, today: date) -> bool:
    """What the filters say, read from one row."""
    words = set(row.facets.split())
    group = f.status if f.status in GROUPS else ""
    stands = {
        "all": row.status in publications.TOLD,
        "overdue": row.status in UNEVALUATED and row.ends_on is not None and row.ends_on < today,
    }.get(f.status, row.status in GROUPS[group] if f.status in GROUPS else row.status == f.status)
    narrow = ((search.COMMUNE, f.commune), (search.YEAR, f.period))
    found = all(some & set(str(row.words).replace("'", "").split()) for some in search.asked(f.text))
    return stands and found and all(not value or search.facet(kind, value) in words for kind, value in narrow)


COMBINATIONS = [
    Filters(status=status, commune=commune, period=period, text=text)
    for status, commune, period, text in product(
        ("", "all", "past", "refused", "overdue", "running"), ("", "44109", "44143"),
        ("", str(TODAY.year), str(TODAY.year - 2)), ("", "ombre", "zzz"),
    )
]  # fmt: skip


def cap(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(lists, "MOST", most)
    monkeypatch.setattr(lists, "CROSSED", most)


def found(public: Connection, f: Filters, today: date = TODAY) -> set[int]:
    """What the pages of a list show, one after the other."""
    kept, after, seen = lists.find(public, f, today), None, list[int]()
    if not kept.capped and not lists.has_shelf(f):
        assert kept.total == len(kept.hits)
        return {hit.id for hit in kept.hits}
    while page := lists.page(public, f, kept, today, after=after, limit=2)[:2]:
        seen += [line.id for line in page]
        assert page[-1].ends_on is not None
        after = (page[-1].ends_on, page[-1].id)
    assert kept.total == len(seen) == len(set(seen))
    return set(seen)


def test_a_list_keeps_what_its_filters_say_and_nothing_else(register: Database) -> None:
    with register.changing() as session:
        filled(session)
    with register.public() as public:
        rows = public.execute(select(Publication.__table__).order_by(Publication.id)).all()
        for f in COMBINATIONS:
            assert found(public, f) == {row.id for row in rows if kept(row, f, TODAY)}, f
            whole = [row for row in rows if kept(row, replace(f, status="all"), TODAY)]
            stands = lists.find(public, f, TODAY).standing
            assert stands is not None
            assert stands.by_status is not None
            assert +stands.by_status == Counter(row.status for row in whole), f
            for status, held in stands.groups.items():
                assert held == sum(kept(row, replace(f, status=status), TODAY) for row in whole), (f, status)
        assert any(found(public, f) for f in COMBINATIONS if f.text and f.commune and f.period), "not all are empty"


def test_what_is_too_long_to_be_counted_says_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for status in (Status.RUNNING, Status.RUNNING, Status.REFUSED, Status.CLOSED):
        an_experiment(session, status)
    session.flush()
    cap(monkeypatch, 3)

    def stands(status: str, **more: str) -> lists.Standing | None:
        return lists.find(session.connection(), Filters(status=status, commune="44143", **more), TODAY).standing

    for status in ("all", "running", "refused"):
        assert stands(status, text="ombre") is None, "four are more than three"
        told = stands(status)
        assert told is not None, "what one filter alone keeps is counted all the same"
        assert told.by_status is None
        assert told.groups == {"": 2, "past": 1, "refused": 1, "all": 4, "overdue": None}
    cap(monkeypatch, 4)
    counted = Counter({"running": 2, "refused": 1, "closed": 1})
    for status, text in product(("all", "running", ""), ("", "ombre")):
        told = stands(status, text=text)
        assert told is not None, status
        assert told.by_status == counted, status


def test_a_list_that_the_others_hide_goes_on_from_where_they_stop(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = (Status.RUNNING, Status.REFUSED, Status.CLOSED) * 4
    ids = [(an_experiment(session, status).id, status) for status in kinds]
    session.flush()
    for most in range(1, 13):
        cap(monkeypatch, most)
        for status in (Status.RUNNING, Status.REFUSED):
            newest = [number for number, kind in reversed(ids) if kind is status]
            f = Filters(status=status, commune="44143", text="ombre")
            kept = lists.find(session.connection(), f, TODAY)
            assert kept.capped is (len(newest) > most), (status, most)
            assert {hit.id for hit in kept.hits} == set(newest[:most]), (status, most)
            counts = lists.count(session.connection(), f, TODAY)
            assert (counts.capped, counts.words["fglisted"]) == (len(newest) > most, min(most, len(newest)))
            page = lists.page(session.connection(), f, kept, TODAY, after=None, limit=most)
            assert [line.id for line in page] == newest[: most + 1], "however long, it is read page by page"


def test_everything_is_counted_however_much_it_is(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for status in (Status.SUBMITTED, Status.RUNNING, Status.RUNNING, Status.REFUSED, Status.CLOSED):
        an_experiment(session, status)
    session.flush()
    cap(monkeypatch, 1)
    public = session.connection()
    for status, total in (("", 2), ("running", 2), ("past", 1), ("refused", 1), ("all", 4), ("evaluated", 0)):
        kept = lists.find(public, Filters(status=status), TODAY)
        assert (kept.total, kept.capped) == (total, total > 1), status
        assert kept.standing is not None
        assert kept.standing.by_status == Counter({"running": 2, "refused": 1, "closed": 1}), status
    late = TODAY + timedelta(2000)
    assert lists.find(public, Filters(status="overdue"), late).total is None, "what hangs on the day has its bound"
    for status, total in (("", 2), ("past", 1), ("refused", 1), ("all", 4)):
        counts = lists.count(public, Filters(status=status), TODAY)
        assert (counts.words["fglisted"], counts.capped) == (total, False), status
        assert (counts.words["fc44143"], sum(counts.organisations.values())) == (total, total), status


def test_counts_follow_what_becomes_of_each(session: Session) -> None:
    filled(session)
    public = session.connection()
    cross(session, an_experiment(session, Status.RUNNING), "finish", on=TODAY)
    session.flush()
    for scope, status in (("listed", "all"), ("current", ""), ("past", "past"), ("refused", "refused")):
        rows = [row for row in session.scalars(select(Publication)) if kept(row, Filters(status=status), TODAY)]
        held = {word: count for word, count in tallies.words(public, scope).items() if not word.startswith("fo")}
        assert held == Counter(w for row in rows for w in row.facets.split() if not w.startswith("fo")), scope
        assert tallies.organisations(public, scope) == Counter(row.organisation for row in rows), scope
        assert rows, "each part holds something"


def test_both_databases_count_as_far(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        an_experiment(session, Status.RUNNING)
    session.flush()
    cap(monkeypatch, 3)
    monkeypatch.setattr(lists, "CROSSED", 2)
    for f, most in (
        (Filters(), 3), (Filters(status="running"), 3), (Filters(status="all", commune="44143"), 3),
        (Filters(status="all", text="ombre"), 2), (Filters(commune="44143"), 2),
    ):  # fmt: skip
        kept = lists.find(session.connection(), f, TODAY)
        assert (kept.capped, kept.most) == (True, most), f


def test_a_list_follows_what_becomes_of_each(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    session.flush()
    running, closed = Filters(status="running", commune="44143"), Filters(status="evaluating", commune="44143")
    assert (found(session.connection(), running), found(session.connection(), closed)) == ({x.id}, set())
    cross(session, x, "finish", on=TODAY)
    session.flush()
    assert (found(session.connection(), running), found(session.connection(), closed)) == (set(), {x.id})
    session.execute(delete(Publication).where(Publication.id == x.id))
    assert (found(session.connection(), running), found(session.connection(), closed)) == (set(), set())


@pytest.mark.parametrize("before", [0, 1, 10**9])
def test_pages_by_number_begin_where_they_are_asked_to(session: Session, before: int) -> None:
    ids = [an_experiment(session, Status.RUNNING).id for _ in range(3)]
    session.flush()
    lines = lists.following(session.connection(), Filters(commune="44143"), TODAY, after=ids[0] + before, limit=5)
    assert [line.id for line in lines] == [one for one in reversed(ids) if one < ids[0] + before]


@pytest.mark.only("postgresql")
def test_a_plan_is_kept_but_for_what_hangs_on_the_words_asked_for(register: Database) -> None:
    with register.changing() as session:
        number = an_experiment(session, Status.RUNNING).number
    with register.public() as public:
        for _ in range(15):
            assert publications.document_and_voices(public, number)
            assert lists.find(public, Filters(text="ombre", commune="44143"), TODAY).total == 1
            assert lists.following(public, Filters(text="ombre"), TODAY)
        plans = public.exec_driver_sql("SELECT statement, generic_plans FROM pg_prepared_statements").all()
    kept = {statement for statement, generic in plans if generic}
    assert [one for one in kept if "public_voices" in one], "the page of an experiment is planned once"
    assert not [one for one, _generic in plans if "publication_facets" in one or "tsquery" in one]
