"""Taking entries of ours back: payments and invoices are voided, so that they can still be seen; the rest is deleted.

QuickBooks refuses what is matched with the bank or gathered in a deposit, and says so. Each try has a request id of
its own: QuickBooks would give its refusal again, although what stood in the way was mended.
"""

from collections.abc import Mapping
from uuid import uuid4

from app.connectors.base import EntryKind
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.answers import NOT_FOUND, Refused, Stale
from app.connectors.quickbooks.booking_marks import request_id
from app.connectors.quickbooks.booking_rows import Deposit, Purchase, Transfer, read
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import NotFound, Rejected

_USED = (
    "Some of this credit was put on an invoice in QuickBooks. Take it off there first, then press Try again."
)
_SETTLED = (
    "Something was paid or credited on this invoice in QuickBooks. Take that off the invoice there first, or give the "
    "customer a credit memo; then press Try again."
)
_Row = wire.Payment | wire.Invoice | Purchase | Deposit | Transfer
# The structs are named as QuickBooks names the entities.
_HOMES: Mapping[EntryKind, type[_Row]] = {
    EntryKind.PAYMENT: wire.Payment,
    EntryKind.OVERPAYMENT: wire.Payment,
    EntryKind.FEE: Purchase,
    EntryKind.DEPOSIT: Deposit,
    EntryKind.REFUND: Purchase,
    EntryKind.INCOME: Deposit,
    EntryKind.TRANSFER: Transfer,
    EntryKind.CHARGE: wire.Invoice,
}
_VOIDED: Mapping[type[_Row], Mapping[str, str]] = {
    wire.Payment: {"operation": "update", "include": "void"},
    wire.Invoice: {"operation": "void"},
}
_DELETED = {"operation": "delete"}


def take_back(client: QuickBooksClient, kind: EntryKind, external_id: str, idempotency_key: str) -> None:
    """Take an entry back. One that is gone already is left alone; one changed meanwhile is read again, once."""
    try:
        _take_back(client, kind, external_id, idempotency_key)
    except Stale:
        _take_back(client, kind, external_id, idempotency_key)


def _take_back(client: QuickBooksClient, kind: EntryKind, external_id: str, idempotency_key: str) -> None:
    home = _HOMES[kind]
    row = _living(client, home, external_id)
    if row is None:
        return
    if kind is EntryKind.OVERPAYMENT and isinstance(row, wire.Payment) and _is_used(row):
        raise Rejected(_USED)
    if isinstance(row, wire.Invoice) and row.balance != row.total:
        # QuickBooks would void it, and turn what was paid into a credit that nobody has asked for.
        raise Rejected(_SETTLED)
    body: dict[str, object] = {"Id": external_id, "SyncToken": row.sync_token}
    if home in _VOIDED:
        body["sparse"] = True
    step = request_id(idempotency_key, f"take back {uuid4()}")
    try:
        client.write(home.__name__.lower(), body, parameters=_VOIDED.get(home, _DELETED), request_id=step)
    except Refused as refused:
        # Somebody may have deleted it in the moment between.
        if refused.code != NOT_FOUND or _living(client, home, external_id) is not None:
            raise


def _living(client: QuickBooksClient, home: type[_Row], external_id: str) -> _Row | None:
    """The entry, if there is anything to take back: what is voided stays, without an amount."""
    entity = home.__name__
    try:
        raw = client.read(f"{entity.lower()}/{external_id}").record(entity)
    except NotFound:
        return None
    row = read(raw, home, is_write=False)
    is_voided = row.total == 0 and not isinstance(row, Deposit)
    return None if is_voided else row


def _is_used(payment: wire.Payment) -> bool:
    return payment.unapplied is not None and payment.unapplied != payment.total
