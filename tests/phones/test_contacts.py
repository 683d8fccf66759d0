"""Texts to contacts: by the step's role, to whoever agreed for their own telephone, and to nobody after a STOP."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import BadAddress, CadenceStep, Consent, ConsentBasis, Customer, Reminder
from app.reminders import consent, phone_setup
from app.reminders.addresses import Phonebook
from app.reminders.contacts import NewPerson, people_of, take_away, write_down
from app.reminders.loading_addressees import load_addressees
from app.reminders.reaching import read_known, ways_to
from tests.phones.business import MOBILE, PhoneBusiness

BETH, DORA = "+447911123461", "+447911123462"


def add(
    business: PhoneBusiness, reminder: Reminder, number: str, *, role: str = "billing", agrees: bool = True
) -> UUID:
    """A contact of the reminder's customer with this telephone; the id."""
    now = business.ground.clock.now()
    with business.ground.database.tenant(business.tenant_id) as session:
        sealer = business.ground.sealer(session)
        typed = NewPerson(role, "Somebody", "", number)
        write_down(session, sealer, reminder.customer_id, typed, now=now)
        people = people_of(session, sealer, [reminder.customer_id])[reminder.customer_id]
        contact_id = next(person.id for person in people if person.phone == number)
        if agrees:
            consent.give(session, reminder.customer_id, "sms", source="owner", contact_id=contact_id, now=now)
    return contact_id


def texted(business: PhoneBusiness) -> list[str]:
    return [text["to"] for text in business.texts()]


def in_force(business: PhoneBusiness) -> list[UUID | None]:
    """About whose telephone there are consents for text messages."""
    with business.ground.database.tenant(business.tenant_id) as session:
        wanted = select(Consent.contact_id).where(Consent.withdrawn_at.is_(None), Consent.channel == "sms")
        return list(session.scalars(wanted))


def test_a_phonebook_gives_one_number_by_role() -> None:
    book = Phonebook("own", (("director", "d"), ("billing", "b1"), ("billing", "b2"), ("other", "o")))
    assert [book.to(role) for role in ("billing", "director", "manager")] == ["b1", "d", "b1"]
    assert Phonebook("own", (("other", "o"),)).to() == "own"
    assert Phonebook(None, (("other", "o"),)).to() is None


def test_who_pays_the_bills_and_agreed_is_texted_in_place_of_the_customer(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms")
    add(business, wanted, BETH)
    business.journey.run()
    assert texted(business) == [BETH]


def test_a_contact_who_did_not_agree_is_not_texted_whatever_the_business_stated(
    business: PhoneBusiness,
) -> None:
    wanted = business.due_by("sms")
    add(business, wanted, BETH, agrees=False)
    business.journey.run()
    assert texted(business) == [MOBILE]


def test_a_step_to_the_director_texts_the_director_alone(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms")
    with business.ground.database.tenant(business.tenant_id) as session:
        session.get_one(CadenceStep, (business.tenant_id, wanted.step_id)).recipient_role = "director"
    add(business, wanted, BETH)
    add(business, wanted, DORA, role="director")
    business.journey.run()
    assert texted(business) == [DORA]


def test_a_stop_from_a_contact_stops_every_telephone_and_a_start_opens_that_one(
    business: PhoneBusiness,
) -> None:
    with business.ground.database.tenant(business.tenant_id) as session:
        now = business.ground.clock.now()
        phone_setup.state_basis(session, ConsentBasis.EACH, user_id=UUID(int=1), now=now)
    wanted = business.due_by("sms")
    beth, dora = add(business, wanted, BETH), add(business, wanted, DORA, role="director")
    assert set(in_force(business)) == {beth, dora}
    business.write_back("STOP", sender=BETH)
    assert in_force(business) == []
    assert business.rows("SELECT channel, source FROM opt_out") == [("sms", "stop")]
    business.journey.run()
    assert texted(business) == []
    business.write_back("START", sender=BETH)
    assert in_force(business) == [beth]
    assert business.rows("SELECT 1 FROM opt_out") == []


def test_words_of_a_contact_are_the_customers_reply(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms")
    add(business, wanted, BETH)
    business.write_back("We pay on Friday", sender=BETH)
    assert business.rows("SELECT customer_id, channel FROM reply") == [(wanted.customer_id, "sms")]


def test_a_number_that_nothing_reaches_is_marked_at_the_contact_and_the_customer_is_texted(
    business: PhoneBusiness,
) -> None:
    business.journey.sandbox.control(f"twilio/phones/{BETH}", fate=30005)
    wanted = business.due_by("sms", "email")
    contact_id = add(business, wanted, BETH)
    business.journey.run()
    business.pass_time()
    assert texted(business) == [BETH]
    with business.ground.database.tenant(business.tenant_id) as session:
        assert session.scalars(select(BadAddress)).all() == []
        sealer = business.ground.sealer(session)
        people = people_of(session, sealer, [wanted.customer_id])
        [person] = [one for one in people[wanted.customer_id] if one.id == contact_id]
        known = read_known(session, sealer, [wanted.customer_id], country="GB", ready=frozenset(["sms"]))
        customer = session.get_one(Customer, (business.tenant_id, wanted.customer_id))
        way = ways_to(customer, ["sms"], known, sealer)["sms"]
    assert (person.dead_number, person.dead_number_since is not None) == (BETH, True)
    assert (way.is_open, way.address, way.phonebook.to()) == (True, MOBILE, MOBILE)


@pytest.mark.parametrize("ending", ["another number", "taken away"])
def test_a_consent_ends_with_the_number_it_was_for(business: PhoneBusiness, ending: str) -> None:
    wanted = business.due_by("sms")
    contact_id, now = add(business, wanted, BETH), business.ground.clock.now()
    with business.ground.database.tenant(business.tenant_id) as session:
        if ending == "taken away":
            take_away(session, wanted.customer_id, contact_id, now=now)
        else:
            typed, sealer = NewPerson("billing", "Somebody", "", DORA), business.ground.sealer(session)
            write_down(session, sealer, wanted.customer_id, typed, contact_id=contact_id, now=now)
        [kept] = session.scalars(select(Consent)).all()
    assert (kept.contact_id, kept.withdrawn_at) == (contact_id, now)
    business.journey.run()
    assert texted(business) == [MOBILE]


def test_the_planner_knows_who_is_reached_by_a_contact_alone(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms")
    business.journey.change("UPDATE customer SET phone_sealed = NULL")

    def reached(role: str) -> tuple[bool, bool]:
        """What the planner thinks, and the gate."""
        ready = frozenset({"sms"})
        with business.ground.database.tenant(business.tenant_id) as session:
            sealer = business.ground.sealer(session)
            customer = session.get_one(Customer, (business.tenant_id, wanted.customer_id))
            known = read_known(session, sealer, [customer.id], country="GB", ready=ready)
            found = load_addressees(session, {}, with_opt_outs=True, with_contacts=True, with_phones=True)
            way = ways_to(customer, ["sms"], known, sealer, role=role)["sms"]
        return found[wanted.customer_id].reaches("sms", role), way.is_open

    assert reached("billing") == reached("director") == (False, False)
    dora = add(business, wanted, DORA, role="director")
    assert (reached("billing"), reached("director")) == ((False, False), (True, True))
    business.journey.change("UPDATE customer_contact SET removed_at = now() WHERE id = :id", id=dora)
    assert reached("director") == (False, False)
    add(business, wanted, BETH)
    assert reached("billing") == reached("director") == (True, True)


def test_a_step_for_the_director_texts_the_only_one_who_agreed(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms")
    business.journey.change("UPDATE customer SET phone_sealed = NULL")
    business.journey.change("UPDATE cadence_step SET recipient_role = 'director'")
    add(business, wanted, DORA, role="director")
    business.journey.run()
    assert texted(business) == [DORA]
