"""An invoice and everything that can settle it, in any order: the books equal a model that only adds and subtracts.

Payments by card of all or a part, payments and credit notes that a bookkeeper enters, edits, refunds, chargebacks
and payouts, in currencies of no, two and three digits. `INVOICE_MONEY_ROUNDS=300` plays it for hours.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.connectors.base import FeeStyle
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import Customer, Invoice, Overpaid, Tenant, WriteBackState
from tests.payments.books_flow import at_processor, hear_and_work, on_clearing, pay_out
from tests.payments.business import Business, open_business
from tests.payments.money_flow import give_back, stripe_books
from tests.payments.worldly_company import CURRENCIES, open_worldly
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.storms.judging import judge

ROUNDS = int(os.environ.get("INVOICE_MONEY_ROUNDS", "3"))
# The finest amount that a card can pay: Stripe takes no thousandths of a dinar (docs.stripe.com/currencies).
STEPS = {"JPY": Decimal(1), "EUR": Decimal("0.01"), "KWD": Decimal("0.010")}
shares = st.integers(5, 100)


class InvoiceMoney(RuleBasedStateMachine):
    """One invoice. `due` is what the ledger must say that is owed on it once everything is booked."""

    business: ClassVar[Business]
    left: ClassVar[Iterator[str]]
    paid_for: ClassVar[dict[str, list[str]]]

    @initialize(share=shares)
    def an_open_invoice_is_paid_or_a_part_of_it(self, share: int) -> None:
        self.number = next(self.left)
        self.due = self.business.books().due(self.number)
        self.by_card = Decimal(0)
        """Paid, and not booked yet."""
        self.pay(share)

    def some(self, share: int) -> Decimal:
        """A part of what is due, which may be all of it."""
        step = STEPS[self.business.currency]
        return (self.due * share / 100 / step).to_integral_value(ROUND_DOWN) * step

    def at_stripe(self, shelf: str, deed: str, *, under: str = "", **wishes: object) -> None:
        """With the newest there; what Stripe refuses in this state does not happen."""
        found = [row["id"] for row in stripe_books(self.business)[shelf]]
        if found:
            path = f"/control/stripe/{under or shelf}/{found[-1]}/{deed}"
            assert self.business.sandbox.post(path, wishes).status_code in (200, 201, 400)

    @rule(share=shares)
    def the_customer_pays_by_card(self, share: int) -> None:
        self.pay(share)

    def pay(self, share: int) -> None:
        """Only what is not paid already: the pay page sees to that."""
        invoice = self.mirrored()
        path = self.business.link(self.customer())
        tick = next((tick for tick in self.business.ticks(path) if tick[:36] == str(invoice.id)), None)
        if tick is None:
            return
        amount = self.some(share)
        form = {"invoice": tick, f"part-{invoice.id}": f"{amount:f}"}
        answer = self.business.client.post(path, data=form)
        if answer.status_code == 303:
            session = self.business.pay_at_stripe(self.business.session_of(answer))
            self.paid_for[session["payment_intent"]] = [self.number]
            self.by_card += amount

    @rule(share=shares)
    def a_bookkeeper_enters_a_payment(self, share: int) -> None:
        self.settle_in_ledger("pay", self.some(share))

    @rule(share=shares)
    def a_bookkeeper_credits(self, share: int) -> None:
        self.settle_in_ledger("credit", self.some(share))

    def settle_in_ledger(self, deed: str, amount: Decimal) -> None:
        if amount:
            self.business.sandbox.control(f"quickbooks/invoices/{self.number}/{deed}", amount=f"{amount:f}")
            self.due -= amount

    @rule(days=st.integers(1, 40))
    def the_due_date_is_edited(self, days: int) -> None:
        due = (self.business.sandbox.now().date()).replace(day=1 + days % 28)
        self.business.sandbox.control(f"quickbooks/invoices/{self.number}/due", due=due.isoformat())

    @rule(share=shares)
    def somebody_gives_back(self, share: int) -> None:
        payments = self.business.payments()
        if payments:
            step = STEPS[self.business.currency]
            amount = (payments[-1].amount * share / 100 / step).to_integral_value(ROUND_DOWN) * step
            with suppress(Rejected):  # more than is left, or taken back by the bank
                give_back(self.business, payments[-1], f"{amount:f}")

    @rule()
    def a_refund_fails(self) -> None:
        self.at_stripe("refunds", "decide", status="failed")

    @rule()
    def the_bank_takes_it_back(self) -> None:
        self.at_stripe("payment_intents", "dispute", under="payments")

    @rule(status=st.sampled_from(["won", "lost"]))
    def the_bank_decides(self, status: str) -> None:
        self.at_stripe("disputes", "decide", status=status)

    @rule()
    def money_goes_to_the_bank(self) -> None:
        pay_out(self.business)

    @rule()
    def time_passes(self) -> None:
        """All that was paid is booked: what the invoice can take, and the rest as the customer's credit."""
        hear_and_work(self.business)
        self.due -= min(self.by_card, self.due)
        self.by_card = Decimal(0)
        assert self.business.books().due(self.number) == self.due
        self.business.pull()
        assert self.mirrored().amount_due == self.due

    def mirrored(self) -> Invoice:
        with self.business.unit() as session:
            return session.query(Invoice).where(Invoice.number == self.number).one()

    def customer(self) -> Customer:
        invoice = self.mirrored()
        with self.business.unit() as session:
            return session.get_one(Customer, (invoice.tenant_id, invoice.customer_id))

    def teardown(self) -> None:
        self.time_passes()
        hear_and_work(self.business)
        assert {row.state for row in self.business.entries()} <= {WriteBackState.DONE}, self.business.states()
        verdict = judge(stripe_books(self.business), self.business.books().ledger, self.paid_for)
        assert verdict.is_clean, verdict
        assert on_clearing(self.business) == at_processor(self.business)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_books_equal_the_model(
    currency: str, sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver, tmp_path: Path
) -> None:
    open_worldly(sandbox, tmp_path)
    business = open_business(
        sandbox_ground, sandbox, receiver, ledger="quickbooks", currencies=(currency, "USD")
    )
    business.choose_accounts(currency, fee_style=FeeStyle.EXPENSE, overpaid=Overpaid.CREDIT)
    with business.unit() as session:
        tenant = session.query(Tenant).one()
        tenant.part_payments, tenant.least_part = True, 1
        numbers = session.query(Invoice.number).where(Invoice.currency == currency).order_by(Invoice.number)
        InvoiceMoney.left = iter([number for (number,) in numbers])
    InvoiceMoney.business, InvoiceMoney.paid_for = business, {}
    rounds = settings(
        max_examples=ROUNDS,
        stateful_step_count=10,
        deadline=None,
        # The world goes on between the rounds, so that a round cannot be played again to make it smaller.
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(InvoiceMoney, settings=rounds)
    assert business.payments()
