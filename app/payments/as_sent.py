"""Whether the ledger shows an entry as we sent it, to the cent, in its own currency and in its account's. Pure."""

from app.connectors.base import BookedEntry
from app.kit.errors import Rejected
from app.kit.money import rounded
from app.payments.in_words import money
from app.payments.work import Work


def compare(work: Work, booked: BookedEntry) -> None:
    """Raises Rejected with a sentence if it does not."""
    currency = work.currency if work.arrived else work.clearing_currency
    if booked.amount != work.entered:
        raise Rejected(
            f"{work.ledger} shows {currency} {booked.amount:f} under {work.marker}, but it should be "
            f"{work.entered:f}. Please compare it with Stripe."
        )
    if work.arrived is None:
        return
    into, due = work.arrived.currency, work.arrived.amount
    if booked.arrived is None or rounded(booked.arrived, into) != due:
        shown = money(booked.arrived, into) if booked.arrived is not None else f"no amount in {into}"
        raise Rejected(
            f"{work.ledger} shows {shown} on the clearing account under {work.marker}, but Stripe changed the "
            f"payment into {money(due, into)}. Correct its exchange rate in {work.ledger} and press Try again, or "
            "undo the entry."
        )
