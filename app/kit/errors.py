"""What went wrong at a port, told as what the caller can do about it."""

from datetime import timedelta


class DueMateError(Exception):
    """Base of every error we raise on purpose; the message is a sentence a user may read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Retryable(DueMateError):
    """The other side could not answer now; nothing happened there. Try again after `after`."""

    def __init__(self, reason: str, *, after: timedelta = timedelta(seconds=30)) -> None:
        super().__init__(reason)
        self.after = after


class Paused(Retryable):
    """The other side lets us ask only so often. Nobody failed: waiting for it is no try."""


class Rejected(DueMateError):
    """The other side understood and refused. Trying again changes nothing: a person must act."""


class Disconnected(DueMateError):
    """The tenant's consent is gone or dead. Ask them to reconnect; hold everything that needs it."""


class OutcomeUnknown(DueMateError):
    """The request may or may not have taken effect. Ask the other side later; never just repeat it."""


class NotFound(DueMateError):
    """What was asked for does not exist, or not for this tenant (the two are told apart by nobody)."""


class ConfigurationError(DueMateError):
    """The settings are not safe to start with."""
