import json
import threading
from collections.abc import Mapping
from datetime import timedelta

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.webhooks import WebhookSender
from tests.sandbox.client import wait_until
from tests.sandbox.receiver import Received, Receiver
from tests.sandbox.webhooks.conftest import Send

HOUR = timedelta(hours=1)


def numbers(receiver: Receiver, count: int) -> list[int]:
    return [json.loads(received.body)["number"] for received in receiver.wait_for("/here", count)]


def test_webhooks_arrive_in_the_order_in_which_they_were_sent(send: Send, receiver: Receiver) -> None:
    for number in range(20):
        send(number)
    assert numbers(receiver, 20) == list(range(20))


def test_a_refused_webhook_is_tried_again_on_virtual_time_signed_anew(
    send: Send, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    receiver.statuses[:] = [500, 503]

    def headers() -> Mapping[str, str]:
        return {"X-Signed-At": str(clock.timestamp())}

    send(1, headers=headers, retry_after=(HOUR, HOUR))
    wait_until(lambda: sender.deliveries()[0]["tries"] == 1)
    clock.advance(HOUR)
    wait_until(lambda: sender.deliveries()[0]["tries"] == 2)
    clock.advance(HOUR)
    arrived = receiver.wait_for("/here", 3)
    signed_at = [int(str(received.headers["X-Signed-At"])) for received in arrived]
    assert signed_at[1] - signed_at[0] >= 3599
    wait_until(lambda: sender.deliveries()[0]["status"] == "delivered")
    assert sender.counts() == {"delivered": 1, "failed": 2, "lost": 0, "given_up": 0, "waiting": 0}


def test_a_webhook_that_is_never_taken_is_given_up_and_reported(
    send: Send, receiver: Receiver, sender: WebhookSender
) -> None:
    receiver.answer = lambda _: 500
    given_up: list[bool] = []
    send(1, retry_after=(timedelta(0),), given_up=lambda: given_up.append(True))
    wait_until(lambda: given_up)
    assert len(receiver.at("/here")) == 2
    assert sender.deliveries()[0]["status"] == "given up"


def test_a_webhook_to_nobody_is_tried_again(sender: WebhookSender) -> None:
    sender.send(vendor="xero", url="http://127.0.0.1:1/x", body=b"{}", headers=dict, retry_after=(HOUR,))
    wait_until(lambda: sender.deliveries()[0]["status"] == "retrying")
    assert sender.deliveries()[0]["answer"] == "no answer"


def test_a_failing_webhook_does_not_hold_up_the_next(send: Send, receiver: Receiver) -> None:
    receiver.statuses[:] = [500]
    send(1, retry_after=(HOUR,))
    send(2)
    assert numbers(receiver, 2) == [1, 2]


def test_a_lost_webhook_never_arrives(
    send: Send, receiver: Receiver, faults: Faults, sender: WebhookSender
) -> None:
    faults.add(Fault("xero", "webhook-lost"))
    send(1, retry_after=(timedelta(0),))
    send(2)
    assert numbers(receiver, 1) == [2]
    assert sender.counts()["lost"] == 1


def test_a_duplicated_webhook_arrives_twice(send: Send, receiver: Receiver, faults: Faults) -> None:
    faults.add(Fault("xero", "webhook-duplicate"))
    send(1)
    send(2)
    assert numbers(receiver, 3) == [1, 1, 2]


def test_a_reordered_webhook_is_overtaken_by_the_next(send: Send, receiver: Receiver, faults: Faults) -> None:
    faults.add(Fault("xero", "webhook-reorder"))
    send(1)
    send(2)
    assert numbers(receiver, 2) == [2, 1]


def test_a_reordered_webhook_with_none_behind_it_still_arrives(
    send: Send, receiver: Receiver, faults: Faults
) -> None:
    faults.add(Fault("xero", "webhook-reorder"))
    send(1)
    assert numbers(receiver, 1) == [1]


def test_settling_waits_for_the_try_that_is_under_way(
    send: Send, receiver: Receiver, sender: WebhookSender
) -> None:
    arrived, answer_now = threading.Event(), threading.Event()

    def answer(_received: Received) -> int:
        arrived.set()
        answer_now.wait(60)
        return 200

    receiver.answer = answer
    send(1)
    assert arrived.wait(60)
    assert not sender.settle(0.05)
    answer_now.set()
    assert sender.settle(60)


def test_after_clearing_nothing_old_is_delivered(
    send: Send, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    receiver.statuses[:] = [500]
    send(1, retry_after=(HOUR,))
    wait_until(lambda: sender.deliveries()[0]["status"] == "retrying")
    sender.clear()
    clock.advance(HOUR)
    send(2)
    assert numbers(receiver, 2) == [1, 2]
    assert len(sender.deliveries()) == 1
