"""Customers and suppliers with realistic names, and a few whose names break careless software."""

import random
from collections.abc import Iterator
from itertools import chain

from faker import Faker
from msgspec.structs import replace

from sandbox.companies.company import Contact, Person

LONG_NAME = (
    "The Honourable Company of Wholesale and Retail Purveyors of Hand-Finished Architectural Ironmongery, "
    "Reclaimed Timber and Sundry Decorative Salvage (Northern and Island Branches) Limited"
)
AWKWARD = (
    ("Siobhán O'Brien & Sons Ltd", "o-brien", "GBP"),
    ("<b>Bold</b> Signage & Print Ltd", "bold-signage", "GBP"),
    ("Müller Straßenbau GmbH", "mueller-strassenbau", "EUR"),
    ("Ærø Fjordbryggeri ApS", "aeroe", "EUR"),
    ("שירותי ייבוא גליל", "galil-import", "EUR"),
    ("شركة النور للتجارة", "alnoor", "GBP"),
    (LONG_NAME, "honourable-company", "GBP"),
    ("Café Zoë 🥐 Brunch Bar", "cafe-zoe", "GBP"),
    ('=1+1,"Quoted" Traders', "quoted-traders", "GBP"),
    ("Renée; DROP TABLE invoices--", "renee", "EUR"),
)
CITIES = {
    "GB": ("Leeds", "Bristol", "Glasgow", "Norwich"),
    "DE": ("Köln", "Bremen"),
    "IE": ("Galway", "Cork"),
}
MONTHLY_TERMS = 30
WITHOUT_EMAIL = (12, 19)
SECOND_PERSON_EVERY = 7
EURO_CUSTOMER_EVERY = 4
TWO_CURRENCIES_EVERY = 13


def customers(chance: random.Random, count: int, seed: int) -> list[Contact]:
    """`count` customers, the awkward names first when there is room for them."""
    fake = Faker("en_GB")
    fake.seed_instance(seed)
    names = chain(AWKWARD if count > len(AWKWARD) else (), _invented(fake))
    return [_customer(chance, fake, place, *next(names)) for place in range(count)]


def suppliers(seed: int) -> list[Contact]:
    fake = Faker("en_GB")
    fake.seed_instance(seed + 1)
    names = ("Greyhound Couriers", "Penrose Office Supplies", "Stripe")
    return [
        Contact(
            name=name, email=f"billing@{_slug(name)}.example", first_name=fake.first_name(), currency="GBP"
        )
        for name in names
    ]


def _invented(fake: Faker) -> Iterator[tuple[str, str, str]]:
    used: set[str] = set()
    number = 0
    while True:
        name = fake.company()
        if name in used:
            name = f"{name} ({fake.city()})"
        if name in used:
            continue
        used.add(name)
        number += 1
        currency = "EUR" if number % EURO_CUSTOMER_EVERY == 0 else "GBP"
        yield name, f"{_slug(name)}-{number}", currency


def _customer(
    chance: random.Random, fake: Faker, place: int, name: str, domain: str, currency: str
) -> Contact:
    country = "GB" if currency == "GBP" else chance.choice(("DE", "IE"))
    first, last = fake.first_name(), fake.last_name()
    contact = Contact(
        name=name,
        email="" if place in WITHOUT_EMAIL else f"accounts@{domain}.example",
        first_name=first,
        last_name=last,
        phone=f"+44 1632 96{place % 10000:04d}" if country == "GB" else "",
        city=chance.choice(CITIES[country]),
        country=country,
        currency=None if place % TWO_CURRENCIES_EVERY == 5 else currency,
        terms_days=chance.choice((14, MONTHLY_TERMS, MONTHLY_TERMS)),
    )
    if place % SECOND_PERSON_EVERY == 0:
        return replace(contact, persons=_two_persons(fake, domain))
    return contact


def _two_persons(fake: Faker, domain: str) -> tuple[Person, ...]:
    def person(mailbox: str, included: bool) -> Person:
        email = f"{mailbox}@{domain}.example"
        return Person(
            first_name=fake.first_name(), last_name=fake.last_name(), email=email, included=included
        )

    return person("finance.director", True), person("reception", False)


def _slug(name: str) -> str:
    letters = (letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower())
    return "-".join("".join(letters).split())[:40].strip("-")
