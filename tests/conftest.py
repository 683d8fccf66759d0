"""Real servers for every test: PostgreSQL and Redis embedded, the sandbox as a process of its own."""

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis

from app.kit.clock import OffsetFileClock, SetClock
from app.kit.embedded.postgres import RunningPostgres, start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import Settings
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.support.databases import Databases
from tests.support.order import allowed_seconds, longest_first, workers_here
from tests.support.sandbox import started_sandbox
from tests.support.statements import share_compiled_statements
from tests.support.templates import CompiledTemplates

# How long one example takes says something about the machine only.
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")
Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
share_compiled_statements()
# All servers are here: no proxy is asked, and the environment is not searched for one at each request.
os.environ["no_proxy"] = "127.0.0.1,localhost"
# What depends on the hour of the day shows at another one: HOURS_LATER=9 make test TESTS=tests/payments
HOURS_LATER = float(os.environ.get("HOURS_LATER", "0"))
# What depends on the second of the minute likewise: AT_SECOND=57 make test TESTS=tests/payments
AT_SECOND = os.environ.get("AT_SECOND")


def pytest_xdist_auto_num_workers() -> int:
    return workers_here()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = longest_first(items, [allowed_seconds(item) for item in items], workers)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPostgres]:
    """A server whose database `duemate` is migrated and then only copied."""
    with start_postgres(folder=tmp_path_factory.mktemp("postgres"), durable=False) as server:
        migrate(server.owner_url)
        yield server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_redis(folder=tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(scope="session")
def databases(postgres: RunningPostgres) -> Iterator[Databases]:
    with closing(Databases(postgres)) as several:
        yield several


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database with the product's tables and no rows, as the app's role sees it."""
    with databases.one() as url:
        yield url


@pytest.fixture
def admin_url(postgres: RunningPostgres, database_url: str) -> str:
    """This test's database, for who may put triggers into it."""
    return postgres.admin_url.rpartition("/")[0] + "/" + database_url.rpartition("/")[2]


@pytest.fixture
def make_settings(database_url: str, redis_url: str) -> Callable[..., Settings]:
    """Settings for this test's database and an empty Redis, with whatever the test changes."""
    with Redis.from_url(redis_url) as redis:
        redis.flushall()

    def make(**changes: object) -> Settings:
        values = {
            "environment": "development",
            "public_url": "http://127.0.0.1:8400",
            "secret_key": "s" * 32,
            "master_key": base64.b64encode(b"k" * 32).decode(),
            "database_url": database_url,
            "redis_url": redis_url,
            "xero_client_id": "duemate-local",
            "xero_client_secret": "duemate-local-secret",
            "xero_webhook_key": "xero-webhook-local",
            "quickbooks_client_id": "duemate-quickbooks-local",
            "quickbooks_client_secret": "duemate-quickbooks-local-secret",
            "quickbooks_webhook_token": "quickbooks-webhook-local",
            "stripe_secret_key": "sk_test_duemate_local",
            "stripe_webhook_secret": "whsec_duemate_local",
            "smtp_security": "none",
            "mail_sender": "reminders@duemate.example",
            **changes,
        }
        return Settings.model_validate(values)

    return make


@pytest.fixture
def ground(make_settings: Callable[..., Settings]) -> Iterator[Ground]:
    """The ground on a database of this test's own, at ten on a Friday morning."""
    built = Ground.from_settings(make_settings(), clock=SetClock(datetime(2026, 11, 20, 10, tzinfo=UTC)))
    yield built
    built.database.close()


@pytest.fixture
def sandbox_ground(make_settings: Callable[..., Settings], sandbox: SandboxClient) -> Iterator[Ground]:
    """The ground pointed at the sandbox's vendors, on the sandbox's clock."""
    built = Ground.from_settings(
        make_settings(
            xero_authorize_url=f"{sandbox.url}/xero/identity/connect/authorize",
            xero_identity_url=f"{sandbox.url}/xero",
            xero_api_url=f"{sandbox.url}/xero",
            quickbooks_discovery_url=f"{sandbox.url}/quickbooks/.well-known/openid_configuration",
            quickbooks_api_url=f"{sandbox.url}/quickbooks",
            stripe_api_url=f"{sandbox.url}/stripe",
            twilio_account_sid="AC" + "0" * 31 + "1",
            twilio_auth_token="twilio-token-local",
            twilio_api_url=f"{sandbox.url}/twilio/api",
            twilio_messaging_url=f"{sandbox.url}/twilio/messaging",
            twilio_content_url=f"{sandbox.url}/twilio/content",
            smtp_host="127.0.0.1",
            smtp_port=sandbox.smtp_port,
            mail_search_url=f"{sandbox.url}/mail/api/accepted",
        ),
        clock=OffsetFileClock(sandbox.clock_file),
    )
    yield built
    built.database.close()


@pytest.fixture(scope="session")
def webhook_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="session")
def running_sandbox(sandbox_folder: Path, webhook_receiver: Receiver) -> Iterator[SandboxClient]:
    with started_sandbox(sandbox_folder, webhook_receiver.url) as client:
        yield client


@pytest.fixture
def receiver(webhook_receiver: Receiver) -> Receiver:
    """Where this test's webhooks arrive: at /xero, /quickbooks and /stripe."""
    webhook_receiver.forget()
    return webhook_receiver


@pytest.fixture
def sandbox(running_sandbox: SandboxClient, receiver: Receiver) -> SandboxClient:
    """The running sandbox with a fresh world, at the machine's time or HOURS_LATER, AT_SECOND."""
    running_sandbox.reset(rewind=True)
    if HOURS_LATER:
        running_sandbox.advance(seconds=HOURS_LATER * 3600)
    if AT_SECOND:
        now = running_sandbox.now()
        running_sandbox.advance(seconds=(float(AT_SECOND) - now.second - now.microsecond / 1e6) % 60)
    receiver.forget()
    return running_sandbox
