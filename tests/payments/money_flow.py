"""What happens to money after it was paid, as others do it at Stripe, and the rows in which we keep it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from app.models import (
    Chargeback,
    Movement,
    Payment,
    Payout,
    PersonTask,
    PersonTaskKind,
    Refund,
    TenantRow,
    WriteBack,
    WriteBackKind,
)
from app.payments.refunds import ask_for_refund
from app.payments.tasks import sweep_events
from tests.payments.business import Business, settled

Row = TypeVar("Row", bound=TenantRow)


def paid(business: Business, *, invoices: int = 1) -> Payment:
    """A payment by card that we have recorded, with its fee."""
    before = {payment.id for payment in business.payments()}
    settled(business, at_least=invoices)
    business.work()
    [payment] = [payment for payment in business.payments() if payment.id not in before]
    return payment


def at_stripe(business: Business, path: str, **wishes: Any) -> Any:
    """What somebody else does there."""
    return business.sandbox.control(f"stripe/{path}", **wishes)


def on_account(business: Business, path: str, **wishes: Any) -> Any:
    """What somebody does with the business's account there."""
    return at_stripe(business, f"accounts/{account_of(business)}/{path}", **wishes)


def account_of(business: Business) -> str:
    """The business's account at Stripe."""
    [account] = stripe_books(business)["accounts"]
    return str(account["id"])


def stripe_books(business: Business) -> dict[str, list[dict[str, Any]]]:
    """Everything the stand-in knows."""
    return dict(business.sandbox.get("/control/stripe/books").json())


def sweep(business: Business) -> None:
    """The ticker's quarter of an hour: what no webhook told is found."""
    with business.ground.database.platform() as session:
        sweep_events(session, business.ground.clock.now())
    business.work()


def give_back(business: Business, payment: Payment, amount: str, reason: str = "Wrong order") -> Refund:
    """Somebody of the business asks for a refund; the row before any worker has seen it."""
    refund_id = ask_for_refund(
        business.ground,
        business.tenant.tenant_id,
        payment_id=payment.id,
        amount=Decimal(amount),
        reason=reason,
        asked_by=business.owner(),
    )
    return next(row for row in rows(business, Refund) if row.id == refund_id)


def rows(business: Business, kind: type[Row]) -> list[Row]:
    """All of the tenant's rows of a table."""
    with business.unit() as session:
        return list(session.scalars(select(kind)))


def refunds(business: Business) -> list[Refund]:
    return sorted(rows(business, Refund), key=lambda row: row.created_at)


def chargebacks(business: Business) -> list[Chargeback]:
    return sorted(rows(business, Chargeback), key=lambda row: row.opened_at)


def payouts(business: Business) -> list[Payout]:
    return sorted(rows(business, Payout), key=lambda row: row.created_at)


def movements(business: Business) -> dict[str, Movement]:
    """By Stripe's ids."""
    return {row.external_id: row for row in rows(business, Movement)}


def asked_of_people(business: Business, kind: PersonTaskKind) -> list[PersonTask]:
    """What waits for a person."""
    return [row for row in rows(business, PersonTask) if row.kind is kind and row.done_at is None]


def entries_of(business: Business, *kinds: WriteBackKind) -> list[WriteBackKind]:
    """Which entries the ledger is to have, of these kinds."""
    return sorted(row.kind for row in rows(business, WriteBack) if row.kind in kinds)


def minor(amount: Decimal) -> int:
    """As the stand-in's books count pounds."""
    return int(amount * 100)


def one(found: Sequence[Row]) -> Row:
    [row] = found
    return row
