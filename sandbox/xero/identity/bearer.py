"""Reading the bearer token of a call."""

from sandbox.xero.identity.grants import Access
from sandbox.xero.state import XeroState

SCHEME = "bearer "


class BearerError(Exception):
    """The call has no token that is good; the text is what Xero's `Detail` says about it."""


def bearer(state: XeroState, header: str) -> Access:
    """What the token in an Authorization header allows. Raises BearerError."""
    if not header.lower().startswith(SCHEME):
        raise BearerError("AuthenticationUnsuccessful")
    access = state.grants.accesses.get(header[len(SCHEME) :].strip())
    if access is None:
        raise BearerError("AuthenticationUnsuccessful")
    if state.clock.now() >= access.dies:
        raise BearerError(f"TokenExpired: token expired at {access.dies:%m/%d/%Y %H:%M:%S}")
    return access
