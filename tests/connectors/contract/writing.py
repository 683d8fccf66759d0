"""Writing: looked for, entered once, refused in words, found again, taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.connectors.base import (
    AccountRef,
    BookedEntry,
    EntryKind,
    FeeEntry,
    FeeStyle,
    Ledger,
    PaymentEntry,
    PaymentPart,
    RefundEntry,
)
from app.connectors.registry import LEDGERS
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper, Row

Pay = Callable[..., BookedEntry]
_MARKER = "Stripe pi_3QxR2eLkdIwHu7ix1a2b3c4d"


class WritingContract(Contract):
    """What the writing half of the port owes."""

    @pytest.fixture
    def today(self, sandbox_ground: Ground) -> date:
        return sandbox_ground.clock.now().date()

    @pytest.fixture
    def pay(self, ledger: Ledger, bookkeeper: Bookkeeper, today: date) -> Pay:
        """Enters a payment into the clearing account of the invoice's currency."""

        def enter(
            invoice: Row,
            amount: str = "0.01",
            *,
            marker: str = _MARKER,
            on: date | None = None,
            key: str = "",
        ) -> BookedEntry:
            entry = PaymentEntry(
                parts=(PaymentPart(invoice["id"], Decimal(amount)),),
                account_external_id=self.clearing(bookkeeper, invoice["currency"])["id"],
                booked_on=on or today,
                marker=marker,
                memo=f"Paid by card. {marker}",
            )
            return ledger.record_payment(
                entry, idempotency_key=key or f"key-{invoice['id']}-{amount}-{marker}"
            )

        return enter

    def clearing(self, bookkeeper: Bookkeeper, currency: str) -> Row:
        """The account that stands for the processor's balance."""
        rows = bookkeeper.books()["accounts"]
        return next(row for row in rows if "stripe" in row["name"].lower() and row["currency"] == currency)

    def fees_account(self, bookkeeper: Bookkeeper) -> AccountRef:
        rows = bookkeeper.books()["accounts"]
        row = next(row for row in rows if "fee" in row["name"].lower())
        return AccountRef(row["id"], row["code"])

    def fee(self, bookkeeper: Bookkeeper, today: date, amount: str = "1.23", **changes: object) -> FeeEntry:
        values: dict[str, object] = {
            "style": FeeStyle.EXPENSE,
            "clearing_account_external_id": self.clearing(bookkeeper, self.vendor.base_currency)["id"],
            "expense_account": self.fees_account(bookkeeper),
            "amount": Decimal(amount),
            "booked_on": today,
            "marker": "Stripe fee pi_3QxR2eLkdIwHu7ix1a2b3c4d",
            "payee": "Stripe",
            "description": "Card fee",
            **changes,
        }
        return FeeEntry(**values)  # type: ignore[arg-type]

    def test_a_payment_is_found_only_after_it_was_entered_and_stands_to_the_cent(
        self, ledger: Ledger, bookkeeper: Bookkeeper, pay: Pay, today: date
    ) -> None:
        invoice = bookkeeper.open_invoice()
        assert ledger.find_payment(invoice_external_id=invoice["id"], marker=_MARKER) is None
        entered = pay(invoice, "12.34")
        assert entered.amount == Decimal("12.34")
        assert ledger.find_payment(invoice_external_id=invoice["id"], marker=_MARKER) == entered
        assert ledger.find_payment(invoice_external_id=invoice["id"], marker="Stripe pi_other") is None
        [row] = bookkeeper.payments_of(invoice["id"])
        assert (row["id"], row["amount"], row["date"]) == (entered.external_id, "12.34", today.isoformat())
        after = bookkeeper.invoice(invoice["id"])
        assert Decimal(invoice["amount_due"]) - Decimal(after["amount_due"]) == Decimal("12.34")

    def test_paying_all_of_it_closes_the_invoice(self, bookkeeper: Bookkeeper, pay: Pay) -> None:
        invoice = bookkeeper.open_invoice()
        pay(invoice, invoice["amount_due"])
        after = bookkeeper.invoice(invoice["id"])
        assert (after["status"], Decimal(after["amount_due"])) == ("PAID", Decimal(0))

    def test_a_payment_in_another_currency_is_booked_in_it(self, bookkeeper: Bookkeeper, pay: Pay) -> None:
        invoice = bookkeeper.open_invoice("EUR")
        pay(invoice, "7.77")
        [row] = bookkeeper.payments_of(invoice["id"])
        assert (row["amount"], row["currency"]) == ("7.77", "EUR")

    def test_more_than_the_balance_is_refused_in_words_and_nothing_is_booked(
        self, bookkeeper: Bookkeeper, pay: Pay
    ) -> None:
        invoice = bookkeeper.open_invoice()
        with pytest.raises(Rejected) as refused:
            pay(invoice, str(Decimal(invoice["amount_due"]) + 1))
        assert LEDGERS[self.vendor.key].display_name in refused.value.reason
        assert bookkeeper.payments_of(invoice["id"]) == []

    def test_a_voided_invoice_takes_no_payment(self, bookkeeper: Bookkeeper, pay: Pay) -> None:
        invoice = bookkeeper.open_invoice()
        bookkeeper.do(f"invoices/{invoice['number']}/void")
        with pytest.raises(Rejected):
            pay(invoice)

    def test_a_closed_period_is_refused_in_words(
        self, bookkeeper: Bookkeeper, pay: Pay, ledger: Ledger, today: date
    ) -> None:
        bookkeeper.do("lock-date", date=today.isoformat())
        invoice = bookkeeper.open_invoice()
        with pytest.raises(Rejected, match=r"(?i)lock date|closed"):
            pay(invoice, on=today - timedelta(days=1))
        fee = self.fee(bookkeeper, today - timedelta(days=1))
        with pytest.raises(Rejected, match=r"(?i)lock date|closed"):
            ledger.record_fee(fee, idempotency_key="closed")
        assert bookkeeper.payments_of(invoice["id"]) == []

    def test_an_archived_account_is_refused_in_words(self, bookkeeper: Bookkeeper, pay: Pay) -> None:
        account = self.clearing(bookkeeper, self.vendor.base_currency)
        invoice = bookkeeper.open_invoice()
        bookkeeper.do(f"accounts/{account['code'] or account['id']}/archive")
        with pytest.raises(Rejected, match=r"(?i)account"):
            pay(invoice)

    def test_the_same_key_enters_it_once(self, bookkeeper: Bookkeeper, pay: Pay) -> None:
        invoice = bookkeeper.open_invoice()
        first, second = pay(invoice, "3.00", key="same"), pay(invoice, "3.00", key="same")
        assert first == second
        assert len(bookkeeper.payments_of(invoice["id"])) == 1

    @pytest.mark.parametrize("kind", ["drop", "garbage", "500", "html", "503", "drop-before"])
    def test_no_clear_answer_is_an_unknown_outcome_that_a_look_settles(
        self, ledger: Ledger, bookkeeper: Bookkeeper, pay: Pay, kind: str
    ) -> None:
        invoice = bookkeeper.open_invoice()
        bookkeeper.fault(kind, match=self.vendor.payment_call)
        with pytest.raises(OutcomeUnknown):
            pay(invoice)
        booked = bookkeeper.payments_of(invoice["id"])
        found = ledger.find_payment(invoice_external_id=invoice["id"], marker=_MARKER)
        assert [found.external_id if found else None] == ([row["id"] for row in booked] or [None])
        assert len(booked) == (kind in ("drop", "garbage"))

    def test_a_dropped_answer_was_booked_and_the_same_key_does_not_book_it_twice(
        self, bookkeeper: Bookkeeper, pay: Pay
    ) -> None:
        invoice = bookkeeper.open_invoice()
        bookkeeper.fault("drop", match=self.vendor.payment_call)
        with pytest.raises(OutcomeUnknown):
            pay(invoice, key="dropped")
        assert pay(invoice, key="dropped").amount == Decimal("0.01")
        assert len(bookkeeper.payments_of(invoice["id"])) == 1

    def test_a_limit_never_books_twice(self, bookkeeper: Bookkeeper, pay: Pay) -> None:
        invoice = bookkeeper.open_invoice()
        bookkeeper.fault("429", match=self.vendor.payment_call, value=1)
        with pytest.raises((Retryable, OutcomeUnknown)):
            pay(invoice, key="limited")
        bookkeeper.sandbox.advance(seconds=90)
        pay(invoice, key="limited")
        assert len(bookkeeper.payments_of(invoice["id"])) == 1

    def test_a_payment_taken_back_by_somebody_is_not_found(
        self, ledger: Ledger, bookkeeper: Bookkeeper, pay: Pay
    ) -> None:
        invoice = bookkeeper.open_invoice()
        entered = pay(invoice)
        bookkeeper.do(f"payments/{entered.external_id}/delete")
        assert ledger.find_payment(invoice_external_id=invoice["id"], marker=_MARKER) is None

    def test_a_payment_is_voided_once_and_again_without_harm(
        self, ledger: Ledger, bookkeeper: Bookkeeper, pay: Pay
    ) -> None:
        invoice = bookkeeper.open_invoice()
        entered = pay(invoice, invoice["amount_due"])
        ledger.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="void-1")
        ledger.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="void-2")
        assert ledger.find_payment(invoice_external_id=invoice["id"], marker=_MARKER) is None
        after = bookkeeper.invoice(invoice["id"])
        assert (after["status"], after["amount_due"]) == ("AUTHORISED", invoice["amount_due"])

    def test_a_fee_is_found_only_after_it_was_entered_and_stands_to_the_cent(
        self, ledger: Ledger, bookkeeper: Bookkeeper, today: date
    ) -> None:
        fee = self.fee(bookkeeper, today)
        assert ledger.find_fee(marker=fee.marker, booked_on=today, style=fee.style) is None
        entered = ledger.record_fee(fee, idempotency_key="fee-1")
        assert entered.amount == Decimal("1.23")
        assert ledger.find_fee(marker=fee.marker, booked_on=today, style=fee.style) == entered
        [row] = [row for row in bookkeeper.spent() if row["id"] == entered.external_id]
        assert (row["type"], row["total"], row["date"]) == ("SPEND", "1.23", today.isoformat())

    def test_a_fee_whose_answer_was_dropped_is_found(
        self, ledger: Ledger, bookkeeper: Bookkeeper, today: date
    ) -> None:
        fee = self.fee(bookkeeper, today)
        bookkeeper.fault("drop", match=self.vendor.fee_call)
        with pytest.raises(OutcomeUnknown):
            ledger.record_fee(fee, idempotency_key="fee-2")
        assert ledger.find_fee(marker=fee.marker, booked_on=today, style=fee.style) is not None

    def test_a_refund_is_money_spent_to_the_customer(
        self, ledger: Ledger, bookkeeper: Bookkeeper, today: date
    ) -> None:
        invoice = bookkeeper.open_invoice()
        refund = RefundEntry(
            customer_external_id=invoice["contact_id"],
            clearing_account_external_id=self.clearing(bookkeeper, invoice["currency"])["id"],
            account=self.fees_account(bookkeeper),
            amount=Decimal("4.56"),
            booked_on=today,
            marker="Stripe refund re_3QxR2eLkdIwHu7ix1a2b3c4d",
            description="Refund",
        )
        assert ledger.find_refund(marker=refund.marker, booked_on=today) is None
        entered = ledger.record_refund(refund, idempotency_key="refund-1")
        assert ledger.find_refund(marker=refund.marker, booked_on=today) == entered
        [row] = [row for row in bookkeeper.spent() if row["id"] == entered.external_id]
        assert (row["total"], row["contact_id"]) == ("4.56", invoice["contact_id"])

    def test_only_the_connectors_own_ways_of_booking_fees_are_taken(
        self, ledger: Ledger, bookkeeper: Bookkeeper, today: date
    ) -> None:
        if FeeStyle.DEPOSIT in LEDGERS[self.vendor.key].fee_styles:
            assert self.deposited(ledger, bookkeeper, today) == Decimal("0.50")
            return
        with pytest.raises(Rejected):
            ledger.record_fee(self.fee(bookkeeper, today, style=FeeStyle.DEPOSIT), idempotency_key="deposit")

    def deposited(self, ledger: Ledger, bookkeeper: Bookkeeper, today: date) -> Decimal:
        """Books a payment to be deposited, deposits it less a fee; the fee as the ledger then tells it."""
        invoice = bookkeeper.open_invoice()
        payment = ledger.record_payment(
            PaymentEntry((PaymentPart(invoice["id"], Decimal("20.00")),), None, today, _MARKER, _MARKER),
            idempotency_key="held",
        )
        fee = self.fee(
            bookkeeper, today, "0.50", style=FeeStyle.DEPOSIT, payment_external_ids=(payment.external_id,)
        )
        ledger.record_fee(fee, idempotency_key="deposit")
        found = ledger.find_fee(marker=fee.marker, booked_on=today, style=FeeStyle.DEPOSIT)
        assert found is not None
        [row] = [row for row in bookkeeper.spent() if row["id"] == found.external_id]
        assert (row["type"], row["total"]) == ("DEPOSIT", "19.50")
        with pytest.raises(Rejected):
            ledger.take_back(EntryKind.PAYMENT, payment.external_id, idempotency_key="void-deposited")
        return found.amount

    def test_notes_are_kept_or_refused_as_the_connector_says(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        invoice = bookkeeper.open_invoice()
        if not LEDGERS[self.vendor.key].keeps_notes:
            assert ledger.notes(invoice["id"]) == []
            with pytest.raises(Rejected):
                ledger.note(invoice["id"], "Paid by card", idempotency_key="note-1")
            return
        ledger.note(invoice["id"], "Paid by card", idempotency_key="note-1")
        assert "Paid by card" in ledger.notes(invoice["id"])
