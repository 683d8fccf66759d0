import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Received, Receiver
from tests.sandbox.stripe.conftest import MERCHANT, Shop, stripe_client
from tests.support.sandbox import started_sandbox

SECRET = "whsec_duemate_local"
PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def snapshots(received: list[Received]) -> list[Any]:
    """Webhook bodies that are v1 events, in order of arrival."""
    bodies = [json.loads(webhook.body) for webhook in received]
    return [body for body in bodies if body["object"] == "event"]


def settled(sandbox: SandboxClient, receiver: Receiver) -> list[Any]:
    """The snapshots once nothing waits to be sent."""
    wait_until(lambda: not sandbox.get("/control/counters").json()["webhooks"]["waiting"])
    return snapshots(receiver.at("/stripe"))


def test_a_webhook_is_signed_and_names_its_account(shop: Shop, receiver: Receiver) -> None:
    shop.pay(shop.checkout())
    webhook = next(r for r in receiver.wait_for("/stripe", 6) if b"session.completed" in r.body)
    event: Any = shop.client.construct_event(webhook.body, str(webhook.headers["Stripe-Signature"]), SECRET)
    assert (event.type, event.account, event.livemode) == ("checkout.session.completed", shop.account, False)
    assert event.data.object.payment_status == "paid"
    with pytest.raises(stripe.SignatureVerificationError):
        shop.client.construct_event(webhook.body, str(webhook.headers["Stripe-Signature"]), "whsec_other")


def test_a_signature_carries_virtual_time(shop: Shop, sandbox: SandboxClient, receiver: Receiver) -> None:
    settled(sandbox, receiver)
    sandbox.advance(days=1)
    receiver.forget()
    shop.client.v1.checkout.sessions.expire(shop.checkout().id, options=shop.on)
    header = str(receiver.wait_for("/stripe", 1)[0].headers["Stripe-Signature"])
    signed_at = int(header.removeprefix("t=").partition(",")[0])
    assert abs(signed_at - sandbox.now().timestamp()) < 60


def test_every_event_arrives_and_every_fifth_twice(
    shop: Shop, sandbox: SandboxClient, receiver: Receiver
) -> None:
    for _ in range(5):
        shop.pay(shop.checkout())
    sandbox.advance(seconds=6)
    times = Counter(event["id"] for event in settled(sandbox, receiver))
    kept = shop.client.v1.events.list({"limit": 100}, options=shop.on).data
    assert set(times) == {event.id for event in kept}
    assert Counter(times.values()) == {1: 20, 2: 5}


def test_what_happens_at_once_arrives_out_of_order(
    shop: Shop, sandbox: SandboxClient, receiver: Receiver
) -> None:
    for _ in range(6):
        shop.pay(shop.checkout())
    arrived = settled(sandbox, receiver)
    completed = [e["data"]["object"]["payment_intent"] for e in arrived if e["type"] == PAID[3]]
    succeeded = [e["data"]["object"]["id"] for e in arrived if e["type"] == PAID[2]]
    assert set(completed) == set(succeeded)
    assert completed_before_succeeded(arrived) == {True, False}


def completed_before_succeeded(arrived: list[Any]) -> set[bool]:
    """For each payment, whether the session's event arrived before the intent's."""
    places: dict[str, dict[str, int]] = {}
    for place, event in enumerate(arrived):
        about = event["data"]["object"]
        if event["type"] in PAID[2:]:
            intent = about["id"] if event["type"] == PAID[2] else about["payment_intent"]
            places.setdefault(intent, {}).setdefault(event["type"], place)
    return {place[PAID[3]] < place[PAID[2]] for place in places.values()}


def test_a_tidy_sandbox_delivers_once_and_in_order(tmp_path: Path, receiver: Receiver) -> None:
    # However slow this machine is, no fee comes between.
    tidy = {"SANDBOX_STRIPE_UNTIDY": "false", "SANDBOX_STRIPE_BALANCE_DELAY": "3600"}
    with started_sandbox(tmp_path, receiver.url, **tidy) as sandbox:
        client = stripe_client(sandbox)
        account = client.v2.core.accounts.create(MERCHANT).id
        sandbox.control(f"stripe/accounts/{account}/complete")
        shop = Shop(sandbox, client, account)
        for _ in range(3):
            shop.pay(shop.checkout())
        arrived = settled(sandbox, receiver)
    # The other tests' sandbox may still be telling its own news at the same address.
    ours = [event["type"] for event in arrived if event["account"] == account]
    assert ours == PAID * 3


def test_a_refused_webhook_comes_again_after_a_minute_and_after_five(
    shop: Shop, sandbox: SandboxClient, receiver: Receiver
) -> None:
    settled(sandbox, receiver)
    receiver.forget()
    receiver.statuses[:] = [500, 500]
    shop.client.v1.checkout.sessions.expire(shop.checkout().id, options=shop.on)
    for wait in (61, 301):
        settled(sandbox, receiver)
        sandbox.advance(seconds=wait)
    assert [event["type"] for event in settled(sandbox, receiver)] == ["checkout.session.expired"] * 3


def test_old_events_can_be_sent_again_in_any_order(
    shop: Shop, sandbox: SandboxClient, receiver: Receiver
) -> None:
    shop.pay(shop.checkout())
    settled(sandbox, receiver)
    receiver.forget()
    assert sandbox.control("stripe/webhooks/replay", times=3, shuffle=True) == {"queued": 12}
    again = [event["type"] for event in settled(sandbox, receiver)]
    assert Counter(again) == dict.fromkeys(PAID, 3)
    assert again != sorted(again, key=PAID.index)


def test_events_are_listed_newest_first_with_pages_and_filters(shop: Shop, sandbox: SandboxClient) -> None:
    shop.pay(shop.checkout())
    sandbox.advance(seconds=60)
    since = int(sandbox.advance(seconds=2).timestamp())
    shop.client.v1.checkout.sessions.expire(shop.checkout().id, options=shop.on)
    events = shop.client.v1.events
    assert [e.type for e in events.list(options=shop.on).data] == [
        "checkout.session.expired",
        "charge.updated",
        *PAID[::-1],
    ]
    page = events.list({"limit": 2}, options=shop.on)
    assert page.has_more
    assert [e.type for e in page.auto_paging_iter()] == shop.event_types()[::-1]
    recent = events.list({"created": {"gte": since}}, options=shop.on).data
    assert [e.type for e in recent] == ["checkout.session.expired"]
    sessions = events.list({"type": "checkout.session.*"}, options=shop.on).data
    assert len(sessions) == 2
    chosen = events.list({"types": ["charge.updated", "charge.succeeded"]}, options=shop.on).data
    assert [e.type for e in chosen] == ["charge.updated", "charge.succeeded"]
    assert events.retrieve(chosen[0].id, options=shop.on).id == chosen[0].id


def test_paging_backwards_gives_the_rows_just_before(shop: Shop) -> None:
    shop.pay(shop.checkout())
    newest_first = [e.id for e in shop.client.v1.events.list(options=shop.on).data]
    page = shop.client.v1.events.list({"ending_before": newest_first[3], "limit": 2}, options=shop.on)
    assert [e.id for e in page.data] == newest_first[1:3]
    assert page.has_more


@pytest.mark.parametrize("params", [{"limit": 101}, {"limit": 0}, {"starting_after": "evt_nobody"}])
def test_a_wrong_page_is_refused(shop: Shop, params: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.client.v1.events.list(params, options=shop.on)


def test_events_are_kept_for_thirty_days(shop: Shop, sandbox: SandboxClient) -> None:
    shop.client.v1.checkout.sessions.expire(shop.checkout().id, options=shop.on)
    sandbox.advance(days=31)
    assert shop.event_types() == []


def test_a_snapshot_keeps_the_state_of_its_moment(shop: Shop) -> None:
    session = shop.checkout()
    shop.pay(session, "card_declined")
    shop.pay(session)
    created = shop.client.v1.events.list({"type": "payment_intent.created"}, options=shop.on).data[0]
    about: Any = created.data.object
    assert about.status == "requires_payment_method"


def test_a_change_names_the_old_values(shop: Shop, sandbox: SandboxClient) -> None:
    shop.pay(shop.checkout())
    sandbox.advance(seconds=6)
    changed = shop.client.v1.events.list({"type": "charge.updated"}, options=shop.on).data[0].data
    previous: Any = changed.previous_attributes
    assert previous["balance_transaction"] is None
    assert changed.object["balance_transaction"].startswith("txn_")


def test_more_types_than_twenty_cannot_be_asked_for(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="at most 20"):
        shop.client.v1.events.list({"types": ["charge.updated"] * 21}, options=shop.on)


def test_the_same_fact_can_be_told_again_under_another_id(
    shop: Shop, sandbox: SandboxClient, receiver: Receiver
) -> None:
    shop.pay(shop.checkout())
    first = {e["id"]: e["data"] for e in settled(sandbox, receiver) if e["type"] == PAID[3]}
    receiver.forget()
    assert sandbox.control("stripe/webhooks/replay", type=PAID[3], retold=True) == {"queued": 1}
    [again] = settled(sandbox, receiver)
    assert again["id"] not in first
    assert [again["data"]] == list(first.values())
    assert shop.event_types().count(PAID[3]) == 2


def test_events_can_be_kept_back_for_years(shop: Shop, sandbox: SandboxClient, receiver: Receiver) -> None:
    settled(sandbox, receiver)
    receiver.forget()
    sandbox.control("stripe/webhooks/hold", type="payment_intent.*")
    shop.pay(shop.checkout())
    now = {event["type"] for event in settled(sandbox, receiver)}
    assert not {kind for kind in now if kind.startswith("payment_intent.")}
    receiver.forget()
    at = sandbox.advance(days=800)
    settled(sandbox, receiver)
    receiver.forget()
    assert sandbox.control("stripe/webhooks/release") == {"queued": 2}
    late = settled(sandbox, receiver)
    assert {event["type"] for event in late} == {PAID[0], PAID[2]}
    assert all(at.timestamp() - event["created"] > 799 * 24 * 3600 for event in late)
