from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from app.connectors.base import InvoiceRecord
from app.models import InvoiceState
from app.payments.offer import Offer, Standing, least_part, offer_from
from tests.payments.test_obstacles import RECORD

ONE, TWO = uuid4(), uuid4()
FRAME = Offer(
    standing=Standing.REVOKED,
    business_name="Harbour Lane Joinery",
    reply_to=None,
    currency="GBP",
    today=date(2026, 11, 20),
    read_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
)
PAID = replace(RECORD, state=InvoiceState.PAID, amount_due=Decimal(0))
VOIDED = replace(RECORD, state=InvoiceState.VOIDED)


def offer(
    fresh: dict[UUID, InvoiceRecord],
    on_its_way: dict[UUID, Decimal] | None = None,
    *,
    takes_cards: bool = True,
    named: frozenset[UUID] = frozenset({ONE}),
) -> Offer:
    return offer_from(FRAME, fresh, on_its_way or {}, takes_cards=takes_cards, customer="c-1", named=named)


def test_open_invoices_are_offered_oldest_first_at_their_live_balance() -> None:
    later = replace(RECORD, number="INV-0001", due_on=date(2026, 12, 1), amount_due=Decimal("0.50"))
    shown = offer({TWO: later, ONE: RECORD})
    assert shown.standing is Standing.PAYABLE
    assert [payable.number for payable in shown.payables] == ["INV-0042", "INV-0001"]
    assert shown.total("GBP") == Decimal("120.50")


def test_what_is_on_its_way_is_not_offered_again() -> None:
    shown = offer({ONE: RECORD, TWO: RECORD}, {ONE: Decimal(120)})
    assert [payable.invoice_id for payable in shown.payables] == [TWO]
    assert shown.on_its_way == {"GBP": Decimal(120)}
    assert offer({ONE: RECORD}, {ONE: Decimal(60)}).standing is Standing.PROCESSING


@pytest.mark.parametrize(
    "stranger",
    [
        replace(RECORD, customer_external_id="somebody-else"),
        replace(RECORD, state=InvoiceState.DRAFT),
        replace(RECORD, amount_due=Decimal(0)),
    ],
)
def test_what_is_not_theirs_or_not_owed_is_not_shown(stranger: InvoiceRecord) -> None:
    assert offer({ONE: stranger}).payables == ()


def test_what_is_open_in_other_currencies_comes_after_the_links_own() -> None:
    euros = replace(RECORD, currency="EUR", amount_due=Decimal(9), due_on=date(2026, 1, 1))
    shown = offer({ONE: RECORD, TWO: euros})
    assert shown.currencies == ("GBP", "EUR")
    assert (shown.total("GBP"), shown.total("EUR")) == (Decimal(120), Decimal(9))
    assert offer({TWO: euros}).currencies == ("EUR",)


@pytest.mark.parametrize(
    ("balance", "currency", "parts_from", "least"),
    [
        ("120.00", "GBP", None, "120.00"),
        ("120.00", "GBP", 10, "12.00"),
        ("0.05", "GBP", 10, "0.01"),
        ("1005", "JPY", 10, "101"),
        ("1", "JPY", 50, "1"),
        ("12.345", "KWD", 10, "1.235"),
        ("0.001", "KWD", 1, "0.001"),
    ],
)
def test_the_smallest_part_has_the_currencys_digits(
    balance: str, currency: str, parts_from: int | None, least: str
) -> None:
    assert least_part(Decimal(balance), currency, parts_from) == Decimal(least)


@pytest.mark.parametrize(
    ("fresh", "standing"),
    [
        ({ONE: PAID}, Standing.PAID),
        ({ONE: VOIDED}, Standing.WITHDRAWN),
        ({ONE: VOIDED, TWO: PAID}, Standing.WITHDRAWN),
        ({}, Standing.WITHDRAWN),
    ],
)
def test_the_page_speaks_of_the_invoices_the_reminder_named(
    fresh: dict[UUID, InvoiceRecord], standing: Standing
) -> None:
    assert offer(fresh).standing is standing


def test_a_customer_who_owes_nothing_has_paid() -> None:
    assert offer({}, named=frozenset()).standing is Standing.PAID


def test_without_a_card_account_the_invoices_are_shown_all_the_same() -> None:
    shown = offer({ONE: RECORD}, takes_cards=False)
    assert (shown.standing, len(shown.payables)) == (Standing.NO_CARDS, 1)
