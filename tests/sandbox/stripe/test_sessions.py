from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import MERCHANT, Shop, checkout_params


def test_a_new_session_is_open_and_carries_what_was_given(shop: Shop) -> None:
    session = shop.checkout()
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (12_345, "gbp")
    assert session.metadata.to_dict() == {"invoice_id": "9"}
    assert session.client_reference_id == "invoice-9"
    assert session.payment_intent is None
    assert session.expires_at - session.created == 24 * 3600
    assert session.url == f"{shop.sandbox.url}/stripe/checkout/{session.id}"


def test_line_items_are_there_when_asked_for(shop: Shop) -> None:
    session = shop.checkout()
    listed = shop.client.v1.checkout.sessions.line_items.list(session.id, options=shop.on).data
    expanded = shop.session(session.id, "line_items").line_items.data
    assert [line.description for line in listed] == ["Invoice INV-9"]
    assert [line.id for line in expanded] == [line.id for line in listed]
    assert "line_items" not in shop.session(session.id)


def test_an_expired_session_stays_expired(shop: Shop) -> None:
    session = shop.checkout()
    expired = shop.client.v1.checkout.sessions.expire(session.id, options=shop.on)
    assert (expired.status, expired.url) == ("expired", None)
    assert shop.event_types() == ["checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        shop.client.v1.checkout.sessions.expire(session.id, options=shop.on)


def test_a_session_expires_by_itself_in_virtual_time(shop: Shop, sandbox: SandboxClient) -> None:
    now = int(sandbox.now().timestamp())
    short, long = shop.checkout(expires_at=now + 1_800), shop.checkout()
    sandbox.advance(seconds=1_801)
    assert shop.session(short.id).status == "expired"
    assert shop.session(long.id).status == "open"
    assert shop.event_types() == ["checkout.session.expired"]


def test_a_paid_session_cannot_expire(shop: Shop, sandbox: SandboxClient) -> None:
    session = shop.checkout()
    shop.pay(session)
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        shop.client.v1.checkout.sessions.expire(session.id, options=shop.on)
    sandbox.advance(days=2)
    assert shop.session(session.id).status == "complete"


def test_sessions_are_listed_by_status_and_payment_intent(shop: Shop) -> None:
    paid, open_one = shop.checkout(), shop.checkout()
    intent = shop.pay(paid)["payment_intent"]
    sessions = shop.client.v1.checkout.sessions
    assert [s.id for s in sessions.list({"status": "open"}, options=shop.on).data] == [open_one.id]
    assert [s.id for s in sessions.list({"payment_intent": intent}, options=shop.on).data] == [paid.id]


def test_each_account_has_its_own_sessions(shop: Shop, open_shop: Any) -> None:
    session = shop.checkout()
    stranger = open_shop()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stranger.session(session.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert stranger.client.v1.checkout.sessions.list(options=stranger.on).data == []


def test_an_account_without_the_capability_gets_no_session(client: stripe.StripeClient) -> None:
    account = client.v2.core.accounts.create(MERCHANT).id
    with pytest.raises(stripe.InvalidRequestError, match="No valid payment method types"):
        client.v1.checkout.sessions.create(checkout_params(), options={"stripe_account": account})


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"sucess_url": "http://x.example"}, "sucess_url", "parameter_unknown"),
        ({"success_url": "not an address"}, "success_url", "url_invalid"),
        ({"mode": "paiment"}, "mode", None),
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"expires_at": 1_000_000_000}, "expires_at", None),
        ({"expires_at": 4_000_000_000}, "expires_at", None),
        ({"metadata": {"x" * 41: "too long a name"}}, f"metadata[{'x' * 40}]", None),
        ({"metadata": {"name": "x" * 501}}, "metadata[name]", None),
        ({"metadata": {str(n): "x" for n in range(51)}}, "metadata", None),
        ({"client_reference_id": "x" * 201}, "client_reference_id", None),
        ({"customer_email": "nobody"}, "customer_email", None),
        ({"expand": ["customer"]}, "expand", None),
        ({"stripe_account": "acct_1"}, "stripe_account", "parameter_unknown"),
    ],
)
def test_a_wrong_session_parameter_is_named(shop: Shop, changes: Any, param: str, code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.checkout(**changes)
    assert (refused.value.param, refused.value.code) == (param, code)


@pytest.mark.parametrize(
    ("price", "param"),
    [
        ({"unit_amount": "12.50", "currency": "gbp"}, "line_items[0][price_data][unit_amount]"),
        ({"unit_amount": 1250}, "line_items[0][price_data][currency]"),
        ({"unit_amount": 1250, "currency": "gbp"}, "line_items[0][price_data]"),
        ({"currency": "pounds", "unit_amount": 1, "product": "p"}, "line_items[0][price_data][currency]"),
    ],
)
def test_a_wrong_price_is_named(shop: Shop, price: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.checkout(line_items=[{"price_data": price}])
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (29, "gbp", "amount_too_small"),
        (100_000_000, "gbp", "amount_too_large"),
        (49, "jpy", "amount_too_small"),
    ],
)
def test_an_amount_out_of_bounds_is_refused(shop: Shop, amount: int, currency: str, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.checkout(amount, currency)
    assert refused.value.code == code


def test_three_decimal_currencies_end_in_zero(shop: Shop) -> None:
    assert shop.checkout(10_000, "kwd").amount_total == 10_000
    with pytest.raises(stripe.InvalidRequestError, match="last digit"):
        shop.checkout(10_001, "kwd")


def test_an_address_that_stripe_does_not_have_answers_404_in_its_words(sandbox: SandboxClient) -> None:
    answer = sandbox.get("/stripe/v1/payment_linx")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "Unrecognized request URL (GET: /v1/payment_linx)."
