"""The marks by which our entries are found again, and the words that go with them. Pure.

QuickBooks' reference fields hold 21 characters (`PaymentRefNum`, `DocNumber`), fewer than a marker has. So they
carry a short form of it, which can be searched for, and the private note carries the marker itself, which a person
can read. A request id holds 50.
"""

import base64
import hashlib

_LONGEST_REFERENCE = 21
_LONGEST_NOTE = 4000  # assumed: not on a page of Intuit's that we could read
_PREFIX = "DM-"


def reference(marker: str) -> str:
    """The short form of a marker: always the same, and 90 bits wide, so that no two share one."""
    digest = base64.b32encode(hashlib.sha256(marker.encode()).digest()).decode()
    return f"{_PREFIX}{digest}"[:_LONGEST_REFERENCE]


def request_id(idempotency_key: str, step: str = "") -> str:
    """The request id of a step under a key. The answer to one is repeated, so each body needs its own."""
    return hashlib.sha256(f"{idempotency_key}|{step}".encode()).hexdigest()[:40]


def note(marker: str, sentence: str) -> str:
    """What stands in an entry's private note."""
    return f"{marker}\n{sentence}".strip()[:_LONGEST_NOTE]
