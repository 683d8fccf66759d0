"""Entries as Xero's JSON. Pure. Amounts stay Decimals; `wire.encode` writes them as exact numbers.

Each raises Rejected for what Xero has no entry for.
"""

from datetime import date
from decimal import Decimal

from app.connectors.base import (
    AccountRef,
    ChargeEntry,
    FeeEntry,
    FeeStyle,
    IncomeEntry,
    OverpaymentEntry,
    PaymentEntry,
    RefundEntry,
    TransferEntry,
)
from app.connectors.rates import foreign_for_base
from app.kit.errors import Rejected

Body = dict[str, object]
OVERPAYMENT = "RECEIVE-OVERPAYMENT"
NO_TAX = "NONE"
SALES_INVOICE = "ACCREC"
# Both ledgers keep two decimals whatever the currency (assumed of Xero's totals; unit prices may have four).
_CENT = Decimal("0.01")


def payment(entry: PaymentEntry) -> Body:
    """A payment of one invoice. Xero has no room for the memo: the invoice's history takes it as a note.

    Xero's batch payments are for several invoices, but then none of them could be taken back by itself.
    """
    if entry.account_external_id is None:
        raise Rejected("Xero books a payment to an account. Choose a clearing account in Settings, Booking.")
    if len(entry.parts) != 1:
        raise Rejected("Xero books one payment for each invoice. Enter the payment once for each of them.")
    [part] = entry.parts
    rate = {"CurrencyRate": foreign_for_base(part.amount, entry.arrived)} if entry.arrived else {}
    return {
        "Invoice": {"InvoiceID": part.invoice_external_id},
        "Account": {"AccountID": entry.account_external_id},
        "Date": entry.booked_on.isoformat(),
        "Amount": _kept(part.amount),
        "Reference": entry.marker,
        **rate,
    }


def fee(entry: FeeEntry) -> Body:
    """A fee as money spent. Raises Rejected for the other style, which Xero has no entry for."""
    if entry.style is not FeeStyle.EXPENSE:
        raise Rejected("Xero books a card fee as money spent. Choose that way in Settings, Booking.")
    return _money(
        "SPEND",
        contact={"Name": entry.payee},
        bank=entry.clearing_account_external_id,
        booked_on=entry.booked_on,
        reference=entry.marker,
        line=_line(entry.description, entry.amount, entry.expense_account, tax=entry.tax_code or NO_TAX),
    )


def refund(entry: RefundEntry) -> Body:
    """Money given back, as money spent to the customer."""
    return _with_customer("SPEND", entry)


def income(entry: IncomeEntry) -> Body:
    """Money that came back, as money received from the customer."""
    return _with_customer("RECEIVE", entry)


def overpayment(entry: OverpaymentEntry) -> Body:
    """Money that no invoice takes. It has no reference at Xero, so the marker stands in its line's description.

    It is not told which account it is owed from: Xero takes accounts receivable. It has its bank account's currency.
    """
    if entry.arrived is not None:
        raise Rejected(
            f"Xero keeps a credit in the currency of its bank account, {entry.arrived.currency}, where no "
            f"invoice in {entry.arrived.paid_in} could use it. Enter it by hand."
        )
    return {
        "Type": OVERPAYMENT,
        "Contact": {"ContactID": entry.customer_external_id},
        "BankAccount": {"AccountID": entry.clearing_account_external_id},
        "Date": entry.booked_on.isoformat(),
        "LineAmountTypes": "NoTax",
        "LineItems": [
            {"Description": f"{sentence(entry.marker)}{entry.memo}", "LineAmount": _kept(entry.amount)},
        ],
    }


def sentence(marker: str) -> str:
    """A marker within a text: INV-1 must not be found in INV-10."""
    return f"{marker}. "


def transfer(entry: TransferEntry) -> Body:
    """Money moved from one bank account to another."""
    return {
        "FromBankAccount": {"AccountID": entry.from_account_external_id},
        "ToBankAccount": {"AccountID": entry.to_account_external_id},
        "Amount": _kept(entry.amount),
        "Date": entry.booked_on.isoformat(),
        "Reference": entry.marker,
    }


def charge(entry: ChargeEntry) -> Body:
    """A sales invoice of one line, approved, so that it is owed at once. Its marker is its reference."""
    return {
        "Type": SALES_INVOICE,
        "Status": "AUTHORISED",
        "Contact": {"ContactID": entry.customer_external_id},
        "Date": entry.issued_on.isoformat(),
        "DueDate": entry.due_on.isoformat(),
        "CurrencyCode": entry.currency,
        "Reference": entry.marker,
        "LineAmountTypes": "NoTax",
        "LineItems": [_line(entry.description, entry.amount, entry.income_account)],
    }


def _with_customer(kind: str, entry: RefundEntry | IncomeEntry) -> Body:
    return _money(
        kind,
        contact={"ContactID": entry.customer_external_id},
        bank=entry.clearing_account_external_id,
        booked_on=entry.booked_on,
        reference=entry.marker,
        line=_line(entry.description, entry.amount, entry.account),
    )


def _money(kind: str, *, contact: Body, bank: str, booked_on: date, reference: str, line: Body) -> Body:
    return {
        "Type": kind,
        "Contact": contact,
        "BankAccount": {"AccountID": bank},
        "Date": booked_on.isoformat(),
        "Reference": reference,
        "LineAmountTypes": "Inclusive",
        "LineItems": [line],
    }


def _line(description: str, amount: Decimal, account: AccountRef, *, tax: str = NO_TAX) -> Body:
    if not account.code:
        raise Rejected(
            "Xero books to accounts that have a code. Choose another account in Settings, Booking."
        )
    return {
        "Description": description,
        "Quantity": 1,
        "UnitAmount": _kept(amount),
        "AccountCode": account.code,
        "TaxType": tax,
    }


def _kept(amount: Decimal) -> Decimal:
    """The amount, if Xero would keep all of it."""
    if amount != amount.quantize(_CENT):
        raise Rejected(
            f"Xero keeps two decimals of an amount, so {amount.normalize():f} cannot stand in it exactly. Enter it by "
            "hand, rounded, and say that you booked it yourself."
        )
    return amount
