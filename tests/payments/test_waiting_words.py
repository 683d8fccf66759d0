"""What an entry that waits says of itself."""

from decimal import Decimal
from uuid import uuid4

import pytest

from app.connectors.base import FeeStyle
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.cancelling import cancel_each_other
from app.payments.waiting_words import waiting_words

PAYMENT, REFUND, FEE = WriteBackKind.PAYMENT, WriteBackKind.REFUND, WriteBackKind.FEE
WAITING, PARKED, DONE = WriteBackState.WAITING, WriteBackState.PARKED, WriteBackState.DONE
INVOICE = uuid4()


def row(kind: WriteBackKind, state: WriteBackState = WAITING, **more: object) -> WriteBack:
    values: dict[str, object] = {"amount": Decimal(10), **more}
    return WriteBack(id=uuid4(), kind=kind, state=state, **values)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (WAITING, "Waits until the payment is booked."),
        (WriteBackState.SENDING, "Waits until the payment is booked."),
        (PARKED, "Waits for the payment, which needs you"),
        (WriteBackState.UNDONE, "Waits for the payment, which was taken back"),
        (DONE, "On its way to the ledger"),
    ],
)
def test_a_refund_waits_for_its_payment(state: WriteBackState, words: str) -> None:
    refund = row(REFUND, refund_id=uuid4())
    assert words in (waiting_words(refund, [row(PAYMENT, state, invoice_id=INVOICE), refund]) or "")


def test_a_note_waits_for_the_payment_of_its_own_invoice_only() -> None:
    note = row(WriteBackKind.NOTE, invoice_id=INVOICE)
    other = row(PAYMENT, PARKED, invoice_id=uuid4())
    own = row(PAYMENT, DONE, invoice_id=INVOICE)
    assert (waiting_words(note, [other, own, note]) or "").startswith("On its way")


def test_what_came_back_waits_for_its_own_refund_only() -> None:
    refund_id = uuid4()
    returned = row(WriteBackKind.REFUND_RETURNED, refund_id=refund_id)
    other, own = row(REFUND, PARKED, refund_id=uuid4()), row(REFUND, DONE, refund_id=refund_id)
    assert (waiting_words(returned, [other, own, returned]) or "").startswith("On its way")
    own.state = WAITING
    assert waiting_words(returned, [other, own, returned]) == "Waits until the refund is booked."


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (FeeStyle.DEPOSIT, "Waits until the payment is booked."),
        (FeeStyle.EXPENSE, "On its way to the ledger"),
    ],
)
def test_a_fee_waits_for_the_payment_where_it_is_a_line_of_its_deposit(style: FeeStyle, words: str) -> None:
    fee = row(FEE)
    assert words in (waiting_words(fee, [row(PAYMENT, fee_style=style.value), fee]) or "")


@pytest.mark.parametrize("state", [DONE, PARKED, WriteBackState.UNDONE])
def test_what_does_not_wait_says_nothing(state: WriteBackState) -> None:
    assert waiting_words(row(PAYMENT, state), []) is None


def test_a_reason_of_its_own_is_enough() -> None:
    assert waiting_words(row(PAYMENT, WriteBackState.UNKNOWN, reason="No answer."), []) is None


def test_only_what_was_never_sent_and_comes_to_the_same_cancels_each_other() -> None:
    paid, back = row(PAYMENT, PARKED), row(REFUND)
    assert cancel_each_other([paid, back, row(FEE)]) == [paid, back]
    assert cancel_each_other([paid, back, row(REFUND)]) == []
    assert cancel_each_other([row(PAYMENT), back]) == []
    assert cancel_each_other([paid]) == []
    paid.external_id = "1"
    assert cancel_each_other([paid, back]) == []


def test_what_may_have_been_changed_waits_for_stripes_word_after_everything_else() -> None:
    refund, paid = row(REFUND, refund_id=uuid4()), row(PAYMENT, DONE, invoice_id=INVOICE)
    assert "until Stripe tells" in (waiting_words(refund, [paid, refund], waits_for_stripe=True) or "")
    unpaid = row(PAYMENT, invoice_id=INVOICE)
    assert "until the payment is booked" in (
        waiting_words(refund, [unpaid, refund], waits_for_stripe=True) or ""
    )
