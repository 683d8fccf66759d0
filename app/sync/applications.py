"""Which invoices a payment settles, kept beside the payment: its set of rows is replaced as a whole.

A payment whose row in the mirror is newer keeps what it has. A deleted one settles nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import PaymentRecord
from app.sync.copying import copy_rows, ids_in_one
from app.sync.identity import INVOICE, PAYMENT
from app.sync.tables import Reading

_BELIEVED = (
    "SELECT payment.tenant_id, payment.id FROM ledger_payment AS payment "
    "JOIN incoming_ledger_payment AS incoming USING (tenant_id, id) "
    "WHERE payment.changed_at = incoming.changed_at"
)
_TAKE_AWAY = f"""
    DELETE FROM payment_application AS old USING ({_BELIEVED}) AS believed
    WHERE old.tenant_id = believed.tenant_id AND old.payment_id = believed.id
      AND NOT EXISTS (
        SELECT FROM incoming_payment_application AS incoming
        WHERE incoming.payment_id = old.payment_id AND incoming.invoice_id = old.invoice_id
      )
    RETURNING old.payment_id AS id"""  # noqa: S608 (our own names)
_PUT_IN = f"""
    INSERT INTO payment_application AS old (tenant_id, id, payment_id, invoice_id, amount)
    SELECT incoming.tenant_id, gen_random_uuid(), incoming.payment_id, incoming.invoice_id, incoming.amount
    FROM incoming_payment_application AS incoming
    JOIN ({_BELIEVED}) AS believed ON believed.id = incoming.payment_id
    ORDER BY incoming.payment_id, incoming.invoice_id
    ON CONFLICT (tenant_id, payment_id, invoice_id) DO UPDATE SET amount = excluded.amount
    WHERE old.amount <> excluded.amount
    RETURNING old.payment_id AS id"""  # noqa: S608 (our own names)


def replace_applications(session: Session, reading: Reading, payments: Sequence[PaymentRecord]) -> set[str]:
    """Bring the applications of payments in line, right after their rows were merged; the ids of
    payments that changed.

    Needs `incoming_ledger_payment`, which holds each payment once.
    """
    rows = [row for payment in payments for row in _rows(reading, payment)]
    if rows:
        copy_rows(session, "payment_application", rows)
    else:
        session.execute(text(_NO_ROWS))
    changed = ids_in_one(session, _TAKE_AWAY) | ids_in_one(session, _PUT_IN)
    session.execute(text("DROP TABLE incoming_payment_application"))
    return changed


_NO_ROWS = (
    "CREATE TEMP TABLE incoming_payment_application ON COMMIT DROP AS "
    "SELECT * FROM payment_application WITH NO DATA"
)


def _rows(reading: Reading, payment: PaymentRecord) -> list[dict[str, Any]]:
    """One row per invoice: a ledger may name the same invoice on two lines of a payment."""
    if payment.is_deleted:
        return []
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for part in payment.applied:
        amounts[part.invoice_external_id] += part.amount
    payment_id = reading.id_of(PAYMENT, payment.external_id)
    return [
        {
            "tenant_id": reading.tenant_id,
            "payment_id": payment_id,
            "invoice_id": reading.id_of(INVOICE, invoice),
            "amount": amount,
        }
        for invoice, amount in amounts.items()
    ]
