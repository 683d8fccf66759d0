"""Taking entries of ours back. Xero keeps what is deleted, with that status.

What is reconciled with the bank is left alone: whether Xero would refuse that is not written down for payments, and
an accountant would have to look for the gap. Deleting a transfer is in Xero's OpenAPI since 2026; that an
overpayment is deleted as the bank transaction that it is, is assumed. An approved invoice is voided instead, which
Xero allows as long as nothing is paid or credited on it.

Each try has a key of its own: Xero would give its refusal again, although what stood in the way was mended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from app.connectors.base import EntryKind
from app.connectors.xero import wire
from app.connectors.xero.booking_charges import Charge
from app.connectors.xero.booking_rows import GONE, Rows
from app.connectors.xero.client import XeroClient
from app.connectors.xero.written import only_row, read_rows, refuse
from app.kit.errors import NotFound, Rejected

_LONGEST_KEY = 128  # OpenAPI, idempotencyKey
_RECONCILED = (
    "The entry is reconciled with a line of the bank statement in Xero. Unreconcile it there, then try again."
)
_SETTLED = (
    "Something was paid or credited on this invoice in Xero, so that it cannot be voided. Take that off the invoice "
    "there first, or give the customer a credit note; then try again."
)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where entries of a kind live, and where they are deleted."""

    path: str
    id_field: str
    rows: Rows
    kind: type[wire.Entry]
    deleted_at: str
    gone_as: str = "DELETED"
    """The status that takes one back."""


_PAYMENTS = _Home(
    "Payments", "PaymentID", lambda answer: answer.payments, wire.Payment, deleted_at="Payments/{}"
)
_MONEY = _Home(
    "BankTransactions",
    "BankTransactionID",
    lambda answer: answer.bank_transactions,
    wire.BankTransaction,
    deleted_at="BankTransactions/{}",
)
_TRANSFERS = _Home(
    "BankTransfers",
    "BankTransferID",
    lambda answer: answer.bank_transfers,
    wire.BankTransfer,
    deleted_at="BankTransfers",
)
_CHARGES = _Home(
    "Invoices",
    "InvoiceID",
    lambda answer: answer.invoices,
    Charge,
    deleted_at="Invoices/{}",
    gone_as="VOIDED",
)
_HOMES: Mapping[EntryKind, _Home] = {
    EntryKind.PAYMENT: _PAYMENTS,
    EntryKind.OVERPAYMENT: _MONEY,
    EntryKind.FEE: _MONEY,
    EntryKind.REFUND: _MONEY,
    EntryKind.INCOME: _MONEY,
    EntryKind.TRANSFER: _TRANSFERS,
    EntryKind.CHARGE: _CHARGES,
}


def take_back(client: XeroClient, kind: EntryKind, external_id: str, idempotency_key: str) -> None:
    """Delete or void an entry, as Xero takes one of its kind back. One that is gone already is left alone."""
    home = _HOMES.get(kind)
    if home is None:
        raise Rejected("Xero has no entries of this kind, so there is nothing to take back.")
    if not _is_there(client, home, external_id):
        return
    body = {home.path: [{home.id_field: external_id, "Status": home.gone_as}]}
    try:
        path = home.deleted_at.format(external_id)
        own_key = f"{idempotency_key}-{uuid4().hex}"[-_LONGEST_KEY:]
        answer = client.write(path, body, idempotency_key=own_key, method="POST")
        refuse(only_row(home.rows(answer), home.kind).faults or ())
    except Rejected:
        # Somebody may have deleted it in the moment between.
        if _is_there(client, home, external_id):
            raise


def _is_there(client: XeroClient, home: _Home, external_id: str) -> bool:
    """Whether there is something to take back. Raises Rejected if it is reconciled, or settled."""
    try:
        answer = client.read(f"{home.path}/{external_id}")
    except NotFound:
        return False
    rows = read_rows(home.rows(answer), home.kind, is_write=False)
    if any(row.status in GONE for row in rows):
        return False
    if any(row.is_matched for row in rows):
        raise Rejected(_RECONCILED)
    if any(isinstance(row, Charge) and row.is_settled for row in rows):
        raise Rejected(_SETTLED)
    return True
