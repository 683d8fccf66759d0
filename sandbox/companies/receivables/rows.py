"""One record of an export as one invoice, or as the plain words of what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sandbox.companies.receivables.dates import Order, read_date
from sandbox.companies.receivables.money import currency_in, read_amount
from sandbox.companies.receivables.table import Record

T = TypeVar("T", date, Decimal)
LONGEST_NAME = 255
CURRENCY_LENGTH = 3


@dataclass(frozen=True)
class Row:
    """What one record says. `paid` is the day it was settled; `balance` what is left when it was not."""

    line: int
    customer: str
    number: str
    issued: date
    due: date
    amount: Decimal
    currency: str
    paid: date | None
    balance: Decimal | None
    emails: tuple[str, ...]
    status: str


@dataclass
class RowReader:
    """Reads records and collects every problem, so that they can be told all at once."""

    order: Order
    today: date
    problems: list[str] = field(default_factory=list)

    def read(self, record: Record) -> Row | None:
        """The row, or None when it has problems."""
        before = len(self.problems)
        issued = self._required(record, "issued", "issue date", self._date)
        due = self._required(record, "due", "due date", self._date)
        amount = self._required(record, "amount", "amount", read_amount)
        paid = self._optional(record, "paid", "paid date", self._date)
        balance = self._optional(record, "balance", "amount due", read_amount)
        self._check_texts(record)
        self._check_order(record.line, issued, due, paid)
        if len(self.problems) > before or issued is None or due is None or amount is None:
            return None
        return Row(
            line=record.line,
            customer=record["customer"],
            number=record["number"],
            issued=issued,
            due=due,
            amount=amount,
            currency=record["currency"].upper() or currency_in(record["amount"]) or "",
            paid=paid,
            balance=balance,
            emails=_emails(record["email"]),
            status=record["status"].upper(),
        )

    def _required(self, record: Record, meaning: str, words: str, read: Callable[[str], T]) -> T | None:
        if not record[meaning]:
            self._problem(record.line, f"the {words} is empty")
            return None
        return self._optional(record, meaning, words, read)

    def _optional(self, record: Record, meaning: str, words: str, read: Callable[[str], T]) -> T | None:
        text = record[meaning]
        if not text or text in {"-", "–"}:
            return None
        try:
            return read(text)
        except ValueError:
            self._problem(record.line, f"the {words} {text!r} cannot be read")
            return None

    def _date(self, text: str) -> date:
        return read_date(text, self.order)

    def _check_texts(self, record: Record) -> None:
        for meaning, words in (("customer", "customer"), ("number", "invoice number")):
            if not record[meaning]:
                self._problem(record.line, f"the {words} is empty")
            if len(record[meaning]) > LONGEST_NAME:
                self._problem(record.line, f"the {words} is longer than {LONGEST_NAME} letters")
        currency = record["currency"]
        if currency and not (len(currency) == CURRENCY_LENGTH and currency.isascii() and currency.isalpha()):
            self._problem(
                record.line, f"the currency {currency!r} is not a code of three letters such as GBP"
            )
        for email in _emails(record["email"]):
            if email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email:
                self._problem(record.line, f"the email {email!r} is not an address")

    def _check_order(self, line: int, issued: date | None, due: date | None, paid: date | None) -> None:
        if issued and due and due < issued:
            self._problem(line, f"the due date {due:%d %b %Y} is before the issue date {issued:%d %b %Y}")
        if paid and paid > self.today:
            self._problem(line, f"the paid date {paid:%d %b %Y} is in the future")

    def _problem(self, line: int, words: str) -> None:
        self.problems.append(f"Line {line}: {words}.")


def _emails(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in text.replace(";", ",").split(","))
    return tuple(part for part in parts if part)
