"""One connection's access token, refreshed by one process at a time and stored before anyone uses it."""

import time
from datetime import timedelta
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.connectors.connector import Connector, OAuthApp
from app.connectors.token_endpoint import TokenRefused, refresh
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState

TOKENS_COLUMN = "connection.tokens"
_REFRESH_AHEAD = timedelta(seconds=60)
# Nothing but an unanswered refresh keeps a connection's row locked for so long.
_IN_VAIN_SECONDS = 2.0
# A pull asks many times a second. Whoever ends a consent meanwhile ends it at the vendor, too, which then refuses.
_REMEMBERED_SECONDS = 1.0
# A restart takes seconds, a change to a stand-by server up to half a minute.
_AWAY_SECONDS, _LOOK_AGAIN_SECONDS = 40.0, 0.2
_DATABASE_AWAY = (OperationalError, InterfaceError)


class StoredAccess:
    """`Access` of a connection. Not shared between threads."""

    def __init__(self, ground: Ground, connector: Connector, tenant_id: UUID, connection_id: UUID) -> None:
        self._ground, self._connector = ground, connector
        self._tenant_id, self._connection_id = tenant_id, connection_id
        self._handed_out = ""
        self._tokens: Tokens | None = None
        self._looked_at = 0.0

    def token(self) -> str:
        is_recent = time.monotonic() - self._looked_at < _REMEMBERED_SECONDS
        if is_recent and self._tokens is not None and _is_good(self._ground, self._tokens, None):
            return self._handed_out
        return self._hand_out(refused=None)

    def renewed(self, refused: str) -> str:
        return self._hand_out(refused=refused)

    def lost(self, reason: str) -> Disconnected:
        with self._ground.database.tenant(self._tenant_id) as session:
            connection = _locked(session, self._tenant_id, self._connection_id)
            # Somebody may have reconnected while the vendor was refusing the old token.
            if stored_tokens(self._ground, session, connection).access_token == self._handed_out:
                _end(connection, reason)
        return Disconnected(reason)

    def _hand_out(self, *, refused: str | None) -> str:
        self._looked_at = time.monotonic()
        self._tokens = fresh_tokens(
            self._ground, self._connector, self._tenant_id, self._connection_id, refused=refused
        )
        self._handed_out = self._tokens.access_token
        return self._handed_out


def fresh_tokens(
    ground: Ground, connector: Connector, tenant_id: UUID, connection_id: UUID, *, refused: str | None = None
) -> Tokens:
    """Tokens of which the one for access is good for a minute of business time, and not the `refused` one.

    Raises Disconnected if the consent is dead (recorded on the connection), Retryable if the vendor is away.

    A process that dies between the vendor's answer and our commit leaves the old refresh token in the row. Some
    vendors take that once more for a while. Others change the value about once a day, so that the old one is mostly
    the present one still; at the one refresh of the day that changed it the consent is lost, and the user is
    asked to reconnect. Nothing can save a value that only the dead process has seen. Of a database that dies instead
    we wait for the return.
    """
    with ground.database.tenant(tenant_id) as session:
        connection = _living(session.get_one(Connection, (tenant_id, connection_id)))
        tokens = stored_tokens(ground, session, connection)
    if _is_good(ground, tokens, refused):
        return tokens
    app = connector.oauth_app(ground.settings)  # may ask the vendor, so before the lock
    renewed: Tokens | None = None
    try:
        with ground.database.tenant(tenant_id) as session:
            # The one call to a vendor inside a transaction: the row lock is what makes the refresh single, and the new
            # refresh token must be stored before anyone could need it. Its timeouts are shorter than the lock's.
            began = time.monotonic()
            connection = _living(_locked(session, tenant_id, connection_id))
            tokens = stored_tokens(ground, session, connection)
            if _is_good(ground, tokens, refused):
                return tokens
            if time.monotonic() - began > _IN_VAIN_SECONDS:
                # To ask in vain once more would make everybody behind us wait as long again.
                raise Retryable(f"{connector.display_name}'s sign-in service could not be reached.")
            renewed = _refreshed(ground, app, tokens)
            if renewed is not None:
                store_tokens(ground, session, connection, renewed)
                return renewed
            # The row was read under its lock, so no other process can have stored a newer refresh token.
            reason = f"{connector.display_name} ended our access. It was withdrawn, or has expired. Please reconnect."
            _end(connection, reason)
    except _DATABASE_AWAY:
        if renewed is None:
            raise
        return _keep_once_it_is_back(ground, tenant_id, connection_id, earlier=tokens, renewed=renewed)
    raise Disconnected(reason)


def _keep_once_it_is_back(
    ground: Ground, tenant_id: UUID, connection_id: UUID, *, earlier: Tokens, renewed: Tokens
) -> Tokens:
    """The database went away before the commit, or in the middle of it: this process alone knows the new tokens."""
    give_up_at = time.monotonic() + _AWAY_SECONDS
    while True:
        time.sleep(_LOOK_AGAIN_SECONDS)
        try:
            with ground.database.tenant(tenant_id) as session:
                connection = _living(_locked(session, tenant_id, connection_id))
                stored = stored_tokens(ground, session, connection)
                if stored != earlier:
                    return stored  # our own commit went through, or somebody has newer ones
                store_tokens(ground, session, connection, renewed)
                return renewed
        except (*_DATABASE_AWAY, Retryable):
            if time.monotonic() > give_up_at:
                raise


def stored_tokens(ground: Ground, session: Session, connection: Connection) -> Tokens:
    """The tokens of a connection, opened."""
    sealed = connection.tokens_sealed
    return Tokens.from_text(ground.sealer(session).open(sealed, column=TOKENS_COLUMN, row=connection.id))


def store_tokens(ground: Ground, session: Session, connection: Connection, tokens: Tokens) -> None:
    """Seal tokens into a connection."""
    sealer = ground.sealer(session)
    connection.tokens_sealed = sealer.seal(tokens.as_text(), column=TOKENS_COLUMN, row=connection.id)
    connection.tokens_expire_at = tokens.expires_at
    connection.consent_ends_at = tokens.consent_ends_at


def _refreshed(ground: Ground, app: OAuthApp, tokens: Tokens) -> Tokens | None:
    """None if the vendor refused for good. Raises Retryable."""
    asked_at = ground.clock.now()
    try:
        return refresh(app, tokens.refresh_token).tokens(asked_at=asked_at, earlier=tokens)
    except TokenRefused:
        return None


def _is_good(ground: Ground, tokens: Tokens, refused: str | None) -> bool:
    lasts = tokens.expires_at - ground.clock.now() > _REFRESH_AHEAD
    return lasts and tokens.access_token != refused


def _locked(session: Session, tenant_id: UUID, connection_id: UUID) -> Connection:
    """Raises Retryable if another process does not let go of the row."""
    try:
        return session.get_one(Connection, (tenant_id, connection_id), with_for_update=True)
    except OperationalError as failed:
        if not isinstance(failed.orig, LockNotAvailable):
            raise
        raise Retryable("The ledger's access is being renewed. We try again by ourselves.") from None


def _living(connection: Connection) -> Connection:
    if connection.state is ConnectionState.DISCONNECTED:
        raise Disconnected(connection.reason or "The ledger is disconnected. Please reconnect.")
    return connection


def _end(connection: Connection, reason: str) -> None:
    connection.state, connection.reason = ConnectionState.DISCONNECTED, reason
