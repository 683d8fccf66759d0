"""What the business does with entries, and what the ledger's own books say of its clearing account."""

from decimal import Decimal

from sqlalchemy import select

from app.models import Account, BookingAccounts, WriteBack, WriteBackKind, WriteBackState
from app.payments.remedies import retry
from app.payments.undoing import undo
from sandbox.stripe.currency import major
from tests.payments.business import Business
from tests.payments.money_flow import on_account, sweep


def on_clearing(business: Business) -> Decimal:
    """What the account that stands for the Stripe balance holds, by the stand-in ledger's own books."""
    with business.unit() as session:
        account = session.scalars(
            select(Account.external_id)
            .join(BookingAccounts, BookingAccounts.clearing_account_id == Account.id)
            .where(BookingAccounts.currency == business.currency)
        ).one()
    return Decimal(business.books().ledger["balances"][account])


def at_processor(business: Business) -> Decimal:
    """What Stripe holds for the business, by its own books."""
    judged = business.sandbox.get("/control/stripe/ledger").json()
    assert judged["problems"] == []
    [account] = judged["accounts"]
    held = account["currencies"].get(business.currency.lower(), {"balance": 0})
    return major(held["balance"], business.currency)


def entry(business: Business, kind: WriteBackKind) -> WriteBack:
    """The only entry of a kind."""
    [row] = business.entries(kind)
    return row


def take_back(business: Business, row: WriteBack, reason: str = "Booked to the wrong year") -> WriteBack:
    """Press Undo; the row right after."""
    undo(business.ground, row.tenant_id, row.id, reason=reason, asked_by=business.owner())
    return again(business, row)


def book_again(business: Business, row: WriteBack) -> None:
    retry(business.ground, row.tenant_id, row.id)


def again(business: Business, row: WriteBack) -> WriteBack:
    """The row as it is now."""
    with business.unit() as session:
        return session.get_one(WriteBack, (row.tenant_id, row.id))


def hear_and_work(business: Business) -> None:
    """A quarter of an hour passes: what happened at Stripe is heard and booked."""
    business.sandbox.advance(seconds=900)
    sweep(business)
    business.work()


def pay_out(business: Business) -> str | None:
    """Stripe sends everything to the bank, where it arrives; the payout's id, if there was anything to send."""
    [*sent] = on_account(business, "payout", everything=True, currency=business.currency.lower())["payouts"]
    for payout in sent:
        business.sandbox.control(f"stripe/payouts/{payout['id']}/arrive")
    return str(sent[0]["id"]) if sent else None


def unfinished(business: Business) -> list[WriteBack]:
    return [row for row in business.entries() if row.state is not WriteBackState.DONE]
