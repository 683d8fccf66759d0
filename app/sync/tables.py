"""Which columns of the mirror a record fills, and with what."""

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from app.connectors.base import (
    AccountRecord,
    CreditNoteRecord,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    Resource,
)
from app.kit.sealing import Sealer
from app.kit.zones import zones_of, zones_of_country
from app.sync.identity import ACCOUNT, CREDIT_NOTE, CUSTOMER, INVOICE, PAYMENT, mirror_key

EMAILS_COLUMN, PEOPLE_COLUMN, PHONE_COLUMN = "customer.emails", "customer.people", "customer.phone"


@dataclass(frozen=True)
class Reading:
    """For whom rows are made, and when the ledger was asked for them."""

    tenant_id: UUID
    sealer: Sealer
    read_at: datetime
    followed_until: datetime | None = None
    """Everything changed in the ledger before this moment should be in the mirror already."""
    customers: set[str] = field(default_factory=set)
    """Ids of customers that the mirror was found to have. It never loses one."""

    def is_late(self, changed_at: datetime) -> bool:
        return self.followed_until is not None and changed_at < self.followed_until

    def id_of(self, kind: str, external_id: str) -> str:
        return mirror_key(self._tenant, kind, external_id)

    @cached_property
    def _tenant(self) -> bytes:
        return self.tenant_id.bytes


@dataclass(frozen=True)
class MirrorTable:
    """One table of the mirror, by what a record puts into it."""

    name: str
    fill: Callable[[Reading, Any], dict[str, Any]]
    """Every column but tenant_id, among them changed_at. Ids are texts: they are copied at half the cost."""
    sealed: Mapping[str, str] = field(default_factory=dict)
    """Columns that `fill` gives as plain texts and that are sealed before they are written, with their places."""
    has_read_at: bool = False


def _customer(reading: Reading, record: CustomerRecord) -> dict[str, Any]:
    return {
        "id": reading.id_of(CUSTOMER, record.external_id),
        "external_id": record.external_id,
        "name": record.name,
        "first_name": record.first_name,
        "emails_sealed": json.dumps(record.emails) if record.emails else None,
        "people_sealed": json.dumps([astuple(one) for one in record.people]) if record.people else None,
        "phone_sealed": record.phone,
        "country_code": record.country_code,
        "region": record.region,
        "time_zones": _zones(record),
        "is_active": record.is_active,
        "merged_into_external_id": record.merged_into,
        "changed_at": record.changed_at,
    }


def _zones(record: CustomerRecord) -> list[str] | None:
    """Where the customer may be. A country of many zones says too little by itself: it helps to read the number."""
    country = record.country_code
    is_told = country is not None and (record.region is not None or len(zones_of_country(country)) == 1)
    found = zones_of(
        phone=record.phone, country=country if is_told else None, region=record.region, home_country=country
    )
    return list(found) or None


def _invoice(reading: Reading, record: InvoiceRecord) -> dict[str, Any]:
    return {
        "id": reading.id_of(INVOICE, record.external_id),
        "external_id": record.external_id,
        "customer_id": reading.id_of(CUSTOMER, record.customer_external_id),
        "number": record.number,
        "reference": record.reference,
        "state": record.state.value,
        "currency": record.currency,
        "total": record.total,
        "amount_due": record.amount_due,
        "amount_paid": record.amount_paid,
        "amount_credited": record.amount_credited,
        "issued_on": record.issued_on,
        "due_on": record.due_on,
        "settled_on": record.settled_on,
        "last_emailed_at": record.last_emailed_at,
        "changed_at": record.changed_at,
        "read_at": reading.read_at,
    }


def _credit_note(reading: Reading, record: CreditNoteRecord) -> dict[str, Any]:
    return {
        "id": reading.id_of(CREDIT_NOTE, record.external_id),
        "external_id": record.external_id,
        "customer_id": reading.id_of(CUSTOMER, record.customer_external_id),
        "number": record.number,
        "state": record.state.value,
        "currency": record.currency,
        "total": record.total,
        "remaining": record.remaining,
        "issued_on": record.issued_on,
        "changed_at": record.changed_at,
    }


def _payment(reading: Reading, record: PaymentRecord) -> dict[str, Any]:
    customer = record.customer_external_id
    return {
        "id": reading.id_of(PAYMENT, record.external_id),
        "external_id": record.external_id,
        "customer_id": reading.id_of(CUSTOMER, customer) if customer else None,
        "currency": record.currency,
        "amount": record.amount,
        "unapplied": record.unapplied,
        "paid_on": record.paid_on,
        "reference": record.reference,
        "is_deleted": record.is_deleted,
        "changed_at": record.changed_at,
    }


def _account(reading: Reading, record: AccountRecord) -> dict[str, Any]:
    return {
        "id": reading.id_of(ACCOUNT, record.external_id),
        "external_id": record.external_id,
        "code": record.code,
        "name": record.name,
        "kind": record.kind,
        "currency": record.currency,
        "takes_payments": record.takes_payments,
        "takes_fees": record.takes_fees,
        "takes_refunds": record.takes_refunds,
        "takes_income": record.takes_income,
        "is_active": record.is_active,
        "changed_at": record.changed_at,
    }


CUSTOMERS = MirrorTable(
    "customer",
    _customer,
    sealed={
        "emails_sealed": EMAILS_COLUMN,
        "people_sealed": PEOPLE_COLUMN,
        "phone_sealed": PHONE_COLUMN,
    },
)
INVOICES = MirrorTable("invoice", _invoice, has_read_at=True)
PAYMENTS = MirrorTable("ledger_payment", _payment)
TABLES: Mapping[Resource, MirrorTable] = {
    Resource.CUSTOMERS: CUSTOMERS,
    Resource.ACCOUNTS: MirrorTable("account", _account),
    Resource.INVOICES: INVOICES,
    Resource.CREDIT_NOTES: MirrorTable("credit_note", _credit_note),
    Resource.PAYMENTS: PAYMENTS,
}
