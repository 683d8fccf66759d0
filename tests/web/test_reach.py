"""The ways to a customer on their page: people, consent with its source, and what became of messages."""

from uuid import UUID, uuid4

import pytest

from app.models import (
    Consent,
    ContactRole,
    CustomerContact,
    Delivery,
    Message,
    OptOut,
    PhoneAccount,
    SenderState,
)
from app.reminders.consequences import note_stop
from app.reminders.contacts import mark_dead
from tests.web.conftest import House

HOSTILE = "<script>alert(1)</script>"


def _with_phones(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        account_id, sealer = uuid4(), house.ground.sealer(session)
        session.add(
            PhoneAccount(
                tenant_id=house.tenant_id,
                id=account_id,
                account_sid=f"AC{uuid4().hex}",
                token_sealed=sealer.seal("token", column="phone_account.token", row=account_id),
                service_sid="MG1",
                number="+447700900001",
                sms_state=SenderState.READY,
                created_at=house.ground.clock.now(),
            )
        )


def _contacts(house: House) -> list[CustomerContact]:
    """Those beside the company's own one."""
    with house.ground.database.tenant(house.tenant_id) as session:
        seeded = house.company.said["contact"]
        return session.query(CustomerContact).filter(CustomerContact.id != seeded).all()


@pytest.fixture
def customer(house: House) -> UUID:
    return house.company.customers[8]


def test_a_contact_is_added_changed_and_removed(house: House, customer: UUID) -> None:
    at = f"/customers/{customer}"
    typed = {"role": "director", "name": HOSTILE, "email": "dora@c.example", "phone": "020 7946 0000"}
    assert house.owner.post(f"{at}/contacts", **typed).status_code == 303
    page = house.owner.page(at)
    assert HOSTILE in page.text
    assert "owner or director" in page.text
    assert page.inline == []
    (row,) = _contacts(house)
    house.owner.post(f"{at}/contacts/{row.id}", **(typed | {"role": "billing", "name": "Dora"}))
    assert [one.role for one in _contacts(house)] == [ContactRole.BILLING]
    house.owner.post(f"{at}/contacts/{row.id}/remove")
    assert _contacts(house) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"role": "billing", "email": "no address"}, "not a valid e-mail address"),
        ({"role": "billing"}, "Write an e-mail address or a telephone number"),
        ({"role": "boss", "email": "a@c.example"}, "Choose what the person is"),
        ({"role": "billing", "email": "a@c.example", "name": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(
    house: House, customer: UUID, typed: dict[str, str], said: str
) -> None:
    answer = house.owner.post(f"/customers/{customer}/contacts", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert _contacts(house) == []


def test_a_contact_of_the_ledger_is_changed_there(house: House, customer: UUID) -> None:
    house.owner.post(f"/customers/{customer}/contacts", role="billing", email="a@c.example")
    (row,) = _contacts(house)
    with house.ground.database.tenant(house.tenant_id) as session:
        session.get_one(CustomerContact, (house.tenant_id, row.id)).external_id = "person 1"
    shown = house.owner.page(f"/customers/{customer}").text
    assert ("from Xero" in shown, "Gets a copy" in shown, shown.count("a@c.example")) == (True, True, 1)
    with house.ground.database.tenant(house.tenant_id) as session:
        now = house.ground.clock.now()
        assert mark_dead(session, house.ground.sealer(session), customer, "a@c.example", now=now)
    shown = house.owner.page(f"/customers/{customer}").text
    assert ("Give them another one in Xero." in shown, "Gets a copy" in shown) == (True, False)
    refused = house.owner.post(f"/customers/{customer}/contacts/{row.id}/remove")
    assert refused.status_code == 422
    assert "The ledger names this person." in refused.text
    assert len(_contacts(house)) == 1


def test_a_stranger_adds_nobody_to_another_s_customer(house: House, customer: UUID) -> None:
    answer = house.stranger.post(f"/customers/{customer}/contacts", role="billing", email="a@c.example")
    assert answer.status_code == 404
    assert _contacts(house) == []


def test_consent_is_recorded_with_its_source_and_withdrawn_with_its_reason(
    house: House, customer: UUID
) -> None:
    _with_phones(house)
    at = f"/customers/{customer}"
    assert "Nothing goes there before their consent is on record" in house.owner.page(at).text
    assert house.owner.post(f"{at}/consent", channel="sms", note=" ").status_code == 422
    house.owner.post(f"{at}/consent", channel="sms", note="on the order form")
    assert "told to you" in house.owner.page(at).text
    assert "on the order form" in house.owner.page(at).text
    house.owner.post(f"{at}/consent/withdraw", channel="sms", note="asked on the telephone")
    page = house.owner.page(at)
    assert "Earlier consents" in page.text
    assert "asked on the telephone" in page.text
    with house.ground.database.tenant(house.tenant_id) as session:
        row = session.query(Consent).one()
        assert (row.note, row.withdrawn_note) == ("on the order form", "asked on the telephone")
        assert row.given_by == row.withdrawn_by == house.owner.user_id


def test_stopping_stops_every_channel_and_a_customer_s_own_wish_outlasts_taking_that_back(
    house: House, customer: UUID
) -> None:
    _with_phones(house)
    at = f"/customers/{customer}"
    house.owner.post(f"{at}/stop")
    with house.ground.database.tenant(house.tenant_id) as session:
        theirs = session.query(OptOut).filter_by(customer_id=customer)
        assert {row.channel for row in theirs} == {"email", "sms", "whatsapp"}
        note_stop(session, customer, "sms", now=house.ground.clock.now())
    house.owner.post(f"{at}/again")
    assert "Only they can take that back, by writing START" in house.owner.page(at).text
    with house.ground.database.tenant(house.tenant_id) as session:
        assert [row.channel for row in session.query(OptOut).filter_by(customer_id=customer)] == ["sms"]


@pytest.mark.parametrize(
    ("delivery", "word"),
    [
        (Delivery.DELIVERED, "Delivered"),
        (Delivery.READ, "Read"),
        (Delivery.BOUNCED, "Bounced"),
        (Delivery.UNDELIVERED, "Not delivered"),
        (Delivery.COMPLAINED, "Reported as unwanted"),
    ],
)
def test_what_became_of_a_message_stands_wherever_it_is_shown(
    house: House, customer: UUID, delivery: Delivery, word: str
) -> None:
    reminder_id = house.company.reminders["sent"]
    with house.ground.database.tenant(house.tenant_id) as session:
        message = session.query(Message).filter_by(reminder_id=reminder_id).one()
        message.delivery, message.delivery_at = delivery, house.ground.clock.now()
    for at in ("/messages?state=sent", f"/messages/{reminder_id}", f"/customers/{customer}"):
        assert word in house.owner.page(at).text, at
    invoice = house.company.invoices
    shown = [house.owner.page(f"/invoices/{one}").text for one in invoice[24:28]]
    assert any(word in text for text in shown)


def test_a_contact_s_consent_is_for_that_telephone_and_nobody_else_s(house: House, customer: UUID) -> None:
    _with_phones(house)
    at = f"/customers/{customer}"
    house.owner.post(f"{at}/contacts", role="billing", name="Beth", email="", phone="07911 123461")
    (beth,) = _contacts(house)
    assert "Text messages: Not asked" in house.owner.page(at).text
    agreed = {"channel": "sms", "contact": str(beth.id), "note": "By mail on 3 March"}
    assert house.owner.post(f"{at}/consent", **agreed).status_code == 303
    with house.ground.database.tenant(house.tenant_id) as session:
        (given,) = session.query(Consent).all()
    assert (given.contact_id, given.withdrawn_at) == (beth.id, None)
    page = house.owner.page(at)
    assert "Text messages: Agreed told to you" in page.text
    assert page.inline == []
    other = house.company.customers[9]
    assert house.owner.post(f"/customers/{other}/consent", **agreed).status_code == 404
    assert house.owner.post(f"{at}/consent/withdraw", **(agreed | {"note": "Rang us"})).status_code == 303
    with house.ground.database.tenant(house.tenant_id) as session:
        (given,) = session.query(Consent).all()
    assert (given.withdrawn_note, given.withdrawn_at is not None) == ("Rang us", True)
