"""A server that answers from a script, for answers that no well-behaved stand-in gives."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Scripted:
    """One answer to come."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """One request that came."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    body: Any


@dataclass
class Script:
    """What will be answered, and what was asked. Nothing more is answered at its end."""

    url: str = ""
    answers: list[Scripted] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def then(self, status: int, body: Any, **headers: str) -> None:
        named = {
            name if name == "intuit_tid" else name.replace("_", "-"): value for name, value in headers.items()
        }
        self.answers.append(Scripted(status, body, named))


@contextmanager
def scripted_server() -> Iterator[Script]:
    """A server at `url` that follows the script."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            address = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.seen.append(
                Seen(
                    self.command,
                    address.path,
                    dict(parse_qsl(address.query)),
                    self.headers["Authorization"].removeprefix("Bearer "),
                    json.loads(sent) if sent else None,
                )
            )
            said = script.answers.pop(0)
            content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(content)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    yield script
    server.shutdown()
    server.server_close()
