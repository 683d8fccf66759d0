"""The control page's buttons for money at Stripe."""

import html

import pytest
import requests

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import Shop


def page(sandbox: SandboxClient) -> str:
    return html.unescape(sandbox.get("/control/").text)


def press(sandbox: SandboxClient, path: str, **fields: str) -> str:
    """What the page says after a button."""
    answer = requests.post(f"{sandbox.url}/control/stripe/{path}", data=fields, timeout=60)
    return html.unescape(answer.text)


@pytest.mark.parametrize(
    ("button", "event"), [("refund", "charge.refunded"), ("dispute", "charge.dispute.created")]
)
def test_a_payment_can_be_given_back_or_disputed_with_a_button(
    shop: Shop, sandbox: SandboxClient, button: str, event: str
) -> None:
    charge = shop.charge_of(shop.paid()).id
    path = f"/control/stripe/payments/{charge}/{button}"
    assert path in page(sandbox)
    said = press(sandbox, path.removeprefix("/control/stripe/"), place="stripe", done="It was done.")
    assert "It was done." in said
    assert path not in said
    assert event in shop.event_types()


def test_a_balance_is_paid_out_with_a_button(shop: Shop, sandbox: SandboxClient) -> None:
    shop.paid()
    assert f"/control/stripe/accounts/{shop.account}/payout" in page(sandbox)
    press(sandbox, f"accounts/{shop.account}/payout", everything="true", place="stripe")
    assert "payout.created" in shop.event_types()
