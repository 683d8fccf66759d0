"""What was charged is looked at again: waived, to be corrected, or left, by what the books tell by then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from app.kit.ground import Ground
from app.late_fees.correcting import leave
from app.late_fees.evaluating import evaluate
from app.late_fees.looking_again import look_again
from app.models import (
    Customer,
    Invoice,
    InvoiceState,
    LateFee,
    LateFeeKind,
    LateFeeRule,
    LateFeeRuleKind,
    LateFeeState,
    LedgerPayment,
    PaymentApplication,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from tests.support.tenants import make_tenant
from tests.web.seeding import Seeder

DUE_IN = -40


class Books:
    """One invoice of 1000 that is forty days late, with a charge of two percent after a week of grace."""

    def __init__(self, seeder: Seeder) -> None:
        self.seeder = seeder
        customer = seeder.customer("Cobblestone Bakery")
        self.invoice_id = seeder.invoice(customer, due_in=DUE_IN, amount="1000.00")
        self.customer_id, self.rule_id, self.fee_id = customer, uuid4(), uuid4()
        day = seeder.today + timedelta(days=DUE_IN + 8)
        seeder.add(
            LateFeeRule(
                id=self.rule_id,
                name="Two percent",
                kind=LateFeeRuleKind.PERCENT,
                currency="GBP",
                percent=Decimal(2),
                grace_days=7,
                charges_from=seeder.today - timedelta(days=90),
                created_at=seeder.now,
                changed_at=seeder.now,
            ),
            LateFee(
                id=self.fee_id,
                rule_id=self.rule_id,
                invoice_id=self.invoice_id,
                customer_id=customer,
                kind=LateFeeKind.FEE,
                from_day=day,
                to_day=day,
                base=Decimal(1000),
                rate=Decimal(2),
                currency="GBP",
                amount=Decimal(20),
                grace_days=7,
                description="Late fee",
                state=LateFeeState.CHARGED,
                issued_on=seeder.today - timedelta(days=20),
                due_on=seeder.today,
                created_at=seeder.now,
            ),
        )
        seeder.session.flush()

    @property
    def fee(self) -> LateFee:
        return self.seeder.session.get_one(LateFee, (self.seeder.tenant_id, self.fee_id))

    @property
    def invoice(self) -> Invoice:
        return self.seeder.session.get_one(Invoice, (self.seeder.tenant_id, self.invoice_id))

    def tells(self, paid: str) -> None:
        """The invoice itself says what was paid."""
        self.invoice.amount_paid = Decimal(paid)
        self.invoice.amount_due = self.invoice.total - Decimal(paid)
        self.invoice.state = InvoiceState.OPEN if self.invoice.amount_due else InvoiceState.PAID

    def payment(self, amount: str, *, late_by: int) -> UUID:
        payment_id, seeder = uuid4(), self.seeder
        seeder.add(
            LedgerPayment(
                id=payment_id,
                external_id=str(payment_id),
                customer_id=self.customer_id,
                currency="GBP",
                amount=Decimal(amount),
                unapplied=Decimal(0),
                paid_on=self.invoice.due_on + timedelta(days=late_by),
                reference="",
                is_deleted=False,
                changed_at=seeder.now,
            ),
            PaymentApplication(
                id=uuid4(), payment_id=payment_id, invoice_id=self.invoice_id, amount=Decimal(amount)
            ),
        )
        return payment_id

    def look(self) -> LateFee:
        self.seeder.session.flush()
        look_again(self.seeder.session, zone="Europe/London", now=self.seeder.now)
        self.seeder.session.flush()
        return self.fee


@contextmanager
def books(ground: Ground) -> Iterator[Books]:
    tenant_id = make_tenant(ground)
    with ground.database.tenant(tenant_id) as session:
        yield Books(Seeder(ground, session, tenant_id))


def test_money_whose_day_was_not_read_yet_waives_nothing(ground: Ground) -> None:
    with books(ground) as known:
        known.tells("1000")
        assert (known.look().state, known.fee.owed) == (LateFeeState.CHARGED, None)
        known.payment("1000", late_by=9)
        assert (known.look().state, known.fee.owed) == (LateFeeState.CHARGED, None)


def test_a_part_that_came_in_grace_is_told_and_can_be_left(ground: Ground) -> None:
    with books(ground) as known:
        known.tells("400")
        assert known.look().owed is None
        payment_id = known.payment("400", late_by=3)
        assert known.look().owed == Decimal(12)
        assert "Less was open" in (known.fee.owed_because or "")
        leave(known.seeder.session, known.fee_id, seen=Decimal(12))
        assert known.look().owed is None
        known.tells("700")
        known.payment("300", late_by=5)
        assert known.look().owed == Decimal(6)
        # The first one was entered at the wrong customer, and is deleted.
        tenant = known.seeder.tenant_id
        known.seeder.session.get_one(LedgerPayment, (tenant, payment_id)).is_deleted = True
        known.tells("300")
        assert known.look().owed is None


def test_another_due_date_leaves_nothing_and_its_fee_may_be_charged_on_another_day(ground: Ground) -> None:
    with books(ground) as known:
        known.invoice.due_on += timedelta(days=10)
        assert known.look().owed == 0
        assert "now due on" in (known.fee.owed_because or "")
        known.fee.state = LateFeeState.WAIVED
        known.seeder.session.flush()
        rule = known.seeder.session.get_one(LateFeeRule, (known.seeder.tenant_id, known.rule_id))
        [again] = evaluate(known.seeder.session, [rule], today=known.seeder.today, zone="Europe/London").asked
        assert again.charge.from_day == known.invoice.due_on + timedelta(days=8)
        assert again.after_day == known.fee.to_day


def test_a_rule_that_changes_later_changes_nothing_that_was_charged(ground: Ground) -> None:
    with books(ground) as known:
        rule = known.seeder.session.get_one(LateFeeRule, (known.seeder.tenant_id, known.rule_id))
        rule.grace_days, rule.percent, rule.cap_amount = 60, Decimal(1), Decimal(5)
        known.tells("1000")
        known.payment("1000", late_by=30)
        assert (known.look().state, known.fee.owed) == (LateFeeState.CHARGED, None)


def test_no_fee_is_charged_for_a_fee_that_somebody_entered_by_hand(ground: Ground) -> None:
    with books(ground) as known:
        seeder = known.seeder
        country = seeder.session.get_one(Customer, (seeder.tenant_id, known.customer_id))
        country.country_code = "GB"
        known.fee.issued_on = known.fee.due_on = seeder.today - timedelta(days=60)
        own = seeder.invoice(known.customer_id, due_in=-20, amount="20.00")
        seeder.add(
            WriteBack(
                id=uuid4(),
                late_fee_id=known.fee_id,
                kind=WriteBackKind.LATE_FEE,
                currency="GBP",
                amount=Decimal(20),
                booked_on=seeder.today,
                marker="Late fee 1",
                state=WriteBackState.DONE,
                created_at=seeder.now,
            )
        )
        seeder.session.flush()
        rule = seeder.session.get_one(LateFeeRule, (seeder.tenant_id, known.rule_id))
        found = evaluate(seeder.session, [rule], today=seeder.today, zone="Europe/London")
        assert own not in {one.late.debt.invoice_id for one in found.asked}
        assert own not in {one.late.debt.invoice_id for one in found.left_alone}
