"""A company's values as books: ids are derived from names and numbers, so they survive a restart."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from sandbox.companies import company as values
from sandbox.companies.amounts import rounded
from sandbox.companies.company import Company
from sandbox.companies.numbering import numbered
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import (
    ONE,
    Account,
    Allocation,
    Contact,
    CreditNote,
    Invoice,
    Payment,
)

NAMESPACE = uuid.UUID("5d1fb2a5-7c0b-4d0e-9a4e-6f1d0c9b8a77")
CREATED_BEFORE = timedelta(days=900)
CUSTOMARY_RATES = {"EUR": Decimal("1.172500"), "USD": Decimal("1.310000"), "GBP": ONE}


def opened(company: Company, now: Callable[[], datetime]) -> Books:
    """The books of a company as they are at this moment."""
    return _Opening(company, now).books()


@lru_cache(maxsize=4096)
def _identity(name: str) -> str:
    """Remembered, because worlds begin again with the same companies."""
    return str(uuid.uuid5(NAMESPACE, name))


class _Opening:
    def __init__(self, company: Company, now: Callable[[], datetime]) -> None:
        self._company = numbered(company)
        self._start = now().replace(microsecond=0)
        self._books = Books(
            tenant_id=self._id("organisation", ""),
            name=company.name,
            legal_name=company.legal_name or company.name,
            base_currency=company.base_currency,
            country=company.country,
            timezone=company.timezone,
            created=self._start - CREATED_BEFORE,
            now=now,
            period_lock_date=company.period_lock_date,
            end_of_year_lock_date=company.end_of_year_lock_date,
        )

    def books(self) -> Books:
        for account in self._company.accounts:
            self._add_account(account)
        for contact in self._company.contacts:
            self._add_contact(contact)
        self._by_name = {contact.name: contact for contact in self._books.contacts.values()}
        for place, invoice in enumerate(self._company.invoices):
            self._add_invoice(place, invoice)
        for note in self._company.credit_notes:
            self._add_credit_note(note)
        for document in self._books.invoices.values():
            if document.status == "AUTHORISED" and document.amount_due == 0:
                document.status = "PAID"
        return self._books

    def _add_account(self, account: values.Account) -> None:
        record = Account(
            id=self._id("account", account.code),
            code=account.code,
            name=account.name,
            type=account.type,
            updated=self._books.created,
            currency=account.currency,
            takes_payments=account.takes_payments,
            status=account.status,
            system=account.system,
            tax_type=account.tax_type,
        )
        self._books.accounts[record.id] = record

    def _add_contact(self, contact: values.Contact) -> None:
        record = Contact(
            id=self._id("contact", contact.name),
            name=contact.name,
            updated=contact.updated or self._books.created,
            email=contact.email,
            first_name=contact.first_name,
            last_name=contact.last_name,
            phone=contact.phone,
            city=contact.city,
            country=contact.country,
            persons=contact.persons,
            currency=contact.currency,
            terms_days=contact.terms_days,
            status=contact.status,
        )
        self._books.contacts[record.id] = record

    def _add_invoice(self, place: int, invoice: values.Invoice) -> None:
        # Bills repeat their numbers, so their place in the file tells them apart.
        key = invoice.number if invoice.type == "ACCREC" else f"bill {place}"
        record = Invoice(
            id=self._id("invoice", key),
            type=invoice.type,
            number=invoice.number,
            contact=self._by_name[invoice.contact],
            issued=invoice.issued,
            due=invoice.due,
            currency=invoice.currency,
            rate=self._rate(invoice.currency, invoice.rate),
            lines=invoice.lines,
            updated=invoice.updated or self._at_noon(invoice.issued),
            status=invoice.status,
            reference=invoice.reference,
            sent=invoice.sent,
        )
        self._books.invoices[record.id] = record
        if record.type == "ACCREC":
            self._books.sales_by_number[record.number] = record
            record.contact.receivable.append(record)
        else:
            record.contact.is_supplier = True
        for part, payment in enumerate(invoice.payments):
            self._add_payment(f"{key}/{part}", record, payment)

    def _add_payment(self, key: str, invoice: Invoice, payment: values.Payment) -> None:
        account = self._books.account(payment.account)
        if account is None:  # the company's checks have refused this
            raise LookupError(payment.account)
        rate = self._rate(invoice.currency, payment.rate)
        same_currency = account.currency in {None, invoice.currency}
        record = Payment(
            id=self._id("payment", key),
            invoice=invoice,
            account=account,
            amount=rounded(payment.amount),
            bank_amount=rounded(payment.amount if same_currency else payment.amount / rate),
            rate=rate,
            paid=payment.paid,
            updated=min(self._at_noon(payment.paid), self._start),
            reference=payment.reference,
            status="DELETED" if payment.deleted else "AUTHORISED",
            is_reconciled=not payment.deleted,
        )
        invoice.payments.append(record)
        self._books.payments[record.id] = record

    def _add_credit_note(self, note: values.CreditNote) -> None:
        record = CreditNote(
            id=self._id("credit note", note.number),
            type="ACCRECCREDIT",
            number=note.number,
            contact=self._by_name[note.contact],
            issued=note.issued,
            currency=note.currency,
            rate=self._rate(note.currency, note.rate),
            lines=note.lines,
            updated=note.updated or self._at_noon(note.issued),
            status=note.status,
            reference=note.reference,
        )
        self._books.credit_notes[record.id] = record
        for part, allocation in enumerate(note.allocations):
            invoice = self._books.sales_by_number[allocation.invoice]
            identity = self._id("allocation", f"{note.number}/{part}")
            settled = Allocation(identity, record, invoice, rounded(allocation.amount), allocation.allocated)
            record.allocations.append(settled)
            invoice.allocations.append(settled)
        if record.status == "AUTHORISED" and record.remaining == 0:
            record.status = "PAID"

    def _id(self, kind: str, key: str) -> str:
        return _identity(f"{self._company.name}/{self._company.key}/{kind}/{key}")

    def _rate(self, currency: str, rate: Decimal | None) -> Decimal:
        """Xero's rate is units of the document's currency per unit of the base currency."""
        if currency == self._company.base_currency:
            return ONE
        known = rate or self._books.rates.get(currency) or CUSTOMARY_RATES.get(currency, ONE)
        return self._books.rates.setdefault(currency, known)

    def _at_noon(self, day: date) -> datetime:
        return min(datetime.combine(day, time(12), UTC), self._start)
