"""What has been said about an invoice: the promise and the dispute it is in, and every hold on it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import Dispute, Hold, HoldKind, Promise, PromiseState
from app.reminders.disputes import open_dispute_of, words_of
from app.reminders.holds import holds_in_force


@dataclass(frozen=True)
class Words:
    """All of it, opened for this page only."""

    promise: Promise | None
    dispute: Dispute | None
    complaint: str
    holds: list[Hold]
    """Those that neither the owner's own panel nor the promise and dispute show."""


def words_about(ground: Ground, session: Session, invoice_id: UUID, *, today: date) -> Words:
    """Of one invoice."""
    dispute = open_dispute_of(session, invoice_id)
    open_promise = select(Promise).where(Promise.invoice_id == invoice_id, Promise.state == PromiseState.OPEN)
    shown_elsewhere = {HoldKind.MANUAL, HoldKind.PROMISE} | ({HoldKind.DISPUTE} if dispute else set())
    return Words(
        promise=session.scalar(open_promise),
        dispute=dispute,
        complaint=words_of(ground.sealer(session), dispute) if dispute else "",
        holds=[
            hold for hold in holds_in_force(session, [invoice_id], today) if hold.kind not in shown_elsewhere
        ],
    )
