"""Stores what vendors' machines say, once, before they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Request, Response
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

LARGEST_BODY = 256 * 1024

_STORE = text(
    "INSERT INTO inbound_event "
    "(id, source, external_key, kind, outside_org, subject, received_at, handled_at) "
    "SELECT gen_random_uuid(), :source, external_key, kind, outside_org, subject, :now, "
    "CASE WHEN ours THEN NULL ELSE CAST(:now AS timestamptz) END "
    "FROM unnest(CAST(:keys AS text[]), CAST(:kinds AS text[]), CAST(:organisations AS text[]), "
    "CAST(:subjects AS text[]), CAST(:ours AS boolean[])) AS told(external_key, kind, outside_org, subject, ours) "
    "ON CONFLICT (source, external_key) DO NOTHING RETURNING external_key"
)


@dataclass(frozen=True, slots=True)
class Event:
    """What a machine said, in ids. What is not ours has nothing to follow, and is stored as handled."""

    external_key: str
    kind: str
    outside_org: str
    subject: str
    is_ours: bool


def receive(session: Session, source: str, events: Sequence[Event], *, now: datetime) -> list[Event]:
    """Store one delivery; those of its events that were not here before."""
    # In one order for all, so that two deliveries of the same events wait for each other and never in a circle.
    by_key = {event.external_key: event for event in sorted(events, key=lambda event: event.external_key)}
    told = list(by_key.values())
    stored = session.scalars(
        _STORE,
        {
            "source": source,
            "now": now,
            "keys": [event.external_key for event in told],
            "kinds": [event.kind for event in told],
            "organisations": [event.outside_org for event in told],
            "subjects": [event.subject for event in told],
            "ours": [event.is_ours for event in told],
        },
    )
    return [by_key[key] for key in stored]


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
