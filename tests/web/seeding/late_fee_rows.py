"""A rule of late fees, a proposal of it and a charge."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from app.models import LateFee, LateFeeKind, LateFeeRule, LateFeeRuleKind, LateFeeState
from tests.web.seeding.ledger_rows import LedgerRows


class LateFeeRows(LedgerRows):
    """Rules and charges."""

    def late_fees(self, customer_id: UUID, proposed: UUID, charged: UUID, words: str) -> None:
        """One rule that is on, with a proposal for one invoice and a charge for another."""
        rule_id = uuid4()
        self.made.late_fees["rule"] = rule_id
        self.add(
            LateFeeRule(
                id=rule_id,
                name=words,
                tag=words,
                kind=LateFeeRuleKind.FIXED,
                currency="GBP",
                amount=Decimal(25),
                grace_days=7,
                charges_from=self.today - timedelta(days=60),
                affirmed=words,
                switched_on_at=self.now,
                created_at=self.now,
                changed_at=self.now,
            )
        )
        for invoice_id, state in ((proposed, LateFeeState.PROPOSED), (charged, LateFeeState.CHARGED)):
            self.made.late_fees["charge"] = charge_id = uuid4()
            is_charged = state is LateFeeState.CHARGED
            day = self.today - timedelta(days=1)
            self.add(
                LateFee(
                    id=charge_id,
                    rule_id=rule_id,
                    invoice_id=invoice_id,
                    customer_id=customer_id,
                    kind=LateFeeKind.FEE,
                    from_day=day,
                    to_day=day,
                    base=Decimal(120),
                    currency="GBP",
                    amount=Decimal(25),
                    description=words,
                    state=state,
                    reason=words if is_charged else None,
                    issued_on=self.today if is_charged else None,
                    due_on=self.today if is_charged else None,
                    created_at=self.now,
                    decided_at=self.now if is_charged else None,
                )
            )
