"""What Stripe moved against what stands in the ledger: equal, or told why not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import MovementKind, WriteBackKind, WriteBackState
from app.payments.reconciliation import summed_up
from app.payments.reconciliation_lines import Booked, Cause, Line, Settled, Standing, lines, signed

DAY = date(2026, 11, 20)
AMOUNTS = st.decimals(min_value="-9999", max_value="9999", places=2)


def booked(
    kind: WriteBackKind = WriteBackKind.PAYMENT,
    amount: str = "100.00",
    state: WriteBackState = WriteBackState.DONE,
) -> Booked:
    return Booked(UUID(int=1), kind, Decimal(amount), state, None, DAY)


def cause(*movements: str, entries: tuple[Booked, ...] = (), **more: object) -> Cause:
    facts = {"source": "pi_1", "kind": MovementKind.PAYMENT, "day": DAY, "payment_id": None, "payout": None}
    return Cause(
        **(facts | {"is_ours": True} | more),  # type: ignore[arg-type]
        movements=tuple(Decimal(amount) for amount in movements),
        entries=entries,
    )


def one(*movements: str, entries: tuple[Booked, ...] = (), **more: object) -> Line:
    (line,) = lines([cause(*movements, entries=entries, **more)])
    return line


FEE = booked(WriteBackKind.FEE, "1.70")


def test_a_payment_with_its_fee_agrees() -> None:
    line = one("98.30", entries=(booked(), FEE, booked(WriteBackKind.NOTE)))
    assert (line.stripe, line.ours, line.ledger) == (Decimal("98.30"),) * 3
    assert line.agrees


def test_what_came_back_after_it_was_booked_agrees_with_both() -> None:
    returned = (booked(WriteBackKind.REFUND, "10"), booked(WriteBackKind.REFUND_RETURNED, "10"))
    assert one("-10", "10", entries=returned, kind=MovementKind.REFUND).agrees


def test_what_the_ledger_did_not_let_us_take_back_stands_there_and_waits() -> None:
    kept = replace(booked(WriteBackKind.FEE, "1.70", WriteBackState.PARKED), could_not_be_undone=True)
    line = one("98.30", entries=(booked(), kept))
    assert (line.standing, line.ledger, line.difference) == (Standing.WAITS, Decimal("98.30"), Decimal(0))
    assert one("98.30", entries=(booked(), replace(kept, could_not_be_undone=False))).difference == Decimal(
        "-1.70"
    )


def test_a_payout_that_failed_and_was_taken_back_agrees() -> None:
    undone = booked(WriteBackKind.TRANSFER, "50", WriteBackState.UNDONE)
    assert one("-50", "50", entries=(undone,), kind=MovementKind.PAYOUT).agrees


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (WriteBackState.PARKED, Standing.WAITS),
        (WriteBackState.UNDONE, Standing.UNDONE),
        (WriteBackState.WAITING, Standing.UNDER_WAY),
        (WriteBackState.SENDING, Standing.UNDER_WAY),
        (WriteBackState.UNKNOWN, Standing.UNDER_WAY),
        (WriteBackState.UNDOING, Standing.UNDER_WAY),
    ],
)
def test_an_entry_that_is_not_booked_says_what_it_waits_for(
    state: WriteBackState, standing: Standing
) -> None:
    assert one("98.30", entries=(booked(state=state), FEE)).standing is standing


def test_what_is_to_be_mended_comes_before_what_only_needs_time() -> None:
    entries = (booked(state=WriteBackState.PARKED), booked(WriteBackKind.FEE, "1.70", WriteBackState.WAITING))
    assert one("98.30", entries=entries).standing is Standing.WAITS


@pytest.mark.parametrize(
    ("line", "standing"),
    [
        (one("98.30", entries=(booked(),), is_fee_known=False), Standing.FEE_UNKNOWN),
        (one("98.30", entries=(booked(),)), Standing.DIFFERS),
        (one("98.30"), Standing.NOT_RECORDED),
        (one("98.30", is_ours=False), Standing.NOT_OURS),
        (one(entries=(booked(),), kind=None), Standing.NOT_TOLD),
        (one("-50", kind=MovementKind.PAYOUT, arrives_on=DAY), Standing.PAYOUT_UNDER_WAY),
        (one("112", entries=(booked(WriteBackKind.FEE, "3"),), other_currency="GBP"), Standing.CONVERTED),
    ],
)
def test_what_is_not_booked_says_why(line: Line, standing: Standing) -> None:
    assert line.standing is standing
    assert line.difference == line.stripe - line.ledger


@pytest.mark.parametrize(
    ("seen", "standing"),
    [("50.00", Standing.SETTLED), ("49.99", Standing.NOT_OURS), (None, Standing.NOT_OURS)],
)
def test_only_the_difference_that_was_seen_is_settled(seen: str | None, standing: Standing) -> None:
    settled = Settled(Decimal(seen), UUID(int=2), datetime(2026, 11, 20, tzinfo=UTC)) if seen else None
    line = one("50.00", is_ours=False, settled=settled)
    assert line.standing is standing
    assert line.agrees == (standing is Standing.SETTLED)


def test_what_waits_for_an_entry_of_ours_is_not_settled_by_a_word() -> None:
    parked = booked(state=WriteBackState.PARKED)
    settled = Settled(Decimal("98.30"), UUID(int=2), datetime(2026, 11, 20, tzinfo=UTC))
    line = one("98.30", entries=(parked,), settled=settled)
    assert line.standing is Standing.WAITS
    assert not line.can_be_settled


def test_what_the_ledger_has_on_later_days_is_told_apart() -> None:
    later = replace(booked(WriteBackKind.TRANSFER, "50"), booked_on=DAY + timedelta(days=2))
    line = one("-50", entries=(later,), kind=MovementKind.PAYOUT)
    assert line.agrees
    assert (line.in_ledger_by(DAY), line.days_after(DAY)) == (Decimal(0), [DAY + timedelta(days=2)])
    found = summed_up([line], first=DAY, last=DAY, currency="GBP")
    assert (found.total.ledger, found.total.later) == (Decimal(-50), Decimal(-50))


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=12))
def test_differences_come_first_and_nothing_is_lost(pairs: list[tuple[Decimal, Decimal]]) -> None:
    found = lines(
        cause(
            str(stripe), entries=(booked(amount=str(ledger)),), source=f"pi_{place}", payout=f"po_{place % 3}"
        )
        for place, (stripe, ledger) in enumerate(pairs)
    )
    assert [line.agrees for line in found] == sorted(line.agrees for line in found)
    total = summed_up(found, first=DAY, last=DAY, currency="GBP")
    assert total.total.stripe == sum((stripe for stripe, _ in pairs), Decimal(0))
    assert total.total.ledger == sum((ledger for _, ledger in pairs), Decimal(0))
    assert total.total.differences == sum(stripe != ledger for stripe, ledger in pairs)
    for parts in (total.by_day.values(), total.by_payout.values()):
        assert sum((part.stripe for part in parts), Decimal(0)) == total.total.stripe
        assert sum(part.differences for part in parts) == total.total.differences


@given(st.sampled_from(WriteBackKind), st.sampled_from(WriteBackState), AMOUNTS)
def test_a_line_agrees_only_if_all_three_sides_are_equal(
    kind: WriteBackKind, state: WriteBackState, moved: Decimal
) -> None:
    line = one(str(moved), entries=(booked(kind, "25.00", state),))
    if line.agrees:
        assert line.stripe == line.ours == line.ledger
    if state is WriteBackState.DONE and moved == signed(kind, Decimal(25)):
        assert line.agrees
