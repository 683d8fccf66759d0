from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.models import LateFee, WriteBackKind
from app.payments.entries import (
    Entry,
    Moved,
    PaidCheckout,
    Part,
    entries,
    late_fee_entry,
    moved_entry,
    on_another_day,
    overpayment_entry,
    selection_marker,
)
from app.payments.entry_words import entry_words

LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def paid(*parts: Part, zone: str = "Europe/London") -> PaidCheckout:
    return PaidCheckout("pi_3QabcDEF", "GBP", LATE, datetime(2026, 11, 3, 9, tzinfo=UTC), zone, parts)


def part(number: str, amount: str = "10.00", nth: int = 1) -> Part:
    return Part(UUID(int=nth), number, Decimal(amount))


def of_kind(found: list[Entry], kind: WriteBackKind) -> list[str]:
    return [entry.marker for entry in found if entry.kind is kind]


def test_one_invoice_makes_a_payment_and_a_note() -> None:
    found = list(entries(paid(part("INV-0042", "120.00")), keeps_notes=True))
    assert of_kind(found, WriteBackKind.PAYMENT) == ["Stripe pi_3QabcDEF"]
    assert of_kind(found, WriteBackKind.NOTE) == [
        "Invoice INV-0042 paid by card through the pay link of 3 Nov 2026, Stripe pi_3QabcDEF, DueMate"
    ]
    assert {entry.amount for entry in found} == {Decimal("120.00")}


def test_a_ledger_without_notes_is_asked_for_none() -> None:
    found = list(entries(paid(part("1"), part("2", nth=2)), keeps_notes=False))
    assert [entry.kind for entry in found] == [WriteBackKind.PAYMENT] * 2


def test_the_day_is_that_of_the_business() -> None:
    assert next(entries(paid(part("1")), keeps_notes=True)).booked_on == date(2026, 11, 20)
    there = paid(part("1"), zone="Pacific/Auckland")
    assert next(entries(there, keeps_notes=True)).booked_on == date(2026, 11, 21)


def test_a_fee_names_its_payment() -> None:
    fee = moved_entry(WriteBackKind.FEE, Moved("pi_1", "EUR", Decimal("2.00"), LATE.date()))
    assert (fee.marker, fee.invoice_id, fee.currency) == ("Stripe fee pi_1", None, "EUR")


@given(
    some.lists(
        some.one_of(some.text(max_size=400), some.sampled_from(["", " ", "INV-1"])), min_size=1, max_size=9
    )
)
def test_marks_are_unique_and_fit_whatever_the_invoices_are_called(numbers: list[str]) -> None:
    parts = [part(number, nth=nth) for nth, number in enumerate(numbers)]
    found = list(entries(paid(*parts), keeps_notes=True))
    marks = [entry.marker for entry in found]
    assert len(marks) == len(set(marks)) == 2 * len(numbers)
    assert all(len(mark) <= 255 for mark in of_kind(found, WriteBackKind.PAYMENT))
    assert all(len(mark) <= 250 for mark in of_kind(found, WriteBackKind.NOTE))
    assert all("pi_3QabcDEF" in mark for mark in marks)
    assert all(" ".join(mark.split()) == mark for mark in marks)


MOVED = [
    kind
    for kind in WriteBackKind
    if kind
    not in (WriteBackKind.PAYMENT, WriteBackKind.NOTE, WriteBackKind.OVERPAYMENT, WriteBackKind.LATE_FEE)
]


def test_no_mark_of_money_that_moved_is_part_of_another_one() -> None:
    """A ledger is searched for entries whose reference contains the mark."""
    moved = Moved("id_1", "GBP", Decimal(1), LATE.date())
    marks = [moved_entry(kind, moved).marker for kind in MOVED]
    marks += [
        f"Stripe {paid(part('1')).payment}",
        overpayment_entry(paid(part("1")), part("1"), beyond=Decimal(1)).marker,
    ]
    assert not [(one, other) for one in marks for other in marks if one != other and one in other]


def test_an_entry_on_another_day_says_its_own_once() -> None:
    moved = on_another_day("Stripe fee pi_1", date(2026, 10, 31))
    assert moved == "Stripe fee pi_1 (of 2026-10-31)"
    assert on_another_day(moved, date(2026, 11, 1)) == moved


def test_a_charge_bears_the_late_invoices_number_and_a_mark_of_its_own() -> None:
    fees = [
        LateFee(id=UUID(int=number), currency="GBP", amount=Decimal(40), issued_on=date(2026, 11, 20))
        for number in (1, 11)
    ]
    one, other = (late_fee_entry(fee, number="INV-1\n") for fee in fees)
    assert one.marker == "Late fee INV-1 000000000001"
    assert one.marker not in other.marker
    assert (one.kind, one.amount, one.booked_on) == (
        WriteBackKind.LATE_FEE,
        Decimal(40),
        date(2026, 11, 20),
    )
    with pytest.raises(LookupError):
        late_fee_entry(LateFee(id=UUID(int=1)), number="INV-1")


def test_a_payment_for_several_invoices_names_them_all() -> None:
    whole = paid(part("INV-7"), part("INV-8", nth=2))
    told = entry_words(WriteBackKind.PAYMENT, whole, UUID(int=1), UUID(int=2))
    assert told.startswith("Invoices INV-7, INV-8 paid by card through the pay link of")
    assert selection_marker(whole) == f"Stripe {whole.payment}"


def test_every_entry_has_words() -> None:
    whole = paid(part("INV-7"))
    told = {
        kind: entry_words(kind, whole, UUID(int=1))
        for kind in WriteBackKind
        if kind not in (WriteBackKind.TRANSFER, WriteBackKind.LATE_FEE)
    }
    assert all("pi_3QabcDEF" in words for words in told.values())
    assert len(set(told.values())) == len(told) - 1  # a payment's memo is what its note says
    assert entry_words(WriteBackKind.TRANSFER, None) == "Payout of the Stripe balance to the bank"
