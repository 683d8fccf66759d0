"""Who signed in is believed only if the vendor's own key says so, for us, for this sign-in, and now."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from app.connectors.connector import OAuthApp
from app.connectors.consent_errors import ConsentFailed
from app.connectors.sign_in import person_of
from app.connectors.token_endpoint import TokenAnswer
from app.kit.ground import Ground


class Vendor:
    """An address that serves public keys, and signs with the private one; `userinfo` is what it tells of a user."""

    def __init__(self) -> None:
        self.userinfo: object = None
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.fetched = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def app(self) -> OAuthApp:
        url = f"http://127.0.0.1:{self._server.server_port}"
        return OAuthApp("duemate", "secret", f"{url}/authorize", f"{url}/token", url, f"{url}/jwks")

    @property
    def app_with_userinfo(self) -> OAuthApp:
        """As Intuit is: tells name and address elsewhere, and repeats no nonce."""
        return replace(self.app, userinfo_url=f"{self.app.issuer}/userinfo", repeats_nonce=False)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        vendor = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/userinfo":
                    is_theirs = self.headers["Authorization"] == "Bearer access"
                    self.send_response(200 if is_theirs else 401)
                    self.end_headers()
                    self.wfile.write(json.dumps(vendor.userinfo).encode())
                    return
                vendor.fetched += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [vendor.key.as_dict(private=False)]}).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Door


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    served = Vendor()
    yield served
    served.close()


def claims(ground: Ground, vendor: Vendor, **changes: Any) -> dict[str, Any]:
    now = int(ground.clock.now().timestamp())
    good = {
        "iss": vendor.app.issuer,
        "aud": "duemate",
        "sub": "user-1",
        "exp": now + 300,
        "nonce": "this-sign-in",
        "email": "ada@kelp.example",
        "given_name": "Ada",
        "family_name": "Byron",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(ground: Ground, vendor: Vendor, **changes: Any) -> TokenAnswer:
    return answer(jwt.encode({"alg": "RS256", "kid": "first"}, claims(ground, vendor, **changes), vendor.key))


def answer(id_token: str | None) -> TokenAnswer:
    return TokenAnswer("access", None, id_token, expires_in=3600, consent_ends_in=None)


def test_a_good_token_names_its_person(ground: Ground, vendor: Vendor) -> None:
    person = person_of(ground, vendor.app, token(ground, vendor), nonce="this-sign-in")
    assert (person.subject, person.name, person.email) == ("user-1", "Ada Byron", "ada@kelp.example")
    assert person.issuer == vendor.app.issuer


def test_an_audience_may_be_a_list(ground: Ground, vendor: Vendor) -> None:
    person = person_of(ground, vendor.app, token(ground, vendor, aud=["duemate", "x"]), nonce="this-sign-in")
    assert person.subject == "user-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another-sign-in"},
        {"nonce": None},
        {"aud": "another-app"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"sub": None},
        {"exp": None},
        {"exp": 1_700_000_000},
    ],
)
def test_a_token_for_somebody_or_something_else_is_refused(
    ground: Ground, vendor: Vendor, changes: dict[str, Any]
) -> None:
    with pytest.raises(ConsentFailed, match="did not prove"):
        person_of(ground, vendor.app, token(ground, vendor, **changes), nonce="this-sign-in")


def test_the_expiry_is_judged_by_our_own_clock(ground: Ground, vendor: Vendor) -> None:
    expired = token(ground, vendor, exp=int(ground.clock.now().timestamp()) - 61)
    with pytest.raises(ConsentFailed):
        person_of(ground, vendor.app, expired, nonce="this-sign-in")


def test_a_strangers_signature_is_refused(ground: Ground, vendor: Vendor) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "first"})
    forged = jwt.encode({"alg": "RS256", "kid": "first"}, claims(ground, vendor), stranger)
    with pytest.raises(ConsentFailed):
        person_of(ground, vendor.app, answer(forged), nonce="this-sign-in")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(ground: Ground, vendor: Vendor) -> None:
    as_secret = OctKey.import_key(vendor.key.as_pem(private=False).replace(b"-----", b""))
    forged = jwt.encode({"alg": "HS256", "kid": "first"}, claims(ground, vendor), as_secret)
    with pytest.raises(ConsentFailed):
        person_of(ground, vendor.app, answer(forged), nonce="this-sign-in")


@pytest.mark.parametrize("text", [None, "", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_no_token_at_all_is_refused(ground: Ground, vendor: Vendor, text: str | None) -> None:
    with pytest.raises(ConsentFailed):
        person_of(ground, vendor.app, answer(text), nonce="this-sign-in")


def test_keys_are_fetched_once_and_again_when_the_vendor_changes_them(ground: Ground, vendor: Vendor) -> None:
    for _ in range(3):
        person_of(ground, vendor.app, token(ground, vendor), nonce="this-sign-in")
    assert vendor.fetched == 1
    vendor.key = RSAKey.generate_key(2048, {"kid": "first"})
    assert person_of(ground, vendor.app, token(ground, vendor), nonce="this-sign-in").subject == "user-1"
    assert vendor.fetched == 2


def test_a_vendor_whose_keys_cannot_be_fetched_is_a_failure_in_words(ground: Ground, vendor: Vendor) -> None:
    away = replace(vendor.app, keys_url="http://127.0.0.1:9/jwks")
    with pytest.raises(ConsentFailed, match="could not be reached"):
        person_of(ground, away, token(ground, vendor), nonce="this-sign-in")


TOLD = {
    "sub": "user-1",
    "givenName": "Grace",
    "familyName": "Hopper",
    "email": "grace@kelp.example",
    "emailVerified": True,
}


STANDARD = {
    "sub": "user-1",
    "given_name": "Grace",
    "family_name": "Hopper",
    "email": "grace@kelp.example",
    "email_verified": True,
}


@pytest.mark.parametrize("told", [TOLD, STANDARD])
def test_name_and_address_may_be_told_elsewhere(
    ground: Ground, vendor: Vendor, told: dict[str, object]
) -> None:
    vendor.userinfo = told
    person = person_of(
        ground, vendor.app_with_userinfo, token(ground, vendor, nonce=None), nonce="this-sign-in"
    )
    assert (person.subject, person.name, person.email) == ("user-1", "Grace Hopper", "grace@kelp.example")


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_the_vendor_has_not_verified_is_not_taken(
    ground: Ground, vendor: Vendor, verified: object
) -> None:
    vendor.userinfo = {**TOLD, "emailVerified": verified}
    person = person_of(ground, vendor.app_with_userinfo, token(ground, vendor), nonce="this-sign-in")
    assert (person.name, person.email) == ("Grace Hopper", "")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({**TOLD, "sub": "somebody-else"}, "did not prove"),
        ({"givenName": "Grace"}, "did not prove"),
        (None, "could not be reached"),
        ([], "could not be reached"),
    ],
)
def test_what_is_told_about_somebody_else_is_refused(
    ground: Ground, vendor: Vendor, told: object, sentence: str
) -> None:
    vendor.userinfo = told
    with pytest.raises(ConsentFailed, match=sentence):
        person_of(ground, vendor.app_with_userinfo, token(ground, vendor), nonce="this-sign-in")


def test_a_nonce_of_another_sign_in_is_refused_even_where_none_is_needed(
    ground: Ground, vendor: Vendor
) -> None:
    vendor.userinfo = TOLD
    with pytest.raises(ConsentFailed, match="did not prove"):
        person_of(
            ground, vendor.app_with_userinfo, token(ground, vendor, nonce="another"), nonce="this-sign-in"
        )
