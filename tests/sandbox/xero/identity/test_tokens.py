"""Codes, access tokens, refresh tokens and what they say."""

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.sandbox.xero.client import APP, OLIVIA, REDIRECT, SECOND, XeroApp, consent, token_call, tokens_for
from tests.support.sandbox import started_sandbox

MINUTE = 60


def refresh(sandbox: SandboxClient, token: str) -> Any:
    return token_call(sandbox, grant_type="refresh_token", refresh_token=token)


def refreshed(sandbox: SandboxClient, token: str) -> str:
    answer = refresh(sandbox, token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


def redeem(sandbox: SandboxClient, code: str, **more: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    return token_call(sandbox, **form | more)


def assert_invalid_grant(answer: Any) -> None:
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant"}


def test_a_code_works_once(sandbox: SandboxClient) -> None:
    code = consent(sandbox)["code"]
    assert redeem(sandbox, code).status_code == 200
    assert_invalid_grant(redeem(sandbox, code))


def test_a_code_dies_after_five_minutes(sandbox: SandboxClient) -> None:
    code = consent(sandbox)["code"]
    sandbox.advance(seconds=5 * MINUTE)
    assert_invalid_grant(redeem(sandbox, code))


def test_a_code_belongs_to_its_redirect_uri(sandbox: SandboxClient) -> None:
    other = "http://localhost:8400/connect/xero/callback"
    assert_invalid_grant(redeem(sandbox, consent(sandbox)["code"], redirect_uri=other))


@pytest.mark.parametrize(("sent", "accepted"), [("v" * 50, True), ("w" * 50, False), ("", False)])
def test_a_challenge_that_was_sent_must_be_met(sandbox: SandboxClient, sent: str, accepted: bool) -> None:
    digest = hashlib.sha256(b"v" * 50).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    code = consent(sandbox, code_challenge=challenge, code_challenge_method="S256")["code"]
    assert (redeem(sandbox, code, code_verifier=sent).status_code == 200) is accepted


def test_the_app_may_show_its_secret_in_the_form(sandbox: SandboxClient) -> None:
    form = {"grant_type": "authorization_code", "code": consent(sandbox)["code"], "redirect_uri": REDIRECT}
    form |= {"client_id": APP[0], "client_secret": APP[1]}
    answer = sandbox.session.post(f"{sandbox.url}/xero/connect/token", data=form, timeout=60)
    assert answer.status_code == 200


def test_a_wrong_secret_or_grant_type_is_refused(sandbox: SandboxClient) -> None:
    url = f"{sandbox.url}/xero/connect/token"
    wrong = sandbox.session.post(
        url, data={"grant_type": "refresh_token"}, auth=(APP[0], "wrong"), timeout=60
    )
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_client"})
    assert token_call(sandbox, grant_type="password").json() == {"error": "unsupported_grant_type"}


def test_the_tokens_are_signed_and_carry_xeros_claims(sandbox: SandboxClient) -> None:
    tokens = tokens_for(sandbox, consent(sandbox, nonce="n-1")["code"])
    discovery = sandbox.get("/xero/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(sandbox.session.get(discovery["jwks_uri"], timeout=60).json())
    access = jwt.decode(tokens["access_token"], keys).claims
    assert access["iss"] == discovery["issuer"] == f"{sandbox.url}/xero"
    assert access["aud"] == f"{sandbox.url}/xero/resources"
    assert access["client_id"] == APP[0]
    assert "accounting.invoices" in access["scope"]
    assert access["exp"] - access["nbf"] == tokens["expires_in"] == 1800
    connection = XeroApp(sandbox, tokens, "").connections()[0]
    assert access["authentication_event_id"] == connection["authEventId"]
    identity = jwt.decode(tokens["id_token"], keys).claims
    assert (identity["nonce"], identity["email"], identity["aud"]) == ("n-1", OLIVIA, APP[0])
    assert (identity["given_name"], identity["family_name"]) == ("Olivia", "Marsh")
    assert identity["sub"] == access["sub"]


def test_userinfo_tells_who_signed_in(sandbox: SandboxClient, app: XeroApp) -> None:
    url = f"{sandbox.url}/xero/connect/userinfo"
    told = app.session.get(url, headers=app.bearer(), timeout=60).json()
    assert (told["email"], told["name"]) == (OLIVIA, "Olivia Marsh")
    assert app.session.get(url, timeout=60).status_code == 401


def test_without_offline_access_there_is_no_refresh_token(sandbox: SandboxClient) -> None:
    app = XeroApp.connected(sandbox, scope="openid accounting.invoices.read")
    assert "refresh_token" not in app.tokens
    assert "id_token" in app.tokens


def test_an_access_token_dies_after_thirty_minutes_and_says_when_it_did(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    sandbox.advance(seconds=30 * MINUTE - 20)
    app.read("Organisation")
    sandbox.advance(seconds=21)
    answer = app.call("GET", "Organisation")
    assert answer.status_code == 401
    body = answer.json()
    assert (body["Title"], body["Status"]) == ("Unauthorized", 401)
    said = body["Detail"].removeprefix("TokenExpired: token expired at ")
    died = datetime.strptime(said + "+0000", "%m/%d/%Y %H:%M:%S%z")
    assert abs((sandbox.now() - died).total_seconds()) < 60


def test_every_refresh_returns_a_new_refresh_token(sandbox: SandboxClient, app: XeroApp) -> None:
    seen = [app.tokens["refresh_token"]]
    for _ in range(3):
        seen.append(refreshed(sandbox, seen[-1]))
    assert len(set(seen)) == 4


def test_the_refreshed_access_token_works(sandbox: SandboxClient, app: XeroApp) -> None:
    sandbox.advance(days=1)
    app.tokens = refresh(sandbox, app.tokens["refresh_token"]).json()
    assert app.read("Organisation")["Organisations"]


def test_the_token_just_replaced_still_leads_to_the_same_successor(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    first = app.tokens["refresh_token"]
    successor = refreshed(sandbox, first)
    assert refreshed(sandbox, first) == successor
    sandbox.advance(seconds=29 * MINUTE)
    assert refreshed(sandbox, first) == successor


def test_after_thirty_minutes_the_old_token_is_dead_but_its_successor_lives(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    first = app.tokens["refresh_token"]
    successor = refreshed(sandbox, first)
    sandbox.advance(seconds=31 * MINUTE)
    assert_invalid_grant(refresh(sandbox, first))
    assert refresh(sandbox, successor).status_code == 200


def test_a_token_replaced_twice_is_dead_and_kills_nothing(sandbox: SandboxClient, app: XeroApp) -> None:
    first = app.tokens["refresh_token"]
    third = refreshed(sandbox, refreshed(sandbox, first))
    assert_invalid_grant(refresh(sandbox, first))
    assert refresh(sandbox, third).status_code == 200


def test_a_refresh_token_unused_for_sixty_days_is_dead(tmp_path: Path, receiver: Receiver) -> None:
    # A sandbox of its own: time cannot go back, and other tests' dates should stay near today.
    with started_sandbox(tmp_path, receiver.url) as sandbox:
        latest = XeroApp.connected(sandbox).tokens["refresh_token"]
        for _ in range(2):
            sandbox.advance(days=59)
            latest = refreshed(sandbox, latest)
        sandbox.advance(days=61)
        assert_invalid_grant(refresh(sandbox, latest))


def test_revoking_ends_the_refresh_token_and_all_connections_of_the_user(sandbox: SandboxClient) -> None:
    XeroApp.connected(sandbox, organisation=SECOND)
    app = XeroApp.connected(sandbox)
    url = f"{sandbox.url}/xero/connect/revocation"
    answer = sandbox.session.post(url, data={"token": app.tokens["refresh_token"]}, auth=APP, timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")
    assert_invalid_grant(refresh(sandbox, app.tokens["refresh_token"]))
    assert app.connections() == []
    assert app.call("GET", "Organisation").status_code == 403


def test_a_vendor_that_breaks_its_identity_server_can_be_asked_for(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    sandbox.fault("xero-identity", "503", match="/connect/token")
    assert refresh(sandbox, app.tokens["refresh_token"]).status_code == 503
    assert refresh(sandbox, app.tokens["refresh_token"]).status_code == 200
