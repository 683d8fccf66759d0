"""Customers who play in a scene: what they owed is paid first, so that all they get is about what the scene raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from app.demo.journey import Journey
from app.kit.errors import DueMateError
from app.models import Customer, Invoice, InvoiceState

_PLAIN_NAME = re.compile(r"[A-Za-z ,-]+")


@dataclass(frozen=True)
class Guest:
    """One customer, here and in the ledger."""

    customer_id: UUID
    contact_id: str
    name: str
    address: str


@dataclass
class Guests:
    """Hands out customers of a company, each once."""

    journey: Journey

    def __post_init__(self) -> None:
        self._waiting = self._candidates()

    def invite(self) -> Guest:
        """The next one, its account settled. From now on the day's count leaves it out."""
        guest = next(self._waiting, None)
        if guest is None:
            raise DueMateError("The company has too few customers for every scene.")
        self.journey.reckoning.guests.add(guest.address)
        self._settle(guest)
        return guest

    def owe(self, guest: Guest, amount: Decimal, *, due: date) -> str:
        """Raise an invoice in the ledger; its number."""
        wish = {"contact": guest.contact_id, "amount": str(amount), "due": due.isoformat()}
        made = self.journey.stage.vendors.tell(f"/control/{self.journey.ledger}/invoices", wish)
        return str(made["number"])

    def _settle(self, guest: Guest) -> None:
        for invoice in self.journey.books()["invoices"]:
            is_open = invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED"
            if is_open and invoice["contact_id"] == guest.contact_id:
                self.journey.stage.vendors.tell(
                    f"/control/{self.journey.ledger}/invoices/{invoice['number']}/pay", {}
                )

    def _candidates(self) -> Iterator[Guest]:
        addresses = {contact["id"]: contact["email"] for contact in self.journey.books()["contacts"]}
        for customer_id, contact_id, name in self._customers():
            if _PLAIN_NAME.fullmatch(name) and addresses.get(contact_id):
                yield Guest(customer_id, contact_id, name, addresses[contact_id])

    def _customers(self) -> list[tuple[UUID, str, str]]:
        """Those that have bought something and are not known to be abroad, whoever owes least first."""
        home = self.journey.tenant.country()
        own = (Invoice.tenant_id == Customer.tenant_id) & (Invoice.customer_id == Customer.id)
        query = (
            select(Customer.id, Customer.external_id, Customer.name)
            .join(Invoice, own)
            .where(
                Customer.is_active,
                Customer.emails_sealed.is_not(None),
                func.coalesce(Customer.country_code, home) == home,
            )
            .group_by(Customer.tenant_id, Customer.id)
            .order_by(func.count().filter(Invoice.state == InvoiceState.OPEN), Customer.name)
        )
        return self.journey.tenant.ask(lambda session: [(a, b, c) for a, b, c in session.execute(query)])
