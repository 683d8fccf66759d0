"""Money that the processor changed into the organisation's own currency before it arrived."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.connectors.base import Arrived, EntryKind, Ledger, OverpaymentEntry, PaymentEntry, PaymentPart
from app.connectors.registry import LEDGERS
from app.kit.errors import Rejected
from app.kit.ground import Ground
from tests.connectors.contract.bookings import Till
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper, Row

_MARKER = "Stripe pi_3QxR2eLkdIwHu7ix1a2b3c4d"
_WORDS = "Paid by card"


class ConvertingContract(Contract):
    """The invoice is paid in its own currency, the account moves in its own, and the rate between them is kept."""

    @pytest.fixture
    def till(self, ledger: Ledger, bookkeeper: Bookkeeper, sandbox_ground: Ground) -> Till:
        return Till(ledger, bookkeeper, sandbox_ground.clock.now().date())

    def arrived(self, amount: str) -> Arrived:
        return Arrived(Decimal(amount), self.vendor.base_currency, "EUR")

    def payment(self, till: Till, invoice: Row, amount: str, arrived: str) -> PaymentEntry:
        parts = (PaymentPart(invoice["id"], Decimal(amount)),)
        return PaymentEntry(
            parts, till.clearing["id"], till.today, _MARKER, _WORDS, arrived=self.arrived(arrived)
        )

    def overpayment(self, till: Till, customer: str, today: date) -> OverpaymentEntry:
        clearing, amount = till.clearing["id"], Decimal("12.34")
        return OverpaymentEntry(
            customer, clearing, amount, today, _MARKER, _WORDS, arrived=self.arrived("10.03")
        )

    @pytest.mark.parametrize(
        ("amount", "arrived"), [("20.00", "17.03"), ("0.07", "0.06"), ("7.77", "9.11"), ("19.99", "17.00")]
    )
    def test_the_invoice_is_paid_in_its_currency_and_the_account_moves_by_what_arrived(
        self, till: Till, amount: str, arrived: str
    ) -> None:
        invoice, before = till.bookkeeper.open_invoice("EUR"), till.held()
        entered = till.ledger.record_payment(
            self.payment(till, invoice, amount, arrived), idempotency_key="key"
        )
        assert entered.amount == Decimal(amount)
        assert entered.arrived is not None
        assert round(entered.arrived, 2) == Decimal(arrived)
        assert till.ledger.find_payment(invoice_external_id=invoice["id"], marker=_MARKER) == entered
        [row] = till.bookkeeper.payments_of(invoice["id"])
        assert (row["amount"], row["currency"], row["bank_amount"]) == (amount, "EUR", arrived)
        after = till.bookkeeper.invoice(invoice["id"])
        assert Decimal(invoice["amount_due"]) - Decimal(after["amount_due"]) == Decimal(amount)
        assert till.held() == before + Decimal(arrived)

    def test_gain_or_loss_follows_from_the_rate(self, till: Till) -> None:
        gains = []
        for place, arrived in enumerate(("17.00", "17.01")):
            invoice = till.bookkeeper.open_invoice("EUR", skip=place)
            till.ledger.record_payment(
                self.payment(till, invoice, "20.00", arrived), idempotency_key=f"key {place}"
            )
            [row] = till.bookkeeper.payments_of(invoice["id"])
            gains.append(Decimal(row["gain"]))
        worth = [Decimal("17.00") - gains[0], Decimal("17.01") - gains[1]]
        assert worth[0] > 0
        assert gains[1] - gains[0] == Decimal("0.01") + worth[0] - worth[1]

    def test_taken_back_the_books_are_as_before(self, till: Till) -> None:
        invoice, before = till.bookkeeper.open_invoice("EUR"), till.held()
        entered = till.ledger.record_payment(
            self.payment(till, invoice, "20.00", "17.03"), idempotency_key="key"
        )
        till.ledger.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="back")
        assert till.held() == before
        assert till.bookkeeper.invoice(invoice["id"])["amount_due"] == invoice["amount_due"]

    def test_what_no_rate_makes_exact_is_refused_before_anything_is_entered(self, till: Till) -> None:
        invoice, before = till.bookkeeper.open_invoice("EUR"), till.held()
        with pytest.raises(Rejected, match="six decimals"):
            till.ledger.record_payment(self.payment(till, invoice, "0.01", "0.00"), idempotency_key="key")
        assert till.bookkeeper.payments_of(invoice["id"]) == []
        assert till.held() == before

    def test_a_credit_is_the_customers_in_their_own_currency_or_refused(self, till: Till) -> None:
        customer, before = till.bookkeeper.open_invoice("EUR")["contact_id"], till.held()
        entry = self.overpayment(till, customer, till.today)
        if EntryKind.OVERPAYMENT not in LEDGERS[self.vendor.key].enters_converted:
            with pytest.raises(Rejected, match="credit in the currency"):
                till.ledger.record_overpayment(entry, idempotency_key="key")
            assert till.held() == before
            return
        entered = till.ledger.record_overpayment(entry, idempotency_key="key")
        assert entered.amount == entry.amount
        assert till.ledger.find_overpayment(marker=_MARKER, booked_on=till.today) == entered
        assert till.held() == before + Decimal("10.03")

    @pytest.mark.parametrize("kind", [EntryKind.INCOME, EntryKind.REFUND])
    def test_money_of_a_foreign_customer_moves_in_the_accounts_currency_where_the_connector_says_so(
        self, till: Till, kind: EntryKind
    ) -> None:
        booking, before = replace(till, payer_in="EUR").booking(kind, "4.56"), till.held()
        if kind in LEDGERS[self.vendor.key].enters_converted:
            assert booking.record("key").amount == Decimal("4.56")
            assert till.held() == before + booking.effect
