"""Whether a webhook is Twilio's: twilio.com/docs/usage/security, "Validating requests"."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

_USUAL = {"https": 443, "http": 80}


def is_signed(url: str, fields: Iterable[tuple[str, str]], signature: str, token: str) -> bool:
    """Whether `signature` is the HMAC-SHA1 of the address and the sorted fields.

    Twilio signs the address with or without its port, so both are tried; a value that came twice counts once.
    """
    told = "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return any(
        hmac.compare_digest(_signature(address + told, token).encode(), signature.encode())
        for address in (url, *_other_way(url))
    )


def _signature(told: str, token: str) -> str:
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()


def _other_way(url: str) -> Iterable[str]:
    """The same address with its usual port named, or with its port left out."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.port is not None:
        yield urlunsplit(parts._replace(netloc=host))
    elif parts.scheme in _USUAL:
        yield urlunsplit(parts._replace(netloc=f"{host}:{_USUAL[parts.scheme]}"))
