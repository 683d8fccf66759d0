"""A company of nothing but trouble: every customer's name breaks some careless software, one invoice is endless."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from sandbox.companies.company import Company, Contact, Invoice, Line
from sandbox.companies.home import Home

NAMES = (
    "O'Brien's",
    'The "Quoted" Company',
    "Ends in a backslash\\",
    "Back\\'slash and quote",
    "  Leading and trailing spaces  ",
    "Two  spaces inside",
    "<script>alert('name')</script>",
    "<b>Bold</b> & <i>Italic</i>",
    "&amp; already escaped &lt;",
    "{{ 7 * 7 }} and ${7 * 7} and {0} and %s",
    "100% Percent_Underscore",
    "'; DROP TABLE customers; --",
    "=HYPERLINK(1+1)",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*2",
    "Comma, Semicolon; and Pipe | Ltd",
    "Slash / Question? Hash # Plus + Ltd",
    "null",
    "None",
    "0",
    "Żółć Łódź Straße Ærø Ñandú",
    "Zoë\u0308 combining Zoe\u0308",
    "ﬁne ligature ① İstanbul ıI",
    "株式会社さくら商事",
    "سوق النور (الفرع ٢)",
    "חברת הגליל 123 Ltd",
    "\u202eright-to-left override",
    "Zero\u200bwidth\u00a0non-breaking",
    "🎉 Party 👩‍👩‍👧‍👦 🇨🇦",
    "𝔉𝔯𝔞𝔨𝔱𝔲𝔯 outside the basic plane",
    "A" * 120,
    "Long words " * 9 + "end",
)
LINES = 1000
OVERDUE, TERMS = timedelta(days=10), timedelta(days=30)
PRICES = 7


def awkward(today: date, home: Home) -> Company:
    """One customer with each name and one overdue invoice for each; another invoice has 1,000 lines."""
    contacts = tuple(_customer(place, name, home) for place, name in enumerate(NAMES, start=1))
    return Company(
        name=f"{home.name} <&'\"%_\\>",
        key="awkward",
        base_currency=home.base_currency,
        users=home.users,
        accounts=home.chart,
        contacts=contacts,
        invoices=(*_overdue(contacts, today, home), _endless(contacts[0], today, home)),
        country=home.country,
        timezone=home.timezone,
        as_of=today,
    )


def _customer(place: int, name: str, home: Home) -> Contact:
    mailbox = home.parties.mailboxes[0]
    return Contact(name=name, email=f"{mailbox}@awkward-{place}.example", currency=home.base_currency)


def _overdue(contacts: tuple[Contact, ...], today: date, home: Home) -> Iterator[Invoice]:
    for place, contact in enumerate(contacts, start=1):
        line = Line(description=contact.name, unit_amount=Decimal(100 + place), account=home.sales_account)
        yield _invoice(place, contact, (line,), today - OVERDUE, home)


def _endless(contact: Contact, today: date, home: Home) -> Invoice:
    lines = tuple(
        Line(
            description=f"Line {number}",
            unit_amount=Decimal(number % PRICES + 1) / 4,
            quantity=Decimal(number % 3 + 1),
            account=home.sales_account,
        )
        for number in range(1, LINES + 1)
    )
    return _invoice(len(NAMES) + 1, contact, lines, today + TERMS, home)


def _invoice(place: int, contact: Contact, lines: tuple[Line, ...], due: date, home: Home) -> Invoice:
    return Invoice(
        number=home.invoice_number.format(place),
        contact=contact.name,
        issued=due - TERMS,
        due=due,
        currency=home.base_currency,
        lines=lines,
    )
