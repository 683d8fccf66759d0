"""Stripe's events as hints: which record of which account to read again.

Events of the v1 API come as snapshots, with the record inside; those of v2 (accounts) come thin, with its id.
Only the ids are taken from either.
"""

from datetime import UTC, datetime
from typing import Any

from app.processors.base import ProcessorEvent

# What each kind of event makes us read. Any other kind is news we have no use for.
MEANING = {
    "checkout.session.completed": "checkout",
    "checkout.session.async_payment_succeeded": "checkout",
    "checkout.session.async_payment_failed": "checkout",
    "checkout.session.expired": "checkout",
    "payment_intent.succeeded": "payment",
    "payment_intent.processing": "payment",
    "payment_intent.payment_failed": "payment",
    "payment_intent.canceled": "payment",
    "charge.updated": "payment",
    "account.updated": "account",
    "account.application.deauthorized": "account",
}
OF_PAYMENTS = [kind for kind, meaning in MEANING.items() if meaning != "account"]
_ACCOUNT_EVENTS = "v2.core.account"


def notice(event: dict[str, Any], *, account: str | None = None) -> ProcessorEvent:
    """An event's ids. `account` is whose list it came from; a webhook names it itself.

    Raises KeyError, TypeError or ValueError if it is not an event.
    """
    if event["object"] == "v2.core.event":
        return _thin(event)
    about = event["data"]["object"]
    owner = account or event.get("account") or ""
    meaning = MEANING.get(event["type"], "other")
    record = _record(meaning, about, owner)
    return ProcessorEvent(
        external_id=str(event["id"]),
        account=owner,
        kind=meaning if record and owner else "other",
        record=record,
        created_at=datetime.fromtimestamp(event["created"], UTC),
        is_live=bool(event["livemode"]),
    )


def _record(meaning: str, about: dict[str, Any], account: str) -> str:
    if meaning == "account":
        return account
    is_charge = about.get("object") == "charge"
    return str((about.get("payment_intent") if is_charge else about.get("id")) or "")


def _thin(event: dict[str, Any]) -> ProcessorEvent:
    about = event.get("related_object") or {}
    is_account = event["type"].startswith(_ACCOUNT_EVENTS) and about.get("type") == _ACCOUNT_EVENTS
    account = str(about.get("id", "")) if is_account else ""
    return ProcessorEvent(
        external_id=str(event["id"]),
        account=account,
        kind="account" if account else "other",
        record=account,
        created_at=datetime.fromisoformat(event["created"]),
        is_live=bool(event["livemode"]),
    )
