"""The last look before the intent is committed: what changed since the gate decided, however short that was."""

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Hold, HoldScope, OptOut, Sending, Tenant
from app.payments.coverage import ours_not_in_ledger
from app.reminders import reasons
from app.reminders.gate import FACTS_LAST
from app.reminders.reasons import Reason

if TYPE_CHECKING:
    from app.reminders.deliveries import Delivery

_NONE = Decimal(0)


def changed_meanwhile(session: Session, deliveries: Sequence["Delivery"]) -> dict[UUID, Reason]:
    """By reminder, why it must be decided anew. All deliveries are of one batch."""
    if not deliveries:
        return {}
    batch, answers = deliveries[0].batch, deliveries[0].answers
    ids = [delivery.case.claim.reminder_id for delivery in deliveries]
    if time.monotonic() - answers.monotonic > FACTS_LAST.total_seconds():
        return dict.fromkeys(ids, reasons.STALE_FACTS)
    if session.scalar(select(Tenant.sending)) is not Sending.ON:
        return dict.fromkeys(ids, reasons.SEEN_CHANGED)
    customers = {delivery.case.customer_id for delivery in deliveries}
    lines = {line.invoice_id for delivery in deliveries for line in delivery.verdict.lines}
    stopped = {
        (customer_id, channel)
        for customer_id, channel in session.execute(
            select(OptOut.customer_id, OptOut.channel).where(OptOut.customer_id.in_(customers))
        )
    }
    held = {
        (scope, subject_id)
        for scope, subject_id in session.execute(
            select(Hold.scope, Hold.subject_id).where(
                Hold.lifted_at.is_(None),
                Hold.created_at >= batch.read_at,
                Hold.subject_id.in_(customers | lines),
            )
        )
    }
    ours = ours_not_in_ledger(session, lines, facts_read_at=answers.read_at)
    paid = {line for line in lines if ours.get(line, _NONE) != answers.ours.get(line, _NONE)}
    return {
        delivery.case.claim.reminder_id: reasons.SEEN_CHANGED
        for delivery in deliveries
        if (delivery.case.customer_id, delivery.case.channel) in stopped or _is_touched(delivery, held, paid)
    }


def _is_touched(delivery: "Delivery", held: set[tuple[HoldScope, UUID]], paid: set[UUID]) -> bool:
    lines = [line.invoice_id for line in delivery.verdict.lines]
    return (
        (HoldScope.CUSTOMER, delivery.case.customer_id) in held
        or any((HoldScope.INVOICE, line) in held for line in lines)
        or any(line in paid for line in lines)
    )
