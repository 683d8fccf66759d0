"""Asks for the mails that a payment calls for, in the transaction that records it, each at most once.

They are written and sent on the floor above, where mail is known.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import Payment, PaymentMail, PaymentMailKind, PaymentMailState, PaymentState, Tenant
from app.tasks import kinds
from app.tasks.queue import enqueue

_FOR_STATE: dict[PaymentState, tuple[PaymentMailKind, ...]] = {
    PaymentState.PROCESSING: (),
    PaymentState.SUCCEEDED: (PaymentMailKind.RECEIPT, PaymentMailKind.NOTICE),
    # A declined card is told on the spot and makes no payment: what fails later was a bank debit.
    PaymentState.FAILED: (PaymentMailKind.DEBIT_FAILED, PaymentMailKind.DEBIT_FAILED_NOTICE),
}


def ask_for_mails(session: Session, payment: Payment, *, now: datetime) -> None:
    """A receipt and a notice for money that came; word to both sides of a debit that did not. Again: nothing."""
    wanted = _FOR_STATE[payment.state]
    if PaymentMailKind.NOTICE in wanted and not session.get_one(Tenant, payment.tenant_id).payment_notices:
        wanted = tuple(kind for kind in wanted if kind is not PaymentMailKind.NOTICE)
    for mail_id in _add(session, payment, wanted, now):
        enqueue(
            session,
            kind=kinds.PAYMENT_MAIL,
            tenant_id=payment.tenant_id,
            subject_id=mail_id,
            key=f"{kinds.PAYMENT_MAIL}:{mail_id}",
            run_at=now,
            now=now,
        )


def _add(session: Session, payment: Payment, wanted: Sequence[PaymentMailKind], now: datetime) -> list[UUID]:
    """The ids of those that were not there yet."""
    if not wanted:
        return []
    rows = [
        {
            "tenant_id": payment.tenant_id,
            "id": uuid4(),
            "payment_id": payment.id,
            "kind": kind,
            "state": PaymentMailState.WAITING,
            "created_at": now,
        }
        for kind in wanted
    ]
    added = insert(PaymentMail).on_conflict_do_nothing().returning(PaymentMail.id)
    return list(session.scalars(added, rows))
