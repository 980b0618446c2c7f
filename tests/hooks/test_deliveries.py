"""Programs are told of each public gate: in order, signed, at least once under one name, and nothing else is told."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import event, select
from standardwebhooks import Webhook as Signer

from app.hooks.courier import Send, sender
from app.hooks.reach import TRYING
from app.hooks.seal import seal_of
from experiments import deliveries, planning, queries, webhooks
from experiments.deliveries import Answer, Parcel
from experiments.model import Arrival, Delivery, Entry, Pulse, Webhook
from experiments.vocabulary import Status
from tests.builders import an_experiment, cross
from tests.hooks.conftest import URL, Bureau, tell
from tests.hooks.receiver import Received, Receiver, gates_of
from tests.reminders.office import TUESDAY


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
