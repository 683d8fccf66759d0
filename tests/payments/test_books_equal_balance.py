"""Whatever happens to money and to its entries: the clearing account holds what Stripe holds, to the cent.

`WRITE_BACK_ROUNDS=3000` plays it for hours.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest

from app.connectors.base import FeeStyle
from app.kit.errors import Rejected
from app.models import Overpaid, WriteBackKind, WriteBackState
from app.payments.undoing import undo
from tests.payments.books_flow import at_processor, book_again, hear_and_work, on_clearing, pay_out
from tests.payments.business import Business
from tests.payments.money_flow import give_back, stripe_books

ROUNDS = int(os.environ.get("WRITE_BACK_ROUNDS", "6"))
FAULTS = ("drop", "drop-before", "500", "503", "garbage", "429")
PATIENCE = 30


class Story:
    """Somebody does something, at random; workers do their part in between, with faults."""

    def __init__(self, business: Business, seed: int) -> None:
        self.business, self.chance = business, random.Random(seed)
        self.before = on_clearing(business)
        self.told: list[str] = []

    def step(self) -> None:
        deeds: dict[str, Callable[[], None]] = {
            "pay": self.pay,
            "refund": self.refund,
            "refund fails": self.refund_fails,
            "dispute": self.dispute,
            "dispute ends": self.dispute_ends,
            "payout": self.payout,
            "payout fails": self.payout_fails,
            "undo": self.undo,
            "book again": self.book_again,
        }
        name = self.chance.choice([*deeds, "pay", "refund"]) if self.told else "pay"
        self.told.append(name)
        deeds[name]()
        self.business.sandbox.delete("/control/faults")
        if self.chance.random() < 0.5:
            fault = self.chance.choice(FAULTS)
            self.told.append(fault)
            self.business.sandbox.fault(self.business.ledger, fault, match=" /", times=1)
        if self.chance.random() < 0.7:
            hear_and_work(self.business)

    def pay(self) -> None:
        """What was paid before is booked by then: nobody can pay an invoice twice that waits to be booked."""
        self.end()
        count = self.chance.choice([1, 1, 2])
        customer, [*invoices] = self.business.open_invoices(at_least=count)
        path = self.business.link(customer)
        ids = {str(invoice.id) for invoice in invoices[:count]}
        self.business.pay(path, ticked=[tick for tick in self.business.ticks(path) if tick[:36] in ids])
        self.business.sandbox.advance(seconds=60)
        if self.chance.random() < 0.4:
            amount = str(min(Decimal("7.77"), invoices[0].amount_due))
            number = invoices[0].number
            self.business.sandbox.control(f"{self.business.ledger}/invoices/{number}/pay", amount=amount)

    def refund(self) -> None:
        payments = self.business.payments()
        if payments:
            with suppress(Rejected):
                give_back(
                    self.business, self.chance.choice(payments), f"{self.chance.randint(1, 900) / 100:.2f}"
                )

    def at_stripe(self, shelf: str, deed: str, **wishes: object) -> None:
        """What Stripe refuses in this state does not happen."""
        found = [row["id"] for row in stripe_books(self.business)[shelf]]
        if found:
            path = f"/control/stripe/{shelf}/{self.chance.choice(found)}/{deed}"
            assert self.business.sandbox.post(path, wishes).status_code in (200, 201, 400)

    def refund_fails(self) -> None:
        self.at_stripe("refunds", "decide", status="failed")

    def dispute(self) -> None:
        payments = self.business.payments()
        if payments:
            payment = self.chance.choice(payments).external_id
            self.business.sandbox.post(f"/control/stripe/payments/{payment}/dispute", {})

    def dispute_ends(self) -> None:
        status = self.chance.choice(["won", "lost"])
        fee_back = {"fee_back": True} if status == "won" and self.chance.random() < 0.5 else {}
        self.at_stripe("disputes", "decide", status=status, **fee_back)

    def payout(self) -> None:
        pay_out(self.business)

    def payout_fails(self) -> None:
        self.at_stripe("payouts", "fail")

    def undo(self) -> None:
        rows = [row for row in self.business.entries() if row.kind is not WriteBackKind.NOTE]
        if rows:
            row = self.chance.choice(rows)
            with suppress(Rejected):
                undo(
                    self.business.ground,
                    row.tenant_id,
                    row.id,
                    reason="At random",
                    asked_by=self.business.owner(),
                )

    def book_again(self) -> None:
        for row in self.business.entries():
            if row.state is WriteBackState.UNDONE and not self.is_failed_payout(row.marker):
                book_again(self.business, row)

    def is_failed_payout(self, marker: str) -> bool:
        failed = [row["id"] for row in stripe_books(self.business)["payouts"] if row["status"] == "failed"]
        return any(payout in marker for payout in failed)

    def end(self) -> None:
        """Everything comes to rest, and whatever was undone is booked again."""
        self.business.sandbox.delete("/control/faults")
        for _ in range(PATIENCE):
            hear_and_work(self.business)
            if self.is_at_rest():
                return
            self.book_again()
        raise AssertionError(f"{self.told} {self.business.states()}")

    def is_at_rest(self) -> bool:
        return all(
            row.state is WriteBackState.DONE
            or (row.state is WriteBackState.UNDONE and self.is_failed_payout(row.marker))
            for row in self.business.entries()
        )


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("business", FeeStyle.EXPENSE),
        ("american", FeeStyle.EXPENSE),
        ("american", FeeStyle.DEPOSIT),
    ],
)
def test_the_clearing_account_holds_what_stripe_holds(
    name: str, style: FeeStyle, request: pytest.FixtureRequest
) -> None:
    business: Business = request.getfixturevalue(name)
    business.choose_accounts(business.currency, fee_style=style, overpaid=Overpaid.CREDIT)
    story = Story(business, seed=ROUNDS)
    for _ in range(ROUNDS):
        story.step()
    story.end()
    assert on_clearing(business) - story.before == at_processor(business), story.told
