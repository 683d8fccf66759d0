"""The common ground of all tables."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CHAR,
    BigInteger,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Timestamp = DateTime(timezone=True)
Money = Numeric(18, 4)
Currency = CHAR(3)


class Base(DeclarativeBase):
    """Plain typed tables; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's declared way)
        str: Text,
        bytes: LargeBinary,
        datetime: Timestamp,
        Decimal: Money,
        UUID: PgUUID(as_uuid=True),
        dict[str, Any]: JSONB,
        int: BigInteger,
    }


class TenantRow(Base):
    """A row of one tenant. The key starts with the tenant, and row-level security is forced on the table."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


def belongs_to(table: str, column: str, *, on_delete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to another table of the same tenant; a row of another tenant cannot be named."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=on_delete
    )


def belongs_to_tenant() -> ForeignKeyConstraint:
    """The foreign key of a tenant row to its tenant."""
    return ForeignKeyConstraint(["tenant_id"], ["tenant.id"])


def state_column(states: type[StrEnum], *, default: StrEnum) -> Any:
    """A column that holds one of `states` by its value, checked by the database."""
    return mapped_column(state_type(states), default=default)


def state_type(states: type[StrEnum]) -> Enum:
    """The column type for an enumeration kept by value."""
    return Enum(
        states,
        native_enum=False,
        length=24,
        create_constraint=True,
        name=states.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
