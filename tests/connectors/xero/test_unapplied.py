"""Money that no invoice has taken: Xero keeps it beside the payments, in two lists of its own."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw

from app.connectors.base import Application, Page, PaymentRecord, Resource
from app.connectors.fields import Senseless, read_row
from app.connectors.registry import open_ledger
from app.connectors.xero import unapplied, wire
from app.connectors.xero.paging import in_turn
from app.kit.ground import Ground
from app.models import HoldKind
from app.reminders.holds import load_stops
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.sync.books import one, pull_now, sales

# As in Xero's own description (OpenAPI 16.1.0), shortened.
ROW: dict[str, Any] = {
    "OverpaymentID": "098B4DCB-5622-4699-87f8-9d40c4ccceb3",
    "Type": "RECEIVE-OVERPAYMENT",
    "Reference": "dm-1",
    "RemainingCredit": 60.00,
    "Total": 100.00,
    "Allocations": [
        {"Amount": 30.00, "Invoice": {"InvoiceID": "A1"}},
        {"Amount": 10.00, "Invoice": {"InvoiceID": "a2"}, "IsDeleted": False},
        {"Amount": 99.00, "Invoice": {"InvoiceID": "a3"}, "IsDeleted": True},
    ],
    "Contact": {"ContactID": "C1", "Name": "Daddy Warbucks"},
    "Date": "/Date(1552435200000+0000)/",
    "Status": "AUTHORISED",
    "CurrencyCode": "GBP",
    "UpdatedDateUTC": "/Date(1552428951416+0000)/",
}
T0 = datetime(2026, 11, 20, tzinfo=UTC)


def read(**changes: Any) -> PaymentRecord | None:
    return unapplied.overpayment(read_row(Raw(json.dumps(ROW | changes).encode()), wire.Overpayment))


def test_an_overpayment_is_a_payment_with_a_rest() -> None:
    assert read() == PaymentRecord(
        external_id="098b4dcb-5622-4699-87f8-9d40c4ccceb3",
        customer_external_id="c1",
        currency="GBP",
        amount=Decimal("100.0"),
        unapplied=Decimal("60.0"),
        applied=(Application("a1", Decimal("30.0")), Application("a2", Decimal("10.0"))),
        paid_on=date(2019, 3, 13),
        reference="dm-1",
        is_deleted=False,
        changed_at=datetime(2019, 3, 12, 22, 15, 51, 416000, tzinfo=UTC),
    )


def test_what_was_voided_settles_nothing_and_leaves_nothing() -> None:
    record = read(Status="VOIDED")
    assert record is not None
    assert (record.is_deleted, record.unapplied, record.applied) == (True, Decimal(0), ())


def test_money_paid_to_a_supplier_is_none_of_ours() -> None:
    assert read(Type="SPEND-OVERPAYMENT") is None


def test_more_left_than_there_was_makes_no_sense() -> None:
    with pytest.raises(Senseless, match="more left"):
        read(RemainingCredit=100.01)


def page(until: datetime | None, rows: int, expected: int) -> Page:
    return Page((), rows, expected, until)


def test_lists_in_turn_are_complete_no_further_than_the_first_of_them() -> None:
    short = [page(T0 + timedelta(seconds=1), 2, 2)]
    long = [page(T0, 3, 5), page(T0 + timedelta(seconds=5), 2, 5)]
    told = [(one.complete_until, one.expected) for one in in_turn([iter(short), iter(long)])]
    assert told == [(None, 2), (T0, 7), (T0 + timedelta(seconds=1), 7)]


@pytest.mark.parametrize("early", [False, True])
def test_money_that_covers_an_invoice_holds_it_until_it_is_voided(
    sandbox_ground: Ground, sandbox: SandboxClient, early: bool
) -> None:
    tenant = connect(sandbox_ground, "xero")
    pull_now(sandbox_ground, tenant)
    invoice = next(
        row for row in sales(sandbox) if row["status"] == "AUTHORISED" and row["currency"] == "GBP"
    )
    sandbox.advance(seconds=60)
    made = sandbox.control(
        f"xero/contacts/{invoice['contact_id']}/receive", amount=invoice["amount_due"], early=early
    )
    pull_now(sandbox_ground, tenant)
    unapplied_sum = "SELECT sum(unapplied) FROM ledger_payment"
    assert one(sandbox_ground, tenant, unapplied_sum) == Decimal(invoice["amount_due"])
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        stops = load_stops(session, sandbox_ground.clock.now().date()).values()
        assert HoldKind.PROBABLY_PAID in {stop.kind for stop in stops}
    ledger = open_ledger(sandbox_ground, tenant.tenant_id)
    assert ledger.missing(Resource.PAYMENTS, [made["id"]]) == set()
    sandbox.advance(seconds=60)
    sandbox.control(f"xero/received/{made['id']}/void")
    pull_now(sandbox_ground, tenant)
    assert one(sandbox_ground, tenant, unapplied_sum) == 0
