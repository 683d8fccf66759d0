"""Promises to pay: until when they hold, and when they are kept or broken."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import (
    HoldKind,
    HoldSource,
    Promise,
    PromiseState,
)
from app.reminders.promises import Word, load_broken_promises, load_what_promises_leave, promise
from tests.reminders.holding import TODAY, asked, look_again, pay, stops, unit
from tests.reminders.tables import add_customer, add_invoice, change


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


def test_a_broken_promise_of_a_part_is_forgiven_once_that_part_has_come(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    promised(ground, tenant, invoice, TODAY + timedelta(5), amount=Decimal("40.00"))
    look_again(ground, tenant, TODAY + timedelta(6))
    assert len(asked(ground, tenant)) == 1
    pay(ground, tenant, invoice, left="60.01")
    look_again(ground, tenant, TODAY + timedelta(6))
    with unit(ground, tenant) as session:
        assert list(load_broken_promises(session)) == [invoice]
    pay(ground, tenant, invoice, left="60.00")
    look_again(ground, tenant, TODAY + timedelta(7))
    assert asked(ground, tenant) == []
    with unit(ground, tenant) as session:
        assert load_broken_promises(session) == {}
        assert load_what_promises_leave(session, [invoice]) == {invoice: Decimal("60.00")}


def revalue(ground: Ground, tenant: UUID, invoice: UUID, total: str, *, left: str) -> None:
    """The business changes the invoice in the ledger."""
    statement = "UPDATE invoice SET total = :total, amount_due = :left WHERE id = :id"
    change(ground, tenant, statement, total=Decimal(total), left=Decimal(left), id=invoice)


@pytest.mark.parametrize(
    ("promise_of", "total", "left", "turns_out"),
    [
        (None, "130.00", "30.00", PromiseState.KEPT),
        (None, "130.00", "30.01", PromiseState.BROKEN),
        ("40.00", "130.00", "90.00", PromiseState.KEPT),
        ("40.00", "130.00", "130.00", PromiseState.BROKEN),
        (None, "60.00", "0.01", PromiseState.BROKEN),
        ("40.00", "60.00", "60.00", PromiseState.KEPT),
    ],
)
def test_what_the_invoice_is_raised_by_afterwards_was_not_promised(
    ground: Ground, tenant: UUID, promise_of: str | None, total: str, left: str, turns_out: PromiseState
) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    amount = Decimal(promise_of) if promise_of else None
    promised(ground, tenant, invoice, TODAY + timedelta(5), amount=amount)
    revalue(ground, tenant, invoice, total, left=left)
    look_again(ground, tenant, TODAY + timedelta(6))
    assert promise_states(ground, tenant) == [turns_out]
    assert bool(asked(ground, tenant)) == (turns_out is PromiseState.BROKEN)


def test_a_broken_promise_is_forgiven_by_what_was_promised_also_of_an_invoice_that_was_raised(
    ground: Ground, tenant: UUID
) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    promised(ground, tenant, invoice, TODAY + timedelta(5))
    revalue(ground, tenant, invoice, "130.00", left="130.00")
    look_again(ground, tenant, TODAY + timedelta(6))
    with unit(ground, tenant) as session:
        assert list(load_broken_promises(session)) == [invoice]
    revalue(ground, tenant, invoice, "130.00", left="30.00")
    with unit(ground, tenant) as session:
        assert load_broken_promises(session) == {}
        assert load_what_promises_leave(session, [invoice]) == {invoice: Decimal("30.00")}


def test_a_promise_from_before_totals_were_kept_is_judged_by_what_is_open(
    ground: Ground, tenant: UUID
) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    promised(ground, tenant, invoice, TODAY + timedelta(5))
    change(ground, tenant, "UPDATE promise SET total = NULL")
    revalue(ground, tenant, invoice, "130.00", left="30.00")
    look_again(ground, tenant, TODAY + timedelta(6))
    assert promise_states(ground, tenant) == [PromiseState.BROKEN]


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
    for amount in ("0", "0.000001", "100.01"):
        with pytest.raises(Rejected, match="at most what is open"):
            promised(ground, tenant, invoice, TODAY, amount=Decimal(amount))


# Disputes.
