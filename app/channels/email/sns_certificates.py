"""The certificates that SNS signs with, fetched once for each address and kept."""

import threading
from collections import OrderedDict

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.channels.email.sns import ForgedMessage
from app.kit.errors import Retryable
from app.kit.http import new_session

_MOST_KEPT = 16
_LARGEST = 16 * 1024


class Certificates:
    """Keys by the address of their certificate. Addresses are checked before they come here."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, RSAPublicKey] = OrderedDict()
        self._lock = threading.Lock()

    def key_of(self, url: str) -> RSAPublicKey:
        """The certificate's key. Raises ForgedMessage if there is none, Retryable if nobody answers."""
        with self._lock:
            known = self._keys.get(url)
        if known is not None:
            return known
        key = _key(fetched(url))
        with self._lock:
            self._keys[url] = key
            while len(self._keys) > _MOST_KEPT:
                self._keys.popitem(last=False)
        return key


def fetched(url: str) -> bytes:
    """What is at an address of Amazon's, read to a small size and without following it elsewhere."""
    try:
        with (
            new_session(connect_timeout=5, read_timeout=5) as session,
            session.get(url, stream=True, allow_redirects=False) as answer,
        ):
            status, content = answer.status_code, answer.raw.read(_LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError) as away:
        raise Retryable("Amazon's certificates cannot be read.") from away
    if status >= 500:
        raise Retryable(f"Amazon's certificates cannot be read ({status}).")
    if status != 200 or len(content) > _LARGEST:
        raise ForgedMessage("The message names an address at which there is nothing of Amazon's.")
    return bytes(content)


def _key(pem: bytes) -> RSAPublicKey:
    try:
        key = x509.load_pem_x509_certificate(pem).public_key()
    except ValueError:
        raise ForgedMessage("The message names a certificate that is none.") from None
    if not isinstance(key, RSAPublicKey):
        raise ForgedMessage("The message names a certificate of another kind.")
    return key
