"""A message that does not arrive: tried again, given up, then all stops, administrators are told, nothing is lost."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.mail.letter import Writer
from experiments import letters, webhooks
from experiments.deliveries import BACK_OFF, Answer, Parcel
from experiments.model import Arrival, Delivery, Mail, Webhook
from experiments.obligations import Fate, Language, Occasion
from experiments.vocabulary import Account
from tests import people
from tests.hooks.conftest import URL, Bureau, tell
from tests.hooks.receiver import Receiver, gates_of
from tests.mail.office import html_of, text_of
from tests.reminders.office import TUESDAY, at, somebody


def test_a_failure_is_tried_again_further_and_further_apart_then_all_goes_in_order(bureau: Bureau) -> None:
    with Receiver(*[500] * 4, 200) as receiver:
        one = bureau.add(receiver.url())
        tell(bureau)
        for n in range(4):
            bureau.run()
            assert len(receiver.received) == n + 1
            head = bureau.log(one)[0]
            assert (head.tries, head.code, head.words) == (n + 1, 500, "Réponse 500")
            assert head.not_before == bureau.clock() + BACK_OFF[n]
            assert bureau.now(one).failing_since
            bureau.clock.moment = head.not_before - timedelta(seconds=1)
            bureau.run()
            assert len(receiver.received) == n + 1
            bureau.clock.forward(seconds=1)
        bureau.run()
    assert gates_of(receiver) == ["experiment.authorise"] * 5 + ["experiment.start"]
    # One name, whatever the number of tries.
    assert sorted(Counter(found.key for found in receiver.received).values()) == [1, 5]
    assert bureau.now(one).failing_since is None


def test_what_fails_for_days_is_given_up_then_all_stops_and_nothing_is_lost(bureau: Bureau) -> None:
    working = threading.Event()

    def send(parcel: Parcel) -> Answer:
        sent.append(parcel.key)
        return Answer(200, 1) if working.is_set() else Answer(None, 1, "La connexion n’aboutit pas")

    sent: list[str] = []
    one = bureau.add("https://portail.exemple.fr/")
    tell(bureau, "suspend")
    began, runs = bureau.clock(), 0
    while bureau.now(one).paused_at is None:
        bureau.run(send)
        assert (runs := runs + 1) < 40
        bureau.clock.moment = max(bureau.clock(), bureau.now(one).next_at or bureau.clock())
    first, second, third = bureau.log(one)
    assert (first.fate, first.tries) == (Arrival.GIVEN_UP, len(BACK_OFF) + 1)
    assert first.ended_at
    assert timedelta(days=3) < first.ended_at - began < timedelta(days=4)
    stopped = bureau.now(one)
    assert stopped.paused_at
    assert timedelta(days=5) <= stopped.paused_at - began < timedelta(days=6)
    assert (stopped.paused_by_us, stopped.paused_why) == (True, "Rien n’a été reçu pendant cinq jours")
    assert (second.fate, third.fate) == (Arrival.WAITING, Arrival.WAITING)
    with bureau.database.reading() as session:
        assert webhooks.stopped(session) == 1
    # Nobody is spoken to, and what happens meanwhile waits.
    number, before = tell(bureau), len(sent)
    bureau.run(send)
    assert len(sent) == before
    working.set()
    with bureau.database.changing() as session:
        webhooks.resume(session, session.get_one(Webhook, one.id), bureau.clock())
        webhooks.again(session, session.get_one(Webhook, one.id), session.get_one(Delivery, first.id), bureau.clock())
    bureau.run(send)
    bureau.run(send)
    keys = [found.key for found in bureau.log(one)]
    assert sent[before:] == keys
    assert len(keys) == 5
    assert number
    with bureau.database.reading() as session:
        assert webhooks.stopped(session) == 0


def stop(bureau: Bureau, code: int = 410) -> Webhook:
    """A receiver that says it is gone, and has been told so once more."""
    one = bureau.add("https://portail.exemple.fr/", "Portail de données")
    tell(bureau, "suspend")
    bureau.run(lambda _parcel: Answer(code, 1, f"Réponse {code}"))
    return bureau.now(one)


def alarms(bureau: Bureau) -> list[Mail]:
    with bureau.database.reading() as session:
        return list(session.scalars(select(Mail).where(Mail.occasion == Occasion.STOPPED).order_by(Mail.id)))


def test_administrators_are_written_to_once_when_a_receiver_is_told_nothing_any_more(bureau: Bureau) -> None:
    with bureau.database.changing() as session:
        hugo, left = people.hugo(session), somebody(session, "partie", Account.ADMINISTRATOR)
        hugo.language = Language.ENGLISH
        left.disabled_at = bureau.clock()
    bureau.clock.moment = at(TUESDAY, 22)
    one = stop(bureau)
    assert one.paused_by_us
    [mail] = alarms(bureau)
    assert (mail.person_id, mail.webhook_id, mail.fate) == (hugo.id, one.id, Fate.WAITING)
    with bureau.database.reading() as session:
        [alarm] = letters.write(session, [mail.id], bureau.clock())
    written = Writer(bureau.config).compose(alarm)
    assert written["Subject"] == "Webhook stopped: Portail de données"
    for form in (text_of(written), html_of(written)):
        assert "The receiver answered 410: it no longer exists." in form
        assert "3 messages wait" in form
        assert f"{URL}/espace/administration/webhooks/{one.id}" in form
    bureau.clock.moment = at(TUESDAY + timedelta(1), 9)
    for _ in range(3):
        bureau.run(lambda _parcel: Answer(410, 1, "Réponse 410"))
        bureau.clock.forward(minutes=1)
    assert len(bureau.box.to(hugo)) == 1
    assert [found.fate for found in alarms(bureau)] == [Fate.SENT]
    # Another stop is another mail.
    with bureau.database.changing() as session:
        webhooks.resume(session, session.get_one(Webhook, one.id), bureau.clock())
    bureau.run(lambda _parcel: Answer(410, 1, "Réponse 410"))
    assert len(alarms(bureau)) == 2


def test_a_stop_that_is_mended_before_its_mail_leaves_is_not_told(bureau: Bureau) -> None:
    with bureau.database.changing() as session:
        people.hugo(session)
    bureau.clock.moment = at(TUESDAY, 22)
    one = stop(bureau)
    with bureau.database.changing() as session:
        webhooks.resume(session, session.get_one(Webhook, one.id), bureau.clock())
    bureau.clock.moment = at(TUESDAY + timedelta(1), 9)
    bureau.run(lambda _parcel: Answer(200, 1))
    assert [mail.fate for mail in alarms(bureau)] == [Fate.CANCELLED]
    # Whoever asked for the pause needs no mail; one that is removed takes its mails with it.
    with bureau.database.changing() as session:
        kept = session.get_one(Webhook, one.id)
        webhooks.pause(session, kept, bureau.clock())
        webhooks.remove(session, kept)
    assert alarms(bureau) == []


def test_a_failure_of_last_month_does_not_stop_what_is_sent_today_at_the_first_one(bureau: Bureau) -> None:
    def refuse(_parcel: Parcel) -> Answer:
        return Answer(503, 1, "Réponse 503")

    one = bureau.add("https://portail.exemple.fr/")
    number = tell(bureau)
    with bureau.database.changing() as session:
        session.get_one(Webhook, one.id).failing_since = bureau.clock() - timedelta(days=31)
    bureau.run(refuse)
    assert bureau.now(one).paused_at is None
    for _ in range(3):
        bureau.clock.moment = bureau.now(one).next_at or bureau.clock()
        bureau.run(refuse)
    assert bureau.now(one).paused_by_us
    assert number


def test_whoever_is_gone_is_left_alone_at_once(bureau: Bureau) -> None:
    with Receiver(410) as receiver:
        one = bureau.add(receiver.url())
        tell(bureau)
        bureau.run()
        bureau.clock.forward(days=1)
        bureau.run()
    stopped = bureau.now(one)
    assert (stopped.paused_by_us, "n’existe plus" in stopped.paused_why) == (True, True)
    assert len(receiver.received) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whoever_dies_between_the_answer_and_its_mark_sends_again_under_the_same_name(bureau: Bureau) -> None:
    with Receiver() as receiver:
        one = bureau.add(receiver.url())
        tell(bureau)

        def send_and_die(parcel: Parcel) -> Answer:
            bureau.send(parcel)
            # Ends the thread there and then, without a word.
            raise SystemExit

        bureau.run(send_and_die)
        # Until the lease ends, another does not know whether somebody is still speaking.
        bureau.run()
        assert [found.key for found in receiver.received] == [bureau.log(one)[0].key]
        bureau.clock.forward(minutes=1)
        bureau.run()
    assert [found.key for found in receiver.received] == [bureau.log(one)[n].key for n in (0, 0, 1)]
    assert receiver.received[0].body == receiver.received[1].body
    assert [sent.fate for sent in bureau.log(one)] == [Arrival.TAKEN] * 2


def test_a_message_that_cannot_be_written_is_put_off_like_any_other(bureau: Bureau) -> None:
    one = bureau.add("https://portail.exemple.fr/")
    tell(bureau)

    def stumble(_parcel: Parcel) -> Answer:
        raise ZeroDivisionError

    bureau.run(stumble)
    assert "composé" in bureau.log(one)[0].words
    assert bureau.now(one).leased_until is None
