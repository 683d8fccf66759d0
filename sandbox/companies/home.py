"""What an invented company owes to the country it is at home in: its money, its words, the people it knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from sandbox.companies.company import Account, User
from sandbox.companies.stories import Story


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Whom the company deals with.

    `awkward` are customers' names with a domain and a currency each. `countries` says where customers
    that pay in a currency may live; a telephone number is written for those of the first country only.
    `mailboxes` are those of the books, of a person who is copied in, and of one who is not: no two
    homes share one, so that their companies never write to the same address.
    """

    locale: str
    awkward: Sequence[tuple[str, str, str]]
    countries: Mapping[str, Sequence[str]]
    cities: Mapping[str, Sequence[str]]
    phone: str
    phones: int
    terms_days: Sequence[int]
    mailboxes: tuple[str, str, str]
    suppliers: Sequence[str]
    suppliers_mailbox: str
    closed: str


@dataclass(frozen=True)
class SalesTax:
    """A tax that some invoices carry as a line of its own."""

    rate: Decimal
    account: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Home:
    """A company's country and habits.

    `rates` are units of a foreign currency per unit of `base_currency`; `banks` names the account that
    money in a currency comes into. `opens` is when the working day begins, in UTC. Where
    `customers_keep_one_currency`, nobody is invoiced in two, and stories in `never` do not happen.
    """

    name: str
    country: str
    timezone: str
    base_currency: str
    rates: Mapping[str, Decimal]
    users: tuple[User, ...]
    chart: tuple[Account, ...]
    banks: Mapping[str, str]
    sales_account: str
    supplies_account: str
    sales_tax_type: str
    foreign_tax_type: str
    supplies_tax_type: str
    sales_tax: SalesTax | None
    work: Sequence[str]
    invoice_number: str
    credit_note_number: str
    payment_reference: str
    opens: time
    customers_keep_one_currency: bool
    never: frozenset[Story]
    parties: Parties

    @property
    def currencies(self) -> tuple[str, ...]:
        """The base currency first."""
        return self.base_currency, *self.rates
