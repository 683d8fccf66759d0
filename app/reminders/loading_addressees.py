"""Whether and where customers can be written to, and what they had lately."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, literal, select, text, union_all
from sqlalchemy.orm import Session

from app.channels.registry import EMAIL
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
_NO_WAYS: frozenset[tuple[str, str]] = frozenset()
_SIX_DAYS = timedelta(days=6)

# A reminder counts where it is now; its messages count where they were tried before a channel gave way to another.
# Both count too for the customer whom theirs was merged into, which is seen by where the invoices have gone.
_CONTACTS = """
    WITH had AS (
      SELECT id AS reminder_id, customer_id, send_on AS day, channels[channel_place + 1] AS channel FROM reminder
      WHERE state IN ('sending', 'sent', 'unknown') AND send_on >= :since AND channels <> '{}'
        AND NOT id = ANY(:beside)
      UNION
      SELECT r.id, r.customer_id, (m.started_at AT TIME ZONE :zone)::date, m.channel FROM message m
      JOIN reminder r ON r.tenant_id = m.tenant_id AND r.id = m.reminder_id
      WHERE m.state IN ('sending', 'sent', 'unknown') AND m.started_at >= :since_moment)
    SELECT customer_id, day, channel FROM had
    UNION
    SELECT invoice.customer_id, had.day, had.channel FROM had
    JOIN customer AS loser ON loser.id = had.customer_id AND NOT loser.is_active
    JOIN reminder_invoice AS line ON line.tenant_id = loser.tenant_id AND line.reminder_id = had.reminder_id
    JOIN invoice ON invoice.tenant_id = line.tenant_id AND invoice.id = line.invoice_id
"""


# Contacts that may be written to: not those of no role, nor those who are gone from the ledger.
_IS_WRITTEN_TO = and_(CustomerContact.role != ContactRole.OTHER, CustomerContact.removed_at.is_(None))
_BY_MAIL = select(CustomerContact.customer_id, CustomerContact.role, literal(EMAIL)).where(
    _IS_WRITTEN_TO, CustomerContact.email_sealed.is_not(None)
)
# Those who agreed for their own telephone.
_BY_PHONE = (
    select(Consent.customer_id, CustomerContact.role, Consent.channel)
    .join(
        CustomerContact,
        and_(CustomerContact.tenant_id == Consent.tenant_id, CustomerContact.id == Consent.contact_id),
    )
    .where(Consent.withdrawn_at.is_(None), _IS_WRITTEN_TO, CustomerContact.phone_sealed.is_not(None))
)
_Ways = Mapping[UUID, frozenset[tuple[str, str]]]
"""Role and channel by which contacts can be written to, by customer."""


def load_place(session: Session) -> Place:
    """Whose public holidays the organisation keeps."""
    tenant = session.get_one(Tenant, tenant_of(session))  # already read: planning has locked it
    return tenant.country_code, tenant.region


def load_addressees(
    session: Session,
    stops: Mapping[Key, Stop],
    *,
    with_opt_outs: bool,
    with_contacts: bool,
    with_phones: bool,
) -> dict[UUID, Addressee]:
    """Every customer. Telephone channels are looked at only if a step uses one, contacts only if there are any."""
    opted_out = _opted_out(session) if with_opt_outs else set()
    basis = session.scalar(select(PhoneAccount.basis)) if with_phones else None
    contacts = _contacts(session, opted_out, with_phones=basis is not None) if with_contacts else {}
    by_phone = _phone_channels(session, basis, opted_out) if basis is not None else {}
    rows = session.execute(
        select(
            Customer.id,
            Customer.emails_sealed.is_not(None),
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
            ways_of_roles=contacts.get(customer_id, _NO_WAYS),
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


def _contacts(session: Session, opted_out: set[tuple[UUID, str]], *, with_phones: bool) -> _Ways:
    """By which ways the contacts of each role can be written to."""
    wanted = union_all(_BY_MAIL, _BY_PHONE) if with_phones else _BY_MAIL
    found: dict[UUID, frozenset[tuple[str, str]]] = {}
    for customer_id, role, channel in session.execute(wanted):
        if channel == EMAIL or (customer_id, channel) not in opted_out:
            found[customer_id] = found.get(customer_id, _NO_WAYS) | {(ContactRole(role), channel)}
    return found


def _phone_channels(
    session: Session, basis: ConsentBasis, opted_out: set[tuple[UUID, str]]
) -> dict[UUID, frozenset[str]]:
    """By the business's stated basis: everybody with a number, or those whose consent is recorded."""
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
    }
    found: dict[UUID, frozenset[str]] = {}
    for customer_id, channel in reached - opted_out:
        found[customer_id] = found.get(customer_id, frozenset()) | {channel}
    return found
