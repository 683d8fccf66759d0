"""Signing in and consenting."""

import pytest
import requests

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import (
    MAIN,
    OLIVIA,
    REDIRECT,
    SAM,
    SECOND,
    SIGN_IN_REDIRECT,
    STRANGERS,
    XeroApp,
    authorize_query,
    consent,
    tokens_for,
)

AUTHORIZE = "/xero/identity/connect/authorize"


def post(sandbox: SandboxClient, form: dict[str, str], **changes: str) -> requests.Response:
    url = f"{sandbox.url}{AUTHORIZE}"
    return sandbox.session.post(
        url, params=authorize_query(**changes), data=form, allow_redirects=False, timeout=60
    )


def test_the_page_asks_who_is_there(sandbox: SandboxClient) -> None:
    page = sandbox.get(AUTHORIZE, params=authorize_query())
    assert page.status_code == 200
    for name in ("Olivia Marsh", "Tom Becker", "Sam Stranger"):
        assert name in page.text


def test_consent_shows_the_scopes_in_words_and_the_users_organisations(sandbox: SandboxClient) -> None:
    page = post(sandbox, {"user": OLIVIA}).text
    assert "View and change your payments, overpayments and prepayments" in page
    assert "View your contacts" in page
    assert "Harbour &amp; Pine Studio Ltd" in page
    assert SECOND in page
    assert STRANGERS not in page


def test_allowing_sends_a_code_and_the_state_back(sandbox: SandboxClient) -> None:
    back = consent(sandbox, state="x y&z")
    assert back["state"] == "x y&z"
    assert len(back["code"]) > 20


def test_denying_sends_the_error_and_the_state_back_and_connects_nothing(sandbox: SandboxClient) -> None:
    answer = post(sandbox, {"user": OLIVIA, "organisation": MAIN, "decision": "deny"})
    assert answer.headers["Location"] == f"{REDIRECT}?error=access_denied&state=a-state"
    app = XeroApp.connected(sandbox, organisation=SECOND)
    assert [c["tenantName"] for c in app.connections()] == [SECOND]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "somebody-else"}, "unauthorized_client"),
        ({"redirect_uri": REDIRECT + "/"}, "Invalid redirect_uri"),
        ({"redirect_uri": "http://evil.example/"}, "Invalid redirect_uri"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"scope": "openid accounting.reports.read"}, "invalid_scope"),
        ({"scope": "accounting.everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"code_challenge": "c" * 43, "code_challenge_method": "plain"}, "must be S256"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "43 characters"),
    ],
)
def test_a_wrong_address_ends_on_an_error_page_and_never_at_the_app(
    sandbox: SandboxClient, changes: dict[str, str], words: str
) -> None:
    shown = sandbox.get(AUTHORIZE, params=authorize_query(**changes), allow_redirects=False)
    posted = post(sandbox, {"user": OLIVIA, "organisation": MAIN, "decision": "allow"}, **changes)
    for answer in (shown, posted):
        assert answer.status_code == 400
        assert words in answer.text


def test_allowing_without_an_organisation_asks_again(sandbox: SandboxClient) -> None:
    answer = post(sandbox, {"user": OLIVIA, "decision": "allow"})
    assert answer.status_code == 200
    assert "Choose at least one organisation" in answer.text


def test_nobody_can_connect_an_organisation_of_others(sandbox: SandboxClient) -> None:
    answer = post(sandbox, {"user": SAM, "organisation": MAIN, "decision": "allow"})
    assert "Choose at least one organisation" in answer.text


def test_sign_in_alone_asks_for_no_organisation_and_connects_none(sandbox: SandboxClient) -> None:
    sign_in = {"scope": "openid profile email", "redirect_uri": SIGN_IN_REDIRECT}
    assert "Organisations to connect" not in post(sandbox, {"user": OLIVIA}, **sign_in).text
    back = consent(sandbox, organisations=[], **sign_in)
    tokens = tokens_for(sandbox, back["code"], redirect_uri=SIGN_IN_REDIRECT)
    assert "refresh_token" not in tokens
    assert XeroApp(sandbox, tokens, "").connections() == []


def test_one_consent_can_connect_several_organisations(sandbox: SandboxClient) -> None:
    back = consent(sandbox, organisations=[MAIN, SECOND])
    app = XeroApp(sandbox, tokens_for(sandbox, back["code"]), "")
    assert {c["tenantName"] for c in app.connections()} == {MAIN, SECOND}


def test_a_second_consent_adds_scopes_and_cannot_take_any_away(sandbox: SandboxClient) -> None:
    XeroApp.connected(sandbox, scope="offline_access accounting.invoices")
    second = XeroApp.connected(sandbox, scope="offline_access accounting.settings.read")
    assert set(second.tokens["scope"].split()) == {
        "offline_access",
        "accounting.invoices",
        "accounting.settings.read",
    }
