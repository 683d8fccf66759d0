"""Random tokens for links: handed out once, kept only as a hash."""

import hashlib
import secrets


def new_token() -> str:
    """A token of 256 random bits that is safe in a URL."""
    return secrets.token_urlsafe(32)


def new_short_token() -> str:
    """A token of 96 random bits, in 16 characters: for text messages, where every character costs."""
    return secrets.token_urlsafe(12)


def token_hash(token: str) -> str:
    """What is stored of a token. It is random and long, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()
