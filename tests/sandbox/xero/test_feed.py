"""Xero's webhooks."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Received, Receiver
from tests.sandbox.xero.client import SECOND, XeroApp, payment

KEY = b"xero-webhook-local"
QUARTER = 15 * 60


def is_signed(received: Received) -> bool:
    digest = hmac.new(KEY, received.body, hashlib.sha256).digest()
    return received.headers["x-xero-signature"] == base64.b64encode(digest).decode()


def arrived(receiver: Receiver, events: int) -> list[dict[str, Any]]:
    """All events so far, once there are that many."""

    def seen() -> list[dict[str, Any]]:
        return [event for post in receiver.at("/xero") for event in json.loads(post.body)["events"]]

    wait_until(lambda: len(seen()) >= events)
    return seen()


def deliveries(sandbox: SandboxClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.get("/control/deliveries").json()
    return [delivery for delivery in found if delivery["vendor"] == "xero"]


def test_a_payment_is_told_as_an_update_of_the_invoice(app: XeroApp, receiver: Receiver) -> None:
    invoice = app.open_invoice()
    app.write("Payments", {"Payments": [payment(invoice, 1)]})
    (event,) = arrived(receiver, 1)
    assert (event["eventCategory"], event["eventType"], event["tenantType"]) == (
        "INVOICE",
        "UPDATE",
        "ORGANISATION",
    )
    assert (event["resourceId"], event["tenantId"]) == (invoice["InvoiceID"], app.tenant_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", event["eventDateUtc"])
    told = app.session.get(
        event["resourceUrl"],
        headers=app.bearer() | {"xero-tenant-id": app.tenant_id, "Accept": "application/json"},
        timeout=60,
    )
    assert told.json()["Invoices"][0]["AmountPaid"] == 1


def test_every_post_is_signed_and_numbered_without_gaps(app: XeroApp, receiver: Receiver) -> None:
    for _ in range(3):
        before = len(arrived(receiver, 0))
        app.write("Payments", {"Payments": [payment(app.open_invoice(), 1)]})
        arrived(receiver, before + 1)
    expected = 1
    for post in receiver.at("/xero"):
        assert is_signed(post)
        body = json.loads(post.body)
        assert body["entropy"]
        assert body["firstEventSequence"] == expected
        expected = body["lastEventSequence"] + 1
        assert len(body["events"]) == expected - body["firstEventSequence"]
    assert expected == 4


def test_changes_close_together_travel_in_one_post(sandbox: SandboxClient, receiver: Receiver) -> None:
    app = XeroApp.connected(sandbox)
    invoice = app.open_invoice()
    app.write("Payments", {"Payments": [payment(invoice, 1)] * 5})
    arrived(receiver, 5)
    assert len(receiver.at("/xero")) == 1


def test_contacts_and_credit_notes_are_told_too(
    sandbox: SandboxClient, app: XeroApp, receiver: Receiver
) -> None:
    invoice = app.open_invoice()
    sandbox.control(f"xero/contacts/{invoice['Contact']['ContactID']}/email", email="new@moved.example")
    sandbox.control(f"xero/invoices/{invoice['InvoiceNumber']}/credit", amount="1.00")
    events = arrived(receiver, 4)
    kinds = [(event["eventCategory"], event["eventType"]) for event in events]
    assert kinds == [
        ("CONTACT", "UPDATE"),
        ("CREDITNOTE", "CREATE"),
        ("CREDITNOTE", "UPDATE"),
        ("INVOICE", "UPDATE"),
    ]
    assert events[2]["data"] == {"Type": "ACCRECCREDIT", "Status": "PAID"}
    assert "data" not in events[3]


def test_nothing_is_told_of_organisations_that_are_not_connected(
    sandbox: SandboxClient, receiver: Receiver
) -> None:
    app = XeroApp.connected(sandbox, organisation=SECOND)
    sandbox.control("xero/storm", edits=5, seed=1)
    invoice = app.open_invoice()
    app.write("Payments", {"Payments": [payment(invoice, 1)]})
    assert {event["tenantId"] for event in arrived(receiver, 1)} == {app.tenant_id}


def test_a_refused_post_is_repeated_at_once_and_then_every_quarter_of_an_hour(
    sandbox: SandboxClient, app: XeroApp, receiver: Receiver
) -> None:
    receiver.statuses = [500, 500]
    app.write("Payments", {"Payments": [payment(app.open_invoice(), 1)]})
    receiver.wait_for("/xero", 2)
    wait_until(lambda: deliveries(sandbox)[0]["tries"] == 2)
    sandbox.advance(seconds=QUARTER - 5)
    assert len(receiver.at("/xero")) == 2
    sandbox.advance(seconds=6)
    posts = receiver.wait_for("/xero", 3)
    assert len({post.body for post in posts}) == 1
    wait_until(lambda: deliveries(sandbox)[0]["status"] == "delivered")


def test_intent_to_receive_wants_200_for_its_own_signature_and_401_for_others(
    sandbox: SandboxClient, receiver: Receiver
) -> None:
    receiver.answer = lambda received: 200 if is_signed(received) else 401
    probes = sandbox.control("xero/webhooks/intent-to-receive")
    assert [(p["signature"], p["status"], p["ok"]) for p in probes] == [
        ("valid", 200, True),
        ("invalid", 401, True),
    ] * 2
    assert json.loads(receiver.at("/xero")[0].body)["events"] == []
    receiver.answer = lambda _: 200
    probes = sandbox.control("xero/webhooks/intent-to-receive")
    assert [p["ok"] for p in probes] == [True, False, True, False]


@pytest.mark.parametrize("kind", ["webhook-lost", "webhook-duplicate"])
def test_a_webhook_can_be_lost_or_repeated_on_request(
    sandbox: SandboxClient, app: XeroApp, receiver: Receiver, kind: str
) -> None:
    sandbox.fault("xero", kind)
    first, second = app.open_invoice("GBP"), app.open_invoice("EUR")
    app.write("Payments", {"Payments": [payment(first, 1)]})
    wait_until(lambda: deliveries(sandbox) and deliveries(sandbox)[0]["status"] in {"delivered", "lost"})
    app.write("Payments", {"Payments": [payment(second, 1, "093")]})
    wait_until(lambda: second["InvoiceID"] in [event["resourceId"] for event in arrived(receiver, 0)])
    told = [event["resourceId"] for event in arrived(receiver, 1)]
    assert told.count(first["InvoiceID"]) == (0 if kind == "webhook-lost" else 2)
