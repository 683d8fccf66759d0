"""Money that comes in and fits no invoice, and what becomes of it."""

from decimal import Decimal

from sandbox.xero.books.rules import BooksRefuseError
from sandbox.xero.books.unapplied import Overpayment, Prepayment
from sandbox.xero.edits.contacts import find_contact
from sandbox.xero.state import XeroState


def receive(state: XeroState, name_or_id: str, amount: Decimal, *, early: bool) -> Overpayment | Prepayment:
    """A contact pays more than was asked for or, `early`, before anything was; in the base currency."""
    books, contact = state.main, find_contact(state, name_or_id)
    if amount <= 0:
        raise BooksRefuseError("The amount must be greater than 0.")
    kind: type[Overpayment] | type[Prepayment] = Prepayment if early else Overpayment
    record = kind(
        id=books.new_id(),
        contact=contact,
        total=amount,
        currency=books.base_currency,
        received=books.today(),
        updated=books.moment(),
    )
    if isinstance(record, Prepayment):
        books.prepayments[record.id] = record
    else:
        books.overpayments[record.id] = record
    books.touch(record, created=True)
    return record


def void_received(state: XeroState, identity: str) -> Overpayment | Prepayment:
    """Somebody voids it."""
    books = state.main
    record = books.overpayments.get(identity) or books.prepayments.get(identity)
    if record is None:
        raise LookupError(f"there is no overpayment or prepayment {identity}")
    record.status = "VOIDED"
    books.touch(record)
    return record
