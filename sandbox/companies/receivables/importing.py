"""A receivables export as a company: all of it or nothing, with every problem told by its line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from msgspec.structs import replace

from sandbox.companies.british import CHART
from sandbox.companies.checks import problems
from sandbox.companies.company import Account, Company, Contact, Invoice, Line, Payment, Person, User
from sandbox.companies.errors import UnusableCompanyError
from sandbox.companies.receivables.dates import Order, reading
from sandbox.companies.receivables.rows import Row, RowReader
from sandbox.companies.receivables.table import Record, records

STATUSES = {
    "DRAFT": "DRAFT",
    "SUBMITTED": "SUBMITTED",
    "VOIDED": "VOIDED",
    "VOID": "VOIDED",
    "DELETED": "DELETED",
}
DEFAULT_CURRENCY = "GBP"
OWNER = User(first_name="Business", last_name="Owner", email="owner@your-business.example")


@dataclass(frozen=True)
class Imported:
    """The company, and what the person who exported it should know about how it was read."""

    company: Company
    remarks: tuple[str, ...]


def imported(content: bytes, *, name: str, today: date) -> Imported:
    """Read an export. Raises UnusableCompanyError with every problem; nothing is half loaded."""
    found = records(content)
    sales, remarks = _only_sales(found)
    reader = RowReader(_order(sales, remarks), today)
    rows = [row for record in sales if (row := reader.read(record)) is not None]
    rows = _merged([row for row in rows if _is_charge(row, remarks)], reader.problems)
    if reader.problems:
        raise UnusableCompanyError(sorted(reader.problems, key=_line_of))
    if not rows:
        raise UnusableCompanyError(["There is no invoice in the file."])
    company = _company(rows, name, today)
    unsound = problems(company)
    if unsound:
        raise UnusableCompanyError(unsound)
    return Imported(company, tuple(remarks))


def _only_sales(found: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """Without totals lines of reports and documents that are not sales invoices."""
    others: Counter[str] = Counter()
    sales = []
    for record in found:
        if record["type"] and "invoice" not in record["type"].lower():
            others[record["type"]] += 1
        elif record["number"] or not record["customer"].lower().startswith("total"):
            sales.append(record)
    return sales, [f"{count} lines of type {kind!r} were left out." for kind, count in others.items()]


def _order(sales: Sequence[Record], remarks: list[str]) -> Order:
    dates = [record[meaning] for record in sales for meaning in ("issued", "due", "paid") if record[meaning]]
    read_as = reading(dates)
    if read_as.contradictory:
        raise UnusableCompanyError(
            ["Some dates only fit day/month/year and others only month/day/year. Export them in one form."]
        )
    if not read_as.certain:
        remarks.append(f"Every date fits day/month and month/day; they were read as {read_as.order.value}.")
    return read_as.order


def _is_charge(row: Row, remarks: list[str]) -> bool:
    if row.amount > 0:
        return True
    remarks.append(
        f"Line {row.line}: {row.number} over {row.amount} was left out; only amounts above zero count."
    )
    return False


def _merged(rows: Iterable[Row], found: list[str]) -> list[Row]:
    """One row per invoice: exports with a line per product repeat the invoice's own figures."""
    first: dict[str, Row] = {}
    for row in rows:
        other = first.setdefault(row.number, row)
        same = (other.customer, other.amount, other.due) == (row.customer, row.amount, row.due)
        if not same:
            found.append(
                f"Line {row.line}: invoice number {row.number!r} was already used on line {other.line} "
                "with another customer, amount or due date."
            )
    return list(first.values())


def _line_of(problem: str) -> int:
    return int(problem.removeprefix("Line ").partition(":")[0])


def _company(rows: Sequence[Row], name: str, today: date) -> Company:
    named = Counter(row.currency for row in rows if row.currency)
    base = named.most_common(1)[0][0] if named else DEFAULT_CURRENCY
    banks = {currency: f"B{place:02d}" for place, currency in enumerate({base: 1} | named, start=1)}
    return Company(
        name=name,
        legal_name=name,
        base_currency=base,
        users=(OWNER,),
        accounts=(*_banks(banks), *(account for account in CHART if account.type != "BANK")),
        contacts=_contacts(rows, base, today),
        invoices=tuple(_invoice(row, row.currency or base, banks, today) for row in rows),
    )


def _banks(codes: dict[str, str]) -> list[Account]:
    """A current account per currency, and a clearing account for what cards bring in."""
    current = [
        Account(code=c, name=f"Current account {k}", type="BANK", currency=k) for k, c in codes.items()
    ]
    clearing = [
        Account(code=f"S{c[1:]}", name=f"Stripe {k}", type="BANK", currency=k) for k, c in codes.items()
    ]
    return current + clearing


def _contacts(rows: Sequence[Row], base: str, today: date) -> tuple[Contact, ...]:
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_name[row.customer].append(row)
    created = _moment(min(min(row.issued for row in rows), today - timedelta(days=1)))
    return tuple(_contact(name, group, base, created) for name, group in by_name.items())


def _contact(name: str, group: Sequence[Row], base: str, created: datetime) -> Contact:
    emails = next((row.emails for row in group if row.emails), ())
    currencies = {row.currency or base for row in group}
    contact = Contact(name=name, currency=currencies.pop() if len(currencies) == 1 else None, updated=created)
    if not emails:
        return contact
    persons = tuple(Person(first_name="", last_name="", email=email) for email in emails[1:])
    return replace(contact, email=emails[0], persons=persons)


def _invoice(row: Row, currency: str, banks: dict[str, str], today: date) -> Invoice:
    payments = _payments(row, banks[currency], today)
    changed = max([row.issued, *(payment.paid for payment in payments)])
    return Invoice(
        number=row.number,
        contact=row.customer,
        issued=row.issued,
        due=row.due,
        currency=currency,
        lines=(Line(description="As exported", unit_amount=row.amount),),
        status=STATUSES.get(row.status, "AUTHORISED"),  # type: ignore[arg-type]
        payments=payments,
        updated=_moment(min(changed, today - timedelta(days=1))),
    )


def _payments(row: Row, bank: str, today: date) -> tuple[Payment, ...]:
    """All of it on the paid date; else what the export says is no longer due, dated as late as it can be."""
    if row.paid is not None:
        return (Payment(amount=row.amount, paid=row.paid, account=bank, reference="As exported"),)
    left = row.amount if row.balance is None else row.balance
    if left >= row.amount or row.status in STATUSES:
        return ()
    paid = max(min(row.due, today), row.issued)
    return (Payment(amount=row.amount - left, paid=paid, account=bank, reference="As exported"),)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
