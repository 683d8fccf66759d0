"""The OAuth dance over real HTTP with the stand-in Xero."""

from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from app.connectors.oauth import (
    ConsentDenied,
    ConsentError,
    ConsentExpired,
    ConsentFailed,
    ConsentForeign,
    ConsentReused,
    SignedIn,
    begin_consent,
    finish_consent,
    organisations,
)
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.models import OAuthAttempt, UserAccount
from app.sync.connecting import connect_organisation
from tests.connectors.consent import (
    BROWSER,
    DEMO,
    OWNER,
    SECOND,
    STRANGER,
    TEAMMATE,
    connect,
    consent_at_xero,
    grant,
    sign_in,
)
from tests.sandbox.client import SandboxClient
from tests.support.tenants import make_user


def begin(
    ground: Ground, purpose: Literal["sign_in", "connect"] = "sign_in", user_id: UUID | None = None
) -> str:
    return begin_consent(ground, ledger="xero", purpose=purpose, browser_token=BROWSER, user_id=user_id)


def finish(
    ground: Ground, query: dict[str, str], *, browser: str = BROWSER, user_id: UUID | None = None
) -> object:
    return finish_consent(ground, ledger="xero", query=query, browser_token=browser, user_id=user_id)


def test_the_authorize_address_carries_state_nonce_and_pkce_and_keeps_only_hashes(
    sandbox_ground: Ground,
) -> None:
    query = parse_qs(urlsplit(begin(sandbox_ground)).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid profile email"]
    assert query["redirect_uri"] == ["http://127.0.0.1:8400/sign-in/xero/callback"]
    with sandbox_ground.database.platform() as session:
        attempt = session.query(OAuthAttempt).one()
    assert attempt.nonce == query["nonce"][0]
    assert query["state"][0] not in (attempt.state_hash, attempt.browser_hash)


def test_signing_in_makes_an_account_once_and_finds_it_again(sandbox_ground: Ground) -> None:
    first = finish(sandbox_ground, consent_at_xero(begin(sandbox_ground)))
    again = finish(sandbox_ground, consent_at_xero(begin(sandbox_ground)))
    assert isinstance(first, SignedIn)
    assert again == SignedIn(first.user_id, is_new=False)
    assert first.is_new
    with sandbox_ground.database.platform() as session:
        account = session.query(UserAccount).one()
    open_sealed = sandbox_ground.platform_sealer().open
    assert open_sealed(account.name_sealed, column="user_account.name", row=account.id) == "Olivia Marsh"
    assert open_sealed(account.email_sealed, column="user_account.email", row=account.id) == OWNER


def test_two_people_get_two_accounts(sandbox_ground: Ground) -> None:
    assert sign_in(sandbox_ground, user=OWNER) != sign_in(sandbox_ground, user=TEAMMATE)


def test_saying_no_at_xero_ends_in_a_plain_sentence(sandbox_ground: Ground) -> None:
    query = consent_at_xero(begin(sandbox_ground), decision="deny")
    with pytest.raises(ConsentDenied, match="did not allow"):
        finish(sandbox_ground, query)


def test_a_callback_works_once(sandbox_ground: Ground) -> None:
    query = consent_at_xero(begin(sandbox_ground))
    finish(sandbox_ground, query)
    with pytest.raises(ConsentReused):
        finish(sandbox_ground, query)


def test_a_callback_after_ten_minutes_is_refused(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    address = begin(sandbox_ground)
    sandbox.advance(seconds=601)
    with pytest.raises(ConsentExpired, match="ten minutes"):
        finish(sandbox_ground, consent_at_xero(address))


def test_a_callback_from_another_browser_is_refused_and_does_not_use_up_the_owners(
    sandbox_ground: Ground,
) -> None:
    query = consent_at_xero(begin(sandbox_ground))
    with pytest.raises(ConsentForeign):
        finish(sandbox_ground, query, browser="another")
    assert isinstance(finish(sandbox_ground, query), SignedIn)


def test_a_callback_for_another_users_connection_is_refused(sandbox_ground: Ground) -> None:
    mine, theirs = sign_in(sandbox_ground), sign_in(sandbox_ground, user=TEAMMATE)
    query = consent_at_xero(begin(sandbox_ground, "connect", mine), organisation=DEMO)
    with pytest.raises(ConsentForeign):
        finish(sandbox_ground, query, user_id=theirs)
    with pytest.raises(ConsentForeign):
        finish(sandbox_ground, query, user_id=None)


@pytest.mark.parametrize("query", [{}, {"state": "never-handed-out", "code": "x"}, {"state": ""}])
def test_a_state_nobody_handed_out_is_refused(sandbox_ground: Ground, query: dict[str, str]) -> None:
    with pytest.raises(ConsentForeign):
        finish(sandbox_ground, query)


def test_a_code_that_xero_does_not_know_fails_and_uses_up_the_state(sandbox_ground: Ground) -> None:
    query = consent_at_xero(begin(sandbox_ground))
    with pytest.raises(ConsentFailed):
        finish(sandbox_ground, {**query, "code": "made-up"})
    with pytest.raises(ConsentReused):
        finish(sandbox_ground, query)


@pytest.mark.parametrize("kind", ["500", "drop", "garbage", "html"])
def test_a_token_endpoint_that_answers_nonsense_is_a_failure_in_words(
    sandbox_ground: Ground, sandbox: SandboxClient, kind: str
) -> None:
    query = consent_at_xero(begin(sandbox_ground))
    sandbox.fault("xero-identity", kind, match="/connect/token", times=1)
    with pytest.raises(ConsentFailed, match="start again"):
        finish(sandbox_ground, query)


def test_every_consent_error_can_be_caught_as_one(sandbox_ground: Ground) -> None:
    with pytest.raises(ConsentError):
        finish(sandbox_ground, {})


def test_a_user_is_offered_every_reachable_organisation_the_newly_added_first(sandbox_ground: Ground) -> None:
    first = connect(sandbox_ground, organisation=DEMO)
    user_id = sign_in(sandbox_ground)
    offers = organisations(sandbox_ground, grant(sandbox_ground, user_id, organisation=SECOND), user_id)
    assert [(o.name, o.is_new, o.is_connected_here) for o in offers] == [
        (SECOND, True, False),
        (DEMO, False, True),
    ]
    assert first.is_new


def test_a_strangers_organisation_is_never_offered_nor_connectable(sandbox_ground: Ground) -> None:
    stranger = sign_in(sandbox_ground, user=STRANGER)
    theirs = organisations(
        sandbox_ground,
        grant(sandbox_ground, stranger, user=STRANGER, organisation="Northgate Cycles Ltd"),
        stranger,
    )
    mine = sign_in(sandbox_ground)
    attempt_id = grant(sandbox_ground, mine, organisation=DEMO)
    assert theirs[0].external_id not in {
        o.external_id for o in organisations(sandbox_ground, attempt_id, mine)
    }
    with pytest.raises(NotFound):
        connect_organisation(sandbox_ground, attempt_id, mine, theirs[0].external_id)


def test_a_grant_is_its_users_own(sandbox_ground: Ground) -> None:
    attempt_id = grant(sandbox_ground, sign_in(sandbox_ground), organisation=DEMO)
    other = make_user(sandbox_ground)
    with pytest.raises(ConsentExpired):
        organisations(sandbox_ground, attempt_id, other)
    with pytest.raises(ConsentExpired):
        organisations(sandbox_ground, uuid4(), other)


def test_a_grant_is_too_old_once_its_token_is(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    user_id = sign_in(sandbox_ground)
    attempt_id = grant(sandbox_ground, user_id, organisation=DEMO)
    sandbox.advance(seconds=timedelta(minutes=31).total_seconds())
    with pytest.raises(ConsentExpired):
        organisations(sandbox_ground, attempt_id, user_id)


def test_without_a_client_id_xero_is_not_offered(ground: Ground, make_settings: object) -> None:
    bare = Ground.from_settings(make_settings(xero_client_id=""), clock=ground.clock)  # type: ignore[operator]
    with pytest.raises(ConsentFailed, match="not set up"):
        begin(bare)
    bare.database.close()


def test_an_unknown_ledger_is_not_found(ground: Ground) -> None:
    with pytest.raises(NotFound):
        begin_consent(ground, ledger="sage", purpose="sign_in", browser_token=BROWSER, user_id=None)
