"""Payouts: the balance on its way to the business's bank, and back when the bank refuses it."""

from datetime import timedelta

from sandbox.stripe.api import Call
from sandbox.stripe.balance import book, undo
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.events import News
from sandbox.stripe.lists import created_within, page, where
from sandbox.stripe.state import Account, Json, StripeState, new_id, nulls

DAY_SECONDS = 24 * 3600
UNDER_WAY = ("pending", "in_transit")


def list_transactions(call: Call) -> Json:
    """The balance's movements; with `payout`, those that one automatic payout is made of, its own among them."""
    wanted, recent = where(call.fields, "source", "type", "currency"), created_within(call.fields)
    rows = [row for row in call.account.transactions.values() if wanted(row) and recent(row)]
    if "payout" in call.fields:
        payout = _automatic(call.account, call.fields["payout"])
        rows = [row for row in rows if call.account.paid_out.get(row["id"]) == payout["id"]]
    return page(rows, call.fields, "/v1/balance_transactions")


def pay_out(
    state: StripeState, account: Account, currency: str, *, everything: bool = False, manual: bool = False
) -> Json | None:
    """Send what is available in a currency, or with `everything` also what is pending; None if that is nothing."""
    lines = [
        row
        for row in account.transactions.values()
        if row["currency"] == currency
        and row["id"] not in account.paid_out
        and (everything or row["status"] == "available")
    ]
    amount = sum(row["net"] for row in lines)
    if amount <= 0:
        return None
    payout = _shape(amount, currency, state.clock.timestamp(), state.settings.stripe_payout_days, manual)
    own = book(state, account, payout, "payout", -amount, currency)
    payout["balance_transaction"] = own["id"]
    account.payouts[payout["id"]] = payout
    for row in (*lines, own):
        row["status"] = "available"
        account.paid_out[row["id"]] = payout["id"]
    state.events.publish(account, News("payout.created", payout))
    days = timedelta(days=state.settings.stripe_payout_days)
    state.later(days, lambda: _arrive(state, account, payout))
    return payout


def arrive(state: StripeState, account: Account, payout: Json) -> None:
    """The bank has it; from now on its lines are complete. ValueError if it is not on its way."""
    if payout["status"] not in UNDER_WAY:
        raise ValueError(f"The payout is {payout['status']} already.")
    before = {"status": payout["status"]}
    payout.update(status="paid", trace_id={"status": "supported", "value": payout["id"][-12:].upper()})
    news = [News("payout.paid", payout, before)]
    if payout["automatic"]:
        payout["reconciliation_status"] = "completed"
        news.append(News("payout.reconciliation_completed", payout))
    state.events.publish(account, *news)


def fail(state: StripeState, account: Account, payout: Json, code: str) -> None:
    """The bank refuses it, even after it seemed paid: the money is back in the balance. ValueError if it failed."""
    if payout["status"] not in (*UNDER_WAY, "paid"):
        raise ValueError(f"The payout is {payout['status']} already.")
    before = {"status": payout["status"]}
    own = account.transactions[payout["balance_transaction"]]
    back = undo(state, account, payout, "payout_reversal", own)
    payout.update(
        status="failed",
        failure_balance_transaction=back["id"],
        failure_code=code,
        failure_message="The bank could not take the payout.",
    )
    state.events.publish(account, News("payout.failed", payout, before))


def _arrive(state: StripeState, account: Account, payout: Json) -> None:
    if payout["status"] in UNDER_WAY:
        arrive(state, account, payout)


def _automatic(account: Account, number: str) -> Json:
    payout = account.payouts.get(number)
    if payout is None:
        raise no_such("payout", number, "payout")
    if not payout["automatic"]:
        raise invalid(
            "Balance transaction history can only be filtered on automatic payouts, not manual.",
            param="payout",
        )
    return payout


def _shape(amount: int, currency: str, created: int, days: float, manual: bool) -> Json:
    nothing = (
        "application_fee application_fee_amount balance_transaction failure_balance_transaction failure_code "
        "failure_message original_payout payout_method reversed_by statement_descriptor"
    )
    arrival = created + int(days * DAY_SECONDS)
    return {
        "id": new_id("po"),
        "object": "payout",
        **nulls(nothing),
        "amount": amount,
        "arrival_date": arrival - arrival % DAY_SECONDS,
        "automatic": not manual,
        "created": created,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": new_id("ba"),
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "not_applicable" if manual else "in_progress",
        "source_type": "card",
        "status": "in_transit",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
