"""A storm of edits: what a busy day of many people does to the books, the same for the same seed."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import ONE, digits, rounded
from sandbox.quickbooks.books.records import Customer, Invoice, Payment
from sandbox.quickbooks.books.rules import Refused
from sandbox.quickbooks.edits import company, invoices, payments

NEW_AMOUNT = (Decimal(20), Decimal(2000))
TOGETHER = 3
LOOK_AGAIN_AFTER = 25
NAME_KEPT = 60


def storm(books: Books, edits_wanted: int, seed: int) -> dict[str, int]:
    """Random payments, credits, voids, deletes, merges, due dates, addresses, names and new invoices.

    How many of each were made; an edit that the books refuse counts as "refused". Callers hold the
    world's lock.
    """
    chance, known = random.Random(seed), _Known(books)
    made: Counter[str] = Counter()
    for _ in range(edits_wanted):
        invoice = known.pick(chance)
        if invoice is None:
            break
        (name,) = chance.choices(list(EDITS), list(WEIGHTS.values()))
        try:
            EDITS[name](Gust(books, invoice, chance))
            made[name] += 1
        except Refused:
            made["refused"] += 1
    return dict(made)


class _Known:
    """The open invoices, looked up anew now and then only: large books have ten thousand."""

    def __init__(self, books: Books) -> None:
        self._books, self._picked = books, 0
        self._open: list[Invoice] = []

    def pick(self, chance: random.Random) -> Invoice | None:
        """One that is open at this moment; None if there is none."""
        if self._picked % LOOK_AGAIN_AFTER == 0:
            self._look()
        self._picked += 1
        while self._open or self._look():
            invoice = chance.choice(self._open)
            if invoice.balance > 0 and self._books.invoices.get(invoice.id) is invoice:
                return invoice
            self._open.remove(invoice)
        return None

    def _look(self) -> list[Invoice]:
        self._open = [invoice for invoice in self._books.invoices.values() if invoice.balance > 0]
        return self._open


@dataclass(frozen=True)
class Gust:
    """One edit about to happen around an open invoice."""

    books: Books
    invoice: Invoice
    chance: random.Random

    @property
    def customer(self) -> Customer:
        return self.invoice.customer

    def part(self) -> Decimal:
        """Ten to ninety per cent of what is open, and at least the smallest coin."""
        share = rounded(self.invoice.balance * self.chance.randint(10, 90) / 100, self.invoice.currency)
        return max(share, ONE.scaleb(-digits(self.invoice.currency)))

    def payment(self) -> Payment | None:
        """A payment of anybody that holds money and is not in a deposit."""
        live = [p for p in self.books.payments.values() if p.total > 0 and p.deposit is None]
        return self.chance.choice(live) if live else None


def _pay(gust: Gust) -> object:
    return payments.pay_invoice(gust.books, gust.invoice)


def _pay_part(gust: Gust) -> object:
    return payments.pay_invoice(gust.books, gust.invoice, gust.part())


def _pay_too_much(gust: Gust) -> object:
    return payments.pay_invoice(gust.books, gust.invoice, gust.invoice.balance + gust.part())


def _pay_several(gust: Gust) -> object:
    others = [i for i in gust.customer.invoices if i.balance > 0 and i is not gust.invoice]
    return payments.pay_together(gust.books, [gust.invoice, *others[: TOGETHER - 1]])


def _credit_part(gust: Gust) -> object:
    return invoices.credit_invoice(gust.books, gust.invoice, gust.part())


def _void(gust: Gust) -> object:
    return invoices.void_invoice(gust.books, gust.invoice)


def _delete(gust: Gust) -> object:
    return invoices.delete_invoice(gust.books, gust.invoice)


def _move_due_date(gust: Gust) -> object:
    later = gust.invoice.due + timedelta(days=gust.chance.randint(1, 30))
    return invoices.edit_due_date(gust.books, gust.invoice, later)


def _delete_payment(gust: Gust) -> object:
    payment = gust.payment()
    return _pay(gust) if payment is None else payments.delete_payment(gust.books, payment)


def _void_payment(gust: Gust) -> object:
    payment = gust.payment()
    return _pay(gust) if payment is None else payments.void_payment(gust.books, payment)


def _change_email(gust: Gust) -> object:
    email = f"ap-{gust.chance.randrange(10**6)}@moved.example"
    return company.change_email(gust.books, gust.customer, email)


def _rename(gust: Gust) -> object:
    name = f"{gust.customer.name[:NAME_KEPT]} {gust.chance.randrange(10**6)}"
    return company.rename_contact(gust.books, gust.customer, name)


def _merge(gust: Gust) -> object:
    """Somebody else of the same currency turns out to be the invoice's customer."""
    own = gust.customer
    known = gust.books.customers.values()
    others = [c for c in known if c.active and c.currency == own.currency and c is not own]
    if not others:
        return _rename(gust)
    return company.merge_contacts(gust.books, gust.chance.choice(others), own)


def _raise_another(gust: Gust) -> object:
    low, high = NEW_AMOUNT
    amount = low + (high - low) * Decimal(gust.chance.random())
    return invoices.raise_invoice(gust.books, gust.customer, amount)


EDITS: dict[str, Callable[[Gust], object]] = {
    "paid": _pay,
    "part paid": _pay_part,
    "overpaid": _pay_too_much,
    "paid together": _pay_several,
    "part credited": _credit_part,
    "voided": _void,
    "deleted": _delete,
    "due date moved": _move_due_date,
    "payment deleted": _delete_payment,
    "payment voided": _void_payment,
    "e-mail changed": _change_email,
    "renamed": _rename,
    "merged": _merge,
    "raised": _raise_another,
}
USUALLY = 3
# About as many invoices become open as are settled, so that a long storm does not run out of them.
OTHERWISE = {"raised": 6, "overpaid": 1, "paid together": 1, "merged": 1, "renamed": 1}
WEIGHTS = {name: OTHERWISE.get(name, USUALLY) for name in EDITS}
