"""The pages on which people sign in and consent."""

import pytest
import requests

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import (
    ACCOUNTING,
    AUTHORIZE,
    DANA,
    MAIN,
    ROBIN,
    SECOND,
    STRANGERS,
    authorize_query,
    decide,
    redeem,
)

SIGN_IN = "openid profile email"


def shown(sandbox: SandboxClient, **changes: str) -> requests.Response:
    return sandbox.get(AUTHORIZE, params=authorize_query(**changes))


def consent_page(sandbox: SandboxClient, **changes: str) -> str:
    params = authorize_query(**changes)
    answer = sandbox.session.post(f"{sandbox.url}{AUTHORIZE}", params=params, data={"user": DANA}, timeout=60)
    assert answer.status_code == 200
    return answer.text


def test_the_first_page_asks_who_it_is(sandbox: SandboxClient) -> None:
    page = shown(sandbox).text
    assert "Who are you?" in page
    assert all(name in page for name in ("Dana Hale", "Miguel Reyes", "Robin Stranger"))


def test_the_second_page_offers_the_users_own_companies(sandbox: SandboxClient) -> None:
    page = consent_page(sandbox)
    assert "Allow access" in page
    assert "Cedar &amp; Hale Studio LLC" in page
    assert SECOND in page
    assert STRANGERS not in page


def test_signing_in_shows_no_company_and_gives_no_realm(sandbox: SandboxClient) -> None:
    page = consent_page(sandbox, scope=SIGN_IN)
    assert "Allow access" in page
    assert SECOND not in page
    back = decide(sandbox, company="", scope=SIGN_IN)
    assert "realmId" not in back
    assert back["state"] == "a-state"
    assert redeem(sandbox, back["code"]).status_code == 200


def test_allowing_gives_a_code_the_state_and_the_realm(sandbox: SandboxClient) -> None:
    back = decide(sandbox)
    assert set(back) == {"code", "state", "realmId"}
    assert back["state"] == "a-state"
    assert back["realmId"].isdecimal()
    assert decide(sandbox, company=back["realmId"])["realmId"] == back["realmId"]
    assert decide(sandbox, company=SECOND)["realmId"] != back["realmId"]


def test_denying_leads_back_with_an_error(sandbox: SandboxClient) -> None:
    assert decide(sandbox, decision="deny") == {"error": "access_denied", "state": "a-state"}


@pytest.mark.parametrize(("user", "company"), [(ROBIN, MAIN), (DANA, STRANGERS), (DANA, "")])
def test_a_company_that_is_not_the_users_cannot_be_connected(
    sandbox: SandboxClient, user: str, company: str
) -> None:
    answer = sandbox.session.post(
        f"{sandbox.url}{AUTHORIZE}",
        params=authorize_query(),
        data={"user": user, "company": company, "decision": "allow"},
        allow_redirects=False,
        timeout=60,
    )
    assert answer.status_code == 200
    assert "Choose a company" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "somebody-else"},
        {"redirect_uri": "http://127.0.0.1:8400/elsewhere"},
        {"response_type": "token"},
        {"state": ""},
        {"scope": ""},
        {"scope": f"{ACCOUNTING} accounting.transactions"},
    ],
)
def test_whatever_is_wrong_in_the_address_nobody_is_sent_back(
    sandbox: SandboxClient, wrong: dict[str, str]
) -> None:
    answer = shown(sandbox, **wrong)
    assert answer.status_code == 400
    assert "could not be connected" in answer.text


def test_the_parameters_of_pkce_are_ignored(sandbox: SandboxClient) -> None:
    back = decide(sandbox, code_challenge="x" * 43, code_challenge_method="S256")
    assert redeem(sandbox, back["code"]).status_code == 200
