"""What a page of records does to the mirror: the ledger's latest word stays, in whatever order words arrive."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from app.connectors.base import (
    Application,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    Record,
    Resource,
)
from app.kit.ground import Ground
from app.models import Customer, Invoice, InvoiceState, LedgerPayment, PaymentApplication
from app.reminders.addresses import first_address
from app.sync.identity import CUSTOMER, INVOICE, mirror_id
from app.sync.tables import TABLES, Reading
from app.sync.upsert import upsert
from tests.support.tenants import make_tenant

T0 = datetime(2026, 11, 20, 9, tzinfo=UTC)
INV = InvoiceRecord(
    external_id="i1",
    number="INV-1",
    reference="",
    customer_external_id="c1",
    customer_name="Kelp & Sons",
    state=InvoiceState.OPEN,
    currency="GBP",
    total=Decimal("100.00"),
    amount_due=Decimal("100.00"),
    amount_paid=Decimal(0),
    amount_credited=Decimal(0),
    issued_on=date(2026, 11, 1),
    due_on=date(2026, 11, 15),
    settled_on=None,
    changed_at=T0,
)
PAID = replace(INV, state=InvoiceState.PAID, amount_due=Decimal(0), changed_at=T0 + timedelta(seconds=1))
KELP = CustomerRecord("c1", "Kelp & Sons Ltd", "Ada", ("ada@kelp.example",), None, True, None, T0)


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    return make_tenant(ground)


def write(
    ground: Ground,
    tenant: UUID,
    *records: Record,
    resource: Resource = Resource.INVOICES,
    read_at: datetime = T0,
) -> int:
    with ground.database.tenant(tenant) as session:
        return upsert(
            session, TABLES[resource], Reading(tenant, ground.sealer(session), read_at), records
        ).changed


def invoices(ground: Ground, tenant: UUID) -> Sequence[Invoice]:
    with ground.database.tenant(tenant) as session:
        return session.scalars(select(Invoice).order_by(Invoice.number)).all()


def the_invoice(ground: Ground, tenant: UUID) -> Invoice:
    [row] = invoices(ground, tenant)
    return row


def test_a_new_row_has_the_id_that_follows_from_the_ledgers(ground: Ground, tenant: UUID) -> None:
    assert write(ground, tenant, INV) == 1
    row = the_invoice(ground, tenant)
    assert row.id == mirror_id(tenant, INVOICE, "i1")
    assert row.customer_id == mirror_id(tenant, CUSTOMER, "c1")
    assert (row.total, row.currency, row.state, row.read_at) == (Decimal(100), "GBP", InvoiceState.OPEN, T0)


def test_a_later_change_wins_in_whatever_order_it_arrives(ground: Ground, tenant: UUID) -> None:
    assert [write(ground, tenant, record) for record in (INV, PAID, INV)] == [1, 1, 0]
    assert the_invoice(ground, tenant).state is InvoiceState.PAID


def test_other_content_under_the_same_time_of_change_wins_if_it_was_read_later(
    ground: Ground, tenant: UUID
) -> None:
    moved = replace(INV, due_on=date(2026, 12, 31))
    write(ground, tenant, INV, read_at=T0)
    assert write(ground, tenant, moved, read_at=T0 + timedelta(seconds=9)) == 1
    assert write(ground, tenant, INV, read_at=T0 + timedelta(seconds=5)) == 0
    assert the_invoice(ground, tenant).due_on == date(2026, 12, 31)


def test_the_same_read_again_counts_as_no_change_but_is_noted(ground: Ground, tenant: UUID) -> None:
    write(ground, tenant, INV)
    assert write(ground, tenant, INV, read_at=T0 + timedelta(hours=1)) == 0
    assert the_invoice(ground, tenant).read_at == T0 + timedelta(hours=1)
    write(ground, tenant, INV, read_at=T0)
    assert the_invoice(ground, tenant).read_at == T0 + timedelta(hours=1)


def test_a_row_twice_in_a_page_counts_once_with_its_latest_word(ground: Ground, tenant: UUID) -> None:
    assert write(ground, tenant, INV, PAID, INV) == 1
    assert the_invoice(ground, tenant).state is InvoiceState.PAID


def test_a_customer_known_from_an_invoice_only_is_filled_in_later_and_never_emptied(
    ground: Ground, tenant: UUID
) -> None:
    write(ground, tenant, INV)
    assert customer(ground, tenant).changed_at is None
    write(ground, tenant, KELP, resource=Resource.CUSTOMERS)
    write(ground, tenant, replace(INV, external_id="i2", customer_name="Some other spelling"))
    filled = customer(ground, tenant)
    assert (filled.name, filled.changed_at) == ("Kelp & Sons Ltd", T0)
    assert filled.emails_sealed is not None


def test_a_customer_read_again_unchanged_is_left_alone_though_seals_differ(
    ground: Ground, tenant: UUID
) -> None:
    assert write(ground, tenant, KELP, resource=Resource.CUSTOMERS) == 1
    assert write(ground, tenant, KELP, resource=Resource.CUSTOMERS) == 0
    archived = replace(KELP, is_active=False, changed_at=T0 + timedelta(seconds=1))
    assert write(ground, tenant, archived, resource=Resource.CUSTOMERS) == 1


@pytest.mark.parametrize(
    "change",
    [{"emails": ("new@kelp.example",)}, {"emails": ()}, {"phone": "+44 20 7946 0000"}],
)
def test_what_is_sealed_and_differs_at_the_same_time_of_change_is_written(
    ground: Ground, tenant: UUID, change: dict[str, object]
) -> None:
    # Ledgers that date by the second have two changes at one time.
    write(ground, tenant, KELP, resource=Resource.CUSTOMERS)
    changed = replace(KELP, **change)  # type: ignore[arg-type]
    assert write(ground, tenant, changed, resource=Resource.CUSTOMERS) == 1
    assert write(ground, tenant, changed, resource=Resource.CUSTOMERS) == 0


@pytest.mark.parametrize("damage", [None, b"", b"\x01", b"\x01" + b"k" * 40])
def test_a_seal_that_does_not_open_is_replaced(ground: Ground, tenant: UUID, damage: bytes | None) -> None:
    write(ground, tenant, KELP, resource=Resource.CUSTOMERS)
    with ground.database.tenant(tenant) as session:
        session.scalars(select(Customer)).one().emails_sealed = damage
    assert write(ground, tenant, KELP, resource=Resource.CUSTOMERS) == 1
    with ground.database.tenant(tenant) as session:
        row = session.scalars(select(Customer)).one()
        assert first_address(ground.sealer(session), row) == "ada@kelp.example"


def customer(ground: Ground, tenant: UUID) -> Customer:
    with ground.database.tenant(tenant) as session:
        return session.scalars(select(Customer)).one()


PAID_40 = PaymentRecord(
    external_id="p1",
    customer_external_id="c1",
    currency="GBP",
    amount=Decimal("100.00"),
    unapplied=Decimal("60.00"),
    applied=(Application("i1", Decimal("40.00")),),
    paid_on=date(2026, 11, 19),
    reference="pi_1",
    is_deleted=False,
    changed_at=T0,
)


def pay(ground: Ground, tenant: UUID, *records: PaymentRecord) -> int:
    return write(ground, tenant, *records, resource=Resource.PAYMENTS)


def settled(ground: Ground, tenant: UUID) -> dict[str, Decimal]:
    """Per invoice, what payments settle of it."""
    ids = {mirror_id(tenant, INVOICE, external_id): external_id for external_id in ("i1", "i2", "i3")}
    with ground.database.tenant(tenant) as session:
        return {ids[row.invoice_id]: row.amount for row in session.scalars(select(PaymentApplication))}


def test_a_payment_may_come_before_its_invoice(ground: Ground, tenant: UUID) -> None:
    pay(ground, tenant, PAID_40)
    write(ground, tenant, INV)
    with ground.database.tenant(tenant) as session:
        row = session.scalars(select(LedgerPayment)).one()
    assert (row.amount, row.unapplied) == (Decimal(100), Decimal(60))
    assert row.customer_id == mirror_id(tenant, CUSTOMER, "c1")
    assert settled(ground, tenant) == {"i1": Decimal(40)}


def test_what_a_payment_settles_is_replaced_as_a_whole(ground: Ground, tenant: UUID) -> None:
    pay(ground, tenant, PAID_40)
    later = T0 + timedelta(seconds=5)
    # The ledger may name an invoice on two lines of one payment.
    moved = replace(
        PAID_40,
        applied=(
            Application("i2", Decimal("1.50")),
            Application("i3", Decimal("5.00")),
            Application("i2", Decimal("2.50")),
        ),
        changed_at=later,
    )
    assert pay(ground, tenant, moved) == 1
    assert settled(ground, tenant) == {"i2": Decimal(4), "i3": Decimal(5)}
    assert pay(ground, tenant, PAID_40) == 0
    assert settled(ground, tenant) == {"i2": Decimal(4), "i3": Decimal(5)}
    assert pay(ground, tenant, replace(moved, is_deleted=True, changed_at=later + timedelta(seconds=1))) == 1
    assert settled(ground, tenant) == {}


def test_a_payment_that_settles_other_invoices_at_the_same_time_of_change_counts_as_changed(
    ground: Ground, tenant: UUID
) -> None:
    pay(ground, tenant, PAID_40)
    assert pay(ground, tenant, replace(PAID_40, applied=(Application("i1", Decimal("39.00")),))) == 1
    assert settled(ground, tenant) == {"i1": Decimal(39)}
    assert pay(ground, tenant, replace(PAID_40, applied=())) == 1
    assert pay(ground, tenant, replace(PAID_40, applied=())) == 0
    assert settled(ground, tenant) == {}


@pytest.mark.parametrize(
    "name",
    [
        "tab\there",
        "line\nbreak",
        "back\\slash \\N",
        "{braces,}",
        "“quotes” ' \"",
        "\u202eright to left",
        "é😀",
    ],
)
def test_awkward_texts_arrive_as_they_are(ground: Ground, tenant: UUID, name: str) -> None:
    write(ground, tenant, replace(INV, number=name, reference=name, customer_name=name))
    row = the_invoice(ground, tenant)
    assert (row.number, row.reference, customer(ground, tenant).name) == (name, name, name)


def test_nothing_to_write_writes_nothing(ground: Ground, tenant: UUID) -> None:
    assert write(ground, tenant) == 0


def test_the_same_ledger_id_in_two_tenants_is_two_rows(ground: Ground, tenant: UUID) -> None:
    other = make_tenant(ground)
    write(ground, tenant, INV)
    write(ground, other, PAID)
    assert the_invoice(ground, tenant).state is InvoiceState.OPEN
    assert the_invoice(ground, other).state is InvoiceState.PAID


def test_two_writers_of_the_same_rows_do_not_lock_each_other_out(ground: Ground, tenant: UUID) -> None:
    rows = [
        replace(INV, external_id=f"i{n}", number=f"{n}", customer_external_id=f"c{n % 50}")
        for n in range(400)
    ]
    later = [replace(row, changed_at=T0 + timedelta(seconds=2)) for row in reversed(rows)]
    with ThreadPoolExecutor(4) as threads:
        done = [
            threads.submit(write, ground, tenant, *page) for page in (rows, later, rows[::-1], later[::-1])
        ]
        assert sum(one.result() for one in done) >= 400
    assert {row.changed_at for row in invoices(ground, tenant)} == {T0 + timedelta(seconds=2)}
