"""Everything the stand-in QuickBooks knows: who can sign in, what is granted, and each company's books."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from msgspec import structs

from sandbox.clock import Clock
from sandbox.companies import AMERICAN, Company, generate
from sandbox.companies.company import User as CompanyUser
from sandbox.quickbooks.books.books import Books, Changed
from sandbox.quickbooks.books.opening import opened
from sandbox.quickbooks.feed import Endpoint, Feed
from sandbox.quickbooks.identity.grants import Grants
from sandbox.quickbooks.identity.keys import Signer
from sandbox.quickbooks.identity.users import User
from sandbox.quickbooks.limits import Concurrency, Limits
from sandbox.quickbooks.wire.rendering import warm
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender

SMALL_INVOICES = 24
WARM_FROM_INVOICES = 1000
SECOND_NAME = "Second Avenue Rentals LLC"
STRANGERS_NAME = "Juniper Cycle Works LLC"
STRANGER = CompanyUser(first_name="Robin", last_name="Stranger", email="robin@juniper-cycles.example")


@dataclass
class QuickBooksState:
    """`main` are the books of the company that was asked for; the others are small and invented."""

    settings: SandboxSettings
    clock: Clock
    users: list[User]
    companies: dict[str, Books]
    main: Books
    feed: Feed
    signer: Signer
    grants: Grants
    limits: Limits = field(default_factory=Limits)
    concurrency: Concurrency = field(default_factory=Concurrency)

    @classmethod
    def build(
        cls,
        company: Company,
        settings: SandboxSettings,
        clock: Clock,
        webhooks: WebhookSender,
        timers: Timers,
    ) -> "QuickBooksState":
        """A fresh QuickBooks: the company and a second one for its users, and a stranger with his own."""
        neighbours = _neighbours(settings.seed, clock.now().date())
        main, second, strangers = (opened(each, clock.now) for each in (company, *neighbours))
        grants = Grants(settings.quickbooks_kill_family)
        feed = Feed(
            _endpoint(settings),
            clock,
            webhooks,
            timers,
            connected=lambda realm_id: grants.reach(realm_id, clock.now()),
            seed=settings.seed,
        )
        if len(main.invoices) >= WARM_FROM_INVOICES:
            warm(main)
        for books in (main, second, strangers):
            books.changed = _teller(feed, books.realm_id)
        own = [main.realm_id, second.realm_id]
        return cls(
            settings=settings,
            clock=clock,
            users=[
                *(User.of(person, own) for person in company.users),
                User.of(STRANGER, [strangers.realm_id]),
            ],
            companies={books.realm_id: books for books in (main, second, strangers)},
            main=main,
            feed=feed,
            signer=Signer(f"{settings.public_url}/quickbooks/op/v1"),
            grants=grants,
        )

    def user(self, id_or_email: str) -> User | None:
        return next((user for user in self.users if id_or_email in {user.id, user.email}), None)


@lru_cache(maxsize=4)
def _neighbours(seed: int, today: date) -> tuple[Company, Company]:
    """The users' second company, which has one currency only, and a stranger's."""
    second = generate(seed=seed + 1, today=today, invoices=SMALL_INVOICES, home=AMERICAN, name=SECOND_NAME)
    strangers = generate(
        seed=seed + 2,
        today=today,
        invoices=SMALL_INVOICES,
        home=AMERICAN,
        name=STRANGERS_NAME,
        users=(STRANGER,),
    )
    return _in_one_currency(second), strangers


def _in_one_currency(company: Company) -> Company:
    """The company without its accounts in other currencies."""
    own = tuple(account for account in company.accounts if account.currency in (None, company.base_currency))
    return structs.replace(company, accounts=own)


def _endpoint(settings: SandboxSettings) -> Endpoint:
    """The `source` of CloudEvents looks like Intuit's; what it is made of there is not known."""
    digest = hashlib.sha256(settings.quickbooks_client_id.encode()).digest()
    return Endpoint(
        settings.quickbooks_webhook_url,
        settings.quickbooks_webhook_token,
        settings.quickbooks_webhook_format,
        f"intuit.{base64.urlsafe_b64encode(digest).decode()}",
    )


def _teller(feed: Feed, realm_id: str) -> Changed:
    def tell(entity: str, operation: str, record_id: str) -> None:
        feed.tell(realm_id, entity, operation, record_id)

    return tell
