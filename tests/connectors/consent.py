"""What a person does on a ledger's pages, over plain HTTP; and a tenant connected in that way."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Place:
    """Who can sign in to a stand-in, what they can connect there, and what its consent page calls that."""

    owner: str
    teammate: str
    stranger: str
    main: str
    second: str
    strangers: str
    choice: str


PLACES = {
    "xero": Place(OWNER, TEAMMATE, STRANGER, DEMO, SECOND, STRANGERS, "organisation"),
    "quickbooks": Place(
        owner="dana@cedar-hale.example",
        teammate="miguel@cedar-hale.example",
        stranger="robin@juniper-cycles.example",
        main="Cedar & Hale Studio LLC",
        second="Second Avenue Rentals LLC",
        strangers="Juniper Cycle Works LLC",
        choice="company",
    ),
}


def consent(address: str, *, user: str, **choices: str | list[str]) -> dict[str, str]:
    """Sign in and allow (or `decision="deny"`); the query that the vendor sends the browser back with."""
    form: dict[str, str | list[str]] = {"user": user, "decision": "allow", **choices}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def consent_at_xero(address: str, *, user: str = OWNER, **choices: str | list[str]) -> dict[str, str]:
    """`consent` as the demo company's owner at Xero."""
    return consent(address, user=user, **choices)


def sign_in(ground: Ground, ledger: str = "xero", *, user: str | None = None) -> UUID:
    """A user of ours, signed in through a ledger; its owner unless told otherwise."""
    address = begin_consent(ground, ledger=ledger, purpose="sign_in", browser_token=BROWSER, user_id=None)
    query = consent(address, user=user or PLACES[ledger].owner)
    done = finish_consent(ground, ledger=ledger, query=query, browser_token=BROWSER, user_id=None)
    assert isinstance(done, SignedIn)
    return done.user_id


def grant(
    ground: Ground,
    user_id: UUID,
    ledger: str = "xero",
    *,
    user: str | None = None,
    organisation: str | list[str],
) -> UUID:
    """A consent to organisations (by name) that waits for the choice of one."""
    address = begin_consent(ground, ledger=ledger, purpose="connect", browser_token=BROWSER, user_id=user_id)
    place = PLACES[ledger]
    query = consent(address, user=user or place.owner, **{place.choice: organisation})
    done = finish_consent(ground, ledger=ledger, query=query, browser_token=BROWSER, user_id=user_id)
    assert isinstance(done, GrantReceived)
    return done.attempt_id


def connect(
    ground: Ground, ledger: str = "xero", *, user: str | None = None, organisation: str | None = None
) -> ConnectedTenant:
    """A tenant as it comes about: sign in, consent, choose. The ledger's main company unless told otherwise."""
    name = organisation or PLACES[ledger].main
    user_id = sign_in(ground, ledger, user=user)
    attempt_id = grant(ground, user_id, ledger, user=user, organisation=name)
    offers = organisations(ground, attempt_id, user_id)
    chosen = next(offer for offer in offers if offer.name == name)
    return connect_organisation(ground, attempt_id, user_id, chosen.external_id)
