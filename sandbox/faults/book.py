"""Faults that somebody asked for, waiting for the call that they will spoil."""

import itertools
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

HTTP_KINDS = ("latency", "429", "500", "503", "drop", "drop-before", "garbage", "html")
WEBHOOK_KINDS = ("webhook-lost", "webhook-duplicate", "webhook-reorder")
MAIL_KINDS = ("451", "550", "latency", "drop", "drop-before")
XERO_STANDING = ("drift",)
QUICKBOOKS_STANDING = ("drift", "wrong-keys", "downgraded", "subscription-ended")
AFTER_THE_WRITE = ("throttle-after",)
VENDOR_KINDS = {
    "xero": (*HTTP_KINDS, *WEBHOOK_KINDS, *XERO_STANDING),
    "xero-identity": HTTP_KINDS,
    "quickbooks": (*HTTP_KINDS, *AFTER_THE_WRITE, *WEBHOOK_KINDS, *QUICKBOOKS_STANDING),
    "quickbooks-identity": HTTP_KINDS,
    "stripe": (*HTTP_KINDS, *WEBHOOK_KINDS),
    "twilio": (*HTTP_KINDS, *WEBHOOK_KINDS),
    "ses": (*HTTP_KINDS, *WEBHOOK_KINDS),
    "mail": MAIL_KINDS,
    "mail-search": HTTP_KINDS,
}


@dataclass
class Fault:
    """A way in which a vendor misbehaves.

    `match` is a substring of "METHOD /path", for a webhook of "POST /path event", for mail of
    "RCPT recipient" (where "451" and "550" refuse) and of "DATA recipient, recipient"; empty matches every
    call; for "downgraded" it says which writes the plan no longer has. `times` is how many calls it
    spoils; None means until it is removed, as standing faults always are. `value` is seconds for "latency"
    and for the Retry-After of "429" and "throttle-after". `detail` says which limit a Xero "429" names
    ("minute" or "day").
    """

    vendor: str
    kind: str
    match: str = ""
    times: int | None = 1
    value: float = 0
    detail: str = ""

    def __post_init__(self) -> None:
        kinds = VENDOR_KINDS.get(self.vendor)
        if kinds is None:
            raise ValueError(f"no vendor is called {self.vendor!r}; there are {', '.join(VENDOR_KINDS)}")
        if self.kind not in kinds:
            raise ValueError(f"{self.vendor} has no fault {self.kind!r}; it has {', '.join(kinds)}")
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1")
        if self.value < 0:
            raise ValueError("value must not be negative")


class Faults:
    """The faults in force, in the order in which they were asked for. Safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, Fault] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> str:
        with self._lock:
            number = str(next(self._numbers))
            self._waiting[number] = fault
        return number

    def remove(self, number: str) -> bool:
        """True if there was such a fault."""
        with self._lock:
            return self._waiting.pop(number, None) is not None

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, vendor: str, line: str, kinds: Collection[str] = HTTP_KINDS) -> Fault | None:
        """The first fault of one of these kinds that this call meets, used up by one."""
        with self._lock:
            for number, fault in self._waiting.items():
                if fault.vendor == vendor and fault.kind in kinds and fault.match in line:
                    self._use_up(number, fault)
                    return fault
        return None

    def standing(self, vendor: str, kind: str) -> Fault | None:
        """A fault that colours every answer while it is there, such as "drift"; never used up."""
        with self._lock:
            return next((f for f in self._waiting.values() if (f.vendor, f.kind) == (vendor, kind)), None)

    def listing(self) -> list[dict[str, Any]]:
        """Every fault in force as plain values, each with its id."""
        with self._lock:
            return [{"id": number, **asdict(fault)} for number, fault in self._waiting.items()]

    def _use_up(self, number: str, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            del self._waiting[number]
