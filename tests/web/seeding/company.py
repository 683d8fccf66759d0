"""About twenty customers with something in every state."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from app.kit.ground import Ground
from app.models import (
    Account,
    Connection,
    Hold,
    HoldScope,
    Invoice,
    InvoiceState,
    LedgerPayment,
    MessageState,
    OptOut,
    PaymentApplication,
    ReminderState,
    SyncRun,
    SyncState,
    WriteBackState,
)
from app.reminders import reasons
from tests.web.seeding.seeded import NAMES, Seeded
from tests.web.seeding.seeder import Seeder


def seed_company(ground: Ground, tenant_id: UUID) -> Seeded:
    """About twenty customers with invoices, reminders, payments and cases in every state."""
    with ground.database.tenant(tenant_id) as session:
        seeder = Seeder(ground, session, tenant_id)
        customers = [seeder.customer(name) for name in NAMES]
        _seed_ledger(seeder, customers)
        _seed_reminders(seeder, customers)
        _seed_money(seeder, customers)
        return seeder.made


def _seed_ledger(seeder: Seeder, customers: list[UUID]) -> None:
    now, today = seeder.now, seeder.today
    connection = seeder.session.execute(_connection_id()).scalar_one_or_none()
    if connection is not None:
        seeder.add(
            SyncRun(
                id=uuid4(),
                connection_id=connection,
                is_first=True,
                state=SyncState.DONE,
                resource="payments",
                rows_read=1204,
                rows_expected=1204,
                rows_changed=1204,
                started_at=now - timedelta(seconds=4),
                finished_at=now,
            )
        )
    for place, customer_id in enumerate(customers):
        seeder.invoice(
            customer_id, due_in=12 - 9 * place, amount=f"{120 + 317 * place}.50", reference="PO 4471"
        )
        seeder.invoice(customer_id, due_in=-3 * place, amount="1840.00", left="640.00")
        seeder.invoice(customer_id, due_in=-40, amount="95.00", state=InvoiceState.PAID)
        if place % 4 == 0:
            seeder.invoice(customer_id, due_in=-11, amount="2300.00", currency="EUR")
    seeder.invoice(customers[3], due_in=-60, amount="75.00", state=InvoiceState.VOIDED)
    for code, name, kind, currency in (
        ("090", "Business Bank Account", "bank", "GBP"),
        ("091", "Stripe clearing", "bank", "GBP"),
        ("092", "Euro account", "bank", "EUR"),
        ("404", "Bank Fees", "expense", None),
        ("405", "Stripe fees", "expense", None),
        ("270", "Interest Income", "other", None),
    ):
        seeder.add(
            Account(
                id=uuid4(),
                external_id=str(uuid4()),
                code=code,
                name=name,
                kind=kind,
                currency=currency,
                takes_payments=kind == "bank",
                takes_fees=kind == "expense",
                takes_refunds=kind == "expense",
                takes_income=kind == "other",
                is_active=True,
                changed_at=now,
            )
        )
    for amount in ("95.00", "1200.00", "310.25"):
        payment_id = uuid4()
        seeder.add(
            LedgerPayment(
                id=payment_id,
                external_id=str(uuid4()),
                customer_id=customers[0],
                currency="GBP",
                amount=Decimal(amount),
                paid_on=today - timedelta(2),
                reference="Bank transfer",
                is_deleted=False,
                changed_at=now,
            )
        )
        seeder.session.flush()
        seeder.add(
            PaymentApplication(
                id=uuid4(),
                payment_id=payment_id,
                invoice_id=seeder.made.invoices[2],
                amount=Decimal(amount),
            )
        )


def _seed_reminders(seeder: Seeder, customers: list[UUID]) -> None:
    today, first = seeder.today, seeder.made.invoices
    by_customer = {customer_id: first[3 * place] for place, customer_id in enumerate(customers)}

    def one(place: int, state: ReminderState, **more: object) -> UUID:
        invoices = [
            row.id
            for row in seeder.session.query(Invoice).filter(
                Invoice.customer_id == customers[place],
                Invoice.currency == "GBP",
                Invoice.state == InvoiceState.OPEN,
            )
        ]
        return seeder.reminder(customers[place], invoices, state, **more)  # type: ignore[arg-type]

    assert by_customer
    for place in range(6):
        one(place, ReminderState.HELD, why=reasons.FIRST_LIST, waits=True, step=place % 6)
    one(6, ReminderState.PLANNED, on=today + timedelta(3), step=1)
    one(7, ReminderState.PLANNED, on=today + timedelta(4), step=3)
    sent = one(8, ReminderState.SENT, step=3)
    seeder.message(sent, MessageState.SENT)
    lost = one(9, ReminderState.UNKNOWN, why=reasons.UNKNOWN_FOR_GOOD)
    seeder.message(
        lost, MessageState.UNKNOWN, reason="The connection broke after the message was handed over."
    )
    failed = one(
        10,
        ReminderState.FAILED,
        why=reasons.Reason("refused", "The mail server refused the address: no such mailbox."),
    )
    seeder.message(failed, MessageState.FAILED, reason="550 no such mailbox")
    one(11, ReminderState.SKIPPED, why=reasons.PAID)
    one(12, ReminderState.SENDING)
    bare = seeder.customer("Unwritten Ltd", email=None)
    owed = seeder.invoice(bare, due_in=-20)
    seeder.reminder(bare, [owed], ReminderState.HELD, why=reasons.NO_EMAIL)
    seeder.contact(customers[0], "anne@customer.example")
    said_about = seeder.session.query(Invoice).filter_by(customer_id=customers[15], state="open").all()
    seeder.say(customers[15], said_about[0].id, said_about[1].id, "The left door sticks.")
    seeder.add(
        Hold(
            id=uuid4(),
            scope=HoldScope.CUSTOMER,
            subject_id=customers[13],
            reason="They promised to pay after their fair.",
            until=today + timedelta(10),
            created_at=seeder.now,
        ),
        OptOut(
            id=uuid4(), customer_id=customers[14], channel="email", source="one_click", created_at=seeder.now
        ),
    )


def _open_of(seeder: Seeder, customer_id: UUID) -> tuple[UUID, UUID]:
    """The customer's two oldest open invoices."""
    seeder.session.flush()
    wanted = select(Invoice.id).where(Invoice.customer_id == customer_id, Invoice.state == InvoiceState.OPEN)
    first, second = seeder.session.scalars(wanted.order_by(Invoice.due_on).limit(2))
    return first, second


def _seed_money(seeder: Seeder, customers: list[UUID]) -> None:
    invoices = seeder.made.invoices
    seeder.late_fees(customers[5], *_open_of(seeder, customers[5]), "Late fee of the trade customers")
    seeder.payment(customers[1], invoices[1], "640.00", WriteBackState.DONE)
    seeder.payment(
        customers[2],
        invoices[4],
        "437.50",
        WriteBackState.PARKED,
        reason="Xero refused the payment: the period is closed until 31 Oct 2026. Reopen it, or book it by hand.",
    )
    seeder.add_parked_task("The amount at Stripe differs from what was asked for. Nothing was booked.")


def _connection_id() -> Select[UUID]:
    return select(Connection.id).limit(1)
