"""Stripe's events as hints: which record of which account to read again.

Events of the v1 API come as snapshots, with the record inside; those of v2 (accounts) come thin, with its id.
Only the ids are taken from either.
"""

import re
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
    "charge.refunded": "payment",
    "refund.created": "refund",
    "refund.updated": "refund",
    "refund.failed": "refund",
    "charge.dispute.created": "dispute",
    "charge.dispute.updated": "dispute",
    "charge.dispute.closed": "dispute",
    "charge.dispute.funds_withdrawn": "dispute",
    "charge.dispute.funds_reinstated": "dispute",
    "payout.created": "payout",
    "payout.updated": "payout",
    "payout.paid": "payout",
    "payout.failed": "payout",
    "payout.canceled": "payout",
    "payout.reconciliation_completed": "payout",
    "balance.available": "balance",
    "account.updated": "account",
    "account.application.deauthorized": "account",
}
# Events of accounts that an account's own list does not have: they are the platform's.
LISTED = [kind for kind, meaning in MEANING.items() if meaning != "account"]
_ACCOUNT_EVENTS = "v2.core.account"
# What every id of Stripe's looks like (docs.stripe.com/upgrades: at most 255 characters). Ids become part of
# addresses that we ask later, so nothing else may pass for one.
_ID = re.compile(r"[A-Za-z0-9_]{0,255}")


def notice(event: dict[str, Any], *, account: str | None = None) -> ProcessorEvent:
    """An event's ids. `account` is whose list it came from; a webhook names it itself.

    Raises KeyError, TypeError, AttributeError, OverflowError or ValueError if it is not an event.
    """
    if event["object"] == "v2.core.event":
        return _thin(event)
    about = event["data"]["object"]
    owner = account or _id(event.get("account"))
    meaning = MEANING.get(event["type"], "other")
    record = _record(meaning, about, owner)
    return ProcessorEvent(
        external_id=_id(event["id"]),
        account=owner,
        kind=meaning if record and owner else "other",
        record=record,
        created_at=datetime.fromtimestamp(event["created"], UTC),
        is_live=bool(event["livemode"]),
    )


def _record(meaning: str, about: dict[str, Any], account: str) -> str:
    if meaning in ("account", "balance"):  # a balance has no id but its account's
        return account
    is_charge = about.get("object") == "charge"
    return _id(about.get("payment_intent") if is_charge else about.get("id"))


def _thin(event: dict[str, Any]) -> ProcessorEvent:
    about = event.get("related_object") or {}
    is_account = event["type"].startswith(_ACCOUNT_EVENTS) and about.get("type") == _ACCOUNT_EVENTS
    account = _id(about.get("id")) if is_account else ""
    return ProcessorEvent(
        external_id=_id(event["id"]),
        account=account,
        kind="account" if account else "other",
        record=account,
        created_at=datetime.fromisoformat(event["created"]),
        is_live=bool(event["livemode"]),
    )


def _id(told: Any) -> str:
    """An id as it may be stored and asked for; empty if there is none."""
    text = str(told or "")
    if _ID.fullmatch(text) is None:
        raise ValueError("This is not an id.")
    return text
