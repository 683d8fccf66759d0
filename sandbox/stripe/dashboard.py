"""What the business, its bank and its payers do to money without our API.

LookupError: no such thing; ValueError: refused, in words.
"""

from decimal import Decimal

from sandbox.stripe import disputes, payouts, refunds
from sandbox.stripe.balance import book
from sandbox.stripe.errors import StripeError
from sandbox.stripe.payments import answer_debit, take_elsewhere
from sandbox.stripe.state import PLATFORM, Account, Json, StripeState

OUTCOMES = ("succeeded", "failed")
REFUNDS_BEGIN = ("succeeded", "pending")


def refund(state: StripeState, number: str, amount: int | None, reason: str, status: str) -> Json:
    """Give money back in the dashboard; `number` is a payment's or a charge's."""
    account, charge = _charge(state, number)
    if status:
        _one_of("status", status, REFUNDS_BEGIN)
    fields = {"amount": amount, "reason": reason or "requested_by_customer"}
    try:
        return refunds.give_back(state, account, charge, fields, status)
    except StripeError as refused:
        raise ValueError(refused.message) from None


def begin_refunds(state: StripeState, number: str, status: str) -> None:
    """How the next refunds of card payments begin: pending when the balance does not cover them."""
    _one_of("status", status, REFUNDS_BEGIN)
    connected(state, number).refunds_begin = status


def decide_refund(state: StripeState, number: str, status: str, reason: str) -> Json:
    _one_of("status", status, refunds.DECISIONS)
    account, refund = _row(state, "refunds", number)
    refunds.decide(state, account, refund, status, reason)
    return refund


def dispute(
    state: StripeState, number: str, amount: int | None, reason: str, *, inquiry: bool, due_days: int
) -> Json:
    """The payer's bank disputes a payment or charge: what is left of it, unless an amount is given."""
    account, charge = _charge(state, number)
    left = charge["amount"] - charge["amount_refunded"]
    wanted = amount if amount is not None else left or charge["amount"]
    return disputes.open_dispute(
        state, account, charge, wanted, reason or "general", inquiry=inquiry, due_days=due_days
    )


def review_dispute(state: StripeState, number: str) -> Json:
    account, found = _row(state, "disputes", number)
    if not found["status"].endswith("needs_response"):
        raise ValueError(f"The dispute is {found['status']}: it waits for no evidence.")
    disputes.review(state, account, found)
    return found


def escalate_dispute(state: StripeState, number: str) -> Json:
    account, found = _row(state, "disputes", number)
    disputes.escalate(state, account, found)
    return found


def decide_dispute(state: StripeState, number: str, status: str, *, fee_back: bool) -> Json:
    _one_of("status", status, disputes.DECISIONS)
    account, found = _row(state, "disputes", number)
    disputes.decide(state, account, found, status, fee_back=fee_back)
    return found


def pay_out(state: StripeState, number: str, currency: str, *, everything: bool, manual: bool) -> list[Json]:
    """Pay out one currency or all; nothing where the balance is not positive."""
    account = connected(state, number)
    wanted = [currency] if currency else sorted({row["currency"] for row in account.transactions.values()})
    sent = [payouts.pay_out(state, account, code, everything=everything, manual=manual) for code in wanted]
    return [payout for payout in sent if payout is not None]


def deliver_payout(state: StripeState, number: str) -> Json:
    account, payout = _row(state, "payouts", number)
    payouts.arrive(state, account, payout)
    return payout


def fail_payout(state: StripeState, number: str, code: str) -> Json:
    account, payout = _row(state, "payouts", number)
    payouts.fail(state, account, payout, code or "account_closed")
    return payout


def answer(state: StripeState, number: str, outcome: str) -> Json:
    """What the payer's bank says of a debit, now instead of after its days."""
    _one_of("outcome", outcome, OUTCOMES)
    account, charge = _charge(state, number)
    if charge["status"] != "pending":
        raise ValueError(f"The payment is {charge['status']} already.")
    intent = account.intents[charge["payment_intent"]]
    session = next(s for s in account.sessions.values() if s.shown["payment_intent"] == intent["id"])
    answer_debit(state, session, intent, charge, succeeds=outcome == "succeeded")
    return intent


def charge_elsewhere(state: StripeState, number: str, amount: int, currency: str) -> Json:
    """A payment that the business took without us."""
    return take_elsewhere(state, connected(state, number), amount, currency)


def charge_fee(state: StripeState, number: str, amount: int, currency: str) -> Json:
    """Something Stripe takes for itself, that belongs to no payment."""
    source = {"id": None, "description": "Billing - usage fee"}
    return book(state, connected(state, number), source, "fee", -amount, currency)


def settle_in(state: StripeState, number: str, currency: str, of: str, rate: Decimal) -> None:
    """From now on payments in `of` reach the balance in `currency`, at `rate` of it for one."""
    if rate <= 0:
        raise ValueError("rate must be above 0")
    connected(state, number).settles_in[of] = (currency, rate)


def connected(state: StripeState, number: str) -> Account:
    account = state.accounts.get(number)
    if account is None or number == PLATFORM:
        raise LookupError(f"there is no connected account {number}")
    return account


def _charge(state: StripeState, number: str) -> tuple[Account, Json]:
    """By its own id, or the last one of a payment."""
    for account in state.connected():
        charge = account.charges.get((account.intents.get(number) or {}).get("latest_charge") or number)
        if charge is not None:
            return account, charge
    raise LookupError(f"there is no payment {number}")


def _row(state: StripeState, shelf: str, number: str) -> tuple[Account, Json]:
    for account in state.connected():
        if number in getattr(account, shelf):
            return account, getattr(account, shelf)[number]
    raise LookupError(f"there is no {shelf.removesuffix('s')} {number}")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, not {value!r}")
