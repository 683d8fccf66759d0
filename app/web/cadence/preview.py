"""A step's message as a real customer would get it now, from the mirror; and what a changed cadence moves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import Customer, Invoice, InvoiceState, Tenant
from app.payments.accounts import takes_payments
from app.reminders.cadences import StepDraft
from app.reminders.compose import Composed, Letter, compose
from app.reminders.gate import OpenLine
from app.reminders.loading import load_situation, load_undecided
from app.reminders.planner import plan
from app.reminders.planning import planning_cadence
from app.reminders.sender import reply_to_of
from app.reminders.situation import Cadence, Group, Planned, Situation, Step

_MOST_CUSTOMERS = 50
_MOST_INVOICES = 20


@dataclass(frozen=True)
class Example:
    """A customer who owes something, to try a text on."""

    customer_id: UUID
    name: str
    currency: str

    @property
    def key(self) -> str:
        """Names the example in the form."""
        return f"{self.customer_id}:{self.currency}"


@dataclass(frozen=True)
class Moves:
    """How many reminders a changed cadence would move, add and drop."""

    moved: int
    added: int
    dropped: int

    @property
    def any(self) -> bool:
        return bool(self.moved or self.added or self.dropped)


def examples(session: Session) -> list[Example]:
    """Customers with open invoices, those who owe longest first."""
    customer = and_(Customer.tenant_id == Invoice.tenant_id, Customer.id == Invoice.customer_id)
    rows = session.execute(
        select(Customer.id, Customer.name, Invoice.currency)
        .select_from(Invoice)
        .join(Customer, customer)
        .where(Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
        .group_by(Customer.tenant_id, Customer.id, Customer.name, Invoice.currency)
        .order_by(func.min(Invoice.due_on), Customer.name)
        .limit(_MOST_CUSTOMERS)
    )
    return [Example(*row) for row in rows]


def chosen_example(found: list[Example], key: str) -> Example | None:
    """The example of that key, or the first."""
    return next((one for one in found if one.key == key), found[0] if found else None)


def preview(
    ground: Ground, session: Session, example: Example, draft: StepDraft, *, now: datetime
) -> Composed:
    """The message with the customer's open invoices. Raises WordingFault if the text cannot be filled in."""
    tenant = session.scalars(select(Tenant)).one()
    customer = session.get_one(Customer, (tenant.id, example.customer_id))
    letter = Letter(
        now=now,
        zone=tenant.time_zone,
        country_code=tenant.country_code,
        business_name=tenant.name,
        reply_to=reply_to_of(tenant, ground.sealer(session)),
        customer_name=customer.name,
        first_name=customer.first_name,
        currency=example.currency,
        lines=_lines(session, example),
        subject=draft.subject,
        body=draft.body,
        pay_url=f"{ground.settings.public_url}/pay/…" if takes_payments(session) else None,
        unsubscribe_url=f"{ground.settings.public_url}/unsubscribe/…",
    )
    return compose(letter)


def _lines(session: Session, example: Example) -> tuple[OpenLine, ...]:
    invoices = session.scalars(
        select(Invoice)
        .where(
            Invoice.customer_id == example.customer_id,
            Invoice.currency == example.currency,
            Invoice.state == InvoiceState.OPEN,
            Invoice.amount_due > 0,
        )
        .order_by(Invoice.due_on)
        .limit(_MOST_INVOICES)
    )
    return tuple(
        OpenLine(
            invoice_id=one.id,
            step_id=one.id,
            number=one.number,
            reference=one.reference,
            issued_on=one.issued_on,
            due_on=one.due_on,
            balance=one.amount_due,
        )
        for one in invoices
    )


def moves(session: Session, drafts: list[StepDraft], send_hour: int, *, zone: str, now: datetime) -> Moves:
    """What saving this draft would change in the plan, by planning twice: as it is, and as it would be."""
    present = planning_cadence(session, now)
    days = sorted(draft.offset_days for draft in drafts)
    if (present.send_hour, [step.offset_days for step in present.steps]) == (send_hour, days):
        return Moves(0, 0, 0)  # other words move nothing, and typing them must not plan a large tenant anew
    steps = sorted(
        (Step(draft.id or uuid4(), draft.offset_days) for draft in drafts), key=lambda step: step.offset_days
    )
    changed = Cadence(present.version, send_hour, tuple(steps))
    stored = load_undecided(session).values()
    before, after = (
        _by_group(load_situation(session, cadence=cadence, stored=stored, zone=zone, now=now))
        for cadence in (present, changed)
    )
    both = before.keys() & after.keys()
    return Moves(
        moved=sum(before[group].due_at != after[group].due_at for group in both),
        added=len(after.keys() - before.keys()),
        dropped=len(before.keys() - after.keys()),
    )


def _by_group(situation: Situation) -> dict[Group, Planned]:
    return {planned.group: planned for planned in plan(situation)}
