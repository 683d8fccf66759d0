"""Customers and suppliers with realistic names, and a few whose names break careless software."""

import random
from collections.abc import Iterator
from itertools import chain

from faker import Faker
from msgspec.structs import replace

from sandbox.companies.company import Contact, Person
from sandbox.companies.home import Home, Parties

WITHOUT_EMAIL = (12, 19)
SECOND_PERSON_EVERY = 7
FOREIGN_CUSTOMER_EVERY = 4
TWO_CURRENCIES_EVERY = 13


def customers(chance: random.Random, count: int, seed: int, home: Home) -> list[Contact]:
    """`count` customers, the awkward names first when there is room for them."""
    fake = Faker(home.parties.locale)
    fake.seed_instance(seed)
    awkward = home.parties.awkward
    names = chain(awkward if count > len(awkward) else (), _invented(fake, home))
    return [_customer(chance, fake, home, place, *next(names)) for place in range(count)]


def suppliers(seed: int, home: Home) -> list[Contact]:
    fake = Faker(home.parties.locale)
    fake.seed_instance(seed + 1)
    return [
        Contact(
            name=name,
            email=f"{home.parties.suppliers_mailbox}@{_slug(name)}.example",
            first_name=fake.first_name(),
            currency=home.base_currency,
        )
        for name in home.parties.suppliers
    ]


def former_customer(home: Home) -> Contact:
    """Somebody the company no longer deals with."""
    closed = home.parties.closed
    return Contact(
        name=closed,
        email=f"{home.parties.mailboxes[0]}@{_slug(closed.rpartition(' ')[0])}.example",
        currency=home.base_currency,
        status="ARCHIVED",
    )


def _invented(fake: Faker, home: Home) -> Iterator[tuple[str, str, str]]:
    foreign = tuple(home.rates)
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
        turn, rest = divmod(number, FOREIGN_CUSTOMER_EVERY)
        currency = foreign[turn % len(foreign)] if rest == 0 else home.base_currency
        yield name, f"{_slug(name)}-{number}", currency


def _customer(
    chance: random.Random, fake: Faker, home: Home, place: int, name: str, domain: str, currency: str
) -> Contact:
    parties = home.parties
    countries = parties.countries[currency]
    country = countries[0] if len(countries) == 1 else chance.choice(countries)
    keeps_currency = home.customers_keep_one_currency or place % TWO_CURRENCIES_EVERY != 5
    first, last = fake.first_name(), fake.last_name()
    contact = Contact(
        name=name,
        email="" if place in WITHOUT_EMAIL else f"{parties.mailboxes[0]}@{domain}.example",
        first_name=first,
        last_name=last,
        phone=parties.phone.format(place % parties.phones) if country == home.country else "",
        city=chance.choice(parties.cities[country]),
        country=country,
        currency=currency if keeps_currency else None,
        terms_days=chance.choice(parties.terms_days),
    )
    if place % SECOND_PERSON_EVERY == 0:
        return replace(contact, persons=_two_persons(fake, domain, parties))
    return contact


def _two_persons(fake: Faker, domain: str, parties: Parties) -> tuple[Person, ...]:
    def person(mailbox: str, included: bool) -> Person:
        email = f"{mailbox}@{domain}.example"
        return Person(
            first_name=fake.first_name(), last_name=fake.last_name(), email=email, included=included
        )

    _, copied_in, left_out = parties.mailboxes
    return person(copied_in, True), person(left_out, False)


def _slug(name: str) -> str:
    letters = (letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower())
    return "-".join("".join(letters).split())[:40].strip("-")
