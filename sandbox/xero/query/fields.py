"""The fields of each kind of record that lists can be filtered and sorted by."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.xero.books.records import (
    Account,
    BankTransaction,
    BankTransfer,
    Contact,
    CreditNote,
    Invoice,
    Payment,
)
from sandbox.xero.books.unapplied import Overpayment, Prepayment
from sandbox.xero.wire.dates import midnight

Read = Callable[[Any], Any]
Fields = Mapping[str, Read]

DOCUMENT: dict[str, Read] = {
    "Type": lambda r: r.type,
    "Status": lambda r: r.status,
    "Date": lambda r: midnight(r.issued),
    "Reference": lambda r: r.reference,
    "Total": lambda r: r.total,
    "CurrencyCode": lambda r: r.currency,
    "UpdatedDateUTC": lambda r: r.updated,
    "Contact.ContactID": lambda r: r.contact.id,
    "Contact.Name": lambda r: r.contact.name,
}
UNAPPLIED: dict[str, Read] = {
    "Status": lambda r: r.status,
    "Date": lambda r: midnight(r.received),
    "Total": lambda r: r.total,
    "CurrencyCode": lambda r: r.currency,
    "UpdatedDateUTC": lambda r: r.updated,
    "Contact.ContactID": lambda r: r.contact.id,
}
FIELDS: dict[type, Fields] = {
    Invoice: DOCUMENT
    | {
        "InvoiceID": lambda r: r.id,
        "InvoiceNumber": lambda r: r.number,
        "DueDate": lambda r: midnight(r.due),
        "AmountDue": lambda r: r.amount_due,
        "AmountPaid": lambda r: r.amount_paid,
        "AmountCredited": lambda r: r.amount_credited,
        "SentToContact": lambda r: r.sent,
    },
    CreditNote: DOCUMENT
    | {
        "CreditNoteID": lambda r: r.id,
        "CreditNoteNumber": lambda r: r.number,
        "RemainingCredit": lambda r: r.remaining,
    },
    BankTransaction: DOCUMENT
    | {
        "BankTransactionID": lambda r: r.id,
        # Filtering bank transactions by reference is reported to match nothing, whatever it holds.
        "Reference": lambda _: None,
        "IsReconciled": lambda r: r.is_reconciled,
        "BankAccount.AccountID": lambda r: r.account.id,
        "BankAccount.Code": lambda r: r.account.code,
    },
    BankTransfer: {
        "BankTransferID": lambda r: r.id,
        "Date": lambda r: midnight(r.moved),
        "Amount": lambda r: r.amount,
        "Reference": lambda r: r.reference,
        "CreatedDateUTC": lambda r: r.created,
        "UpdatedDateUTC": lambda r: r.updated,
        "FromBankAccount.AccountID": lambda r: r.source.id,
        "ToBankAccount.AccountID": lambda r: r.target.id,
    },
    Payment: {
        "PaymentID": lambda r: r.id,
        "PaymentType": lambda r: r.type,
        "Status": lambda r: r.status,
        "Date": lambda r: midnight(r.paid),
        "Amount": lambda r: r.amount,
        "Reference": lambda r: r.reference,
        "IsReconciled": lambda r: r.is_reconciled,
        "UpdatedDateUTC": lambda r: r.updated,
        "Invoice.InvoiceID": lambda r: r.invoice.id,
        "Invoice.InvoiceNumber": lambda r: r.invoice.number,
        "Account.AccountID": lambda r: r.account.id,
        "Account.Code": lambda r: r.account.code,
    },
    Overpayment: UNAPPLIED | {"OverpaymentID": lambda r: r.id},
    Prepayment: UNAPPLIED | {"PrepaymentID": lambda r: r.id},
    Contact: {
        "ContactID": lambda r: r.id,
        "Name": lambda r: r.name,
        "EmailAddress": lambda r: r.email or None,
        "ContactStatus": lambda r: r.status,
        "IsCustomer": lambda r: bool(r.receivable),
        "IsSupplier": lambda r: r.is_supplier,
        "UpdatedDateUTC": lambda r: r.updated,
    },
    Account: {
        "AccountID": lambda r: r.id,
        "Code": lambda r: r.code,
        "Name": lambda r: r.name,
        "Type": lambda r: r.type,
        "Status": lambda r: r.status,
        "CurrencyCode": lambda r: r.currency,
        "EnablePaymentsToAccount": lambda r: r.takes_payments,
        "UpdatedDateUTC": lambda r: r.updated,
    },
}
SORTABLE = {
    Invoice: {
        "UpdatedDateUTC",
        "Date",
        "DueDate",
        "InvoiceNumber",
        "InvoiceID",
        "Reference",
        "Total",
        "Status",
    },
    CreditNote: {"UpdatedDateUTC", "Date", "CreditNoteNumber", "CreditNoteID", "Total"},
    BankTransaction: {"UpdatedDateUTC", "Date", "BankTransactionID", "Total"},
    BankTransfer: {"UpdatedDateUTC", "CreatedDateUTC", "Date", "Amount"},
    Payment: {"UpdatedDateUTC", "Date", "PaymentID", "Amount"},
    Overpayment: {"UpdatedDateUTC", "Date", "OverpaymentID", "Total"},
    Prepayment: {"UpdatedDateUTC", "Date", "PrepaymentID", "Total"},
    Contact: {"UpdatedDateUTC", "Name", "ContactID", "EmailAddress"},
    Account: {"UpdatedDateUTC", "Code", "Name", "AccountID"},
}
