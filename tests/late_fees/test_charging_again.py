"""A charge that was waived by itself stands again only if all of it is owed and no limit is passed."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.late_fees.charging_again import has_come_back, stand_again
from app.models import (
    Invoice,
    InvoiceState,
    LateFee,
    LateFeeKind,
    LateFeeRule,
    LateFeeState,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from tests.late_fees.test_looking_again import Books, books


def waived_by_itself(known: Books) -> None:
    """Its entry is out of the ledger, its rule charges every 60 days, its invoice is open."""
    rule = known.seeder.session.get_one(LateFeeRule, (known.seeder.tenant_id, known.rule_id))
    rule.every_days = 60
    known.fee.state, known.fee.owed = LateFeeState.WAIVED, Decimal(0)
    known.fee.reason = "The money came inside the days of grace."
    known.seeder.add(
        WriteBack(
            id=uuid4(),
            late_fee_id=known.fee_id,
            kind=WriteBackKind.LATE_FEE,
            currency="GBP",
            amount=known.fee.amount,
            booked_on=known.seeder.today - timedelta(days=20),
            marker="Late fee",
            state=WriteBackState.UNDONE,
            attempts=1,
            created_at=known.seeder.now,
            undone_at=known.seeder.now,
        )
    )
    known.seeder.session.flush()


def stand(known: Books, by: UUID) -> LateFee:
    stand_again(known.seeder.session, known.fee_id, by=by, now=known.seeder.now)
    return known.fee


def test_it_stands_again_dated_today_with_as_many_days_to_pay(ground: Ground) -> None:
    with books(ground) as known:
        waived_by_itself(known)
        to_pay_in = known.fee.due_on - known.fee.issued_on  # type: ignore[operator]
        fee = stand(known, uuid4())
        assert (fee.state, fee.reason, fee.issued_on) == (LateFeeState.CHARGED, None, known.seeder.today)
        assert fee.due_on == known.seeder.today + to_pay_in
        with pytest.raises(Rejected, match="no longer as you saw it"):
            stand(known, uuid4())


def test_what_is_owed_in_part_or_passes_a_limit_is_not_charged_again(ground: Ground) -> None:
    with books(ground) as known:
        waived_by_itself(known)
        known.tells("400")
        known.payment("400", late_by=3)
        known.seeder.session.flush()
        with pytest.raises(Rejected, match="not all of it is owed"):
            stand(known, uuid4())
    with books(ground) as known:
        waived_by_itself(known)
        known.fee.cap_amount = Decimal(19)
        with pytest.raises(Rejected, match="would pass a limit"):
            stand(known, uuid4())


@pytest.mark.parametrize(
    ("kind", "every_days", "decided_by", "due", "has"),
    [
        (LateFeeKind.FEE, 30, None, 10, True),
        (LateFeeKind.FEE, None, None, 10, False),
        (LateFeeKind.COMPENSATION, None, None, 10, True),
        (LateFeeKind.FEE, 30, UUID(int=1), 10, False),
        (LateFeeKind.FEE, 30, None, 0, False),
    ],
)
def test_only_what_went_by_itself_and_is_owed_again_has_come_back(
    kind: LateFeeKind, every_days: int | None, decided_by: UUID | None, due: int, has: bool
) -> None:
    charge = LateFee(kind=kind, state=LateFeeState.WAIVED, owed=Decimal(0), decided_by=decided_by)
    invoice = Invoice(state=InvoiceState.OPEN if due else InvoiceState.PAID, amount_due=Decimal(due))
    rule, entry = LateFeeRule(every_days=every_days), WriteBack(state=WriteBackState.UNDONE)
    assert has_come_back(charge, rule, invoice, entry) is has
    entry.state = WriteBackState.PARKED
    assert not has_come_back(charge, rule, invoice, entry)
