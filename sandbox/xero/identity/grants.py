"""Codes, access tokens and refresh tokens, and how long each lives.

Access tokens live 30 minutes. A refresh token is replaced on every use and dies after 60 days unused;
the one just replaced still works for 30 minutes and answers with the same successor, so that an answer
lost on the way does not end the connection. Sources: Xero's OAuth 2 token types and FAQ pages.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.xero.identity.users import User

CODE_LIVES = timedelta(minutes=5)
ACCESS_LIVES = timedelta(minutes=30)
REFRESH_LIVES = timedelta(days=60)
GRACE = timedelta(minutes=30)


@dataclass(frozen=True)
class Consent:
    """What one person agreed to in one go."""

    user: User
    scopes: tuple[str, ...]
    auth_event: str
    nonce: str | None = None


@dataclass(frozen=True)
class Code:
    """An authorization code, good once."""

    consent: Consent
    redirect_uri: str
    challenge: str | None
    dies: datetime


@dataclass
class Family:
    """The refresh tokens that follow from one consent: the current one and the one before it."""

    consent: Consent
    current: str
    dies: datetime
    previous: str | None = None
    grace_ends: datetime | None = None


@dataclass(frozen=True)
class Access:
    """What an access token allows, and until when."""

    consent: Consent
    dies: datetime


@dataclass
class Grants:
    """Everything handed out and still known."""

    codes: dict[str, Code] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    accesses: dict[str, Access] = field(default_factory=dict)

    def new_code(self, consent: Consent, redirect_uri: str, challenge: str | None, now: datetime) -> str:
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(consent, redirect_uri, challenge, now + CODE_LIVES)
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str | None, now: datetime) -> Consent | None:
        """The consent behind a code, once; None if anything about it is wrong. The code is gone either way."""
        known = self.codes.pop(code, None)
        if known is None or now >= known.dies or redirect_uri != known.redirect_uri:
            return None
        if known.challenge and known.challenge != _challenge(verifier or ""):
            return None
        return known.consent

    def new_family(self, consent: Consent, now: datetime) -> str:
        """The first refresh token of a consent."""
        token = _refresh_token()
        self.families[token] = Family(consent, token, now + REFRESH_LIVES)
        return token

    def rotate(self, token: str, now: datetime) -> Family | None:
        """The family after this token was used: its current token is the successor. None if it is dead."""
        family = self.families.get(token)
        if family is None or now >= family.dies:
            return None
        if token == family.previous:
            return family if family.grace_ends and now < family.grace_ends else None
        if family.previous:
            self.families.pop(family.previous, None)
        family.previous, family.grace_ends = token, now + GRACE
        family.current, family.dies = _refresh_token(), now + REFRESH_LIVES
        self.families[family.current] = family
        return family

    def remember(self, access_token: str, consent: Consent, now: datetime) -> None:
        self.accesses = {t: a for t, a in self.accesses.items() if now < a.dies + REFRESH_LIVES}
        self.accesses[access_token] = Access(consent, now + ACCESS_LIVES)

    def revoke(self, token: str) -> User | None:
        """End a refresh token's family and everything of its user's; whose it was, if it was known."""
        family = self.families.get(token)
        if family is None:
            return None
        user = family.consent.user
        self.families = {t: f for t, f in self.families.items() if f.consent.user.id != user.id}
        return user

    def scopes_granted(self, user: User) -> set[str]:
        """What the user has granted so far: a new consent adds to it and cannot narrow it."""
        return {
            scope
            for f in self.families.values()
            if f.consent.user.id == user.id
            for scope in f.consent.scopes
        }


def _refresh_token() -> str:
    return secrets.token_urlsafe(32)


def _challenge(verifier: str) -> str:
    """PKCE's S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
