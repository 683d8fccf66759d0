"""Envelope encryption: each tenant has a data key, wrapped by a master key; values are sealed to their place.

AES-256-GCM throughout. The associated data names tenant, column and row, so a sealed value that is copied to
another tenant, column or row does not open.
"""

import os
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.errors import DueMateError

_VERSION = b"\x01"
_NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(DueMateError):
    """A sealed value did not open: wrong key, wrong place, or altered."""


def _encrypt(key: bytes, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, place)


def _decrypt(key: bytes, sealed: bytes, place: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise SealBroken("A stored secret has an unknown format.")
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, place)
    except (InvalidTag, ValueError) as broken:  # ValueError: cut off within the nonce
        raise SealBroken("A stored secret does not belong where it was found.") from broken


class MasterKey(Protocol):
    """Wraps data keys. A local key in development; a key service can stand behind the same two calls."""

    def wrap(self, data_key: bytes, *, tenant_id: UUID) -> bytes: ...

    def unwrap(self, wrapped: bytes, *, tenant_id: UUID) -> bytes: ...


class LocalMasterKey:
    """A master key of 32 bytes held in this process."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._key = key

    def wrap(self, data_key: bytes, *, tenant_id: UUID) -> bytes:
        return _encrypt(self._key, data_key, b"data-key|" + tenant_id.bytes)

    def unwrap(self, wrapped: bytes, *, tenant_id: UUID) -> bytes:
        return _decrypt(self._key, wrapped, b"data-key|" + tenant_id.bytes)

    def derived(self, purpose: str) -> bytes:
        """A key for what belongs to no tenant (our own users, half-done sign-ins)."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._key)


class Sealer:
    """Seals and opens the secrets of one tenant (or of the platform) with its data key."""

    def __init__(self, data_key: bytes, owner: str) -> None:
        self._key = data_key
        self._owner = owner

    def seal(self, text: str, *, column: str, row: UUID | str) -> bytes:
        """Encrypt `text` for one column of one row."""
        return self.seal_bytes(text.encode(), column=column, row=row)

    def open(self, sealed: bytes, *, column: str, row: UUID | str) -> str:
        """Decrypt what `seal` made for the same place. Raises SealBroken for any other."""
        return self.open_bytes(sealed, column=column, row=row).decode()

    def seal_unless_empty(self, text: str, *, column: str, row: UUID | str) -> bytes | None:
        """As `seal`; of an empty text nothing is kept."""
        return self.seal(text, column=column, row=row) if text else None

    def open_or_empty(self, sealed: bytes | None, *, column: str, row: UUID | str) -> str:
        """As `open`; empty where nothing is kept, or where it does not open and may count as not there."""
        if sealed is None:
            return ""
        try:
            return self.open(sealed, column=column, row=row)
        except SealBroken:
            return ""

    def seal_bytes(self, content: bytes, *, column: str, row: UUID | str) -> bytes:
        """Encrypt a file's content for one column of one row."""
        return _encrypt(self._key, content, self._place(column, row))

    def open_bytes(self, sealed: bytes, *, column: str, row: UUID | str) -> bytes:
        """Decrypt what `seal_bytes` made for the same place. Raises SealBroken for any other."""
        return _decrypt(self._key, sealed, self._place(column, row))

    def _place(self, column: str, row: UUID | str) -> bytes:
        return f"{self._owner}|{column}|{row}".encode()


def new_data_key() -> bytes:
    """A fresh random data key."""
    return os.urandom(KEY_BYTES)


def tenant_sealer(master: MasterKey, *, tenant_id: UUID, wrapped_key: bytes) -> Sealer:
    """The sealer of one tenant, from its wrapped data key."""
    return Sealer(master.unwrap(wrapped_key, tenant_id=tenant_id), str(tenant_id))
