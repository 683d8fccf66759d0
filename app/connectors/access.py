"""How an adapter gets the vendor's access token, and tells that it is refused."""

from typing import Protocol

from app.kit.errors import Disconnected


class Access(Protocol):
    """The consent behind one connection, as its adapter uses it."""

    def token(self) -> str:
        """An access token that is good for at least a minute. Raises Disconnected or Retryable."""
        ...

    def renewed(self, refused: str) -> str:
        """Another token than the `refused` one, refreshed now if need be. Raises Disconnected or Retryable."""
        ...

    def lost(self, reason: str) -> Disconnected:
        """Record that the consent is gone, with a sentence for the user; the error to raise."""
        ...


class GivenToken:
    """Access with a token at hand, before there is a connection: for choosing an organisation."""

    def __init__(self, access_token: str) -> None:
        self._token = access_token

    def token(self) -> str:
        return self._token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 (the port's name)
        raise self.lost("The consent has expired. Please connect again.")

    def lost(self, reason: str) -> Disconnected:
        return Disconnected(reason)
