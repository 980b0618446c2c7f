"""Nothing private leaks: a mark is planted in all that is private, then every public address is read for it.

The addresses are those of the application itself: a new public page is looked at without being listed here.
"""

import re
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import Text, inspect, select, true, update

from app import auth, clock
from app.db import Database
from app.i18n import INSIDE, has_english
from experiments import queries, voices, webhooks
from experiments.exports.forms import MAIN
from experiments.exports.tables import TABLES as TABLES_OF_DATA
from experiments.model import Base, Experiment, Opinion, WrittenPart
from experiments.model.voice import Decline, VoiceKind
from experiments.parts import DECLARED
from experiments.public_access import TABLES
from experiments.published import TOLD
from experiments.sealing import Seal
from experiments.vocabulary import Status
from tests import citizens
from tests.domain.guards_off import take_down
from tests.pages.conftest import Build
from tests.pages.visitor import Visitor

MARK = "Zéphyrine7481"
PUBLISHED_WHOLE = {*TABLES, "decisions", "evaluations"}
"""Tables whose texts are meant for the public, some of them later."""
YEARS = ["2025", "2026"]
EMPTY = {"absences", "knocks", "notices", "reminders", "replies", "sign_ins", "tokens"}
"""Without a row here: keys and dates, or what is public anyway. Another table must have one, or the mark is nowhere."""
MIXED = {"experiments", "written_parts"}


def plant(register: Database) -> int:
    """Write the mark wherever nobody outside should read; how many columns hold it."""
    planted = 0
    with register.changing() as session:
        take_down(session.connection())
        for table in Base.metadata.sorted_tables:
            if table.name in PUBLISHED_WHOLE | MIXED:
                continue
            for column in table.columns:
                free = isinstance(column.type, Text) or column.name in ("name", "function", "email", "value", "label")
                if free and not column.foreign_keys and not column.primary_key and not column.unique:
                    # What is empty in a voice says that nothing was published, or answered.
                    said = column != "" if table.name == "voices" else true()
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


def addresses(app: Flask, numbers: list[str]) -> Iterator[str]:
    """Every address that somebody may read without signing in, in both languages."""
    for rule in app.url_map.iter_rules():
        outside = not any(rule.rule == one or rule.rule.startswith(f"{one}/") for one in INSIDE if one != "/api")
        if "GET" not in (rule.methods or ()) or not (outside or rule.rule.startswith("/api/")):
            continue
        arguments = rule.arguments
        every = {"number": numbers, "year": YEARS, "_table": [name for name in TABLES_OF_DATA if name != MAIN]}
        paths = [rule.rule]
        for name in arguments & every.keys():
            paths = [re.sub(rf"<[^<>]*:{name}>", one, path) for path in paths for one in every[name]]
        # The report in PDF is printed from its page, and takes long.
        for path in (one for one in paths if not one.endswith(".pdf")):
            yield path
            if has_english(path) and not path.startswith("/api"):
                yield f"/en{path}"


def fill(register: Database, numbers: list[str]) -> None:
    """Something in every table that the planting can reach: a mark in a table without rows is nowhere."""
    now = clock.now()
    with register.changing() as session:
        files = [x for number in numbers if (x := queries.file(session, number)) and x.status in TOLD]
        for x in files:
            citizens.a_voice(session, x, kind=VoiceKind.MISTAKE, on=clock.today())
        citizens.a_voice(session, None, on=clock.today())
        citizens.a_follower(session, "jo@exemple.fr", None, files[0], on=clock.today())
        citizens.a_refusal(session, "sam@exemple.fr", clock.today())
        seal = Seal("une clé d’essai, d’au moins trente-deux signes", "essais")
        made, _secret = webhooks.add(session, "Portail", "https://portail.exemple.fr/x", now, seal)
        webhooks.rotate(session, made, now, seal)
        webhooks.try_out(session, made, now)
        auth.note_failure(session, "jo@exemple.fr", now)
        declined = citizens.a_voice(session, files[1], "Ce qui fut écarté.", kind=VoiceKind.MISTAKE, on=clock.today())
        voices.publish(session, declined, "Ce qui fut écarté.", sure=True, today=clock.today())
        voices.answer(session, declined, "Une réponse.", today=clock.today())
        voices.decline(session, declined, Decline.UNLAWFUL, sure=True, today=clock.today())


def test_what_is_private_is_in_no_public_answer(app: Flask, register: Database, make: Build, visitor: Visitor) -> None:
    numbers = [make(status) for status in Status if status is not Status.WITHDRAWN]
    with app.test_request_context():
        fill(register, numbers)
    with register.reading() as session:
        bare = {table.name for table in Base.metadata.sorted_tables if session.execute(select(table)).first() is None}
    assert bare <= EMPTY
    assert plant(register) > 12
    with register.reading() as session:
        assert inspect(register.engine).has_table("publications")
        assert session.scalar(select(Opinion.text)) == MARK
    read, unread = (
        0,
        {"/bilan/2026.csv", "/en/bilan/2026", "/donnees/criteres.ouvert.csv", "/indicateurs"},
    )
    for path in addresses(app, numbers):
        answer = visitor.client.get(path)
        text = answer.get_data(as_text=True)
        for private in (MARK, "jo@exemple.fr", "portail.exemple.fr/x", "Ce qui fut écarté", "@exemple.fr>"):
            assert private not in text, path
        read += answer.status_code == 200
        unread -= {path} if answer.status_code == 200 else set()
    assert read > 150
    assert not unread
    for query in (f"?q={MARK}", f"?q={MARK}&statut=all", f"?organisme={MARK}&statut=all"):
        assert "0 expérimentation" in visitor.client.get(f"/{query}").get_data(as_text=True).replace("\u00a0", " ")
