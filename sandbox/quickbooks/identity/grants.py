"""Codes, access tokens and refresh tokens, and how long each lives.

Access tokens live an hour. The value of a refresh token lives 100 days; a refresh within its first 24
hours returns the same value, a later one returns a new value and the old one is stale at once. Nothing
of a grant outlives five years from the consent. Sources: Intuit's authentication FAQ, Intuit's blog of
12 November 2025.

Two refreshes at the same moment with one value: the second is refused, and the connection may be lost.
Assumed: the same for a stale value, for a code used twice, and that grants of one company are independent
of each other.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.quickbooks.identity.scopes import concerns_a_company
from sandbox.quickbooks.identity.users import User

CODE_LIVES = timedelta(minutes=10)
ACCESS_LIVES = timedelta(hours=1)
REFRESH_LIVES = timedelta(days=100)
ROTATES_AFTER = timedelta(hours=24)
GRANT_LIVES = timedelta(days=5 * 365)  # the header's 157,680,000 seconds
ACCESS_BYTES = 600  # Intuit's access tokens are long: about 800 characters


@dataclass(eq=False)
class Grant:
    """What one person agreed to for one company, or for nothing but sign-in (`realm_id` None).

    `value` is the refresh token's current value; `busy` says that a refresh with it is under way.
    """

    user: User
    scopes: tuple[str, ...]
    realm_id: str | None
    consented: datetime
    value: str = ""
    value_since: datetime = field(init=False)
    busy: bool = False
    ended: bool = False

    def __post_init__(self) -> None:
        self.value_since = self.consented

    @property
    def hard_dies(self) -> datetime:
        return self.consented + GRANT_LIVES

    @property
    def dies(self) -> datetime:
        """When the current value dies if it is not replaced."""
        return min(self.value_since + REFRESH_LIVES, self.hard_dies)

    def lives(self, now: datetime) -> bool:
        return not self.ended and now < self.dies

    def reaches_a_company(self, now: datetime) -> bool:
        return self.lives(now) and concerns_a_company(self.scopes)


@dataclass
class Code:
    """An authorization code, good once."""

    grant: Grant
    redirect_uri: str
    dies: datetime
    used: bool = False


@dataclass(frozen=True)
class Access:
    """What an access token allows, and until when."""

    grant: Grant
    dies: datetime


class RefusedGrant(Exception):
    """A code or refresh token that is no good; the text is Intuit's description."""


@dataclass
class Grants:
    """Everything handed out and still known. `kill_family`: misuse of a value ends the whole grant."""

    kill_family: bool
    codes: dict[str, Code] = field(default_factory=dict)
    values: dict[str, Grant] = field(default_factory=dict)
    accesses: dict[str, Access] = field(default_factory=dict)

    def new_code(self, grant: Grant, redirect_uri: str) -> str:
        code = f"AB1{secrets.token_urlsafe(36)}"
        self.codes[code] = Code(grant, redirect_uri, grant.consented + CODE_LIVES)
        return code

    def redeem(self, code: str, redirect_uri: str, now: datetime) -> Grant:
        """The grant behind a code, now with a refresh token. Raises RefusedGrant."""
        known = self.codes.get(code)
        if known is None or now >= known.dies or redirect_uri != known.redirect_uri:
            raise RefusedGrant("Invalid authorization code")
        if known.used:
            self._misused(known.grant)
            raise RefusedGrant("Invalid authorization code")
        known.used = True
        self._give_value(known.grant, now)
        return known.grant

    def begin_refresh(self, value: str, now: datetime) -> Grant:
        """Hold this value until end_refresh(). Raises RefusedGrant if it is dead, stale or held already."""
        grant = self.values.get(value)
        if grant is None or not grant.lives(now):
            raise RefusedGrant("Incorrect or invalid refresh token")
        if grant.busy or value != grant.value:
            self._misused(grant)
            raise RefusedGrant("Incorrect or invalid refresh token")
        grant.busy = True
        return grant

    def end_refresh(self, grant: Grant, now: datetime) -> None:
        """Let go of the value, and replace it if it is a day old."""
        grant.busy = False
        if now >= grant.value_since + ROTATES_AFTER:
            self._give_value(grant, now)

    def new_access(self, grant: Grant, now: datetime) -> str:
        self.accesses = {token: a for token, a in self.accesses.items() if now < a.dies}
        token = f"eyJlbmMi{secrets.token_urlsafe(ACCESS_BYTES)}"
        self.accesses[token] = Access(grant, now + ACCESS_LIVES)
        return token

    def access(self, token: str, now: datetime) -> Grant | None:
        """The grant of a living access token."""
        known = self.accesses.get(token)
        if known is None or known.grant.ended or now >= min(known.dies, known.grant.hard_dies):
            return None
        return known.grant

    def revoke(self, token: str) -> bool:
        """End the grant of a refresh or access token; False if there is none to end."""
        known = self.accesses.get(token)
        grant = known.grant if known else self.values.get(token)
        if grant is None or grant.ended:
            return False
        grant.ended = True
        return True

    def end_realm(self, realm_id: str | None, now: datetime) -> int:
        """Disconnect a company (or all) from within QuickBooks; how many grants that ended."""
        ending = [g for g in self._living(now) if realm_id in {None, g.realm_id}]
        for grant in ending:
            grant.ended = True
        return len(ending)

    def reach(self, realm_id: str, now: datetime) -> bool:
        """Whether anybody has connected this company."""
        return any(grant.realm_id == realm_id for grant in self._living(now))

    def _living(self, now: datetime) -> list[Grant]:
        return [grant for grant in set(self.values.values()) if grant.reaches_a_company(now)]

    def _give_value(self, grant: Grant, now: datetime) -> None:
        grant.value, grant.value_since = f"RT1-{secrets.token_urlsafe(36)}", now
        self.values[grant.value] = grant

    def _misused(self, grant: Grant) -> None:
        if self.kill_family:
            grant.ended = True
