"""What an app that has connected companies is told, and until when."""

import json
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.quickbooks.client import SECOND, QuickBooksApp, revoke
from tests.sandbox.receiver import Receiver
from tests.support.sandbox import started_sandbox


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [event for post in receiver.at("/quickbooks") for event in json.loads(post.body)]


def told_of(receiver: Receiver, kind: str, identity: str) -> bool:
    return any((event["type"], event["intuitentityid"]) == (kind, identity) for event in told(receiver))


def test_a_payment_is_told_with_the_invoice_that_it_settles(app: QuickBooksApp, receiver: Receiver) -> None:
    invoice = app.open_invoice()
    payment = app.pay(invoice).json()["Payment"]
    wait_until(lambda: told_of(receiver, "qbo.payment.created.v1", payment["Id"]))
    wait_until(lambda: told_of(receiver, "qbo.invoice.updated.v1", invoice["Id"]))
    assert {event["intuitaccountid"] for event in told(receiver)} == {app.realm_id}


def test_companies_travel_in_one_array(
    sandbox: SandboxClient, app: QuickBooksApp, receiver: Receiver
) -> None:
    second = QuickBooksApp.connected(sandbox, company=SECOND)
    invoices = [(each, each.open_invoice()) for each in (app, second)]

    def mixed() -> bool:
        """A post goes out 100 ms after its first event, so two quick payments mostly share one."""
        for each, invoice in invoices:
            each.pay(invoice, 0.01)
        arrays = [json.loads(post.body) for post in receiver.at("/quickbooks")]
        return any(len({event["intuitaccountid"] for event in array}) == 2 for array in arrays)

    wait_until(mixed)


def test_nothing_is_told_of_a_company_that_nobody_connected(
    sandbox: SandboxClient, receiver: Receiver
) -> None:
    second = QuickBooksApp.connected(sandbox, company=SECOND)
    sandbox.control("quickbooks/storm", edits=5, seed=1)
    second.pay(second.open_invoice())
    wait_until(lambda: told(receiver))
    assert {event["intuitaccountid"] for event in told(receiver)} == {second.realm_id}


@pytest.mark.parametrize("how", ["revoked", "disconnected"])
def test_nothing_is_told_of_a_company_that_is_connected_no_more(
    sandbox: SandboxClient, app: QuickBooksApp, receiver: Receiver, how: str
) -> None:
    second = QuickBooksApp.connected(sandbox, company=SECOND)
    if how == "revoked":
        revoke(sandbox, app.tokens["refresh_token"])
    else:
        sandbox.control("quickbooks/disconnect", organisation=app.realm_id)
    sandbox.control("quickbooks/storm", edits=5, seed=1)
    second.pay(second.open_invoice())
    wait_until(lambda: told(receiver))
    assert {event["intuitaccountid"] for event in told(receiver)} == {second.realm_id}


def test_the_legacy_format_is_sent_where_it_is_set(
    tmp_path_factory: pytest.TempPathFactory, receiver: Receiver
) -> None:
    folder = tmp_path_factory.mktemp("legacy")
    with started_sandbox(folder, receiver.url, SANDBOX_QUICKBOOKS_WEBHOOK_FORMAT="legacy") as sandbox:
        app = QuickBooksApp.connected(sandbox)
        app.pay(app.open_invoice())
        (post, *_) = receiver.wait_for("/quickbooks", 1)
    (notice, *_) = json.loads(post.body)["eventNotifications"]
    assert notice["realmId"] == app.realm_id
    assert {entity["operation"] for entity in notice["dataChangeEvent"]["entities"]} <= {"Create", "Update"}
