"""A payment that somebody deletes in the ledger is still a payment of the customer."""

from decimal import Decimal
from typing import cast
from uuid import UUID

import pytest

from app.models import Invoice, WriteBack, WriteBackKind, WriteBackState
from app.payments.coverage import ours_not_in_ledger
from app.payments.remedies import booked_by_hand, retry
from app.payments.tasks import sweep_events
from tests.payments.business import Business


@pytest.fixture(params=["xero", "quickbooks"])
def business(request: pytest.FixtureRequest) -> Business:
    """Books in either ledger: one keeps a deleted payment with a state, the other forgets it."""
    name = {"xero": "business", "quickbooks": "american"}[request.param]
    return cast(Business, request.getfixturevalue(name))


def booked_and_deleted(business: Business) -> tuple[str, Invoice, WriteBack]:
    """An invoice that was paid through its link and booked, and whose entry is gone from the ledger."""
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    business.pay(path, ticked=business.ticks(path)[:1])
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    [entry] = business.entries(WriteBackKind.PAYMENT)
    assert entry.state is WriteBackState.DONE
    business.sandbox.advance(seconds=900)
    business.sandbox.control(f"{business.ledger}/payments/{entry.external_id}/delete")
    business.pull()
    return path, invoice, entry


def covered(business: Business, invoice_id: UUID) -> Decimal:
    with business.unit() as session:
        return ours_not_in_ledger(session, [invoice_id]).get(invoice_id, Decimal())


def sweep(business: Business) -> WriteBack:
    with business.ground.database.platform() as session:
        sweep_events(session, business.ground.clock.now())
    business.work()
    [entry] = business.entries(WriteBackKind.PAYMENT)
    return entry


def test_what_was_paid_is_not_asked_for_again_when_its_entry_is_deleted(business: Business) -> None:
    path, invoice, _ = booked_and_deleted(business)
    assert business.books().due(invoice.number) == invoice.amount_due
    assert covered(business, invoice.id) == invoice.amount_due
    assert not any(value.startswith(str(invoice.id)) for value in business.ticks(path))


def test_the_bookkeeper_is_asked_and_can_have_it_booked_again(business: Business) -> None:
    _, invoice, _ = booked_and_deleted(business)
    entry = sweep(business)
    assert entry.state is WriteBackState.PARKED
    assert "deleted in the ledger" in (entry.reason or "")
    assert covered(business, invoice.id) == invoice.amount_due
    retry(business.ground, business.tenant.tenant_id, entry.id)
    business.work()
    assert sweep(business).state is WriteBackState.DONE
    assert business.books().due(invoice.number) == 0
    assert sum(business.books().payments(business.payments()[0].external_id)) == invoice.amount_due


def test_the_bookkeeper_can_say_that_it_was_settled_in_another_way(business: Business) -> None:
    _, invoice, _ = booked_and_deleted(business)
    booked_by_hand(business.ground, business.tenant.tenant_id, sweep(business).id)
    assert sweep(business).state is WriteBackState.DONE
    assert covered(business, invoice.id) == 0
