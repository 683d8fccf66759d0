"""Money that is applied to nothing holds what it covers."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.ground import Ground
from app.models import (
    CreditNote,
    HoldKind,
    InvoiceState,
    LedgerPayment,
)
from app.reminders.holds_of_money import Money, stops_of_group
from app.reminders.holds_probably_paid import Owed, Unapplied, probably_paid
from app.reminders.holds_unapplied import remind_anyway
from tests.reminders.holding import TODAY, USER, asked, look_again, stops, unit
from tests.reminders.tables import add_customer, add_invoice, change
from tests.reminders.values import number


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
