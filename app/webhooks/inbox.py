"""Stores what vendors' machines say, once, before they are answered."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Request, Response
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.connectors.base import ChangeNotice

LARGEST_BODY = 256 * 1024

# In the order of the keys for all, so that two deliveries of the same events never wait for each other in a circle.
_STORE = text(
    "WITH told AS ("
    " SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:kinds AS text[]), CAST(:organisations AS text[]),"
    " CAST(:subjects AS text[])) AS t(external_key, kind, outside_org, subject)"
    "), stored AS ("
    " INSERT INTO inbound_event"
    " (id, source, external_key, kind, outside_org, subject, received_at, handled_at)"
    " SELECT gen_random_uuid(), :source, told.external_key, told.kind, told.outside_org, told.subject, :now,"
    " CASE WHEN route.kind IS NULL THEN CAST(:now AS timestamptz) END"
    " FROM told LEFT JOIN route ON route.kind = :source AND route.outside_key = told.outside_org"
    " ORDER BY told.external_key"
    " ON CONFLICT (source, external_key) DO NOTHING RETURNING outside_org"
    ") SELECT route.tenant_id, route.subject_id FROM route"
    " WHERE route.kind = :source AND route.outside_key IN (SELECT outside_org FROM stored)"
)


def receive(
    session: Session, source: str, notices: Sequence[ChangeNotice], *, now: datetime
) -> list[tuple[UUID, UUID]]:
    """Store one delivery, each event once; tenant and subject of the routes that its new events belong to.

    An event of an organisation that we do not know, or no longer, is kept to be seen, as handled.
    """
    found = session.execute(
        _STORE,
        {
            "source": source,
            "now": now,
            "keys": [notice.external_key for notice in notices],
            "kinds": [notice.resource for notice in notices],
            "organisations": [notice.organisation for notice in notices],
            "subjects": [notice.record for notice in notices],
        },
    )
    return [(tenant_id, subject_id) for tenant_id, subject_id in found]


def raw_body(request: Request, *, largest: int = LARGEST_BODY) -> bytes | None:
    """The body as it came, which is what signatures are made over; None if it is larger than any honest one."""
    request.max_content_length = largest
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None


def empty(status: int) -> Response:
    """An answer without body or cookie. Some vendors count anything more as a failure."""
    answer = Response(status=status)
    answer.headers.pop("Content-Type", None)
    return answer
