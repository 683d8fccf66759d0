"""By which of a reminder's channels a customer is written to now. The choice is pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.channels.registry import EMAIL, PHONE_CHANNELS
from app.kit.sealing import Sealer
from app.models import BadAddress, Consent, ConsentBasis, ContactRole, Customer, OptOut
from app.reminders import reasons
from app.reminders.addresses import Mailbox, Phonebook, first_address
from app.reminders.contacts import Person, people_of
from app.reminders.phone_accounts import phone_account
from app.reminders.phone_numbers import mobile_number
from app.reminders.reasons import Reason
from app.sync.tables import PHONE_COLUMN

BAD_ADDRESS_COLUMN = "bad_address.address"
NO_MOBILE = Reason(
    "no_mobile", "The customer has no mobile number in the ledger that can be texted. Add one there."
)
NO_CONSENT = Reason(
    "no_consent", "The customer has not agreed to messages on the phone. Record it on the customer's page."
)
DEAD_ADDRESS = Reason(
    "dead_address", "Nothing arrives at the customer's address. Put another one into the ledger."
)
STOPPED_BY_PHONE = Reason(reasons.OPTED_OUT.code, "The customer asked for no more reminders on the phone.")
NOT_SET_UP = Reason(
    "no_channel", "This channel is not set up. Set it up in the settings, or choose another one."
)


@dataclass(frozen=True, slots=True)
class Way:
    """One channel to one customer: the address, and what stands in its way if anything does."""

    channel: str
    address: str | None = field(repr=False)
    opted_out: bool = False
    obstacle: Reason | None = None
    mailbox: Mailbox = field(default_factory=Mailbox)
    """Of a mail: everybody at the customer, of whom the step chooses."""
    phonebook: Phonebook = field(default_factory=Phonebook)
    """The same of a message by phone."""

    @property
    def why_not(self) -> Reason | None:
        """What the business is told, if it is not open."""
        if self.opted_out and self.channel in PHONE_CHANNELS:
            return STOPPED_BY_PHONE
        return reasons.OPTED_OUT if self.opted_out else self.obstacle

    @property
    def is_open(self) -> bool:
        return not self.opted_out and self.obstacle is None


@dataclass(frozen=True)
class Known:
    """What is known of a batch's customers and channels."""

    country: str
    ready: frozenset[str]
    basis: ConsentBasis | None
    opted_out: frozenset[tuple[UUID, str]]
    consents: frozenset[tuple[UUID, str]]
    """Customers who agreed for their own telephone, and contacts who did for theirs."""
    dead: Mapping[tuple[UUID, str], str] = field(repr=False)
    people: Mapping[UUID, tuple[Person, ...]] = field(default_factory=dict, repr=False)


def choose(channels: Sequence[str], place: int, ways: Mapping[str, Way]) -> tuple[int, Way]:
    """The first way from `place` on that is open, with its place; if none is, the first with what stands in its way.

    A place beyond the list belongs to a step that the reminder has left meanwhile: it begins anew.
    """
    if place >= len(channels):
        place = 0
    for here, name in enumerate(channels[place:], place):
        if ways[name].is_open:
            return here, ways[name]
    return place, ways[channels[place]]


def ways_to(
    customer: Customer,
    channels: Collection[str],
    known: Known,
    sealer: Sealer,
    *,
    role: str = ContactRole.BILLING,
) -> dict[str, Way]:
    """Every way that a reminder for this role may take to this customer."""
    return {name: _way(customer, name, known, sealer, role) for name in channels}


def read_known(
    session: Session, sealer: Sealer, customer_ids: Collection[UUID], *, country: str, ready: frozenset[str]
) -> Known:
    """A few queries for a whole batch."""
    account = phone_account(session)
    opted_out = select(OptOut.customer_id, OptOut.channel).where(OptOut.customer_id.in_(customer_ids))
    consents = select(func.coalesce(Consent.contact_id, Consent.customer_id), Consent.channel).where(
        Consent.customer_id.in_(customer_ids), Consent.withdrawn_at.is_(None)
    )
    dead = session.scalars(
        select(BadAddress).where(BadAddress.customer_id.in_(customer_ids), BadAddress.mended_at.is_(None))
    )
    return Known(
        country=country,
        ready=ready,
        basis=account.basis if account else None,
        opted_out=_pairs(session, opted_out),
        consents=_pairs(session, consents),
        dead={(row.customer_id, row.channel): _opened_dead(sealer, row) for row in dead},
        people=people_of(session, sealer, customer_ids),
    )


def _pairs(session: Session, wanted: Select[UUID, str]) -> frozenset[tuple[UUID, str]]:
    return frozenset((customer_id, channel) for customer_id, channel in session.execute(wanted))


def phone_of(customer: Customer, country: str, sealer: Sealer) -> str | None:
    """The customer's mobile number in E.164; None if the ledger has none that texts reach."""
    written = sealer.open_or_empty(customer.phone_sealed, column=PHONE_COLUMN, row=customer.id)
    return mobile_number(written, customer.country_code or country)


def _way(customer: Customer, channel: str, known: Known, sealer: Sealer, role: str) -> Way:
    if channel == EMAIL:
        return _by_mail(customer, known, sealer, role)
    own = phone_of(customer, known.country, sealer)
    obstacle = _obstacle_by_phone(customer.id, channel, own, known)
    people = _texted_people(customer, channel, known) if channel in known.ready else ()
    phonebook = Phonebook(None if obstacle else own, people)
    to = phonebook.to(role)
    return Way(
        channel,
        to or own,
        opted_out=(customer.id, channel) in known.opted_out,
        obstacle=None if to else obstacle,
        phonebook=phonebook,
    )


def _texted_people(customer: Customer, channel: str, known: Known) -> tuple[tuple[str, str], ...]:
    """Role and number of the contacts who agreed themselves: a business's word for all is about customers' numbers."""
    country = customer.country_code or known.country
    return tuple(
        (person.role, number)
        for person in known.people.get(customer.id, ())
        if person.is_written_to
        and (person.id, channel) in known.consents
        and (number := person.mobile(country)) is not None
        and number != person.dead_number
    )


def _by_mail(customer: Customer, known: Known, sealer: Sealer, role: str) -> Way:
    mailbox = _mailbox(customer, known, sealer)
    to, obstacle = mailbox.to(role), None
    if EMAIL not in known.ready:
        obstacle = NOT_SET_UP
    elif not to:
        obstacle = DEAD_ADDRESS if mailbox.has_died(role) else reasons.BAD_EMAIL
    return Way(
        EMAIL,
        to[0] if to else None,
        opted_out=(customer.id, EMAIL) in known.opted_out,
        obstacle=obstacle,
        mailbox=mailbox,
    )


def _mailbox(customer: Customer, known: Known, sealer: Sealer) -> Mailbox:
    people = known.people.get(customer.id, ())
    dead = {person.email.lower() for person in people if person.dead_since is not None}
    dead_own = known.dead.get((customer.id, EMAIL))
    written_down = {person.email.lower() for person in people if not person.is_of_ledger}
    written_to = [
        person
        for person in people
        if person.email
        and person.is_written_to
        # What the business has written down of somebody counts, whatever the ledger says.
        and not (person.is_of_ledger and person.email.lower() in written_down)
    ]
    return Mailbox(
        own=first_address(sealer, customer),
        people=tuple((one.role, one.email) for one in written_to if not one.gets_copies),
        beside=tuple(one.email for one in written_to if one.gets_copies),
        dead=frozenset(dead | ({dead_own.lower()} if dead_own else set())),
    )


def _obstacle_by_phone(customer_id: UUID, channel: str, address: str | None, known: Known) -> Reason | None:
    if channel not in known.ready:
        return NOT_SET_UP
    if address is None:
        return NO_MOBILE
    if known.dead.get((customer_id, channel)) == address:
        return DEAD_ADDRESS
    return None if _has_agreed(customer_id, channel, known) else NO_CONSENT


def _has_agreed(customer_id: UUID, channel: str, known: Known) -> bool:
    return known.basis is ConsentBasis.TERMS or (customer_id, channel) in known.consents


def _opened_dead(sealer: Sealer, row: BadAddress) -> str:
    return sealer.open(row.address_sealed, column=BAD_ADDRESS_COLUMN, row=row.id)
