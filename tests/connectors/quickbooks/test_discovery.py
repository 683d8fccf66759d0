"""Intuit's addresses are asked for once a day, and an Intuit that is away does not take them from us."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.connectors.quickbooks.discovery import Discovery
from app.kit.errors import Retryable

DAY = 86_400.0


class Intuit:
    """Serves a document; `status`, `document` and the seconds it takes can be changed."""

    def __init__(self) -> None:
        self.asked, self.status, self.lasts = 0, 200, 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.document: Any = {
            "issuer": f"{self.url}/issuer",
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "scopes_supported": ["openid"],
        }
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        intuit = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                intuit.asked += 1
                time.sleep(intuit.lasts)
                self.send_response(intuit.status)
                self.end_headers()
                self.wfile.write(json.dumps(intuit.document).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Door


class Seconds:
    """A running clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def intuit() -> Iterator[Intuit]:
    served = Intuit()
    yield served
    served.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def discovery(seconds: Seconds) -> Discovery:
    return Discovery(seconds)


def test_it_is_asked_once_a_day(intuit: Intuit, discovery: Discovery, seconds: Seconds) -> None:
    first = discovery.addresses(intuit.url)
    intuit.document["token_endpoint"] = f"{intuit.url}/moved"
    seconds.now += DAY - 1
    assert discovery.addresses(intuit.url) == first
    assert intuit.asked == 1
    seconds.now += 1
    assert discovery.addresses(intuit.url).token_endpoint == f"{intuit.url}/moved"
    assert intuit.asked == 2


def test_thirty_threads_ask_once(intuit: Intuit, discovery: Discovery) -> None:
    with ThreadPoolExecutor(30) as threads:
        found = list(threads.map(lambda _: discovery.addresses(intuit.url), range(30)))
    assert intuit.asked == 1
    assert set(found) == {found[0]}


@pytest.mark.parametrize(
    ("status", "document"), [(500, None), (200, None), (200, []), (200, {}), (404, {}), (200, {"issuer": 5})]
)
def test_while_intuit_is_away_the_older_copy_serves_and_intuit_is_asked_again_in_five_minutes(
    intuit: Intuit, discovery: Discovery, seconds: Seconds, status: int, document: object
) -> None:
    first, good = discovery.addresses(intuit.url), intuit.document
    seconds.now += DAY
    intuit.status, intuit.document = status, document
    assert discovery.addresses(intuit.url) == first
    asked = intuit.asked
    intuit.status, intuit.document = 200, {**good, "issuer": f"{intuit.url}/new"}
    seconds.now += 299
    assert discovery.addresses(intuit.url) == first
    assert intuit.asked == asked
    seconds.now += 1
    assert discovery.addresses(intuit.url).issuer == f"{intuit.url}/new"


def test_without_any_copy_it_is_tried_again_in_five_seconds(
    intuit: Intuit, discovery: Discovery, seconds: Seconds
) -> None:
    intuit.status = 503
    with pytest.raises(Retryable, match="could not be reached"):
        discovery.addresses(intuit.url)
    intuit.status = 200
    seconds.now += 5
    assert discovery.addresses(intuit.url).issuer == f"{intuit.url}/issuer"


def test_many_who_wait_for_an_intuit_that_is_away_wait_no_longer_than_one(
    intuit: Intuit, discovery: Discovery
) -> None:
    intuit.status, intuit.lasts = 503, 0.2

    def ask(_: int) -> str:
        with pytest.raises(Retryable) as away:
            discovery.addresses(intuit.url)
        return away.value.reason

    with ThreadPoolExecutor(30) as threads:
        told = set(threads.map(ask, range(30)))
    assert len(told) == 1
    assert intuit.asked == 1


@pytest.mark.parametrize(
    "address", ["ftp://elsewhere.example/", "elsewhere.example", "", "http://", "http://["]
)
@pytest.mark.parametrize("place", ["token_endpoint", "revocation_endpoint", "jwks_uri"])
def test_a_document_that_leads_to_another_kind_of_address_is_not_believed(
    intuit: Intuit, discovery: Discovery, place: str, address: str
) -> None:
    intuit.document[place] = address
    with pytest.raises(Retryable):
        discovery.addresses(intuit.url)


def test_nobody_listening_is_a_sentence(discovery: Discovery) -> None:
    with pytest.raises(Retryable, match="could not be reached"):
        discovery.addresses("http://127.0.0.1:9/document")
