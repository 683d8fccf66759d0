"""A company's values as books: the same company always gets the same realm and the same ids.

Suppliers' bills, drafts and deleted drafts are left out: QuickBooks has no draft invoices. Voided invoices
are there with zero amounts. A removed payment leaves only its tombstone.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sandbox.companies import company as values
from sandbox.companies.company import Company
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.chart import entered
from sandbox.quickbooks.books.money import ONE, RATE_PLACES, ZERO, rounded
from sandbox.quickbooks.books.opening_lines import sales_lines
from sandbox.quickbooks.books.opening_parties import Parties
from sandbox.quickbooks.books.records import (
    VOIDED_NOTE,
    CreditMemo,
    Invoice,
    Item,
    Payment,
    PaymentLine,
    Settleable,
    Tombstone,
)

CREATED_BEFORE = timedelta(days=900)
SERVICES = "Services"
REALM_BEGINS = "9341"
REALM_DIGITS = 12
KEPT = ("AUTHORISED", "VOIDED")


def opened(company: Company, now: Callable[[], datetime]) -> Books:
    """The books of a company as they are at this moment."""
    return _Opening(company, now).books()


def realm_of(company: Company) -> str:
    """Sixteen digits that follow from the company's name and key."""
    digest = hashlib.sha256(f"{company.name}/{company.key}".encode()).digest()
    return f"{REALM_BEGINS}{int.from_bytes(digest[:8]) % 10**REALM_DIGITS:0{REALM_DIGITS}d}"


class _Opening:
    def __init__(self, company: Company, now: Callable[[], datetime]) -> None:
        self._company = company
        self._start = now().replace(microsecond=0)
        self._books = Books(
            realm_id=realm_of(company),
            name=company.name,
            legal_name=company.legal_name or company.name,
            home_currency=company.base_currency,
            country=company.country,
            time_zone=company.timezone,
            created=self._start - CREATED_BEFORE,
            now=now,
            email=company.users[0].email if company.users else "",
            book_close_date=max(filter(None, _locks(company)), default=None),
        )

    def books(self) -> Books:
        company, books = self._company, self._books
        self._chart = entered(books, company.accounts, books.created)
        self._enter_services()
        self._parties = Parties(books, company)
        self._invoices: dict[str, Invoice] = {}
        for invoice in company.invoices:
            if invoice.type == "ACCREC" and invoice.status in KEPT:
                self._add_invoice(invoice)
        for note in company.credit_notes:
            if note.status in KEPT:
                self._add_credit_memo(note)
        used = {record.currency for record in (*books.customers.values(), *books.accounts.values())}
        books.multicurrency = used != {books.home_currency}
        return books

    def _enter_services(self) -> None:
        """The one item that every line sells, as in a company that has never made another."""
        income = next(a for a in self._books.accounts.values() if a.type == "Income")
        identity, moment = self._books.new_id("Item"), self._books.created
        self._books.items[identity] = Item(
            id=identity,
            name=SERVICES,
            currency=income.currency,
            income=income,
            created=moment,
            updated=moment,
        )

    def _add_invoice(self, value: values.Invoice) -> None:
        voided = value.status == "VOIDED"
        customer = self._parties.customer(value.contact, value.currency)
        lines, tax = sales_lines(value.lines, value.currency, self._chart, voided=voided)
        record = Invoice(
            id=self._books.new_id("Invoice"),
            created=self._at_noon(value.issued),
            updated=self._whole(value.updated) or self._at_noon(value.issued),
            sync_token=1 if voided else 0,
            dated=value.issued,
            due=value.due,
            currency=value.currency,
            rate=self._rate(value.currency, value.rate),
            number=value.number,
            note=VOIDED_NOTE if voided else value.reference,
            voided=voided,
            customer=customer,
            lines=lines,
            tax=tax,
            bill_email=customer.email,
            email_status="EmailSent" if value.sent else "NotSet",
        )
        self._books.invoices[record.id] = self._invoices[value.number] = record
        customer.invoices.append(record)
        for payment in value.payments:
            self._add_payment(record, payment)

    def _add_payment(self, invoice: Invoice, value: values.Payment) -> None:
        identity, moment = self._books.new_id("Payment"), self._at_noon(value.paid)
        invoice.sync_token += 1
        invoice.updated = max(invoice.updated, moment)
        if value.deleted:
            self._books.deleted.append(Tombstone("Payment", identity, moment))
            return
        payment = Payment(
            id=identity,
            created=moment,
            updated=moment,
            dated=value.paid,
            currency=invoice.currency,
            rate=self._rate(invoice.currency, value.rate),
            number=value.reference[:21],
            customer=invoice.customer,
            total=rounded(value.amount, invoice.currency),
            account=self._chart.by_key[value.account],
        )
        self._settle(payment, [(invoice, payment.total)])

    def _add_credit_memo(self, value: values.CreditNote) -> None:
        voided = value.status == "VOIDED"
        customer = self._parties.customer(value.contact, value.currency)
        lines, tax = sales_lines(value.lines, value.currency, self._chart, voided=voided)
        memo = CreditMemo(
            id=self._books.new_id("CreditMemo"),
            created=self._at_noon(value.issued),
            updated=self._whole(value.updated) or self._at_noon(value.issued),
            dated=value.issued,
            currency=value.currency,
            rate=self._rate(value.currency, value.rate),
            number=value.number,
            note=VOIDED_NOTE if voided else value.reference,
            voided=voided,
            customer=customer,
            lines=lines,
            tax=tax,
            bill_email=customer.email,
        )
        self._books.credit_memos[memo.id] = memo
        customer.credit_memos.append(memo)
        for allocation in value.allocations:
            self._allocate(memo, allocation)

    def _allocate(self, memo: CreditMemo, value: values.Allocation) -> None:
        """A credit memo settles an invoice through a payment over nothing."""
        amount, moment = rounded(value.amount, memo.currency), self._at_noon(value.allocated)
        payment = Payment(
            id=self._books.new_id("Payment"),
            created=moment,
            updated=moment,
            dated=value.allocated,
            currency=memo.currency,
            rate=memo.rate,
            customer=memo.customer,
            total=ZERO,
            account=self._books.undeposited_funds,
        )
        invoice = self._invoices[value.invoice]
        invoice.sync_token += 1
        self._settle(payment, [(invoice, amount), (memo, amount)])

    def _settle(self, payment: Payment, parts: list[tuple[Settleable, Decimal]]) -> None:
        self._books.payments[payment.id] = payment
        payment.customer.payments.append(payment)
        for document, amount in parts:
            line = PaymentLine(payment, document, amount)
            payment.lines.append(line)
            document.settled_by.append(line)

    def _rate(self, currency: str, units_per_home: Decimal | None) -> Decimal:
        """Companies are written with the units of a currency per home unit; QuickBooks turns that round."""
        if currency == self._books.home_currency:
            return ONE
        if units_per_home:
            rate = (1 / units_per_home).quantize(RATE_PLACES)
            return self._books.rates.setdefault(currency, rate)
        return self._books.rate(currency)

    def _at_noon(self, day: date) -> datetime:
        return min(datetime.combine(day, time(12), UTC), self._start)

    def _whole(self, moment: datetime | None) -> datetime | None:
        return moment and min(moment.replace(microsecond=0), self._start)


def _locks(company: Company) -> tuple[date | None, date | None]:
    return company.period_lock_date, company.end_of_year_lock_date
