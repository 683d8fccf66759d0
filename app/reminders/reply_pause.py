"""A customer who answers gets no reminders for a while, on whatever channel the answer came."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import HoldKind, HoldScope, HoldSource, Tenant
from app.reminders.holds import NewHold, place

PAUSE_DAYS = 7
"""Days without reminders after an answer; the business may end them at any time."""
WRITTEN_BY = {"email": "e-mail", "sms": "text message", "whatsapp": "WhatsApp"}
"""How people call what came by each channel."""


def pause_after_reply(session: Session, customer_id: UUID, *, channel: str, now: datetime) -> None:
    """Hold everything for this customer. A later answer begins the days anew."""
    zone = session.scalars(select(Tenant.time_zone)).one()
    hold = NewHold(
        scope=HoldScope.CUSTOMER,
        subject_id=customer_id,
        kind=HoldKind.REPLIED,
        reason=f"by {WRITTEN_BY[channel]}",
        until=local_date(now, zone) + timedelta(days=PAUSE_DAYS),
        source=HoldSource.PAYER,
    )
    place(session, hold, now=now)
