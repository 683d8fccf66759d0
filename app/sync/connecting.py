"""A tenant comes, comes back, or goes: the organisation chosen after a consent, and disconnecting it."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.connectors.access import GivenToken
from app.connectors.attempts import use_up_grant
from app.connectors.base import OrganisationRecord
from app.connectors.connector import Connector, ReachableOrganisation
from app.connectors.oauth import chosen_organisation
from app.connectors.pace import Urgency
from app.connectors.refresh import fresh_tokens, store_tokens
from app.connectors.registry import LEDGERS
from app.connectors.tokens import Tokens
from app.connectors.turns import pace_of, resume
from app.kit.errors import Disconnected
from app.kit.ground import Ground
from app.kit.sealing import new_data_key
from app.models import (
    Connection,
    ConnectionState,
    Membership,
    Route,
    Sending,
    SyncCursor,
    Task,
    TaskState,
    Tenant,
)
from app.sync.asking import ask_for_plan, ask_for_pull


@dataclass(frozen=True, slots=True)
class ConnectedTenant:
    """Whose ledger is connected now. `is_new`: made by this consent, not reconnected or joined."""

    tenant_id: UUID
    connection_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Choice:
    """Everything the vendor told, before the first row is written."""

    attempt_id: UUID
    user_id: UUID
    connector: Connector
    tokens: Tokens
    reached: ReachableOrganisation
    organisation: OrganisationRecord


def connect_organisation(
    ground: Ground, attempt_id: UUID, user_id: UUID, external_org_id: str
) -> ConnectedTenant:
    """Make the tenant of that organisation, or rejoin and reconnect the one there is, and begin to pull.

    Either way nothing is sent until the owner has seen the list (law 9). A consent is good for one
    organisation: two connections must not share a refresh token that changes with every use.
    Raises ConsentExpired (used up, also by a choice at the same moment), NotFound, Retryable or Disconnected; then
    nothing has changed.
    """
    connector, tokens, reached = chosen_organisation(ground, attempt_id, user_id, external_org_id)
    pace = pace_of(ground, connector, reached.external_id, Urgency.INTERACTIVE)
    ledger = connector.open(ground.settings, reached.external_id, GivenToken(tokens.access_token), pace)
    choice = _Choice(attempt_id, user_id, connector, tokens, reached, ledger.organisation())
    connected = _rejoined(ground, choice) or _made(ground, choice)
    # Lost the race against somebody who connected the same organisation at this moment: join theirs.
    return connected or _certain(_rejoined(ground, choice))


def disconnect(ground: Ground, tenant_id: UUID) -> None:
    """End the consent at the vendor, forget the tokens and hold everything. Raises Retryable if it is away.

    How the consent is ended is the connector's to know: revoking tokens may end more than this organisation's.
    """
    with ground.database.tenant(tenant_id) as session:
        connection = session.scalars(select(Connection)).one()
    connector = LEDGERS[connection.ledger]
    with suppress(Disconnected):  # gone at the vendor already
        tokens = fresh_tokens(ground, connector, tenant_id, connection.id)
        connector.withdraw(ground.settings, tokens, connection.external_connection_id)
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        connection = session.get_one(Connection, (tenant_id, connection.id), with_for_update=True)
        store_tokens(ground, session, connection, Tokens("", "", now))
        connection.state = ConnectionState.DISCONNECTED
        connection.reason = f"{connector.display_name} was disconnected here. Reconnect it to go on."
        ask_for_plan(session, tenant_id, now=now)


def _rejoined(ground: Ground, choice: _Choice) -> ConnectedTenant | None:
    """The tenant that this organisation is already, reconnected and with this user as a member."""
    with ground.database.platform() as session:
        route = session.get(Route, (choice.connector.key, choice.reached.external_id))
    if route is None:
        return None
    with ground.database.tenant(route.tenant_id) as session:
        connection = session.get_one(Connection, (route.tenant_id, route.subject_id), with_for_update=True)
        _connect(ground, session, connection, choice)
        # What changed while nobody looked is not trusted to modified-since.
        session.execute(delete(SyncCursor).where(SyncCursor.connection_id == connection.id))
        _wake_parked(ground, session, route.tenant_id)
        _welcome(ground, session, connection, choice)
    return ConnectedTenant(route.tenant_id, route.subject_id, is_new=False)


def _made(ground: Ground, choice: _Choice) -> ConnectedTenant | None:
    """A new tenant; None if the organisation has become one meanwhile."""
    tenant_id, connection_id = uuid4(), uuid4()
    with ground.database.tenant(tenant_id) as session:
        route = insert(Route).values(
            kind=choice.connector.key,
            outside_key=choice.reached.external_id,
            tenant_id=tenant_id,
            subject_id=connection_id,
        )
        if session.execute(route.on_conflict_do_nothing().returning(Route.tenant_id)).one_or_none() is None:
            return None
        session.add(_tenant(ground, tenant_id, choice.organisation))
        session.flush()
        connection = Connection(
            tenant_id=tenant_id,
            id=connection_id,
            ledger=choice.connector.key,
            external_org_id=choice.reached.external_id,
        )
        _connect(ground, session, connection, choice)
        session.add(connection)
        _welcome(ground, session, connection, choice)
    return ConnectedTenant(tenant_id, connection_id, is_new=True)


def _tenant(ground: Ground, tenant_id: UUID, organisation: OrganisationRecord) -> Tenant:
    return Tenant(
        id=tenant_id,
        name=organisation.name,
        data_key=ground.master_key.wrap(new_data_key(), tenant_id=tenant_id),
        base_currency=organisation.base_currency,
        country_code=organisation.country_code,
        time_zone=organisation.time_zone,
        created_at=ground.clock.now(),
    )


def _connect(ground: Ground, session: Session, connection: Connection, choice: _Choice) -> None:
    store_tokens(ground, session, connection, choice.tokens)
    connection.external_connection_id = choice.reached.consent_id
    connection.state, connection.reason = ConnectionState.ACTIVE, None
    connection.paused_until = connection.paused_reason = None
    resume(ground, connection.ledger, connection.external_org_id)
    connection.lock_date = choice.organisation.lock_date
    connection.short_code = choice.organisation.short_code
    connection.connected_at = ground.clock.now()
    connection.read_whole_at = None


def _welcome(ground: Ground, session: Session, connection: Connection, choice: _Choice) -> None:
    """Membership, everything held, the consent used up, and the first pull on its way."""
    now, tenant_id = ground.clock.now(), connection.tenant_id
    membership = insert(Membership).values(user_id=choice.user_id, tenant_id=tenant_id, created_at=now)
    session.flush()
    session.execute(membership.on_conflict_do_nothing())
    tenant = session.get_one(Tenant, tenant_id)
    tenant.sending, tenant.sending_changed_at = Sending.HELD_UNTIL_CONFIRMED, now
    use_up_grant(session, choice.attempt_id)
    ask_for_pull(session, tenant_id, connection.id, now=now)


def _wake_parked(ground: Ground, session: Session, tenant_id: UUID) -> None:
    """Whatever waited for the ledger tries again; what was parked for another reason parks itself again."""
    session.execute(
        update(Task)
        .where(Task.tenant_id == tenant_id, Task.state == TaskState.PARKED)
        .values(state=TaskState.WAITING, run_at=ground.clock.now(), attempts=0, rung_at=None)
    )


def _certain(connected: ConnectedTenant | None) -> ConnectedTenant:
    assert connected is not None  # noqa: S101 (the route exists: that is why none could be made)
    return connected
