"""Money that comes in and fits no invoice, and what becomes of it; and what the bank statement agrees with."""

from datetime import date
from decimal import Decimal

from sandbox.xero.books.records import BankTransaction, BankTransfer, Payment
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
    record = _received(state, identity)
    record.status = "VOIDED"
    state.main.touch(record)
    return record


def give_back(state: XeroState, identity: str, amount: Decimal) -> Overpayment | Prepayment:
    """Somebody refunds some of it by hand; the account that it is paid from is not modelled."""
    record = _received(state, identity)
    if not 0 < amount <= record.remaining:
        raise BooksRefuseError("The amount must be greater than 0, and no more than what is left.")
    record.given_back += amount
    state.main.touch(record)
    return record


def reconcile(state: XeroState, identity: str) -> Payment | BankTransaction | BankTransfer:
    """Somebody matches an entry with a line of the bank statement."""
    record = _entry(state, identity)
    record.is_reconciled = True
    state.main.touch(record)
    return record


def move_entry(state: XeroState, identity: str, day: date) -> BankTransaction | BankTransfer:
    """Somebody gives an entry another day. A payment on an invoice keeps its own."""
    record = _entry(state, identity)
    if isinstance(record, Payment):
        raise ValueError("a payment can only be deleted")
    if isinstance(record, BankTransfer):
        record.moved = day
    else:
        record.issued = day
    state.main.touch(record)
    return record


def _entry(state: XeroState, identity: str) -> Payment | BankTransaction | BankTransfer:
    books = state.main
    record = (
        books.payments.get(identity)
        or books.bank_transactions.get(identity)
        or books.bank_transfers.get(identity)
    )
    if record is None:
        raise LookupError(f"there is no entry {identity}")
    return record


def _received(state: XeroState, identity: str) -> Overpayment | Prepayment:
    """By its own id, or by that of the bank transaction that it came with."""
    books = state.main
    entry = books.bank_transactions.get(identity)
    identity = entry.overpayment_id or identity if entry else identity
    record = books.overpayments.get(identity) or books.prepayments.get(identity)
    if record is None:
        raise LookupError(f"there is no overpayment or prepayment {identity}")
    return record
