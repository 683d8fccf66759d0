"""What a customer that was merged away leaves to the winner, row by row, where both have it and where one does."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.kit.ground import Ground
from app.models import Consent, CustomerContact, CustomerTag, LateFee, OptOut, ReminderState
from app.reminders.contacts import NewPerson, Person, mark_dead, people_of, remember_dead, write_down
from app.reminders.loading_addressees import load_contacts
from app.reminders.situation import Contact
from app.sync.inheriting import inherit
from tests.reminders.tables import add_customer, add_invoice
from tests.support.tenants import make_tenant
from tests.web.seeding import Seeder

ANNE = NewPerson("director", "Anne", "anne@kelp.example", "+44 7700 900123")
Pair = tuple[UUID, UUID]


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    return make_tenant(ground)


@pytest.fixture
def pair(ground: Ground, tenant: UUID) -> Pair:
    """Who loses, and who wins."""
    return add_customer(ground, tenant, "loser"), add_customer(ground, tenant, "winner")


def merge(ground: Ground, tenant: UUID, pair: Pair) -> int:
    """As a pull does that found one invoice moved; how many rows followed it."""
    with ground.database.tenant(tenant) as session:
        return inherit(session, ground.sealer(session), {pair: 1}, now=ground.clock.now())


def opt_out(ground: Ground, tenant: UUID, customer_id: UUID, source: str) -> None:
    with ground.database.tenant(tenant) as session:
        session.add(
            OptOut(
                tenant_id=tenant,
                customer_id=customer_id,
                channel="sms",
                source=source,
                created_at=ground.clock.now(),
            )
        )


def opt_outs(ground: Ground, tenant: UUID) -> list[tuple[UUID, str]]:
    with ground.database.tenant(tenant) as session:
        return [(one.customer_id, one.source) for one in session.query(OptOut)]


def tag(ground: Ground, tenant: UUID, customer_id: UUID, word: str) -> None:
    with ground.database.tenant(tenant) as session:
        session.add(
            CustomerTag(tenant_id=tenant, customer_id=customer_id, tag=word, created_at=ground.clock.now())
        )


def tags(ground: Ground, tenant: UUID) -> list[tuple[UUID, str]]:
    with ground.database.tenant(tenant) as session:
        return [(one.customer_id, one.tag) for one in session.query(CustomerTag).order_by(CustomerTag.tag)]


def know(ground: Ground, tenant: UUID, customer_id: UUID, person: NewPerson) -> Person:
    with ground.database.tenant(tenant) as session:
        write_down(session, ground.sealer(session), customer_id, person, now=ground.clock.now())
    return next(one for one in people(ground, tenant, customer_id) if one.name == person.name)


def people(ground: Ground, tenant: UUID, customer_id: UUID) -> tuple[Person, ...]:
    with ground.database.tenant(tenant) as session:
        return people_of(session, ground.sealer(session), [customer_id]).get(customer_id, ())


@pytest.mark.parametrize(
    ("there", "comes", "stays"),
    [
        (None, "stop", "stop"),
        (None, "owner", "owner"),
        ("stop", "owner", "owner"),
        ("stop", "one_click", "one_click"),
        ("owner", "stop", "owner"),
        ("page", "owner", "page"),
    ],
)
def test_a_wish_for_no_more_is_never_lost_nor_made_one_that_start_takes_back(
    ground: Ground, tenant: UUID, pair: Pair, there: str | None, comes: str, stays: str
) -> None:
    loser, winner = pair
    opt_out(ground, tenant, loser, comes)
    if there is not None:
        opt_out(ground, tenant, winner, there)
    merge(ground, tenant, pair)
    assert opt_outs(ground, tenant) == [(winner, stays)]


def test_tags_follow_each_once_and_what_is_taken_away_afterwards_stays_away(
    ground: Ground, tenant: UUID, pair: Pair
) -> None:
    loser, winner = pair
    for customer_id, word in ((loser, "never"), (loser, "vip"), (winner, "vip")):
        tag(ground, tenant, customer_id, word)
    merge(ground, tenant, pair)
    assert tags(ground, tenant) == [(winner, "never"), (winner, "vip")]
    with ground.database.tenant(tenant) as session:
        session.query(CustomerTag).filter_by(tag="never").delete()
    assert merge(ground, tenant, pair) == 0
    assert tags(ground, tenant) == [(winner, "vip")]


def test_people_who_were_written_down_follow_with_their_consents(
    ground: Ground, tenant: UUID, pair: Pair
) -> None:
    loser, winner = pair
    anne, now = know(ground, tenant, loser, ANNE), ground.clock.now()
    with ground.database.tenant(tenant) as session:
        for contact_id in (anne.id, None):
            session.add(
                Consent(
                    tenant_id=tenant,
                    customer_id=loser,
                    contact_id=contact_id,
                    channel="sms",
                    source="owner",
                    given_at=now,
                )
            )
    merge(ground, tenant, pair)
    assert people(ground, tenant, winner) == (anne,)
    assert people(ground, tenant, loser) == ()
    with ground.database.tenant(tenant) as session:
        given = {(one.customer_id, one.contact_id) for one in session.query(Consent)}
    assert given == {(winner, anne.id), (loser, None)}, "the loser's own number is not the winner's"


def test_somebody_who_is_written_down_at_both_is_there_once_as_the_winner_has_them(
    ground: Ground, tenant: UUID, pair: Pair
) -> None:
    loser, winner = pair
    know(ground, tenant, loser, ANNE)
    at_winner = know(
        ground, tenant, winner, NewPerson("other", "A. Bell", "ANNE@kelp.example", "+447700 900123")
    )
    merge(ground, tenant, pair)
    assert people(ground, tenant, winner) == (at_winner,)


def test_an_address_that_nothing_reaches_is_not_tried_again_after_the_merge(
    ground: Ground, tenant: UUID, pair: Pair
) -> None:
    loser, winner = pair
    know(ground, tenant, loser, ANNE)
    know(ground, tenant, winner, ANNE)
    now = ground.clock.now()
    with ground.database.tenant(tenant) as session:
        sealer = ground.sealer(session)
        assert mark_dead(session, sealer, loser, "anne@kelp.example", now=now)
        remember_dead(session, sealer, loser, "copies@kelp.example", now=now)
    merge(ground, tenant, pair)
    found = {one.email: (one.dead_since, one.is_written_to) for one in people(ground, tenant, winner)}
    assert found == {"anne@kelp.example": (now, True), "copies@kelp.example": (now, False)}


def test_whom_the_ledger_names_is_the_ledger_s_to_move(ground: Ground, tenant: UUID, pair: Pair) -> None:
    loser, winner = pair
    with ground.database.tenant(tenant) as session:
        session.add(
            CustomerContact(
                tenant_id=tenant,
                id=uuid4(),
                customer_id=loser,
                external_id="p1",
                changed_at=ground.clock.now(),
            )
        )
    assert merge(ground, tenant, pair) == 0
    assert people(ground, tenant, winner) == ()


def test_who_kept_an_open_invoice_was_not_merged_and_keeps_tags_and_people(
    ground: Ground, tenant: UUID, pair: Pair
) -> None:
    loser, winner = pair
    add_invoice(ground, tenant, loser, "INV-1")
    know(ground, tenant, loser, ANNE)
    tag(ground, tenant, loser, "never")
    merge(ground, tenant, pair)
    assert [len(people(ground, tenant, one)) for one in pair] == [1, 0]
    assert tags(ground, tenant) == [(loser, "never")]
    with ground.database.tenant(tenant) as session:
        session.execute(text("UPDATE invoice SET customer_id = :winner"), {"winner": winner})
    merge(ground, tenant, pair)
    assert [len(people(ground, tenant, one)) for one in pair] == [0, 1]
    assert tags(ground, tenant) == [(winner, "never")]


def test_late_fees_are_the_winner_s_from_then_on(ground: Ground, tenant: UUID, pair: Pair) -> None:
    loser, winner = pair
    late, fee = (
        add_invoice(ground, tenant, loser, "INV-1", overdue=60),
        add_invoice(ground, tenant, loser, "FEE-1"),
    )
    with ground.database.tenant(tenant) as session:
        Seeder(ground, session, tenant).late_fees(loser, late, fee, "Interest")
        session.flush()
        charged = session.query(LateFee).count()
        session.execute(text("UPDATE invoice SET customer_id = :winner"), {"winner": winner})
    assert charged > 0
    merge(ground, tenant, pair)
    with ground.database.tenant(tenant) as session:
        assert [one.customer_id for one in session.query(LateFee)] == [winner] * charged


@pytest.mark.parametrize(("is_active", "counts"), [(False, True), (True, False)])
def test_what_the_loser_was_sent_today_counts_for_the_winner(
    ground: Ground, tenant: UUID, pair: Pair, *, is_active: bool, counts: bool
) -> None:
    loser, winner = pair
    late = add_invoice(ground, tenant, loser, "INV-1", overdue=9)
    with ground.database.tenant(tenant) as session:
        seeder = Seeder(ground, session, tenant)
        seeder.reminder(loser, [late], ReminderState.SENT)
        today = seeder.today
        session.flush()
        session.execute(text("UPDATE invoice SET customer_id = :winner"), {"winner": winner})
        session.execute(
            text("UPDATE customer SET is_active = :kept WHERE id = :loser"),
            {"kept": is_active, "loser": loser},
        )
    with ground.database.tenant(tenant) as session:
        had = load_contacts(session, zone="Europe/London", now=ground.clock.now(), today=today)
    sent = (Contact(today, "email"),)
    assert had == ({loser: sent, winner: sent} if counts else {loser: sent})
