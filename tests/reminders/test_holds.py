"""What holds a reminder: rows, tags, balances, money; and what ends by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import (
    ClaimProof,
    ClaimState,
    CreditNote,
    CustomerTag,
    Dispute,
    DisputeReason,
    DisputeState,
    HoldKind,
    HoldScope,
    HoldSource,
    Invoice,
    InvoiceState,
    LedgerPayment,
    PaymentClaim,
    PaymentMethod,
    PersonTask,
    PersonTaskKind,
    Promise,
    PromiseState,
)
from app.reminders.claims import PROOF_COLUMN, Said, claim, reject
from app.reminders.disputes import Complaint, open_dispute, settle, words_of
from app.reminders.holds import NewHold, holds_in_force, lift, load_stops, place, stricter
from app.reminders.holds_of_money import Money, stops_of_group
from app.reminders.holds_probably_paid import Owed, Unapplied, probably_paid
from app.reminders.holds_quiet_books import quiet_days
from app.reminders.holds_review import review
from app.reminders.holds_rules import Rules, exclude_tag, include_tag, save_minimums, save_rules
from app.reminders.holds_unapplied import remind_anyway
from app.reminders.person_tasks import NewTask, ask, mark_done, open_tasks, snooze
from app.reminders.promises import Word, load_broken_promises, promise
from app.reminders.situation import Stop
from tests.reminders.tables import add_customer, add_invoice, change
from tests.reminders.values import number
from tests.support.tenants import make_tenant

TODAY = date(2026, 11, 20)
USER = uuid4()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    return make_tenant(ground)


@contextmanager
def unit(ground: Ground, tenant: UUID) -> Iterator[Session]:
    with ground.database.tenant(tenant) as session:
        yield session


def stops(ground: Ground, tenant: UUID, today: date = TODAY) -> dict[UUID, HoldKind]:
    with unit(ground, tenant) as session:
        return {subject: stop.kind for (_, subject), stop in load_stops(session, today).items()}


def look_again(ground: Ground, tenant: UUID, today: date) -> None:
    with unit(ground, tenant) as session:
        review(session, today=today, now=ground.clock.now())


def asked(ground: Ground, tenant: UUID, today: date = TODAY) -> list[str]:
    with unit(ground, tenant) as session:
        return [task.words for task in open_tasks(session, today=today, most=50)]


def pay(ground: Ground, tenant: UUID, invoice: UUID, left: str = "0.00") -> None:
    state = "open" if Decimal(left) else "paid"
    change(
        ground, tenant, "UPDATE invoice SET amount_due = :left, state = :state WHERE id = :id",
        left=Decimal(left), state=state, id=invoice,
    )  # fmt: skip


# Rows.


def test_several_kinds_hold_one_invoice_and_each_is_lifted_alone(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    now = ground.clock.now()
    with unit(ground, tenant) as session:
        for kind, until in ((HoldKind.MANUAL, None), (HoldKind.REPLIED, TODAY + timedelta(3))):
            place(session, NewHold(HoldScope.INVOICE, invoice, kind, "Why", until), now=now)
        place(session, NewHold(HoldScope.INVOICE, invoice, HoldKind.MANUAL, "Why else"), now=now)
        found = holds_in_force(session, [invoice], TODAY)
        assert {(hold.kind, hold.reason) for hold in found} == {
            (HoldKind.REPLIED, "Why"),
            (HoldKind.MANUAL, "Why else"),
        }
    assert stops(ground, tenant) == {invoice: HoldKind.MANUAL}
    with unit(ground, tenant) as session:
        assert lift(session, [invoice], kinds=[HoldKind.MANUAL], now=now) == 1
    assert stops(ground, tenant) == {invoice: HoldKind.REPLIED}
    assert stops(ground, tenant, TODAY + timedelta(3)) == {invoice: HoldKind.REPLIED}
    assert stops(ground, tenant, TODAY + timedelta(4)) == {}


@given(*[st.builds(Stop, st.just("x"), st.none() | st.dates())] * 2)
def test_of_two_holds_the_one_that_ends_last_counts(one: Stop, other: Stop) -> None:
    ends = [date.max if stop.until is None else stop.until for stop in (one, other)]
    found = stricter(one, other)
    assert (date.max if found.until is None else found.until) == max(ends)


def test_every_kind_of_hold_says_why_in_a_sentence() -> None:
    for kind in HoldKind:
        for until in (None, TODAY):
            why = Stop("three parcels are missing", until, kind).why()
            assert "three parcels are missing" in why.sentence
            assert why.sentence.endswith(".") or kind is HoldKind.MANUAL
            assert ("20 Nov 2026" in why.sentence) == (until is not None)


# Tags and minimum.


def test_an_excluded_tag_holds_its_customers_until_it_is_included_again(ground: Ground, tenant: UUID) -> None:
    ada, bob = add_customer(ground, tenant, "ada"), add_customer(ground, tenant, "bob")
    now = ground.clock.now()
    with unit(ground, tenant) as session:
        for customer, tag in ((ada, "VIP"), (bob, "Slow")):
            session.add(CustomerTag(tenant_id=tenant, customer_id=customer, tag=tag, created_at=now))
        exclude_tag(session, "VIP", now=now)
        exclude_tag(session, "VIP", now=now)
    assert stops(ground, tenant) == {ada: HoldKind.TAG}
    with unit(ground, tenant) as session:
        include_tag(session, "VIP", now=now)
    assert stops(ground, tenant) == {}


def test_a_customer_who_owes_less_than_the_minimum_of_the_currency_is_held(
    ground: Ground, tenant: UUID
) -> None:
    ada, bob = add_customer(ground, tenant, "ada"), add_customer(ground, tenant, "bob")
    small = [add_invoice(ground, tenant, ada, f"A-{place}", amount="4.00") for place in range(2)]
    add_invoice(ground, tenant, ada, "A-EUR", amount="4.00", currency="EUR")
    add_invoice(ground, tenant, bob, "B-1", amount="4.00")
    add_invoice(ground, tenant, bob, "B-2", amount="6.00")
    with unit(ground, tenant) as session:
        save_minimums(session, {"GBP": Decimal("10.00")}, now=ground.clock.now())
    assert stops(ground, tenant) == dict.fromkeys(small, HoldKind.BELOW_MINIMUM)
    with unit(ground, tenant) as session:
        save_minimums(session, {"GBP": Decimal(0)}, now=ground.clock.now())
    assert stops(ground, tenant) == {}


# Money that is applied to nothing.


def receive(ground: Ground, tenant: UUID, customer: UUID, unapplied: str) -> UUID:
    payment_id = uuid4()
    with unit(ground, tenant) as session:
        session.add(
            LedgerPayment(
                tenant_id=tenant,
                id=payment_id,
                external_id=str(payment_id),
                customer_id=customer,
                currency="GBP",
                amount=Decimal(unapplied),
                unapplied=Decimal(unapplied),
                paid_on=TODAY,
                reference="",
                is_deleted=False,
                changed_at=ground.clock.now(),
            )
        )
    return payment_id


def test_unapplied_money_holds_what_it_covers_and_asks_once(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    first = add_invoice(ground, tenant, ada, "INV-1", overdue=30)
    second = add_invoice(ground, tenant, ada, "INV-2", amount="60.00")
    payment = receive(ground, tenant, ada, "60.00")
    assert stops(ground, tenant) == {second: HoldKind.PROBABLY_PAID}
    look_again(ground, tenant, TODAY)
    look_again(ground, tenant, TODAY)
    (words,) = asked(ground, tenant)
    assert "60.00 GBP" in words
    change(ground, tenant, "UPDATE ledger_payment SET unapplied = 100 WHERE id = :id", id=payment)
    assert stops(ground, tenant) == {first: HoldKind.PROBABLY_PAID}
    change(ground, tenant, "UPDATE ledger_payment SET unapplied = 0 WHERE id = :id", id=payment)
    look_again(ground, tenant, TODAY)
    assert asked(ground, tenant) == []
    assert stops(ground, tenant) == {}


def test_the_owner_may_remind_anyway_until_more_money_comes(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice = add_invoice(ground, tenant, ada, "INV-1")
    receive(ground, tenant, ada, "100.00")
    look_again(ground, tenant, TODAY)
    with unit(ground, tenant) as session:
        remind_anyway(session, ada, "GBP", Decimal("100.00"), by=USER, now=ground.clock.now())
    look_again(ground, tenant, TODAY)
    assert (asked(ground, tenant), stops(ground, tenant)) == ([], {})
    receive(ground, tenant, ada, "5.00")
    look_again(ground, tenant, TODAY)
    assert len(asked(ground, tenant)) == 1
    assert stops(ground, tenant) == {invoice: HoldKind.PROBABLY_PAID}


def test_an_open_credit_note_counts_as_money(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice = add_invoice(ground, tenant, ada, "INV-1")
    with unit(ground, tenant) as session:
        session.add(
            CreditNote(
                tenant_id=tenant,
                external_id="cn",
                customer_id=ada,
                number="CN-1",
                state=InvoiceState.OPEN,
                currency="GBP",
                total=Decimal(100),
                remaining=Decimal(100),
                issued_on=TODAY,
                changed_at=ground.clock.now(),
            )
        )
    assert stops(ground, tenant) == {invoice: HoldKind.PROBABLY_PAID}


owed_lists = st.lists(
    st.builds(Owed, st.uuids(), st.dates(TODAY, TODAY + timedelta(90)), st.decimals(0, 500, places=2)),
    max_size=8,
    unique_by=lambda one: one.invoice_id,
)


unapplied_money = st.builds(Unapplied, st.decimals(0, 900, places=2), st.decimals(0, 900, places=2))


@settings(max_examples=1000)
@given(unapplied_money, owed_lists)
def test_what_is_probably_paid_is_never_more_than_the_money(unapplied: Unapplied, owed: list[Owed]) -> None:
    found = probably_paid(unapplied, owed)
    assert found == probably_paid(unapplied, owed[::-1])
    balances = {one.invoice_id: one.balance for one in owed if one.balance > 0}
    assert found <= balances.keys()
    assert sum((balances[one] for one in found), Decimal(0)) <= unapplied.total
    exact = {unapplied.received, unapplied.credited, unapplied.total} & set(balances.values())
    if exact:
        assert len(found) == 1
    elif sum(balances.values()) <= unapplied.total:
        assert found == balances.keys()


def test_a_credit_that_neither_matches_nor_is_enough_for_all_holds_nothing() -> None:
    owed = [Owed(number(1), TODAY, Decimal(80)), Owed(number(2), TODAY, Decimal(900))]
    assert probably_paid(Unapplied(credited=Decimal(500)), owed) == frozenset()
    assert probably_paid(Unapplied(received=Decimal(500)), owed) == {number(1)}
    assert probably_paid(Unapplied(credited=Decimal(980)), owed) == {number(1), number(2)}


@given(unapplied_money, st.decimals(0, 900, places=2), owed_lists)
def test_money_holds_all_of_a_small_balance_and_else_only_what_is_covered(
    unapplied: Unapplied, minimum: Decimal, owed: list[Owed]
) -> None:
    group = (number(1), "GBP")
    money = Money(unapplied={group: unapplied}, minimums={"GBP": minimum})
    found = dict(stops_of_group(money, group, owed))
    total = sum((one.balance for one in owed), Decimal(0))
    is_small = 0 < total < minimum
    assert set(found) == ({one.invoice_id for one in owed} if is_small else probably_paid(unapplied, owed))


# Promises.


def promised(ground: Ground, tenant: UUID, invoice: UUID, on: date, **more: object) -> None:
    word = Word(invoice, on, more.get("amount"), more.get("source", HoldSource.OWNER))  # type: ignore[arg-type]
    with unit(ground, tenant) as session:
        promise(session, word, today=TODAY, now=ground.clock.now())


def promise_states(ground: Ground, tenant: UUID) -> list[PromiseState]:
    with unit(ground, tenant) as session:
        return [row.state for row in session.query(Promise).order_by(Promise.made_at, Promise.promised_on)]


def test_a_promise_holds_until_its_day_and_is_broken_the_day_after(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    day = TODAY + timedelta(5)
    promised(ground, tenant, invoice, day)
    look_again(ground, tenant, day)
    assert stops(ground, tenant, day) == {invoice: HoldKind.PROMISE}
    assert promise_states(ground, tenant) == [PromiseState.OPEN]
    look_again(ground, tenant, day + timedelta(1))
    assert stops(ground, tenant, day + timedelta(1)) == {}
    assert promise_states(ground, tenant) == [PromiseState.BROKEN]
    with unit(ground, tenant) as session:
        assert load_broken_promises(session) == {invoice: ground.clock.now()}
    (words,) = asked(ground, tenant)
    assert "100.00 GBP for invoice INV-1 was promised for 25 Nov 2026" in words
    pay(ground, tenant, invoice)
    look_again(ground, tenant, day + timedelta(2))
    assert asked(ground, tenant) == []
    with unit(ground, tenant) as session:
        assert load_broken_promises(session) == {}


def test_a_promise_of_a_part_is_kept_by_that_part(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    promised(ground, tenant, invoice, TODAY + timedelta(5), amount=Decimal("40.00"))
    pay(ground, tenant, invoice, left="60.00")
    look_again(ground, tenant, TODAY + timedelta(6))
    assert promise_states(ground, tenant) == [PromiseState.KEPT]
    assert asked(ground, tenant) == []


def test_a_new_promise_takes_the_place_of_the_old_one(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    promised(ground, tenant, invoice, TODAY + timedelta(2))
    promised(ground, tenant, invoice, TODAY + timedelta(9))
    assert promise_states(ground, tenant) == [PromiseState.WITHDRAWN, PromiseState.OPEN]
    assert stops(ground, tenant, TODAY + timedelta(9)) == {invoice: HoldKind.PROMISE}


def test_a_payer_promises_at_most_two_weeks_ahead_and_twice(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    for day in (TODAY - timedelta(1), TODAY + timedelta(15)):
        with pytest.raises(Rejected, match="Choose a day"):
            promised(ground, tenant, invoice, day, source=HoldSource.PAYER)
    for _ in range(2):
        promised(ground, tenant, invoice, TODAY + timedelta(14), source=HoldSource.PAYER)
    with pytest.raises(Rejected, match="promised before"):
        promised(ground, tenant, invoice, TODAY + timedelta(14), source=HoldSource.PAYER)
    promised(ground, tenant, invoice, TODAY + timedelta(90))
    for amount in ("0", "100.01"):
        with pytest.raises(Rejected, match="at most what is open"):
            promised(ground, tenant, invoice, TODAY, amount=Decimal(amount))


# Disputes.


def disputed(ground: Ground, tenant: UUID, invoice: UUID, words: str = "") -> UUID:
    complaint = Complaint(invoice, DisputeReason.FAULTY, words, HoldSource.PAYER)
    with unit(ground, tenant) as session:
        return open_dispute(session, ground.sealer(session), complaint, now=ground.clock.now())


def test_a_disputed_invoice_is_held_alone_until_the_owner_settles_it(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice, other = (add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2"))
    dispute = disputed(ground, tenant, invoice, "The left door sticks.")
    assert stops(ground, tenant, TODAY + timedelta(400)) == {invoice: HoldKind.DISPUTE}
    assert other not in stops(ground, tenant)
    with pytest.raises(Rejected, match="already"):
        disputed(ground, tenant, invoice)
    with unit(ground, tenant) as session:
        row = session.query(Dispute).one()
        assert words_of(ground.sealer(session), row) == "The left door sticks."
        assert b"left door" not in (row.words_sealed or b"")
        assert len(asked(ground, tenant)) == 1
        settle(session, dispute, DisputeState.RESUMED, by=USER, today=TODAY, now=ground.clock.now())
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])
    with pytest.raises(NotFound), unit(ground, tenant) as session:
        settle(session, dispute, DisputeState.WON, by=USER, today=TODAY, now=ground.clock.now())


def test_a_credit_that_is_coming_holds_for_three_weeks(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    dispute = disputed(ground, tenant, invoice)
    with unit(ground, tenant) as session:
        settle(session, dispute, DisputeState.CREDIT_COMING, by=USER, today=TODAY, now=ground.clock.now())
    assert stops(ground, tenant, TODAY + timedelta(21)) == {invoice: HoldKind.DISPUTE}
    assert stops(ground, tenant, TODAY + timedelta(22)) == {}


def test_a_dispute_ends_when_the_ledger_closes_the_invoice(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    disputed(ground, tenant, invoice)
    change(ground, tenant, "UPDATE invoice SET state = 'voided', amount_due = 0")
    look_again(ground, tenant, TODAY)
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])


# "I have paid".


def claimed(ground: Ground, tenant: UUID, *invoices: UUID, **more: object) -> UUID:
    with unit(ground, tenant) as session:
        rows = session.query(Invoice).filter(Invoice.id.in_(invoices)).all()
        said = Said(
            rows[0].customer_id if rows else uuid4(),
            "GBP",
            {row.id: row.amount_due for row in rows},
            more.get("paid_on", TODAY),  # type: ignore[arg-type]
            PaymentMethod.TRANSFER,
            "Ref 12/77",
            more.get("proof", b""),  # type: ignore[arg-type]
        )
        return claim(session, ground.sealer(session), said, today=TODAY, now=ground.clock.now())


def claim_states(ground: Ground, tenant: UUID) -> list[ClaimState]:
    with unit(ground, tenant) as session:
        return [row.state for row in session.query(PaymentClaim).order_by(PaymentClaim.made_at)]


def test_a_claim_holds_for_five_working_days_and_then_says_that_nothing_came(
    ground: Ground, tenant: UUID
) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice, other = (add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2"))
    claimed(ground, tenant, invoice)
    friday = TODAY + timedelta(7)
    look_again(ground, tenant, friday)
    assert stops(ground, tenant, friday) == {invoice: HoldKind.CLAIMED_PAID}
    assert other not in stops(ground, tenant)
    assert claim_states(ground, tenant) == [ClaimState.OPEN]
    assert "100.00 GBP for 1 invoice was paid by bank transfer" in asked(ground, tenant)[0]
    look_again(ground, tenant, friday + timedelta(1))
    assert claim_states(ground, tenant) == [ClaimState.OVERDUE]
    assert stops(ground, tenant, friday + timedelta(1)) == {}
    (words,) = asked(ground, tenant)
    assert "no money has been recorded by 27 Nov 2026" in words


def test_a_claim_is_confirmed_when_the_ledger_shows_the_money(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    claimed(ground, tenant, invoice)
    pay(ground, tenant, invoice)
    look_again(ground, tenant, TODAY)
    assert claim_states(ground, tenant) == [ClaimState.CONFIRMED]
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])


def test_the_owner_says_that_no_money_came(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    claim_id = claimed(ground, tenant, invoice)
    with unit(ground, tenant) as session:
        reject(session, claim_id, by=USER, now=ground.clock.now())
    assert (stops(ground, tenant), asked(ground, tenant)) == ({}, [])
    with pytest.raises(NotFound), unit(ground, tenant) as session:
        reject(session, claim_id, by=USER, now=ground.clock.now())


def test_a_proof_is_kept_sealed_and_only_if_it_is_what_it_says(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice, other = (add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2"))
    claimed(ground, tenant, invoice, proof=PNG)
    with unit(ground, tenant) as session:
        row = session.query(ClaimProof).one()
        opened = ground.sealer(session).open_bytes(row.content_sealed, column=PROOF_COLUMN, row=row.id)
    assert opened == PNG
    assert b"PNG" not in row.content_sealed
    for content in (
        b"<svg onload=alert(1)>",
        b"MZ" + bytes(90),
        b"%PD",
        b" %PDF-1.7",
        PNG + bytes(4 * 2**20),
    ):
        with pytest.raises(Rejected):
            claimed(ground, tenant, other, proof=content)


def test_a_claim_needs_an_invoice_a_day_that_was_and_no_third_time(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    with pytest.raises(Rejected, match="Tick"):
        claimed(ground, tenant)
    for day in (TODAY + timedelta(1), TODAY - timedelta(181)):
        with pytest.raises(Rejected, match="day on which you paid"):
            claimed(ground, tenant, invoice, paid_on=day)
    for _ in range(2):
        claimed(ground, tenant, invoice)
    with pytest.raises(Rejected, match="told us this before"):
        claimed(ground, tenant, invoice)


def test_the_business_chooses_how_long_a_claim_holds(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    with unit(ground, tenant) as session:
        save_rules(session, Rules(claim_days=1), now=ground.clock.now())
    claimed(ground, tenant, invoice)
    assert stops(ground, tenant, TODAY + timedelta(3)) == {invoice: HoldKind.CLAIMED_PAID}
    assert stops(ground, tenant, TODAY + timedelta(4)) == {}


# Books in which nothing is recorded any more.


def test_a_gap_counts_only_where_receipts_used_to_come() -> None:
    weekly = [TODAY - timedelta(7 * week) for week in range(8)]
    assert quiet_days(weekly, today=TODAY) == 0
    assert quiet_days(weekly, today=TODAY + timedelta(3)) == 1
    assert quiet_days(weekly, today=TODAY + timedelta(14)) == 10
    assert quiet_days(weekly[:7], today=TODAY + timedelta(14)) == 0
    assert quiet_days([TODAY - timedelta(30 * month) for month in range(8)], today=TODAY + timedelta(90)) == 0
    assert quiet_days([], today=TODAY) == 0


# Tasks for a person.


def test_a_task_is_asked_once_put_off_and_done(ground: Ground, tenant: UUID) -> None:
    ada, now = add_customer(ground, tenant, "ada"), ground.clock.now()
    task = NewTask(PersonTaskKind.CADENCE_STEP, ada, number(7), "Call them.")
    with unit(ground, tenant) as session:
        ask(session, task, now=now)
        ask(session, task, now=now)
        (found,) = open_tasks(session, today=TODAY, most=10)
        assert (found.customer_name, found.words) == ("Ada", "Call them.")
        snooze(session, found.id, until=TODAY + timedelta(2))
    assert asked(ground, tenant) == []
    assert asked(ground, tenant, TODAY + timedelta(2)) == ["Call them."]
    with unit(ground, tenant) as session:
        mark_done(session, found.id, by=USER, now=now)
    assert asked(ground, tenant, TODAY + timedelta(9)) == []
    with pytest.raises(NotFound), unit(ground, tenant) as session:
        mark_done(session, found.id, by=USER, now=now)
    with unit(ground, tenant) as session:
        ask(session, task, now=now)
        assert session.query(PersonTask).count() == 2
