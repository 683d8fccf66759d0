"""How fast due reminders leave, and whether each arrives exactly once.

    python -m bench.dispatch [--company large] [--most 400]

Method: PostgreSQL (embedded, durable) and the sandbox (ledger and mail server) run as processes of their own on
this machine; a tenant is connected through the sandbox's consent page, pulled and planned, and its list is
confirmed. Then one worker does the durable tasks in this process until none is due: every batch asks the
ledger, and every mail is a real SMTP conversation with intent and outcome committed before and after. The
inbox is the judge. Xero allows 60 calls a minute and tells about 40 invoices per call: the default stays below
that, and beyond it reminders are held until the next minute, so that the limit sets the pace. Vendors answer
over loopback: a mail server far away adds its round trips, eight at a time.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from datetime import datetime
from datetime import time as time_of_day
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.models import Reminder
from app.reminders.calendar import next_working_day
from app.reminders.confirming import confirm
from bench.environment import environment
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.sandbox import started_sandbox
from tests.support.tasks import run_due

_ZONE = ZoneInfo("Europe/London")


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure the dispatch.")
    arguments.add_argument("--company", default="large", help="company of the sandbox")
    arguments.add_argument("--most", type=int, default=400, help="reminders to confirm at most")
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        start_postgres(folder=Path(folder, "postgres")) as server,
        start_redis(folder=Path(folder, "redis")) as redis,
    ):
        migrate(server.owner_url)
        Path(folder, "sandbox").mkdir()
        with started_sandbox(
            Path(folder, "sandbox"), "http://127.0.0.1:9", "--company", asked.company
        ) as sandbox:
            os.environ.update(environment(server.app_url, redis.url, sandbox))
            ground = Ground.from_settings(load_settings(), pool_size=12)
            _measure(ground, sandbox, asked.most)
            ground.database.close()


def _measure(ground: Ground, sandbox: SandboxClient, most: int) -> None:
    morning = next_working_day(sandbox.now().astimezone(_ZONE).date())
    sandbox.control("clock", to=datetime.combine(morning, time_of_day(10), _ZONE).isoformat())
    tenant_id = connect(ground).tenant_id
    run_due(ground)
    sandbox.advance(seconds=120)  # the pull's calls are forgotten by the limit per minute
    confirmed = _confirm(ground, tenant_id, most)
    began = time.perf_counter()
    run_due(ground)
    seconds = time.perf_counter() - began
    copies = Counter(header for mail in _inbox(sandbox) for header in [mail["message_id"]])
    per_group = _sent_per_group(ground, tenant_id)
    print(f"{'confirmed':<12}{'mails':>8}{'seconds':>9}{'mails/s':>9}{'copies':>8}{'twice a day':>13}")
    print(
        f"{confirmed:<12}{len(copies):>8}{seconds:>9.1f}{len(copies) / seconds:>9.0f}"
        f"{copies.total() - len(copies):>8}{per_group:>13}"
    )


def _confirm(ground: Ground, tenant_id: UUID, most: int) -> int:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        due = select(Reminder.id).where(Reminder.reason_code == "first_list", Reminder.due_at <= now)
        return confirm(session, session.scalars(due.limit(most)).all(), now=now)


def _sent_per_group(ground: Ground, tenant_id: UUID) -> int:
    """Customers who had two reminders in one currency on one day."""
    twice = (
        "SELECT count(*) FROM (SELECT FROM reminder WHERE state = 'sent' "
        "GROUP BY customer_id, currency, send_on HAVING count(*) > 1) t"
    )
    with ground.database.tenant(tenant_id) as session:
        return int(session.execute(text(twice)).scalar_one())


def _inbox(sandbox: SandboxClient) -> list[dict[str, str]]:
    return list(sandbox.get("/mail/api/messages").json())


if __name__ == "__main__":
    main()
