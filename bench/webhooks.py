"""How soon QuickBooks' webhooks are answered while nobody works them off, and whether each event is kept once.

    python -m bench.webhooks [--rate 50] [--seconds 20] [--companies 100]

Method: PostgreSQL (embedded, durable), Redis and the product's web server run as processes of their own on this
machine, no worker does. Signed deliveries of 100 events each leave at a fixed rate, whether or not earlier ones are
answered; each event is about one of many companies, one in twenty of them unknown here, and every tenth delivery
is the repetition of an earlier one. Times count from the moment a delivery should have left. The database is the
judge: every event once, one waiting pull for each company that is connected. Intuit waits three seconds.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select, text

from app.kit.embedded.ports import free_port
from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.models import Route
from tests.sandbox.client import wait_until
from tests.support.tenants import make_tenant

_EVENTS, _AT_ONCE, _KEY = 100, 200, "quickbooks-webhook-local"
_LIMIT_SECONDS = 3.0


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure the webhooks' door.")
    arguments.add_argument("--rate", type=int, default=50, help="deliveries per second")
    arguments.add_argument("--seconds", type=int, default=20)
    arguments.add_argument("--companies", type=int, default=100)
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        start_postgres(folder=Path(folder, "postgres")) as server,
        start_redis(folder=Path(folder, "redis")) as redis,
    ):
        migrate(server.owner_url)
        os.environ.update(_environment(server.app_url, redis.url))
        ground = Ground.from_settings(load_settings())
        realms = _realms(ground, asked.companies)
        bodies = _bodies(realms, count=asked.rate * asked.seconds)
        with _web_server() as port:
            waits = _deliver(port, bodies, rate=asked.rate)
        _tell(ground, waits, bodies)
        ground.database.close()


def _realms(ground: Ground, count: int) -> list[str]:
    """Companies connected here, and one in twenty that is not."""
    for number in range(count):
        make_tenant(ground, name=f"Company {number}", ledger="quickbooks")
    with ground.database.platform() as session:
        known = list(session.scalars(select(Route.outside_key)))
    return known + [f"unknown-{number}" for number in range(max(1, count // 20))]


def _bodies(realms: Sequence[str], *, count: int) -> list[bytes]:
    draw = random.Random(20)
    bodies: list[bytes] = []
    for number in range(count):
        if number % 10 == 9:
            bodies.append(draw.choice(bodies))
        else:
            bodies.append(json.dumps([_event(draw, realms) for _ in range(_EVENTS)]).encode())
    return bodies


def _event(draw: random.Random, realms: Sequence[str]) -> dict[str, object]:
    entity = draw.choice(("invoice", "payment", "customer", "creditmemo"))
    return {
        "specversion": "1.0",
        "id": f"{draw.getrandbits(128):032x}",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": f"qbo.{entity}.{draw.choice(('created', 'updated', 'voided', 'deleted'))}.v1",
        "datacontenttype": "application/json",
        "time": "2026-11-20T09:31:25.179851517Z",
        "intuitentityid": str(draw.randrange(1, 20_000)),
        "intuitaccountid": draw.choice(realms),
        "data": {},
    }


def _deliver(port: int, bodies: Sequence[bytes], *, rate: int) -> list[float]:
    """Seconds from each delivery's moment to its answer."""
    began = time.perf_counter() + 0.5
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        asked = [
            threads.submit(_post, port, body, at=began + number / rate) for number, body in enumerate(bodies)
        ]
        return [delivery.result() for delivery in asked]


def _post(port: int, body: bytes, *, at: float) -> float:
    signature = base64.b64encode(hmac.new(_KEY.encode(), body, hashlib.sha256).digest()).decode()
    time.sleep(max(0.0, at - time.perf_counter()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/webhooks/quickbooks", body, {"intuit-signature": signature})
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise SystemExit(f"a delivery was answered with {status}")
    return time.perf_counter() - at


def _tell(ground: Ground, waits: Sequence[float], bodies: Sequence[bytes]) -> None:
    told = {event["id"] for body in set(bodies) for event in json.loads(body)}
    with ground.database.platform() as session:
        stored, distinct = session.execute(
            text("SELECT count(*), count(DISTINCT external_key) FROM inbound_event")
        ).one()
        pulls = session.scalar(text("SELECT count(*) FROM task WHERE state = 'waiting'"))
    slices = statistics.quantiles(waits, n=100)
    print(
        f"{'deliveries':<12}{'events':>8}{'stored':>8}{'doubled':>9}{'pulls':>7}{'p50 s':>8}{'p99 s':>8}{'max s':>8}"
    )
    print(
        f"{len(bodies):<12}{len(told):>8}{stored:>8}{stored - distinct:>9}{pulls:>7}"
        f"{slices[49]:>8.3f}{slices[98]:>8.3f}{max(waits):>8.3f}"
    )
    if slices[98] > _LIMIT_SECONDS or stored != len(told):
        raise SystemExit("the target is missed")


@contextmanager
def _web_server() -> Iterator[int]:
    port = free_port()
    duemate = Path(sys.executable).with_name("duemate")
    process = subprocess.Popen([duemate, "web", "--port", str(port)])
    try:
        wait_until(lambda: _is_up(port), within_seconds=30)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _environment(database_url: str, redis_url: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": "development",
        "PUBLIC_URL": "http://127.0.0.1:8400",
        "SECRET_KEY": "s" * 32,
        "MASTER_KEY": base64.b64encode(b"k" * 32).decode(),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "QUICKBOOKS_WEBHOOK_TOKEN": _KEY,
        "SMTP_SECURITY": "none",
        "LOG_LEVEL": "WARNING",
    }


if __name__ == "__main__":
    main()
