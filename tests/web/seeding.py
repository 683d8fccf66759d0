"""A company with something in every state, written straight into the tables, for looking at pages."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.models import (
    Account,
    Cadence,
    CadenceStep,
    Checkout,
    CheckoutInvoice,
    CheckoutState,
    Connection,
    Customer,
    DisputeReason,
    Hold,
    HoldScope,
    HoldSource,
    Invoice,
    InvoiceState,
    LedgerPayment,
    Message,
    MessageState,
    OptOut,
    PayLink,
    Payment,
    PaymentApplication,
    PaymentMethod,
    PaymentState,
    PersonTask,
    ProcessorAccount,
    ProcessorAccountState,
    Reminder,
    ReminderInvoice,
    ReminderState,
    SyncRun,
    SyncState,
    Task,
    TaskState,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.reminders import reasons
from app.reminders.cadences import active_steps, create_default_cadence, default_cadence
from app.reminders.claims import Said, claim
from app.reminders.delivering_rows import CONTENT_COLUMN, RECIPIENT_COLUMN
from app.reminders.disputes import Complaint, open_dispute
from app.sync.tables import EMAILS_COLUMN

NAMES = (
    "Alder & Finch Architects",
    "Bayview Dental Practice",
    "Cobblestone Bakery Ltd",
    "Dunmore Logistics",
    "Eastgate Properties",
    "Fennel Street Kitchens",
    "Greenfield Primary School",
    "Harcourt & Daughters Solicitors",
    "Ivybridge Yacht Club",
    "Juniper Events",
    "Kestrel Aviation Services (Holdings) International Limited",
    "Larkspur Nurseries",
    "Møller Møbler ApS",
    "Northwind Traders",
    "O'Sullivan Brothers",
    "Pemberton Garage",
    "Quayside Hotel",
    "Ridgeway Farm Shop",
    "Schreinerei Bäcker GmbH",
    "Thistle Theatre Company",
)


@dataclass
class Seeded:
    """What was made, so that a test can point at it."""

    tenant_id: UUID
    customers: list[UUID] = field(default_factory=list)
    invoices: list[UUID] = field(default_factory=list)
    reminders: dict[str, UUID] = field(default_factory=dict)
    """One reminder per state, and `first_list` for one that waits for the owner."""
    entries: dict[str, UUID] = field(default_factory=dict)
    tasks: list[UUID] = field(default_factory=list)
    said: dict[str, UUID] = field(default_factory=dict)
    """A `claim` with its proof, a `dispute`, a `to_do` and a `hold`."""


class Seeder:
    """Writes one tenant's rows. Everything hangs on `today`, so that overdue days are the same in every run."""

    def __init__(
        self, ground: Ground, session: Session, tenant_id: UUID, zone: str = "Europe/London"
    ) -> None:
        self.ground, self.session, self.tenant_id = ground, session, tenant_id
        self.now = ground.clock.now()
        self.today = local_date(self.now, zone)
        self.sealer = ground.sealer(session)
        self.made = Seeded(tenant_id)
        self.cadence: Cadence = default_cadence(session) or create_default_cadence(session, self.now)
        self.steps: list[CadenceStep] = active_steps(session, self.cadence.id)

    def customer(
        self, name: str, *, email: str | None = "accounts@customer.example", active: bool = True
    ) -> UUID:
        customer_id = uuid4()
        sealed = email and self.sealer.seal(json.dumps([email]), column=EMAILS_COLUMN, row=customer_id)
        self.add(
            Customer(
                id=customer_id,
                external_id=str(uuid4()),
                name=name,
                first_name=None,
                emails_sealed=sealed or None,
                is_active=active,
                changed_at=self.now,
            )
        )
        self.made.customers.append(customer_id)
        return customer_id

    def invoice(
        self,
        customer_id: UUID,
        *,
        due_in: int,
        amount: str = "480.00",
        left: str | None = None,
        number: str | None = None,
        currency: str = "GBP",
        state: InvoiceState = InvoiceState.OPEN,
        reference: str = "",
    ) -> UUID:
        invoice_id, total = uuid4(), Decimal(amount)
        due = Decimal(0) if state is InvoiceState.PAID else Decimal(left or amount)
        self.add(
            Invoice(
                id=invoice_id,
                external_id=str(uuid4()),
                customer_id=customer_id,
                number=number if number is not None else f"INV-{1000 + len(self.made.invoices)}",
                reference=reference,
                state=state,
                currency=currency,
                total=total,
                amount_due=due,
                amount_paid=total - due,
                amount_credited=Decimal(0),
                issued_on=self.today + timedelta(due_in - 30),
                due_on=self.today + timedelta(due_in),
                settled_on=self.today - timedelta(3) if state is InvoiceState.PAID else None,
                changed_at=self.now,
                read_at=self.now,
            )
        )
        self.made.invoices.append(invoice_id)
        return invoice_id

    def reminder(
        self,
        customer_id: UUID,
        invoice_ids: list[UUID],
        state: ReminderState,
        *,
        on: date | None = None,
        step: int = 2,
        currency: str = "GBP",
        why: reasons.Reason | None = None,
        waits: bool = False,
    ) -> UUID:
        reminder_id, send_on = uuid4(), on or self.today
        chosen = self.steps[step]
        decided = state not in (ReminderState.PLANNED, ReminderState.HELD)
        self.add(
            Reminder(
                id=reminder_id,
                customer_id=customer_id,
                currency=currency,
                step_id=chosen.id,
                cadence_version=1,
                send_on=send_on,
                due_at=datetime.combine(send_on, datetime.min.time(), UTC) + timedelta(hours=9),
                state=state,
                reason_code=why.code if why else None,
                reason=why.sentence if why else None,
                needs_confirmation=waits,
                planned_at=self.now,
                decided_at=self.now if decided else None,
                facts=self._facts(invoice_ids, currency) if decided else None,
            )
        )
        for invoice_id in invoice_ids:
            self.add(
                ReminderInvoice(
                    reminder_id=reminder_id,
                    invoice_id=invoice_id,
                    step_id=chosen.id,
                    is_spent=state is not ReminderState.SKIPPED,
                    amount_due=Decimal("480.00") if decided else None,
                )
            )
        self.made.reminders["first_list" if waits else state.value] = reminder_id
        return reminder_id

    def message(self, reminder_id: UUID, state: MessageState, *, reason: str | None = None) -> UUID:
        message_id = uuid4()
        html = "<html><body><p>Hello,</p><p>£480.00 for invoice INV-1000 is <b>14 days overdue</b>.</p></body></html>"
        content = json.dumps(
            {
                "subject": "Harbour Lane Joinery: invoice INV-1000 now 14 days overdue, £480.00",
                "text": "Hello,\n\n£480.00 for invoice INV-1000 is 14 days overdue.\n",
                "html": html,
            }
        )
        self.add(
            Message(
                id=message_id,
                reminder_id=reminder_id,
                attempt=1,
                channel="email",
                state=state,
                recipient_sealed=self.sealer.seal(
                    "accounts@customer.example", column=RECIPIENT_COLUMN, row=message_id
                ),
                content_sealed=self.sealer.seal(content, column=CONTENT_COLUMN, row=message_id),
                marker=str(message_id),
                vendor_id="<a1b2@mail.example>" if state is MessageState.SENT else None,
                reason=reason,
                started_at=self.now,
                finished_at=self.now,
            )
        )
        return message_id

    def payment(
        self,
        customer_id: UUID,
        invoice_id: UUID,
        amount: str,
        entry: WriteBackState,
        *,
        reason: str | None = None,
    ) -> None:
        account = self._card_account()
        link_id, checkout_id, payment_id, total = uuid4(), uuid4(), uuid4(), Decimal(amount)
        self.add(
            PayLink(
                id=link_id,
                customer_id=customer_id,
                currency="GBP",
                token_hash=uuid4().hex,
                created_at=self.now,
            ),
            Checkout(
                id=checkout_id,
                pay_link_id=link_id,
                processor_account_id=account,
                external_id=f"cs_{uuid4().hex}",
                currency="GBP",
                amount=total,
                state=CheckoutState.COMPLETE,
                created_at=self.now,
                expires_at=self.now,
            ),
            CheckoutInvoice(checkout_id=checkout_id, invoice_id=invoice_id, amount=total),
            Payment(
                id=payment_id,
                checkout_id=checkout_id,
                external_id=f"pi_{uuid4().hex}",
                currency="GBP",
                amount=total,
                state=PaymentState.SUCCEEDED,
                paid_at=self.now - timedelta(hours=2),
                fee=Decimal("7.40"),
                fee_currency="GBP",
                created_at=self.now,
            ),
        )
        for kind, row_state in ((WriteBackKind.PAYMENT, entry), (WriteBackKind.FEE, WriteBackState.DONE)):
            entry_id = uuid4()
            self.add(
                WriteBack(
                    id=entry_id,
                    payment_id=payment_id,
                    kind=kind,
                    invoice_id=invoice_id if kind is WriteBackKind.PAYMENT else None,
                    currency="GBP",
                    amount=total if kind is WriteBackKind.PAYMENT else Decimal("7.40"),
                    booked_on=self.today,
                    marker=uuid4().hex,
                    state=row_state,
                    reason=reason if kind is WriteBackKind.PAYMENT else None,
                    created_at=self.now,
                )
            )
            self.made.entries[row_state.value] = entry_id

    def say(self, customer_id: UUID, claimed: UUID, disputed: UUID, words: str) -> None:
        """The payer says that one invoice is paid and that something is wrong with another."""
        paid = Said(
            customer_id,
            "GBP",
            {claimed: Decimal("10.00")},
            self.today,
            PaymentMethod.TRANSFER,
            words,
            b"%PDF-1.7 proof",
        )
        self.made.said["claim"] = claim(self.session, self.sealer, paid, today=self.today, now=self.now)
        wrong = Complaint(disputed, DisputeReason.FAULTY, words, HoldSource.PAYER)
        self.made.said["dispute"] = open_dispute(self.session, self.sealer, wrong, now=self.now)
        self.session.flush()
        self.made.said["to_do"] = self.session.query(PersonTask).filter_by(kind="dispute").one().id
        self.made.said["hold"] = self.session.query(Hold).filter_by(kind="dispute").one().id

    def add_parked_task(self, reason: str) -> None:
        task_id = uuid4()
        self.session.add(
            Task(
                id=task_id,
                tenant_id=self.tenant_id,
                kind="payments.settle_payment",
                state=TaskState.PARKED,
                run_at=self.now,
                attempts=10,
                reason=reason,
            )
        )
        self.made.tasks.append(task_id)

    def add(self, *rows: object) -> None:
        """Add rows of this tenant, in order. Those of one table are written together."""
        for row in rows:
            if hasattr(row, "tenant_id"):
                row.tenant_id = self.tenant_id
            if any(type(waiting) is not type(row) for waiting in self.session.new):
                self.session.flush()
            self.session.add(row)

    def _card_account(self) -> UUID:
        found = self.session.query(ProcessorAccount).one_or_none()
        if found is None:
            found = ProcessorAccount(
                id=uuid4(),
                processor="stripe",
                external_id="acct_1",
                state=ProcessorAccountState.READY,
                events_since=self.now,
                created_at=self.now,
            )
            self.add(found)
        return found.id

    def _facts(self, invoice_ids: list[UUID], currency: str) -> dict[str, object]:
        rows = self.session.query(Invoice).filter(Invoice.id.in_(invoice_ids))
        return {
            "read_at": self.now.isoformat(),
            "currency": currency,
            "invoices": [
                {
                    "id": str(row.id),
                    "number": row.number,
                    "state": row.state.value,
                    "balance": str(row.amount_due),
                    "paid_through_us": "0",
                    "due_on": row.due_on.isoformat(),
                }
                for row in rows
            ],
        }


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


def _seed_money(seeder: Seeder, customers: list[UUID]) -> None:
    invoices = seeder.made.invoices
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
