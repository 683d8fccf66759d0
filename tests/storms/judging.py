"""What the ledger's books must show after everything, by Stripe's books; neither is asked through the product."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.stripe.currency import major

Row = dict[str, Any]
_DEAD = ("DELETED", "VOIDED")
_LISTS = ("payments", "bank_transactions", "transfers")
# What Stripe's balance tells, and under which words the ledger has it: of money that came and money that went.
_WORDS = {
    "refund": "Stripe refund",
    "refund_failure": "Stripe refund returned",
    "dispute": "Stripe chargeback",
    "dispute_reversal": "Stripe chargeback returned",
    "payout": "Stripe payout",
}


@dataclass(frozen=True)
class Verdict:
    """How many facts there were, and in sentences what the ledger has of them twice, not at all, or wrong."""

    facts: int
    duplicates: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.missing or self.wrong)


def judge(stripe: Row, ledger: Row, paid_for: dict[str, list[str]]) -> Verdict:
    """`paid_for`: by payment, the numbers of the invoices that its payer ticked."""
    living = [row for name in _LISTS for row in ledger[name] if row["status"] not in _DEAD]
    numbers = {row["id"]: row["number"] for row in ledger["invoices"]}
    facts = 0
    duplicates: list[str] = []
    missing: list[str] = []
    wrong: list[str] = []
    for mark, amount in _expected(stripe):
        facts += 1
        found = [_amount(row) for row in living if _bears(row, mark)]
        if len(found) > 1:
            duplicates.append(f"{mark}: {found}")
        elif not found:
            missing.append(f"{mark}: {amount}")
        elif found[0] != amount:
            wrong.append(f"{mark}: {found[0]} instead of {amount}")
    wrong += [
        f"{row['id']} failed and is there"
        for row in stripe["payouts"]
        if row["status"] == "failed" and any(_bears(one, f"Stripe payout {row['id']}") for one in living)
    ]
    for payment, amount in _charged(stripe):
        parts = [row for row in ledger["payments"] if row in living and _bears(row, f"Stripe {payment}")]
        over = [row for row in living if _bears(row, f"Stripe overpayment {payment}")]
        facts += len(paid_for[payment])
        booked = Counter(numbers[row["invoice_id"]] for row in parts if row.get("invoice_id"))
        duplicates += [f"{payment} for {number}: {n} times" for number, n in booked.items() if n > 1]
        told = Counter(str(row.get("note") or row["reference"]) for row in over)
        duplicates += [f"{text}: {n} times" for text, n in told.items() if n > 1]
        if not over:
            missing += [f"{payment} for {number}" for number in paid_for[payment] if not booked[number]]
        if (total := sum(map(_amount, _once(parts + over)), Decimal(0))) != amount:
            wrong.append(f"{payment}: {total} instead of {amount}")
    return Verdict(facts, tuple(duplicates), tuple(missing), tuple(wrong))


def _once(rows: list[Row]) -> list[Row]:
    """Some overpayments name their payment too."""
    return list({(row["id"], row.get("invoice_id")): row for row in rows}.values())


def _expected(stripe: Row) -> Iterator[tuple[str, Decimal]]:
    """Every entry but the payments themselves. A payout that failed is to be taken back."""
    failed = {row["id"] for row in stripe["payouts"] if row["status"] == "failed"}
    intents = {row["id"]: row["payment_intent"] for row in stripe["charges"]}
    for row in stripe["balance_transactions"]:
        category, source = row["reporting_category"], row["source"]
        if category == "charge" and row["fee"]:
            yield f"Stripe fee {intents[source]}", _money(row["fee"], row)
        if category in _WORDS and source not in failed:
            yield f"{_WORDS[category]} {source}", _money(abs(row["amount"]), row)
        if category == "dispute" and row["fee"]:
            yield f"Stripe chargeback fee {source}", _money(row["fee"], row)
        if category == "dispute_reversal" and row["fee"]:
            yield f"Stripe chargeback fee returned {source}", _money(-row["fee"], row)


def _charged(stripe: Row) -> Iterator[tuple[str, Decimal]]:
    for row in stripe["charges"]:
        if row["paid"]:
            yield row["payment_intent"], _money(row["amount"], row)


def _money(minor: int, row: Row) -> Decimal:
    return major(minor, row["currency"])


def _amount(row: Row) -> Decimal:
    """Of a deposit that gathers a payment, the fee that it keeps back."""
    if row.get("payment_ids"):
        return Decimal(row["fee"])
    return Decimal(row["amount"] if "amount" in row else row["total"])


def _bears(row: Row, mark: str) -> bool:
    told = f"{row['reference'] or ''} {row.get('note') or ''}"
    return re.search(rf"{re.escape(mark)}(?!\w)", told) is not None
