"""Mails worth reading: the act first, why one is told, nothing but what is true, in the language of the reader."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
import vobject
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.mail import english, french
from app.mail.blocks import flat
from experiments import editing
from experiments.acts import Reason
from experiments.events import event_of
from experiments.letters import Letter, Recipient
from experiments.model import Absence, Experiment, Mail, Person
from experiments.notices import ASKED, TELLS
from experiments.obligations import Fate, Language, Occasion, Pace, Rank, Task
from experiments.succession import Obstacle
from experiments.vocabulary import OpinionKind, OpinionSense, Outcome, Part, Role, Status, StopReason
from tests import people
from tests.builders import cross, noon
from tests.contents import TODAY
from tests.mail.office import Office, html_of, only, text_of, to
from tests.pages.test_french import MISTAKES

DAY = timedelta(1)
SITE = "https://essais.exemple.fr"
WORDS = pytest.mark.only("sqlite")
"""Words do not depend on the database."""

TITLE = "Îlots d’ombre démontables à Pont-Rousseau"


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    register = Database(database_url)
    yield Office(register, tmp_path)
    register.engine.dispose()


def end_of(office: Office, number: str) -> date:
    with office.register.reading() as session:
        found = session.scalar(select(Experiment.evaluation_due_on).where(Experiment.number == number))
    assert found is not None
    return found


def with_everybody(session: Session, x: Experiment) -> None:
    """A deputy and a head besides those of every file, and an administrator."""
    now = noon(TODAY)
    editing.name(session, x, people.awa(session), people.bruno(session), Part.DEPUTY, now=now)
    editing.name(session, x, people.awa(session), people.farid(session), Part.HEAD, now=now)
    people.elise(session)
    people.hugo(session)


def in_english(session: Session, x: Experiment) -> None:
    with_everybody(session, x)
    for person in session.scalars(select(Person).order_by(Person.id)):
        person.language = Language.ENGLISH


def ending(office: Office, change: Callable[[Session, Experiment], object] = with_everybody) -> list[Letter]:
    """What leaves for a file whose field work nobody ends, around the day when its evaluation is due."""
    number = office.open(Status.RUNNING, change)
    end = end_of(office, number)
    return [one for n in (-90, -60, -30, -7, 0, 8, 15) for one in office.day(end + n * DAY)]


def of_task(found: list[Letter], task: Task, rank: Rank) -> Letter:
    """The last letter that recalls a duty to a rank, with that duty alone."""
    letter = [one for one in found if any(a.deadline.task is task and a.rank is rank for a in one.asks)][-1]
    return only(letter, task=task)


def of_event(found: list[Letter], event: str) -> Letter:
    letter = next(one for one in found if any(n.entry.event == event for n in one.news))
    return only(letter, event=event)


def every_kind(office: Office, change: Callable[[Session, Experiment], object]) -> dict[str, Letter]:
    found = ending(office, change)
    several = max(found, key=lambda one: len(one.asks))
    assert len(several.asks) > 1
    evaluating = end_of(office, office.open(Status.EVALUATING, change))
    late = office.day(evaluating + DAY)
    number = office.open(Status.SUBMITTED, change)
    submitted = office.day(evaluating + 2 * DAY)
    office.change(number, lambda session, x: cross(session, x, "return"))
    returned = office.day(evaluating + 3 * DAY)
    told = [one for one in found if len(one.news) > 1]
    return {
        "own": of_task(found, Task.FIELD, Rank.LEAD),
        "overseen": of_task(found, Task.FIELD, Rank.HEAD),
        "evaluation": of_task(late, Task.EVALUATION, Rank.EVALUATOR),
        "several": several,
        "digest": replace(several, occasion=Occasion.DIGEST, news=told[0].news),
        "news": told[0],
        "authorised": of_event(found, "authorise"),
        "submitted": of_event(submitted, "submit"),
        "returned": of_event(returned, "return"),
    }


PAGES = {
    "own": "/etapes", "overseen": "/etapes", "evaluation": "/evaluation", "authorised": "",
    "submitted": "/lecture", "returned": "/etapes",
}  # fmt: skip


def first_words(text: str) -> tuple[str, str]:
    """What a mail says before its first link, and that link."""
    before, link, _ = re.split(r"(https://\S+)", text, maxsplit=1)
    return " ".join(before.split()), link


def test_every_kind_of_mail_opens_with_its_act_and_its_link(office: Office) -> None:
    opened = {name: first_words(text_of(office.mail(one))) for name, one in every_kind(office, with_everybody).items()}
    for name, (words, link) in opened.items():
        assert link.startswith(f"{SITE}/espace/experimentations/20"), name
        assert TITLE in words, name
        if name in PAGES:
            assert re.fullmatch(rf"{SITE}/espace/experimentations/\d{{4}}-\d{{3}}{PAGES[name]}", link), name
    assert opened["own"][0] == f"Terminer l’essai de « {TITLE} », pour que l’évaluation soit versée à temps :"
    assert (
        opened["overseen"][0] == f"Faire terminer l’essai de « {TITLE} », pour que l’évaluation soit versée à temps :"
    )
    assert opened["evaluation"][0] == f"Verser l’évaluation de « {TITLE} » :"
    assert opened["submitted"][0] == f"Lire le dossier de « {TITLE} » et décider :"
    assert opened["returned"][0] == f"Reprendre le dossier de « {TITLE} » et le soumettre de nouveau :"
    assert opened["authorised"][0].startswith("Autorisée, acte n° ")
    urgent = rf".* « {TITLE} ».* \((\d+ jours de retard|aujourd’hui|demain|dans \d+ jours)\), "
    assert re.fullmatch(urgent + r"et \d+ autres? échéances? :", opened["several"][0])
    assert re.fullmatch(urgent + r"\d+ autres? échéances? et \d+ nouvelles? :", opened["digest"][0])


@WORDS
def test_the_text_says_all_that_the_html_says_on_lines_that_hold(office: Office) -> None:
    for name, letter in every_kind(office, with_everybody).items():
        mail = office.mail(letter)
        text, page = text_of(mail), Read(html_of(mail))
        assert max(map(len, text.splitlines())) <= 78, name
        assert page.links <= set(re.findall(r"https://\S+", text)), name
        if name in PAGES:
            said = " ".join(text.split())
            assert [t for t in page.texts if " ".join(t.split()).rstrip(" :.") not in said] == [], name


class Read(HTMLParser):
    """The links of a page, and its texts but for those of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        self.links |= {value for name, value in attrs if name == "href" and value}

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \n]+", " ", data).strip(" ")
        if text and self.inside not in {"a", "style", "title"}:
            self.texts.append(text)


@WORDS
def test_mails_are_typeset_as_french_is(office: Office) -> None:
    for name, letter in every_kind(office, with_everybody).items():
        mail = office.mail(letter)
        for text in (str(mail["Subject"]), *text_of(mail).splitlines(), *Read(html_of(mail)).texts):
            for what, pattern in MISTAKES.items():
                found = pattern.search(without_quotes(letter, text))
                assert not found, f"{name}: {what}: {text}"


@WORDS
def test_a_late_reminder_says_why_one_is_told_who_else_was_and_what_comes_next(office: Office) -> None:
    found = ending(office)
    said = " ".join(text_of(office.mail(of_task(found, Task.FIELD, Rank.DEPUTY))).split())
    assert "15 jours de retard" in said
    assert (
        "parce que vous suppléez le porteur de ce dossier et que 6 rappels au porteur sont restés sans effet." in said
    )
    assert "Déjà prévenus : Awa Diallo (porteur) 6 fois, du " in said
    assert "Le rappel part aussi pour : " in said
    assert "Prochain rappel : le " in said
    assert "Ce qui le demande : CGCT LO1113-6." in said
    carrier = of_task(found, Task.FIELD, Rank.LEAD)
    assert "parce que vous portez ce dossier." in " ".join(text_of(office.mail(carrier)).split())


def test_the_rank_that_is_announced_is_told_on_that_day_and_not_before(office: Office) -> None:
    number = office.open(Status.RUNNING, with_everybody)
    end = end_of(office, number)
    found = office.days(end - 95 * DAY, end + 20 * DAY)
    first: dict[Rank, date] = {}
    promised = []
    for letter in found:
        for ask in letter.asks:
            if ask.deadline.task is Task.FIELD:
                first.setdefault(ask.rank, letter.at.date())
                promised += [ask.then] if ask.then else []
    assert {rank for rank, _ in promised} == {Rank.DEPUTY, Rank.HEAD, Rank.VALIDATOR}
    assert set(promised) == {(rank, first[rank]) for rank, _ in promised}


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        ("away", "et qu’Awa Diallo (porteur) est en absence jusqu’au "),
        ("left", "et qu’Awa Diallo (porteur) a quitté ses fonctions."),
        ("closed", "et qu’Awa Diallo (porteur) n’a plus de compte ouvert."),
        ("bounced", "et que l’adresse d’Awa Diallo (porteur) refuse nos courriels."),
    ],
)
def test_whoever_stands_in_is_told_why(obstacle: str, said: str, office: Office) -> None:
    def hinder(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        awa = people.awa(session)
        if obstacle in {"away", "left"}:
            until = TODAY + 900 * DAY if obstacle == "away" else None
            session.add(Absence(person_id=awa.id, from_on=TODAY, until_on=until))
        elif obstacle == "closed":
            awa.disabled_at = noon(TODAY)
        else:
            awa.bounced_at = noon(TODAY)

    number = office.open(Status.RUNNING, hinder)
    found = office.day(end_of(office, number) - 90 * DAY)
    letter = of_task(found, Task.FIELD, Rank.DEPUTY)
    assert said in " ".join(text_of(office.mail(letter)).split())
    assert not [one for one in to(found, people.awa, office.register) if one.asks]


def test_an_administrator_is_told_as_a_last_resort(office: Office) -> None:
    def nobody(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        for person in (people.awa, people.bruno, people.farid, people.elise):
            session.add(Absence(person_id=person(session).id, from_on=TODAY, until_on=None))

    number = office.open(Status.RUNNING, nobody)
    found = office.day(end_of(office, number) - 90 * DAY)
    said = " ".join(text_of(office.mail(of_task(found, Task.FIELD, Rank.ADMINISTRATOR))).split())
    assert "parce que vous administrez le registre et que personne d’autre ne peut être joint pour ce dossier" in said
    assert "qu’Awa Diallo (porteur) a quitté ses fonctions" in said


def test_a_delay_in_working_days_says_so(office: Office) -> None:
    office.open(Status.SUBMITTED, with_everybody)
    found = office.day(TODAY + 30 * DAY)
    said = " ".join(text_of(office.mail(of_task(found, Task.VALIDATION, Rank.VALIDATOR))).split())
    assert re.search(r"Le délai est de 20 jours ouvrés après la soumission du \d", said)


def test_a_notice_says_what_happened_in_what_capacity_and_the_reason_without_a_name(office: Office) -> None:
    number = office.open(Status.SUBMITTED, with_everybody)
    office.day(TODAY)
    why = Reason("Le protocole ne dit pas qui mesure.\nLe budget manque.")
    office.change(number, lambda session, x: cross(session, x, "return", answers=why))
    mail = office.mail(of_event(office.day(TODAY + DAY), "return"))
    said = " ".join(text_of(mail).split())
    assert "Renvoyée à son équipe, le 2 mars 2026, en qualité de valideur." in said
    assert "Motif : Le protocole ne dit pas qui mesure. Le budget manque." in said
    assert "Élise" not in said
    assert "Élise" not in html_of(mail)


def test_what_was_asked_and_is_done_is_asked_no_longer(office: Office) -> None:
    number = office.open(Status.SUBMITTED, with_everybody)
    office.change(number, lambda session, x: cross(session, x, "return"))
    letter = of_event(office.day(TODAY + DAY), "submit")
    mail = office.mail(letter)
    assert mail["Subject"] == f"Soumise\u00a0: {TITLE}"
    assert "Il ne vous est rien demandé." in " ".join(text_of(mail).split())


@WORDS
def test_dates_are_attached_under_the_names_they_have_in_feeds(office: Office) -> None:
    for name, letter in every_kind(office, with_everybody).items():
        mail = office.mail(letter)
        dated = [(ask.deadline, ask.x) for ask in letter.asks] + [(o, n.x) for n in letter.news for o in n.due]
        attached = list(mail.iter_attachments())
        assert len(attached) == bool(dated), name
        for part in attached:
            assert part.get_filename() == "echeances.ics"
            assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "PUBLISH")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            calendar = vobject.readOne(content.decode())
            expected = {event_of(one, x, SITE).uid for one, x in dated}
            assert {event.uid.value for event in calendar.vevent_list} == expected, name


def test_a_notice_attaches_what_concerns_its_reader_alone(office: Office) -> None:
    office.open(Status.SUBMITTED, with_everybody)
    office.open(Status.DRAFT, with_everybody)
    with office.register.reading() as session:
        denis = people.denis(session).id
    adviser = [n for one in to(office.day(TODAY), people.denis, office.register) for n in one.news]
    assert adviser
    assert all(one.person_id == denis for news in adviser for one in news.due)


FRENCH = frozenset(
    re.findall(
        r"\w+",
        """le la les des une du au aux est sont dans pour avec sur par vous votre nous dossier courriel rappel échéance
        porteur suppléant évaluateur valideur direction avis évaluation décision jours retard brouillon soumise
        autorisée cours règle locale charte prolongation fin ferme motif qualité acte""",
    )
)


@WORDS
def test_an_english_mail_is_english_from_end_to_end(office: Office) -> None:
    for name, letter in every_kind(office, in_english).items():
        mail = office.mail(letter)
        assert mail["Content-Language"] == "en"
        for text in (str(mail["Subject"]), text_of(mail), " ".join(Read(html_of(mail)).texts)):
            words = set(re.findall(r"[^\W\d_]+", without_quotes(letter, " ".join(text.split())).lower()))
            assert words & FRENCH == set(), name
        assert '<html lang="en">' in html_of(mail)


def without_quotes(letter: Letter, text: str) -> str:
    """A text without what people wrote, which stays in their language."""
    said = re.sub(r" +", " ", re.sub(r"https://\S+", "", text)).strip()
    quoted = [news.reason for news in letter.news] + [o.subject for n in letter.news for o in n.due]
    quoted += [ask.deadline.subject for ask in letter.asks] + [TITLE, "Bruno Le Gall"]
    for written in sorted(quoted, key=len, reverse=True):
        for bit in (
            flat(written),
            flat(written)[:55].strip(),
            " ".join(written.split()),
            " ".join(written[:55].split()),
        ):
            said = said.replace(bit, "") if bit else said
    return said


SAME = {"Validation", "CGCT LO1113-6"}


def test_the_two_languages_say_the_same_things() -> None:
    def said(module: ModuleType) -> set[str]:
        found = set(getattr(module, "__all__", ()))
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        return {name for name in found if not name.startswith("_")}

    assert said(french) == said(english)
    for name in said(french):
        theirs, ours = getattr(french, name), getattr(english, name)
        if isinstance(theirs, dict):
            assert theirs.keys() == ours.keys(), name
            assert not [key for key, text in theirs.items() if text == ours[key] and text not in SAME]
        elif isinstance(theirs, str):
            assert theirs != ours, name


def test_every_word_of_the_domain_has_its_words_in_mails() -> None:
    from app.mail import english_history as told

    assert french.ACTS.keys() == french.OVERSEEN.keys() == french.BUTTONS.keys() == set(Task)
    assert french.RANKS.keys() == french.THE.keys() == french.TO.keys() == french.WHY.keys() == set(Rank)
    assert french.EXPECTED.keys() == ASKED.keys()
    assert french.EVENTS.keys() == TELLS.keys()
    assert french.STATUSES.keys() == set(Status)
    assert [set(table) for table in (told.KINDS, told.SENSES, told.OUTCOMES, told.STOPS)] == [
        set(OpinionKind), set(OpinionSense), set(Outcome), set(StopReason)
    ]  # fmt: skip
    assert set(told.ROLES) == set(Role)
    for words in (french, english):
        for kind in ("closed", "away", "bounced"):
            assert "Awa" in words.missing("Awa", Rank.LEAD, Obstacle(kind))


HOSTILE = 'Ombre"\r\nBcc: moi@pirate.example\r\n\r\n<script>alert(1)</script>\u2028<img src=x onerror=alert(1)>\x85\x0b'


@WORDS
def test_a_hostile_title_and_a_hostile_name_stay_words(office: Office) -> None:
    def attack(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        x.title = HOSTILE
        people.awa(session).name = 'Awa" <moi@pirate.example>\r\nBcc: moi@pirate.example'

    found = ending(office, attack)
    safe = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Language",
            "Keywords", "Content-Type"}  # fmt: skip
    for letter in (of_task(found, Task.FIELD, Rank.LEAD), of_task(found, Task.FIELD, Rank.HEAD)):
        mail = office.mail(letter)
        assert set(mail.keys()) == safe
        assert [a.addr_spec for a in mail["To"].addresses] == [letter.person.email]
        assert not {"script", "img"} & set(Read(html_of(mail)).tags)
        assert text_of(mail).count("\nBcc:") == 0
        assert max(map(len, text_of(mail).splitlines())) <= 78


TITLES = (
    TITLE,
    "Été",
    "a" * 100,
    "é" * 100,
    "Un titre « long », " * 4 + "où tout se dit",
    "日本" * 40,
    "=?utf-8?q?=0D=0ABcc:?=",
)


@WORDS
def test_a_subject_and_a_name_arrive_as_they_were_written(office: Office) -> None:
    letter = of_task(ending(office), Task.FIELD, Rank.LEAD)
    for title in TITLES:
        letter.asks[0].x.title = letter.person.name = title
        mail = office.mail(letter)
        shown = title if len(title) <= 60 else title[:59].rstrip() + "…"
        act = f"Terminer l’essai de «\u00a0{shown}\u00a0», pour que l’évaluation soit versée à temps"
        assert mail["Subject"] == f"{act}\u00a0: 15\u00a0jours de retard"
        assert addressee(mail) == f"{title} <awa.diallo@exemple.fr>"


def addressee(mail: EmailMessage) -> str:
    """To whom, as RFC 2047 has it: the parser of Python 3.11 puts blanks between the words of a long name."""
    raw = dict(mail.raw_items())["To"]
    return " ".join(str(make_header(decode_header(raw))).split()).replace('"', "")


@WORDS
def test_headers_say_who_writes_to_whom_and_that_nobody_answers(office: Office) -> None:
    kinds = every_kind(office, with_everybody)
    for letter in kinds.values():
        mail = office.mail(letter)
        assert mail["From"].addresses[0].addr_spec == "jalon@essais.exemple.fr"
        assert mail["To"].addresses[0].display_name == letter.person.name
        assert mail["Message-ID"] == f"<{letter.key}@essais.exemple.fr>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Date"].datetime == letter.at
        assert mail["Content-Language"] == "fr"
    slowed = {name for name, letter in kinds.items() if "List-Unsubscribe" in office.mail(letter)}
    assert slowed == {"digest", "authorised"} | ({"news"} if not asks(kinds["news"]) else set())
    assert office.mail(kinds["digest"])["List-Unsubscribe"] == f"<{SITE}/espace/compte#rythme>"


def asks(letter: Letter) -> bool:
    return any(news.entry.event in ASKED for news in letter.news)


@WORDS
def test_the_same_letter_written_twice_is_one_mail(office: Office) -> None:
    letter = of_task(ending(office), Task.FIELD, Rank.LEAD)
    once, again = office.mail(letter), office.mail(letter)

    def kept(mail: EmailMessage) -> tuple[object, ...]:
        return mail["Message-ID"], mail["Subject"], mail["Date"], text_of(mail), html_of(mail)

    assert kept(once) == kept(again)


def test_what_the_rules_impose_and_is_late_comes_before_what_they_do_not(office: Office) -> None:
    late = [one for one in ending(office) if any(ask.days < 0 and ask.rule.statutory for ask in one.asks)]
    kept = [(one, {ask.rule.statutory for ask in one.asks if ask.days < 0}) for one in late]
    [letter, *_] = [one for one, kinds in kept if kinds == {True, False}]
    oldest = min(letter.asks, key=lambda ask: ask.days)
    assert not oldest.rule.statutory
    assert letter.asks[0].rule.statutory
    words, link = first_words(text_of(office.mail(letter)))
    acts = french.ACTS if letter.asks[0].is_own else french.OVERSEEN
    assert words.startswith(acts[letter.asks[0].deadline.task].partition("{}")[0])
    assert link.endswith(f"/{letter.asks[0].rule.page}")


@pytest.mark.parametrize("fate", [Fate.WAITING, Fate.REFUSED, Fate.EXPIRED])
def test_nobody_was_told_by_a_mail_that_has_not_left(office: Office, fate: Fate) -> None:
    letter = next(one for one in ending(office) if one.asks)
    ask, left_on = letter.asks[0], letter.at.date() - DAY
    letter = only(letter, task=ask.deadline.task)

    def said(told: Recipient) -> str:
        asks = [replace(ask, told=(told,))]
        return " ".join(text_of(office.mail(replace(letter, asks=asks))).split())

    left = said(Recipient("Bruno Le Gall", "", Rank.DEPUTY, left_on, Fate.SENT))
    assert f"Déjà prévenus : Bruno Le Gall (suppléant) le {' '.join(french.on(left_on).split())}." in left
    kept = said(Recipient("Bruno Le Gall", "", Rank.DEPUTY, None, fate))
    assert "Déjà prévenus" not in kept
    assert ("Le rappel part aussi pour : Bruno Le Gall (suppléant)." in kept) == (fate is Fate.WAITING)


def test_a_letter_says_on_which_day_a_mail_left_and_not_on_which_it_was_planned(office: Office) -> None:
    number = office.open(Status.RUNNING, with_everybody)
    end = end_of(office, number)
    office.day(end + DAY)
    with office.register.changing() as session:
        mails = select(Mail).where(Mail.fate == Fate.SENT).order_by(Mail.id)
        for mail in session.scalars(mails):
            mail.sent_at = noon(end + 3 * DAY)
    told = [t for n in (8, 15) for one in office.day(end + n * DAY) for ask in one.asks for t in ask.told]
    assert end + 3 * DAY in {t.on for t in told if t.fate is Fate.SENT}
    assert end + DAY not in {t.on for t in told}
    assert {t.on for t in told if t.fate is Fate.WAITING} == {None}


@WORDS
def test_forty_duties_stay_readable(office: Office) -> None:
    letter = of_task(ending(office), Task.FIELD, Rank.LEAD)
    ask = letter.asks[0]
    many = [replace(ask, days=n - 5) for n in range(40)]
    mail = office.mail(replace(letter, asks=many))
    text = text_of(mail)
    assert mail["Subject"] == "40\u00a0échéances vous attendent, dont 5\u00a0en retard"
    assert text.count("Vous recevez ce courriel") == 10
    assert text.count("\n- ") == 30
    assert text.index("5\u00a0jours de retard") < text.index("demain") < text.index("dans\u00a034\u00a0jours")


def test_nothing_is_said_of_another_file(office: Office) -> None:
    def of_ines(session: Session, x: Experiment) -> None:
        x.title = "Un secret"
        editing.name(session, x, people.awa(session), people.ines(session), Part.LEAD, now=noon(TODAY))

    theirs = office.open(Status.RUNNING, with_everybody)
    hers = office.open(Status.RUNNING, of_ines)
    end = end_of(office, hers)
    found = [one for n in (-90, -60, -30, -10, 0) for one in office.day(end + n * DAY)]
    letters = to(found, people.ines, office.register)
    assert letters
    for letter in letters:
        mail = office.mail(letter)
        whole = text_of(mail) + html_of(mail) + str(mail["Subject"])
        assert theirs not in whole
        assert TITLE not in whole
        for part in mail.iter_attachments():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert theirs not in content.decode()


def test_whoever_left_a_file_before_the_mail_does_hears_nothing_of_it(office: Office) -> None:
    def slow(session: Session, x: Experiment) -> None:
        with_everybody(session, x)
        people.bruno(session).pace = Pace.WEEKLY

    number = office.open(Status.AUTHORISED, slow)
    assert not to(office.day(TODAY), people.bruno, office.register)  # It waits for Monday.

    def leave(session: Session, x: Experiment) -> None:
        editing.unname(session, x, people.awa(session), people.bruno(session), Part.DEPUTY, now=noon(TODAY))

    office.change(number, leave)
    assert not to(office.days(TODAY + DAY, TODAY + 10 * DAY), people.bruno, office.register)
