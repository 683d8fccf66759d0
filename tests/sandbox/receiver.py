"""An address for webhooks: remembers what it was sent and answers as told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """One request that arrived."""

    path: str
    headers: Message
    body: bytes


class Receiver:
    """Serves on a free port until closed. `statuses` are used up first in, first out; then it answers 200."""

    ANSWERED_WITHIN_SECONDS = 30

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.answer: Callable[[Received], int] | None = None
        self._under_way = 0
        self._answered = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def at(self, path: str) -> list[Received]:
        """What arrived at one path so far."""
        return [received for received in list(self.received) if received.path == path]

    def wait_for(self, path: str, count: int, within_seconds: float = 60) -> list[Received]:
        """What arrived at `path`, once that is at least `count`; AssertionError if it never is."""
        give_up_at = time.monotonic() + within_seconds
        while len(arrived := self.at(path)) < count:
            assert time.monotonic() < give_up_at, f"{len(arrived)} of {count} arrived at {path}"
            time.sleep(0.01)
        return arrived

    def forget(self) -> None:
        """Also what is to be answered; whoever is at it now has ended when this returns."""
        self.answer = None
        with self._answered:
            self._answered.wait_for(lambda: not self._under_way, self.ANSWERED_WITHIN_SECONDS)
        self.received.clear()
        self.statuses.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, received: Received) -> int:
        with self._answered:
            self._under_way += 1
        try:
            self.received.append(received)
            answer = self.answer
            if answer is not None:
                return answer(received)
            return self.statuses.pop(0) if self.statuses else 200
        finally:
            with self._answered:
                self._under_way -= 1
                self._answered.notify_all()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(receiver._take(Received(self.path, self.headers, body)))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing: the test speaks."""

        return Door
