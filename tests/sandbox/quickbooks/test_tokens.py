"""Codes, access tokens, refresh tokens, and how a connection ends."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import (
    APP,
    DANA,
    SECOND,
    SIGN_IN_REDIRECT,
    TOKEN,
    QuickBooksApp,
    decide,
    redeem,
    refresh,
    revoke,
    token_call,
)
from tests.sandbox.receiver import Receiver
from tests.support.sandbox import started_sandbox

MINUTE, HOUR = 60, 3600
A_DAY = 86_400
REFRESH_SECONDS = 100 * A_DAY
HARD_SECONDS = 157_680_000


@pytest.fixture
def far_sandbox(tmp_path: Path, receiver: Receiver) -> Iterator[SandboxClient]:
    """A sandbox of its own for tests that move years: time cannot go back."""
    with started_sandbox(tmp_path, receiver.url) as sandbox:
        yield sandbox


@pytest.fixture
def forgiving_sandbox(tmp_path: Path, receiver: Receiver) -> Iterator[SandboxClient]:
    with started_sandbox(tmp_path, receiver.url, SANDBOX_QUICKBOOKS_KILL_FAMILY="false") as sandbox:
        yield sandbox


def is_refused(answer: requests.Response, description: str = "Incorrect or invalid refresh token") -> bool:
    said = {"error": "invalid_grant", "error_description": description}
    return answer.status_code == 400 and answer.json() == said


def reaches_the_api(app: QuickBooksApp) -> bool:
    return app.call("GET", f"companyinfo/{app.realm_id}").status_code != 401


def test_the_discovery_document_names_every_address(sandbox: SandboxClient) -> None:
    told = sandbox.get("/quickbooks/.well-known/openid_configuration").json()
    base = f"{sandbox.url}/quickbooks"
    assert told["issuer"] == f"{base}/op/v1"
    assert told["authorization_endpoint"] == f"{base}/connect/oauth2"
    assert told["token_endpoint"] == f"{base}/oauth2/v1/tokens/bearer"
    assert told["revocation_endpoint"] == f"{base}/v2/oauth2/tokens/revoke"
    assert told["userinfo_endpoint"] == f"{base}/v1/openid_connect/userinfo"
    assert told["jwks_uri"] == f"{base}/op/v1/jwks"
    assert told == sandbox.get("/quickbooks/.well-known/openid_configuration/").json()


def test_a_code_brings_tokens_with_their_lives(sandbox: SandboxClient) -> None:
    answer = redeem(sandbox, decide(sandbox)["code"])
    tokens = answer.json()
    assert answer.headers["intuit_tid"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", HOUR)
    assert REFRESH_SECONDS - 60 < tokens["x_refresh_token_expires_in"] <= REFRESH_SECONDS
    assert "x_refresh_token_hard_expires_in" not in tokens
    assert "scope" not in tokens
    assert len(tokens["access_token"]) > 500


def test_the_hard_end_is_told_only_when_asked_for(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    told = refresh(sandbox, app.tokens["refresh_token"], hard=True).json()
    assert HARD_SECONDS - 60 < told["x_refresh_token_hard_expires_in"] <= HARD_SECONDS


def test_a_code_works_once_and_a_second_use_ends_the_connection(sandbox: SandboxClient) -> None:
    code = decide(sandbox)["code"]
    tokens = redeem(sandbox, code).json()
    assert is_refused(redeem(sandbox, code), "Invalid authorization code")
    assert is_refused(refresh(sandbox, tokens["refresh_token"]))


def test_a_code_dies_after_ten_minutes_and_belongs_to_its_redirect_uri(sandbox: SandboxClient) -> None:
    code = decide(sandbox)["code"]
    assert is_refused(redeem(sandbox, code, SIGN_IN_REDIRECT), "Invalid authorization code")
    sandbox.advance(seconds=10 * MINUTE)
    assert is_refused(redeem(sandbox, code), "Invalid authorization code")


def test_the_app_must_show_its_secret_by_basic_authentication(sandbox: SandboxClient) -> None:
    url, form = f"{sandbox.url}{TOKEN}", {"grant_type": "authorization_code"}
    in_form = form | {"client_id": APP[0], "client_secret": APP[1]}
    wrong = requests.post(url, data=form, auth=(APP[0], "wrong"), timeout=60)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert requests.post(url, data=in_form, timeout=60).status_code == 401


def test_an_unknown_grant_type_is_refused(sandbox: SandboxClient) -> None:
    answer = token_call(sandbox, grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_the_id_token_names_the_app_in_a_list_and_nobodys_address(sandbox: SandboxClient) -> None:
    tokens = redeem(sandbox, decide(sandbox, nonce="n-1")["code"]).json()
    keys = KeySet.import_key_set(sandbox.get("/quickbooks/op/v1/jwks").json())
    token = jwt.decode(tokens["id_token"], keys)
    assert token.header["alg"] == "RS256"
    assert token.claims["aud"] == [APP[0]]
    assert token.claims["iss"] == f"{sandbox.url}/quickbooks/op/v1"
    assert token.claims["exp"] - token.claims["iat"] == HOUR
    assert token.claims["sub"]
    assert token.claims["auth_time"]
    assert {"email", "nonce"}.isdisjoint(token.claims)
    payload = tokens["id_token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "==")) == token.claims


def test_userinfo_tells_as_much_as_the_scopes_allow(sandbox: SandboxClient) -> None:
    def told(scope: str) -> Any:
        tokens = redeem(sandbox, decide(sandbox, company="", scope=scope)["code"]).json()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return sandbox.get("/quickbooks/v1/openid_connect/userinfo", headers=headers).json()

    everything = told("openid profile email")
    assert everything.pop("sub")
    assert everything == {
        "email": DANA,
        "emailVerified": True,
        "givenName": "Dana",
        "familyName": "Hale",
    }
    assert set(told("openid")) == {"sub"}
    assert sandbox.get("/quickbooks/v1/openid_connect/userinfo").status_code == 401


def test_an_access_token_lives_an_hour(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    sandbox.advance(seconds=HOUR - 30)
    assert reaches_the_api(app)
    sandbox.advance(seconds=31)
    assert not reaches_the_api(app)
    app.refresh()
    assert reaches_the_api(app)


def test_the_refresh_value_stays_for_a_day_and_then_changes(
    sandbox: SandboxClient, app: QuickBooksApp
) -> None:
    first = app.tokens["refresh_token"]
    for _ in range(2):
        app.refresh()
        assert app.tokens["refresh_token"] == first
    sandbox.advance(seconds=A_DAY - 60)
    app.refresh()
    assert app.tokens["refresh_token"] == first
    assert app.tokens["x_refresh_token_expires_in"] < REFRESH_SECONDS - A_DAY + 120
    sandbox.advance(seconds=61)
    app.refresh()
    assert app.tokens["refresh_token"] != first
    assert app.tokens["x_refresh_token_expires_in"] > REFRESH_SECONDS - 60
    app.refresh()


def test_a_stale_value_is_refused_and_ends_the_connection(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    stale = app.tokens["refresh_token"]
    sandbox.advance(days=1)
    app.refresh()
    assert is_refused(refresh(sandbox, stale))
    assert is_refused(refresh(sandbox, app.tokens["refresh_token"]))
    assert not reaches_the_api(app)


def test_of_two_refreshes_at_once_the_second_is_refused_and_both_are_lost(
    sandbox: SandboxClient, app: QuickBooksApp
) -> None:
    answers = at_once(sandbox, app)
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    app.tokens = next(answer.json() for answer in answers if answer.ok)
    assert not reaches_the_api(app)
    assert is_refused(refresh(sandbox, app.tokens["refresh_token"]))


def test_a_forgiving_quickbooks_only_refuses_the_second(forgiving_sandbox: SandboxClient) -> None:
    app = QuickBooksApp.connected(forgiving_sandbox)
    forgiving_sandbox.advance(days=1)
    stale = app.tokens["refresh_token"]
    answers = at_once(forgiving_sandbox, app)
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    app.tokens = next(answer.json() for answer in answers if answer.ok)
    assert is_refused(refresh(forgiving_sandbox, stale))
    assert reaches_the_api(app)
    app.refresh()


def at_once(sandbox: SandboxClient, app: QuickBooksApp) -> list[requests.Response]:
    """Two refreshes with one value at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda _: refresh(sandbox, app.tokens["refresh_token"]), range(2)))


def test_a_value_unused_for_a_hundred_days_is_dead(far_sandbox: SandboxClient) -> None:
    app = QuickBooksApp.connected(far_sandbox)
    for _ in range(2):
        far_sandbox.advance(days=99)
        app.refresh()
    far_sandbox.advance(days=100)
    assert is_refused(refresh(far_sandbox, app.tokens["refresh_token"]))


def test_nothing_outlives_five_years_from_the_consent(far_sandbox: SandboxClient) -> None:
    app = QuickBooksApp.connected(far_sandbox)
    for _ in range(5 * 365 // 99):
        far_sandbox.advance(days=99)
        app.refresh()
    assert app.tokens["x_refresh_token_expires_in"] < 99 * A_DAY
    far_sandbox.advance(seconds=app.tokens["x_refresh_token_expires_in"] + 1)
    assert is_refused(refresh(far_sandbox, app.tokens["refresh_token"]))


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_either_token_ends_this_grant_only(
    sandbox: SandboxClient, app: QuickBooksApp, which: str
) -> None:
    other = QuickBooksApp.connected(sandbox, company=SECOND)
    answer = revoke(sandbox, app.tokens[which])
    assert (answer.status_code, answer.content) == (200, b"")
    assert is_refused(refresh(sandbox, app.tokens["refresh_token"]))
    assert not reaches_the_api(app)
    assert reaches_the_api(other)
    assert revoke(sandbox, app.tokens[which]).status_code == 400


def test_a_form_revokes_too_and_a_stranger_cannot(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    url = f"{sandbox.url}/quickbooks/v2/oauth2/tokens/revoke"
    form = {"token": app.tokens["refresh_token"]}
    assert requests.post(url, data=form, auth=(APP[0], "wrong"), timeout=60).status_code == 401
    assert reaches_the_api(app)
    assert requests.post(url, data=form, auth=APP, timeout=60).status_code == 200
    assert not reaches_the_api(app)


def test_the_identity_server_can_be_broken_on_request(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    sandbox.fault("quickbooks-identity", "503", match="/tokens/bearer")
    broken = refresh(sandbox, app.tokens["refresh_token"])
    assert (broken.status_code, bool(broken.headers["intuit_tid"])) == (503, True)
    app.refresh()
