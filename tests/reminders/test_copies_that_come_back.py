"""What becomes of the readers beside the recipient, by what Amazon tells of the mail."""

import json
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.channels.email.ses_events import MailEvent as Told
from app.channels.email.ses_events import MailFact
from app.kit.ground import Ground
from app.models import BadAddress, CadenceStep, Customer, MailEvent, Message, MessageState, OptOut, Reminder
from app.reminders.addresses import Addressed, Copied
from app.reminders.contacts import people_of
from app.reminders.copies import sealed_copies
from app.reminders.delivering_rows import CONTENT_COLUMN, RECIPIENT_COLUMN
from app.reminders.mail_events import apply_event, keep_event
from app.reminders.reaching import read_known, ways_to
from app.reminders.step_texts import seal_copies
from tests.reminders.decided import fill

OWN = "accounts@customer-0.example"
COPY, HIDDEN, OURS, UMLAUT = "cfo@c.example", "diary@c.example", "ada@harbour.example", "zoe@bücher.example"
COPIES = Copied(openly=(COPY, UMLAUT), hidden=(HIDDEN,))


@dataclass(frozen=True)
class Sent:
    """A reminder to one customer, with copies to others, that Amazon has taken."""

    ground: Ground
    tenant: UUID
    message: UUID
    customer: UUID

    def tell(self, fact: MailFact, *recipients: str) -> None:
        """As an event names them, applied at once."""
        now, ground = self.ground.clock.now(), self.ground
        told = Told(self.tenant, self.message, "m1", fact, "5.1.1", now, recipients)
        with ground.database.tenant(self.tenant) as session:
            keep_event(session, ground, told, external_id=uuid4().hex, now=now)
            (event,) = session.scalars(select(MailEvent.id).where(MailEvent.applied_at.is_(None)))
            apply_event(session, ground, event, now=now)

    def would_go_to(self) -> Addressed:
        """Whom the next one would reach, were the invoice to name the same copies."""
        with self.ground.database.tenant(self.tenant) as session:
            sealer = self.ground.sealer(session)
            customer = session.get_one(Customer, (self.tenant, self.customer))
            known = read_known(session, sealer, [customer.id], country="GB", ready=frozenset({"email"}))
            mailbox = ways_to(customer, ["email"], known, sealer)["email"].mailbox
            return mailbox.addressed("billing", (OURS,), COPIES)

    def known_as_dead(self) -> list[str]:
        """Addresses that are kept as such, each as often as it is."""
        with self.ground.database.tenant(self.tenant) as session:
            people = people_of(session, self.ground.sealer(session), [self.customer])
        return sorted(one.email for one in people.get(self.customer, ()) if one.dead_since)

    def fared(self) -> tuple[str | None, int, int]:
        """The mail's own delivery; dead addresses of the customer's own; wishes for no more."""
        with self.ground.database.tenant(self.tenant) as session:
            delivery = session.get_one(Message, (self.tenant, self.message)).delivery
            return delivery, session.query(BadAddress).count(), session.query(OptOut).count()


@pytest.fixture
def sent(ground: Ground, tenant: UUID) -> Sent:
    fill(ground, tenant, "email", 1)
    message_id, now = uuid4(), ground.clock.now()
    with ground.database.tenant(tenant) as session:
        sealer, reminder = ground.sealer(session), session.query(Reminder).one()
        seal_copies(session.get_one(CadenceStep, (tenant, reminder.step_id)), (OURS,), sealer)
        copies = Addressed((OWN,), (OURS, *COPIES.openly), COPIES.hidden)
        session.add(
            Message(
                tenant_id=tenant,
                id=message_id,
                reminder_id=reminder.id,
                attempt=1,
                channel="email",
                state=MessageState.SENT,
                recipient_sealed=sealer.seal(OWN, column=RECIPIENT_COLUMN, row=message_id),
                copies_sealed=sealed_copies(sealer, copies, row=message_id),
                content_sealed=sealer.seal(json.dumps({}), column=CONTENT_COLUMN, row=message_id),
                marker=str(message_id),
                vendor_id="m1",
                started_at=now,
            )
        )
        return Sent(ground, tenant, message_id, reminder.customer_id)


def test_until_something_is_told_everybody_gets_theirs(sent: Sent) -> None:
    assert sent.would_go_to() == Addressed((OWN,), (OURS, COPY, UMLAUT), (HIDDEN,))


@pytest.mark.parametrize("fact", [MailFact.BOUNCED, MailFact.COMPLAINED])
@pytest.mark.parametrize(
    ("told", "address"),
    [(COPY, COPY), (HIDDEN, HIDDEN), ("zoe@xn--bcher-kva.example", UMLAUT)],
)
def test_a_copy_that_comes_back_or_is_unwanted_is_not_sent_again_and_spoils_nothing_else(
    sent: Sent, fact: MailFact, told: str, address: str
) -> None:
    sent.tell(fact, told)
    sent.tell(MailFact.BOUNCED, told)
    sent.tell(MailFact.DELIVERED, OWN)
    left = sent.would_go_to()
    assert {*left.to, *left.cc, *left.bcc} == {OWN, OURS, COPY, HIDDEN, UMLAUT} - {address}
    assert sent.known_as_dead() == [address]
    assert sent.fared() == ("delivered", 0, 0)


def test_one_event_may_tell_of_the_recipient_and_of_a_copy(sent: Sent) -> None:
    sent.tell(MailFact.BOUNCED, OWN, COPY)
    assert sent.known_as_dead() == [COPY]
    assert sent.fared() == ("bounced", 1, 0)


def test_the_business_s_own_copy_is_nothing_the_customer_has_to_do_with(sent: Sent) -> None:
    sent.tell(MailFact.BOUNCED, OURS)
    assert sent.known_as_dead() == []
    assert sent.fared() == (None, 0, 0)


def test_what_passes_or_arrives_at_a_copy_says_nothing(sent: Sent) -> None:
    sent.tell(MailFact.NOT_DELIVERED, COPY)
    sent.tell(MailFact.DELIVERED, HIDDEN, COPY)
    assert sent.known_as_dead() == []
    assert sent.fared() == (None, 0, 0)


def test_an_address_behind_the_recipient_s_own_is_the_mail_s(sent: Sent) -> None:
    sent.tell(MailFact.BOUNCED, "somewhere@else.example")
    assert sent.fared() == ("bounced", 1, 0)
