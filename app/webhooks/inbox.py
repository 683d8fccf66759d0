"""Stores what vendors' machines say, once, before they are answered."""

from datetime import datetime
from uuid import uuid4

from flask import Request, Response
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.models import InboundEvent

LARGEST_BODY = 256 * 1024


def receive(
    session: Session,
    *,
    source: str,
    external_key: str,
    kind: str,
    outside_org: str,
    subject: str,
    now: datetime,
    handled_at: datetime | None = None,
) -> bool:
    """Store one event; False if it was here before. `handled_at` says that there is nothing to follow."""
    event = insert(InboundEvent).values(
        id=uuid4(),
        source=source,
        external_key=external_key,
        kind=kind,
        outside_org=outside_org,
        subject=subject,
        received_at=now,
        handled_at=handled_at,
    )
    unique = [InboundEvent.source, InboundEvent.external_key]
    stored = event.on_conflict_do_nothing(index_elements=unique).returning(InboundEvent.id)
    return session.scalar(stored) is not None


def raw_body(request: Request) -> bytes | None:
    """The body as it came, which is what signatures are made over; None if it is larger than any honest one."""
    request.max_content_length = LARGEST_BODY
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None


def empty(status: int) -> Response:
    """An answer without body or cookie. Xero counts anything more as a failure."""
    answer = Response(status=status)
    answer.headers.pop("Content-Type", None)
    return answer
