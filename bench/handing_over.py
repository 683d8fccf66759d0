"""How fast decided reminders are handed over, each with its intent committed before and its outcome after.

    python -m bench.handing_over [--reminders 2000] [--channel sms|email]

Method: PostgreSQL (embedded, durable) runs as a process of its own; the channel is a stand-in in this process that
takes a message at once, or after 0.1 s, and answers look-ups. Reminders with one invoice each are put into the
tables as claimed and decided, so that neither the ledger's limits nor the planner is part of the figure: what is
measured is the letter, the intent, the call and the outcome, in portions, by one worker. The channel counts what
it was given: each message exactly once, and each with its row already committed.
"""

import argparse
import os
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from app.channels.base import Capabilities, Found, Outcome, Outgoing, Sought
from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.reminders.sending import deliver_all
from bench.environment import bare_environment
from tests.reminders.decided import claimed, fill
from tests.support.tenants import make_tenant


class CountingChannel:
    """Takes everything after `seconds`, and looks whether the row was there before it."""

    def __init__(self, ground: Ground, tenant_id: UUID, seconds: float, name: str) -> None:
        self._ground, self._tenant_id, self._seconds, self._name = ground, tenant_id, seconds, name
        self._lock = threading.Lock()
        self.taken: Counter[str] = Counter()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self._name, False, False, None, answers_lookup=True, at_once=72)

    def send(self, message: Outgoing) -> str:
        if self._seconds:
            time.sleep(self._seconds)
        with self._lock:
            self.taken[message.marker] += 1
        return f"SM{message.marker}"

    def lookup(self, sought: Sought) -> Found:
        return Found(Outcome.TAKEN if sought.marker in self.taken else Outcome.NEVER_SEEN)

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure handing over.")
    arguments.add_argument("--reminders", type=int, default=2000)
    arguments.add_argument("--channel", choices=("sms", "email"), default="sms")
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        start_postgres(folder=Path(folder, "postgres")) as server,
        start_redis(folder=Path(folder, "redis")) as redis,
    ):
        migrate(server.owner_url)
        os.environ.update(bare_environment(server.app_url, redis.url))
        ground = Ground.from_settings(load_settings(), pool_size=4)
        print(f"{'channel':<10}{'latency':>9}{'messages':>10}{'seconds':>9}{'a second':>10}{'copies':>8}")
        for seconds in (0.0, 0.1):
            _measure(ground, asked.channel, asked.reminders, seconds)
        ground.database.close()


def _measure(ground: Ground, name: str, count: int, seconds: float) -> None:
    tenant_id = make_tenant(ground)
    fill(ground, tenant_id, name, count)
    channel = CountingChannel(ground, tenant_id, seconds, name)
    took, done = 0.0, 0
    while deliveries := claimed(ground, tenant_id, name):
        began = time.perf_counter()
        deliver_all(ground, tenant_id, channel, deliveries, renew=lambda: None)
        took, done = took + time.perf_counter() - began, done + len(deliveries)
    with ground.database.tenant(tenant_id) as session:
        sent = session.execute(text("SELECT count(*) FROM message WHERE state = 'sent'")).scalar_one()
    if not sent == done == count == len(channel.taken):
        raise SystemExit(f"{count} were to leave, {done} did, {sent} are kept as sent.")
    copies = channel.taken.total() - len(channel.taken)
    print(f"{name:<10}{seconds:>8.1f}s{done:>10}{took:>9.1f}{done / took:>10.0f}{copies:>8}")


if __name__ == "__main__":
    main()
