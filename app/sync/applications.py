"""Which invoices a payment settles, kept beside the payment: its set of rows is replaced as a whole.

A payment whose row in the mirror is newer keeps what it has. A deleted one settles nothing. Two writers of the same
payment take turns, since both have written its row before they come here.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import PaymentRecord
from app.sync.identity import INVOICE, PAYMENT
from app.sync.incoming import as_json, ids_as_array, ids_in_one
from app.sync.tables import Reading

Parts = dict[tuple[str, str], Decimal]
"""Amounts by the ids of payment and invoice."""

_CHANGED_AT = (
    "SELECT CAST(id AS text), changed_at FROM ledger_payment "
    "WHERE tenant_id = :tenant_id AND id = ANY(CAST(:ids AS uuid[]))"
)
_THERE = (
    "SELECT CAST(payment_id AS text), CAST(invoice_id AS text), amount FROM payment_application "
    "WHERE tenant_id = :tenant_id AND payment_id = ANY(CAST(:ids AS uuid[]))"
)
_TAKE_AWAY = (
    "DELETE FROM payment_application AS old "
    "USING json_to_recordset(CAST(:parts AS json)) AS part (payment_id uuid, invoice_id uuid) "
    "WHERE old.tenant_id = :tenant_id AND old.payment_id = part.payment_id AND old.invoice_id = part.invoice_id "
    "RETURNING old.payment_id AS id"
)
# The id follows from what the row is about: a random one takes the database as long as the rest of the row.
_PUT_IN = """
    INSERT INTO payment_application AS old (tenant_id, id, payment_id, invoice_id, amount)
    SELECT :tenant_id, CAST(md5(CAST(payment_id AS text) || CAST(invoice_id AS text)) AS uuid),
           payment_id, invoice_id, amount
    FROM json_to_recordset(CAST(:parts AS json)) AS part (payment_id uuid, invoice_id uuid, amount numeric)
    ORDER BY payment_id, invoice_id
    ON CONFLICT (tenant_id, payment_id, invoice_id) DO UPDATE SET amount = excluded.amount
    WHERE old.amount <> excluded.amount
    RETURNING old.payment_id AS id"""


def parts_of(reading: Reading, payments: Iterable[PaymentRecord]) -> Parts:
    """What payments settle. One part per payment and invoice: a ledger may name the same invoice on two lines. Pure."""
    amounts: Parts = {}
    for payment in payments:
        payment_id = reading.id_of(PAYMENT, payment.external_id)
        for part in () if payment.is_deleted else payment.applied:
            key = payment_id, reading.id_of(INVOICE, part.invoice_external_id)
            amounts[key] = amounts[key] + part.amount if key in amounts else part.amount
    return amounts


def replace_applications(
    session: Session, reading: Reading, told: Mapping[str, datetime], wanted: Parts, written: Collection[str]
) -> set[str]:
    """Bring the applications of payments in line, right after their rows were merged; the ids of payments whose
    applications changed. `told`: all of them by id, with their times of change. `wanted`: what they settle.
    `written`: the ids of those whose rows are new or different now.
    """
    if len(written) < len(told):
        told = _believed(session, reading, told)
        wanted = {key: amount for key, amount in wanted.items() if key[0] in told}
    there = _there(session, reading, told)
    gone = dict.fromkeys(there.keys() - wanted.keys())
    # The database rounds what it keeps, so it has the last word on whether an amount is another one.
    other = {key: amount for key, amount in wanted.items() if there.get(key) != amount} if there else wanted
    return _done(session, reading, _TAKE_AWAY, gone) | _done(session, reading, _PUT_IN, other)


def _done(
    session: Session, reading: Reading, statement: str, parts: Mapping[tuple[str, str], Decimal | None]
) -> set[str]:
    """The ids of the payments that a statement about parts has changed."""
    if not parts:
        return set()
    rows = [
        {"payment_id": payment, "invoice_id": invoice, "amount": amount}
        for (payment, invoice), amount in parts.items()
    ]
    return ids_in_one(session, statement, {"tenant_id": reading.tenant_id, "parts": as_json(rows)})


def _believed(session: Session, reading: Reading, told: Mapping[str, datetime]) -> dict[str, datetime]:
    """Those whose rows in the mirror are not newer."""
    asked = {"tenant_id": reading.tenant_id, "ids": ids_as_array(told)}
    times = session.execute(text(_CHANGED_AT), asked)
    return {row_id: changed_at for row_id, changed_at in times if told[row_id] == changed_at}


def _there(session: Session, reading: Reading, payment_ids: Collection[str]) -> Parts:
    asked = {"tenant_id": reading.tenant_id, "ids": ids_as_array(payment_ids)}
    return {(payment, invoice): amount for payment, invoice, amount in session.execute(text(_THERE), asked)}
