"""Mails worth reading: the act first, its link, its dates, and nothing but what is true, whatever people typed."""

import re
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage

import vobject
from sqlalchemy.orm import Session

from app.mail import french
from experiments.acts import Reason
from experiments.events import event_of
from experiments.letters import Letter
from experiments.model import Experiment
from experiments.notices import ASKED
from experiments.obligations import Rank, Task
from experiments.vocabulary import Status
from tests import people
from tests.builders import cross
from tests.contents import TODAY
from tests.mail.kinds import TITLE, WORDS, ending, every_kind, of_event, of_task, with_everybody
from tests.mail.office import Office, Read, html_of, text_of

DAY = timedelta(1)
SITE = "https://essais.exemple.fr"

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
