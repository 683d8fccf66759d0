"""Why a consent did not come about. Each message is for the person in front of the browser."""

from app.kit.errors import DueMateError


class ConsentError(DueMateError):
    """Nothing was connected and nobody was signed in; starting again is always safe."""


class ConsentDenied(ConsentError):
    """The user said no at the vendor."""


class ConsentExpired(ConsentError):
    """The user took longer than a consent waits."""


class ConsentReused(ConsentError):
    """The same callback came a second time."""


class ConsentForeign(ConsentError):
    """The callback belongs to another browser, another user, or to nobody we know."""


class ConsentFailed(ConsentError):
    """The vendor, or the way to it, failed."""
