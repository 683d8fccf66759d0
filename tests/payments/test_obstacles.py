from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from app.connectors.base import AccountRef, FeeStyle, InvoiceRecord
from app.models import ClosedPeriod, InvoiceState, WriteBackKind
from app.payments.book_into import BookInto
from app.payments.ledger_entries import idempotency_key
from app.payments.obstacles import (
    accounts_obstacle,
    balance_obstacle,
    beyond_balance,
    deposit_obstacle,
    first_open_day,
    period_obstacle,
)
from app.payments.work import Work

ACCOUNTS = BookInto(
    clearing="acc-1",
    other=AccountRef("acc-9", "404"),
    names="Stripe GBP and Bank Fees",
    is_active=True,
    is_on=True,
)
WORK = Work(
    row_id=uuid4(),
    kind=WriteBackKind.PAYMENT,
    currency="GBP",
    amount=Decimal("120.0000"),
    booked_on=date(2026, 11, 20),
    marker="Stripe pi_1",
    memo="Invoice INV-0042 paid by card",
    attempts=1,
    key_used_at=None,
    payment="pi_1",
    payment_currency="GBP",
    style=FeeStyle.EXPENSE,
    gathers=(),
    invoice_id=uuid4(),
    invoice="inv-1",
    number="INV-0042",
    customer="c-1",
    ledger="Xero",
    closed_until=None,
    today=date(2026, 11, 21),
    accounts=ACCOUNTS,
)
RECORD = InvoiceRecord(
    external_id="inv-1",
    number="INV-0042",
    reference="",
    customer_external_id="c-1",
    customer_name="Ada",
    state=InvoiceState.OPEN,
    currency="GBP",
    total=Decimal(120),
    amount_due=Decimal(120),
    amount_paid=Decimal(0),
    amount_credited=Decimal(0),
    issued_on=date(2026, 11, 1),
    due_on=date(2026, 11, 15),
    settled_on=None,
    changed_at=datetime(2026, 11, 1, tzinfo=UTC),
)


def test_an_invoice_that_owes_the_amount_is_no_obstacle() -> None:
    assert balance_obstacle(WORK, RECORD) is None


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, "voided or deleted in Xero, but the customer has paid GBP 120.00"),
        (replace(RECORD, state=InvoiceState.VOIDED), "voided or deleted"),
        (replace(RECORD, state=InvoiceState.DELETED), "voided or deleted"),
        (replace(RECORD, state=InvoiceState.DRAFT), "is a draft in Xero. Approve it, then press Try again"),
        (replace(RECORD, currency="EUR"), "is now in EUR"),
        (
            replace(RECORD, amount_due=Decimal("119.99")),
            "has only GBP 119.99 left to pay in Xero, but the customer paid GBP 120.00 by card",
        ),
        (replace(RECORD, state=InvoiceState.PAID, amount_due=Decimal(0)), "has only GBP 0.00 left"),
    ],
)
def test_an_invoice_that_cannot_take_the_payment_is_told_in_words(
    record: InvoiceRecord | None, words: str
) -> None:
    told = balance_obstacle(WORK, record)
    assert told is not None
    assert "INV-0042" in told
    assert words in told


def test_accounts_that_are_missing_or_archived_are_asked_for() -> None:
    assert accounts_obstacle(WORK) is None
    assert "Tell us which account" in (accounts_obstacle(replace(WORK, accounts=None)) or "")
    archived = replace(WORK, accounts=replace(ACCOUNTS, is_active=False))
    assert "Stripe GBP and Bank Fees is archived in Xero" in (accounts_obstacle(archived) or "")


@pytest.mark.parametrize(
    ("closed_until", "is_open"), [(None, True), (date(2026, 11, 19), True), (date(2026, 11, 20), False)]
)
def test_a_closed_period_is_named_with_both_days(closed_until: date | None, is_open: bool) -> None:
    told = period_obstacle(replace(WORK, closed_until=closed_until))
    assert (told is None) is is_open
    assert told is None or "closed up to 20 Nov 2026 in Xero, and this was paid on 20 Nov 2026" in told


FEE = replace(WORK, kind=WriteBackKind.FEE, amount=Decimal("2.00"), style=FeeStyle.DEPOSIT, gathers=("p-1",))


def test_a_deposit_of_a_payment_in_its_own_currency_is_no_obstacle() -> None:
    assert deposit_obstacle(FEE) is None
    assert deposit_obstacle(replace(FEE, style=FeeStyle.EXPENSE, gathers=(), currency="USD")) is None


@pytest.mark.parametrize(
    ("fee", "words"),
    [
        (replace(FEE, currency="USD"), "its fee of USD 2.00 in another currency than the payment"),
        (replace(FEE, gathers=()), "Enter the fee of GBP 2.00 in Xero too"),
    ],
)
def test_what_cannot_be_one_deposit_is_handed_to_the_bookkeeper(fee: Work, words: str) -> None:
    assert words in (deposit_obstacle(fee) or "")


def test_only_a_deposit_needs_a_fee_of_zero() -> None:
    assert not replace(FEE, amount=Decimal(0)).is_nothing
    assert replace(FEE, amount=Decimal(0), style=FeeStyle.EXPENSE).is_nothing


def test_the_key_changes_with_the_attempt_and_the_body_and_with_nothing_else() -> None:
    key = idempotency_key(WORK)
    assert key == idempotency_key(replace(WORK, key_used_at=datetime(2026, 11, 20, tzinfo=UTC)))
    others = [
        replace(WORK, attempts=2),
        replace(WORK, amount=Decimal(1)),
        replace(WORK, row_id=uuid4()),
        replace(WORK, accounts=replace(ACCOUNTS, clearing="acc-2")),
        replace(WORK, style=FeeStyle.DEPOSIT),
        replace(WORK, gathers=("p-1",)),
    ]
    assert len({key, *map(idempotency_key, others)}) == 1 + len(others)
    assert len(key) <= 128


@pytest.mark.parametrize(
    ("record", "beyond"),
    [
        (None, 120),
        (replace(RECORD, state=InvoiceState.VOIDED), 120),
        (replace(RECORD, state=InvoiceState.DRAFT, amount_due=Decimal(0)), 0),
        (replace(RECORD, currency="EUR", amount_due=Decimal(0)), 0),
        (replace(RECORD, amount_due=Decimal(100)), 20),
        (replace(RECORD, amount_due=Decimal(-5)), 120),
        (RECORD, 0),
    ],
)
def test_only_what_an_invoice_cannot_take_may_become_credit(
    record: InvoiceRecord | None, beyond: int
) -> None:
    assert beyond_balance(WORK, record) == beyond


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (WriteBackKind.TRANSFER, "which bank account your payouts in GBP arrive in"),
        (WriteBackKind.REFUND, "which account money that you give back in GBP is booked against"),
    ],
)
def test_an_account_that_nobody_has_chosen_is_asked_for(kind: WriteBackKind, words: str) -> None:
    work = replace(WORK, kind=kind, accounts=replace(ACCOUNTS, other=None))
    assert words in (accounts_obstacle(work) or "")


def test_nothing_is_booked_before_somebody_says_so() -> None:
    told = accounts_obstacle(replace(WORK, accounts=replace(ACCOUNTS, is_on=False)))
    assert "switch booking on in Settings" in (told or "")


CLOSED = replace(WORK, closed_until=date(2026, 11, 20))
TO_OPEN_DAY = replace(ACCOUNTS, closed_period=ClosedPeriod.FIRST_OPEN_DAY)


@pytest.mark.parametrize(
    ("work", "day"),
    [
        (replace(CLOSED, accounts=TO_OPEN_DAY), date(2026, 11, 21)),
        (CLOSED, None),
        (replace(CLOSED, accounts=None), None),
        (replace(CLOSED, accounts=TO_OPEN_DAY, today=date(2026, 11, 20)), None),
        (replace(CLOSED, accounts=TO_OPEN_DAY, booked_on=date(2026, 11, 21)), None),
        (replace(WORK, accounts=TO_OPEN_DAY), None),
    ],
)
def test_the_first_open_day_is_taken_if_it_is_wanted_and_has_come(work: Work, day: date | None) -> None:
    assert first_open_day(work) == day
