"""Whether and where customers can be written to, and what they had lately."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, select, text
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import (
    Consent,
    ConsentBasis,
    ContactRole,
    Customer,
    CustomerContact,
    HoldScope,
    OptOut,
    PhoneAccount,
    Tenant,
)
from app.reminders.calendar_days import Place
from app.reminders.holds import Key
from app.reminders.situation import Addressee, Contact, Stop

PHONE_CHANNELS = ("sms", "whatsapp")
_SIX_DAYS = timedelta(days=6)

# A reminder counts where it is now; its messages count where they were tried before a channel gave way to another.
_CONTACTS = """
    SELECT customer_id, send_on, channels[channel_place + 1] FROM reminder
    WHERE state IN ('sending', 'sent', 'unknown') AND send_on >= :since AND channels <> '{}'
      AND NOT id = ANY(:beside)
    UNION
    SELECT r.customer_id, (m.started_at AT TIME ZONE :zone)::date, m.channel FROM message m
    JOIN reminder r ON r.tenant_id = m.tenant_id AND r.id = m.reminder_id
    WHERE m.state IN ('sending', 'sent', 'unknown') AND m.started_at >= :since_moment
"""


# Customers who have somebody to write to beside their own address.
_WITH_BILLING_CONTACT = select(CustomerContact.customer_id).where(
    CustomerContact.role == ContactRole.BILLING, CustomerContact.email_sealed.is_not(None)
)


# Those who pay the bills and agreed for their own telephone.
_BY_BILLING_CONTACT = (
    select(Consent.customer_id, Consent.channel)
    .join(
        CustomerContact,
        and_(CustomerContact.tenant_id == Consent.tenant_id, CustomerContact.id == Consent.contact_id),
    )
    .where(
        Consent.withdrawn_at.is_(None),
        CustomerContact.role == ContactRole.BILLING,
        CustomerContact.phone_sealed.is_not(None),
    )
)


def load_place(session: Session) -> Place:
    """Whose public holidays the organisation keeps."""
    tenant = session.get_one(Tenant, tenant_of(session))  # already read: planning has locked it
    return tenant.country_code, tenant.region


def load_addressees(
    session: Session, stops: Mapping[Key, Stop], *, with_opt_outs: bool, with_phones: bool
) -> dict[UUID, Addressee]:
    """Every customer. Telephone channels are looked at only if a step uses one."""
    opted_out = _opted_out(session) if with_opt_outs else set()
    by_phone = _phone_channels(session, opted_out) if with_phones else {}
    rows = session.execute(
        select(
            Customer.id,
            Customer.emails_sealed.is_not(None) | Customer.id.in_(_WITH_BILLING_CONTACT),
            Customer.is_active,
            Customer.time_zones,
            Customer.country_code,
            Customer.region,
        )
    )
    return {
        customer_id: Addressee(
            has_address=has_address,
            is_active=is_active,
            opted_out=(customer_id, "email") in opted_out,
            stop=stops.get((HoldScope.CUSTOMER, customer_id)),
            phone_channels=by_phone.get(customer_id, frozenset()),
            zones=tuple(zones or ()),
            place=(country, region) if country else None,
        )
        for customer_id, has_address, is_active, zones, country, region in rows
    }


def load_contacts(
    session: Session, *, zone: str, now: datetime, today: date, beside: Collection[UUID] = ()
) -> dict[UUID, tuple[Contact, ...]]:
    """What customers had in the last seven days, this one included; of reminders `beside`, only their messages."""
    values = {
        "zone": zone,
        "since": today - _SIX_DAYS,
        "since_moment": now - timedelta(days=8),
        "beside": list(beside),
    }
    found: dict[UUID, tuple[Contact, ...]] = {}
    for customer_id, on, channel in session.execute(text(_CONTACTS), values):
        found[customer_id] = (*found.get(customer_id, ()), Contact(on, channel))
    return found


def _opted_out(session: Session) -> set[tuple[UUID, str]]:
    return {
        (customer, channel)
        for customer, channel in session.execute(select(OptOut.customer_id, OptOut.channel))
    }


def _phone_channels(session: Session, opted_out: set[tuple[UUID, str]]) -> dict[UUID, frozenset[str]]:
    """By the business's stated basis: everybody with a number, or those whose consent is recorded; and contacts'."""
    basis = session.scalar(select(PhoneAccount.basis))
    if basis is None:
        return {}
    own = select(Consent.customer_id, Consent.channel).where(
        Consent.withdrawn_at.is_(None), Consent.contact_id.is_(None)
    )
    agreed = {(customer_id, channel) for customer_id, channel in session.execute(own)}
    with_number = session.scalars(select(Customer.id).where(Customer.phone_sealed.is_not(None))).all()
    reached = {
        (customer_id, channel)
        for customer_id in with_number
        for channel in PHONE_CHANNELS
        if basis is ConsentBasis.TERMS or (customer_id, channel) in agreed
    } | {(customer_id, channel) for customer_id, channel in session.execute(_BY_BILLING_CONTACT)}
    found: dict[UUID, frozenset[str]] = {}
    for customer_id, channel in reached - opted_out:
        found[customer_id] = found.get(customer_id, frozenset()) | {channel}
    return found
