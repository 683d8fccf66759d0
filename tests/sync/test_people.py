"""People that the ledger names become contacts, and what the business says about them stays."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.base import CustomerRecord, PersonRecord, Resource
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import ContactRole
from app.reminders.contacts import NewPerson, Person, people_of, take_away, write_down
from app.sync.identity import CUSTOMER, mirror_id
from app.sync.people import Kept, settled
from tests.support.tenants import make_tenant
from tests.sync.test_upsert import KELP, T0, write

ANNE = PersonRecord("Anne Bell", "anne@kelp.example", is_written_to=True)
BOB = PersonRecord("Bob", "bob@kelp.example", is_written_to=False)
NAMES, EMAILS = (
    st.sampled_from(["", "Anne", "Bob", "Cy"]),
    st.sampled_from(["", "a@x.example", "b@x.example"]),
)


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    return make_tenant(ground)


def read(ground: Ground, tenant: UUID, *people: PersonRecord, later: int = 0) -> dict[str, Person]:
    """The ledger says this so many seconds after the first time; the contacts then, by name."""
    at = T0 + timedelta(seconds=later)
    record: CustomerRecord = replace(KELP, people=people, changed_at=at)
    write(ground, tenant, record, resource=Resource.CUSTOMERS, read_at=at)
    return contacts(ground, tenant)


def contacts(ground: Ground, tenant: UUID) -> dict[str, Person]:
    kelp = mirror_id(tenant, CUSTOMER, "c1")
    with ground.database.tenant(tenant) as session:
        found = people_of(session, ground.sealer(session), [kelp]).get(kelp, ())
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def say(ground: Ground, tenant: UUID, person: Person, role: str, phone: str = "") -> None:
    typed = NewPerson(role, "Another name", "another@kelp.example", phone)
    with ground.database.tenant(tenant) as session:
        sealer, kelp = ground.sealer(session), mirror_id(tenant, CUSTOMER, "c1")
        write_down(session, sealer, kelp, typed, contact_id=person.id, now=T0)


def test_whoever_gets_the_ledger_s_mails_pays_the_bills_until_the_business_says_otherwise(
    ground: Ground, tenant: UUID
) -> None:
    told = read(ground, tenant, ANNE, BOB)
    assert (told["Anne Bell"].role, told["Bob"].role) == (ContactRole.BILLING, ContactRole.OTHER)
    assert all(one.is_of_ledger for one in told.values())
    say(ground, tenant, told["Anne Bell"], "director", "+44 7911 123456")
    after = read(ground, tenant, replace(ANNE, name="Anne Hill"), replace(BOB, is_written_to=True), later=1)
    anne = after["Anne Hill"]
    assert (anne.id, anne.role, anne.email) == (told["Anne Bell"].id, ContactRole.DIRECTOR, ANNE.email)
    assert anne.phone == "+44 7911 123456"
    assert (after["Bob"].id, after["Bob"].role) == (told["Bob"].id, ContactRole.BILLING)


def test_who_is_gone_from_the_ledger_is_shown_and_not_written_to_until_they_are_back(
    ground: Ground, tenant: UUID
) -> None:
    anne = read(ground, tenant, ANNE, BOB)["Anne Bell"]
    say(ground, tenant, anne, "manager")
    gone = read(ground, tenant, BOB, later=1)["Anne Bell"]
    assert (gone.id, gone.removed_at, gone.is_written_to) == (anne.id, T0 + timedelta(seconds=1), False)
    back = read(ground, tenant, BOB, replace(ANNE, email="anne@new.example"), later=2)["Anne Bell"]
    assert (back.id, back.role, back.removed_at) == (anne.id, ContactRole.MANAGER, None)
    assert (back.email, back.is_written_to) == ("anne@new.example", True)


def test_people_told_under_an_old_time_of_change_are_learnt_and_old_news_is_not(
    ground: Ground, tenant: UUID
) -> None:
    assert read(ground, tenant) == {}
    assert set(read(ground, tenant, ANNE)) == {"Anne Bell"}
    read(ground, tenant, ANNE, BOB, later=2)
    assert all(one.removed_at is None for one in read(ground, tenant, ANNE, later=1).values())


def test_what_the_business_wrote_down_itself_is_left_alone(ground: Ground, tenant: UUID) -> None:
    read(ground, tenant)
    kelp, dora = mirror_id(tenant, CUSTOMER, "c1"), NewPerson("director", "Dora", ANNE.email, "")
    with ground.database.tenant(tenant) as session:
        write_down(session, ground.sealer(session), kelp, dora, now=T0)
    read(ground, tenant, ANNE, later=1)
    told = read(ground, tenant, later=2)
    assert (told["Dora"].role, told["Dora"].removed_at) == (ContactRole.DIRECTOR, None)
    with ground.database.tenant(tenant) as session, pytest.raises(Rejected, match="ledger names"):
        take_away(session, kelp, told["Anne Bell"].id, now=T0)


@given(
    st.lists(st.builds(PersonRecord, NAMES, EMAILS, st.booleans()), max_size=5),
    st.lists(st.builds(Kept, st.builds(uuid4), NAMES, EMAILS, st.booleans()), max_size=5),
)
def test_everybody_named_is_somebody_once_and_whoever_is_not_named_any_more_is_gone(
    named: list[PersonRecord], there: list[Kept]
) -> None:
    found = settled(named, there)
    known = [kept for kept, _ in found.known]
    assert len({one.id for one in known}) == len(known)
    assert len(found.known) + len(found.new) == len(named)
    assert {one.id for one in found.gone} == {one.id for one in there if not one.is_gone} - {
        one.id for one in known
    }
    for kept, person in found.known:
        assert (kept.email and kept.email == person.email) or (kept.name and kept.name == person.name)
