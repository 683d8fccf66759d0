from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import MERCHANT, Shop, checkout_params


def create(shop: Shop, key: str, **changes: Any) -> Any:
    options = shop.on | {"idempotency_key": key}
    return shop.client.v1.checkout.sessions.create(checkout_params(**changes), options=options)


def test_the_same_key_gives_the_first_answer_again(shop: Shop) -> None:
    first, second = create(shop, "invoice-9:1"), create(shop, "invoice-9:1")
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shop.client.v1.checkout.sessions.list(options=shop.on).data) == 1


def test_the_same_key_for_something_else_is_an_error(shop: Shop) -> None:
    create(shop, "invoice-9:1")
    with pytest.raises(stripe.IdempotencyError):
        create(shop, "invoice-9:1", amount=500)


def test_a_key_belongs_to_one_account(shop: Shop, open_shop: Any) -> None:
    stranger = open_shop()
    assert create(shop, "same").id != create(stranger, "same").id


def test_a_key_is_forgotten_after_a_day(shop: Shop, sandbox: SandboxClient) -> None:
    first = create(shop, "invoice-9:1")
    sandbox.advance(days=1, seconds=1)
    assert create(shop, "invoice-9:1").id != first.id


def test_a_refused_parameter_does_not_use_up_the_key(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(shop, "invoice-9:1", sucess_url="http://x.example")
    assert create(shop, "invoice-9:1").status == "open"


def test_a_server_error_is_remembered_for_the_key(shop: Shop, sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "500", match="POST /stripe/v1/checkout/sessions")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            create(shop, "invoice-9:1")
        assert failed.value.http_status == 500
    assert create(shop, "invoice-9:2").status == "open"


def test_unavailability_is_not_remembered(shop: Shop, sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "503")
    with pytest.raises(stripe.APIError):
        create(shop, "invoice-9:1")
    assert create(shop, "invoice-9:1").status == "open"


def test_a_lost_answer_is_found_again_by_its_key(shop: Shop, sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "drop", match="POST /stripe/v1/checkout/sessions")
    with pytest.raises(stripe.APIConnectionError):
        create(shop, "invoice-9:1")
    made = shop.client.v1.checkout.sessions.list(options=shop.on).data
    assert [create(shop, "invoice-9:1").id] == [session.id for session in made]


def test_the_sdks_own_retry_makes_one_session_only(shop: Shop, sandbox: SandboxClient) -> None:
    sandbox.fault("stripe", "drop", match="POST /stripe/v1/checkout/sessions")
    session = shop.client.v1.checkout.sessions.create(
        checkout_params(), options=shop.on | {"max_network_retries": 1}
    )
    made = shop.client.v1.checkout.sessions.list(options=shop.on).data
    assert [session.id] == [row.id for row in made]


def test_an_overlong_key_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        create(shop, "k" * 256)


def test_version_two_remembers_successes_only(client: stripe.StripeClient, sandbox: SandboxClient) -> None:
    options: Any = {"idempotency_key": "tenant-1"}
    sandbox.fault("stripe", "500", match="POST /stripe/v2/core/accounts")
    with pytest.raises(stripe.APIError):
        client.v2.core.accounts.create(MERCHANT, options)
    accounts = {client.v2.core.accounts.create(MERCHANT, options).id for _ in range(2)}
    assert len(accounts) == 1


def test_every_answer_has_a_request_id(sandbox: SandboxClient) -> None:
    answers: list[requests.Response] = [sandbox.get("/stripe/v1/events") for _ in range(2)]
    numbers = {answer.headers["Request-Id"] for answer in answers}
    assert len(numbers) == 2
    assert all(number.startswith("req_") for number in numbers)
