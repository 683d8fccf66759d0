"""Money brought to the clearing account by a bank deposit: payments less a fee, or money that came back.

A deposit of payments brings them in gross, and a negative line takes the fee out: what reaches the clearing account
is then what the processor pays out. A deposit has no field that can be searched for our mark, so those of its day are
read and the mark is looked for in their notes.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from app.connectors.base import BookedEntry, FeeEntry, IncomeEntry
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.booking_marks import note, request_id
from app.connectors.quickbooks.booking_rows import Deposit, booked, found, of_day, only_noted, read
from app.connectors.quickbooks.booking_surroundings import Surroundings, surroundings
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import Rejected

_PAGE = 1000
_PAYMENT_GONE = (
    "A payment that this deposit should gather is no longer in QuickBooks. If you deleted it, press Try again at "
    "the payment first; if you deposited it yourself, say here that you booked it yourself."
)
_NOTHING = "There is no payment to deposit. Choose another way to book card fees in Settings, Booking."
_UNTAXED = (
    "A card fee within a deposit has no tax code. Choose no tax, or fees as an expense, in Settings, Booking."
)


def find_fee(client: QuickBooksClient, marker: str, booked_on: date) -> BookedEntry | None:
    """The deposit of that day with the marker in its note, with the fee that it holds."""
    return only_noted(of_day(client, Deposit, booked_on), marker, fee_in, "deposit")


def find_income(client: QuickBooksClient, marker: str, booked_on: date) -> BookedEntry | None:
    """The deposit of that day with the marker in its note, with all that it brings."""
    return only_noted(of_day(client, Deposit, booked_on), marker, lambda row: row.total, "deposit")


def fee_in(deposit: Deposit) -> Decimal:
    """What a deposit takes out besides the payments it gathers, as a positive amount. Pure."""
    amounts = (line.amount or Decimal(0) for line in deposit.lines or () if not line.linked)
    return -sum((amount for amount in amounts if amount < 0), Decimal(0))


def record_fee(client: QuickBooksClient, entry: FeeEntry, idempotency_key: str) -> BookedEntry:
    """Enter the deposit. Raises Rejected if one of the payments is gone, or deposited already."""
    if entry.tax_code is not None:
        raise Rejected(_UNTAXED)
    around = surroundings(client, entry.clearing_account_external_id)
    body = deposit_body(entry, _payments(client, entry.payment_external_ids), around)
    answer = client.write("deposit", body, request_id=request_id(idempotency_key))
    row = read(answer.record("Deposit"), Deposit, is_write=True)
    return booked(row.id, fee_in(row))


def record_income(client: QuickBooksClient, entry: IncomeEntry, idempotency_key: str) -> BookedEntry:
    """Enter money that came back from a customer."""
    around = surroundings(client, entry.clearing_account_external_id)
    answer = client.write("deposit", income_body(entry, around), request_id=request_id(idempotency_key))
    row = read(answer.record("Deposit"), Deposit, is_write=True)
    return booked(row.id, row.total)


def deposit_body(
    entry: FeeEntry, payments: Sequence[wire.Payment], around: Surroundings
) -> dict[str, object]:
    """The deposit as QuickBooks' JSON, of payments just read. A fee of zero has no line. Pure."""
    lines = [_gathered(payment) for payment in payments]
    if entry.amount:
        lines.append(_taken_out(entry))
    return _brought(entry, lines, around)


def income_body(entry: IncomeEntry, around: Surroundings) -> dict[str, object]:
    """Money that came back as QuickBooks' JSON. Pure."""
    detail = {
        "AccountRef": {"value": entry.account.external_id},
        "Entity": {"value": entry.customer_external_id, "type": "Customer"},
    }
    line = {
        "Amount": entry.amount,
        "Description": entry.description,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": detail,
    }
    return _brought(entry, [line], around)


def _brought(
    entry: FeeEntry | IncomeEntry, lines: Sequence[dict[str, object]], around: Surroundings
) -> dict[str, object]:
    return {
        "DepositToAccountRef": {"value": entry.clearing_account_external_id},
        "TxnDate": entry.booked_on.isoformat(),
        "PrivateNote": note(entry.marker, entry.description),
        "Line": lines,
        **around.common(),
    }


def _gathered(payment: wire.Payment) -> dict[str, object]:
    linked = {"TxnId": payment.id, "TxnType": "Payment", "TxnLineId": "0"}
    return {"Amount": payment.total, "LinkedTxn": [linked]}


def _taken_out(entry: FeeEntry) -> dict[str, object]:
    return {
        "Amount": -entry.amount,
        "Description": entry.description,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": entry.expense_account.external_id}},
    }


def _payments(client: QuickBooksClient, ids: Sequence[str]) -> list[wire.Payment]:
    if not ids:
        raise Rejected(_NOTHING)
    listed = ", ".join(map(quoted, ids))
    query = f"select * from Payment where Id in ({listed}) maxresults {_PAGE}"  # noqa: S608
    rows = {row.id: row for row in found(client.query(query), wire.Payment) if row.total}
    if not rows.keys() >= set(ids):
        raise Rejected(_PAYMENT_GONE)
    return [rows[identity] for identity in ids]
