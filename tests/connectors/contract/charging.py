"""Charges: a new open invoice that is looked for, entered once, mirrored like any other, and voided again."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.connectors.base import (
    AccountRef,
    ChargeEntry,
    EntryKind,
    InvoiceRecord,
    Ledger,
    PaymentEntry,
    PaymentPart,
    Resource,
)
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.models import InvoiceState
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.reading import everything
from tests.connectors.contract.stand_in import Bookkeeper, Row

_MARKER = "Late fee 7c2f3b1a9d04"
no_clear_answer = pytest.mark.parametrize("fault", ["drop", "500", "429", "garbage"])


class ChargingContract(Contract):
    """What the port owes for something new that a customer is to pay."""

    @pytest.fixture
    def today(self, sandbox_ground: Ground) -> date:
        return sandbox_ground.clock.now().date()

    @pytest.fixture
    def charge(self, bookkeeper: Bookkeeper, today: date) -> ChargeEntry:
        """For whoever owes the first open invoice."""
        income = self.income(bookkeeper)
        return ChargeEntry(
            customer_external_id=bookkeeper.open_invoice()["contact_id"],
            income_account=AccountRef(income["id"], income["code"]),
            amount=Decimal("40.07"),
            currency=self.vendor.base_currency,
            issued_on=today,
            due_on=today + timedelta(days=14),
            marker=_MARKER,
            description="Late fee for invoice 1, 12 days",
        )

    def income(self, bookkeeper: Bookkeeper) -> Row:
        kinds = ("SALES", "REVENUE", "INCOME")
        rows = bookkeeper.books()["accounts"]
        return next(row for row in rows if row["type"].upper() in kinds and row["status"] == "ACTIVE")

    def ours(self, bookkeeper: Bookkeeper) -> list[Row]:
        """Every invoice over the charge's amount, in whatever state."""
        return [row for row in bookkeeper.invoices() if row["total"] == "40.07"]

    def test_a_charge_is_found_only_after_it_was_entered_and_is_owed_to_the_cent_without_tax(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry
    ) -> None:
        assert ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on) is None
        entered = ledger.record_charge(charge, idempotency_key="key")
        assert entered.amount == charge.amount
        assert ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on) == entered
        assert ledger.find_charge(marker=f"{_MARKER}9", issued_on=charge.issued_on) is None
        [row] = self.ours(bookkeeper)
        told = (row["id"], row["status"], row["amount_due"], row["contact_id"], row["issued"], row["due"])
        issued, due = charge.issued_on.isoformat(), charge.due_on.isoformat()
        assert told == (entered.external_id, "AUTHORISED", "40.07", charge.customer_external_id, issued, due)
        assert row["line_account_ids"] == [charge.income_account.external_id]

    def test_a_charge_is_mirrored_as_an_open_invoice(self, ledger: Ledger, charge: ChargeEntry) -> None:
        entered = ledger.record_charge(charge, idempotency_key="key")
        read = everything(ledger, Resource.INVOICES)[entered.external_id]
        assert isinstance(read, InvoiceRecord)
        assert (read.state, read.amount_due, read.due_on) == (
            InvoiceState.OPEN,
            charge.amount,
            charge.due_on,
        )
        assert read.number

    def test_the_same_key_enters_it_once(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry
    ) -> None:
        first, second = (ledger.record_charge(charge, idempotency_key="same") for _ in range(2))
        assert first == second
        assert len(self.ours(bookkeeper)) == 1

    @no_clear_answer
    def test_no_clear_answer_never_makes_two(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry, fault: str
    ) -> None:
        bookkeeper.fault(fault, match=self.vendor.entry_calls[EntryKind.CHARGE], value=1)
        with pytest.raises((OutcomeUnknown, Retryable)):
            ledger.record_charge(charge, idempotency_key="key")
        bookkeeper.sandbox.advance(seconds=90)
        found = ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on)
        assert (found is not None) == bool(self.ours(bookkeeper))
        # Under its key a ledger may remember its refusal, so what was not found is sent under another.
        entered = ledger.record_charge(charge, idempotency_key="key 2" if found is None else "key")
        assert ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on) == entered
        assert len(self.ours(bookkeeper)) == 1

    def test_a_charge_taken_back_is_voided_however_often_it_is_asked_and_can_be_made_again(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry
    ) -> None:
        entered = ledger.record_charge(charge, idempotency_key="key")
        ledger.take_back(EntryKind.CHARGE, entered.external_id, idempotency_key="back")
        assert ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on) is None
        assert bookkeeper.invoice(entered.external_id)["status"] == "VOIDED"
        ledger.take_back(EntryKind.CHARGE, entered.external_id, idempotency_key="again")
        again = ledger.record_charge(charge, idempotency_key="key again")
        assert ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on) == again != entered

    @no_clear_answer
    def test_no_clear_answer_to_taking_back_is_settled_by_asking_again(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry, fault: str
    ) -> None:
        entered = ledger.record_charge(charge, idempotency_key="key")
        bookkeeper.fault(fault, match=self.vendor.taking_back_call, value=1)
        with pytest.raises((OutcomeUnknown, Retryable)):
            ledger.take_back(EntryKind.CHARGE, entered.external_id, idempotency_key="back")
        bookkeeper.sandbox.advance(seconds=90)
        ledger.take_back(EntryKind.CHARGE, entered.external_id, idempotency_key="back 2")
        assert bookkeeper.invoice(entered.external_id)["status"] == "VOIDED"

    @pytest.mark.parametrize("paid", ["40.07", "0.01"])
    def test_a_charge_that_somebody_has_paid_stays_and_the_bookkeeper_is_told(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry, paid: str
    ) -> None:
        entered = ledger.record_charge(charge, idempotency_key="key")
        clearing = next(row for row in bookkeeper.books()["accounts"] if "stripe" in row["name"].lower())
        part = PaymentPart(entered.external_id, Decimal(paid))
        payment = PaymentEntry((part,), clearing["id"], charge.issued_on, "Stripe pi_1", "Paid by card")
        ledger.record_payment(payment, idempotency_key="pay")
        with pytest.raises(Rejected, match="paid or credited"):
            ledger.take_back(EntryKind.CHARGE, entered.external_id, idempotency_key="back")
        assert Decimal(bookkeeper.invoice(entered.external_id)["amount_paid"]) == Decimal(paid)

    def test_a_closed_period_neither_takes_nor_gives_back(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry, today: date
    ) -> None:
        entered = ledger.record_charge(charge, idempotency_key="key")
        bookkeeper.do("lock-date", date=today.isoformat())
        late = replace(charge, marker="Late fee 55555555", issued_on=today - timedelta(days=1))
        with pytest.raises(Rejected, match=r"(?i)lock date|closed"):
            ledger.record_charge(late, idempotency_key="closed")
        with pytest.raises(Rejected, match=r"(?i)lock date|closed"):
            ledger.take_back(EntryKind.CHARGE, entered.external_id, idempotency_key="back")
        assert ledger.find_charge(marker=_MARKER, issued_on=charge.issued_on) == entered
        assert len(self.ours(bookkeeper)) == 1

    def test_an_archived_account_is_refused_in_words(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry
    ) -> None:
        income = self.income(bookkeeper)
        bookkeeper.do(f"accounts/{income['code'] or income['id']}/archive")
        with pytest.raises(Rejected, match=r"(?i)account"):
            ledger.record_charge(charge, idempotency_key="key")
        assert self.ours(bookkeeper) == []

    def test_an_archived_customer_is_refused_in_words(
        self, ledger: Ledger, bookkeeper: Bookkeeper, charge: ChargeEntry
    ) -> None:
        bookkeeper.do(f"contacts/{charge.customer_external_id}/archive")
        with pytest.raises(Rejected, match=r"(?i)customer|contact"):
            ledger.record_charge(charge, idempotency_key="key")
        assert self.ours(bookkeeper) == []
