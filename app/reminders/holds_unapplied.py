"""Money of a customer that no invoice has taken: what the owner is asked about it, and what they answer."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import PersonTaskKind, Waiver
from app.payments.replan import replan
from app.reminders.holds_of_money import Group, load_money, load_owed
from app.reminders.holds_probably_paid import probably_paid
from app.tasks.person_tasks import finish


def covering(session: Session) -> dict[Group, Decimal]:
    """By customer and currency, money that covers at least one open invoice and was not waived."""
    money = load_money(session)
    if not money.unapplied:
        return {}
    owed = load_owed(session, money)
    return {
        group: unapplied.total
        for group, unapplied in money.unapplied.items()
        if probably_paid(unapplied, owed.get(group, []))
    }


def remind_anyway(
    session: Session, customer_id: UUID, currency: str, amount: Decimal, *, by: UUID, now: datetime
) -> None:
    """The owner knows of this money and wants reminders all the same; more money asks again."""
    insertion = insert(Waiver).values(
        tenant_id=tenant_of(session),
        id=uuid4(),
        customer_id=customer_id,
        currency=currency,
        amount=amount,
        created_at=now,
    )
    session.execute(
        insertion.on_conflict_do_update(
            index_elements=["tenant_id", "customer_id", "currency"],
            set_={"amount": amount, "created_at": now},
        )
    )
    finish(session, [customer_id], kind=PersonTaskKind.PROBABLY_PAID, currency=currency, now=now, by=by)
    replan(session, now=now)
