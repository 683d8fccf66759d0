import json
import re
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.sandbox.stripe.conftest import MERCHANT, stripe_client

CHANGED = "v2.core.account[configuration.merchant].capability_status_updated"
USE_CASE: Any = {
    "type": "account_onboarding",
    "account_onboarding": {
        "refresh_url": "http://127.0.0.1:9/again",
        "return_url": "http://127.0.0.1:9/done",
    },
}


def card_payments(client: stripe.StripeClient, number: str) -> str:
    account: Any = client.v2.core.accounts.retrieve(number, {"include": ["configuration.merchant"]})
    return str(account.configuration.merchant.capabilities.card_payments.status)


def onboarding_url(client: stripe.StripeClient, number: str) -> str:
    return client.v2.core.account_links.create({"account": number, "use_case": USE_CASE}).url


def visit(url: str) -> str:
    """Open the page; the hidden field that makes its form valid."""
    page = requests.get(url, timeout=60)
    found = re.search(r'name="visit" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


def submit(url: str, **fields: str) -> str:
    answer = requests.post(url, data=fields, allow_redirects=False, timeout=60)
    return answer.headers["Location"]


def test_a_new_account_cannot_take_cards_until_onboarding_is_finished(client: stripe.StripeClient) -> None:
    account: Any = client.v2.core.accounts.create(MERCHANT)
    assert account.configuration.merchant.capabilities.card_payments.status == "restricted"
    assert account.requirements.entries
    url = onboarding_url(client, account.id)
    assert submit(url, visit=visit(url), action="finish") == "http://127.0.0.1:9/done"
    assert card_payments(client, account.id) == "active"


def test_leaving_onboarding_returns_without_the_capability(client: stripe.StripeClient) -> None:
    account = client.v2.core.accounts.create(MERCHANT)
    url = onboarding_url(client, account.id)
    assert submit(url, visit=visit(url), action="leave") == "http://127.0.0.1:9/done"
    assert card_payments(client, account.id) == "restricted"


def test_an_account_link_opens_once_and_then_leads_to_a_new_one(client: stripe.StripeClient) -> None:
    url = onboarding_url(client, client.v2.core.accounts.create(MERCHANT).id)
    visit(url)
    again = requests.get(url, allow_redirects=False, timeout=60)
    assert (again.status_code, again.headers["Location"]) == (303, "http://127.0.0.1:9/again")
    assert submit(url, visit="guessed", action="finish") == "http://127.0.0.1:9/again"


def test_an_old_account_link_leads_to_a_new_one(sandbox: SandboxClient, client: stripe.StripeClient) -> None:
    url = onboarding_url(client, client.v2.core.accounts.create(MERCHANT).id)
    sandbox.advance(seconds=700)
    assert requests.get(url, allow_redirects=False, timeout=60).headers["Location"].endswith("/again")


def test_a_capability_change_comes_as_a_signed_thin_event(
    sandbox: SandboxClient, client: stripe.StripeClient, receiver: Receiver
) -> None:
    account = client.v2.core.accounts.create(MERCHANT)
    sandbox.control(f"stripe/accounts/{account.id}/complete")
    arrived = receiver.wait_for("/stripe", 2)
    notifications = [
        client.parse_event_notification(
            webhook.body, str(webhook.headers["Stripe-Signature"]), "whsec_duemate_local"
        )
        for webhook in arrived
    ]
    changed: Any = next(n for n in notifications if n.type == CHANGED)
    assert changed.related_object.id == account.id
    assert changed.fetch_related_object().id == account.id
    assert changed.fetch_event().data.updated_capability == "card_payments"
    assert "configuration" not in json.loads(arrived[0].body)


def test_an_account_can_be_restricted_again(sandbox: SandboxClient, client: stripe.StripeClient) -> None:
    account = client.v2.core.accounts.create(MERCHANT)
    sandbox.control(f"stripe/accounts/{account.id}/complete")
    sandbox.control(f"stripe/accounts/{account.id}/card-payments", status="restricted")
    assert card_payments(client, account.id) == "restricted"


def test_what_is_not_included_is_null(client: stripe.StripeClient) -> None:
    account = client.v2.core.accounts.create(MERCHANT)
    plain = client.v2.core.accounts.retrieve(account.id)
    assert plain.configuration is None
    assert plain.requirements is None
    assert plain.display_name == "Tenant Ltd"


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"dashboard": "standard"}, "dashboard", None),
        ({"display_name": 7}, "display_name", None),
        ({"type": "standard"}, "type", "parameter_unknown"),
        ({"configuration": {"seller": {}}}, "configuration[seller]", "parameter_unknown"),
    ],
)
def test_a_wrong_account_parameter_is_named(
    client: stripe.StripeClient, changes: Any, param: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v2.core.accounts.create(MERCHANT | changes)
    assert (refused.value.param, refused.value.code) == (param, code)


def test_a_wrong_key_is_refused(sandbox: SandboxClient) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        stripe_client(sandbox, "sk_test_somebody_else").v2.core.accounts.list()
    assert "sk_test_somebody_else" not in str(refused.value)


def test_an_unknown_account_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.PermissionError, match="'acct_nobody'"):
        client.v1.events.list(options={"stripe_account": "acct_nobody"})


def test_capabilities_stand_each_by_itself(sandbox: SandboxClient, client: stripe.StripeClient) -> None:
    wished: Any = {"card_payments": {"requested": True}, "bacs_debit_payments": {"requested": True}}
    wishes: Any = MERCHANT | {"configuration": {"merchant": {"capabilities": wished}}}
    number = client.v2.core.accounts.create(wishes).id
    sandbox.control(f"stripe/accounts/{number}/complete")
    sandbox.control(
        f"stripe/accounts/{number}/capability",
        capability="stripe_balance.payouts",
        status="restricted",
        code="requirements_past_due",
    )
    account: Any = client.v2.core.accounts.retrieve(number, {"include": ["configuration.merchant"]})
    stands = account.configuration.merchant.capabilities
    assert stands.card_payments.status == stands.bacs_debit_payments.status == "active"
    assert stands.stripe_balance.payouts.status == "restricted"
    [why] = stands.stripe_balance.payouts.status_details
    assert (why.code, why.resolution) == ("requirements_past_due", "provide_info")


def test_a_requirement_is_asked_becomes_pressing_and_is_met(
    sandbox: SandboxClient, client: stripe.StripeClient
) -> None:
    number = client.v2.core.accounts.create(MERCHANT).id
    sandbox.control(f"stripe/accounts/{number}/complete")
    asked = f"stripe/accounts/{number}/requirement"
    sandbox.control(asked, name="representative.id_document")
    entries = requirements(client, number)
    assert [(e.description, e.minimum_deadline.status) for e in entries] == [
        ("representative.id_document", "currently_due")
    ]
    assert card_payments(client, number) == "active"
    sandbox.control(asked, name="representative.id_document", deadline="past_due", problem="document_expired")
    assert requirements(client, number)[0].errors[0].code == "document_expired"
    assert card_payments(client, number) == "restricted"
    sandbox.control(asked, name="representative.id_document", met=True)
    sandbox.control(f"stripe/accounts/{number}/complete")
    assert requirements(client, number) == []


def requirements(client: stripe.StripeClient, number: str) -> list[Any]:
    account: Any = client.v2.core.accounts.retrieve(number, {"include": ["requirements"]})
    return list(account.requirements.entries)


def test_a_closed_account_can_be_read_and_does_nothing(client: stripe.StripeClient) -> None:
    number = client.v2.core.accounts.create(MERCHANT).id
    assert client.v2.core.accounts.close(number).closed
    assert client.v2.core.accounts.retrieve(number).closed
    assert number not in {row.id for row in client.v2.core.accounts.list().data}
    with pytest.raises(stripe.PermissionError):
        client.v1.payouts.list(options={"stripe_account": number})


def test_a_platform_that_was_thrown_out_is_told_and_reads_nothing_more(
    sandbox: SandboxClient, client: stripe.StripeClient, receiver: Receiver
) -> None:
    number = client.v2.core.accounts.create(MERCHANT).id
    sandbox.control(f"stripe/accounts/{number}/deauthorize")
    told = json.loads(receiver.wait_for("/stripe", 1)[0].body)
    assert (told["type"], told["account"]) == ("account.application.deauthorized", number)
    with pytest.raises(stripe.PermissionError):
        client.v1.events.list(options={"stripe_account": number})
    with pytest.raises(stripe.InvalidRequestError):
        client.v2.core.accounts.retrieve(number)


def test_an_account_is_changed_in_part(client: stripe.StripeClient) -> None:
    number = client.v2.core.accounts.create(MERCHANT).id
    client.v2.core.accounts.update(number, {"display_name": "Tenant and Daughters Ltd"})
    account = client.v2.core.accounts.retrieve(number)
    assert (account.display_name, account.contact_email) == (
        "Tenant and Daughters Ltd",
        "owner@tenant.example",
    )


def test_accounts_and_their_events_come_in_pages(sandbox: SandboxClient, client: stripe.StripeClient) -> None:
    numbers = [client.v2.core.accounts.create(MERCHANT).id for _ in range(5)]
    first = client.v2.core.accounts.list({"limit": 2})
    assert [account.id for account in first.data] == numbers[:2:-1]
    assert [account.id for account in first.auto_paging_iter()] == numbers[::-1]
    for status in ("active", "restricted", "active"):
        sandbox.control(f"stripe/accounts/{numbers[0]}/card-payments", status=status)
    told = client.v2.core.events.list({"object_id": numbers[0], "types": [CHANGED], "limit": 2})
    assert [event.type for event in told.auto_paging_iter()] == [CHANGED] * 3
    assert client.v2.core.events.list({"object_id": numbers[1]}).data == []
