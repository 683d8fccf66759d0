"""A payment's entries in the ledger as few lines."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from app.models import WriteBackKind, WriteBackState
from app.payments.queries_entries import EntryRow
from app.web.money.entries import EntryLine, entry_lines
from tests.web.conftest import House


def entry(
    kind: WriteBackKind, state: WriteBackState, *, reason: str | None = None, day: int = 20
) -> EntryRow:
    return EntryRow(
        id=uuid4(),
        payment_id=uuid4(),
        kind=kind.value,
        invoice_id=None,
        invoice_number=None if kind is WriteBackKind.FEE else "INV-7",
        amount=Decimal(10),
        currency="GBP",
        booked_on=date(2026, 11, day),
        state=state.value,
        reason=reason,
        reference="Stripe pi_1",
    )


def test_what_is_booked_is_summed_up_by_kind() -> None:
    done = WriteBackState.DONE
    entries = [entry(kind, done) for kind in (WriteBackKind.PAYMENT, WriteBackKind.NOTE) for _ in range(5)]
    assert entry_lines([*entries, entry(WriteBackKind.FEE, done)]) == [
        EntryLine(done, "5 payments", date(2026, 11, 20), None),
        EntryLine(done, "1 card fee", None, None),
        EntryLine(done, "5 notes", None, None),
    ]


def test_what_is_not_booked_stands_alone_with_its_reason() -> None:
    entries = [
        entry(WriteBackKind.PAYMENT, WriteBackState.DONE),
        entry(WriteBackKind.PAYMENT, WriteBackState.PARKED, reason="The period is closed."),
        entry(WriteBackKind.FEE, WriteBackState.UNKNOWN),
    ]
    assert entry_lines(entries)[1:] == [
        EntryLine(WriteBackState.PARKED, "Payment for INV-7", None, "The period is closed."),
        EntryLine(WriteBackState.UNKNOWN, "Card fee", None, None),
    ]


def test_what_was_booked_by_hand_says_so() -> None:
    by_hand = entry(WriteBackKind.PAYMENT, WriteBackState.DONE, reason="Booked by hand.")
    assert entry_lines([by_hand])[0].reason == "Booked by hand."


def test_the_page_sums_what_came_in_and_tells_the_fee(house: House) -> None:
    page = house.owner.page("/money")
    assert "Paid by card, GBP £1,077.50" in page.text
    assert "£7.40" in page.text
    assert "2 payments" in page.text


def test_a_company_without_payments_is_told_how_they_come(house: House) -> None:
    assert "No payment yet" in house.stranger.page("/money").text
