"""How soon webhooks are answered while nobody works them off, and whether what was answered is kept, once.

    python -m bench.webhooks [--rate 50] [--seconds 60] [--companies 100] [--door stripe]

Method: PostgreSQL (embedded, durable), Redis and the product's web server run as processes of their own on this
machine, no worker does. Signed deliveries (QuickBooks' of 100 events each, Xero's of 20, Stripe's of one) leave at a
fixed rate, whether or not earlier ones are answered; each event is about one of many companies, one in twenty of
them unknown here, and every tenth delivery is the repetition of an earlier one. Times count from the moment a
delivery should have left. The database is the judge: every event of an answered delivery once (of unknown companies
too, but for Stripe's, which mean nothing here), and a waiting task for what is connected.
"""

import argparse
import http.client
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

from sqlalchemy import text

from app.kit.embedded.ports import free_port
from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from bench.environment import bare_environment
from bench.webhook_doors import DOORS, KEYS, Door
from tests.sandbox.client import wait_until

_AT_ONCE = 200
_LIMIT_SECONDS = 0.3


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure the webhooks' doors.")
    arguments.add_argument("--rate", type=int, default=50, help="deliveries per second")
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--companies", type=int, default=100)
    arguments.add_argument("--door", choices=DOORS, action="append", help="one only; all of them otherwise")
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    print(f"{'door':<12}{'deliveries':>11}{'events':>8}{'stored':>8}{'lost':>6}{'tasks':>7}", end="")
    print(f"{'p50 s':>8}{'p99 s':>8}{'max s':>8}")
    is_missed = [
        _measure(DOORS[name], asked.rate, asked.seconds, asked.companies) for name in asked.door or DOORS
    ]
    if any(is_missed):
        raise SystemExit("the target is missed")


def _measure(door: Door, rate: int, seconds: int, companies: int) -> bool:
    """Whether the target is missed at one door."""
    with (
        tempfile.TemporaryDirectory() as folder,
        start_postgres(folder=Path(folder, "postgres")) as server,
        start_redis(folder=Path(folder, "redis")) as redis,
    ):
        migrate(server.owner_url)
        os.environ.update(_environment(server.app_url, redis.url))
        ground = Ground.from_settings(load_settings())
        known = door.connect(ground, companies)
        organisations = known + [f"unknown_{number}" for number in range(max(1, companies // 20))]
        bodies = _bodies(door, organisations, count=rate * seconds)
        with _web_server() as port:
            waits = _deliver(door, port, bodies, rate=rate)
        is_missed = _tell(ground, door, waits, bodies, set(known))
        ground.database.close()
        return is_missed


def _bodies(door: Door, organisations: Sequence[str], *, count: int) -> list[bytes]:
    draw = random.Random(20)
    bodies: list[bytes] = []
    for number in range(count):
        bodies.append(draw.choice(bodies) if number % 10 == 9 else door.body(draw, organisations))
    return bodies


def _deliver(door: Door, port: int, bodies: Sequence[bytes], *, rate: int) -> list[float]:
    """Seconds from each delivery's moment to its answer."""
    began = time.perf_counter() + 0.5
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        asked = [
            threads.submit(_post, door, port, body, at=began + number / rate)
            for number, body in enumerate(bodies)
        ]
        return [delivery.result() for delivery in asked]


def _post(door: Door, port: int, body: bytes, *, at: float) -> float:
    time.sleep(max(0.0, at - time.perf_counter()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", door.path, body, door.headers(body))
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise SystemExit(f"a delivery was answered with {status}")
    return time.perf_counter() - at


def _tell(
    ground: Ground, door: Door, waits: Sequence[float], bodies: Sequence[bytes], known: set[str]
) -> bool:
    told = {
        key
        for body in set(bodies)
        for key, organisation in door.keys(body)
        if door.keeps_strangers or organisation in known
    }
    with ground.database.platform() as session:
        stored = list(session.scalars(text("SELECT external_key FROM inbound_event")))
        tasks = session.scalar(text("SELECT count(*) FROM task WHERE state = 'waiting'"))
    lost, slices = len(told - set(stored)), statistics.quantiles(waits, n=100)
    print(f"{door.name:<12}{len(bodies):>11}{len(told):>8}{len(stored):>8}{lost:>6}{tasks:>7}", end="")
    print(f"{slices[49]:>8.3f}{slices[98]:>8.3f}{max(waits):>8.3f}", flush=True)
    return slices[98] > _LIMIT_SECONDS or len(stored) != len(told) or lost > 0


@contextmanager
def _web_server() -> Iterator[int]:
    port = free_port()
    duemate = Path(sys.executable).with_name("duemate")
    process = subprocess.Popen([duemate, "web", "--port", str(port)])
    try:
        wait_until(lambda: _is_up(port), within_seconds=120)
        yield port
    finally:
        process.terminate()
        process.wait(60)


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
        **bare_environment(database_url, redis_url),
        "QUICKBOOKS_WEBHOOK_TOKEN": KEYS["quickbooks"],
        "XERO_WEBHOOK_KEY": KEYS["xero"],
        "STRIPE_SECRET_KEY": "sk_test_duemate_local",
        "STRIPE_WEBHOOK_SECRET": KEYS["stripe"],
    }


if __name__ == "__main__":
    main()
