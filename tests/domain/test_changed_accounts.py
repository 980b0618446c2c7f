"""What becomes of the parts that somebody holds in files when their account changes."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from app import accounts
from experiments import audit, editing, opinions, policies, trace
from experiments import declared as d
from experiments.duties import duties_of
from experiments.model import Person
from experiments.obligations import Rank, Task
from experiments.parts import PARTS
from experiments.succession import Roll
from experiments.vocabulary import NAMED, OpinionSense, Part, Role, Status
from tests import people
from tests.builders import TODAY, an_experiment, noon, verdict, write


@pytest.mark.parametrize("word", ["auditeur", "admin", "valideur", "dpo"])
@pytest.mark.parametrize("who", [people.awa, people.bruno, people.claire])
def test_whoever_changes_account_takes_part_in_no_file_any_more(
    session: Session, who: Callable[[Session], Person], word: str
) -> None:
    x, person = an_experiment(session, Status.EVALUATING), who(session)
    assert accounts.change_role(session, person, word, now=noon(TODAY)) == [x.number]
    assert not any(policies.may_write(person, x, part) for part in PARTS)
    assert not any(verdict(session, x, gate, by=person).may_open for gate in ("submit", "finish", "evaluate"))
    assert [i.until for i in x.involved if i.person_id == person.id and i.part in NAMED] == [noon(TODAY)]
    [line] = [e for e in trace.entries_of(session, x) if e.event == "unnamed"]
    assert msgspec.json.decode(line.body)["capacity"] == ["administrator"]


def test_an_administrator_names_the_carrier_of_a_file_whose_carrier_became_a_validator(session: Session) -> None:
    x, next_one = an_experiment(session, Status.RUNNING), people.bruno(session)
    accounts.change_role(session, people.awa(session), "valideur", now=noon(TODAY))
    editing.name(session, x, people.hugo(session), next_one, Part.LEAD, now=noon(TODAY))
    assert x.named(Part.LEAD) == [next_one]
    assert verdict(session, x, "stop", by=people.awa(session)).conflict & Role.EDITOR


def test_a_head_who_becomes_a_validator_stays_head(session: Session) -> None:
    x, ines = an_experiment(session, Status.DRAFT), people.ines(session)
    editing.name(session, x, people.awa(session), ines, Part.HEAD, now=noon(TODAY))
    assert accounts.change_role(session, ines, "valideur", now=noon(TODAY)) == []
    assert x.named(Part.HEAD) == [ines]


def test_an_adviser_whose_account_changed_gives_no_opinion(session: Session) -> None:
    x, denis = an_experiment(session, Status.DRAFT), people.denis(session)
    accounts.change_role(session, denis, "auditeur", now=noon(TODAY))
    with pytest.raises(editing.NotYours):
        opinions.give(session, x, denis, x.opinions[0], OpinionSense.FAVOURABLE, "Rien à redire.", seen=None,
                      now=noon(TODAY))  # fmt: skip


def test_an_adviser_whose_account_changed_is_asked_for_nothing_any_more(session: Session) -> None:
    x, denis = an_experiment(session, Status.DRAFT), people.denis(session)
    identity = x.read(d.Identity)
    # What Denis said was of another text: it is owed anew.
    write(session, x, replace(identity, summary=f"{identity.summary} Les bancs restent."))
    assert Task.OPINION in {duty.rule.task for duty in duties_of(x)}
    assert accounts.change_role(session, denis, "porteur", now=noon(TODAY)) == [x.number]
    assert Task.OPINION not in {duty.rule.task for duty in duties_of(x)}
    assert Roll(session, [x.id], TODAY).standing(x.id, Rank.ADVISER) == []
    assert not policies.may_see(denis, x)
    assert audit.verify(session) == []
