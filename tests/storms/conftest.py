"""Storms have servers of their own, so that nobody else is hit."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.kit.embedded.postgres import RunningPostgres
from app.kit.embedded.redis import RunningRedis
from tests.storms import halts
from tests.storms.mortal import TEMPLATE, Mortal, mortal_postgres, mortal_redis


@pytest.fixture(scope="session")
def storm_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal[RunningPostgres]]:
    server = mortal_postgres(tmp_path_factory.mktemp("storm-postgres"))
    yield server
    server.running.stop()


@pytest.fixture(scope="session")
def storm_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal[RunningRedis]]:
    server = mortal_redis(tmp_path_factory.mktemp("storm-redis"))
    yield server
    server.running.stop()


@pytest.fixture(scope="session")
def redis_url(storm_redis: Mortal[RunningRedis]) -> str:
    return storm_redis.running.url


@pytest.fixture
def database_url(storm_postgres: Mortal[RunningPostgres]) -> Iterator[str]:
    """A copy of the migrated database, with the places where a unit of work can be held up."""
    name = f"storm_{uuid4().hex}"
    server = storm_postgres.running
    server.create_database(name, template=TEMPLATE)
    halts.build(server.admin_url.rpartition("/")[0] + f"/{name}")
    yield server.app_url.rpartition("/")[0] + f"/{name}"
    storm_postgres.running.drop_database(name)
