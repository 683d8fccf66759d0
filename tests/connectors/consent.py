"""What a person does on Xero's pages, over plain HTTP; and a tenant connected in that way."""

from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import requests

from app.connectors.oauth import GrantReceived, SignedIn, begin_consent, finish_consent, organisations
from app.kit.ground import Ground
from app.sync.connecting import ConnectedTenant, connect_organisation

OWNER = "olivia@harbour-pine.example"
TEAMMATE = "tom@harbour-pine.example"
STRANGER = "sam@northgate-cycles.example"
DEMO, SECOND, STRANGERS = "Harbour & Pine Studio Ltd", "Second Street Lettings Ltd", "Northgate Cycles Ltd"
BROWSER = "a-browser"


def consent_at_xero(address: str, *, user: str = OWNER, **choices: str | list[str]) -> dict[str, str]:
    """Sign in and allow (or `decision="deny"`); the query that Xero sends the browser back with."""
    form: dict[str, str | list[str]] = {"user": user, "decision": "allow", **choices}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def sign_in(ground: Ground, *, user: str = OWNER) -> UUID:
    """A user of ours, signed in through Xero."""
    address = begin_consent(ground, ledger="xero", purpose="sign_in", browser_token=BROWSER, user_id=None)
    query = consent_at_xero(address, user=user)
    done = finish_consent(ground, ledger="xero", query=query, browser_token=BROWSER, user_id=None)
    assert isinstance(done, SignedIn)
    return done.user_id


def grant(ground: Ground, user_id: UUID, *, user: str = OWNER, organisation: str | list[str]) -> UUID:
    """A consent to organisations (by name) that waits for the choice of one."""
    address = begin_consent(ground, ledger="xero", purpose="connect", browser_token=BROWSER, user_id=user_id)
    query = consent_at_xero(address, user=user, organisation=organisation)
    done = finish_consent(ground, ledger="xero", query=query, browser_token=BROWSER, user_id=user_id)
    assert isinstance(done, GrantReceived)
    return done.attempt_id


def connect(ground: Ground, *, user: str = OWNER, organisation: str = DEMO) -> ConnectedTenant:
    """A tenant as it comes about: sign in, consent, choose."""
    user_id = sign_in(ground, user=user)
    attempt_id = grant(ground, user_id, user=user, organisation=organisation)
    offers = organisations(ground, attempt_id, user_id)
    chosen = next(offer for offer in offers if offer.name == organisation)
    return connect_organisation(ground, attempt_id, user_id, chosen.external_id)
