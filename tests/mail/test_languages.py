"""Mails in the language of their reader: French as it is printed, English from end to end, and the same things said."""

import ast
import inspect
import re
from types import ModuleType

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mail import english, french
from app.mail.blocks import flat
from experiments.letters import Letter
from experiments.model import Experiment, Person
from experiments.notices import ASKED, TELLS
from experiments.obligations import Language, Rank, Task
from experiments.succession import Obstacle
from experiments.vocabulary import OpinionKind, OpinionSense, Outcome, Role, Status, StopReason
from tests.mail.kinds import TITLE, WORDS, every_kind, with_everybody
from tests.mail.office import Office, Read, html_of, text_of
from tests.pages.test_french import MISTAKES


def in_english(session: Session, x: Experiment) -> None:
    with_everybody(session, x)
    for person in session.scalars(select(Person).order_by(Person.id)):
        person.language = Language.ENGLISH


@WORDS
def test_mails_are_typeset_as_french_is(office: Office) -> None:
    for name, letter in every_kind(office, with_everybody).items():
        mail = office.mail(letter)
        for text in (str(mail["Subject"]), *text_of(mail).splitlines(), *Read(html_of(mail)).texts):
            for what, pattern in MISTAKES.items():
                found = pattern.search(without_quotes(letter, text))
                assert not found, f"{name}: {what}: {text}"


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
