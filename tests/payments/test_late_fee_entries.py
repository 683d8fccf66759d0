"""Charges for paying late in the books: an invoice each, once, to the cent; voided when waived; told when not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from app.late_fees.accounts import choose_income as choose_account
from app.late_fees.accounts import switch_booking_on
from app.late_fees.tasks import look_regularly
from app.models import (
    Account,
    Customer,
    Invoice,
    InvoiceState,
    LateFee,
    LateFeeBooking,
    LateFeeKind,
    LateFeeRule,
    LateFeeRuleKind,
    LateFeeState,
    Task,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.payments.entry_rows import add_late_fee_entry, undo_late_fee
from app.payments.remedies import retry
from app.tasks import kinds
from tests.payments.business import Business, work_through
from tests.payments.test_storm import STALL_SECONDS, reached, worker
from tests.support.tasks import let_leases_run_out

CALLS = {"xero": "PUT /xero/api.xro/2.0/Invoices", "quickbooks": "/invoice"}
AMOUNT = Decimal("40.07")


@pytest.fixture(params=["xero", "quickbooks"])
def books(request: pytest.FixtureRequest) -> Business:
    name = {"xero": "business", "quickbooks": "american"}[request.param]
    business = cast(Business, request.getfixturevalue(name))
    choose_income(business)
    return business


def choose_income(business: Business) -> None:
    """Say which account of income late fees go to."""
    with business.unit() as session:
        income = session.scalars(select(Account).where(Account.takes_income, Account.is_active)).first()
        assert income is not None
        now, by = business.ground.clock.now(), business.owner()
        choose_account(session, currency=business.currency, account_id=income.id, now=now)
        switch_booking_on(session, currency=business.currency, by=by, now=now)


def charged(business: Business) -> tuple[Customer, Invoice]:
    """Somebody is charged for an invoice that is late; nothing has been worked on."""
    customer, [invoice, *_] = business.open_invoices()
    now = business.ground.clock.now()
    tenant_id, rule_id, today = business.tenant.tenant_id, uuid4(), now.date()
    with business.unit() as session:
        rule = {"name": "Late fee", "kind": LateFeeRuleKind.FIXED, "currency": business.currency}
        moments = {"created_at": now, "changed_at": now}
        session.add(LateFeeRule(tenant_id=tenant_id, id=rule_id, amount=AMOUNT, **rule, **moments))
        session.flush()
        late_fee = LateFee(
            tenant_id=tenant_id,
            id=uuid4(),
            rule_id=rule_id,
            invoice_id=invoice.id,
            customer_id=customer.id,
            kind=LateFeeKind.FEE,
            from_day=invoice.due_on + timedelta(days=1),
            to_day=invoice.due_on + timedelta(days=12),
            base=invoice.amount_due,
            currency=business.currency,
            amount=AMOUNT,
            description=f"Late fee for invoice {invoice.number}, 12 days",
            state=LateFeeState.CHARGED,
            issued_on=today,
            due_on=today + timedelta(days=14),
            created_at=now,
        )
        session.add(late_fee)
        session.flush()
        for _ in range(2):  # asked again, nothing happens
            add_late_fee_entry(session, late_fee, now=now)
    return customer, invoice


def waive(business: Business) -> None:
    with business.unit() as session:
        late_fee = session.scalars(select(LateFee)).one()
        undo_late_fee(session, late_fee, reason="Paid in time.", now=business.ground.clock.now())


def entry(business: Business) -> WriteBack:
    [row] = business.entries(WriteBackKind.LATE_FEE)
    return row


def in_books(business: Business) -> list[dict[str, Any]]:
    """Every charge in the books, voided ones, which QuickBooks leaves without an amount, among them."""
    rows = business.books().ledger["invoices"]
    known = {row.external_id for row in business.entries()}
    return [row for row in rows if row["total"] == str(AMOUNT) or row["id"] in known]


def charged_exactly_once(business: Business, customer: Customer, invoice: Invoice) -> None:
    row = entry(business)
    assert row.state is WriteBackState.DONE, business.states()
    [there] = in_books(business)
    assert (there["id"], there["status"]) == (row.external_id, "AUTHORISED")
    assert (there["amount_due"], there["contact_id"]) == (str(AMOUNT), customer.external_id)
    assert there["due"] == (row.booked_on + timedelta(days=14)).isoformat()
    assert invoice.number in there["reference"]


def test_a_charge_becomes_an_open_invoice_that_the_mirror_shows(books: Business) -> None:
    customer, invoice = charged(books)
    work_through(books)
    charged_exactly_once(books, customer, invoice)
    books.pull()
    with books.unit() as session:
        [mirrored] = session.scalars(
            select(Invoice).where(Invoice.external_id == entry(books).external_id)
        ).all()
    assert (mirrored.state, mirrored.amount_due) == (InvoiceState.OPEN, AMOUNT)
    assert mirrored.customer_id == customer.id


@pytest.mark.parametrize("fault", ["drop", "drop-before", "500", "503", "garbage", "html"])
def test_a_broken_answer_ends_in_one_charge(books: Business, fault: str) -> None:
    customer, invoice = charged(books)
    books.sandbox.fault(books.ledger, fault, match=CALLS[books.ledger], times=1)
    work_through(books)
    charged_exactly_once(books, customer, invoice)


def test_a_worker_killed_while_it_charges_charges_once(books: Business) -> None:
    customer, invoice = charged(books)
    fault = books.sandbox.fault(
        books.ledger, "latency", match=CALLS[books.ledger], times=1, value=STALL_SECONDS
    )
    with worker(books) as doomed:
        reached(books, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(books.ground)
    work_through(books)
    charged_exactly_once(books, customer, invoice)


def test_a_charge_that_nobody_works_on_is_found_without_a_card_account(books: Business) -> None:
    customer, invoice = charged(books)
    books.pull()
    with books.ground.database.platform() as session:
        session.execute(delete(Task).where(Task.kind == kinds.WRITE_BACK))
        look_regularly(session, books.ground.clock.now())
    work_through(books, minutes=4)
    charged_exactly_once(books, customer, invoice)


def test_without_an_account_it_waits_with_a_question(books: Business) -> None:
    with books.unit() as session:
        session.execute(delete(LateFeeBooking))
    customer, invoice = charged(books)
    books.work()
    assert "which income account late fees" in (entry(books).reason or "")
    choose_income(books)
    retry(books.ground, books.tenant.tenant_id, entry(books).id)
    work_through(books)
    charged_exactly_once(books, customer, invoice)


def test_an_archived_customer_is_told(books: Business) -> None:
    customer, _invoice = charged(books)
    books.sandbox.control(f"{books.ledger}/contacts/{customer.external_id}/archive")
    books.pull()
    books.work()
    assert entry(books).state is WriteBackState.PARKED
    assert "The customer is archived" in (entry(books).reason or "")
    assert in_books(books) == []


def test_a_closed_period_is_told(books: Business) -> None:
    charged(books)
    books.sandbox.control(f"{books.ledger}/lock-date", date=books.ground.clock.now().date().isoformat())
    books.pull()
    books.work()
    assert entry(books).state is WriteBackState.PARKED
    assert "closed" in (entry(books).reason or "")
    assert in_books(books) == []


@pytest.mark.parametrize("fault", [None, "drop", "500"])
def test_a_charge_that_is_waived_is_voided(books: Business, fault: str | None) -> None:
    charged(books)
    work_through(books)
    waive(books)
    if fault is not None:
        books.sandbox.fault(books.ledger, fault, match="POST", times=1)
    work_through(books, minutes=4)
    row = entry(books)
    assert (row.state, row.undo_reason) == (WriteBackState.UNDONE, "Paid in time."), books.states()
    assert {there["status"] for there in in_books(books)} <= {"VOIDED"}


def test_a_charge_that_is_waived_before_it_was_sent_is_never_made(books: Business) -> None:
    charged(books)
    waive(books)
    work_through(books, minutes=2)
    assert entry(books).state is WriteBackState.UNDONE
    assert in_books(books) == []


def test_a_charge_that_was_paid_stays_and_a_person_is_told(books: Business) -> None:
    charged(books)
    work_through(books)
    [there] = in_books(books)
    books.sandbox.control(f"{books.ledger}/invoices/{there['number']}/pay", amount="0.07")
    waive(books)
    work_through(books, minutes=2)
    row = entry(books)
    assert row.state is WriteBackState.PARKED
    assert "paid or credited on this invoice" in (row.reason or "")
    assert in_books(books)[0]["amount_due"] == "40.00"
