"""Which invoices a payment settles, kept beside the payment: its set of rows is replaced as a whole.

A payment whose row in the mirror is newer keeps what it has. A deleted one settles nothing.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import PaymentRecord
from app.sync.identity import INVOICE, PAYMENT
from app.sync.incoming import as_json
from app.sync.tables import Reading

# What is taken away and what is put in are never the same rows, so that one statement can do both.
_REPLACE = """
    WITH believed AS MATERIALIZED (
      SELECT payment.id
      FROM json_to_recordset(CAST(:payments AS json)) AS incoming (id uuid, changed_at timestamptz)
      JOIN ledger_payment AS payment ON payment.tenant_id = :tenant_id AND payment.id = incoming.id
        AND payment.changed_at = incoming.changed_at
    ), part AS MATERIALIZED (
      SELECT part.payment_id, part.invoice_id, part.amount
      FROM json_to_recordset(CAST(:parts AS json)) AS part (payment_id uuid, invoice_id uuid, amount numeric)
      JOIN believed ON believed.id = part.payment_id
    ), taken_away AS (
      DELETE FROM payment_application AS old USING believed
      WHERE old.tenant_id = :tenant_id AND old.payment_id = believed.id
        AND NOT EXISTS (
          SELECT FROM part WHERE part.payment_id = old.payment_id AND part.invoice_id = old.invoice_id
        )
      RETURNING old.payment_id
    ), put_in AS (
      INSERT INTO payment_application AS old (tenant_id, id, payment_id, invoice_id, amount)
      SELECT :tenant_id, gen_random_uuid(), payment_id, invoice_id, amount FROM part
      ORDER BY payment_id, invoice_id
      ON CONFLICT (tenant_id, payment_id, invoice_id) DO UPDATE SET amount = excluded.amount
      WHERE old.amount <> excluded.amount
      RETURNING old.payment_id
    )
    SELECT coalesce(array_agg(CAST(payment_id AS text)), '{}')
    FROM (SELECT payment_id FROM taken_away UNION ALL SELECT payment_id FROM put_in) AS changed"""


def replace_applications(session: Session, reading: Reading, payments: Sequence[PaymentRecord]) -> set[str]:
    """Bring the applications of payments, each named once, in line, right after their rows were merged; the ids of
    payments that changed.
    """
    told = [
        {"id": reading.id_of(PAYMENT, payment.external_id), "changed_at": payment.changed_at}
        for payment in payments
    ]
    values = {
        "tenant_id": reading.tenant_id,
        "payments": as_json(told),
        "parts": as_json(_parts(reading, payments)),
    }
    return set(session.scalars(text(_REPLACE), values).one())


def _parts(reading: Reading, payments: Sequence[PaymentRecord]) -> list[dict[str, Any]]:
    """One part per payment and invoice: a ledger may name the same invoice on two lines of a payment."""
    amounts: dict[tuple[str, str], Decimal] = {}
    for payment in payments:
        if not payment.is_deleted:
            payment_id = reading.id_of(PAYMENT, payment.external_id)
            for part in payment.applied:
                key = payment_id, reading.id_of(INVOICE, part.invoice_external_id)
                amounts[key] = amounts.get(key, Decimal(0)) + part.amount
    return [
        {"payment_id": payment_id, "invoice_id": invoice_id, "amount": amount}
        for (payment_id, invoice_id), amount in amounts.items()
    ]
