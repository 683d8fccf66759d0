"""What payers said, and work that has stopped."""

from decimal import Decimal
from uuid import UUID, uuid4

from app.models import (
    DisputeReason,
    Hold,
    HoldSource,
    PaymentMethod,
    PersonTask,
    Task,
    TaskState,
)
from app.reminders.claims import Said, claim
from app.reminders.disputes import Complaint, open_dispute
from tests.web.seeding.ledger_rows import LedgerRows


class WordRows(LedgerRows):
    """Claims, disputes and tasks that wait for a person."""

    def say(self, customer_id: UUID, claimed: UUID, disputed: UUID, words: str) -> None:
        """The payer says that one invoice is paid and that something is wrong with another."""
        paid = Said(
            customer_id,
            "GBP",
            {claimed: Decimal("10.00")},
            self.today,
            PaymentMethod.TRANSFER,
            words,
            b"%PDF-1.7 proof",
        )
        self.made.said["claim"] = claim(self.session, self.sealer, paid, today=self.today, now=self.now)
        wrong = Complaint(disputed, DisputeReason.FAULTY, words, HoldSource.PAYER)
        self.made.said["dispute"] = open_dispute(self.session, self.sealer, wrong, now=self.now)
        self.session.flush()
        self.made.said["to_do"] = self.session.query(PersonTask).filter_by(kind="dispute").one().id
        self.made.said["hold"] = self.session.query(Hold).filter_by(kind="dispute").one().id

    def add_parked_task(self, reason: str) -> None:
        task_id = uuid4()
        self.session.add(
            Task(
                id=task_id,
                tenant_id=self.tenant_id,
                kind="payments.settle_payment",
                state=TaskState.PARKED,
                run_at=self.now,
                attempts=10,
                reason=reason,
            )
        )
        self.made.tasks.append(task_id)
