"""The sample shows what would be booked, and adds up to nothing left on the clearing account."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.connectors.base import FeeStyle
from app.models import WriteBackKind
from app.payments.sample import SampleAccounts, SampleEntry, sample, sample_entries
from tests.payments.business import Business

LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
ALL = SampleAccounts("Stripe GBP", "Bank Fees", "Refunds", "Current Account", FeeStyle.EXPENSE)


def shown(accounts: SampleAccounts = ALL, currency: str = "GBP", zone: str = "UTC") -> list[SampleEntry]:
    return list(sample(accounts, currency=currency, now=LATE, zone=zone, keeps_notes=True))


@pytest.mark.parametrize("style", list(FeeStyle))
@pytest.mark.parametrize("currency", ["GBP", "JPY", "KWD"])
@pytest.mark.parametrize("refund", [None, "Refunds"])
def test_what_comes_to_the_clearing_account_leaves_it_with_the_payout(
    style: FeeStyle, currency: str, refund: str | None
) -> None:
    made = shown(SampleAccounts("Stripe", "Fees", refund, "Bank", style), currency)
    rest = Decimal(0)
    for entry in made:
        rest += entry.amount * ((entry.to_account == "Stripe") - (entry.from_account == "Stripe"))
    assert rest == 0
    assert made[-1].to_account == "Bank"


def test_the_entries_are_those_of_a_real_payment() -> None:
    payment, fee, refund, payout = shown()
    assert (payment.kind, payment.from_account, payment.to_account) == (
        WriteBackKind.PAYMENT,
        "Customer",
        "Stripe GBP",
    )
    assert (payment.reference, payment.invoice_number) == ("Stripe pi_sample", "INV-SAMPLE")
    assert (fee.reference, fee.to_account, fee.amount) == (
        "Stripe fee pi_sample",
        "Bank Fees",
        Decimal("1.70"),
    )
    assert (refund.reference, refund.to_account) == ("Stripe refund re_sample", "Refunds")
    assert (payout.reference, payout.amount) == ("Stripe payout po_sample", Decimal("88.30"))


def test_days_are_those_of_the_business() -> None:
    assert [entry.booked_on.day for entry in shown()] == [30, 30, 30, 2]
    assert shown(zone="Pacific/Auckland")[0].booked_on == date(2026, 12, 1)


def test_what_has_no_account_yet_is_left_out() -> None:
    made = shown(SampleAccounts("Stripe GBP", "Bank Fees", None, None, FeeStyle.EXPENSE))
    assert [entry.kind for entry in made] == [WriteBackKind.PAYMENT, WriteBackKind.FEE]


def test_the_sample_names_the_accounts_of_the_business(business: Business) -> None:
    now = business.ground.clock.now()
    with business.unit() as session:
        made = sample_entries(session, currency="GBP", now=now)
        assert sample_entries(session, currency="SEK", now=now) == []
    assert made[0].to_account == "Stripe GBP"
    assert made[1].to_account == "Bank Fees"
    assert made[-1].to_account == "Business Current Account"
