"""Which entries money asks for in the ledger, and under which marks they are found again. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.kit.clock import local_date
from app.models import LateFee, WriteBackKind

# Ledgers with references of 255 characters and notes of 250 take them whole: room for Stripe's id and a number.
_LONGEST_NUMBER = 80
_OF_DAY = " (of "
# With an id behind it, none is part of another one: a ledger is searched for them.
_MOVED = {
    WriteBackKind.FEE: "Stripe fee",
    WriteBackKind.SURCHARGE: "Stripe surcharge",
    WriteBackKind.SURCHARGE_RETURNED: "Stripe surcharge refunded",
    WriteBackKind.REFUND: "Stripe refund",
    WriteBackKind.REFUND_RETURNED: "Stripe refund returned",
    WriteBackKind.CHARGEBACK: "Stripe chargeback",
    WriteBackKind.CHARGEBACK_FEE: "Stripe chargeback fee",
    WriteBackKind.CHARGEBACK_RETURNED: "Stripe chargeback returned",
    WriteBackKind.CHARGEBACK_FEE_RETURNED: "Stripe chargeback fee returned",
    WriteBackKind.TRANSFER: "Stripe payout",
}


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


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that moved at the processor, but for no invoice: a fee, money given back or returned, a payout."""

    external_id: str
    """The processor's id of what moved it."""
    currency: str
    amount: Decimal
    """Never negative, but for a payout by which the bank fills up a balance below zero."""
    day: date
    """In the organisation's zone."""


def entries(paid: PaidCheckout, *, keeps_notes: bool) -> Iterator[Entry]:
    """A payment for each invoice, booked on the day the payer paid in the organisation's zone, and its note."""
    booked_on = local_date(paid.paid_at, paid.zone)
    for part in paid.parts:
        common = (part.invoice_id, paid.currency, part.amount, booked_on)
        yield Entry(WriteBackKind.PAYMENT, *common, payment_marker(paid, part))
        if keeps_notes:
            yield Entry(WriteBackKind.NOTE, *common, note_text(paid, part))


def overpayment_entry(paid: PaidCheckout, part: Part, *, beyond: Decimal) -> Entry:
    """What an invoice could not take of its part: the customer's credit."""
    booked_on = local_date(paid.paid_at, paid.zone)
    common = (part.invoice_id, paid.currency, beyond, booked_on)
    return Entry(WriteBackKind.OVERPAYMENT, *common, f"Stripe overpayment {_told(paid, part)}")


def moved_entry(kind: WriteBackKind, moved: Moved) -> Entry:
    """An entry for money that moved for no invoice: it is named after the processor's record of it."""
    marker = f"{_MOVED[kind]} {moved.external_id}"
    return Entry(kind, None, moved.currency, moved.amount, moved.day, marker)


def late_fee_entry(late_fee: LateFee, *, number: str, called: str = "Late fee") -> Entry:
    """The invoice that a charge for paying late becomes; `number` is that of the invoice that is late, `called` what
    such a charge is in the customer's language.

    Raises LookupError if nobody has decided to charge it.
    """
    if late_fee.issued_on is None:
        raise LookupError("a late fee that nobody has charged has no entry")
    # The customer reads it as the reference of the charge; the id's end tells it from every other.
    marker = f"{called} {_plain(number)} {late_fee.id.hex[-12:]}"
    return Entry(WriteBackKind.LATE_FEE, None, late_fee.currency, late_fee.amount, late_fee.issued_on, marker)


def on_another_day(marker: str, true_day: date) -> str:
    """The marker of an entry that a closed period keeps from its own day: it says that day, once."""
    return marker if is_moved(marker) else f"{marker}{_OF_DAY}{true_day.isoformat()})"


def is_moved(marker: str) -> bool:
    """Whether `on_another_day` has made it."""
    return _OF_DAY in marker


def selection_marker(paid: PaidCheckout) -> str:
    """The reference of one payment for all that was paid at once."""
    return f"Stripe {paid.payment}"


def payment_marker(paid: PaidCheckout, part: Part) -> str:
    """The reference of a payment: Stripe's id, and the invoice if the payment is for several."""
    return f"Stripe {_told(paid, part)}"


def note_text(paid: PaidCheckout, part: Part) -> str:
    """The note in an invoice's history, or the payment's memo. A note is found by its text, as no other is like it."""
    return f"Invoice {_named(paid, part)} {_how_paid(paid)}"


def selection_text(paid: PaidCheckout, parts: Sequence[Part]) -> str:
    """The memo of one payment for several invoices."""
    return f"Invoices {', '.join(_named(paid, part) for part in parts)} {_how_paid(paid)}"


def credit_text(paid: PaidCheckout, part: Part) -> str:
    """What stands at a customer's credit."""
    return (
        f"More than invoice {_named(paid, part)} owed, paid by card through a pay link, "
        f"Stripe {paid.payment}, DueMate"
    )


def _how_paid(paid: PaidCheckout) -> str:
    day = local_date(paid.link_made_at, paid.zone)
    return f"paid by card through the pay link of {day.day} {day:%b %Y}, Stripe {paid.payment}, DueMate"


def _told(paid: PaidCheckout, part: Part) -> str:
    return paid.payment if len(paid.parts) == 1 else f"{paid.payment} {_named(paid, part)}"


def _named(paid: PaidCheckout, part: Part) -> str:
    """The invoice's number, cut to fit, and told apart where two invoices of the payment share it."""
    number = _plain(part.number)
    is_alone = sum(_plain(other.number) == number for other in paid.parts) == 1
    return number if number and is_alone else f"{number} {part.invoice_id.hex[-12:]}".strip()


def _plain(number: str) -> str:
    """As a ledger gives it back unchanged: no control characters, no runs of spaces, none at the ends."""
    printable = "".join(character if character.isprintable() else " " for character in number)
    return " ".join(printable.split())[:_LONGEST_NUMBER].rstrip()
