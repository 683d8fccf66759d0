"""By which ways a customer can be written to: addresses, people, consents and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.registry import PHONE_CHANNELS, SMS, WHATSAPP
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.models import Consent, ConsentBasis, Customer, OptOut, Tenant
from app.payments.opting_out import OWNER
from app.reminders.contacts import Person, people_of
from app.reminders.phone_accounts import phone_account
from app.reminders.reaching import phone_of

CHANNELS = {SMS: "Text messages", WHATSAPP: "WhatsApp"}
SOURCES = {"owner": "told to you", "portal": "on their page", "message": "by writing START"}


@dataclass(frozen=True)
class Given:
    """One consent, in force or withdrawn."""

    channel: str
    contact_id: UUID | None
    """Whose telephone it is about, if not the customer's own."""
    source: str
    note: str
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_note: str


@dataclass(frozen=True)
class ByPhone:
    """One channel to one telephone: whether its owner agreed, and whether the customer stopped it."""

    channel: str
    label: str
    consent: Given | None
    stopped_at: datetime | None
    """When the customer asked for no more."""


@dataclass(frozen=True)
class Reach:
    """What the page shows of the ways to a customer."""

    has_phones: bool
    """Whether the business texts at all."""
    is_by_terms: bool
    """Whether all whose number is known count as having agreed."""
    mobile: str | None
    by_phone: tuple[ByPhone, ...]
    withdrawn: tuple[Given, ...]
    """Earlier consents, the latest first."""
    people: tuple[Person, ...]
    texted: Mapping[UUID, tuple[ByPhone, ...]]
    """By contact who has a mobile number and is written to: what they agreed to."""
    not_reached: frozenset[UUID]
    """Contacts at whose number nothing arrives."""


def reach(ground: Ground, session: Session, customer_id: UUID) -> Reach:
    """All of it, opened for this page only. The customer exists."""
    customer = session.get_one(Customer, (tenant_of(session), customer_id))
    sealer, account = ground.sealer(session), phone_account(session)
    country = session.scalars(select(Tenant.country_code)).one()
    given = _consents(session, customer_id)
    stops = _stops(session, customer_id)
    people = people_of(session, sealer, [customer_id]).get(customer_id, ())
    at_home = customer.country_code or country
    return Reach(
        has_phones=account is not None,
        is_by_terms=account is not None and account.basis is ConsentBasis.TERMS,
        mobile=phone_of(customer, country, sealer),
        by_phone=_ways(given, stops, None),
        withdrawn=tuple(one for one in given if one.withdrawn_at is not None),
        people=people,
        texted={
            person.id: _ways(given, stops, person.id)
            for person in people
            if person.mobile(at_home) and person.is_written_to
        },
        not_reached=frozenset(
            person.id
            for person in people
            if person.dead_number and person.mobile(at_home) == person.dead_number
        ),
    )


def _ways(given: list[Given], stops: dict[str, datetime], contact_id: UUID | None) -> tuple[ByPhone, ...]:
    return tuple(
        ByPhone(channel, label, _in_force(given, channel, contact_id), stops.get(channel))
        for channel, label in CHANNELS.items()
    )


def _in_force(given: list[Given], channel: str, contact_id: UUID | None) -> Given | None:
    wanted = (channel, contact_id, None)
    return next((one for one in given if (one.channel, one.contact_id, one.withdrawn_at) == wanted), None)


def _consents(session: Session, customer_id: UUID) -> list[Given]:
    rows = session.scalars(
        select(Consent).where(Consent.customer_id == customer_id).order_by(Consent.given_at.desc())
    )
    return [
        Given(
            channel=row.channel,
            contact_id=row.contact_id,
            source=SOURCES.get(row.source, row.source),
            note=row.note or "",
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
            withdrawn_note=row.withdrawn_note or "",
        )
        for row in rows
    ]


def _stops(session: Session, customer_id: UUID) -> dict[str, datetime]:
    """When the customer stopped each telephone channel."""
    rows = session.execute(
        select(OptOut.channel, OptOut.created_at).where(
            OptOut.customer_id == customer_id,
            OptOut.channel.in_(PHONE_CHANNELS),
            OptOut.source != OWNER,
        )
    )
    return {channel: at for channel, at in rows}  # noqa: C416 (a Row is not a pair of types)
