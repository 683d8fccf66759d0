"""Whether a company's records fit together, so that a broken file is refused before anything loads."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.companies.amounts import TAX_RATES, total
from sandbox.companies.company import Company, CreditNote, Invoice

CURRENCY_LENGTH = 3


def problems(company: Company) -> list[str]:
    """Everything wrong with a company, each in one plain sentence; empty when it is sound."""
    return [*_names(company), *_invoices(company), *_credit_notes(company), *_balances(company)]


def _names(company: Company) -> Iterator[str]:
    if not company.users:
        yield "The company has no user, so nobody could connect it."
    yield from _repeated("contact", (contact.name for contact in company.contacts))
    yield from _repeated("account code", (account.code for account in company.accounts if account.code))
    yield from _repeated("account name", (account.name for account in company.accounts))
    yield from _zone(company)
    numbers = (i.number for i in company.invoices if i.type == "ACCREC")
    yield from _repeated("sales invoice number", numbers)
    yield from _repeated("credit note number", (note.number for note in company.credit_notes))


def _zone(company: Company) -> Iterator[str]:
    try:
        ZoneInfo(company.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"The time zone {company.timezone!r} is unknown; a name such as Europe/London is needed."


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"The {what} {name!r} is used {count} times; it must be unique."


def _invoices(company: Company) -> Iterator[str]:
    contacts = {contact.name for contact in company.contacts}
    accounts = company.account_by_reference.keys()
    for invoice in company.invoices:
        label = f"Invoice {invoice.number}"
        yield from _document(label, invoice, contacts, accounts)
        if invoice.due < invoice.issued:
            yield f"{label} is due before it was issued."
        for payment in invoice.payments:
            if payment.account not in accounts:
                yield f"{label} has a payment on account {payment.account!r}, which does not exist."
            if payment.amount <= 0:
                yield f"{label} has a payment of {payment.amount}; payments must be above zero."


def _credit_notes(company: Company) -> Iterator[str]:
    contacts = {contact.name for contact in company.contacts}
    accounts = company.account_by_reference.keys()
    invoices = {i.number: i for i in company.invoices if i.type == "ACCREC"}
    for note in company.credit_notes:
        label = f"Credit note {note.number}"
        yield from _document(label, note, contacts, accounts)
        if sum((a.amount for a in note.allocations), Decimal(0)) > total(note.lines):
            yield f"{label} settles more than it is worth."
        for allocation in note.allocations:
            invoice = invoices.get(allocation.invoice)
            if invoice is None:
                yield f"{label} settles invoice {allocation.invoice!r}, which does not exist."
            elif invoice.currency != note.currency:
                yield f"{label} is in {note.currency}, but invoice {invoice.number} in {invoice.currency}."


def _document(
    label: str, document: Invoice | CreditNote, contacts: set[str], accounts: Collection[str]
) -> Iterator[str]:
    if document.contact not in contacts:
        yield f"{label} names the contact {document.contact!r}, who does not exist."
    if len(document.currency) != CURRENCY_LENGTH or not document.currency.isupper():
        yield f"{label} has the currency {document.currency!r}; three capital letters are needed."
    for line in document.lines:
        if line.account not in accounts:
            yield f"{label} has a line on account {line.account!r}, which does not exist."
        if line.tax_type not in TAX_RATES:
            yield f"{label} has the tax type {line.tax_type!r}; known are {', '.join(TAX_RATES)}."


def _balances(company: Company) -> Iterator[str]:
    credited: dict[str, Decimal] = defaultdict(Decimal)
    for note in company.credit_notes:
        for allocation in note.allocations:
            credited[allocation.invoice] += allocation.amount
    for invoice in company.invoices:
        if any(line.tax_type not in TAX_RATES for line in invoice.lines):
            continue
        paid = sum((p.amount for p in invoice.payments if not p.deleted), Decimal(0))
        settled = paid + (credited[invoice.number] if invoice.type == "ACCREC" else 0)
        worth = total(invoice.lines)
        if settled > worth:
            yield f"Invoice {invoice.number} has {settled} paid and credited, more than its total of {worth}."
        if settled and invoice.status != "AUTHORISED":
            yield f"Invoice {invoice.number} is {invoice.status} but has payments or credits."
