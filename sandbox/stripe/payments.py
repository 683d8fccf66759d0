"""What happens to a Checkout Session when somebody pays it, or tries to."""

from datetime import timedelta
from typing import Literal

from sandbox.stripe.balance import book, settled
from sandbox.stripe.currency import DEBITS
from sandbox.stripe.events import News
from sandbox.stripe.fees import stripe_fee
from sandbox.stripe.payment_shapes import charge_shape, intent_shape
from sandbox.stripe.session_shapes import customer_details
from sandbox.stripe.state import Account, CheckoutSession, Json, StripeState

Method = Literal["card", "card_declined", "debit", "debit_fails"]
METHODS: tuple[Method, ...] = ("card", "card_declined", "debit", "debit_fails")


class NotPayableError(Exception):
    """The session cannot be paid (any more, or this way); the message says why."""


def pay(state: StripeState, session: CheckoutSession, method: Method, email: str) -> bool:
    """True when the session is complete, False when the card was declined and it stays open."""
    _check_payable(session, method)
    session.shown["customer_details"] = customer_details(email or session.shown["customer_email"] or "")
    intent = _intent(state, session)
    if method == "card_declined":
        _fail(state, session, intent, _charge(state, session, intent, "card", "failed"))
        return False
    if method == "card":
        charge = _charge(state, session, intent, "card", "succeeded")
        _complete(session, "paid")
        _succeed(state, session.account, intent, charge, News("checkout.session.completed", session.shown))
        return True
    _start_debit(state, session, intent, succeeds=method == "debit")
    return True


def _check_payable(session: CheckoutSession, method: Method) -> None:
    if session.status != "open":
        raise NotPayableError(f"This checkout is {session.status} and cannot be paid any more.")
    if session.account.card_payments != "active":
        raise NotPayableError(f"{session.account.name} cannot take payments at the moment.")
    if method.startswith("debit") and session.shown["currency"] not in DEBITS:
        raise NotPayableError(f"There is no bank debit in {session.shown['currency'].upper()}.")
    if method not in methods_of(session):
        raise NotPayableError("This checkout cannot be paid in this way.")


def methods_of(session: CheckoutSession) -> tuple[Method, ...]:
    """The ways to pay that the session was not closed to when it was made."""
    allowed = session.shown["allowed_payment_method_types"]
    excluded = session.shown["excluded_payment_method_types"] or ()
    debit = DEBITS.get(session.shown["currency"], "")

    def is_open(kind: str) -> bool:
        return kind not in excluded and (allowed is None or kind in allowed)

    return tuple(method for method in METHODS if is_open("card" if method.startswith("card") else debit))


def _intent(state: StripeState, session: CheckoutSession) -> Json:
    """The session's PaymentIntent; it comes into being with the first attempt to pay."""
    number = session.shown["payment_intent"]
    if number is not None:
        return session.account.intents[number]
    intent = intent_shape(session.shown, session.for_intent, state.clock.timestamp())
    session.account.intents[intent["id"]] = intent
    session.shown["payment_intent"] = intent["id"]
    state.events.publish(session.account, News("payment_intent.created", intent))
    return intent


def _charge(state: StripeState, session: CheckoutSession, intent: Json, kind: str, status: str) -> Json:
    charge = charge_shape(intent, session.shown["customer_details"], kind, status, state.clock.timestamp())
    session.account.charges[charge["id"]] = charge
    intent["latest_charge"] = charge["id"]
    return charge


def _complete(session: CheckoutSession, payment_status: str) -> None:
    session.shown.update(status="complete", payment_status=payment_status, url=None)


def _start_debit(state: StripeState, session: CheckoutSession, intent: Json, *, succeeds: bool) -> None:
    """The session is complete but unpaid until the bank has answered, days later."""
    kind = DEBITS[session.shown["currency"]]
    charge = _charge(state, session, intent, kind, "pending")
    intent.update(status="processing", payment_method_types=[kind])
    session.shown["payment_method_types"] = ["card", kind]
    _complete(session, "unpaid")
    state.events.publish(
        session.account,
        News("charge.pending", charge),
        News("payment_intent.processing", intent),
        News("checkout.session.completed", session.shown),
    )

    state.later(
        timedelta(days=state.settings.stripe_debit_days),
        lambda: answer_debit(state, session, intent, charge, succeeds=succeeds),
    )


def answer_debit(
    state: StripeState, session: CheckoutSession, intent: Json, charge: Json, *, succeeds: bool
) -> None:
    """What the payer's bank says of a debit, once; later answers change nothing."""
    if charge["status"] != "pending":
        return
    if succeeds:
        session.shown["payment_status"] = "paid"
        charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
        news = News("checkout.session.async_payment_succeeded", session.shown)
        _succeed(state, session.account, intent, charge, news)
        return
    refused = News("checkout.session.async_payment_failed", session.shown)
    charge.update(status="failed", failure_code="debit_not_authorized")
    charge["failure_message"] = "The customer's bank refused the debit."
    _fail(state, session, intent, charge, refused)


def take_elsewhere(state: StripeState, account: Account, amount: int, currency: str) -> Json:
    """A card payment that the business took without us, with a terminal or on its own website: the charge."""
    now = state.clock.timestamp()
    intent = intent_shape({"amount_total": amount, "currency": currency}, {}, now)
    charge = charge_shape(intent, customer_details(""), "card", "succeeded", now)
    intent["latest_charge"] = charge["id"]
    account.intents[intent["id"]], account.charges[charge["id"]] = intent, charge
    _succeed(state, account, intent, charge)
    return charge


def _succeed(state: StripeState, account: Account, intent: Json, charge: Json, *more: News) -> None:
    """Money is there; the fee is known only once the balance transaction has come, some seconds later."""
    intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
    state.events.publish(
        account, News("charge.succeeded", charge), News("payment_intent.succeeded", intent), *more
    )
    state.later(
        timedelta(seconds=state.settings.stripe_balance_delay), lambda: book_charge(state, account, charge)
    )


def book_charge(state: StripeState, account: Account, charge: Json) -> None:
    """The charge reaches the balance, once, less its fee."""
    if charge["balance_transaction"] is not None:
        return
    amount, currency, rate = settled(account, charge["amount"], charge["currency"])
    booked = book(state, account, charge, "charge", amount, currency, stripe_fee(amount, currency))
    booked["exchange_rate"] = rate
    charge["balance_transaction"] = booked["id"]
    state.events.publish(account, News("charge.updated", charge, {"balance_transaction": None}))


def _fail(state: StripeState, session: CheckoutSession, intent: Json, charge: Json, *more: News) -> None:
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = {
        "charge": charge["id"],
        "code": charge["failure_code"],
        "message": charge["failure_message"],
        "type": "card_error" if charge["failure_code"] == "card_declined" else "invalid_request_error",
    }
    state.events.publish(
        session.account, News("charge.failed", charge), News("payment_intent.payment_failed", intent), *more
    )
