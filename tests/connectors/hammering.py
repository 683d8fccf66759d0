"""A process that asks one organisation's ledger as fast as it is let, whenever its standard input says so.

Settings come from the environment, the tenant's id as argument. A line `urgency seconds` begins a round; the answer
says how many calls were made, how often there was no room, how often the vendor refused, and the longest wait.
"""

import sys
import time
from uuid import UUID

from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.errors import Paused
from app.kit.ground import Ground
from app.kit.settings import load_settings

NO_ROOM = "lets us ask only so often"


def hammer(ground: Ground, tenant_id: UUID, urgency: Urgency, seconds: float) -> tuple[int, int, int, float]:
    """One round."""
    made, no_room, refused, longest = 0, 0, 0, 0.0
    ledger, ends_at = open_ledger(ground, tenant_id, urgency=urgency), time.monotonic() + seconds
    while time.monotonic() < ends_at:
        began = time.monotonic()
        try:
            ledger.organisation()
            made += 1
        except Paused as pause:
            no_room += NO_ROOM in pause.reason
            refused += NO_ROOM not in pause.reason
            time.sleep(0.02)
        longest = max(longest, time.monotonic() - began)
    return made, no_room, refused, longest


if __name__ == "__main__":
    here = Ground.from_settings(load_settings(), pool_size=1)
    print("ready", flush=True)
    for line in sys.stdin:
        urgency, seconds = line.split()
        print(*hammer(here, UUID(sys.argv[1]), Urgency(urgency), float(seconds)), flush=True)
