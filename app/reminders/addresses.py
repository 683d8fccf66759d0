"""Where a customer's mails and texts go: to the people of the role that a step names, else to the customer itself.

Pure but for the opening of what is sealed.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from app.kit.errors import DueMateError
from app.kit.sealing import Sealer
from app.models import ContactRole, Customer
from app.sync.tables import EMAILS_COLUMN

MOST_COPIES = 5
"""That a step may name."""
_MOST_TO = _MOST_COPIED = 10
"""Mail servers and people take a mail to dozens for a mistake; no customer has so many who pay the bills."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """To whom one mail goes. The first of `to` is whom its receipts are about."""

    to: tuple[str, ...] = field(repr=False)
    cc: tuple[str, ...] = field(default=(), repr=False)
    bcc: tuple[str, ...] = field(default=(), repr=False)
    """Who gets a copy that nobody else sees."""


@dataclass(frozen=True)
class Copied:
    """Who gets copies of the mails of certain invoices, as the ledger has it."""

    openly: tuple[str, ...] = field(default=(), repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)


_NO_COPIES = Copied()


@dataclass(frozen=True)
class Mailbox:
    """The addresses of one customer. Those that nothing reaches are never written to."""

    own: str | None = field(default=None, repr=False)
    """The first one that the ledger has for the customer itself."""
    people: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Role and address of each contact, but for those of the ledger who pay the bills."""
    dead: frozenset[str] = field(default=frozenset(), repr=False)
    """In lower case."""
    beside: tuple[str, ...] = field(default=(), repr=False)
    """People of the ledger who pay the bills: they get copies of what goes to those who do."""

    def to(self, role: str = ContactRole.BILLING) -> tuple[str, ...]:
        """The people of the role; else those who pay the bills; else the customer's own address; else whom the ledger
        names beside it; else nobody."""
        for wanted in (role, ContactRole.BILLING):
            if found := self._of(wanted):
                return found[:_MOST_TO]
        own = self._alive([self.own] if self.own else [])
        return own or self._alive(self.beside)[:_MOST_TO]

    def addressed(self, role: str, copies: Iterable[str] = (), of_invoices: Copied = _NO_COPIES) -> Addressed:
        """As a step wants it, with copies to those it names. Whoever the ledger copies gets copies of what goes to
        those who pay the bills, and of nothing that is for somebody else. Whoever is written to gets no copy."""
        to = self.to(role)
        is_for_payers = role == ContactRole.BILLING or not self._of(role)
        ledger = (*self.beside, *of_invoices.openly) if is_for_payers else ()
        named = self._others(copies, than=to)[:MOST_COPIES]
        cc = (*named, *self._others(ledger, than=(*to, *named)))[:_MOST_COPIED]
        hidden = of_invoices.hidden if is_for_payers else ()
        return Addressed(to, cc, self._others(hidden, than=(*to, *cc))[:_MOST_COPIED])

    def has_died(self, role: str = ContactRole.BILLING) -> bool:
        """Whether there would be somebody to write to, if mails arrived there."""
        return not self.to(role) and bool(replace(self, dead=frozenset()).to(role))

    def _of(self, role: str) -> tuple[str, ...]:
        return self._alive(address for of, address in self.people if of == role)

    def _others(self, addresses: Iterable[str], *, than: tuple[str, ...]) -> tuple[str, ...]:
        written = {address.lower() for address in than}
        return tuple(one for one in self._alive(addresses) if one.lower() not in written)

    def _alive(self, addresses: Iterable[str]) -> tuple[str, ...]:
        return _each_once(one for one in addresses if is_valid(one) and one.lower() not in self.dead)


@dataclass(frozen=True)
class Phonebook:
    """The telephones of one customer that a channel may write to: agreed to, and not known as dead."""

    own: str | None = field(default=None, repr=False)
    """The one that the ledger has for the customer itself, in E.164."""
    people: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Role and number of each contact."""

    def to(self, role: str = ContactRole.BILLING) -> str | None:
        """The first of the role; else of those who pay the bills; else the customer's own. A text goes to one phone."""
        for wanted in (role, ContactRole.BILLING):
            found = next((number for of, number in self.people if of == wanted), None)
            if found:
                return found
        return self.own


def first_address(sealer: Sealer, customer: Customer) -> str | None:
    """The address the ledger has first; None if there is none or it cannot be opened."""
    if customer.emails_sealed is None:
        return None
    try:
        addresses = json.loads(sealer.open(customer.emails_sealed, column=EMAILS_COLUMN, row=customer.id))
    except (DueMateError, ValueError):
        return None
    return str(addresses[0]) if addresses else None


@lru_cache(maxsize=1024)  # one mail asks several times about the same few
def is_valid(address: str | None) -> bool:
    """Whether it has the form of an address that mail can reach."""
    try:
        validate_email(address or "", check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _each_once(addresses: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for one in addresses:
        found.setdefault(one.lower(), one)
    return tuple(found.values())
