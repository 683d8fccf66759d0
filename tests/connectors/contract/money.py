"""Money beside payments: overpayments, fees, refunds, what came back, payouts; and taking any of it back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.connectors.base import (
    EntryKind,
    FeeEntry,
    FeeStyle,
    Ledger,
    PaymentEntry,
    PaymentPart,
    PaymentRecord,
    Resource,
)
from app.connectors.registry import LEDGERS
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from tests.connectors.contract.bookings import Booking, Till
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.reading import everything
from tests.connectors.contract.stand_in import Bookkeeper, Row

every_kind = pytest.mark.parametrize(
    "kind",
    [EntryKind.OVERPAYMENT, EntryKind.FEE, EntryKind.REFUND, EntryKind.INCOME, EntryKind.TRANSFER],
)
MARKER = "Stripe pi_3QxR2eLkdIwHu7ix1a2b3c4d"


class MoneyContract(Contract):
    """What the port owes for every entry that is not the payment of one invoice."""

    @pytest.fixture
    def today(self, sandbox_ground: Ground) -> date:
        return sandbox_ground.clock.now().date()

    @pytest.fixture
    def till(self, ledger: Ledger, bookkeeper: Bookkeeper, today: date) -> Till:
        return Till(ledger, bookkeeper, today)

    @every_kind
    def test_an_entry_is_found_only_after_it_was_made_and_moves_the_account_to_the_cent(
        self, till: Till, kind: EntryKind
    ) -> None:
        booking, before = till.booking(kind), till.held()
        assert booking.find() is None
        entered = booking.record("key")
        assert entered.amount == booking.amount
        assert booking.find() == entered
        assert till.booking(kind, mark="99999999").find() is None
        assert till.held() == before + booking.effect

    @every_kind
    def test_an_entry_taken_back_leaves_the_books_as_they_were_however_often_it_is_asked(
        self, till: Till, kind: EntryKind
    ) -> None:
        booking, before, bank = till.booking(kind), till.held(), till.held(till.bank)
        entered = booking.record("key")
        till.ledger.take_back(kind, entered.external_id, idempotency_key="back")
        assert booking.find() is None
        assert (till.held(), till.held(till.bank)) == (before, bank)
        till.ledger.take_back(kind, entered.external_id, idempotency_key="again")
        again = booking.record("key again")
        assert booking.find() == again != entered

    @every_kind
    @pytest.mark.parametrize("fault", ["drop", "500", "429", "garbage"])
    def test_no_clear_answer_never_makes_two(self, till: Till, kind: EntryKind, fault: str) -> None:
        booking, before = till.booking(kind), till.held()
        till.bookkeeper.fault(fault, match=self.vendor.entry_calls[kind], value=1)
        with pytest.raises((OutcomeUnknown, Retryable)):
            booking.record("key")
        till.bookkeeper.sandbox.advance(seconds=90)
        found = booking.find()
        assert (found is not None) == (till.held() != before)
        # Under its key a ledger may remember its refusal, so what was not found is sent under another.
        assert booking.record("key 2" if found is None else "key") == (found or booking.find())
        assert till.held() == before + booking.effect
        assert booking.find() is not None

    @every_kind
    @pytest.mark.parametrize("fault", ["drop", "500", "429", "garbage"])
    def test_no_clear_answer_to_taking_back_is_settled_by_asking_again(
        self, till: Till, kind: EntryKind, fault: str
    ) -> None:
        booking, before = till.booking(kind), till.held()
        entered = booking.record("key")
        till.bookkeeper.fault(fault, match=self.vendor.taking_back_call, value=1)
        with pytest.raises((OutcomeUnknown, Retryable)):
            till.ledger.take_back(kind, entered.external_id, idempotency_key="back")
        till.bookkeeper.sandbox.advance(seconds=90)
        till.ledger.take_back(kind, entered.external_id, idempotency_key="back 2")
        assert booking.find() is None
        assert till.held() == before

    @every_kind
    def test_a_closed_period_neither_takes_nor_gives_back(self, till: Till, kind: EntryKind) -> None:
        standing = till.booking(kind)
        entered, before = standing.record("key"), till.held()
        till.bookkeeper.do("lock-date", date=till.today.isoformat())
        with pytest.raises(Rejected, match=r"(?i)lock date|closed"):
            till.booking(kind, on=till.today - timedelta(days=1), mark="55555555").record("closed")
        with pytest.raises(Rejected, match=r"(?i)lock date|closed"):
            till.ledger.take_back(kind, entered.external_id, idempotency_key="back")
        assert standing.find() == entered
        assert till.held() == before
        till.bookkeeper.do("lock-date", date=None)
        till.ledger.take_back(kind, entered.external_id, idempotency_key="back")
        assert standing.find() is None

    @every_kind
    def test_an_archived_account_is_refused_in_words(self, till: Till, kind: EntryKind) -> None:
        booking, account = till.booking(kind), till.clearing
        till.bookkeeper.do(f"accounts/{account['code'] or account['id']}/archive")
        with pytest.raises(Rejected, match=r"(?i)account"):
            booking.record("key")
        assert booking.find() is None

    @every_kind
    def test_what_is_reconciled_with_the_bank_stays_and_the_bookkeeper_is_told(
        self, till: Till, kind: EntryKind
    ) -> None:
        booking = till.booking(kind)
        entered, held = booking.record("key"), till.held()
        till.bookkeeper.do(f"entries/{entered.external_id}/reconcile")
        with pytest.raises(Rejected, match=r"(?i)reconcile|match"):
            till.ledger.take_back(kind, entered.external_id, idempotency_key="back")
        assert booking.find() is not None
        assert till.held() == held

    def test_a_reconciled_payment_stays_too(self, till: Till) -> None:
        invoice = till.bookkeeper.open_invoice()
        paid = till.ledger.record_payment(self.payment(till, invoice), idempotency_key="pay")
        till.bookkeeper.do(f"entries/{paid.external_id}/reconcile")
        with pytest.raises(Rejected, match=r"(?i)reconcile|match"):
            till.ledger.take_back(EntryKind.PAYMENT, paid.external_id, idempotency_key="back")
        assert len(till.bookkeeper.payments_of(invoice["id"])) == 1

    def test_an_overpayment_is_the_customers_credit_and_read_as_money_with_a_rest(self, till: Till) -> None:
        customer = till.bookkeeper.open_invoice()["contact_id"]
        entered = till.booking(EntryKind.OVERPAYMENT, "7.89").record("key")
        read = everything(till.ledger, Resource.PAYMENTS).values()
        rests = [
            (row.amount, row.unapplied, row.is_deleted)
            for row in read
            if isinstance(row, PaymentRecord)
            and row.customer_external_id == customer
            and row.amount == entered.amount
        ]
        assert rests == [(Decimal("7.89"), Decimal("7.89"), False)]

    def test_one_payment_for_several_invoices_where_the_connector_says_so(self, till: Till) -> None:
        first, second = self.two_invoices(till)
        entry = self.payment(till, first, second)
        if not LEDGERS[self.vendor.key].payments_take_many:
            with pytest.raises(Rejected, match="for each invoice"):
                till.ledger.record_payment(entry, idempotency_key="many")
            assert till.bookkeeper.payments_of(first["id"]) == []
            return
        before = till.held()
        entered = till.ledger.record_payment(entry, idempotency_key="many")
        assert entered.amount == entry.amount
        for invoice in (first, second):
            assert till.bookkeeper.invoice(invoice["id"])["status"] == "PAID"
            found = till.ledger.find_payment(invoice_external_id=invoice["id"], marker=MARKER)
            assert found == entered
        assert till.held() == before + entry.amount
        till.ledger.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="back")
        assert [till.bookkeeper.invoice(row["id"])["amount_due"] for row in (first, second)] == [
            first["amount_due"],
            second["amount_due"],
        ]

    def test_a_deposit_is_taken_back_before_the_payments_it_gathers(self, till: Till) -> None:
        if FeeStyle.DEPOSIT not in LEDGERS[self.vendor.key].fee_styles:
            with pytest.raises(Rejected):
                till.ledger.take_back(EntryKind.DEPOSIT, "1", idempotency_key="back")
            return
        invoice, before = till.bookkeeper.open_invoice(), till.held()
        entry = PaymentEntry((PaymentPart(invoice["id"], Decimal(20)),), None, till.today, MARKER, "Paid")
        paid = till.ledger.record_payment(entry, idempotency_key="pay")
        fee = FeeEntry(
            FeeStyle.DEPOSIT,
            till.clearing["id"],
            till.costs,
            Decimal("0.50"),
            till.today,
            "Stripe fee 1",
            "Stripe",
            "Card fee",
            (paid.external_id,),
        )
        deposit = till.ledger.record_fee(fee, idempotency_key="deposit")
        assert till.held() == before + Decimal("19.50")
        with pytest.raises(Rejected, match="deposit"):
            till.ledger.take_back(EntryKind.PAYMENT, paid.external_id, idempotency_key="early")
        till.ledger.take_back(EntryKind.DEPOSIT, deposit.external_id, idempotency_key="back")
        assert till.ledger.find_fee(marker=fee.marker, booked_on=till.today, style=fee.style) is None
        till.ledger.take_back(EntryKind.PAYMENT, paid.external_id, idempotency_key="late")
        assert till.held() == before
        assert till.bookkeeper.invoice(invoice["id"])["amount_due"] == invoice["amount_due"]

    def test_the_clearing_account_is_the_sum_of_everything_booked(self, till: Till) -> None:
        before, bank = till.held(), till.held(till.bank)
        paid = self.payment(till, till.bookkeeper.open_invoice())
        till.ledger.record_payment(paid, idempotency_key="pay")
        bookings = self.a_day(till)
        for number, booking in enumerate(bookings):
            booking.record(f"key {number}")
        assert till.held() == before + paid.amount + sum((each.effect for each in bookings), Decimal(0))
        payouts = [each.amount for each in bookings if each.kind is EntryKind.TRANSFER]
        assert till.held(till.bank) == bank + sum(payouts, Decimal(0))

    def a_day(self, till: Till) -> list[Booking]:
        amounts = {
            EntryKind.OVERPAYMENT: ("100.01", "0.01"),
            EntryKind.FEE: ("1.17", "15.00"),
            EntryKind.REFUND: ("33.33", "0.10"),
            EntryKind.INCOME: ("33.33", "15.00"),
            EntryKind.TRANSFER: ("61.07", "0.02"),
        }
        return [
            till.booking(kind, amount, mark=f"{place}aaaaaaa")
            for kind, both in amounts.items()
            for place, amount in enumerate(both)
        ]

    def payment(self, till: Till, *invoices: Row) -> PaymentEntry:
        """All that these invoices owe, into the clearing account."""
        parts = tuple(PaymentPart(row["id"], Decimal(row["amount_due"])) for row in invoices)
        return PaymentEntry(parts, till.clearing["id"], till.today, MARKER, f"Paid by card. {MARKER}")

    def two_invoices(self, till: Till) -> tuple[Row, Row]:
        name = till.bookkeeper.a_customer()["name"]
        return (
            till.bookkeeper.raise_invoice(name, "10.01"),
            till.bookkeeper.raise_invoice(name, "20.02"),
        )
