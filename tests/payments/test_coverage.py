"""From the payer's click to the ledger's own balance there is no moment in which a paid invoice looks open."""

from decimal import Decimal
from uuid import UUID

from app.models import Invoice, WriteBackKind, WriteBackState
from app.payments.coverage import ours_not_in_ledger
from tests.payments.business import Business


def covered(business: Business, invoice_id: UUID) -> Decimal:
    with business.unit() as session:
        return ours_not_in_ledger(session, [invoice_id]).get(invoice_id, Decimal())


def balance(business: Business, invoice_id: UUID) -> Decimal:
    """What the mirror shows less what is covered: what a reminder would name."""
    with business.unit() as session:
        due = session.get_one(Invoice, (business.tenant.tenant_id, invoice_id)).amount_due
    return due - covered(business, invoice_id)


def test_nothing_is_covered_before_the_payment_is_known(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    business.press_pay(business.link(customer))
    assert covered(business, invoice.id) == 0


def test_a_payment_covers_until_the_mirror_shows_it(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    business.pay(business.link(customer))
    business.wait_for_webhook("checkout.session.completed")
    business.sandbox.fault("xero", "503", match="PUT", times=1)
    business.deliver()
    business.work()
    assert balance(business, invoice.id) <= 0
    for _ in range(6):
        business.sandbox.advance(seconds=120)
        business.work()
        assert balance(business, invoice.id) <= 0
    [entry, *_] = business.entries(WriteBackKind.PAYMENT)
    assert entry.state is WriteBackState.DONE
    assert covered(business, invoice.id) == 0
    assert balance(business, invoice.id) == 0


def test_a_balance_read_before_the_entry_was_made_is_still_covered(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    read_at = business.ground.clock.now()
    path = business.link(customer)
    business.pay(path, ticked=business.ticks(path)[:1])
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    with business.unit() as session:
        assert ours_not_in_ledger(session, [invoice.id]) == {}
        assert ours_not_in_ledger(session, [invoice.id], facts_read_at=read_at) == {
            invoice.id: invoice.amount_due
        }


def test_a_parked_entry_still_covers(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    business.pay(path, ticked=business.ticks(path)[:1])
    business.sandbox.control("xero/lock-date", date=business.ground.clock.now().date().isoformat())
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    assert business.entries(WriteBackKind.PAYMENT)[0].state is WriteBackState.PARKED
    assert covered(business, invoice.id) == invoice.amount_due


def test_nobody_asked_nothing_covered(business: Business) -> None:
    with business.unit() as session:
        assert ours_not_in_ledger(session, []) == {}
