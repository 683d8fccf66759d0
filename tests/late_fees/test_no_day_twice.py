"""The database itself lets no day be charged twice, whatever the code does."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from app.kit.ground import Ground
from app.models import LateFee, LateFeeKind, LateFeeState
from tests.support.tenants import make_tenant
from tests.web.seeding import Seeder


def day(of: int) -> date:
    return date(2026, 10, of)


def charge_twice(ground: Ground, *, after: int | None, first: int, last: int) -> None:
    """A charge of interest for the 1st to the 10th, then another one."""
    tenant_id = make_tenant(ground)
    with ground.database.tenant(tenant_id) as session:
        seeder = Seeder(ground, session, tenant_id)
        customer = seeder.customer("Cobblestone Bakery")
        late, other = (seeder.invoice(customer, due_in=-60) for _ in range(2))
        session.flush()
        seeder.late_fees(customer, other, late, "Interest")
        session.flush()
        rule = seeder.made.late_fees["rule"]
        for after_day, from_day, to_day in (
            (None, day(1), day(10)),
            (day(after) if after else None, day(first), day(last)),
        ):
            seeder.add(
                LateFee(
                    id=uuid4(),
                    rule_id=rule,
                    invoice_id=late,
                    customer_id=customer,
                    kind=LateFeeKind.INTEREST,
                    after_day=after_day,
                    from_day=from_day,
                    to_day=to_day,
                    base=Decimal(100),
                    currency="GBP",
                    amount=Decimal(1),
                    description="Interest",
                    state=LateFeeState.PROPOSED,
                    created_at=seeder.now,
                )
            )
            session.flush()


@pytest.mark.parametrize(
    ("after", "first", "last", "broken"),
    [
        (None, 11, 20, "uq_late_fee_no_day_twice"),
        (None, 5, 15, "uq_late_fee_no_day_twice"),
        (10, 10, 15, "ck_late_fee_days_follow"),
        (10, 12, 11, "ck_late_fee_days_follow"),
        (5, 6, 15, "fk_late_fee_after_day"),
    ],
)
def test_a_charge_that_does_not_follow_the_one_before_it_is_refused(
    ground: Ground, after: int | None, first: int, last: int, broken: str
) -> None:
    with pytest.raises(IntegrityError, match=broken):
        charge_twice(ground, after=after, first=first, last=last)


def test_one_that_follows_is_taken(ground: Ground) -> None:
    charge_twice(ground, after=10, first=11, last=20)
