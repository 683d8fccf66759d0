"""What is undecided is not charged, and says why; what was decided leaves its days out."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.late_fees.evaluating import Evaluated, evaluate
from app.late_fees.excuses import beyond_reason
from app.models import (
    ClaimedInvoice,
    ClaimState,
    CreditNote,
    Dispute,
    DisputeReason,
    DisputeState,
    Hold,
    HoldScope,
    Invoice,
    InvoiceState,
    LateFeeRule,
    LateFeeRuleKind,
    LedgerPayment,
    PaymentClaim,
    Promise,
    PromiseState,
)
from tests.support.tenants import make_tenant
from tests.web.seeding import Seeder

LATE = 20
Place = Callable[[Seeder, UUID, UUID], object]


def seeded(ground: Ground, place: Place) -> Evaluated:
    """What a rule asks for of one customer with one late invoice, once something was placed beside it."""
    tenant_id = make_tenant(ground)
    with ground.database.tenant(tenant_id) as session:
        seeder = Seeder(ground, session, tenant_id)
        customer = seeder.customer("Cobblestone Bakery")
        invoice = seeder.invoice(customer, due_in=-LATE, amount="1000.00")
        session.flush()
        seeder.add(place(seeder, customer, invoice))
        session.flush()
        return asked(session, seeder)


def asked(session: Session, seeder: Seeder) -> Evaluated:
    rule = LateFeeRule(
        tenant_id=seeder.tenant_id,
        id=uuid4(),
        name="By law",
        kind=LateFeeRuleKind.STATUTORY,
        currency="GBP",
        law="GB",
        with_compensation=False,
        every_days=1,
        grace_days=0,
        charges_from=seeder.today - timedelta(days=90),
        created_at=seeder.now,
        changed_at=seeder.now,
    )
    return evaluate(session, [rule], today=seeder.today, zone="Europe/London")


def dispute(state: DisputeState) -> Place:
    def made(seeder: Seeder, _customer: UUID, invoice: UUID) -> Dispute:
        is_over = state is not DisputeState.OPEN
        return Dispute(
            id=uuid4(),
            invoice_id=invoice,
            reason=DisputeReason.FAULTY,
            state=state,
            opened_at=seeder.now - timedelta(days=10),
            settled_at=seeder.now - timedelta(days=6) if is_over else None,
        )

    return made


def promise(state: PromiseState) -> Place:
    def made(seeder: Seeder, _customer: UUID, invoice: UUID) -> Promise:
        is_over = state is not PromiseState.OPEN
        return Promise(
            id=uuid4(),
            invoice_id=invoice,
            promised_on=seeder.today + timedelta(days=3),
            amount=Decimal(1000),
            balance=Decimal(1000),
            state=state,
            made_at=seeder.now - timedelta(days=10),
            settled_at=seeder.now - timedelta(days=6) if is_over else None,
        )

    return made


def hold(scope: HoldScope, *, lifted: bool = False) -> Place:
    def made(seeder: Seeder, customer: UUID, invoice: UUID) -> Hold:
        return Hold(
            id=uuid4(),
            scope=scope,
            subject_id=customer if scope is HoldScope.CUSTOMER else invoice,
            reason="They rang",
            created_at=seeder.now - timedelta(days=10),
            lifted_at=seeder.now - timedelta(days=6) if lifted else None,
        )

    return made


def claim(seeder: Seeder, customer: UUID, invoice: UUID) -> ClaimedInvoice:
    claim_id = uuid4()
    seeder.add(
        PaymentClaim(
            id=claim_id,
            customer_id=customer,
            currency="GBP",
            paid_on=seeder.today,
            state=ClaimState.OPEN,
            waits_until=seeder.today,
            made_at=seeder.now,
        )
    )
    seeder.session.flush()
    return ClaimedInvoice(id=uuid4(), claim_id=claim_id, invoice_id=invoice, balance=Decimal(1000))


def unapplied(seeder: Seeder, customer: UUID, _invoice: UUID) -> LedgerPayment:
    return LedgerPayment(
        id=uuid4(),
        external_id="p",
        customer_id=customer,
        currency="GBP",
        amount=Decimal(5),
        unapplied=Decimal(5),
        paid_on=seeder.today,
        reference="",
        is_deleted=False,
        changed_at=seeder.now,
    )


def credit(seeder: Seeder, customer: UUID, _invoice: UUID) -> CreditNote:
    return CreditNote(
        id=uuid4(),
        external_id="c",
        customer_id=customer,
        number="CN-1",
        state=InvoiceState.OPEN,
        currency="GBP",
        total=Decimal(5),
        remaining=Decimal(5),
        issued_on=date(2026, 1, 1),
        changed_at=seeder.now,
    )


def slip(seeder: Seeder, _customer: UUID, invoice: UUID) -> Invoice:
    """As the mirror keeps a due date before all that can be meant."""
    row = seeder.session.get_one(Invoice, (seeder.tenant_id, invoice))
    row.due_on = date(1900, 1, 1)
    return row


def test_a_debt_is_too_old_after_ten_years() -> None:
    today = date(2026, 3, 1)
    assert beyond_reason(date(2016, 3, 1), today) is None
    assert beyond_reason(date(2016, 2, 28), today) is not None


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (slip, "It is due on 1 Jan 1900, more than ten years ago"),
        (dispute(DisputeState.OPEN), "The customer disputes it."),
        (promise(PromiseState.OPEN), "Its payment is promised for"),
        (hold(HoldScope.INVOICE), "It is on hold: They rang"),
        (hold(HoldScope.CUSTOMER), "It is on hold: They rang"),
        (claim, "The customer says that it is paid."),
        (unapplied, "applied to nothing"),
        (credit, "applied to nothing"),
    ],
)
def test_what_is_undecided_is_left_alone_with_its_reason(ground: Ground, place: Place, reason: str) -> None:
    found = seeded(ground, place)
    assert found.asked == []
    assert [reason in one.reason for one in found.left_alone] == [True]


@pytest.mark.parametrize(
    ("place", "charged_days"),
    [
        (dispute(DisputeState.CLOSED), LATE - 1 - 5),
        (promise(PromiseState.KEPT), LATE - 1 - 5),
        (promise(PromiseState.BROKEN), LATE - 1),
        (hold(HoldScope.INVOICE, lifted=True), LATE - 1 - 5),
        (hold(HoldScope.CUSTOMER, lifted=True), LATE - 1 - 5),
    ],
)
def test_what_was_decided_leaves_its_days_out_but_for_a_broken_promise(
    ground: Ground, place: Place, charged_days: int
) -> None:
    [one] = seeded(ground, place).asked
    assert sum((span.to_day - span.from_day).days + 1 for span in one.charge.spans) == charged_days
