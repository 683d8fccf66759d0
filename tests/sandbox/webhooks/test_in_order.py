"""A road on which nothing overtakes: what was not taken holds up everything behind it."""

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.webhooks import WebhookSender
from tests.sandbox.client import wait_until
from tests.sandbox.receiver import Received, Receiver
from tests.sandbox.webhooks.conftest import Send

HOUR = timedelta(hours=1)
A_MOMENT = 0.3
SendNext = Callable[[int], None]


@pytest.fixture
def send_next(send: Send) -> SendNext:
    """Send one that blocks, and that is tried three times."""
    return lambda number: send(number, vendor="quickbooks", retry_after=(HOUR, HOUR), in_order=True)


def numbers(receiver: Receiver, count: int) -> list[int]:
    return [json.loads(received.body)["number"] for received in receiver.wait_for("/here", count)]


def states(sender: WebhookSender) -> list[str]:
    """Of all that was sent, oldest first."""
    return [delivery["status"] for delivery in reversed(sender.deliveries())]


def wait_for_tries(sender: WebhookSender, tries: int) -> None:
    """Until the oldest was tried so often."""
    wait_until(lambda: sender.deliveries()[-1]["tries"] == tries)


def test_what_is_not_taken_holds_up_the_next_until_it_is(
    send_next: SendNext, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    receiver.statuses[:] = [500, 500]
    for number in (1, 2, 3):
        send_next(number)
    wait_until(lambda: states(sender) == ["retrying", "held", "held"])
    assert sender.counts()["waiting"] == 0
    clock.advance(HOUR)
    wait_for_tries(sender, 2)
    assert numbers(receiver, 2) == [1, 1]
    clock.advance(HOUR)
    assert numbers(receiver, 5) == [1, 1, 1, 2, 3]
    wait_until(lambda: states(sender) == ["delivered"] * 3)
    assert sender.counts()["waiting"] == 0


def test_when_the_oldest_is_given_up_the_next_has_its_turn(
    send_next: SendNext, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    receiver.statuses[:] = [500] * 3
    send_next(1)
    send_next(2)
    for tries in (1, 2):
        wait_for_tries(sender, tries)
        clock.advance(HOUR)
    assert numbers(receiver, 4) == [1, 1, 1, 2]
    wait_until(lambda: states(sender) == ["given up", "delivered"])


def test_each_that_was_held_may_block_in_its_turn(
    send_next: SendNext, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    receiver.statuses[:] = [500, 200, 500]
    for number in (1, 2, 3):
        send_next(number)
    wait_until(lambda: states(sender) == ["retrying", "held", "held"])
    clock.advance(HOUR)
    wait_until(lambda: states(sender) == ["delivered", "retrying", "held"])
    clock.advance(HOUR)
    assert numbers(receiver, 5) == [1, 1, 2, 2, 3]


def test_an_answer_that_comes_too_late_is_none(send: Send, receiver: Receiver, sender: WebhookSender) -> None:
    def slowly(_received: Received) -> int:
        time.sleep(A_MOMENT)
        return 200

    receiver.answer = slowly
    send(1, retry_after=(HOUR,), answer_within=A_MOMENT / 3)
    wait_until(lambda: states(sender) == ["retrying"])
    assert sender.deliveries()[0]["answer"] == "no answer"


def test_a_lost_one_blocks_nothing(
    send_next: SendNext, receiver: Receiver, faults: Faults, sender: WebhookSender
) -> None:
    faults.add(Fault("quickbooks", "webhook-lost"))
    send_next(1)
    send_next(2)
    assert numbers(receiver, 1) == [2]
    assert states(sender)[0] == "lost"


def test_one_that_was_overtaken_waits_behind_what_overtook_it(
    send_next: SendNext, receiver: Receiver, faults: Faults, clock: Clock, sender: WebhookSender
) -> None:
    faults.add(Fault("quickbooks", "webhook-reorder"))
    receiver.statuses[:] = [500]
    send_next(1)
    send_next(2)
    wait_until(lambda: states(sender) == ["held", "retrying"])
    clock.advance(HOUR)
    assert numbers(receiver, 3) == [2, 2, 1]


def test_after_a_reset_nothing_old_blocks(
    send_next: SendNext, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    receiver.statuses[:] = [500]
    send_next(1)
    send_next(2)
    wait_until(lambda: states(sender) == ["retrying", "held"])
    sender.clear()
    send_next(3)
    assert numbers(receiver, 2) == [1, 3]
    clock.advance(HOUR)
    wait_until(lambda: states(sender) == ["delivered"])
    assert len(receiver.at("/here")) == 2
