"""Everything the stand-in Xero knows: who can sign in, what is connected, and each organisation's books."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sandbox.clock import Clock
from sandbox.companies import Company, generate
from sandbox.companies.company import User as CompanyUser
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender
from sandbox.xero.books.books import Books, Changed
from sandbox.xero.books.opening import opened
from sandbox.xero.feed import Endpoint, Feed
from sandbox.xero.identity.connections import Connections
from sandbox.xero.identity.grants import Grants
from sandbox.xero.identity.keys import Signer
from sandbox.xero.identity.users import User
from sandbox.xero.limits import Concurrency, Limits
from sandbox.xero.replays import Replays
from sandbox.xero.wire.rendering import warm

SMALL_INVOICES = 24
WARM_FROM_INVOICES = 1000
SECOND_NAME = "Second Street Lettings Ltd"
STRANGERS_NAME = "Northgate Cycles Ltd"
STRANGER = CompanyUser(first_name="Sam", last_name="Stranger", email="sam@northgate-cycles.example")


@dataclass
class XeroState:
    """`main` are the books of the company that was asked for; the others are small and invented."""

    settings: SandboxSettings
    clock: Clock
    users: list[User]
    organisations: dict[str, Books]
    main: Books
    feed: Feed
    signer: Signer
    limits: Limits
    connections: Connections
    grants: Grants = field(default_factory=Grants)
    replays: Replays = field(default_factory=Replays)
    concurrency: Concurrency = field(default_factory=Concurrency)

    @classmethod
    def build(
        cls,
        company: Company,
        settings: SandboxSettings,
        clock: Clock,
        webhooks: WebhookSender,
        timers: Timers,
    ) -> "XeroState":
        """A fresh Xero: the company and a second one for its users, and a stranger with his own."""
        neighbours = _neighbours(settings.seed, clock.now().date())
        main, second, strangers = (opened(each, clock.now) for each in (company, *neighbours))
        if len(main.invoices) >= WARM_FROM_INVOICES:
            warm(main)
        connections = Connections()
        endpoint = Endpoint(
            settings.xero_webhook_url, settings.xero_webhook_key, f"{settings.public_url}/xero/api.xro/2.0"
        )
        feed = Feed(endpoint, clock, webhooks, timers, connections.reach)
        for books in (main, second, strangers):
            books.changed = _teller(feed, books.tenant_id)
        own = [main.tenant_id, second.tenant_id]
        return cls(
            settings=settings,
            clock=clock,
            users=[
                *(User.of(person, own) for person in company.users),
                User.of(STRANGER, [strangers.tenant_id]),
            ],
            organisations={books.tenant_id: books for books in (main, second, strangers)},
            main=main,
            feed=feed,
            signer=Signer(f"{settings.public_url}/xero"),
            limits=Limits(settings.xero_daily_limit),
            connections=connections,
        )

    def user(self, id_or_email: str) -> User | None:
        return next((user for user in self.users if id_or_email in {user.id, user.email}), None)


@lru_cache(maxsize=4)
def _neighbours(seed: int, today: date) -> tuple[Company, Company]:
    """The users' second company, and a stranger's."""
    second = generate(seed=seed + 1, today=today, invoices=SMALL_INVOICES, name=SECOND_NAME)
    strangers = generate(
        seed=seed + 2, today=today, invoices=SMALL_INVOICES, name=STRANGERS_NAME, users=(STRANGER,)
    )
    return second, strangers


def _teller(feed: Feed, tenant_id: str) -> Changed:
    def tell(category: str, event: str, identity: str, facts: dict[str, str] | None) -> None:
        feed.tell(tenant_id, category, event, identity, facts)

    return tell
