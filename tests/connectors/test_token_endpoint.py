"""What is sent to a token endpoint, what is kept of its answer, and what is told when it refuses."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from app.connectors.connector import OAuthApp
from app.connectors.token_endpoint import TokenRefused, authorize_address, exchange_code, refresh
from app.connectors.tokens import Tokens
from app.kit.errors import Retryable

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
GOOD = {"token_type": "bearer", "access_token": "a2", "refresh_token": "r2", "expires_in": 3600}


class Endpoint:
    """Answers with `status` and `told`, and remembers what it was sent."""

    def __init__(self) -> None:
        self.status, self.told = 200, dict[str, Any](GOOD)
        self.location: str | None = None
        self.form: dict[str, list[str]] = {}
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def app(self) -> OAuthApp:
        """As Intuit is: no PKCE, a header of its own, and a name for every answer."""
        return OAuthApp(
            "duemate",
            "secret",
            f"{self.url}/authorize",
            f"{self.url}/token",
            self.url,
            f"{self.url}/keys",
            uses_pkce=False,
            token_headers={"x-include-refresh-token-hard-expires-in": "true"},
            consent_ends_in="x_refresh_token_hard_expires_in",
            trace_header="intuit_tid",
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.form = parse_qs(self.rfile.read(length).decode())
                endpoint.headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(endpoint.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("intuit_tid", "1-abc")
                if endpoint.location:
                    self.send_header("Location", endpoint.location)
                self.end_headers()
                self.wfile.write(json.dumps(endpoint.told).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Door


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    served = Endpoint()
    yield served
    served.close()


def address(app: OAuthApp) -> dict[str, list[str]]:
    made = authorize_address(
        app, scopes="openid", redirect_uri="https://x.example/back", state="s", verifier="v" * 43, nonce="n"
    )
    return parse_qs(urlsplit(made).query)


def test_pkce_is_used_only_where_the_vendor_knows_it(endpoint: Endpoint) -> None:
    proven = replace(endpoint.app, uses_pkce=True)
    assert address(proven)["code_challenge_method"] == ["S256"]
    assert set(address(endpoint.app)) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
    }
    for app, sent in ((proven, ["v" * 43]), (endpoint.app, None)):
        exchange_code(app, code="c", verifier="v" * 43, redirect_uri="https://x.example/back")
        assert endpoint.form.get("code_verifier") == sent
        assert endpoint.form["redirect_uri"] == ["https://x.example/back"]


def test_we_name_ourselves_by_basic_authentication_and_send_the_vendors_header(endpoint: Endpoint) -> None:
    refresh(endpoint.app, "r1")
    assert endpoint.headers["authorization"] == f"Basic {base64.b64encode(b'duemate:secret').decode()}"
    assert endpoint.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert endpoint.headers["accept"] == "application/json"
    assert endpoint.form["refresh_token"] == ["r1"]
    assert "client_secret" not in endpoint.form


def test_a_refresh_may_leave_out_what_it_does_not_change(endpoint: Endpoint) -> None:
    earlier = Tokens("a1", "r1", NOW, consent_ends_at=NOW + timedelta(days=100))
    del endpoint.told["refresh_token"]
    renewed = refresh(endpoint.app, "r1").tokens(asked_at=NOW, earlier=earlier)
    assert renewed == Tokens("a2", "r1", NOW + timedelta(hours=1), NOW + timedelta(days=100))


def test_a_code_that_brings_no_refresh_token_brings_nothing_to_keep(endpoint: Endpoint) -> None:
    del endpoint.told["refresh_token"]
    answer = exchange_code(endpoint.app, code="c", verifier="v", redirect_uri="https://x.example/back")
    assert answer.tokens(asked_at=NOW) is None


def test_the_end_of_the_consent_is_told_in_seconds(endpoint: Endpoint) -> None:
    endpoint.told["x_refresh_token_hard_expires_in"] = 86_400
    earlier = Tokens("a1", "r1", NOW, consent_ends_at=NOW + timedelta(days=100))
    tokens = refresh(endpoint.app, "r1").tokens(asked_at=NOW, earlier=earlier)
    assert tokens == Tokens("a2", "r2", NOW + timedelta(hours=1), NOW + timedelta(days=1))
    assert Tokens.from_text(tokens.as_text()) == tokens


@pytest.mark.parametrize("strange", [None, "soon", -5, 10**30, 1.5, []])
def test_a_strange_end_of_the_consent_does_not_cost_the_tokens(endpoint: Endpoint, strange: object) -> None:
    endpoint.told["x_refresh_token_hard_expires_in"] = strange
    assert refresh(endpoint.app, "r1").tokens(asked_at=NOW) == Tokens("a2", "r2", NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "strange",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "a\r\nX-Header: b"},
        {"access_token": "\ud800"},
        {"access_token": ["a"]},
        {"refresh_token": 5},
        {"refresh_token": "r\0"},
        {"expires_in": None},
        {"expires_in": "soon"},
        {"expires_in": float("inf")},
    ],
)
def test_an_answer_that_holds_no_tokens_is_no_answer(endpoint: Endpoint, strange: dict[str, object]) -> None:
    endpoint.told |= strange
    with pytest.raises(Retryable, match="could not be reached"):
        refresh(endpoint.app, "r1")


@pytest.mark.parametrize(("strange", "days"), [(-5, 0), (10**30, 36_600), (10**12, 36_600)])
def test_a_strange_lifetime_does_not_cost_the_tokens(endpoint: Endpoint, strange: int, days: int) -> None:
    endpoint.told["expires_in"] = strange
    assert refresh(endpoint.app, "r1").tokens(asked_at=NOW) == Tokens("a2", "r2", NOW + timedelta(days=days))


@pytest.mark.parametrize("status", [302, 307])
def test_what_we_send_to_a_token_endpoint_goes_nowhere_else(endpoint: Endpoint, status: int) -> None:
    elsewhere = Endpoint()
    endpoint.status, endpoint.location = status, f"{elsewhere.url}/token"
    with pytest.raises(Retryable):
        refresh(endpoint.app, "r1")
    assert elsewhere.headers == {}
    elsewhere.close()


@pytest.mark.parametrize(
    ("status", "error", "kind"), [(400, "invalid_grant", TokenRefused), (401, "invalid_client", Retryable)]
)
def test_a_refusal_is_logged_with_the_vendors_name_for_it_and_no_secret(
    endpoint: Endpoint, status: int, error: str, kind: type[Exception]
) -> None:
    endpoint.status, endpoint.told = status, {"error": error, "error_description": "No"}
    with capture_logs() as logged, pytest.raises(kind):
        refresh(endpoint.app, "r1-secret")
    [entry] = logged
    assert (entry["event"], entry["status"], entry["intuit_tid"]) == (
        "sign_in_service.refused",
        status,
        "1-abc",
    )
    assert "r1-secret" not in str(entry)


def test_tokens_sealed_before_their_end_was_known_can_still_be_read() -> None:
    text = '{"access_token":"a","refresh_token":"r","expires_at":"2026-11-20T10:00:00Z"}'
    assert Tokens.from_text(text) == Tokens("a", "r", NOW)
