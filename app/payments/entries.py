"""Which entries a payment asks for in the ledger, and under which marks they are found again. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.kit.clock import local_date
from app.models import WriteBackKind

# Ledgers with references of 255 characters and notes of 250 take them whole: room for Stripe's id and a number.
_LONGEST_NUMBER = 80


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a payment is for which invoice."""

    invoice_id: UUID
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaidCheckout:
    """A payment with what its entries need to know."""

    payment: str
    """The processor's id of it."""
    currency: str
    paid_at: datetime
    link_made_at: datetime
    zone: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be made."""

    kind: WriteBackKind
    invoice_id: UUID | None
    currency: str
    amount: Decimal
    booked_on: date
    marker: str


def entries(paid: PaidCheckout, *, keeps_notes: bool) -> Iterator[Entry]:
    """A payment for each invoice, booked on the day the payer paid in the organisation's zone, and its note."""
    booked_on = local_date(paid.paid_at, paid.zone)
    for part in paid.parts:
        common = (part.invoice_id, paid.currency, part.amount, booked_on)
        yield Entry(WriteBackKind.PAYMENT, *common, payment_marker(paid, part))
        if keeps_notes:
            yield Entry(WriteBackKind.NOTE, *common, note_text(paid, part))


def fee_entry(payment: str, *, fee: Decimal, currency: str, paid_at: datetime, zone: str) -> Entry:
    """The processor's fee, as its own entry beside the payment."""
    booked_on = local_date(paid_at, zone)
    return Entry(WriteBackKind.FEE, None, currency, fee, booked_on, f"Stripe fee {payment}")


def payment_marker(paid: PaidCheckout, part: Part) -> str:
    """The reference of a payment: Stripe's id, and the invoice if the payment is for several."""
    return f"Stripe {paid.payment}" if len(paid.parts) == 1 else f"Stripe {paid.payment} {_named(paid, part)}"


def note_text(paid: PaidCheckout, part: Part) -> str:
    """The note in an invoice's history, or the payment's memo. A note is found by its text, as no other is like it."""
    day = local_date(paid.link_made_at, paid.zone)
    return (
        f"Invoice {_named(paid, part)} paid by card through the pay link of {day.day} {day:%b %Y}, "
        f"Stripe {paid.payment}, DueMate"
    )


def _named(paid: PaidCheckout, part: Part) -> str:
    """The invoice's number, cut to fit, and told apart where two invoices of the payment share it."""
    number = _plain(part.number)
    is_alone = sum(_plain(other.number) == number for other in paid.parts) == 1
    return number if number and is_alone else f"{number} {part.invoice_id.hex[-12:]}".strip()


def _plain(number: str) -> str:
    """As a ledger gives it back unchanged: no control characters, no runs of spaces, none at the ends."""
    printable = "".join(character if character.isprintable() else " " for character in number)
    return " ".join(printable.split())[:_LONGEST_NUMBER].rstrip()
