"""Mails by role and with copies, by a mail server and by Amazon, and what becomes of each address."""

from collections.abc import Callable, Iterator

import pytest

from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import CadenceStep, Customer, Message, Reminder
from app.reminders.addresses import Addressed, first_address
from app.reminders.confirming import confirm
from app.reminders.contacts import NewPerson, people_of, take_away, write_down
from app.reminders.copies import opened_copies
from app.reminders.reaching import read_known, ways_to
from app.reminders.step_texts import seal_copies
from tests.reminders import dispatching
from tests.reminders.by_amazon import ByAmazon, begin_by_amazon
from tests.reminders.journey import Journey, header
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver

ANNE, BOB, DORA, OURS = "anne@c.example", "bob@c.example", "dora@c.example", "ada@harbour.example"


@pytest.fixture
def amazon(
    make_settings: Callable[..., Settings],
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
) -> Iterator[ByAmazon]:
    begun = begin_by_amazon(make_settings, sandbox_ground.settings, sandbox, receiver)
    yield begun
    receiver.forget()
    begun.ground.database.close()


def _next(journey: Journey) -> Reminder:
    return next(one for one in journey.due_today() if one.reason_code == "first_list")


def _has(journey: Journey, reminder: Reminder, role: str, email: str) -> None:
    """The customer has this contact."""
    with journey.ground.database.tenant(journey.tenant_id) as session:
        sealer, now = journey.ground.sealer(session), journey.ground.clock.now()
        write_down(session, sealer, reminder.customer_id, NewPerson(role, "Somebody", email, ""), now=now)


def _every_step(journey: Journey, *, role: str = "billing", cc: tuple[str, ...] = ()) -> None:
    with journey.ground.database.tenant(journey.tenant_id) as session:
        for step in session.query(CadenceStep):
            step.recipient_role = role
            seal_copies(step, cc, journey.ground.sealer(session))


def _send(journey: Journey, reminder: Reminder) -> None:
    with journey.ground.database.tenant(journey.tenant_id) as session:
        confirm(session, [reminder.id], now=journey.ground.clock.now())
    journey.run()


def _copies(journey: Journey, reminder: Reminder) -> Addressed:
    with journey.ground.database.tenant(journey.tenant_id) as session:
        message = session.query(Message).filter_by(reminder_id=reminder.id).one()
        return opened_copies(journey.ground.sealer(session), message)


def test_a_step_for_the_director_reaches_the_director_with_a_copy_to_the_business(journey: Journey) -> None:
    reminder = _next(journey)
    _has(journey, reminder, "billing", ANNE)
    _has(journey, reminder, "director", DORA)
    _every_step(journey, role="director", cc=(OURS,))
    _send(journey, reminder)
    (mail,) = journey.inbox()
    assert mail["to"] == [DORA, OURS]
    assert (header(mail, "To"), header(mail, "Cc")) == (DORA, OURS)
    assert _copies(journey, reminder) == Addressed((), (OURS,))


def test_all_who_pay_the_bills_get_one_mail_and_somebody_taken_away_gets_none(journey: Journey) -> None:
    reminder = _next(journey)
    for address in (ANNE, BOB, DORA):
        _has(journey, reminder, "billing", address)
    with journey.ground.database.tenant(journey.tenant_id) as session:
        (people,) = people_of(session, journey.ground.sealer(session), [reminder.customer_id]).values()
        dora = next(one for one in people if one.email == DORA)
        take_away(session, reminder.customer_id, dora.id, now=journey.ground.clock.now())
    _send(journey, reminder)
    (mail,) = journey.inbox()
    assert sorted(mail["to"]) == [ANNE, BOB]
    assert {*header(mail, "To").split(", ")} == {ANNE, BOB}


def test_people_of_the_ledger_get_copies_until_it_names_them_no_more(
    journey: Journey, sandbox: SandboxClient
) -> None:
    reminder = _next(journey)
    ((contact,),) = journey.rows("SELECT external_id FROM customer WHERE id = :id", id=reminder.customer_id)
    persons = [
        {"FirstName": "Anne", "EmailAddress": ANNE, "IncludeInEmails": True},
        {"FirstName": "Bob", "EmailAddress": BOB, "IncludeInEmails": True},
        {"FirstName": "Dora", "EmailAddress": DORA, "IncludeInEmails": False},
    ]
    sandbox.control(f"xero/contacts/{contact}/persons", persons=persons)
    dispatching.pull(journey)
    with journey.ground.database.tenant(journey.tenant_id) as session:
        sealer, now = journey.ground.sealer(session), journey.ground.clock.now()
        (people,) = people_of(session, sealer, [reminder.customer_id]).values()
        bob = next(one for one in people if one.email == BOB)
        changed = NewPerson("other", "", "", "")
        write_down(session, sealer, reminder.customer_id, changed, contact_id=bob.id, now=now)
    sandbox.control(f"xero/contacts/{contact}/persons", persons=[*persons, {"EmailAddress": OURS}])
    _send(journey, reminder)
    (mail,) = journey.inbox()
    assert mail["to"][1:] == [ANNE]
    assert header(mail, "Cc") == ANNE
    sandbox.control(f"xero/contacts/{contact}/persons", persons=persons[1:])
    dispatching.pull(journey)
    with journey.ground.database.tenant(journey.tenant_id) as session:
        customer = session.get_one(Customer, (journey.tenant_id, reminder.customer_id))
        known = read_known(session, sealer, [customer.id], country="GB", ready=frozenset({"email"}))
        assert ways_to(customer, ["email"], known, sealer)["email"].mailbox.beside == ()


def test_a_copy_that_the_mail_server_refuses_does_not_keep_the_mail_from_its_recipient(
    journey: Journey, sandbox: SandboxClient
) -> None:
    reminder = _next(journey)
    _has(journey, reminder, "billing", ANNE)
    _every_step(journey, cc=(OURS,))
    sandbox.fault("mail", "550", match=f"RCPT {OURS}")
    _send(journey, reminder)
    (mail,) = journey.inbox()
    assert mail["to"] == [ANNE]
    ((state, told),) = journey.rows(
        "SELECT state, vendor_id FROM message WHERE reminder_id = :id", id=reminder.id
    )
    assert state == "sent"
    assert "without 1 of the copies" in told


def test_by_amazon_everybody_gets_it_and_a_copy_that_comes_back_is_not_the_mail_s_end(
    amazon: ByAmazon,
) -> None:
    journey, reminder = amazon.journey, _next(amazon.journey)
    _has(journey, reminder, "billing", ANNE)
    _has(journey, reminder, "billing", BOB)
    _every_step(journey, cc=(OURS,))
    amazon.sandbox.control(f"ses/addresses/{BOB}", fate="gone")
    _send(journey, reminder)
    assert {*amazon.mail(reminder)["to"]} == {ANNE, BOB, OURS}
    amazon.sandbox.advance(seconds=2)
    amazon.hear("permanent bounce")
    amazon.hear("delivery")
    assert amazon.message(reminder) == ("sent", "delivered", None)
    assert amazon.count("bad_address") == 0
    assert amazon.count("customer_contact", "dead_since IS NOT NULL") == 1


def test_a_contact_whose_mails_come_back_gives_way_to_the_customer_s_own_address(amazon: ByAmazon) -> None:
    journey, reminder = amazon.journey, _next(amazon.journey)
    _has(journey, reminder, "billing", ANNE)
    amazon.sandbox.control(f"ses/addresses/{ANNE}", fate="gone")
    _send(journey, reminder)
    amazon.sandbox.advance(seconds=2)
    amazon.hear("permanent bounce")
    assert amazon.message(reminder)[1] == "bounced"
    assert amazon.count("bad_address") == 0
    with journey.ground.database.tenant(journey.tenant_id) as session:
        sealer = journey.ground.sealer(session)
        customer = session.get_one(Customer, (journey.tenant_id, reminder.customer_id))
        known = read_known(session, sealer, [customer.id], country="GB", ready=frozenset({"email"}))
        way = ways_to(customer, ["email"], known, sealer)["email"]
        assert way.is_open
        assert way.mailbox.to() == (first_address(sealer, customer),)
