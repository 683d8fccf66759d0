"""What an answer of Xero that is not a plain success means for whoever asked. Pure.

Shapes and sentences: Xero OpenAPI 16.1.0 (400 body), the developer site's limits page (429 headers), captured
answers of others (401, 403).
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from app.connectors.pace import LimitScope
from app.connectors.xero import wire
from app.kit.errors import DueMateError, NotFound, OutcomeUnknown, Rejected, Retryable

_WAIT_FOR_CONCURRENT = timedelta(seconds=5)
_WAIT_UNTOLD = timedelta(seconds=60)
_WAIT_FOR_FAULT = timedelta(seconds=30)

# What the reader can do about the ledger's own sentence, by words that sentence holds (in lower case).
_ADVICE = (
    ("amount outstanding", "Look at the invoice in Xero: it may have been paid or credited meanwhile."),
    (
        "authorised documents",
        "Look at the invoice in Xero: it is not approved, or is already paid or voided.",
    ),
    ("allocat", "Take the credit off the invoice in Xero first, then try again."),
    ("lock date", "Move the lock date in Xero, then try again."),
    ("archived", "Choose another account in Settings, or restore this one in Xero."),
    ("account", "Choose another account in Settings."),
    ("contact", "Look at the contact in Xero."),
)
_OTHERWISE = "Look at it in Xero, then try again."


def refused(faults: Iterable[str]) -> Rejected:
    """The ledger's own sentences, and what to do about them."""
    said = " ".join(fault.rstrip(". ") + "." for fault in faults if fault) or "it gave no reason."
    advice = next((advice for words, advice in _ADVICE if words in said.lower()), _OTHERWISE)
    return Rejected(f"Xero refused: {said} {advice}")


def failure(status: int, body: bytes, *, is_write: bool) -> DueMateError | None:
    """What went wrong, or None for a success. 401, 429 and a lost organisation are the client's to see first."""
    if status < 300:
        return None
    if status == 404:
        return (
            Rejected("Xero no longer knows this record.")
            if is_write
            else NotFound("Xero has no such record.")
        )
    if 400 <= status < 500:
        return refused(_faults(body))
    return unanswered(is_write=is_write)


def unanswered(*, is_write: bool) -> DueMateError:
    """No answer, or none that means anything: harmless for a read, an open question for a write."""
    if is_write:
        return OutcomeUnknown(
            "Xero did not say whether it took the entry. We look before doing anything else."
        )
    return Retryable("Xero could not be reached. We try again by ourselves.", after=_WAIT_FOR_FAULT)


def is_lost_organisation(status: int, body: bytes) -> bool:
    """Xero's 403 for a token whose user has taken this organisation away from us."""
    return status == 403 and (_refusal(body).detail or "").startswith("AuthenticationUnsuccessful")


def lacks_permission(status: int, headers: Mapping[str, str]) -> bool:
    """A live consent that does not cover what was asked. Xero's own FAQ spells it with one `i` less, too."""
    words = headers.get("WWW-Authenticate", "")
    return status in (401, 403) and ("insufficient_scope" in words or "insufficent_scope" in words)


def slow_down(headers: Mapping[str, str]) -> tuple[LimitScope, timedelta, str]:
    """Which limit a 429 names, how long to wait, and a sentence. Xero tells no time for calls at once."""
    problem = headers.get("X-Rate-Limit-Problem", "").lower()
    if problem == "concurrent":
        return LimitScope.AT_ONCE, _WAIT_FOR_CONCURRENT, "Xero is busy with our other questions."
    told = headers.get("Retry-After", "")
    after = timedelta(seconds=int(told)) if told.isdecimal() and len(told) < 7 else _WAIT_UNTOLD
    if problem == "day":
        return LimitScope.DAY, after, "Xero's daily limit is used up. We go on by ourselves."
    scope = LimitScope.APP if problem.startswith("app") else LimitScope.MINUTE
    return scope, after, "Xero's per-minute limit is used up. We go on by ourselves."


def _faults(body: bytes) -> list[str]:
    refusal = _refusal(body)
    sentences = [fault.message or "" for element in refusal.elements or () for fault in element.faults or ()]
    return list(dict.fromkeys(sentences)) or [refusal.message or refusal.detail or ""]


def _refusal(body: bytes) -> wire.Refusal:
    try:
        return msgspec.json.decode(body, type=wire.Refusal)
    except ValueError:
        return wire.Refusal()
