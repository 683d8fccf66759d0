"""Tenants made straight in the tables, for tests that need no ledger."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.connectors.refresh import TOKENS_COLUMN
from app.connectors.tokens import Tokens
from app.kit.ground import Ground
from app.kit.sealing import new_data_key
from app.models import Connection, ConnectionState, Membership, Route, Sending, Tenant, UserAccount


def make_tenant(
    ground: Ground,
    *,
    name: str = "Harbour Lane Joinery",
    currency: str = "GBP",
    zone: str = "Europe/London",
    country: str = "GB",
    sending: Sending = Sending.ON,
    connected: bool = True,
    ledger: str = "xero",
) -> UUID:
    """A tenant with a data key and, unless told otherwise, a live-looking connection and its route."""
    tenant_id = uuid4()
    with ground.database.tenant(tenant_id) as session:
        session.add(
            Tenant(
                id=tenant_id,
                name=name,
                data_key=ground.master_key.wrap(new_data_key(), tenant_id=tenant_id),
                base_currency=currency,
                country_code=country,
                time_zone=zone,
                sending=sending,
                created_at=ground.clock.now(),
            )
        )
        session.flush()
        if connected:
            _connect(ground, session, tenant_id, ledger)
    return tenant_id


def _connect(ground: Ground, session: Session, tenant_id: UUID, ledger: str) -> None:
    now, connection_id, organisation = ground.clock.now(), uuid4(), str(uuid4())
    tokens = Tokens("access", "refresh", now + timedelta(minutes=30))
    sealed = ground.sealer(session).seal(tokens.as_text(), column=TOKENS_COLUMN, row=connection_id)
    session.add(
        Connection(
            tenant_id=tenant_id,
            id=connection_id,
            ledger=ledger,
            external_org_id=organisation,
            external_connection_id=str(uuid4()),
            state=ConnectionState.ACTIVE,
            tokens_sealed=sealed,
            tokens_expire_at=tokens.expires_at,
            connected_at=now,
            read_at=now,
        )
    )
    session.add(Route(kind=ledger, outside_key=organisation, tenant_id=tenant_id, subject_id=connection_id))


def make_user(ground: Ground, *tenant_ids: UUID, subject: str | None = None) -> UUID:
    """A user who works for these tenants."""
    user_id, now, seal = uuid4(), ground.clock.now(), ground.platform_sealer().seal
    with ground.database.platform() as session:
        session.add(
            UserAccount(
                id=user_id,
                issuer="https://identity.xero.com",
                subject=subject or str(user_id),
                name_sealed=seal("Ada Byron", column="user_account.name", row=user_id),
                email_sealed=seal("ada@harbour.example", column="user_account.email", row=user_id),
                created_at=now,
                signed_in_at=now,
            )
        )
        session.flush()
        for tenant_id in tenant_ids:
            session.add(Membership(user_id=user_id, tenant_id=tenant_id, created_at=now))
    return user_id
