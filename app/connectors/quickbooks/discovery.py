"""Where Intuit's sign-in lives, as its discovery document says; read once a day and process.

Intuit asks apps to take the addresses from there (developer.intuit.com, OpenID Connect, discovery document).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from requests import RequestException

from app.kit.errors import Retryable
from app.kit.http import new_session

_FRESH_SECONDS = 86_400
_ASK_AGAIN_SECONDS = 300
# Those who waited while one asked in vain share its answer: otherwise each would wait as long, one after the other.
_IN_VAIN_SECONDS = 5
# A page waits for it, or a call whose token has expired.
_CONNECT_SECONDS, _READ_SECONDS = 3, 6
_AWAY = "QuickBooks' sign-in service could not be reached. Please try again in a minute."


class Addresses(Struct, frozen=True):
    """The part of the document that we use. All of them are needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True)
class _Copy:
    addresses: Addresses | None
    """None: nobody knows them yet, and Intuit did not answer."""
    ask_at: float


class Discovery:
    """Documents by their address. Shared between threads; while one asks, those who need the same one wait for it.

    `seconds` is the machine's own running clock: how old a copy may be has nothing to do with business time.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._copies: dict[str, _Copy] = {}
        self._lock = threading.Lock()

    def addresses(self, document: str) -> Addresses:
        """What the document says. While Intuit is away, what it said before. Raises Retryable if nobody knows."""
        with self._lock:
            known = self._copies.get(document)
            if known is None or self._seconds() >= known.ask_at:
                known = self._copies[document] = self._asked(document, known)
        if known.addresses is None:
            raise Retryable(_AWAY)
        return known.addresses

    def _asked(self, document: str, known: _Copy | None) -> _Copy:
        try:
            return _Copy(_read(document), self._seconds() + _FRESH_SECONDS)
        except (RequestException, ValueError):
            if known is None or known.addresses is None:
                return _Copy(None, self._seconds() + _IN_VAIN_SECONDS)
            return _Copy(known.addresses, self._seconds() + _ASK_AGAIN_SECONDS)


def _read(document: str) -> Addresses:
    """Raises RequestException, or ValueError if the answer is no such document."""
    with new_session(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS) as session:
        answer = session.get(document, headers={"Accept": "application/json"})
        answer.raise_for_status()
    found = msgspec.json.decode(answer.content, type=Addresses)
    ways = [urlsplit(hop.url) for hop in (*answer.history, answer)]
    named = [urlsplit(address) for address in msgspec.structs.astuple(found)]
    scheme = urlsplit(document).scheme
    if any(parts.scheme != scheme or not parts.hostname for parts in (*ways, *named)):
        raise ValueError("an address is less protected than the document that names it")
    return found
