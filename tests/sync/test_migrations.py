"""Rows written before a migration are still right after it, though the tables' owner may not see tenants' rows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command

from app.kit.embedded.postgres import RunningPostgres
from app.kit.migrations import alembic_config

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def old_database(postgres: RunningPostgres) -> Iterator[str]:
    """A database as the first release left it."""
    name = f"old_{uuid4().hex}"
    postgres.create_database(name)
    url = postgres.owner_url.rpartition("/")[0] + f"/{name}"
    command.upgrade(alembic_config(url), "0001")
    yield url
    postgres.drop_database(name)


def plain(url: str) -> str:
    """The URL as the driver itself reads it."""
    return url.replace("+psycopg", "")


def insert(connection: psycopg.Connection, table: str, **values: object) -> None:
    columns, places = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})".encode(), values)


def seed(connection: psycopg.Connection, tenant_id: UUID) -> tuple[UUID, UUID, UUID]:
    """A paid invoice, with its customer and payment."""
    customer_id, invoice_id, payment_id = uuid4(), uuid4(), uuid4()
    connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
    insert(
        connection,
        "tenant",
        id=tenant_id,
        name="T",
        data_key=b"k",
        base_currency="GBP",
        country_code="GB",
        time_zone="Europe/London",
        sending="on",
        created_at=NOW,
    )
    mine = {"tenant_id": tenant_id, "changed_at": NOW}
    insert(connection, "customer", **mine, id=customer_id, external_id="c", name="C", is_active=True)
    amounts = {"total": 10, "amount_due": 0, "amount_paid": 10, "amount_credited": 0}
    days = {"issued_on": NOW.date(), "due_on": NOW.date(), "read_at": NOW}
    named = {"external_id": "i", "number": "1", "reference": "", "state": "paid", "currency": "GBP"}
    insert(connection, "invoice", **mine, **amounts, **days, **named, id=invoice_id, customer_id=customer_id)
    for row_id, external_id, is_deleted in ((payment_id, "p", False), (uuid4(), "gone", True)):
        insert(
            connection,
            "ledger_payment",
            **mine,
            id=row_id,
            external_id=external_id,
            invoice_id=invoice_id,
            currency="GBP",
            amount=10,
            paid_on=NOW.date(),
            reference="",
            is_deleted=is_deleted,
        )
    for code, kind in (("404", "expense"), ("", "expense"), ("090", "bank")):
        chart = {"external_id": f"{kind}{code}", "code": code, "name": code, "kind": kind}
        insert(connection, "account", **mine, **chart, id=uuid4(), takes_payments=False, is_active=True)
    return customer_id, invoice_id, payment_id


def test_a_payment_keeps_its_invoice_and_an_account_its_use(
    old_database: str, postgres: RunningPostgres
) -> None:
    tenant_id = uuid4()
    with psycopg.connect(plain(old_database)) as connection:
        customer_id, invoice_id, payment_id = seed(connection, tenant_id)
    command.upgrade(alembic_config(old_database), "head")
    as_the_app = postgres.app_url.rpartition("/")[0] + "/" + old_database.rpartition("/")[2]
    with psycopg.connect(plain(as_the_app)) as connection:
        connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
        applied = connection.execute("SELECT payment_id, invoice_id, amount FROM payment_application")
        assert applied.fetchall() == [(payment_id, invoice_id, Decimal(10))]
        payments = connection.execute("SELECT DISTINCT customer_id, unapplied FROM ledger_payment")
        assert payments.fetchall() == [(customer_id, Decimal(0))]
        fees = connection.execute("SELECT external_id FROM account WHERE takes_fees")
        assert fees.fetchall() == [("expense404",)]
        connection.execute("UPDATE invoice SET state = 'deleted'")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE invoice SET state = 'invented'")
