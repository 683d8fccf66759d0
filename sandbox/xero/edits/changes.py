"""Edits of the main company's invoices and payments, its locks and its connection."""

from datetime import date, timedelta
from decimal import Decimal

from sandbox.companies.amounts import rounded
from sandbox.companies.company import Line
from sandbox.xero.books import crediting, invoicing, rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.paying import PaymentOrder, pay, remove
from sandbox.xero.books.records import Account, CreditNote, Invoice, Payment
from sandbox.xero.edits.contacts import find_contact
from sandbox.xero.state import XeroState

DEFAULT_TERMS = timedelta(days=14)


def pay_invoice(
    state: XeroState,
    number: str,
    amount: Decimal | None = None,
    on: date | None = None,
    reference: str = "",
) -> Payment:
    """A payment into a bank account of the invoice's currency; all that is due if no amount is given."""
    books, invoice = state.main, _invoice(state, number)
    order = PaymentOrder(
        invoice=invoice,
        account=_bank(books, invoice.currency),
        amount=invoice.amount_due if amount is None else amount,
        paid=on or books.today(),
        reference=reference or "Paid in Xero",
        rate=invoice.rate,
        is_reconciled=True,
    )
    return pay(books, order)


def delete_payment(state: XeroState, identity: str) -> Payment:
    """Take a payment back: the invoice is open again."""
    payment = state.main.payments.get(identity)
    if payment is None:
        raise LookupError(f"there is no payment {identity}")
    remove(state.main, payment)
    return payment


def void_invoice(state: XeroState, number: str) -> Invoice:
    """Void an authorised invoice; a draft is deleted instead."""
    invoice = _invoice(state, number)
    invoicing.void(state.main, invoice)
    return invoice


def delete_draft(state: XeroState, number: str) -> Invoice:
    """Delete an invoice that nobody has approved yet; an approved one can only be voided."""
    invoice = _invoice(state, number)
    invoicing.change(state.main, invoice, {"status": "DELETED"})
    return invoice


def edit_due_date(state: XeroState, number: str, due: date) -> Invoice:
    """Move the due date. On a part-paid invoice nothing tells of it: that is Xero's blind spot."""
    invoice = _invoice(state, number)
    if due < invoice.issued:
        raise ValueError("the due date cannot be before the invoice date")
    invoicing.change(state.main, invoice, {"due": due})
    return invoice


def raise_invoice(
    state: XeroState,
    *,
    contact: str,
    amount: Decimal,
    currency: str | None = None,
    number: str | None = None,
    issued: date | None = None,
    due: date | None = None,
    reference: str = "",
    status: str = "AUTHORISED",
) -> Invoice:
    """A sales invoice over one untaxed line; due in 14 days unless said otherwise."""
    books = state.main
    buyer = find_contact(state, contact)
    issued = issued or books.today()
    currency = currency or buyer.currency or books.base_currency
    invoice = Invoice(
        id=books.new_id(),
        type="ACCREC",
        number=number or "",
        contact=buyer,
        issued=issued,
        due=due or issued + DEFAULT_TERMS,
        currency=currency,
        rate=books.rate(currency),
        lines=(Line(description="Services", unit_amount=rounded(amount)),),
        status=status,
        reference=reference,
        updated=books.moment(),
    )
    problems = invoicing.objections_to_new(books, invoice) + ([] if amount > 0 else [rules.NOT_POSITIVE])
    if problems:
        raise rules.BooksRefuseError(*problems)
    invoicing.add(books, invoice)
    return invoice


def credit_invoice(state: XeroState, number: str, amount: Decimal | None = None) -> CreditNote:
    """A credit note allocated to the invoice; over all that is due if no amount is given."""
    books, invoice = state.main, _invoice(state, number)
    worth = invoice.amount_due if amount is None else rounded(amount)
    if invoice.status != "AUTHORISED" or not 0 < worth <= invoice.amount_due:
        raise rules.BooksRefuseError(crediting.TOO_MUCH_FOR_INVOICE)
    note = crediting.raise_credit_note(books, invoice, worth, books.today())
    crediting.allocate(books, note, invoice, worth, books.today())
    return note


def archive_account(state: XeroState, code: str) -> Account:
    """Xero sends no webhook for accounts."""
    account = state.main.account(code)
    if account is None:
        raise LookupError(f"there is no account {code}")
    account.status = "ARCHIVED"
    state.main.touch(account)
    return account


def set_lock_date(state: XeroState, day: date | None, *, end_of_year: bool = False) -> None:
    """Lock everything up to and including a day, or lift the lock."""
    if end_of_year:
        state.main.end_of_year_lock_date = day
    else:
        state.main.period_lock_date = day


def set_region(state: XeroState, region: str) -> None:
    """The state or province of the organisation's own address."""
    state.main.region = region


def disconnect(state: XeroState, organisation: str | None = None) -> int:
    """Somebody removes the app in Xero: tokens live on, calls answer 403. How many connections ended.

    `organisation` is a tenant id or a name; the main company if none is given.
    """
    wanted = organisation or state.main.tenant_id
    found = next((b for b in state.organisations.values() if wanted in {b.tenant_id, b.name}), None)
    if found is None:
        raise LookupError(f"there is no organisation {organisation}")
    return state.connections.remove_tenant(found.tenant_id)


def _invoice(state: XeroState, number: str) -> Invoice:
    invoice = state.main.invoice(number)
    if invoice is None:
        raise LookupError(f"there is no invoice {number}")
    return invoice


def _bank(books: Books, currency: str) -> Account:
    """The first bank account in use of this currency, else of the base currency."""
    banks = [a for a in books.accounts.values() if a.type == "BANK" and a.status == "ACTIVE"]
    for wanted in (currency, books.base_currency):
        for account in banks:
            if account.currency == wanted:
                return account
    raise LookupError(f"no bank account in use takes {currency}")
