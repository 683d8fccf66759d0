"""Invoices that the ledger itself has mailed lately: the customer has just heard of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from app.models import HoldKind, HoldScope, Invoice, InvoiceState, Tenant
from app.reminders.holds_rules import rules_of
from app.reminders.situation import Stop


def stops_of_ledger_mails(session: Session, today: date) -> Iterator[tuple[tuple[HoldScope, UUID], Stop]]:
    """The open invoices that rest for the days which the business lets pass after somebody else has written.

    Our own messages never go through the ledger, so they are none of these. With 0 days none rests.
    """
    days = timedelta(days=rules_of(session).stand_down_days)
    if not days:
        return
    mailed_on = cast(func.timezone(Tenant.time_zone, Invoice.last_emailed_at), Date)
    rows = session.execute(
        select(Invoice.id, mailed_on)
        .join(Tenant, Tenant.id == Invoice.tenant_id)
        .where(
            Invoice.state == InvoiceState.OPEN,
            Invoice.last_emailed_at.is_not(None),
            mailed_on >= today - days,
        )
    )
    for invoice_id, on in rows:
        words = f"The ledger itself mailed this invoice on {on.day} {on:%b %Y}"
        yield (HoldScope.INVOICE, invoice_id), Stop(words, on + days, HoldKind.OTHER_SENDER)
