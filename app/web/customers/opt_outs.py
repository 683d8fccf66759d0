"""The owner's word not to write to a customer at all, and taking that word back."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.registry import CHANNELS
from app.kit.database import tenant_of
from app.models import OptOut
from app.payments.opting_out import OWNER
from app.payments.replan import replan


def stop_writing(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """No more reminders by any channel; where the customer asked for that already, their own wish stays."""
    wishes = [
        {
            "tenant_id": tenant_of(session),
            "id": uuid4(),
            "customer_id": customer_id,
            "channel": channel,
            "source": OWNER,
            "created_at": now,
        }
        for channel in CHANNELS
    ]
    session.execute(insert(OptOut).values(wishes).on_conflict_do_nothing())
    replan(session, now=now)


def write_again(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """Takes back the owner's own word only: what the customer asked for stays."""
    session.execute(delete(OptOut).where(OptOut.customer_id == customer_id, OptOut.source == OWNER))
    replan(session, now=now)
