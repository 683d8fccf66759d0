"""Consent of a contact for their own telephone, and numbers of contacts that nothing reaches. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0082"

_IN_FORCE = "withdrawn_at IS NULL"


def upgrade() -> None:
    op.add_column("consent", sa.Column("contact_id", sa.UUID(), nullable=True))
    op.drop_index(op.f("ix_consent_tenant_id_customer_id_channel"), "consent")
    _one_in_force("customer_id", f"{_IN_FORCE} AND contact_id IS NULL")
    _one_in_force("contact_id", f"{_IN_FORCE} AND contact_id IS NOT NULL")
    op.add_column("customer_contact", sa.Column("dead_phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column(
        "customer_contact", sa.Column("dead_phone_since", sa.DateTime(timezone=True), nullable=True)
    )


def _one_in_force(whose: str, where: str) -> None:
    op.create_index(
        op.f(f"ix_consent_tenant_id_{whose}_channel"),
        "consent",
        ["tenant_id", whose, "channel"],
        unique=True,
        postgresql_where=sa.text(where),
    )
