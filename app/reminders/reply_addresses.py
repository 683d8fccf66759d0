"""The address that answers to one reminder come to. It names organisation, customer and reminder to us alone.

`reply+<token>@<reply domain>`: the token is random, so that nobody can guess another's, written without capitals
because mail servers may change them, and kept only as a hash.
"""

import base64
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.kit.tokens import token_hash
from app.models import Route

ROUTE_KIND = "reply"
_TOKEN_BYTES = 16
_TOKEN = re.compile(r"reply\+([a-z2-7]{26})")


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """Where a reply belongs."""

    tenant_id: UUID
    reminder_id: UUID


def new_reply_address(session: Session, settings: Settings, reminder_id: UUID) -> str | None:
    """A new address in this unit of work; None where replies do not come by way of us."""
    if not settings.reply_domain:
        return None
    token = base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().rstrip("=").lower()
    session.add(
        Route(
            kind=ROUTE_KIND,
            outside_key=token_hash(token),
            tenant_id=tenant_of(session),
            subject_id=reminder_id,
        )
    )
    return f"reply+{token}@{settings.reply_domain}"


def find_reply_place(ground: Ground, recipients: Iterable[str]) -> ReplyPlace | None:
    """Where a mail to these addresses belongs; None if none of them was ever ours."""
    tokens = [token for one in recipients if (token := _token(one, ground.settings.reply_domain))]
    if not tokens:
        return None
    with ground.database.platform() as session:
        for token in tokens:
            route = session.get(Route, (ROUTE_KIND, token_hash(token)))
            if route is not None:
                return ReplyPlace(route.tenant_id, route.subject_id)
    return None


def _token(address: str, domain: str) -> str | None:
    name, _, at = address.strip().strip("<>").lower().rpartition("@")
    found = _TOKEN.fullmatch(name)
    return found[1] if found and domain and at == domain.lower() else None
