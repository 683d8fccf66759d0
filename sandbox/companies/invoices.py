"""Writes the documents of an invented company, each as its story wants it."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from sandbox.companies.amounts import ZERO, line_amount, rounded, total
from sandbox.companies.company import Allocation, Contact, CreditNote, Invoice, Line, Payment
from sandbox.companies.home import Home, SalesTax
from sandbox.companies.stories import Days, Story, price

PERCENT_TAXED = 40
UNPAID_STATUS = {
    Story.VOIDED: "VOIDED",
    Story.DRAFT: "DRAFT",
    Story.SUBMITTED: "SUBMITTED",
    Story.DELETED: "DELETED",
}


class Writer:
    """Numbers credit notes as it goes; everything else follows from the story and the chance given."""

    def __init__(self, chance: random.Random, home: Home, today: date) -> None:
        self._chance = chance
        self._home = home
        self._today = today
        self.credit_notes: list[CreditNote] = []

    def sale(self, place: int, buyer: Contact, story: Story, days: Days) -> Invoice:
        due = self._day(days.due)
        issued = min(due - timedelta(days=buyer.terms_days or 30), self._today - timedelta(days=1))
        currency = buyer.currency or self._chance.choice(self._home.currencies)
        invoice = Invoice(
            number=self._home.invoice_number.format(place),
            contact=buyer.name,
            issued=issued,
            due=due,
            currency=currency,
            rate=self._home.rates.get(currency),
            lines=self._lines(currency),
            status=UNPAID_STATUS.get(story, "AUTHORISED"),  # type: ignore[arg-type]
            reference=self._reference(story),
            sent=story not in UNPAID_STATUS,
            updated=self._moment(issued),
        )
        return self._lived(invoice, story, days)

    def bill(self, number: str, seller: Contact, due: int) -> Invoice:
        issued = min(self._day(due - 30), self._today - timedelta(days=1))
        supplies = Line(
            description="Supplies",
            unit_amount=price(self._chance),
            account=self._home.supplies_account,
            tax_type=self._home.supplies_tax_type,
        )
        lines = (supplies,)
        bill = Invoice(
            type="ACCPAY",
            number=number,
            contact=seller.name,
            issued=issued,
            due=self._day(due),
            currency=self._home.base_currency,
            lines=lines,
            updated=self._moment(issued),
        )
        if due < 0:
            return self._paid(bill, [(total(lines), due)])
        return bill

    def open_credit_note(self, buyer: Contact, days_ago: int) -> CreditNote:
        currency = buyer.currency or self._home.base_currency
        return self._credit_note(buyer.name, currency, rounded(price(self._chance) / 10), -days_ago)

    def _lived(self, invoice: Invoice, story: Story, days: Days) -> Invoice:
        worth = total(invoice.lines)
        part = rounded(worth * self._chance.choice((Decimal("0.25"), Decimal("0.4"), Decimal("0.5"))))
        match story:
            case Story.PAID_ON_TIME | Story.PAID_LATE if days.paid is not None:
                return self._paid(invoice, [(worth, days.paid)])
            case Story.PAID_IN_PARTS:
                return self._paid(invoice, [(part, days.due - 2), (worth - part, days.due + 6)])
            case Story.PART_PAID:
                return self._paid(invoice, [(part, min(days.due + 1, -1))])
            case Story.PAYMENT_DELETED:
                paid = self._paid(invoice, [(part, min(days.due + 2, -1))])
                return replace(paid, payments=tuple(replace(p, deleted=True) for p in paid.payments))
            case Story.PARTLY_CREDITED:
                return self._credited(invoice, part, days.due)
            case Story.FULLY_CREDITED:
                return self._credited(invoice, worth, days.due)
        return invoice

    def _paid(self, invoice: Invoice, parts: list[tuple[Decimal, int]]) -> Invoice:
        payments = tuple(
            Payment(
                amount=amount,
                paid=max(min(self._day(day), self._today - timedelta(days=1)), invoice.issued),
                account=self._home.banks[invoice.currency],
                reference=self._home.payment_reference.format(invoice.number),
                rate=invoice.rate,
            )
            for amount, day in parts
        )
        return replace(invoice, payments=payments, updated=self._moment(payments[-1].paid))

    def _credited(self, invoice: Invoice, amount: Decimal, due: int) -> Invoice:
        note = self._credit_note(invoice.contact, invoice.currency, amount, min(due + 3, -1))
        allocation = Allocation(invoice=invoice.number, amount=amount, allocated=note.issued)
        self.credit_notes[-1] = replace(note, allocations=(allocation,))
        return replace(invoice, updated=note.updated)

    def _credit_note(self, contact: str, currency: str, amount: Decimal, day: int) -> CreditNote:
        issued = self._day(day)
        note = CreditNote(
            number=self._home.credit_note_number.format(len(self.credit_notes) + 1),
            contact=contact,
            issued=issued,
            currency=currency,
            rate=self._home.rates.get(currency),
            lines=(Line(description="Credit", unit_amount=amount, account=self._home.sales_account),),
            updated=self._moment(issued),
        )
        self.credit_notes.append(note)
        return note

    def _lines(self, currency: str) -> tuple[Line, ...]:
        home, domestic = self._home, currency == self._home.base_currency
        tax_type = home.sales_tax_type if domestic else home.foreign_tax_type
        many = self._chance.choice((1, 1, 1, 2, 3))
        work = tuple(
            Line(
                description=text,
                unit_amount=price(self._chance),
                account=home.sales_account,
                tax_type=tax_type,
            )
            for text in self._chance.sample(home.work, many)
        )
        return self._taxed(work, home.sales_tax) if home.sales_tax and domestic else work

    def _taxed(self, work: tuple[Line, ...], tax: SalesTax) -> tuple[Line, ...]:
        """Some of the work is done where it is taxed."""
        if self._chance.randrange(100) >= PERCENT_TAXED:
            return work
        owed = rounded(sum(map(line_amount, work), ZERO) * tax.rate)
        return (*work, Line(description=tax.words, unit_amount=owed, account=tax.account))

    def _reference(self, story: Story) -> str:
        if story is Story.DISPUTED:
            return "QUERY: customer says short delivery"
        return self._chance.choice(("", "", f"PO {self._chance.randint(1000, 9999)}"))

    def _day(self, days: int) -> date:
        return self._today + timedelta(days=days)

    def _moment(self, day: date) -> datetime:
        """Some time in the working hours of that day, to the millisecond."""
        milliseconds = self._chance.randrange(9 * 3_600_000)
        return datetime.combine(day, self._home.opens, UTC) + timedelta(milliseconds=milliseconds)
