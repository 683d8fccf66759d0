"""What we enter in Xero, over real HTTP: looked for, entered once, refused in words, never guessed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

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
    Resource,
)
from app.connectors.registry import open_ledger
from app.kit.errors import Disconnected, OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient


@pytest.fixture
def tenant(sandbox_ground: Ground) -> ConnectedTenant:
    return connect(sandbox_ground)


@pytest.fixture
def xero(sandbox_ground: Ground, tenant: ConnectedTenant) -> Ledger:
    return open_ledger(sandbox_ground, tenant.tenant_id)


def books(sandbox: SandboxClient) -> dict[str, Any]:
    return dict(sandbox.get("/control/xero/ledger").json())


def open_invoice(sandbox: SandboxClient, currency: str = "GBP") -> dict[str, Any]:
    return next(
        invoice
        for invoice in books(sandbox)["invoices"]
        if (invoice["type"], invoice["status"], invoice["currency"]) == ("ACCREC", "AUTHORISED", currency)
    )


def account(sandbox: SandboxClient, name: str) -> dict[str, Any]:
    return next(account for account in books(sandbox)["accounts"] if name in account["name"])


@pytest.fixture
def pay(xero: Ledger, sandbox: SandboxClient, sandbox_ground: Ground) -> Callable[..., Any]:
    """Enters a payment of one cent's worth of an open invoice unless told otherwise."""

    def enter(invoice: dict[str, Any], amount: str = "0.01", **changes: Any) -> BookedEntry:
        entry = PaymentEntry(
            parts=(PaymentPart(invoice["id"], Decimal(amount)),),
            account_external_id=account(sandbox, f"Stripe {invoice['currency']}")["id"],
            booked_on=sandbox_ground.clock.now().date(),
            marker="pi_123",
            memo="Paid by card.",
        )
        return xero.record_payment(replace(entry, **changes), idempotency_key=f"key-{invoice['id']}-{amount}")

    return enter


def test_a_payment_is_found_by_its_marker_only_after_it_was_entered(
    xero: Ledger, sandbox: SandboxClient, pay: Callable[..., Any]
) -> None:
    invoice = open_invoice(sandbox)
    assert xero.find_payment(invoice_external_id=invoice["id"], marker="pi_123") is None
    entered = pay(invoice, "12.34", marker="pi_123 DueMate")
    assert entered.amount == Decimal("12.34")
    assert xero.find_payment(invoice_external_id=invoice["id"], marker="pi_123") == entered
    assert xero.find_payment(invoice_external_id=invoice["id"], marker="pi_999") is None
    [row] = [payment for payment in books(sandbox)["payments"] if payment["id"] == entered.external_id]
    assert (row["amount"], row["invoice_id"]) == ("12.34", invoice["id"])
    after = next(i for i in books(sandbox)["invoices"] if i["id"] == invoice["id"])
    assert Decimal(invoice["amount_due"]) - Decimal(after["amount_due"]) == Decimal("12.34")


def test_a_payment_that_somebody_deleted_in_xero_is_not_found(
    xero: Ledger, sandbox: SandboxClient, pay: Callable[..., Any]
) -> None:
    invoice = open_invoice(sandbox)
    entered = pay(invoice)
    sandbox.control(f"xero/payments/{entered.external_id}/delete")
    assert xero.find_payment(invoice_external_id=invoice["id"], marker="pi_123") is None


def test_paying_too_much_is_refused_with_xeros_sentence_and_advice(
    sandbox: SandboxClient, pay: Callable[..., Any]
) -> None:
    invoice = open_invoice(sandbox)
    with pytest.raises(Rejected, match=r"exceeds the amount outstanding .* paid or credited meanwhile"):
        pay(invoice, str(Decimal(invoice["amount_due"]) + 1))


def test_a_closed_period_is_refused_with_its_date(
    sandbox: SandboxClient, pay: Callable[..., Any], sandbox_ground: Ground
) -> None:
    today = sandbox_ground.clock.now().date()
    sandbox.control("xero/lock-date", date=today.isoformat())
    with pytest.raises(Rejected, match="lock date"):
        pay(open_invoice(sandbox), booked_on=today - timedelta(days=1))


def test_an_archived_account_is_refused(sandbox: SandboxClient, pay: Callable[..., Any]) -> None:
    sandbox.control(f"xero/accounts/{account(sandbox, 'Stripe GBP')['code']}/archive")
    with pytest.raises(Rejected, match="Choose another account"):
        pay(open_invoice(sandbox))


@pytest.mark.parametrize("kind", ["drop", "500", "garbage", "html"])
def test_no_clear_answer_is_an_unknown_outcome_that_a_look_settles(
    xero: Ledger, sandbox: SandboxClient, pay: Callable[..., Any], kind: str
) -> None:
    invoice = open_invoice(sandbox)
    before = len(books(sandbox)["payments"])
    sandbox.fault("xero", kind, match="PUT /xero/api.xro/2.0/Payments", times=1)
    with pytest.raises(OutcomeUnknown, match="look before"):
        pay(invoice)
    was_booked = len(books(sandbox)["payments"]) - before
    found = xero.find_payment(invoice_external_id=invoice["id"], marker="pi_123")
    assert (found is not None) == bool(was_booked)


def test_a_dropped_answer_was_booked_and_the_same_key_does_not_book_it_twice(
    sandbox: SandboxClient, pay: Callable[..., Any]
) -> None:
    invoice = open_invoice(sandbox)
    before = len(books(sandbox)["payments"])
    sandbox.fault("xero", "drop", match="PUT /xero/api.xro/2.0/Payments", times=1)
    with pytest.raises(OutcomeUnknown):
        pay(invoice)
    assert pay(invoice).amount == Decimal("0.01")
    assert len(books(sandbox)["payments"]) == before + 1


def test_a_limit_is_known_to_have_done_nothing(sandbox: SandboxClient, pay: Callable[..., Any]) -> None:
    sandbox.fault("xero", "429", match="PUT", times=1, value=42)
    with pytest.raises(Retryable) as limit:
        pay(open_invoice(sandbox))
    assert limit.value.after == timedelta(seconds=42)


def test_a_write_to_a_lost_organisation_asks_to_reconnect(
    sandbox: SandboxClient, pay: Callable[..., Any]
) -> None:
    invoice = open_invoice(sandbox)
    bank = account(sandbox, "Stripe GBP")["id"]
    sandbox.control("xero/disconnect")
    with pytest.raises(Disconnected):
        pay(invoice, account_external_id=bank)


def fee(xero: Ledger, sandbox: SandboxClient, on: date, **changes: Any) -> BookedEntry:
    expenses = account(sandbox, "Bank Fees")
    entry = FeeEntry(
        style=FeeStyle.EXPENSE,
        clearing_account_external_id=account(sandbox, "Stripe GBP")["id"],
        expense_account=AccountRef(expenses["id"], expenses["code"]),
        amount=Decimal("1.23"),
        booked_on=on,
        marker="fee pi_123",
        payee="Stripe",
        description="Card fee",
    )
    return xero.record_fee(replace(entry, **changes), idempotency_key="fee-key")


def looked_for(xero: Ledger, on: date, style: FeeStyle = FeeStyle.EXPENSE) -> BookedEntry | None:
    return xero.find_fee(marker="fee pi_123", booked_on=on, style=style)


def test_a_fee_is_money_spent_from_the_clearing_account_and_is_found_again(
    xero: Ledger, sandbox: SandboxClient, sandbox_ground: Ground
) -> None:
    on = sandbox_ground.clock.now().date()
    assert looked_for(xero, on) is None
    entered = fee(xero, sandbox, on)
    assert looked_for(xero, on) == entered
    assert looked_for(xero, on - timedelta(days=1)) is None
    assert looked_for(xero, on, FeeStyle.DEPOSIT) is None
    [row] = [row for row in books(sandbox)["bank_transactions"] if row["id"] == entered.external_id]
    assert (row["type"], row["total"], row["reference"]) == ("SPEND", "1.23", "fee pi_123")


def test_a_fee_on_an_account_that_is_not_there_is_refused(
    xero: Ledger, sandbox: SandboxClient, sandbox_ground: Ground
) -> None:
    with pytest.raises(Rejected, match="Choose another account"):
        fee(xero, sandbox, sandbox_ground.clock.now().date(), expense_account=AccountRef("x", "999999"))


def test_a_fee_that_xero_has_no_entry_for_is_refused_before_it_is_sent(
    xero: Ledger, sandbox: SandboxClient, sandbox_ground: Ground
) -> None:
    on = sandbox_ground.clock.now().date()
    before = len(books(sandbox)["bank_transactions"])
    with pytest.raises(Rejected, match="as money spent"):
        fee(xero, sandbox, on, style=FeeStyle.DEPOSIT)
    with pytest.raises(Rejected, match="have a code"):
        fee(xero, sandbox, on, expense_account=AccountRef("x", ""))
    assert len(books(sandbox)["bank_transactions"]) == before


def test_a_payment_without_an_account_is_refused(sandbox: SandboxClient, pay: Callable[..., Any]) -> None:
    with pytest.raises(Rejected, match="Choose a clearing account"):
        pay(open_invoice(sandbox), account_external_id=None)


def test_a_payment_taken_back_opens_its_invoice_again_however_often_it_is_asked(
    xero: Ledger, sandbox: SandboxClient, pay: Callable[..., Any]
) -> None:
    invoice = open_invoice(sandbox)
    entered = pay(invoice, "12.34")
    xero.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="void-1")
    xero.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="void-2")
    assert xero.find_payment(invoice_external_id=invoice["id"], marker="pi_123") is None
    after = next(i for i in books(sandbox)["invoices"] if i["id"] == invoice["id"])
    assert after["amount_due"] == invoice["amount_due"]


def test_taking_back_what_is_not_there_is_no_error_and_a_closed_period_is_told(
    xero: Ledger, sandbox: SandboxClient, pay: Callable[..., Any], sandbox_ground: Ground
) -> None:
    xero.take_back(EntryKind.PAYMENT, "00000000-0000-4000-8000-000000000000", idempotency_key="void")
    entered = pay(open_invoice(sandbox))
    sandbox.control("xero/lock-date", date=sandbox_ground.clock.now().date().isoformat())
    with pytest.raises(Rejected, match="lock date"):
        xero.take_back(EntryKind.PAYMENT, entered.external_id, idempotency_key="void")


def test_a_refund_is_money_spent_to_the_customer_and_is_found_again(
    xero: Ledger, sandbox: SandboxClient, sandbox_ground: Ground
) -> None:
    on = sandbox_ground.clock.now().date()
    customer, sales = open_invoice(sandbox)["contact_id"], account(sandbox, "Sales")
    refund = RefundEntry(
        customer_external_id=customer,
        clearing_account_external_id=account(sandbox, "Stripe GBP")["id"],
        account=AccountRef(sales["id"], sales["code"]),
        amount=Decimal("20.00"),
        booked_on=on,
        marker="Stripe refund re_1",
        description="Refund of INV-1",
    )
    assert xero.find_refund(marker=refund.marker, booked_on=on) is None
    entered = xero.record_refund(refund, idempotency_key="refund-key")
    assert xero.find_refund(marker=refund.marker, booked_on=on) == entered
    [row] = [row for row in books(sandbox)["bank_transactions"] if row["id"] == entered.external_id]
    assert (row["type"], Decimal(row["total"]), row["contact_id"]) == ("SPEND", Decimal(20), customer)


def test_only_what_xero_plainly_does_not_know_is_missing(xero: Ledger, sandbox: SandboxClient) -> None:
    invoice, nobody = open_invoice(sandbox), "00000000-0000-4000-8000-000000000000"
    known = {Resource.INVOICES: invoice["id"], Resource.CUSTOMERS: invoice["contact_id"]}
    for resource, key in known.items():
        assert xero.missing(resource, [key, nobody]) == {nobody}
    sandbox.fault("xero", "503", match="GET /xero/api.xro/2.0/Contacts", times=1)
    with pytest.raises(Retryable):
        xero.missing(Resource.CUSTOMERS, [nobody])


def test_a_note_is_in_the_invoices_history_cut_to_what_xero_takes(
    xero: Ledger, sandbox: SandboxClient
) -> None:
    invoice = open_invoice(sandbox)
    xero.note(invoice["id"], "Paid by card, pi_123. " + "x" * 400, idempotency_key="note-key")
    [noted] = [text for text in xero.notes(invoice["id"]) if "pi_123" in text]
    assert len(noted) == 250


def test_a_note_on_an_invoice_that_is_gone_is_refused(xero: Ledger) -> None:
    with pytest.raises(Rejected, match="no longer knows"):
        xero.note("00000000-0000-4000-8000-000000000000", "Paid.", idempotency_key="note-key")
