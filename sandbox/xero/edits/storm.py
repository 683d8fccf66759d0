"""A storm of edits: what a busy day of many people does to the books, the same for the same seed."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from sandbox.companies.amounts import CENT, rounded
from sandbox.xero.books.records import Invoice
from sandbox.xero.books.rules import BooksRefuseError
from sandbox.xero.edits import changes, contacts
from sandbox.xero.state import XeroState

Edit = Callable[[XeroState, Invoice, random.Random], object]
NEW_AMOUNT = (Decimal(20), Decimal(2000))


def storm(state: XeroState, edits_wanted: int, seed: int) -> dict[str, int]:
    """Random payments, part payments, credits, voids, due dates, addresses and new invoices.

    How many of each were made; an edit that the books refuse counts as "refused". Callers hold the
    world's lock.
    """
    chance = random.Random(seed)
    made: Counter[str] = Counter()
    for _ in range(edits_wanted):
        open_ones = [i for i in state.main.sales_by_number.values() if i.status == "AUTHORISED"]
        if not open_ones:
            break
        name = chance.choice(list(EDITS))
        try:
            EDITS[name](state, chance.choice(open_ones), chance)
            made[name] += 1
        except BooksRefuseError:
            made["refused"] += 1
    return dict(made)


def _pay(state: XeroState, invoice: Invoice, _chance: random.Random) -> object:
    return changes.pay_invoice(state, invoice.number)


def _pay_part(state: XeroState, invoice: Invoice, chance: random.Random) -> object:
    part = rounded(invoice.amount_due * Decimal(chance.randint(10, 90)) / 100)
    return changes.pay_invoice(state, invoice.number, max(part, CENT))


def _credit_part(state: XeroState, invoice: Invoice, chance: random.Random) -> object:
    part = rounded(invoice.amount_due * Decimal(chance.randint(10, 90)) / 100)
    return changes.credit_invoice(state, invoice.number, max(part, CENT))


def _void(state: XeroState, invoice: Invoice, _chance: random.Random) -> object:
    return changes.void_invoice(state, invoice.number)


def _move_due_date(state: XeroState, invoice: Invoice, chance: random.Random) -> object:
    return changes.edit_due_date(state, invoice.number, invoice.due + timedelta(days=chance.randint(1, 30)))


def _take_payment_back(state: XeroState, invoice: Invoice, chance: random.Random) -> object:
    live = [
        p for p in state.main.payments.values() if p.status == "AUTHORISED" and p.invoice.type == "ACCREC"
    ]
    if not live:
        return changes.pay_invoice(state, invoice.number)
    return changes.delete_payment(state, chance.choice(live).id)


def _change_email(state: XeroState, invoice: Invoice, chance: random.Random) -> object:
    return contacts.change_email(
        state, invoice.contact.id, f"accounts-{chance.randrange(10**6)}@moved.example"
    )


def _raise_another(state: XeroState, invoice: Invoice, chance: random.Random) -> object:
    low, high = NEW_AMOUNT
    amount = rounded(low + (high - low) * Decimal(chance.random()))
    return changes.raise_invoice(state, contact=invoice.contact.id, amount=amount, currency=invoice.currency)


EDITS: dict[str, Edit] = {
    "paid": _pay,
    "part paid": _pay_part,
    "part credited": _credit_part,
    "voided": _void,
    "due date moved": _move_due_date,
    "payment taken back": _take_payment_back,
    "e-mail changed": _change_email,
    "raised": _raise_another,
}
