"""Being heard without an account: what a citizen sends, what the team makes of it, what the public reads."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, wording
from app.db import Database
from experiments import register as versions
from experiments import voices
from experiments.model import Experiment, Mail, Voice
from experiments.model.voice import Decline, Standing, VoiceKind
from experiments.obligations import Fate, Occasion
from experiments.policy import current as policy
from experiments.vocabulary import Status
from tests import citizens
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

Make = Callable[..., str]
TEXT = "La poubelle de la placette déborde.\n\nAppelez Mme Untel au 06 12 34 56 78."


def say(visitor: Visitor, number: str, status: int = 303, **more: str) -> Page | str:
    path = f"/experimentations/{number}/reagir"
    sent = visitor.page(path).form(path).filled({"observation": TEXT, "email": "Jo@exemple.fr", **more})
    answer = visitor.posted(path, sent, status)
    return answer if isinstance(answer, Page) else answer.headers["Location"]


def only(register: Database) -> Voice:
    with register.reading() as session:
        return session.scalars(select(Voice)).one()


def version(register: Database) -> int:
    with register.reading() as session:
        return versions.version(session)


def test_what_is_said_is_kept_for_the_team_and_shown_to_nobody(
    visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    path = f"/experimentations/{number}/reagir"
    page = visitor.page(path)
    assert "Ce que devient votre texte" in page.text
    assert "6\u00a0mois après la réponse, 12\u00a0mois" in page.text.replace(" mois", "\u00a0mois")
    assert page.headers["Cache-Control"] == "private, no-store"
    where = say(visitor, number, kind="question")
    kept = only(register)
    assert (kept.kind, kept.email, kept.standing) == (VoiceKind.QUESTION, "jo@exemple.fr", Standing.WAITING)
    assert kept.received_on == clock.today()
    # Sent twice by an impatient hand, it is one.
    assert say(visitor, number, kind="question") == where == f"/observations/{kept.reference}"
    only(register)
    receipt = visitor.page(str(where)).text
    assert kept.reference in receipt
    assert "C’est bien reçu" in receipt
    assert "06 12" not in receipt
    assert "poubelle" not in receipt
    assert "poubelle" not in visitor.page(f"/experimentations/{number}").text
    assert "Aucune observation n’a cette référence" in visitor.page("/observations/AAAAA-AAAAA", 404).text


def test_what_is_wrong_comes_back_with_what_was_typed(visitor: Visitor, make: Make, register: Database) -> None:
    number = make(Status.RUNNING)
    for wrong, told in (
        ({"observation": "Bof"}, "au moins 10\u00a0caractères"),
        ({"observation": "a b " * 600}, "2\u202f000 caractères au plus"),
        ({"email": "jo chez exemple"}, "incomplète ou mal écrite"),
        ({"site": "https://spam.exemple"}, "que pour les programmes"),
    ):
        page = say(visitor, number, 422, **wrong)
        assert isinstance(page, Page)
        assert told in page.text
        assert page.form()["observation"].replace("\r", "") == wrong.get("observation", TEXT).strip()
    with register.reading() as session:
        assert session.scalars(select(Voice)).all() == []


def test_what_is_wrong_is_said_in_the_language_of_the_page(visitor: Visitor, make: Make) -> None:
    path = f"/en/experimentations/{make(Status.RUNNING)}/reagir"
    page = visitor.posted(path, visitor.page(path).form(path).filled({"email": "jo at example"}), 422)
    assert isinstance(page, Page)
    assert "2 answers to correct" in page.text
    assert "corriger" not in page.text


def test_one_may_react_while_it_lasts_and_report_a_mistake_for_ever(
    visitor: Visitor, make: Make, register: Database
) -> None:
    for status in (Status.AUTHORISED, Status.DECIDED, Status.CLOSED):
        path = f"/experimentations/{make(status)}/reagir"
        page = visitor.page(path)
        assert page.h1 == "Signaler une erreur"
        forged = page.form(path).filled({"observation": TEXT, "kind": "reaction"})
        visitor.posted(path, forged)
    with register.reading() as session:
        assert set(session.scalars(select(Voice.kind))) == {VoiceKind.MISTAKE}
    for status in (Status.DRAFT, Status.SUBMITTED, Status.WITHDRAWN):
        visitor.page(f"/experimentations/{make(status)}/reagir", 404)


def test_a_network_that_sends_too_much_waits_and_others_do_not(
    visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    for n in range(policy().voices.network_hour):
        say(visitor, number, observation=f"{TEXT} {n}")
    page = say(visitor, number, 429)
    assert isinstance(page, Page)
    assert "réessayez dans une heure" in page.text
    # No answer is wrong: nothing is asked to be corrected.
    assert "Cela n’a pas abouti" in page.text
    assert "à corriger" not in page.text
    assert page.form()["observation"].replace("\r", "") == TEXT
    assert page.headers["Retry-After"] == "3600"
    path = f"/experimentations/{number}/reagir"
    sent = page.form(path).filled()
    # Behind a proxy on this machine, networks are told apart by what it says of them.
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    assert visitor.post(path, sent, headers=elsewhere).status_code == 303
    with register.reading() as session:
        assert len(session.scalars(select(Voice)).all()) == policy().voices.network_hour + 1


def test_a_voice_is_published_without_what_names_people_then_answered(
    awa: Visitor, visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    where = say(visitor, number)
    base = f"/espace/experimentations/{number}"
    assert "1\u00a0observation à lire" in awa.page("/espace").text
    listed = awa.page(f"{base}/observations")
    assert "Observations (1)" in listed.text
    place = f"{base}/observations/{only(register).id}"
    page = awa.page(place)
    assert "06 12 34 56 78" in page.text
    proposed = [f for f in page.forms() if "publish" in [b.get("value") for b in f.iter("button")]]
    assert len(proposed) == 1
    before = version(register)
    # Put back by hand, the number is pointed out, and the text stays.
    refused = awa.posted(place, {"_action": "publish", "published": TEXT}, 422)
    assert isinstance(refused, Page)
    assert "Le texte donne encore 06 12 34 56 78" in refused.text
    assert version(register) == before
    masked = read(next(proposed[0].iter("textarea")))
    assert "[numéro masqué]" in masked
    awa.posted(place, {"_action": "publish", "published": masked.replace("Mme Untel", "[nom masqué]")})
    assert version(register) > before
    public = visitor.page(f"/experimentations/{number}").text
    assert "La poubelle de la placette déborde." in public
    assert "06 12" not in public
    assert "Untel" not in public
    assert "jo@exemple.fr" not in public
    awa.posted(place, {"_action": "answer", "answer": "Il est réparé depuis mardi."})
    awa.posted(place, {"_action": "answer", "answer": "Il est réparé depuis lundi."})
    assert "réparé depuis lundi" in visitor.page(f"/experimentations/{number}").text
    assert "Elle est publiée" in visitor.page(str(where)).text
    assert "réparé depuis lundi" in visitor.page(str(where)).text
    assert "observation à lire" not in awa.page("/espace").text
    with register.reading() as session:
        [mail] = session.scalars(select(Mail).where(Mail.occasion == Occasion.ANSWER)).all()
        assert (mail.voice_id, mail.person_id, mail.fate) == (only(register).id, None, Fate.WAITING)


def test_a_voice_is_declined_for_a_reason_of_the_list(
    awa: Visitor, visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    where = say(visitor, number)
    place = f"/espace/experimentations/{number}/observations/{only(register).id}"
    awa.posted(place, {"_action": "decline", "reason": "je-n-aime-pas"}, 422)
    awa.posted(place, {"_action": "answer", "answer": "Merci."}, 422)
    awa.posted(place, {"_action": "decline", "reason": "off-topic"})
    assert "une réponse est attendue" not in awa.page(f"/espace/experimentations/{number}/observations").text
    kept = only(register)
    assert (kept.standing, kept.declined, kept.settled_on) == (Standing.DECLINED, Decline.OFF_TOPIC, clock.today())
    assert "Motif\u00a0: Hors sujet" in visitor.page(str(where)).text
    assert "poubelle" not in visitor.page(f"/experimentations/{number}").text
    # A mistake of whoever moderates is mended.
    awa.posted(place, {"_action": "publish", "published": "La poubelle déborde."})
    assert "La poubelle déborde." in visitor.page(f"/experimentations/{number}").text
    awa.posted(place, {"_action": "decline", "reason": "personal", "withdrawn": "y"})
    assert "poubelle" not in visitor.page(f"/experimentations/{number}").text


def test_no_reason_is_chosen_for_whoever_moderates_and_what_they_typed_comes_back(
    awa: Visitor, visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    say(visitor, number)
    place = f"/espace/experimentations/{number}/observations/{only(register).id}"
    form = awa.page(place).form(place)
    assert "reason" not in form.names
    # Return in a box presses the first button of a form: it decides nothing.
    assert form.buttons == ["", "publish", "decline"]
    for button, told in (("decline", "Choisissez le motif"), ("", "Rien n’est encore décidé")):
        page = awa.posted(place, form.filled({"published": "La poubelle de la placette."}, button=button), 422)
        assert isinstance(page, Page)
        assert told in page.text
        assert page.form(place)["published"].strip() == "La poubelle de la placette."
    assert only(register).standing is Standing.WAITING
    awa.posted(place, form.filled({"published": "La poubelle de la placette."}, button="publish"))
    # What is published already, its withdrawal confirmed without a reason.
    form = awa.page(place).form(place)
    sent = form.filled({"withdrawn": "y", "answer": "Elle a été vidée."}, button="decline")
    page = awa.posted(place, sent, 422)
    assert isinstance(page, Page)
    back = page.form(place)
    assert (back["withdrawn"], back["answer"].strip()) == ("y", "Elle a été vidée.")
    assert only(register).standing is Standing.PUBLISHED


def test_what_was_published_is_withdrawn_once_that_is_confirmed_and_a_line_says_so(
    awa: Visitor, visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    where = say(visitor, number, kind="question")
    here, day = f"/experimentations/{number}", wording.day(clock.today()).replace(" ", "\u00a0")
    place = f"/espace{here}/observations/{only(register).id}"
    awa.posted(place, {"_action": "publish", "published": "La poubelle déborde-t-elle ?"})
    awa.posted(place, {"_action": "answer", "answer": "Elle ne déborde plus."})
    before = version(register)
    asked = awa.posted(place, {"_action": "decline", "reason": "off-topic"}, 422)
    assert isinstance(asked, Page)
    assert "dites que vous la retirez de la page publique" in asked.text
    assert "déborde-t-elle" in visitor.page(here).text
    assert version(register) == before
    sent = {"_action": "decline", "reason": "off-topic", "withdrawn": "y"}
    awa.posted(place, sent)
    assert version(register) > before
    for page in (visitor.page(here), visitor.page(f"{here}/observations")):
        told = page.text.replace(" ", "\u00a0")
        line = f"Une question publiée le {day} a été retirée le {day} : hors sujet."
        assert line.replace(" ", "\u00a0") in told
        assert "déborde" not in told
        assert "observation\u00a0publiée" not in told
    assert "A question published on" in visitor.page(f"/en{here}").text
    assert "elle a été retirée" in visitor.page(str(where)).text
    # Published again, it is itself, and counted once.
    awa.posted(place, {"_action": "publish", "published": "La poubelle déborde-t-elle ?"})
    told = visitor.page(f"{here}/observations").text
    assert "a été retirée" not in told
    assert "1\u00a0observation publiée." in told


def test_what_was_never_published_is_set_aside_without_a_line(
    awa: Visitor, visitor: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING)
    say(visitor, number)
    place = f"/espace/experimentations/{number}/observations/{only(register).id}"
    assert "Je la retire" not in awa.page(place).text
    awa.posted(place, {"_action": "decline", "reason": "duplicate"})
    assert "retirée le" not in visitor.page(f"/experimentations/{number}/observations").text


def test_the_database_gives_the_public_nothing_of_what_was_withdrawn(make: Make, register: Database) -> None:
    def withdrawn(session: Session, x: Experiment) -> None:
        voice = citizens.a_voice(session, x, on=clock.today())
        voices.publish(session, voice, "Ce que personne ne lit plus.", sure=False, today=clock.today())
        voices.answer(session, voice, "Ni cela.", today=clock.today())
        voices.decline(session, voice, Decline.PERSONAL, sure=True, today=clock.today())

    number = make(Status.RUNNING, change=withdrawn)
    with register.public() as public:
        [line] = voices.published(public, number)
        assert voices.how_many(public, number) == 0
    assert (line.text, line.answer, line.answered_on) == ("", "", None)
    assert (line.declined, line.withdrawn_on) == (Decline.PERSONAL, clock.today())


def test_an_obstacle_is_answered_by_the_administration(hugo: Visitor, visitor: Visitor, register: Database) -> None:
    path = "/accessibilite/signaler"
    sent = visitor.page(path).form(path).filled({"observation": "La carte ne se lit pas au clavier."})
    where = visitor.post(path, sent).headers["Location"]
    assert "1\u00a0observation à lire" in hugo.page("/espace").text
    place = f"/espace/administration/observations/{only(register).id}"
    assert place in hugo.page("/espace/administration/observations").links
    hugo.page(place)
    hugo.posted(place, {"_action": "publish", "published": "La carte."}, 422)
    hugo.posted(place, {"_action": "answer", "answer": "Elle se lit maintenant en liste."})
    assert "Elle se lit maintenant en liste." in visitor.page(where).text
    assert only(register).standing is Standing.DEALT_WITH


def test_the_evaluator_reads_what_was_published_where_remarks_are_written(
    claire: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.EVALUATING, change=lambda session, x: citizens.a_voice(session, x, on=clock.today()))
    place = f"/espace/experimentations/{number}/evaluation"
    assert "Ce que disent les habitants" not in claire.page(place).text
    with register.changing() as session:
        voice = session.scalars(select(Voice)).one()
        voices.publish(session, voice, "Les bancs sont à l’ombre.", sure=False, today=clock.today())
    page = claire.page(place)
    assert "1\u00a0observation publiée" in page.text
    assert "Les bancs sont à l’ombre." in page.text


def published(session: Session, x: Experiment, count: int) -> None:
    for n in range(1, count + 1):
        voice = citizens.a_voice(session, x, f"Les bancs sont à l’ombre, dit la {n}e personne.", on=clock.today())
        voices.publish(
            session, voice, f"Les bancs sont à l’ombre, dit la {n}e personne.", sure=False, today=clock.today()
        )


def test_what_is_published_is_read_a_page_at_a_time_however_much_is_said(
    visitor: Visitor, claire: Visitor, make: Make
) -> None:
    most = voices.LINES * 2 + 1
    number = make(Status.EVALUATING, change=lambda session, x: published(session, x, most))
    here = f"/experimentations/{number}"
    sheet = visitor.page(here)
    assert [f"{n}e personne" in sheet.text for n in (most, most - 2, most - 3)] == [True, True, False]
    assert f"Les {most}\u00a0observations publiées" in sheet.text
    assert f"{here}/observations" in sheet.links
    read: list[str] = []
    path = f"{here}/observations"
    for _ in range(3):
        page = visitor.page(path)
        read += [text for node in page.tree.iter("blockquote") if (text := " ".join(node.itertext()).strip())]
        path = next((str(link.get("href")) for link in page.tree.iter("a") if link.get("rel") == "next"), "")
    assert path == ""
    assert read == [f"Les bancs sont à l’ombre, dit la {n}e personne." for n in range(most, 0, -1)]
    assert "Revenir au début" in page.text
    # What an address does not say right begins at the beginning; what it says of the end is said.
    assert f"dit la {most}e personne" in visitor.page(f"{here}/observations?page=n-importe-quoi").text
    assert "Il n’y a rien de plus" in visitor.page(f"{here}/observations?page=2026-01-01~0").text
    english = visitor.page(f"/en{here}/observations")
    assert f"{most} comments published" in english.text
    # Whoever evaluates reads as much, and is shown where the rest is.
    written = claire.page(f"/espace/experimentations/{number}/evaluation")
    assert f"{most}\u00a0observations publiées" in written.text
    assert f"{here}/observations" in written.links


def test_three_observations_or_fewer_are_all_on_the_sheet(visitor: Visitor, make: Make) -> None:
    here = f"/experimentations/{make(Status.RUNNING, change=lambda session, x: published(session, x, 3))}"
    assert f"{here}/observations" not in visitor.page(here).links
    empty = f"/experimentations/{make(Status.CLOSED)}/observations"
    assert "Rien n’a encore été publié" in visitor.page(empty).text
    visitor.page(f"/experimentations/{make(Status.DRAFT)}/observations", 404)


def test_only_the_team_and_the_administration_read_what_was_sent(
    awa: Visitor, bruno: Visitor, elise: Visitor, gaelle: Visitor, hugo: Visitor, make: Make, register: Database
) -> None:
    number = make(Status.RUNNING, change=lambda session, x: citizens.a_voice(session, x, on=clock.today()))
    base, tab = f"/espace/experimentations/{number}", f"/espace/experimentations/{number}/observations"
    place = f"{tab}/{only(register).id}"
    for who in (awa, hugo):
        assert tab in who.page(base).links
        assert place in who.page(tab).links
        assert "06 12 34 56 78" in who.page(place).text
        # A voice of a file is not an obstacle.
    hugo.page(f"/espace/administration/observations/{only(register).id}", 404)
    for who in (bruno, elise, gaelle):
        assert tab not in who.page(base).links
        who.page(tab, 403)
        who.page(place, 403)
        assert who.post(place, {"_action": "decline", "reason": "off-topic"}).status_code == 403
    assert only(register).standing is Standing.WAITING


def test_pages_say_the_same_in_english(visitor: Visitor, make: Make, register: Database) -> None:
    path = f"/en/experimentations/{make(Status.RUNNING)}/reagir"
    page = visitor.page(path)
    assert page.tree.get("lang") == "en"
    assert "mistake" in page.h1
    where = visitor.post(path, page.form(path).filled({"observation": TEXT})).headers["Location"]
    assert where == f"/en/observations/{only(register).reference}"
    assert only(register).language == "en"
    assert "Received" in visitor.page(where).text
    assert "obstacle" in visitor.page("/en/accessibilite/signaler").h1
