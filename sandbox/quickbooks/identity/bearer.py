"""Reading the bearer token of a call."""

from sandbox.quickbooks.identity.grants import Grant
from sandbox.quickbooks.state import QuickBooksState

SCHEME = "bearer "


def granted(state: QuickBooksState, header: str) -> Grant | None:
    """What the token in an Authorization header allows; None if it is missing, unknown or dead."""
    if not header.lower().startswith(SCHEME):
        return None
    return state.grants.access(header[len(SCHEME) :].strip(), state.clock.now())
