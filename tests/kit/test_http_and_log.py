"""No request without a timeout, no repeated write, no private value in a log."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from app.kit.http import new_session
from app.kit.log import configure_log, get_log


class _Dropping(BaseHTTPRequestHandler):
    """Closes the connection without an answer, and counts."""

    seen: list[str]

    def _drop(self) -> None:
        self.seen.append(self.command)
        self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = _drop  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def dropping() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Dropping", (_Dropping,), {"seen": seen}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", seen
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_write_is_never_sent_twice(dropping: tuple[str, list[str]], method: str) -> None:
    address, seen = dropping
    with new_session() as session, pytest.raises(requests.ConnectionError):
        session.request(method, address)
    assert seen == [method]


def test_a_read_is_repeated_a_bounded_number_of_times(dropping: tuple[str, list[str]]) -> None:
    address, seen = dropping
    with new_session() as session, pytest.raises(requests.ConnectionError):
        session.get(address)
    assert 1 < len(seen) <= 3


def test_a_silent_server_is_given_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        with new_session(read_timeout=0.2) as session, pytest.raises(requests.RequestException):
            session.post(address)
        assert time.monotonic() - began < 5


def test_private_values_do_not_reach_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    log = get_log("test")  # as modules do when they are imported, before anything is set up
    configure_log(level="INFO", as_json=True)
    log.info("message.sent", email="ada@harbour.example", token="abc", rows=3)
    line = json.loads(capfd.readouterr().err.strip().splitlines()[-1])
    assert line["rows"] == 3
    assert line["email"] == line["token"] == "[private]"
