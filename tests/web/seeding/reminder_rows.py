"""Reminders with what was decided, and their messages."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from app.models import (
    Invoice,
    Message,
    MessageState,
    Reminder,
    ReminderInvoice,
    ReminderState,
)
from app.reminders import reasons
from app.reminders.delivering_rows import CONTENT_COLUMN, RECIPIENT_COLUMN
from tests.web.seeding.ledger_rows import LedgerRows


class ReminderRows(LedgerRows):
    """Reminders in every state."""

    def reminder(
        self,
        customer_id: UUID,
        invoice_ids: list[UUID],
        state: ReminderState,
        *,
        on: date | None = None,
        step: int = 2,
        currency: str = "GBP",
        why: reasons.Reason | None = None,
        waits: bool = False,
    ) -> UUID:
        reminder_id, send_on = uuid4(), on or self.today
        chosen = self.steps[step]
        decided = state not in (ReminderState.PLANNED, ReminderState.HELD)
        self.add(
            Reminder(
                id=reminder_id,
                customer_id=customer_id,
                currency=currency,
                step_id=chosen.id,
                cadence_version=1,
                send_on=send_on,
                due_at=datetime.combine(send_on, datetime.min.time(), UTC) + timedelta(hours=9),
                state=state,
                reason_code=why.code if why else None,
                reason=why.sentence if why else None,
                needs_confirmation=waits,
                planned_at=self.now,
                decided_at=self.now if decided else None,
                facts=self._facts(invoice_ids, currency) if decided else None,
            )
        )
        for invoice_id in invoice_ids:
            self.add(
                ReminderInvoice(
                    reminder_id=reminder_id,
                    invoice_id=invoice_id,
                    step_id=chosen.id,
                    is_spent=state is not ReminderState.SKIPPED,
                    amount_due=Decimal("480.00") if decided else None,
                )
            )
        self.made.reminders["first_list" if waits else state.value] = reminder_id
        return reminder_id

    def message(self, reminder_id: UUID, state: MessageState, *, reason: str | None = None) -> UUID:
        message_id = uuid4()
        html = "<html><body><p>Hello,</p><p>£480.00 for invoice INV-1000 is <b>14 days overdue</b>.</p></body></html>"
        content = json.dumps(
            {
                "subject": "Harbour Lane Joinery: invoice INV-1000 now 14 days overdue, £480.00",
                "text": "Hello,\n\n£480.00 for invoice INV-1000 is 14 days overdue.\n",
                "html": html,
            }
        )
        self.add(
            Message(
                id=message_id,
                reminder_id=reminder_id,
                attempt=1,
                channel="email",
                state=state,
                recipient_sealed=self.sealer.seal(
                    "accounts@customer.example", column=RECIPIENT_COLUMN, row=message_id
                ),
                content_sealed=self.sealer.seal(content, column=CONTENT_COLUMN, row=message_id),
                marker=str(message_id),
                vendor_id="<a1b2@mail.example>" if state is MessageState.SENT else None,
                reason=reason,
                started_at=self.now,
                finished_at=self.now,
            )
        )
        return message_id

    def _facts(self, invoice_ids: list[UUID], currency: str) -> dict[str, object]:
        rows = self.session.query(Invoice).filter(Invoice.id.in_(invoice_ids))
        return {
            "read_at": self.now.isoformat(),
            "currency": currency,
            "invoices": [
                {
                    "id": str(row.id),
                    "number": row.number,
                    "state": row.state.value,
                    "balance": str(row.amount_due),
                    "paid_through_us": "0",
                    "due_on": row.due_on.isoformat(),
                }
                for row in rows
            ],
        }
