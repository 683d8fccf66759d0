"""A business as it comes about: connected to a stand-in ledger, with a card account and booking accounts."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.connectors.base import FeeStyle
from app.kit.ground import Ground
from app.models import (
    ClosedPeriod,
    Customer,
    Invoice,
    InvoiceState,
    Membership,
    Overpaid,
    Payment,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.payments import booking, links, onboarding
from app.portal import blueprint as portal
from app.sync.connecting import ConnectedTenant
from app.sync.pull import pull
from app.webhooks import stripe as stripe_door
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Received, Receiver
from tests.support.tasks import run_due


def doors(ground: Ground) -> Flask:
    """The payer's pages and the webhook door, alone."""
    app = Flask("doors")
    app.register_blueprint(portal(ground))
    app.register_blueprint(stripe_door.blueprint(ground))
    return app


@dataclass
class Business:
    """A tenant, the world around it, and what people do there."""

    ground: Ground
    sandbox: SandboxClient
    receiver: Receiver
    tenant: ConnectedTenant
    ledger: str = "xero"
    currency: str = "GBP"
    client: FlaskClient = field(init=False)
    _delivered: int = 0

    def __post_init__(self) -> None:
        self.client = doors(self.ground).test_client()

    @contextmanager
    def unit(self) -> Iterator[Session]:
        with self.ground.database.tenant(self.tenant.tenant_id) as session:
            yield session

    # The business sets itself up.

    def pull(self) -> None:
        pull(self.ground, self.tenant.tenant_id, self.tenant.connection_id, renew=lambda: None)

    def take_cards(self) -> str:
        """Onboard at Stripe; the account's id."""
        onboarding.start(self.ground, self.tenant.tenant_id, user_id=self.owner())
        with self.unit() as session:
            account = onboarding.state(session, self.ground.settings).account
        assert account
        self.sandbox.control(f"stripe/accounts/{account}/complete")
        onboarding.refresh_account(self.ground, self.tenant.tenant_id)
        return account

    def owner(self) -> UUID:
        with self.ground.database.platform() as session:
            return session.scalars(
                select(Membership.user_id).where(Membership.tenant_id == self.tenant.tenant_id)
            ).one()

    def choose_accounts(
        self,
        *currencies: str,
        fee_style: FeeStyle | None = None,
        closed_period: ClosedPeriod = ClosedPeriod.ASK,
        overpaid: Overpaid = Overpaid.ASK,
        is_on: bool = True,
    ) -> None:
        """Take what is suggested, and the ledger's usual style of fees unless told otherwise; switch booking on."""
        with self.unit() as session:
            for choice in booking.choices(session):
                if choice.currency in currencies or not currencies:
                    assert choice.suggested_clearing
                    assert choice.suggested_fee
                    now = self.ground.clock.now()
                    booking.save(
                        session,
                        currency=choice.currency,
                        clearing_id=choice.suggested_clearing,
                        fee_id=choice.suggested_fee,
                        refund_id=choice.suggested_refund or choice.suggested_fee,
                        bank_id=choice.suggested_bank,
                        fee_style=fee_style,
                        closed_period=closed_period,
                        overpaid=overpaid,
                        now=now,
                    )
                    if is_on:
                        booking.switch_on(session, currency=choice.currency, now=now)

    # A payer comes.

    def open_invoices(
        self, *, currency: str | None = None, at_least: int = 1
    ) -> tuple[Customer, list[Invoice]]:
        """A customer with so many open invoices in a currency, the company's own unless told otherwise."""
        with self.unit() as session:
            rows = session.execute(
                select(Customer, Invoice)
                .join(Invoice, Invoice.customer_id == Customer.id)
                .where(Invoice.state == InvoiceState.OPEN, Invoice.currency == (currency or self.currency))
                .order_by(Customer.name, Invoice.due_on, Invoice.number)
            ).all()
        by_customer: dict[UUID, tuple[Customer, list[Invoice]]] = {}
        for customer, invoice in rows:
            by_customer.setdefault(customer.id, (customer, []))[1].append(invoice)
        return next(found for found in by_customer.values() if len(found[1]) >= at_least)

    def link(self, customer: Customer, *, currency: str | None = None) -> str:
        """The path of a new pay link."""
        with self.unit() as session:
            url = links.make_pay_link(
                session,
                self.ground,
                customer_id=customer.id,
                currency=currency or self.currency,
                reminder_id=None,
                now=self.ground.clock.now(),
            )
        return urlsplit(url).path

    def ticks(self, path: str) -> list[str]:
        """What the page offers to pay."""
        page = self.client.get(path)
        assert page.status_code == 200, page.text
        return re.findall(r'name="invoice" value="([^"]+)"', page.text)

    def press_pay(self, path: str, ticked: list[str] | None = None) -> TestResponse:
        return self.client.post(path, data={"invoice": self.ticks(path) if ticked is None else ticked})

    def session_of(self, answer: TestResponse) -> str:
        """The Stripe session that a click led to."""
        assert answer.status_code == 303, answer.text
        return urlsplit(answer.headers["Location"]).path.rpartition("/")[2]

    def pay_at_stripe(self, session_id: str, method: str = "card") -> dict[str, Any]:
        return dict(self.sandbox.control(f"stripe/sessions/{session_id}/pay", method=method))

    def pay(self, path: str, *, method: str = "card", ticked: list[str] | None = None) -> str:
        """Click, pay at Stripe; the session's id."""
        session_id = self.session_of(self.press_pay(path, ticked))
        self.pay_at_stripe(session_id, method)
        return session_id

    # Machines talk.

    def webhooks(self, *kinds: str) -> list[Received]:
        """What Stripe has sent so far, those of some kinds only if any are given."""
        sent = self.receiver.at("/stripe")
        return [one for one in sent if not kinds or any(kind.encode() in one.body for kind in kinds)]

    def told(self, kind: str) -> int:
        """How many webhooks of a kind have come."""
        return len(self.webhooks(f'"type": "{kind}"'))

    def wait_for_webhook(self, kind: str, *, after: int = 0) -> None:
        """Until one more than so many has come."""
        wait_until(lambda: self.told(kind) > after)

    def deliver(self, *webhooks: Received) -> None:
        """Hand webhooks to our own door as they came."""
        for webhook in webhooks or self.webhooks():
            answer = self.client.post(
                "/webhooks/stripe", data=webhook.body, headers=list(webhook.headers.items())
            )
            assert answer.status_code == 200

    def work(self) -> int:
        return run_due(self.ground)

    # What can be seen afterwards.

    def payments(self) -> list[Payment]:
        with self.unit() as session:
            return list(session.scalars(select(Payment).order_by(Payment.created_at)))

    def entries(self, kind: WriteBackKind | None = None) -> list[WriteBack]:
        with self.unit() as session:
            rows = session.scalars(select(WriteBack).order_by(WriteBack.created_at, WriteBack.marker))
            return [row for row in rows if kind is None or row.kind is kind]

    def states(self) -> dict[str, list[str]]:
        """State and reason of each entry by kind, for telling why a test failed."""
        found: dict[str, list[str]] = {}
        for row in self.entries():
            found.setdefault(row.kind.value, []).append(f"{row.state.value} {row.reason or ''}".strip())
        return found

    def all_done(self) -> bool:
        return {row.state for row in self.entries()} == {WriteBackState.DONE}

    def books(self) -> "Books":
        return Books(dict(self.sandbox.get(f"/control/{self.ledger}/ledger").json()))


@dataclass
class Books:
    """The stand-in ledger's own books as the judge."""

    ledger: dict[str, Any]

    def payments(self, payment: str) -> list[Decimal]:
        """Amounts of living payments that name a Stripe payment."""
        rows = self.ledger["payments"]
        return sorted(Decimal(row["amount"]) for row in rows if _names(row, f"Stripe {payment}"))

    def fees(self, payment: str) -> list[Decimal]:
        """Fees of a Stripe payment, whether as money spent or within a deposit."""
        rows = self.ledger["bank_transactions"]
        named = [row for row in rows if _names(row, f"Stripe fee {payment}")]
        return [Decimal(row["fee"] if row["type"] == "DEPOSIT" else row["total"]) for row in named]

    def notes(self, payment: str) -> list[str]:
        return [
            row["details"] for row in self.ledger["history"] if f"Stripe {payment}, DueMate" in row["details"]
        ]

    def due(self, number: str) -> Decimal:
        [invoice] = [row for row in self.ledger["invoices"] if row["number"] == number]
        return Decimal(invoice["amount_due"])


def _names(row: dict[str, Any], mark: str) -> bool:
    told = f"{row['reference'] or ''} {row.get('note') or ''}"
    return mark in told and row["status"] not in ("DELETED", "VOIDED")


def open_business(
    ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
    *,
    ledger: str = "xero",
    currencies: Sequence[str] = ("GBP", "EUR"),
) -> Business:
    """Connected, pulled, ready to take cards, accounts chosen. The first currency is the company's own."""
    tenant = connect(ground, ledger)
    business = Business(ground, sandbox, receiver, tenant, ledger=ledger, currency=currencies[0])
    business.pull()
    business.take_cards()
    business.choose_accounts(*currencies)
    business.work()
    return business


def early_in_a_minute(business: Business) -> None:
    """Time enough before the balance is read by itself: news of money is collected until the minute is full."""
    business.sandbox.advance(seconds=70 - business.sandbox.now().second)


def settled(business: Business, *, currency: str | None = None, at_least: int = 1) -> list[Invoice]:
    """A card payment for some invoices of a customer, paid and settled but not yet worked on."""
    customer, invoices = business.open_invoices(currency=currency, at_least=at_least)
    path = business.link(customer, currency=currency)
    chosen = invoices[:at_least]
    ids = {str(invoice.id) for invoice in chosen}
    completed, updated = business.told("checkout.session.completed"), business.told("charge.updated")
    business.pay(path, ticked=[tick for tick in business.ticks(path) if tick[:36] in ids])
    business.wait_for_webhook("checkout.session.completed", after=completed)
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated", after=updated)
    business.deliver()
    return chosen


def work_through(business: Business, *, minutes: int = 20) -> None:
    """Work, let time pass, work: until whatever was postponed has had its turn."""
    business.work()
    for _ in range(minutes // 2):
        if business.entries() and business.all_done():
            return
        business.sandbox.advance(seconds=120)
        business.work()
