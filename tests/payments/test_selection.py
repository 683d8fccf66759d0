"""What a payer ticked and typed is either exactly what is paid, or asked for again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from app.payments.offer import Offer, Payable, Standing, least_part
from app.payments.selection import Complaint, Fault, read_amount, select
from tests.payments.test_offer import FRAME

ONE, TWO, EURO = uuid4(), uuid4(), uuid4()


def payable(invoice_id: UUID, amount: str, *, currency: str = "GBP", parts_from: int | None = 25) -> Payable:
    balance = Decimal(amount)
    least = least_part(balance, currency, parts_from)
    return Payable(invoice_id, "INV-1", date(2026, 11, 1), date(2026, 11, 15), currency, balance, least)


def offer(*payables: Payable, parts_from: int | None = 25) -> Offer:
    return replace(FRAME, standing=Standing.PAYABLE, payables=payables, parts_from=parts_from)


OPEN = offer(payable(ONE, "120.00"), payable(TWO, "80.50"), payable(EURO, "9.00", currency="EUR"))
BOTH = {ONE: Decimal("120.00"), TWO: Decimal("80.50")}


def test_ticked_invoices_are_paid_in_full_unless_an_amount_is_typed() -> None:
    assert select(OPEN, BOTH, {}).amounts == BOTH
    part = select(OPEN, BOTH, {ONE: "50", TWO: "80.50", EURO: "nonsense of an unticked one"})
    assert (part.complaint, part.currency) == (None, "GBP")
    assert part.amounts == {ONE: Decimal(50), TWO: Decimal("80.50")}
    assert part.parts == {ONE}


def test_nothing_ticked_asks_to_tick_something() -> None:
    assert select(OPEN, {}, {ONE: "50"}).complaint is Complaint.NOTHING_TICKED


@pytest.mark.parametrize(
    "shown",
    [
        {ONE: Decimal("119.99")},
        {ONE: Decimal("120.00"), uuid4(): Decimal(1)},
        {ONE: Decimal("120.00"), EURO: Decimal("9.00")},
    ],
)
def test_another_balance_a_stranger_or_two_currencies_pay_nothing(shown: dict[UUID, Decimal]) -> None:
    selection = select(OPEN, shown, {})
    assert selection.complaint is Complaint.CHANGED
    assert selection.amounts == {}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.UNREADABLE),
        ("-5", Fault.UNREADABLE),
        ("12,5", Fault.UNREADABLE),
        ("1e2", Fault.UNREADABLE),
        ("NaN", Fault.UNREADABLE),
        ("10.001", Fault.UNREADABLE),
        ("٣٠", Fault.UNREADABLE),
        ("120.01", Fault.TOO_MUCH),
        ("0", Fault.TOO_LITTLE),
        ("29.99", Fault.TOO_LITTLE),
    ],
)
def test_a_wrong_amount_is_asked_for_again_and_nothing_is_paid(typed: str, fault: Fault) -> None:
    selection = select(OPEN, BOTH, {ONE: typed})
    assert selection.complaint is Complaint.FAULTY
    assert selection.faults == {ONE: fault}
    assert selection.amounts == {}


def test_the_smallest_part_and_everything_may_be_paid() -> None:
    for typed in ("30", "30.00", " 30.5 ", "120", "120.00"):
        assert select(OPEN, BOTH, {ONE: typed}).complaint is None


def test_without_leave_no_part_is_taken() -> None:
    closed = offer(payable(ONE, "120.00", parts_from=None), parts_from=None)
    shown = {ONE: Decimal("120.00")}
    assert select(closed, shown, {ONE: "60"}).faults == {ONE: Fault.NO_PARTS}
    assert select(closed, shown, {ONE: "120.00"}).amounts == shown


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1,200.50", "GBP", "1200.50"),
        ("1,200", "JPY", "1200"),
        ("1,200", "KWD", "1200"),
        ("1.200", "KWD", "1.200"),
        ("1.200", "GBP", None),
        ("1200.5", "JPY", None),
        ("1.0001", "KWD", None),
        ("12,00", "GBP", None),
        ("£12", "GBP", None),
        ("9999999999999", "GBP", None),
    ],
)
def test_an_amount_means_one_thing_in_its_currency(typed: str, currency: str, amount: str | None) -> None:
    assert read_amount(typed, currency) == (None if amount is None else Decimal(amount))
