"""When an entry that may or may not have reached the ledger may be sent (again). Pure.

Before this is asked, the ledger was looked at and does not show the entry. What remains is an earlier request
that may still be under way. Every ledger remembers an idempotency key for six minutes at least from its first
use (`Ledger` port): within that time the same key cannot make a second entry. After it, a new key is safe once
the last use of the old one is more than two minutes ago, which is longer than any ledger works on a request.
The same key says the same thing, so accounts that were chosen anew since then wait for a new one, too.
The old key is not kept for longer, even where it is remembered for longer: a ledger repeats its first answer to
it, also when the entry it tells of was deleted since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SAME_KEY_FOR = timedelta(minutes=5)
NEW_KEY_AFTER = timedelta(minutes=8)


@dataclass(frozen=True, slots=True)
class Send:
    """Send now."""

    with_new_key: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again later."""

    after: timedelta


def next_attempt(
    *, key_used_at: datetime | None, now: datetime, changed_at: datetime | None = None
) -> Send | Wait:
    """What to do about an entry the ledger does not show; `key_used_at` is the first use of the last key.

    `changed_at`: when its accounts were chosen last, which makes it another entry than the one sent before.
    """
    if key_used_at is None:
        return Send(with_new_key=True)
    age = now - key_used_at
    is_another = changed_at is not None and changed_at > key_used_at
    if age <= SAME_KEY_FOR and not is_another:
        return Send(with_new_key=False)
    if age >= NEW_KEY_AFTER:
        return Send(with_new_key=True)
    return Wait(NEW_KEY_AFTER - age)
