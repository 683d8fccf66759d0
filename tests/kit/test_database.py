"""What a login of the database may become, and that units of work keep their promises."""

from uuid import uuid4

import psycopg
import pytest

from app.kit.database import Database, after_commit
from app.kit.embedded.postgres import RunningPostgres
from app.kit.errors import ConfigurationError
from app.kit.ground import Ground


def test_a_login_that_may_not_become_the_app_is_told_what_to_grant(postgres: RunningPostgres) -> None:
    name = f"stranger_{uuid4().hex}"
    with psycopg.connect(postgres.admin_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'".encode())
    try:
        address = f"postgresql://{name}:secret@127.0.0.1:{postgres.port}/postgres"
        with pytest.raises(ConfigurationError, match=f'GRANT duemate_app TO "{name}"'):
            Database(address, pool_size=1).check()
    finally:
        with psycopg.connect(postgres.admin_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(f"DROP ROLE {name}".encode())


def test_what_waits_for_the_commit_happens_after_it_and_never_without_it(ground: Ground) -> None:
    done: list[str] = []

    def fail() -> None:
        with ground.database.platform() as session:
            after_commit(session, lambda: done.append("lost"))
            raise RuntimeError

    with ground.database.platform() as session:
        after_commit(session, lambda: done.append("kept"))
        assert done == []
    with pytest.raises(RuntimeError):
        fail()
    assert done == ["kept"]
