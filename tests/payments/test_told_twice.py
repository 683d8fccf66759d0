"""A fact that is told again takes no question back, and asks none again."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

from sqlalchemy.orm import Session

from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.remedies import settle_by_hand
from app.payments.write_back_rows import want_undone

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Only what is sent to the ledger needs one.
_NO_SESSION = cast(Session, None)


def failed(row: WriteBack) -> None:
    """Stripe says (again) that the refund failed."""
    want_undone(_NO_SESSION, row, reason="The refund failed.", asked_by=None, now=_NOW)


def test_the_question_about_what_was_booked_by_hand_stays_and_is_answered_once() -> None:
    row = WriteBack(
        kind=WriteBackKind.SURCHARGE_RETURNED, state=WriteBackState.DONE, amount=Decimal(1), currency="GBP"
    )
    for _ in range(3):
        failed(row)
        assert row.state is WriteBackState.PARKED
        assert "you had booked it yourself" in (row.reason or "")
    settle_by_hand(row, now=_NOW)
    failed(row)
    assert row.state is WriteBackState.DONE


def test_what_was_never_sent_is_undone_at_once() -> None:
    row = WriteBack(kind=WriteBackKind.SURCHARGE_RETURNED, state=WriteBackState.PARKED, amount=Decimal(1))
    failed(row)
    failed(row)
    assert row.state is WriteBackState.UNDONE
