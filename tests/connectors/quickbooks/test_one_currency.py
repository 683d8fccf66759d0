"""A company that has only its own currency: its rows name none, and its entries may name none."""

from datetime import date
from decimal import Decimal

import pytest

from app.connectors.base import (
    AccountRecord,
    AccountRef,
    FeeEntry,
    FeeStyle,
    InvoiceRecord,
    Ledger,
    PaymentEntry,
    PaymentPart,
    RefundEntry,
    Resource,
)
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import PLACES, connect
from tests.connectors.contract.reading import everything
from tests.sync.books import pull_now, rows

TODAY = date(2026, 11, 20)
CURRENCIES = (
    "SELECT DISTINCT currency FROM invoice UNION SELECT DISTINCT currency FROM ledger_payment "
    "UNION SELECT DISTINCT currency FROM account WHERE currency IS NOT NULL"
)


@pytest.fixture
def tenant(sandbox_ground: Ground) -> ConnectedTenant:
    return connect(sandbox_ground, "quickbooks", organisation=PLACES["quickbooks"].second)


@pytest.fixture
def ledger(sandbox_ground: Ground, tenant: ConnectedTenant) -> Ledger:
    return open_ledger(sandbox_ground, tenant.tenant_id)


def an_account(ledger: Ledger, kind: str) -> AccountRecord:
    read = everything(ledger, Resource.ACCOUNTS).values()
    return next(row for row in read if isinstance(row, AccountRecord) and row.kind == kind)


def an_open_invoice(ledger: Ledger) -> InvoiceRecord:
    read = everything(ledger, Resource.INVOICES).values()
    return next(row for row in read if isinstance(row, InvoiceRecord) and row.amount_due > 50)


def test_everything_is_mirrored_in_the_companys_own_currency(
    sandbox_ground: Ground, tenant: ConnectedTenant
) -> None:
    pull_now(sandbox_ground, tenant)
    assert rows(sandbox_ground, tenant, CURRENCIES) == [("USD",)]
    assert rows(sandbox_ground, tenant, "SELECT base_currency FROM tenant") == [("USD",)]
    assert rows(sandbox_ground, tenant, "SELECT count(*), is_equal FROM invoice, sync_run GROUP BY 2") == [
        (24, True)
    ]


def test_a_payment_its_fee_and_a_refund_are_booked_once_and_found_again(ledger: Ledger) -> None:
    invoice, bank, expense = (
        an_open_invoice(ledger),
        an_account(ledger, "bank"),
        an_account(ledger, "expense"),
    )
    costs = AccountRef(expense.external_id, expense.code)
    paid = PaymentEntry(
        (PaymentPart(invoice.external_id, Decimal("12.34")),),
        bank.external_id,
        TODAY,
        "Stripe pi_1",
        "Paid by card",
    )
    fee = FeeEntry(
        FeeStyle.EXPENSE, bank.external_id, costs, Decimal("0.66"), TODAY, "Stripe fee pi_1", "Stripe", "Fee"
    )
    refund = RefundEntry(
        invoice.customer_external_id, bank.external_id, costs, Decimal("2.00"), TODAY, "Stripe re_1", "Refund"
    )
    entered = ledger.record_payment(paid, idempotency_key="payment")
    assert ledger.find_payment(invoice_external_id=invoice.external_id, marker=paid.marker) == entered
    told = ledger.invoices([invoice.external_id])[invoice.external_id]
    assert told is not None
    assert (told.currency, told.amount_due) == ("USD", invoice.amount_due - Decimal("12.34"))
    spent = ledger.record_fee(fee, idempotency_key="fee")
    assert ledger.find_fee(marker=fee.marker, booked_on=TODAY, style=FeeStyle.EXPENSE) == spent
    given_back = ledger.record_refund(refund, idempotency_key="refund")
    assert ledger.find_refund(marker=refund.marker, booked_on=TODAY) == given_back
