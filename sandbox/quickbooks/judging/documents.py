"""Documents of the books as rows for judging."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.quickbooks.books.money import ZERO, rounded
from sandbox.quickbooks.books.records import (
    CreditMemo,
    Deposit,
    Invoice,
    Item,
    Payment,
    PaymentLine,
    Purchase,
    Record,
    Settleable,
    Transfer,
)
from sandbox.quickbooks.judging.balances import reached
from sandbox.quickbooks.judging.credit_uses import Use, credit_used

Row = dict[str, Any]
_CENT = Decimal("0.01")  # both home currencies of the stand-in have two digits


def invoice(record: Invoice, items: Mapping[str, Item]) -> Row:
    settling = {line.payment: None for line in record.settled_by}
    uses = [use for payer in settling for use in credit_used(payer) if use.invoice is record]
    credited = sum((use.amount for use in uses), ZERO)
    return {
        "id": record.id,
        "number": record.number,
        "contact_id": record.customer.id,
        "status": _status(record),
        "type": "ACCREC",
        "currency": record.currency,
        "total": _money(record.total, record.currency),
        "amount_due": _money(record.balance, record.currency),
        "amount_paid": _money(record.total - record.balance - credited, record.currency),
        "amount_credited": _money(credited, record.currency),
        "issued": _day(record.dated),
        "due": _day(record.due),
        "reference": record.note,
        "line_account_ids": [items[line.item].income.id for line in record.lines],
        "updated": _updated(record),
    }


def _status(record: Settleable) -> str:
    if record.voided:
        return "VOIDED"
    return "PAID" if record.balance == 0 else "AUTHORISED"


def payment(record: Payment) -> Iterator[Row]:
    """A row for each invoice that the payment settles; one without an invoice if it settles none.

    A payment over nothing that carries credit to an invoice has its row, too: its total is zero.
    """
    common = {
        "id": record.id,
        "contact_id": record.customer.id,
        "total": _money(record.total, record.currency),
        "unapplied": _money(record.unapplied, record.currency),
        "currency": record.currency,
        "bank_amount": str(reached(record.account, record.total, record)),
        "date": _day(record.dated),
        "status": "DELETED" if record.voided else "AUTHORISED",
        "reference": record.number,
        "note": record.note,
        "account_id": record.account.id,
        "account_code": record.account.number,
        "account_name": record.account.name,
        "updated": _updated(record),
    }
    lines = [line for line in record.lines if isinstance(line.document, Invoice)]
    for line in lines:
        own = {"amount": _money(line.amount, record.currency), "gain": str(_gain(line, record))}
        yield {**common, "invoice_id": line.document.id, **own}
    if not lines:
        own = {"amount": _money(record.total, record.currency), "gain": "0.00"}
        yield {**common, "invoice_id": None, **own}


def _gain(line: PaymentLine, record: Payment) -> Decimal:
    """What it brought above what the invoice was worth when it was issued, in the home currency; a loss is negative."""
    reached_home, worth = line.amount * record.rate, line.amount * line.document.rate
    return reached_home.quantize(_CENT, ROUND_HALF_UP) - worth.quantize(_CENT, ROUND_HALF_UP)


def credit_memo(record: CreditMemo) -> Row:
    uses = [use for line in record.settled_by for use in credit_used(line.payment) if use.memo is record]
    return {
        "id": record.id,
        "number": record.number,
        "contact_id": record.customer.id,
        "status": _status(record),
        "currency": record.currency,
        "total": _money(record.total, record.currency),
        "remaining": _money(record.balance, record.currency),
        "allocations": [_allocation(use, record.currency) for use in uses],
        "updated": _updated(record),
    }


def _allocation(use: Use, currency: str) -> Row:
    return {"invoice_id": use.invoice.id, "amount": _money(use.amount, currency), "date": _day(use.dated)}


def purchase(record: Purchase) -> Row:
    return {
        "id": record.id,
        "type": "SPEND",
        "total": _money(record.total, record.currency),
        "currency": record.currency,
        "account_id": record.account.id,
        "account_code": record.account.number,
        "line_account_ids": [line.account.id for line in record.lines],
        "line_account_codes": [line.account.number for line in record.lines],
        "tax_codes": [line.tax_code for line in record.lines],
        "tax": _money(sum((line.tax for line in record.lines), ZERO), record.currency),
        "contact_id": record.payee.id if record.payee else None,
        "reference": record.number or record.note,
        "note": record.note,
        "date": _day(record.dated),
        "status": "VOIDED" if record.voided else "AUTHORISED",
    }


def deposit(record: Deposit) -> Row:
    own = [line.account for line in record.lines if line.account is not None]
    fee = -sum((line.amount for line in record.lines if line.amount < 0), ZERO)
    return {
        "id": record.id,
        "type": "DEPOSIT",
        "total": _money(record.total, record.currency),
        "currency": record.currency,
        "account_id": record.account.id,
        "account_code": record.account.number,
        "line_account_ids": [account.id for account in own],
        "line_account_codes": [account.number for account in own],
        "contact_id": next((line.party.id for line in record.lines if line.party), None),
        "reference": record.number or record.note,
        "note": record.note,
        "date": _day(record.dated),
        "status": "VOIDED" if record.voided else "AUTHORISED",
        "fee": _money(fee, record.currency),
        "payment_ids": [line.payment.id for line in record.lines if line.payment],
    }


def transfer(record: Transfer) -> Row:
    return {
        "id": record.id,
        "from_account_id": record.source.id,
        "to_account_id": record.target.id,
        "amount": _money(record.total, record.currency),
        "currency": record.currency,
        "date": _day(record.dated),
        "reference": record.note,
        "status": "AUTHORISED",
    }


def _money(amount: Decimal, currency: str) -> str:
    return str(rounded(amount, currency))


def _day(day: date) -> str:
    return day.isoformat()


def _updated(record: Record) -> str:
    return record.updated.isoformat()
