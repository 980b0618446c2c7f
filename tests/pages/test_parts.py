"""The forms of the parts: rows, drafts that save themselves, two tabs, two people; and nothing ever lost."""

from collections.abc import Callable
from datetime import date

import pytest

from experiments import declared as d
from experiments import reported as r
from experiments.model import Experiment
from experiments.parts import DECLARED, PARTS, PartOfFile, Writer
from experiments.vocabulary import Status
from tests.builders import answers_for
from tests.pages.forms import fields_of
from tests.pages.page import Form, Page
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Look = Callable[[str], Experiment]

PROTOCOL = "protocole"


def at(number: str, part: str) -> str:
    return f"/espace/experimentations/{number}/{part}"


def form_of(who: Visitor, number: str, part: str) -> Form:
    return who.page(at(number, part)).form(at(number, part))


def a_blank_draft(who: Visitor) -> str:
    """A draft with its title, as it is opened."""
    form = who.page("/espace/experimentations/new").form()
    answer = who.posted(form.action, form.filled({"title": "Bancs à l’ombre"}))
    return str(answer.location).rsplit("/", 1)[1]  # type: ignore[union-attr]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_a_part_saved_as_it_is_shown_does_not_change(
    part: PartOfFile, make: Make, look: Look, awa: Visitor, claire: Visitor
) -> None:
    """What the form sends back is what the file said: nothing is rounded, trimmed or renamed on the way."""
    number = make(next(s for s in Status if s in part.open_in))
    who = claire if part.writer is Writer.EVALUATOR else awa
    texts = [look(number).text(part)]
    for _ in range(2):
        form = form_of(who, number, part.slug)
        who.posted(form.action, form.filled())
        texts.append(look(number).text(part))
    assert texts[2] == texts[1]
    # The first two show a row for each criterion, measured or not: saving keeps the empty ones too. Nobody has written
    # the last one yet.
    if part.content not in (r.Launch, r.Interim, r.FollowUp):
        assert texts[1] == texts[0]


def test_saving_and_going_on_leads_from_the_first_part_to_submitting(awa: Visitor, make: Make) -> None:
    """Between two meetings, on a telephone: the list of parts is folded, and nobody has to come back to it."""
    number, walked = make(), ["identite"]
    while (part := walked[-1]) != "equipe":
        form = form_of(awa, number, part)
        walked.append(str(awa.posted(form.action, form.filled(button="next")).location).rsplit("/", 1)[1])  # type: ignore[union-attr]
    assert walked[:-1] == [part.slug for part in DECLARED]
    assert at(number, "avis") in awa.page(at(number, "equipe")).links
    assert "Continuer\u00a0: soumettre" in awa.page(at(number, "avis")).text


def test_going_on_stays_where_an_answer_is_to_be_corrected(awa: Visitor, make: Make) -> None:
    form = form_of(awa, make(), "duree")
    page = awa.posted(form.action, form.filled({"ends_on": "31/02/2027"}, button="next"), 422)
    assert isinstance(page, Page)
    assert "Ce jour n’existe pas\u00a0: écrivez-le comme" in page.text


@pytest.mark.only("sqlite")  # It reads pages: nothing here depends on the database.
def test_a_line_that_is_a_sentence_is_seen_whole_and_stays_a_line(awa: Visitor, make: Make, look: Look) -> None:
    number = make(Status.DRAFT)
    form = form_of(awa, number, "protocole")
    boxes = {box.get("name") for box in form.element.iter("textarea")}
    assert {"criteria-0-question", "criteria-0-source"} <= boxes
    assert "criteria-0-unit" not in boxes
    typed = "Fait-il plus frais\r\n\r\n à quinze heures ?"
    awa.posted(form.action, form.filled({"criteria-0-question": typed}))
    assert look(number).read(d.Protocol).criteria[0].question == "Fait-il plus frais à quinze heures ?"


def test_the_object_of_an_act_is_seen_whole(elise: Visitor, make: Make) -> None:
    page = elise.page(f"/espace/experimentations/{make(Status.SUBMITTED)}/jalons/authorise")
    assert page.one("textarea", name="object").get("rows") == "2"


def test_a_button_says_what_it_adds(awa: Visitor, make: Make) -> None:
    number = make()
    parts = {"derogations": "une dérogation", "parties-prenantes": "une partie prenante", "protocole": "un critère",
             "publication": "une réserve"}  # fmt: skip
    for part, added in parts.items():
        assert f"Ajouter {added}" in awa.page(at(number, part)).text


def test_rows_are_added_and_removed_by_buttons_alone_and_lose_nothing(awa: Visitor, look: Look) -> None:
    number = a_blank_draft(awa)
    for row in range(3):
        form = form_of(awa, number, PROTOCOL)
        typed = {f"criteria-{row - 1}-indicator": f"Indicateur {row - 1}"} if row else {"comparison": "Le parvis sud"}
        answer = awa.posted(form.action, form.filled(typed, button="add-criteria"))
        assert answer.location == f"{at(number, PROTOCOL)}#criteria-{row}"  # type: ignore[union-attr]
        assert f"criteria-{row}" in awa.page(at(number, PROTOCOL)).ids
    form = form_of(awa, number, PROTOCOL)
    typed = {"criteria-2-indicator": "Indicateur 2", "criteria-2-target": "12,5", "evaluator": "Cerema"}
    awa.posted(form.action, form.filled(typed, button="remove-criteria-1"))
    protocol = look(number).read(d.Protocol)
    assert [c.indicator for c in protocol.criteria] == ["Indicateur 0", "Indicateur 2"]
    assert str(protocol.criteria[1].target) == "12.5"
    assert (protocol.comparison, protocol.evaluator) == ("Le parvis sud", "Cerema")


def test_a_row_keeps_its_identifier_whatever_happens_around_it(awa: Visitor, look: Look) -> None:
    number = a_blank_draft(awa)
    for _ in range(3):
        form = form_of(awa, number, PROTOCOL)
        awa.posted(form.action, form.filled(button="add-criteria"))
    first, second, third = (c.id for c in look(number).read(d.Protocol).criteria)
    assert len({first, second, third}) == 3
    form = form_of(awa, number, PROTOCOL)
    awa.posted(form.action, form.filled({"criteria-2-unit": "%"}, button="remove-criteria-0"))
    assert [c.id for c in look(number).read(d.Protocol).criteria] == [second, third]
    form = form_of(awa, number, PROTOCOL)
    assert form["criteria-1-id"] == third
    awa.posted(form.action, form.filled(button="add-criteria"))
    assert [c.id for c in look(number).read(d.Protocol).criteria][:2] == [second, third]


def test_a_row_added_beside_an_answer_that_cannot_be_read_keeps_both(awa: Visitor, look: Look) -> None:
    number = a_blank_draft(awa)
    form = form_of(awa, number, "duree")
    page = awa.posted(form.action, form.filled({"starts_on": "31/02/2026", "decision_body": "Bureau"}), 422)
    assert isinstance(page, Page)
    assert page.form(at(number, "duree"))["starts_on"] == "31/02/2026"
    assert look(number).read(d.Duration).decision_body == "Bureau"
    form = form_of(awa, number, "derogations")
    awa.posted(form.action, form.filled(button="add-items"))
    form = form_of(awa, number, "derogations")
    page = awa.posted(form.action, form.filled({"items-0-ends_on": "bientôt", "items-0-rule": "Article 14"},
                                               button="add-items"), 422)  # fmt: skip
    assert isinstance(page, Page)
    again = page.form(at(number, "derogations"))
    assert again["items-0-ends_on"] == "bientôt"
    assert "items-1-rule" in again.names
    assert [x.rule for x in look(number).read(d.Derogations).items] == ["Article 14", ""]


def test_sixty_rows_and_not_one_more(awa: Visitor, look: Look) -> None:
    number = a_blank_draft(awa)
    rows = {f"items-{i}-name": f"Habitants {i}" for i in range(60)}
    awa.posted(at(number, "parties-prenantes"), {**rows, "version": "0", "_action": "save"})
    assert len(look(number).read(d.Stakeholders).items) == 60
    form = form_of(awa, number, "parties-prenantes")
    awa.post(form.action, form.filled(button="add-items"))
    assert len(look(number).read(d.Stakeholders).items) == 60


# Drafts that save themselves ------------------------------------------------------------------------------------------

AUTOSAVE = {"X-Autosave": "1"}


def test_a_draft_saves_itself_and_says_when(awa: Visitor, look: Look) -> None:
    number = a_blank_draft(awa)
    form = form_of(awa, number, "couts")
    answer = awa.post(form.action, form.filled({"authority": "12 000", "leaving": "6 000 €"}), headers=AUTOSAVE)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["version"] == 1
    assert "\u00a0h\u00a0" in answer.json["saved_at"]
    assert answer.json["errors"] == {}
    assert look(number).read(d.Costs).leaving == "6 000 €"


def test_a_draft_saves_what_can_be_read_and_says_what_cannot(awa: Visitor, look: Look) -> None:
    number = a_blank_draft(awa)
    form = form_of(awa, number, "couts")
    answer = awa.post(form.action, form.filled({"authority": "douze", "leaving": "6 000 €"}), headers=AUTOSAVE)
    assert answer.json is not None
    assert answer.json["errors"] == {"authority": "Écrivez un nombre, par exemple 12,5"}
    costs = look(number).read(d.Costs)
    assert (costs.authority, costs.leaving) == (None, "6 000 €")


def test_a_draft_in_a_stale_tab_is_not_saved_over_the_other(
    awa: Visitor, bruno: Visitor, make: Make, look: Look
) -> None:
    number = make()
    mine, theirs = form_of(awa, number, "couts"), form_of(bruno, number, "couts")
    bruno.posted(theirs.action, theirs.filled({"leaving": "9 000 €"}))
    answer = awa.post(mine.action, mine.filled({"leaving": "7 000 €"}), headers=AUTOSAVE)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["url"] == at(number, "couts")
    assert "Bruno Le Gall" in answer.json["message"]
    assert look(number).read(d.Costs).leaving == "9 000 €"


def test_a_draft_whose_session_ended_is_told_so(visitor: Visitor, make: Make) -> None:
    answer = visitor.post(at(make(), "couts"), {"leaving": "7 000 €", "version": "1"}, headers=AUTOSAVE)
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


# Two tabs, two people -------------------------------------------------------------------------------------------------


def test_a_stale_tab_gets_its_text_back_beside_what_differs(
    awa: Visitor, bruno: Visitor, make: Make, look: Look
) -> None:
    number = make()
    mine, theirs = form_of(awa, number, "couts"), form_of(bruno, number, "couts")
    bruno.posted(theirs.action, theirs.filled({"leaving": "9 000 €, devis du 3 mars"}))
    page = awa.posted(mine.action, mine.filled({"leaving": "7 000 € & <rien> de plus"}), 409)
    assert isinstance(page, Page)
    assert "Bruno Le Gall a modifié cette page" in page.text
    assert page.form(mine.action)["leaving"] == "7 000 € & <rien> de plus"
    assert [d_.text for d_ in page.all("del")] == ["7 000 € & <rien> de plus"]
    assert [i.text for i in page.all("ins")] == ["9 000 €, devis du 3 mars"]
    assert look(number).read(d.Costs).leaving == "9 000 €, devis du 3 mars"
    # Saving again from that page is a choice made with both texts in sight.
    awa.posted(mine.action, page.form(mine.action).filled())
    assert look(number).read(d.Costs).leaving == "7 000 € & <rien> de plus"


def test_the_same_part_sent_twice_is_kept_once(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    form = form_of(awa, number, "couts")
    for _ in range(2):
        awa.posted(form.action, form.filled({"leaving": "7 000 €"}))
    kept = look(number).part("couts")
    assert kept is not None
    assert kept.version == int(form["version"]) + 1


def test_the_same_new_file_sent_twice_is_opened_once(awa: Visitor) -> None:
    form = awa.page("/espace/experimentations/new").form()
    filled = form.filled({"title": "Bancs à l’ombre"})
    places = {awa.posted(form.action, filled).location for _ in range(2)}  # type: ignore[union-attr]
    assert len(places) == 1


def test_a_part_closed_while_one_writes_gives_the_text_back(
    awa: Visitor, elise: Visitor, make: Make, today: date
) -> None:

    number = make(Status.SUBMITTED)
    form = form_of(awa, number, "duree")
    elise.posted(at(number, "jalons/authorise"), fields_of(answers_for("authorise", today)))
    page = awa.posted(form.action, form.filled({"reason": "Trois hivers, finalement."}), 403)
    assert isinstance(page, Page)
    assert "Trois hivers, finalement." in [t.text for t in page.all("textarea")]
    assert "Pourquoi cette durée et pas plus" in page.text


def test_leaving_a_field_out_keeps_what_it_said(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    before = look(number).read(d.Identity)
    form = form_of(awa, number, "identite")
    awa.posted(form.action, form.filled({"summary": None, "place": "Parvis sud"}))
    after = look(number).read(d.Identity)
    assert after.summary == before.summary
    assert after.place == "Parvis sud"
