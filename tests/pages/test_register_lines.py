"""What a line of the register says of an experiment, in the list or on the chart: what happened, not the plan."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.templating import date_fr
from experiments import queries
from experiments import reported as r
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests import people
from tests.builders import complete, cross, write
from tests.pages.conftest import Build
from tests.pages.page import read
from tests.pages.visitor import Visitor


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


def test_a_line_follows_what_the_register_says(make: Build, visitor: Visitor, register: Database, today: date) -> None:
    number = make(Status.RUNNING)
    assert "Suspendue" not in read(visitor.page("/").one("li", class_="xrow"))
    with register.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        cross(session, x, "suspend", on=today, by=people.awa(session))
    assert "Suspendue" in read(visitor.page("/").one("li", class_="xrow"))


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
