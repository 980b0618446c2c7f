"""Nothing private leaks: a mark is planted in all that is private, then every public address is read for it.

Each page is judged meanwhile as any other (tests/pages/page.py): valid, labelled, in one language.

The addresses are those of the application itself: a new public page is looked at without being listed here.
"""

import re
from collections import Counter

from flask import Flask
from sqlalchemy import Text, select, true, update
from werkzeug.test import TestResponse

from app import auth, clock
from app.db import Database
from app.follow_links import key_of, refusal_key_of
from experiments import publishing, queries, voices, webhooks
from experiments.exports.forms import MAIN
from experiments.exports.tables import TABLES as TABLES_OF_DATA
from experiments.model import Base, Disclosure, Entry, Experiment, Follower, Opinion, Voice, WrittenPart
from experiments.model.voice import Decline, VoiceKind
from experiments.parts import DECLARED
from experiments.public_access import TABLES
from experiments.published import TOLD
from experiments.publishing import WHOLE
from experiments.sealing import Seal
from experiments.vocabulary import Status
from tests import citizens
from tests.domain.guards_off import take_down
from tests.pages.conftest import Build
from tests.pages.pdf_words import words_of
from tests.pages.public_side import addresses, rules
from tests.pages.visitor import Visitor

MARK = "Zéphyrine7481"
WITHDRAWN, ANSWERED = "Ce qui fut écarté", "Ce qui lui fut répondu"
"""Published for a while."""
FOLLOWING = "jo@exemple.fr"
PUBLISHED_WHOLE = {*TABLES, "decisions", "evaluations"}
"""Tables whose texts are meant for the public, some of them later."""
EMPTY = {"absences", "knocks", "notices", "reminders", "replies", "sign_ins", "tokens"}
"""Without a row here: keys and dates, or what is public anyway. Another table must have one, or the mark is nowhere."""
MIXED = {"experiments", "written_parts"}
YEAR = "<year:year>"
REASON = re.compile(r"/experimentations/[\d-]+/historique/\d+-\w+\.txt")


def plant(register: Database) -> int:
    """Write the mark wherever nobody outside should read; how many columns hold it."""
    planted = 0
    # The reasons that their entry says to be public.
    told = Disclosure.seq.in_(select(Entry.seq).where(Entry.body.contains('"public":')))
    with register.changing() as session:
        take_down(session.connection())
        for table in Base.metadata.sorted_tables:
            if table.name in PUBLISHED_WHOLE | MIXED:
                continue
            for column in table.columns:
                free = isinstance(column.type, Text) or column.name in ("name", "function", "email", "value", "label")
                # Its author still reads the answer to what was withdrawn.
                free = free and column.name != "answer"
                if free and not column.foreign_keys and not column.primary_key and not column.unique:
                    # What is empty in a voice says that nothing was published, or answered.
                    said = column != "" if table.name == "voices" else ~told if table.name == "disclosures" else true()
                    session.execute(update(table).where(said).values({column.name: MARK}))
                    planted += 1
        inside = select(Experiment.id).where(Experiment.status.not_in(TOLD))
        facts = dict.fromkeys(("title", "summary", "organisation", "place", "found_by"), MARK)
        session.execute(update(Experiment).where(Experiment.id.in_(inside)).values(facts))
        declared = [part.slug for part in DECLARED]
        session.execute(update(WrittenPart).where(WrittenPart.experiment_id.in_(inside)).values(text=f'"{MARK}"'))
        being_written = WrittenPart.slug.not_in([*declared, "lancement", "prolongation", "cloture", "suivi"])
        session.execute(update(WrittenPart).where(being_written).values(text=f'"{MARK}"'))
    return planted


NOT_READ = {
    "/agenda/<key>.ics": "the calendar of one person, under a key of theirs",
    "/agenda/<key>/echeances.ics": "the same, under the name that calendars show",
    "/api/v1/experiments/<number:number>/gates": "for programs that hold a key",
    "/assets/<path:_name>": "files of the program",
    "/demonstration/courriers": "the mails of the demonstration: there are none in a true register",
    "/demonstration/courriers/<name>": "the same",
    "/demonstration/courriers/<name>/courrier.eml": "the same",
    "/demonstration/courriers/<name>/echeances.ics": "the same",
    "/demonstration/courriers/<name>/html": "the same",
    "/suivre/<key>/arreter": "leads elsewhere",
}
"""Addresses that need no session and are not read here, each with why."""

ITS_OWN = {"/suivre/<key>": FOLLOWING, "/observations/<reference>": ANSWERED}
"""What a link tells whoever was given it, and nobody else."""


def words(answer: TestResponse) -> str:
    """All that an answer says, whatever it is made of."""
    return words_of(answer.get_data()) if answer.mimetype == "application/pdf" else answer.get_data(as_text=True)


def fill(register: Database, numbers: list[str]) -> None:
    """Something in every table that the planting can reach: a mark in a table without rows is nowhere."""
    now = clock.now()
    with register.changing() as session:
        files = [x for number in numbers if (x := queries.file(session, number)) and x.status in TOLD]
        for x in files:
            citizens.a_voice(session, x, kind=VoiceKind.MISTAKE, on=clock.today())
        citizens.a_voice(session, None, on=clock.today())
        citizens.a_follower(session, FOLLOWING, None, files[0], on=clock.today())
        citizens.a_refusal(session, "sam@exemple.fr", clock.today())
        seal = Seal("une clé d’essai, d’au moins trente-deux signes", "essais")
        made, _secret = webhooks.add(session, "Portail", "https://portail.exemple.fr/x", now, seal)
        webhooks.rotate(session, made, now, seal)
        webhooks.try_out(session, made, now)
        auth.note_failure(session, FOLLOWING, now)
        declined = citizens.a_voice(session, files[1], f"{WITHDRAWN}.", kind=VoiceKind.MISTAKE, on=clock.today())
        voices.publish(session, declined, f"{WITHDRAWN}.", sure=True, today=clock.today())
        voices.answer(session, declined, ANSWERED, today=clock.today())
        voices.decline(session, declined, Decline.UNLAWFUL, sure=True, today=clock.today())


def publish_again(register: Database) -> None:
    """Have the door passed once more, now that the mark is behind it."""
    with register.changing() as session:
        publishing.renew(
            session, session.scalars(select(Experiment).order_by(Experiment.id).options(*WHOLE)).unique().all()
        )


def what_is_known(app: Flask, register: Database, numbers: list[str], visitor: Visitor) -> dict[str, list[str]]:
    """What stands for each name in an address."""
    secret = app.config["SECRET_KEY"]
    with register.reading() as session:
        keys = [key_of(nonce, secret) for nonce in session.scalars(select(Follower.nonce).order_by(Follower.id))]
        references = list(session.scalars(select(Voice.reference).order_by(Voice.id)))
    pages = "".join(visitor.client.get(f"/experimentations/{one}/historique").text for one in numbers)
    year = clock.today().year
    return {
        "number": numbers,
        "year": [str(year - 1), str(year)],
        "_table": [name for name in TABLES_OF_DATA if name != MAIN],
        "reference": references,
        "key": keys,
        f"/bilan/{YEAR}.pdf": [f"/bilan/{year}.pdf"],
        "/refus/<key>": [f"/refus/{refusal_key_of(FOLLOWING, secret)}"],
        "/experimentations/<number:number>/historique/<int:seq>-<field>.txt": sorted(set(REASON.findall(pages))),
    }


def test_what_is_private_is_in_no_public_answer(app: Flask, register: Database, make: Build, visitor: Visitor) -> None:
    numbers = [make(status) for status in Status]
    with app.test_request_context():
        fill(register, numbers)
    with register.reading() as session:
        bare = {table.name for table in Base.metadata.sorted_tables if session.execute(select(table)).first() is None}
    assert bare <= EMPTY
    assert plant(register) > 12
    publish_again(register)
    with register.reading() as session:
        assert session.scalar(select(Opinion.text)) == MARK
    known, read = what_is_known(app, register, numbers, visitor), Counter[str]()
    for rule in rules(app, "GET"):
        for path in addresses(rule, known):
            answer = visitor.get(path)
            check(words(answer), path, its_own=ITS_OWN.get(rule, ""))
            # With marks among the mails, the register is not well.
            read[rule] += answer.status_code == (503 if rule == "/health" else 200)
    # A new address is read, or says here why it is not.
    assert {rule for rule in rules(app, "GET") if not read[rule]} == NOT_READ.keys()
    assert read.total() > 250
    assert numbers[-2] in words(visitor.client.get(f"/bilan/{clock.today().year}.pdf"))
    for rule in rules(app, "POST"):
        for path in addresses(rule, known):
            check(words(visitor.post(path)), path)
    for query in (f"?q={MARK}", f"?q={MARK}&statut=all", f"?organisme={MARK}&statut=all"):
        assert "0 expérimentation" in visitor.client.get(f"/{query}").get_data(as_text=True).replace("\u00a0", " ")


def check(text: str, path: str, *, its_own: str = "") -> None:
    for private in (MARK, FOLLOWING, "portail.exemple.fr/x", WITHDRAWN, ANSWERED, "@exemple.fr>"):
        assert private == its_own or private not in text, path
