"""Invented companies: the same seed and size always give the same company, dated around today."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count as counting

from msgspec.structs import replace

from sandbox.companies.british import BRITISH
from sandbox.companies.company import Company, Contact, Invoice, User
from sandbox.companies.home import Home
from sandbox.companies.invoices import Writer
from sandbox.companies.people import customers as invent_customers
from sandbox.companies.people import former_customer
from sandbox.companies.people import suppliers as invent_suppliers
from sandbox.companies.stories import Story, cast, days_of

INVOICES_PER_CUSTOMER = 10
MOST_CUSTOMERS = 1000
IMPORTED_FROM_INVOICES = 5000
IMPORTED_INVOICES = 1500
IMPORTED_DAYS_AGO = 30
BILLS_PER_HUNDRED = 4


def generate(
    *,
    seed: int,
    today: date,
    invoices: int = 400,
    customers: int | None = None,
    home: Home = BRITISH,
    name: str | None = None,
    users: tuple[User, ...] | None = None,
) -> Company:
    """A company with `invoices` sales invoices, and some bills and credit notes besides.

    Customers default to a tenth of the invoices, at most 1,000. From 5,000 invoices on, 1,500 of them
    carry the same moment of change, as after an import. Name and users are those of the home if not given.
    """
    chance = random.Random(seed)
    many = customers or max(3, min(invoices // INVOICES_PER_CUSTOMER, MOST_CUSTOMERS))
    buyers = invent_customers(chance, many, seed, home)
    sellers = invent_suppliers(seed, home)
    writer = Writer(chance, home, today)
    sales = list(_sales(chance, writer, buyers, cast(chance, invoices, home.never)))
    bills = list(_bills(chance, writer, sellers, invoices * BILLS_PER_HUNDRED // 100))
    for place, buyer in enumerate(buyers[:3]):
        writer.open_credit_note(buyer, days_ago=5 + 9 * place)
    if invoices >= IMPORTED_FROM_INVOICES:
        sales = _imported(sales, today)
    return Company(
        name=name or home.name,
        key=f"seed {seed}, {invoices} invoices",
        legal_name=name or home.name,
        country=home.country,
        timezone=home.timezone,
        base_currency=home.base_currency,
        users=users or home.users,
        accounts=home.chart,
        contacts=tuple(_dated([*buyers, former_customer(home), *sellers], today)),
        invoices=(*sales, *bills),
        credit_notes=tuple(writer.credit_notes),
        as_of=today,
    )


def _sales(
    chance: random.Random, writer: Writer, buyers: Sequence[Contact], stories: Sequence[Story]
) -> Iterator[Invoice]:
    open_ones = counting()
    for number, story in enumerate(stories, start=1):
        buyer = buyers[number - 1] if number <= len(buyers) else chance.choice(buyers)
        days = days_of(story, chance, next(open_ones) if story is Story.NOT_YET_DUE else 0)
        yield writer.sale(number, buyer, story, days)


def _bills(chance: random.Random, writer: Writer, sellers: Sequence[Contact], many: int) -> Iterator[Invoice]:
    for number in range(many):
        # Suppliers number their bills as they like, so numbers repeat: only sales numbers are unique.
        yield writer.bill(f"{1001 + number // 2}", chance.choice(sellers[:2]), -chance.randint(-20, 120))


def _dated(contacts: Sequence[Contact], today: date) -> list[Contact]:
    created = datetime.combine(today - timedelta(days=370), time(8, 30), UTC)
    return [
        replace(contact, updated=created + timedelta(minutes=7 * place))
        for place, contact in enumerate(contacts)
    ]


def _imported(sales: Sequence[Invoice], today: date) -> list[Invoice]:
    """Give the first 1,500 settled invoices one and the same moment of change."""
    moment = datetime.combine(today - timedelta(days=IMPORTED_DAYS_AGO), time(3, 15, 42), UTC)
    left = IMPORTED_INVOICES
    changed = []
    for sale in sales:
        if left and sale.updated and sale.updated < moment:
            sale, left = replace(sale, updated=moment), left - 1
        changed.append(sale)
    return changed
