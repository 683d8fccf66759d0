"""The embedded Redis: private, durable, and gone with its parent."""

import socket
from pathlib import Path

import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.kit.embedded.errors import EmbeddedServerError, FolderInUse
from app.kit.embedded.ports import LOOPBACK
from app.kit.embedded.redis import start_redis
from tests.kit.embedded.waiting import becomes_true, lives, started_python

SERVES = """
import sys, time
from pathlib import Path
from app.kit.embedded.redis import start_redis
server = start_redis(folder=Path(sys.argv[1]))
print(server.server.pid, server.url)
time.sleep(600)
"""


def _set(url: str, key: str, value: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.set(key, value)


def _get(url: str, key: str) -> bytes | None:
    with redis.Redis.from_url(url) as client:
        found = client.get(key)
    assert found is None or isinstance(found, bytes)
    return found


def test_keys_are_kept_over_a_stop(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path) as first:
        _set(first.url, "colour", "green")
    with start_redis(folder=tmp_path) as second:
        assert second.url == first.url
        assert _get(second.url, "colour") == b"green"


def test_it_asks_for_a_password_and_listens_on_loopback_only(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path) as server:
        with (
            redis.Redis(host=LOOPBACK, port=server.port, retry=Retry(NoBackoff(), 0)) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
        addresses = {place.laddr.ip for place in psutil.Process(server.server.pid).net_connections()}
        assert addresses == {LOOPBACK}


def test_the_password_stands_in_private_files_only(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path) as server:
        assert server.password not in " ".join(psutil.Process(server.server.pid).cmdline())
        assert server.password not in repr(server)
        for path in tmp_path.iterdir():
            if path.is_file() and server.password.encode() in path.read_bytes():
                assert path.stat().st_mode & 0o077 == 0, path


def test_a_full_memory_refuses_rather_than_forgets(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path) as server, redis.Redis.from_url(server.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_a_second_server_on_the_folder_is_refused(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path), pytest.raises(FolderInUse):
        start_redis(folder=tmp_path)


def test_a_wanted_port_that_is_taken_is_refused_in_plain_words(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedServerError, match=f"port {port}: it is taken"):
            start_redis(folder=tmp_path, port=port)


def test_a_server_that_cannot_read_its_files_says_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("in the way")
    with pytest.raises(EmbeddedServerError, match=r"redis\.log"):
        start_redis(folder=tmp_path)


def test_keys_survive_kill_9_of_the_server(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path) as first:
        _set(first.url, "colour", "green")
        first.server.kill()
        first.server.wait()
    with start_redis(folder=tmp_path) as second:
        assert _get(second.url, "colour") == b"green"


def test_kill_9_of_the_parent_leaves_no_orphan_and_loses_no_key(tmp_path: Path) -> None:
    parent = started_python(SERVES, str(tmp_path))
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    _set(url, "colour", "green")

    parent.kill()
    parent.wait()
    parent.stdout.close()

    # Started again at once, while the first may still be writing.
    with start_redis(folder=tmp_path) as second:
        assert _get(second.url, "colour") == b"green"
        assert becomes_true(lambda: not lives(int(pid)))
