"""What only Xero does with money beside payments."""

from datetime import date
from decimal import Decimal

import pytest

from app.connectors.base import EntryKind, FeeStyle, Ledger
from app.connectors.registry import open_ledger
from app.connectors.xero import bodies
from app.kit.errors import Rejected
from app.kit.ground import Ground
from tests.connectors.consent import connect
from tests.connectors.contract.bookings import Till
from tests.connectors.contract.stand_in import Bookkeeper
from tests.connectors.contract.test_xero import VENDOR
from tests.sandbox.client import SandboxClient

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def xero(sandbox_ground: Ground) -> Ledger:
    return open_ledger(sandbox_ground, connect(sandbox_ground).tenant_id)


@pytest.fixture
def till(xero: Ledger, sandbox: SandboxClient, sandbox_ground: Ground) -> Till:
    return Till(xero, Bookkeeper(VENDOR, sandbox), sandbox_ground.clock.now().date())


def test_an_overpayment_carries_its_marker_where_xero_keeps_it(till: Till) -> None:
    entered = till.booking(EntryKind.OVERPAYMENT).record("key")
    [row] = [row for row in till.bookkeeper.spent() if row["id"] == entered.external_id]
    assert (row["type"], row["reference"]) == (bodies.OVERPAYMENT, "")
    assert row["note"].startswith("Stripe overpayment re_")


def test_an_overpayment_is_not_taken_for_one_whose_marker_only_begins_alike(till: Till) -> None:
    longer, shorter = (till.booking(EntryKind.OVERPAYMENT, mark=f" INV-1{rest}") for rest in ("0", ""))
    longer.record("key")
    assert shorter.find() is None
    entered = shorter.record("key 2")
    assert shorter.find() == entered != longer.find()


def test_an_overpayment_that_was_used_is_not_taken_back_and_xero_says_why(till: Till) -> None:
    booking = till.booking(EntryKind.OVERPAYMENT)
    entered = booking.record("key")
    till.bookkeeper.do(f"received/{entered.external_id}/give-back", amount="1.00")
    with pytest.raises(Rejected, match="Take the credit off the invoice in Xero first"):
        till.ledger.take_back(EntryKind.OVERPAYMENT, entered.external_id, idempotency_key="back")
    assert booking.find() == entered


@pytest.mark.parametrize("kind", [EntryKind.OVERPAYMENT, EntryKind.FEE, EntryKind.TRANSFER])
def test_what_xero_would_round_is_refused_before_it_is_sent(till: Till, kind: EntryKind) -> None:
    before = till.held()
    with pytest.raises(Rejected, match=r"1\.234 cannot stand in it exactly"):
        till.booking(kind, "1.234").record("key")
    assert till.held() == before
    assert till.booking(kind, "1.2300").record("key").amount == Decimal("1.23")


@pytest.mark.parametrize("kind", [EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.TRANSFER])
def test_taking_back_what_never_was_is_no_error(till: Till, kind: EntryKind) -> None:
    before = till.held()
    till.ledger.take_back(kind, NOBODY, idempotency_key="back")
    assert till.held() == before


def test_money_spent_and_received_are_not_taken_for_each_other(xero: Ledger, till: Till) -> None:
    till.booking(EntryKind.REFUND).record("key")
    marker = "Stripe refund re_3QxR2eLkdIwHu7ix1a2b3c4d"
    assert xero.find_refund(marker=marker, booked_on=till.today) is not None
    assert xero.find_income(marker=marker, booked_on=till.today) is None
    assert xero.find_overpayment(marker=marker, booked_on=till.today) is None
    assert xero.find_refund(marker=marker, booked_on=date(2026, 1, 1)) is None
    assert xero.find_fee(marker=marker, booked_on=till.today, style=FeeStyle.DEPOSIT) is None
