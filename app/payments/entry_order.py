"""What an entry waits for: money is given back only after it has come in, and returned only after that."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.models import WriteBack, WriteBackKind, WriteBackState

AFTER = {
    WriteBackKind.NOTE: WriteBackKind.PAYMENT,
    WriteBackKind.OVERPAYMENT: WriteBackKind.PAYMENT,
    WriteBackKind.SURCHARGE_RETURNED: WriteBackKind.SURCHARGE,
    WriteBackKind.REFUND: WriteBackKind.PAYMENT,
    WriteBackKind.REFUND_RETURNED: WriteBackKind.REFUND,
    WriteBackKind.CHARGEBACK: WriteBackKind.PAYMENT,
    WriteBackKind.CHARGEBACK_RETURNED: WriteBackKind.CHARGEBACK,
    WriteBackKind.CHARGEBACK_FEE_RETURNED: WriteBackKind.CHARGEBACK_FEE,
}

_OF_THE_PAYMENT = (WriteBackKind.PAYMENT, WriteBackKind.SURCHARGE)


def is_its_turn(session: Session, row: WriteBack, style: FeeStyle) -> bool:
    """Whether everything that must be in the books before this entry is there.

    A note and a credit follow the payment of their invoice, a deposit gathers every payment.
    """
    before = AFTER.get(row.kind)
    if row.kind is WriteBackKind.FEE and style is FeeStyle.DEPOSIT:
        before = WriteBackKind.PAYMENT
    if before is None:
        return True
    states = select(WriteBack.state).where(WriteBack.payment_id == row.payment_id, WriteBack.kind == before)
    if row.invoice_id is not None:
        states = states.where(WriteBack.invoice_id == row.invoice_id)
    elif before not in _OF_THE_PAYMENT:
        same = (WriteBack.refund_id == row.refund_id, WriteBack.chargeback_id == row.chargeback_id)
        states = states.where(*same)
    return set(session.scalars(states)) == {WriteBackState.DONE}
