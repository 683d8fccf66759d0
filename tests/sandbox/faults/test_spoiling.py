"""Faults seen from a client, on Stripe's routes."""

import time

import pytest
import requests

from tests.sandbox.client import SandboxClient

KEY = {"Authorization": "Bearer sk_test_duemate_local"}
ACCOUNTS = "/stripe/v2/core/accounts"


def connected_accounts(sandbox: SandboxClient) -> int:
    return len(sandbox.get(ACCOUNTS, headers=KEY).json()["data"])


def create_account(sandbox: SandboxClient) -> requests.Response:
    return sandbox.post(ACCOUNTS, {"display_name": "Tenant Ltd"}, headers=KEY)


def test_a_dropped_answer_breaks_after_the_effect(sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "drop", match=f"POST {ACCOUNTS}")
    with pytest.raises(requests.ConnectionError):
        create_account(sandbox)
    assert connected_accounts(sandbox) == 1


def test_a_connection_dropped_before_has_no_effect(sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "drop-before", match=f"POST {ACCOUNTS}")
    with pytest.raises(requests.ConnectionError):
        create_account(sandbox)
    assert connected_accounts(sandbox) == 0


def test_garbage_comes_with_200_after_the_effect(sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "garbage", match=f"POST {ACCOUNTS}")
    answer = create_account(sandbox)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert connected_accounts(sandbox) == 1


def test_a_page_of_html_comes_instead_of_the_effect(sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "html", match=f"POST {ACCOUNTS}")
    answer = create_account(sandbox)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert connected_accounts(sandbox) == 0


@pytest.mark.parametrize("kind", ["500", "503"])
def test_a_server_error_has_no_effect_and_stripes_words(sandbox: SandboxClient, kind: str) -> None:
    sandbox.fault("stripe", kind, match=f"POST {ACCOUNTS}")
    answer = create_account(sandbox)
    assert answer.status_code == int(kind)
    assert answer.json()["error"]["type"] == "api_error"
    assert connected_accounts(sandbox) == 0


def test_too_many_requests_says_when_to_come_back(sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "429", value=7)
    answer = create_account(sandbox)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["error"]["code"] == "rate_limit"
    assert create_account(sandbox).status_code == 200


def test_latency_delays_an_answer_that_is_right(sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "latency", value=0.3)
    began = time.monotonic()
    assert create_account(sandbox).status_code == 200
    assert time.monotonic() - began >= 0.3
