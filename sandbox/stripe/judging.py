"""The judge: does every account's money add up, in whole minor units, per currency?"""

from collections import Counter
from collections.abc import Iterator

from sandbox.stripe.balance import totals
from sandbox.stripe.currency import decimals
from sandbox.stripe.state import Account, Json, StripeState

_LEFT = ("pending", "in_transit", "paid")
_SUMS = {
    "charged": ("charge",),
    "refunded": ("refund", "refund_failure"),
    "disputed": ("dispute", "dispute_reversal"),
    "charged_by_stripe": ("fee",),
}


def ledger(state: StripeState) -> Json:
    """Per account and currency what came, went and is there; and in sentences what does not add up."""
    accounts = state.connected()
    return {
        "accounts": [{"id": account.id, "currencies": _currencies(account)} for account in accounts],
        "problems": [
            f"{account.id}: {problem}"
            for account in accounts
            for problem in problems(
                account, state.clock.timestamp() - int(state.settings.stripe_balance_delay)
            )
        ],
    }


def problems(account: Account, booked_before: int) -> Iterator[str]:
    """What is wrong. Charges made before that moment must have reached the balance."""
    yield from _of_sums(account)
    yield from _of_transactions(account)
    yield from _of_payments(account, booked_before)
    yield from _of_refunds(account)
    yield from _of_payouts(account)


def _currencies(account: Account) -> dict[str, Json]:
    """In minor units. `fees` are those of charges and disputes; `paid_out` is what has not come back."""
    available, pending = totals(account, "available"), totals(account, "pending")
    return {
        currency: {
            **{name: _sum(account, currency, categories) for name, categories in _SUMS.items()},
            "fees": sum(row["fee"] for row in account.transactions.values() if row["currency"] == currency),
            "paid_out": _paid_out(account, currency),
            "available": available[currency],
            "pending": pending[currency],
            "balance": available[currency] + pending[currency],
        }
        for currency in sorted(available)
    }


def _sum(account: Account, currency: str, categories: tuple[str, ...]) -> int:
    return sum(
        row["amount"]
        for row in account.transactions.values()
        if row["currency"] == currency and row["reporting_category"] in categories
    )


def _paid_out(account: Account, currency: str) -> int:
    return sum(
        payout["amount"]
        for payout in account.payouts.values()
        if payout["currency"] == currency and payout["status"] in _LEFT
    )


def _of_sums(account: Account) -> Iterator[str]:
    for currency, row in _currencies(account).items():
        came = row["charged"] + row["refunded"] + row["disputed"] + row["charged_by_stripe"] - row["fees"]
        if came != row["paid_out"] + row["balance"]:
            yield f"{came} {currency} came, but {row['paid_out']} went and {row['balance']} is there"


def _of_transactions(account: Account) -> Iterator[str]:
    for row in account.transactions.values():
        if row["net"] != row["amount"] - row["fee"]:
            yield f"{row['id']} has a net that is not its amount less its fee"
        if row["fee"] != sum(detail["amount"] for detail in row["fee_details"]):
            yield f"{row['id']} has a fee that is not the sum of its details"


def _of_payments(account: Account, booked_before: int) -> Iterator[str]:
    charged = Counter(row["payment_intent"] for row in account.charges.values() if row["paid"])
    booked = Counter(
        row["source"] for row in account.transactions.values() if row["reporting_category"] == "charge"
    )
    for intent, times in charged.items():
        if times > 1:
            yield f"{intent} was charged {times} times"
    for charge in account.charges.values():
        # A debit is paid days after it was made, so its age says nothing.
        fresh = charge["created"] >= booked_before or charge["payment_method_details"]["type"] != "card"
        least = 1 if charge["paid"] and not fresh else 0
        if not least <= booked[charge["id"]] <= int(charge["paid"]):
            yield f"{charge['id']} reached the balance {booked[charge['id']]} times"
        if decimals(charge["currency"]) == 3 and charge["amount"] % 10:
            yield f"{charge['id']} has thousandths that no card can pay"


def _of_refunds(account: Account) -> Iterator[str]:
    given: Counter[str] = Counter()
    for refund in account.refunds.values():
        if refund["status"] not in ("failed", "canceled"):
            given[refund["charge"]] += refund["amount"]
    for charge in account.charges.values():
        back = given[charge["id"]]
        if back != charge["amount_refunded"] or back > charge["amount"]:
            yield f"{charge['id']} says {charge['amount_refunded']} was given back, its refunds say {back}"


def _of_payouts(account: Account) -> Iterator[str]:
    lines: Counter[str] = Counter()
    for number, into in account.paid_out.items():
        if account.transactions[number]["source"] != into:
            lines[into] += account.transactions[number]["net"]
    for payout in account.payouts.values():
        if lines[payout["id"]] != payout["amount"]:
            yield f"{payout['id']} is {payout['amount']}, its lines are {lines[payout['id']]}"
