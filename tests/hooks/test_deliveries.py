"""Programs are told of each public gate: in order, signed, at least once under one name, and nothing else is told."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import event, select
from standardwebhooks import Webhook as Signer

from app.hooks.courier import Send, sender
from app.hooks.reach import TRYING
from app.hooks.seal import seal_of
from app.mail.letter import Writer
from experiments import deliveries, letters, planning, queries, webhooks
from experiments.deliveries import BACK_OFF, Answer, Parcel
from experiments.model import Arrival, Delivery, Entry, Mail, Pulse, Webhook
from experiments.obligations import Fate, Language, Occasion
from experiments.vocabulary import Account, Status
from tests import people
from tests.builders import an_experiment, cross
from tests.hooks.conftest import URL, Bureau
from tests.hooks.receiver import Received, Receiver
from tests.mail.office import html_of, text_of
from tests.reminders.office import TUESDAY, at, somebody


def tell(bureau: Bureau, *gates: str) -> str:
    """A running experiment, whose page is public, then these gates; its number."""
    with bureau.database.changing() as session:
        x = an_experiment(session, Status.RUNNING, today=TUESDAY)
        for gate in gates:
            cross(session, x, gate, on=TUESDAY)
        return x.number


def cross_on(bureau: Bureau, number: str, *gates: str) -> None:
    with bureau.database.changing() as session:
        x = queries.file(session, number, for_change=True)
        assert x is not None
        for gate in gates:
            cross(session, x, gate, on=TUESDAY)


def is_signed(found: Received, secret: str) -> bool:
    at = datetime.fromtimestamp(int(found.headers["webhook-timestamp"]), UTC)
    mine = Signer(secret).sign(found.key, at, found.body.decode())
    return mine in found.headers["webhook-signature"].split(" ")


def gates_of(receiver: Receiver) -> list[str]:
    return [msgspec.json.decode(one.body)["type"] for one in receiver.received]


# What is told ---------------------------------------------------------------------------------------------------------


def test_public_gates_are_told_in_order_signed_and_nothing_else_is(bureau: Bureau) -> None:
    with Receiver() as receiver:
        tell(bureau)
        one = bureau.add(receiver.url())
        number = tell(bureau, "suspend")
        with bureau.database.changing() as session:
            for status in (Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.WITHDRAWN):
                an_experiment(session, status, today=TUESDAY)
        bureau.run()
    # What happened before it was there is not told; nor what the public does not know. A refusal, it knows.
    gates = ["experiment.authorise", "experiment.start", "experiment.suspend", "experiment.refuse"]
    assert gates_of(receiver) == gates
    said = msgspec.json.decode(receiver.received[2].body)
    with bureau.database.reading() as session:
        [entry] = session.scalars(select(Entry).where(Entry.event == "suspend").order_by(Entry.seq))
    assert said == {
        "type": "experiment.suspend",
        "timestamp": msgspec.json.decode(entry.body)["at"],
        "data": {
            "number": number, "gate": "suspend", "status": "suspended", "status_label": "Suspendue",
            "url": f"{URL}/experimentations/{number}", "api_url": f"{URL}/api/v1/experiments/{number}",
            "trace": {"seq": entry.seq, "hash": entry.hash},
        },
    }  # fmt: skip
    assert all(is_signed(found, bureau.secrets[one.label]) for found in receiver.received)
    assert len({found.key for found in receiver.received}) == 4
    assert {sent.fate for sent in bureau.log(one)} == {Arrival.TAKEN}
    assert all(sent.milliseconds is not None and sent.code == 200 for sent in bureau.log(one))


def test_two_secrets_sign_for_a_week_then_one(bureau: Bureau) -> None:
    with Receiver() as receiver:
        old = bureau.add(receiver.url())
        with bureau.database.changing() as session:
            kept = session.get_one(Webhook, old.id)
            after = webhooks.rotate(session, kept, bureau.clock(), seal_of(bureau.config))
        before = bureau.secrets[old.label]
        assert after != before
        for _ in range(2):
            with bureau.database.changing() as session:
                webhooks.try_out(session, session.get_one(Webhook, old.id), bureau.clock())
            bureau.run()
            bureau.clock.forward(days=8)
        first, second = receiver.received
    assert (is_signed(first, before), is_signed(first, after)) == (True, True)
    assert (is_signed(second, before), is_signed(second, after)) == (False, True)


def test_a_register_whose_key_has_changed_sends_nothing_says_why_and_takes_a_new_secret(bureau: Bureau) -> None:
    with Receiver() as receiver:
        one = bureau.add(receiver.url())
        tell(bureau)
        changed = replace(bureau.config, secret_key="une autre clé, d’au moins trente-deux signes")
        send = sender(changed, TRYING, bureau.clock)
        bureau.run(send)
        assert receiver.received == []
        stopped = bureau.now(one)
        assert (stopped.paused_by_us, stopped.paused_why) == (True, deliveries.UNREADABLE)
        with bureau.database.changing() as session:
            kept = session.get_one(Webhook, one.id)
            secret = webhooks.rotate(session, kept, bureau.clock(), seal_of(changed))
            webhooks.resume(session, kept, bureau.clock())
        bureau.run(send)
    assert gates_of(receiver) == ["experiment.authorise", "experiment.start"]
    assert all(is_signed(found, secret) for found in receiver.received)


def test_a_run_with_nothing_to_tell_is_one_statement_even_while_a_try_is_put_off(bureau: Bureau) -> None:
    with Receiver(500) as receiver:
        one = bureau.add(receiver.url())
        tell(bureau)
        # At once, then five seconds later.
        for _ in range(2):
            bureau.run()
            bureau.clock.forward(seconds=6)
        worker = bureau.worker(bureau.courier())
        worker.run()
        said: list[str] = []
        event.listen(bureau.database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        for _ in range(2):
            bureau.clock.forward(seconds=30)
            worker.run()
    assert len([words for words in said if not words.startswith("BEGIN")]) == 2, said
    assert len(receiver.received) == 2
    # Two messages, and the second waits for the first.
    assert [sent.tries for sent in bureau.log(one)] == [2, 0]


# When it fails --------------------------------------------------------------------------------------------------------


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


# Several --------------------------------------------------------------------------------------------------------------


def test_a_slow_receiver_delays_neither_the_mails_nor_the_others_and_is_spoken_to_by_one(bureau: Bureau) -> None:
    speaking, free, sent = threading.Event(), threading.Event(), list[int]()

    def send(parcel: Parcel) -> Answer:
        if parcel.webhook_id == slow.id:
            speaking.set()
            assert free.wait(10)
        sent.append(parcel.webhook_id)
        return Answer(200, 1)

    slow, quick = bureau.add("https://lent.exemple.fr/"), bureau.add("https://vif.exemple.fr/")
    tell(bureau)
    first, second = bureau.courier(send), bureau.courier(send)
    bureau.worker(first).run()
    # The run is over, mails have left, and it is still speaking there.
    assert bureau.box.left
    assert speaking.wait(10)
    [other] = [thread for thread in first.threads if thread.name == f"webhook-{quick.id}"]
    other.join(10)
    assert sent == [quick.id] * 2
    # Neither the same courier at its next run nor that of another worker speaks there meanwhile.
    for courier in (first, second):
        courier.start()
        assert [thread.name for thread in courier.threads if thread.is_alive()] == (
            [f"webhook-{slow.id}"] if courier is first else []
        )
    free.set()
    first.wait(10)
    assert sent == [quick.id] * 2 + [slow.id] * 2


def test_one_that_is_removed_while_it_is_spoken_to_is_simply_gone(bureau: Bureau) -> None:
    one = bureau.add("https://portail.exemple.fr/")
    tell(bureau)

    def send(_parcel: Parcel) -> Answer:
        with bureau.database.changing() as session:
            webhooks.remove(session, session.get_one(Webhook, one.id))
        return Answer(200, 1)

    bureau.run(send)
    with bureau.database.reading() as session:
        assert session.scalars(select(Delivery).order_by(Delivery.id)).all() == []


# What an administrator asks -------------------------------------------------------------------------------------------


def answering(*codes: int) -> tuple[Send, list[str]]:
    left, seen = list(codes), list[str]()

    def send(parcel: Parcel) -> Answer:
        seen.append("message" if parcel.entry else "trial")
        code = left.pop(0)
        return Answer(code, 1, "" if code == 200 else f"Réponse {code}")

    return send, seen


def test_a_trial_goes_even_while_all_is_paused_once_and_frees_what_was_put_off(bureau: Bureau) -> None:
    one = bureau.add("https://portail.exemple.fr/")
    tell(bureau)
    send, seen = answering(500, 500, 200, 200, 200)
    bureau.run(send)
    for verb in (webhooks.pause, webhooks.try_out):
        with bureau.database.changing() as session:
            verb(session, session.get_one(Webhook, one.id), bureau.clock())
    for _ in range(3):
        bureau.run(send)
        bureau.clock.forward(hours=6)
    trial = bureau.log(one)[2]
    assert (trial.seq, trial.fate, trial.tries) == (None, Arrival.GIVEN_UP, 1)
    assert seen == ["message", "trial"]
    with bureau.database.changing() as session:
        found = session.get_one(Webhook, one.id)
        webhooks.resume(session, found, bureau.clock())
        webhooks.try_out(session, found, bureau.clock())
    bureau.run(send)
    assert Counter(seen) == {"message": 3, "trial": 2}
    assert bureau.now(one).next_at is None


def test_the_log_forgets_after_three_months_and_a_clock_set_right_holds_nothing_back(bureau: Bureau) -> None:
    one = bureau.add("https://portail.exemple.fr/")
    number = tell(bureau)
    send, seen = answering(200, 200, 500, 200)
    bureau.run(send)
    bureau.clock.forward(days=91)
    cross_on(bureau, number, "suspend")
    bureau.run(send)
    [waiting] = bureau.log(one)
    assert waiting.tries == 1
    # All that was a year ahead of its time.
    bureau.clock.forward(days=-90)
    with bureau.database.changing() as session:
        pulse = session.scalars(select(Pulse)).one()
        pulse.ran_at = bureau.clock() + timedelta(days=90)
    bureau.run(send)
    bureau.run(send)
    assert seen == ["message"] * 4
    assert bureau.log(one)[0].fate is Arrival.TAKEN


def test_a_long_trace_is_written_down_bite_by_bite(bureau: Bureau) -> None:
    one = bureau.add("https://portail.exemple.fr/")
    tell(bureau, "suspend")
    with bureau.database.changing() as session:
        assert not planning.beat(session, bureau.clock()).is_idle
    for _ in range(50):
        with bureau.database.changing() as session:
            if not deliveries.plan(session, bureau.clock(), limit=2):
                break
    assert [sent.seq for sent in bureau.log(one)] == sorted(sent.seq or 0 for sent in bureau.log(one))
    assert len(bureau.log(one)) == 3
    with bureau.database.reading() as session:
        last = session.scalars(select(Entry.seq).order_by(Entry.seq.desc())).first()
    assert bureau.now(one).seen == last
