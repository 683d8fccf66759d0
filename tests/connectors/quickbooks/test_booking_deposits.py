"""Fees within bank deposits in QuickBooks, over real HTTP."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.connectors.base import BookedEntry, FeeEntry, FeeStyle
from app.connectors.quickbooks import booking_fees, booking_payments
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import OutcomeUnknown, Rejected
from tests.connectors.quickbooks.bookings import account, books, fee_from, one, open_invoice, payment_of
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp


def look(quickbooks: QuickBooksClient, entry: FeeEntry) -> BookedEntry | None:
    return booking_fees.find_fee(quickbooks, entry.marker, entry.booked_on, FeeStyle.DEPOSIT)


@pytest.fixture
def entry(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> FeeEntry:
    """A deposit of two payments, 50.00 and 30.00, that wait for it; the fee is 1.23."""
    waiting = [
        booking_payments.record_payment(
            quickbooks, payment_of(invoice, amount, marker=f"Stripe pi_123 {amount}"), amount
        )
        for invoice, amount in ((open_invoice(sandbox), "50.00"), (open_invoice(sandbox), "30.00"))
    ]
    ids = tuple(one.external_id for one in waiting)
    return fee_from(sandbox, style=FeeStyle.DEPOSIT, payment_external_ids=ids)


def test_a_deposit_gathers_its_payments_takes_the_fee_out_and_is_found_again(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, entry: FeeEntry
) -> None:
    assert look(quickbooks, entry) is None
    entered = booking_fees.record_fee(quickbooks, entry, "key")
    assert look(quickbooks, entry) == entered == BookedEntry(entered.external_id, Decimal("1.23"))
    row = one(books(sandbox)["bank_transactions"], id=entered.external_id)
    assert (row["type"], Decimal(row["total"]), Decimal(row["fee"])) == (
        "DEPOSIT",
        Decimal("78.77"),
        Decimal("1.23"),
    )
    assert row["account_id"] == entry.clearing_account_external_id
    assert set(row["payment_ids"]) == set(entry.payment_external_ids)
    assert entry.expense_account.external_id in row["line_account_ids"]


def test_a_fee_of_zero_still_brings_the_payments_to_the_account(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, entry: FeeEntry
) -> None:
    entered = booking_fees.record_fee(quickbooks, replace(entry, amount=Decimal(0)), "key")
    assert entered.amount == 0
    assert look(quickbooks, entry) == entered
    row = one(books(sandbox)["bank_transactions"], id=entered.external_id)
    assert (Decimal(row["total"]), Decimal(row["fee"])) == (Decimal(80), Decimal(0))


def test_the_two_ways_to_book_a_fee_are_not_taken_for_each_other(
    quickbooks: QuickBooksClient, entry: FeeEntry
) -> None:
    booking_fees.record_fee(quickbooks, entry, "key")
    assert booking_fees.find_fee(quickbooks, entry.marker, entry.booked_on, FeeStyle.EXPENSE) is None


def test_only_the_deposits_of_the_day_are_looked_through(
    quickbooks: QuickBooksClient, entry: FeeEntry
) -> None:
    booking_fees.record_fee(quickbooks, entry, "key")
    assert look(quickbooks, replace(entry, booked_on=entry.booked_on - timedelta(days=1))) is None
    assert look(quickbooks, replace(entry, marker="Stripe fee pi_9")) is None


@pytest.mark.parametrize("kind", ["drop", "drop-before", "500", "throttle-after"])
def test_no_clear_answer_ends_in_one_deposit(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, entry: FeeEntry, kind: str
) -> None:
    sandbox.fault("quickbooks", kind, match="/deposit", times=1)
    with pytest.raises(OutcomeUnknown):
        booking_fees.record_fee(quickbooks, entry, "key")
    entered = look(quickbooks, entry) or booking_fees.record_fee(quickbooks, entry, "key")
    assert look(quickbooks, entry) == entered


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_payment_that_was_taken_back_cannot_be_deposited(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, entry: FeeEntry, how: str
) -> None:
    sandbox.control(f"quickbooks/payments/{entry.payment_external_ids[0]}/{how}")
    with pytest.raises(Rejected, match="no longer in QuickBooks"):
        booking_fees.record_fee(quickbooks, entry, "key")
    assert look(quickbooks, entry) is None


def test_a_payment_that_was_deposited_by_hand_is_not_deposited_twice(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, entry: FeeEntry
) -> None:
    sandbox.control(f"quickbooks/payments/{entry.payment_external_ids[0]}/deposit")
    with pytest.raises(Rejected, match="part of a bank deposit"):
        booking_fees.record_fee(quickbooks, entry, "key")


def test_nothing_to_deposit_is_told(quickbooks: QuickBooksClient, entry: FeeEntry) -> None:
    with pytest.raises(Rejected, match="no payment to deposit"):
        booking_fees.record_fee(quickbooks, replace(entry, payment_external_ids=()), "key")


def test_closed_books_and_a_plan_without_deposits_are_told(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, entry: FeeEntry
) -> None:
    sandbox.control("quickbooks/lock-date", date=entry.booked_on.isoformat())
    with pytest.raises(Rejected, match="books are closed"):
        booking_fees.record_fee(quickbooks, entry, "key")
    sandbox.control("quickbooks/lock-date", date=None)
    sandbox.fault("quickbooks", "downgraded", match="deposit", times=None)
    with pytest.raises(Rejected, match="plan does not include this"):
        booking_fees.record_fee(quickbooks, entry, "key 2")


def test_a_deposit_among_a_thousand_others_of_its_day_is_found(
    quickbooks: QuickBooksClient, company: QuickBooksApp, sandbox: SandboxClient, entry: FeeEntry
) -> None:
    clearing, sales = account(sandbox, "Checking"), account(sandbox, "Services")
    line = {
        "Amount": 1,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": sales}},
    }
    other = {
        "DepositToAccountRef": {"value": clearing},
        "TxnDate": entry.booked_on.isoformat(),
        "Line": [line],
    }
    for start in range(0, 1020, 30):
        items = [{"bId": str(start + n), "operation": "create", "Deposit": other} for n in range(30)]
        company.write("batch", {"BatchItemRequest": items})
    entered = booking_fees.record_fee(quickbooks, entry, "key")
    assert look(quickbooks, entry) == entered
