"""What QuickBooks' answers mean for whoever asked. Pure.

An error is told as a `Fault` with a code in text, sometimes with leading zeros; errors of authorisation come in the
same shape in lower case, and in XML if something on the way dropped our Accept header. A batch answers 200 and puts
a fault into the item. The codes are those of Intuit's table of errors (developer.intuit.com, error codes); the
status alone says little, since a record that does not exist is a 400.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from app.kit.errors import DueMateError, NotFound, OutcomeUnknown, Rejected, Retryable

_WAIT_UNTOLD = timedelta(seconds=60)  # Intuit's own advice after a 429 without Retry-After
_WAIT_FOR_FAULT = timedelta(seconds=30)
_WAIT_FOR_OTHERS = timedelta(seconds=5)
_LONGEST_QUOTE = 300

THROTTLED, WRONG_KEYS, UNAUTHORISED = "3001", "3100", "3200"
NOT_FOUND, NAME_TAKEN = "610", "6240"
_STALE, _APPLICATION_ERROR = "5010", "10000"

_CODE_IN_MESSAGE = re.compile(r"errorCode=(\w+)")
_CODE_IN_XML = re.compile(rb"<Error\b[^>]*\bcode=\"(\w{1,20})\"")

WRONG_KEYS_REASON = (
    "QuickBooks does not accept DueMate's keys for this company: keys for tests and real companies do not go "
    "together. Whoever runs DueMate must put keys and address of the same environment into its settings."
)
TOKEN_REFUSED_REASON = "QuickBooks no longer accepts our access. Please reconnect."  # noqa: S105 (a sentence)
COMPANY_LOST_REASON = "DueMate was disconnected from this company in QuickBooks. Please reconnect."
SLOW_DOWN_REASON = "QuickBooks' limit per minute is used up. We go on by ourselves."

# Refusals whose own words help nobody.
_REASONS = {
    WRONG_KEYS: WRONG_KEYS_REASON,
    "5020": (
        "The QuickBooks user who connected DueMate may not do this. Ask an administrator of the company to "
        "connect QuickBooks again."
    ),
    "5030": (
        "The company's QuickBooks plan does not include this. Choose a plan that does, or another way to book "
        "in Settings."
    ),
    "6190": (
        "The company's QuickBooks subscription has ended or is suspended. Renew it in QuickBooks: then we read on "
        "by ourselves, and an entry that was refused can be tried again."
    ),
}
# What the reader can do about QuickBooks' own sentence.
_ADVICE = {
    NOT_FOUND: (
        "Something that the entry names was deleted or made inactive. Look in QuickBooks at the invoice, its "
        "customer, and the accounts chosen in Settings."
    ),
    "2500": "An account or record that the entry names is gone. Choose another one in Settings.",
    "6000": "Look at the invoice in QuickBooks: it may have been paid or changed meanwhile.",
    "6200": "The books are closed for this date. Move the closing date in QuickBooks, then try again.",
    "6210": "The books are closed for this date. Move the closing date in QuickBooks, then try again.",
    "6140": "The number is in use already. Look for it in QuickBooks.",
    NAME_TAKEN: "Another customer, supplier or employee has this name. Rename one of them in QuickBooks.",
    "6250": "Make the customer active again in QuickBooks.",
    "6430": "Choose another account in Settings.",
    "6450": "Look at the entry in QuickBooks.",
    "6480": "The entry is matched with the bank. Undo the match in QuickBooks first.",
    "6540": "The payment is part of a bank deposit. Take it out of the deposit in QuickBooks first.",
}
_OTHERWISE = "Look at it in QuickBooks, then try again."


@dataclass(frozen=True, slots=True)
class Fault:
    """The first error of an answer. `code` is without leading zeros, and empty if none was told."""

    code: str
    said: str


class Refused(Rejected):
    """A refusal with its code, for who can do something about it."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code


class Stale(Retryable):
    """Somebody else changed the record after it was read: read it again."""


def fault_in(body: bytes) -> Fault | None:
    """The fault an answer tells, in whatever dress; None if there is none to be found."""
    try:
        answer = msgspec.json.decode(body)
    except ValueError:
        found = _CODE_IN_XML.search(body)
        return Fault(found[1].decode().lstrip("0"), "") if found else None
    return fault_of(answer)


def fault_of(answer: object) -> Fault | None:
    """The fault in an answer, or in the item of a batch, that is parsed already."""
    fault = _part(answer, "Fault", "fault")
    errors = _part(fault, "Error", "error")
    if not isinstance(fault, dict):
        return None
    first = errors[0] if isinstance(errors, list) and errors else {}
    message, detail = _text(first, "Message", "message"), _text(first, "Detail", "detail")
    named = _CODE_IN_MESSAGE.search(message)
    code = _text(first, "code", "Code") or (named[1] if named else "")
    return Fault(code.lstrip("0"), detail or message)


def is_throttled(status: int, fault: Fault | None) -> bool:
    """Too many questions. A write refused so may have been taken all the same."""
    return status == 429 or _code(fault) == THROTTLED


def is_token_refused(status: int, fault: Fault | None) -> bool:
    """The access token is dead, before anything was done: another one may be tried, even for a write."""
    return status == 401 and _code(fault) != WRONG_KEYS


def is_company_lost(status: int, fault: Fault | None) -> bool:
    """A living token that does not reach this company (any more)."""
    return status == 403 and _code(fault) == UNAUTHORISED


def wait_told(headers: Mapping[str, str]) -> timedelta:
    """How long a throttled app should wait."""
    told = headers.get("Retry-After", "")
    return timedelta(seconds=int(told)) if told.isdecimal() and len(told) < 7 else _WAIT_UNTOLD


def failure(status: int, fault: Fault | None, *, is_write: bool) -> DueMateError | None:
    """What went wrong, or None for a success. Limits and refused access are the client's to see first.

    `status` is the answer's, or 200 for the item of a batch.
    """
    code = _code(fault)
    if status < 300 and fault is None:
        return None
    if fault is None or 300 <= status < 400 or status >= 500 or code == _APPLICATION_ERROR:
        return unanswered(is_write=is_write)
    if code == _STALE:
        return Stale(
            "Somebody else changed the record in QuickBooks at the same time. We look at it again.",
            after=_WAIT_FOR_OTHERS,
        )
    if code == NOT_FOUND and not is_write:
        return NotFound("QuickBooks has no such record.")
    return refused(fault)


def refused(fault: Fault) -> Refused:
    """QuickBooks' own sentence, and what to do about it."""
    if fault.code in _REASONS:
        return Refused(_REASONS[fault.code], fault.code)
    said = fault.said.strip().rstrip(". ")[:_LONGEST_QUOTE] or "it gave no reason"
    return Refused(f"QuickBooks refused: {said}. {_ADVICE.get(fault.code, _OTHERWISE)}", fault.code)


def unanswered(*, is_write: bool) -> DueMateError:
    """No answer, or none that means anything: harmless for a read, an open question for a write."""
    if is_write:
        return OutcomeUnknown(
            "QuickBooks did not say whether it took the entry. We look before doing anything else."
        )
    return Retryable("QuickBooks could not be reached. We try again by ourselves.", after=_WAIT_FOR_FAULT)


def _code(fault: Fault | None) -> str:
    return fault.code if fault else ""


def _part(whole: object, *names: str) -> object:
    if not isinstance(whole, dict):
        return None
    return next((whole[name] for name in names if whole.get(name) is not None), None)


def _text(whole: object, *names: str) -> str:
    part = _part(whole, *names)
    return str(part) if isinstance(part, str | int) else ""
