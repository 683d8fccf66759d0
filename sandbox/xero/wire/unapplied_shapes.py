"""The shapes of overpayments and prepayments."""

from sandbox.xero.books.unapplied import Overpayment, Prepayment
from sandbox.xero.wire.dates import date_string, written_date, written_moment
from sandbox.xero.wire.embedded import Shape


def unapplied(record: Overpayment | Prepayment) -> Shape:
    """Money with what is left of it."""
    kind = type(record).__name__
    return {
        f"{kind}ID": record.id,
        "ID": record.id,
        "Type": f"RECEIVE-{kind.upper()}",
        "Contact": {"ContactID": record.contact.id, "Name": record.contact.name},
        "Status": record.status,
        "Reference": "",
        "CurrencyCode": record.currency,
        "SubTotal": record.total,
        "Total": record.total,
        "RemainingCredit": record.remaining,
        "Date": written_date(record.received),
        "DateString": date_string(record.received),
        "Allocations": [],
        "Payments": [],
        "LineItems": [],
        "HasAttachments": False,
        "UpdatedDateUTC": written_moment(record.updated),
    }
