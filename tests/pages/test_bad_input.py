"""Whatever is typed, pasted or forged: a clear French sentence, what was typed given back, the rest saved."""

from collections.abc import Callable
from datetime import date

import pytest
from msgspec.structs import replace

from experiments import declared as d
from experiments import reported as r
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.parts import BY_SLUG, PARTS, PartOfFile, Writer
from experiments.vocabulary import Status
from experiments.words import TURNING
from tests.builders import answers_for, complete
from tests.pages.forms import fields_of
from tests.pages.page import Form, Page, read
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Look = Callable[[str], Experiment]


def at(number: str, part: str) -> str:
    return f"/espace/experimentations/{number}/{part}"


def form_of(who: Visitor, number: str, part: str) -> Form:
    return who.page(at(number, part)).form(at(number, part))


def refused(who: Visitor, number: str, part: str, typed: dict[str, object]) -> Page:
    form = form_of(who, number, part)
    page = who.posted(form.action, form.filled(typed), 422)
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize(
    ("part", "field", "typed", "sentence"),
    [
        ("duree", "starts_on", "31/02/2026", "Ce jour n’existe pas"),
        ("duree", "starts_on", "18 mois", "Ce jour n’existe pas"),
        ("duree", "ends_on", "0001-01-01", "L’année doit être comprise entre 1990 et 2100"),
        ("duree", "ends_on", "9999-12-31", "L’année doit être comprise entre 1990 et 2100"),
        ("duree", "ends_on", "2026-13-01", "Ce jour n’existe pas"),
        ("couts", "authority", "beaucoup", "Écrivez un nombre"),
        ("couts", "authority", "1e999", "trop grand ou trop précis"),
        ("couts", "authority", "NaN", "trop grand ou trop précis"),
        ("couts", "authority", "-Infinity", "trop grand ou trop précis"),
        ("couts", "authority", "9" * 400, "trop grand ou trop précis"),
        ("couts", "authority", "0,0000001", "trop grand ou trop précis"),
        ("couts", "authority", "1,2,3", "Écrivez un nombre"),
        ("identite", "people_max", "-3", "Écrivez un nombre entier"),
        ("identite", "people_max", "12,5", "Écrivez un nombre entier"),
        ("identite", "people_max", "٣٤", "Écrivez un nombre entier"),
        ("identite", "people_max", "9" * 30, "Écrivez un nombre entier"),
        ("identite", "mailbox", "espaces-publics", "Écrivez une adresse complète"),
        ("identite", "title", "x" * 101, "100 caractères au plus"),
        ("identite", "summary", "é" * 401, "400 caractères au plus"),
        ("identite", "policy", "astrologie", "Choisissez une réponse de la liste"),
        ("identite", "communes", ["44109", "75056"], "Réponse inconnue"),
        ("protocole", "method", "divination", "Choisissez une réponse de la liste"),
        ("protocole", "criteria-0-direction", "sideways", "Choisissez une réponse de la liste"),
        ("protocole", "criteria-1-target", "trente", "Écrivez un nombre"),
        ("derogations", "items-0-ends_on", "demain", "Ce jour n’existe pas"),
    ],
)
def test_what_cannot_be_read_is_said_in_french_and_given_back_while_the_rest_is_saved(
    part: str, field: str, typed: str, sentence: str, awa: Visitor, make: Make, look: Look
) -> None:
    number = make()
    before = look(number).read(BY_SLUG[part].content)
    other = {"duree": "decision_body", "couts": "leaving", "identite": "place", "protocole": "comparison",
             "derogations": "none_reason"}[part]  # fmt: skip
    page = refused(awa, number, part, {field: typed, other: "Écrit à côté de la faute"})
    assert sentence in page.text
    # The summary at the top leads to the field, and the field to its error.
    summary = page.one("div", class_="errors")
    [link] = [a.get("href", "")[1:] for a in summary.iter("a")]
    assert link in page.ids
    form = page.form(at(number, part))
    if isinstance(typed, str) and field not in {"policy", "method", "criteria-0-direction"}:
        assert form[field] == typed
        described = page.by_id(field).get("aria-describedby", "")
        assert f"{field}-error" in described.split()
    after = look(number).read(BY_SLUG[part].content)
    assert getattr(after, other) == "Écrit à côté de la faute"
    if "-" not in field:
        assert getattr(after, field) == getattr(before, field)


HOSTILE = {
    "markup": '<script>alert(1)</script>"><img src=x onerror=alert(1)>',
    "template": "{{7*7}}{% for x in y %}${7*7}#{7*7}",
    "textarea": "</textarea></form><h1>Bonjour</h1>",
    "attribute": "\" autofocus onfocus='alert(1)' x=\"",
    "right to left": "\u202eexploité\u202c שלום مرحبا",
    "emoji": "🧑🏽‍🚒 🏳️‍🌈 e\u0301 ﷽",
    "line ends": "une\r\ndeux\rtrois\n\n\nquatre",
    "formula": "=cmd|' /C calc'!A0",
    "entity": "&lt;b&gt; &amp; &#60;",
}


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_kept_as_text_wherever_it_is_shown(
    typed: str, awa: Visitor, elise: Visitor, make: Make, look: Look, today: date
) -> None:
    number = make()
    kept = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\u202e", "").replace("\u202c", "")
    for part, fields in (
        ("identite", ("title", "place", "organisation", "problem")),
        ("derogations", ("items-0-rule", "items-0-scope")),
        ("protocole", ("criteria-0-question", "criteria-0-indicator", "criteria-0-unit", "evaluator")),
        ("publication", ("plain",)),
    ):
        form = form_of(awa, number, part)
        awa.posted(form.action, form.filled(dict.fromkeys(fields, typed[:40] if "unit" in str(fields) else typed)))
    assert look(number).read(d.Publication).plain == kept
    again = form_of(awa, number, "publication")
    assert again["plain"] == kept
    for page in ("", "/lecture", "/etapes", "/historique", "/identite", "/protocole", "/derogations"):
        shown = awa.page(f"/espace/experimentations/{number}{page}")
        assert len(shown.all("h1")) == 1
        assert not shown.all("img")
    assert "49" not in awa.page(f"/espace/experimentations/{number}").h1.replace("2049", "")
    awa.page("/espace")
    awa.post(at(number, "jalons/submit"))


def test_hostile_text_is_text_on_the_public_page_too(visitor: Visitor, make: Make, today: date) -> None:
    contents = complete(today)
    text = " ".join(HOSTILE.values())[:90]
    number = make(
        Status.DECIDED,
        written={
            d.Identity: replace(contents[d.Identity], title=text[:100], place=text, organisation=text[:80]),
            d.Publication: replace(contents[d.Publication], plain=" ".join(HOSTILE.values())),
        },
    )
    visitor.typed = text
    for path in ("/?statut=all", f"/experimentations/{number}", "/trace"):
        page = visitor.page(path)
        # Recorded before such signs were refused: what was signed keeps them, no page shows them.
        assert not set(TURNING) & set(page.text)
        assert not page.all("img")
        assert not [s for s in page.all("script") if not s.get("src")]


def test_control_characters_never_reach_the_register(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    form = form_of(awa, number, "couts")
    awa.posted(form.action, form.filled({"leaving": "neuf\x00 mille\x07\x1b[31m euros\x7f\x85"}))
    assert look(number).read(d.Costs).leaving == "neuf mille[31m euros"
    awa.posted("/espace/experimentations/new", {"title": "Titre\x00\ud7ff\x08", "nonce": "n\x00"})
    awa.post(f"/espace/experimentations/{number}/avis", {"adviser": "\x00", "kind": "dpo\x00", "question": "\x00"})
    awa.post(f"/espace/experimentations/{number}/equipe", {"email": "a\x00@b.fr", "part": "lead\x00"})


def test_a_long_text_is_refused_with_its_length_and_given_back(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    text = "mot " * 260_000
    page = refused(awa, number, "publication", {"plain": text, "notice": "Une affiche."})
    assert "20\u202f000 caractères au plus" in page.text
    assert page.form(at(number, "publication"))["plain"] == text.strip()
    assert look(number).read(d.Publication).notice == "Une affiche."


def test_a_body_beyond_all_measure_is_refused(awa: Visitor, make: Make) -> None:
    page = awa.posted(at(make(), "publication"), {"plain": "x" * 2_100_000}, 413)
    assert isinstance(page, Page)
    assert "L’envoi est trop volumineux" in page.h1


# Dates and figures that contradict each other: kept, and named by the gate ------------------------------------------


@pytest.mark.parametrize(
    ("part", "typed", "named"),
    [
        ("duree", {"starts_on": "2026-09-01", "ends_on": "2026-03-01"}, "Placer la fin après le début"),
        ("derogations", {"items-0-ends_on": "2099-01-01"}, "Dérogation 1"),
        ("protocole", {"criteria-1-target": ""}, "Critère 2\u00a0: donner la cible"),
        ("protocole", {"criteria-0-threshold": "60"}, "Critère 1\u00a0: placer le seuil"),
        ("derogations", {"items-1-amount": "100 000"}, "Dérogation 2\u00a0: donner un montant inférieur"),
        ("derogations", {"items-2-untouchable": "gdpr"}, "aucune dérogation au RGPD n’existe"),
        ("identite", {"communes": []}, "Choisir au moins une commune"),
        ("identite", {"problem": "N/A"}, "Dire quel problème est posé"),
    ],
)
def test_a_contradiction_is_kept_as_typed_and_said_at_the_gate(
    part: str, typed: dict[str, object], named: str, awa: Visitor, make: Make
) -> None:
    number = make()
    form = form_of(awa, number, part)
    awa.posted(form.action, form.filled(typed))
    again = form_of(awa, number, part)
    for field, value in typed.items():
        if isinstance(value, str):
            assert again[field].replace(" ", "").replace("\u202f", "") == value.replace(" ", "")
    page = awa.posted(at(number, "jalons/submit"), status=409)
    assert isinstance(page, Page)
    assert named in page.text


# Forged requests ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["criteria-99999999-target"],
        ["criteria--1-target"],
        ["criteria-0x10-target", "criteria-١-target"],
        ["criteria-0-nothing", "criteria-0", "criteria"],
        [f"criteria-{i}-target" for i in range(200)],
        ["criteria-0-id-0-id", "effects", "effects-", "effects-cost-cost"],
        ["version", "version", "version"],
        ["_action", "_action"],
        ["__class__", "criteria.__init__", "data", "errors", "meta"],
    ],
    ids=lambda names: names[0],
)
def test_field_names_that_no_page_has_sent_harm_nothing(names: list[str], awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    address = at(number, "protocole")
    answer = awa.post(address, [*((name, "7") for name in names), ("version", "1"), ("_action", "save")])
    assert answer.status_code in {303, 409, 422}
    page = awa.page(address)
    assert len(look(number).read(d.Protocol).criteria) <= 60
    form = page.form(address)
    awa.posted(form.action, form.filled({"evaluator": "Cerema"}))


def test_buttons_that_no_page_has_harm_nothing(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    before = look(number).read(d.Protocol)
    for action in ("add-criteria-0", "remove-criteria-9999", "remove-criteria--1", "add-nothing", "remove-",
                   "add-effects", "add-method", "remove-criteria-0-x", "\x00", "fill"):  # fmt: skip
        form = form_of(awa, number, "protocole")
        awa.posted(form.action, form.filled(button=action))
        assert look(number).read(d.Protocol) == before, action


def test_the_same_field_sent_twice_counts_once(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    form = form_of(awa, number, "couts")
    awa.posted(form.action, [*form.filled({"leaving": "le premier"}), ("leaving", "le second")])
    assert look(number).read(d.Costs).leaving == "le premier"


def test_two_rows_with_one_identifier_stay_two_rows(awa: Visitor, make: Make, look: Look) -> None:
    number = make()
    form = form_of(awa, number, "protocole")
    awa.post(form.action, form.filled({"criteria-1-id": form["criteria-0-id"]}))
    ids = [c.id for c in look(number).read(d.Protocol).criteria]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "image/gif", ""])
def test_a_body_of_another_kind_is_an_answer_in_french(kind: str, awa: Visitor, make: Make) -> None:
    answer = awa.client.post(
        at(make(), "couts"), data=b"GIF89a\x01\x00\xff\xfe", content_type=kind, headers={"X-CSRFToken": awa.token}
    )
    assert answer.status_code in {303, 400, 409, 415, 422}


def test_a_picture_sent_as_a_form_is_an_answer_in_french(awa: Visitor, make: Make) -> None:
    number = make()
    body = b"csrf_token=" + awa.token.encode() + b"&leaving=GIF89a\xff\xfe\x00%ff%fe%00&version=1&\xff=\xff"
    answer = awa.client.post(at(number, "couts"), data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {303, 400, 409, 422}


def test_addresses_that_no_page_holds_are_answered(awa: Visitor) -> None:
    for path in (
        "/espace/experimentations/%00",
        "/espace/experimentations/2026-001%00/etapes",
        "/espace/experimentations/2026-99999999999999999999",
        "/espace/experimentations/2026-001/identite/../../x",
        "/espace/experimentations/2026-001/jalons/constructor",
        "/espace/experimentations/2026-001/equipe/99999999999999999999/lead/retirer",
        "/connexion?next=%00%ff",
        "/%ff%fe",
        "//",
        "/?q=%00%ff",
    ):
        assert awa.client.get(path).status_code in {200, 303, 308, 400, 404, 405}, path


def test_a_key_numbered_beyond_all_measure_is_not_found(awa: Visitor) -> None:
    assert awa.post("/espace/compte/cles/99999999999999999999/revoquer").status_code == 404
    assert awa.post("/espace/compte/cles/2147483647/revoquer").status_code == 303


def test_small_forms_say_what_is_wrong(awa: Visitor, make: Make) -> None:
    number = make()
    for path, fields in (
        ("equipe", {"email": "", "part": "lead"}),
        ("equipe", {"email": "personne@exemple.fr", "part": "lead"}),
        ("equipe", {"email": "elise.moreau@exemple.fr", "part": "lead"}),
        ("equipe", {"email": "claire.martineau@exemple.fr", "part": "edited"}),
        ("equipe", {"email": "x" * 300, "part": "lead"}),
        ("avis", {"adviser": "99999999999999999999", "kind": "dpo"}),
        ("avis", {"adviser": "un", "kind": "dpo"}),
        ("avis", {"adviser": "", "kind": "astrologie", "question": "x" * 5000}),
    ):
        page = awa.posted(at(number, path), fields, 422)
        assert isinstance(page, Page)
        assert page.all("div", class_="errors"), fields


def test_no_part_nor_adviser_is_chosen_before_somebody_chooses(awa: Visitor, make: Make) -> None:
    """An evaluator named in haste, the list left as it came, would have become the carrier."""
    number = make()
    team = awa.page(at(number, "equipe")).form(at(number, "equipe"))
    back = awa.posted(at(number, "equipe"), team.filled({"email": "claire.martineau@exemple.fr"}), 422)
    assert isinstance(back, Page)
    assert "Choisissez un rôle" in back.text
    assert back.form(at(number, "equipe"))["email"] == "claire.martineau@exemple.fr"
    opinion = awa.page(at(number, "avis")).form(at(number, "avis"))
    refused = awa.posted(at(number, "avis"), opinion.filled({}), 422)
    assert isinstance(refused, Page)
    assert "Choisissez une personne" in refused.text
    assert "Dites à quel titre" in refused.text


def test_an_opinion_without_reasons_comes_back(denis: Visitor, make: Make) -> None:
    address = at(make(Status.SUBMITTED), "avis")
    page = denis.page(address)
    action = next(f.get("action", "") for f in page.forms() if "/avis/" in f.get("action", ""))
    giving = page.form(action)
    back = denis.posted(action, giving.filled({"sense": "reserved", "text": " — "}), 422)
    assert isinstance(back, Page)
    assert "Donnez le sens de l’avis" in back.text
    assert back.form(action)["sense"] == "reserved"
    # Each answer that lacks is named by itself.
    empty = denis.posted(action, giving.filled({"sense": "", "text": ""}), 422)
    assert isinstance(empty, Page)
    assert "Dites s’il est favorable" in empty.text
    assert "Dites ce qui le motive" in empty.text
    # Given, it is read; it is gone back on by unfolding.
    denis.posted(action, giving.filled({"sense": "reserved", "text": "Si rien n’est gardé."}))
    [folded] = [one for one in denis.page(address).all("details") if "Changer votre avis" in read(one)]
    assert folded.get("open") is None


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_a_form_full_of_nonsense_is_answered_field_by_field(
    part: PartOfFile, awa: Visitor, claire: Visitor, make: Make, today: date
) -> None:
    who = claire if part.writer is Writer.EVALUATOR else awa
    number = make(next(s for s in Status if s in part.open_in))
    form = form_of(who, number, part.slug)
    nonsense = '<"🧨\x00&' + "é" * 30
    kept = ("version", "csrf_token")
    typed = [(name, value if name in kept or name.endswith("-id") else nonsense) for name, value in form.fields]
    answer = who.post(form.action, typed)
    assert answer.status_code in {303, 422}


@pytest.mark.parametrize("gate", ["authorise", "stop", "decide-abandon", "suspend"])
def test_an_act_full_of_nonsense_is_answered(gate: str, elise: Visitor, make: Make, today: date) -> None:
    number = make(LIFECYCLE[gate].sources[-1] if gate != "suspend" else Status.RUNNING)
    nonsense = '<"🧨&' + "é" * 30
    fields = dict.fromkeys(fields_of(answers_for(gate, today)), nonsense)
    status = 409 if gate == "suspend" else 422
    page = elise.posted(at(number, f"jalons/{gate}"), fields, status)
    if isinstance(page, Page):
        assert page.form()["reason" if gate == "suspend" else "facts"] == nonsense


def test_a_result_that_is_no_number_keeps_the_reason_beside_it(claire: Visitor, make: Make, look: Look) -> None:
    number = make(Status.EVALUATING)
    typed = {"results-0-value": "quarante", "results-0-comment": "Dix après-midi sur dix, relevé deux fois."}
    page = refused(claire, number, "evaluation", typed)
    assert page.form(at(number, "evaluation"))["results-0-value"] == "quarante"
    result = look(number).read(r.Evaluation).results[0]
    assert (str(result.value), result.comment) == ("44", "Dix après-midi sur dix, relevé deux fois.")
