"""An account's balance: every movement as a balance transaction, in the currency that it settles in."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.currency import decimals
from sandbox.stripe.fees import fee_details
from sandbox.stripe.state import Account, Json, StripeState, new_id

CHARGES_AVAILABLE_AFTER = timedelta(days=2)
# docs.stripe.com/reports/reporting-categories: the category, and the `type` for cards and for everything else.
_TYPES = {
    "charge": ("charge", "payment"),
    "refund": ("refund", "payment_refund"),
    "refund_failure": ("refund_failure", "refund_failure"),
    "dispute": ("adjustment", "adjustment"),
    "dispute_reversal": ("adjustment", "adjustment"),
    "fee": ("stripe_fee", "stripe_fee"),
    "payout": ("payout", "payout"),
    "payout_reversal": ("payout_failure", "payout_failure"),
}


def book(
    state: StripeState,
    account: Account,
    source: Json,
    category: str,
    amount: int,
    currency: str,
    fee: int = 0,
) -> Json:
    """Move the balance: all in minor units of the settlement currency. Charges can be paid out after two days."""
    now = state.clock.timestamp()
    waits = CHARGES_AVAILABLE_AFTER if category == "charge" else timedelta()
    by_card = not str(source.get("id")).startswith(("py_", "pyr_"))
    transaction: Json = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + int(waits.total_seconds()),
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fee_details(fee, currency) if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source.get("id"),
        "status": "pending" if waits else "available",
        "type": _TYPES[category][0 if by_card else 1],
    }
    account.transactions[transaction["id"]] = transaction
    if waits:
        state.later(waits, lambda: transaction.update(status="available"))
    return transaction


def settled(account: Account, amount: int, currency: str) -> tuple[int, str, float | None]:
    """An amount of a payment as the balance has it: minor units, currency, and the rate where there is one."""
    if currency not in account.settles_in:
        return amount, currency, None
    into, rate = account.settles_in[currency]
    major = Decimal(amount).scaleb(-decimals(currency)) * rate
    return int(major.scaleb(decimals(into)).quantize(Decimal(1), ROUND_HALF_UP)), into, float(rate)


def book_settled(
    state: StripeState, account: Account, source: Json, category: str, amount: int, currency: str
) -> Json:
    """The same without a fee for an amount in the payment's currency, at the rate of this moment."""
    moved, into, rate = settled(account, amount, currency)
    transaction = book(state, account, source, category, moved, into)
    transaction["exchange_rate"] = rate
    return transaction


def undo(state: StripeState, account: Account, source: Json, category: str, done: Json) -> Json:
    """Move back exactly what `done` moved, its fee left where it is."""
    transaction = book(state, account, source, category, -done["amount"], done["currency"])
    transaction["exchange_rate"] = done["exchange_rate"]
    return transaction


def totals(account: Account, status: str) -> dict[str, int]:
    """The net of every movement of that status (pending or available) by currency."""
    sums: dict[str, int] = {}
    for row in account.transactions.values():
        sums.setdefault(row["currency"], 0)
        if row["status"] == status:
            sums[row["currency"]] += row["net"]
    return sums


def balance_shape(account: Account) -> Json:
    """What GET /v1/balance answers."""
    return {
        "object": "balance",
        "livemode": False,
        **{status: _amounts(totals(account, status)) for status in ("available", "pending")},
    }


def _amounts(sums: dict[str, int]) -> list[Json]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(sums.items())
    ]
