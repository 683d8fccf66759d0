"""The adapter over real HTTP, against the sandbox's Stripe."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.kit.errors import Disconnected, OutcomeUnknown, Rejected, Retryable
from app.models import PaymentState, ProcessorAccountState
from app.processors.base import CheckoutLine
from app.processors.stripe.processor import StripeProcessor
from tests.processors.stripe.conftest import Shop, onboarded
from tests.sandbox.client import SandboxClient


def test_an_account_is_ready_once_it_may_take_cards(
    sandbox: SandboxClient, processor: StripeProcessor
) -> None:
    account = onboarded(processor)
    before = processor.account(account)
    assert before.state is ProcessorAccountState.RESTRICTED
    assert "more details" in (before.reason or "")
    sandbox.control(f"stripe/accounts/{account}/complete")
    assert processor.account(account).state is ProcessorAccountState.READY
    sandbox.control(f"stripe/accounts/{account}/card-payments", status="rejected")
    assert "support" in (processor.account(account).reason or "")


def test_onboarding_twice_with_one_key_makes_one_account(processor: StripeProcessor) -> None:
    assert onboarded(processor, "tenant-1") == onboarded(processor, "tenant-1")


def test_each_onboarding_link_is_new(processor: StripeProcessor) -> None:
    account = onboarded(processor)
    pages = {"return_url": "http://127.0.0.1:8400/r", "refresh_url": "http://127.0.0.1:8400/f"}
    assert processor.onboarding_url(account, **pages) != processor.onboarding_url(account, **pages)


def test_a_checkout_is_for_exactly_the_sum_of_its_lines(shop: Shop) -> None:
    session = shop.open()
    assert session.is_open
    assert (session.amount, session.currency) == (Decimal("120.10"), "GBP")
    assert session.checkout_reference == "checkout-1"
    assert session.url


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "5000"), ("KWD", "12.340"), ("RSD", "9000.00")])
def test_currencies_with_other_digits_keep_their_amount(shop: Shop, currency: str, amount: str) -> None:
    session = shop.open(currency=currency, lines=[CheckoutLine("Invoice", Decimal(amount))])
    payment = shop.processor.payment(shop.account, shop.pay(session))
    assert (payment.amount, payment.currency) == (Decimal(amount), currency)


def test_metadata_names_our_checkout_and_nobody(shop: Shop) -> None:
    shop.pay(shop.open(customer_email="payer@example.com"))
    books = shop.sandbox.get("/control/stripe/books").json()
    assert [row["metadata"] for row in books["sessions"]] == [{"checkout": "checkout-1"}]
    assert [row["metadata"] for row in books["payment_intents"]] == [{"checkout": "checkout-1"}]


def test_more_than_a_hundred_invoices_travel_as_one_line(shop: Shop) -> None:
    lines = [CheckoutLine(f"Invoice {number}", Decimal("1.01")) for number in range(101)]
    assert shop.open(lines=lines).amount == Decimal("102.01")


def test_a_card_payment_succeeds_at_once_and_tells_its_fee_later(shop: Shop) -> None:
    payment_id = shop.pay(shop.open())
    early = shop.processor.payment(shop.account, payment_id)
    assert (early.state, early.fee) == (PaymentState.SUCCEEDED, None)
    shop.sandbox.advance(seconds=30)
    late = shop.processor.payment(shop.account, payment_id)
    assert (late.fee, late.fee_currency) == (Decimal("2.00"), "GBP")
    assert late.paid_at == early.paid_at
    assert late.checkout_reference == "checkout-1"
    assert late.charge_external_id
    assert (late.refunded, late.is_disputed) == (Decimal(), False)


def test_a_bank_debit_is_processing_until_the_bank_has_answered(shop: Shop) -> None:
    session = shop.open()
    payment_id = shop.pay(session, "debit")
    facts = shop.processor.checkout(shop.account, session.external_id)
    assert (facts.is_open, facts.payment_state) == (False, PaymentState.PROCESSING)
    assert shop.processor.payment(shop.account, payment_id).state is PaymentState.PROCESSING
    shop.sandbox.advance(days=4)
    assert shop.processor.payment(shop.account, payment_id).state is PaymentState.SUCCEEDED


def test_a_refused_debit_has_failed(shop: Shop) -> None:
    payment_id = shop.pay(shop.open(), "debit_fails")
    shop.sandbox.advance(days=4)
    assert shop.processor.payment(shop.account, payment_id).state is PaymentState.FAILED


def test_expiring_closes_an_open_session(shop: Shop) -> None:
    session = shop.open()
    assert shop.processor.expire_checkout(shop.account, session.external_id).is_expired


def test_expiring_a_paid_session_tells_that_it_was_paid(shop: Shop) -> None:
    session = shop.open()
    shop.pay(session)
    facts = shop.processor.expire_checkout(shop.account, session.external_id)
    assert not facts.is_expired
    assert facts.payment_state is PaymentState.SUCCEEDED


def test_events_since_a_moment_are_listed_for_the_sweep(shop: Shop) -> None:
    payment_id = shop.pay(shop.open())
    since = shop.sandbox.now() - timedelta(minutes=1)
    seen = {(event.kind, event.record) for event in shop.processor.events(shop.account, since=since)}
    assert ("payment", payment_id) in seen
    assert "checkout" in {kind for kind, _ in seen}
    later = shop.sandbox.now() + timedelta(minutes=1)
    assert list(shop.processor.events(shop.account, since=later)) == []


def test_a_lost_answer_to_a_write_is_unknown_and_the_same_key_settles_it(shop: Shop) -> None:
    shop.sandbox.fault("stripe", "drop", match="POST /stripe/v1/checkout/sessions", times=20)
    expires_at = shop.sandbox.now() + timedelta(hours=1)
    with pytest.raises(OutcomeUnknown):
        shop.open(idempotency_key="once", expires_at=expires_at)
    shop.sandbox.delete("/control/faults")
    session = shop.open(idempotency_key="once", expires_at=expires_at)
    sessions = shop.sandbox.get("/control/stripe/books").json()["sessions"]
    assert [row["id"] for row in sessions] == [session.external_id]


@pytest.mark.parametrize("fault", ["drop", "garbage", "html", "500", "429"])
def test_a_read_that_fails_can_be_repeated(shop: Shop, fault: str) -> None:
    session = shop.open()
    shop.sandbox.fault("stripe", fault, match="GET /stripe/v1/checkout", times=20, value=7)
    with pytest.raises(Retryable) as failure:
        shop.processor.checkout(shop.account, session.external_id)
    if fault == "429":
        assert failure.value.after == timedelta(seconds=7)


@pytest.mark.parametrize("fault", ["garbage", "html"])
def test_nonsense_as_the_answer_to_a_write_leaves_it_unknown(shop: Shop, fault: str) -> None:
    shop.sandbox.fault("stripe", fault, match="POST /stripe/v1/checkout", times=20)
    with pytest.raises(OutcomeUnknown):
        shop.open()


def test_a_short_outage_is_bridged_by_repeating_with_the_same_key(shop: Shop) -> None:
    shop.sandbox.fault("stripe", "503", match="POST /stripe/v1/checkout", times=1)
    assert shop.open().is_open
    assert len(shop.sandbox.get("/control/stripe/books").json()["sessions"]) == 1


def test_an_amount_below_stripes_smallest_is_refused_in_stripes_words(shop: Shop) -> None:
    with pytest.raises(Rejected, match="at least"):
        shop.open(lines=[CheckoutLine("Invoice", Decimal("0.10"))])


def test_an_account_that_is_not_there_is_disconnected(processor: StripeProcessor) -> None:
    with pytest.raises(Disconnected):
        processor.account("acct_nobody")


def test_a_key_that_stripe_refuses_is_told_to_the_operator(sandbox: SandboxClient) -> None:
    wrong = StripeProcessor(secret_key="sk_test_wrong", api_url=f"{sandbox.url}/stripe")
    with pytest.raises(Rejected, match="STRIPE_SECRET_KEY"):
        wrong.account("acct_1")
