"""How long a first pull takes, how much memory, and what a pull with nothing to do costs.

    python -m bench.first_sync [--ledger xero] [--company large] [--runs 3]

Method: PostgreSQL (embedded, durable), Redis and the sandbox run as processes of their own on this machine; a tenant is
connected through the sandbox's consent page. Each run pulls into a new tenant, in a fresh process of its own,
which measures its wall time, its own processor time (without PostgreSQL's and the sandbox's; other work on the machine
hardly moves it) and its peak memory (the whole process: interpreter and libraries included).
Calls are counted by the sandbox. The sandbox answers from memory over loopback: a real ledger adds its own
time per call, so the number of calls is the figure to carry over.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.log import configure_log
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.models import SyncRun
from app.sync.pull import pull
from bench.environment import environment
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.sandbox import started_sandbox

_TARGET_SECONDS, _TARGET_MEGABYTES = 2.0, 200.0
# How the address of a ledger's accounting API begins.
_APIS = {"xero": "/xero/api.xro/", "quickbooks": "/quickbooks/v3/"}


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure a first pull and one with nothing changed.")
    arguments.add_argument(
        "--company", default="large", help="company of the sandbox: large is 10,000 invoices"
    )
    arguments.add_argument("--ledger", choices=_APIS, default="xero")
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--pull", nargs=2, metavar=("TENANT", "CONNECTION"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.pull:
        _pull_and_tell(UUID(asked.pull[0]), UUID(asked.pull[1]))
    else:
        _measure(asked.ledger, asked.company, asked.runs)


def _measure(ledger: str, company: str, runs: int) -> None:
    print(__doc__.partition("Method: ")[2].strip() + "\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        start_postgres(folder=Path(folder, "postgres")) as server,
        start_redis(folder=Path(folder, "redis")) as redis,
    ):
        migrate(server.owner_url)
        Path(folder, "sandbox").mkdir()
        with started_sandbox(Path(folder, "sandbox"), "http://127.0.0.1:9", "--company", company) as sandbox:
            print(
                f"{'pull':<8}{'rows':>8}{'seconds':>9}{'own CPU':>9}{'rows/s':>9}{'calls':>7}{'peak MB':>9}"
            )
            for number in range(runs):
                # A database of its own for each run: the organisation is the same, its tenant is new.
                server.create_database(f"run_{number}", template="duemate")
                database_url = server.app_url.rpartition("/")[0] + f"/run_{number}"
                os.environ.update(environment(database_url, redis.url, sandbox))
                _one_run(sandbox, ledger)
                sandbox.advance(seconds=120)  # past the per-minute limit


def _one_run(sandbox: SandboxClient, ledger: str) -> None:
    ground = Ground.from_settings(load_settings())
    tenant = connect(ground, ledger)
    ground.database.close()
    for name in ("first", "again"):
        before = _calls(sandbox, ledger)
        child = [sys.executable, "-m", "bench.first_sync", "--pull"]
        child += [str(tenant.tenant_id), str(tenant.connection_id)]
        figures = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
        calls = _calls(sandbox, ledger) - before
        rate = figures["rows"] / figures["seconds"]
        print(
            f"{name:<8}{figures['rows']:>8}{figures['seconds']:>9.2f}{figures['cpu']:>9.2f}{rate:>9.0f}{calls:>7}"
            f"{figures['megabytes']:>9.0f}{_verdict(figures) if name == 'first' else ''}"
        )


def _pull_and_tell(tenant_id: UUID, connection_id: UUID) -> None:
    """In the fresh process: pull once, print the figures as JSON."""
    configure_log(level="WARNING", as_json=False)
    ground = Ground.from_settings(load_settings())
    began, worked = time.perf_counter(), time.process_time()
    pull(ground, tenant_id, connection_id, renew=lambda: None)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    with ground.database.tenant(tenant_id) as session:
        rows = session.scalars(select(SyncRun).order_by(SyncRun.started_at.desc()).limit(1)).one().rows_read
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu, "megabytes": megabytes}))
    ground.database.close()


def _verdict(figures: Mapping[str, float]) -> str:
    is_met = figures["seconds"] < _TARGET_SECONDS and figures["megabytes"] < _TARGET_MEGABYTES
    return f"   target under {_TARGET_SECONDS:.0f} s and {_TARGET_MEGABYTES:.0f} MB: {'met' if is_met else 'MISSED'}"


def _calls(sandbox: SandboxClient, ledger: str) -> int:
    counted = sandbox.get("/control/counters").json()["calls"]
    return sum(count for route, count in counted.items() if _APIS[ledger] in route)


if __name__ == "__main__":
    main()
