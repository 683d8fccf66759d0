"""A worker is killed, or stalls and is overtaken, at each call to a vendor: still one payment, one fee, one note.

The vendor keeps working after the worker is gone: the request that was under way when the worker was killed is
carried out by the sandbox afterwards, which is the case that books things twice in careless programs.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.connectors.base import FeeStyle
from app.kit.ground import Ground
from app.models import WriteBackKind, WriteBackState
from tests.payments import test_fee_styles
from tests.payments.books_flow import again, book_again, entry, take_back
from tests.payments.business import Business, settled, work_through
from tests.payments.money_flow import give_back, paid
from tests.payments.test_writeback import booked_exactly_once
from tests.sandbox.client import wait_until
from tests.support.tasks import let_leases_run_out

ROOT = Path(__file__).resolve().parents[2]
API = "/xero/api.xro/2.0"
STALL_SECONDS = 1.5

POINTS = {
    "while the payment is read at Stripe": ("stripe", "GET /stripe/v1/payment_intents"),
    "while the ledger is looked at": ("xero", f"GET {API}/Payments"),
    "while the balance is read": ("xero", f"GET {API}/Invoices"),
    "while the payment is entered": ("xero", f"PUT {API}/Payments"),
    "while the fee is entered": ("xero", f"PUT {API}/BankTransactions"),
    "while the note is entered": ("xero", f"PUT {API}/Invoices"),
}


@contextmanager
def worker(business: Business) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process on the same database, sandbox and clock."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.payments.worker"],
        cwd=ROOT,
        env={**os.environ, **as_environment(business.ground), "CLOCK_FILE": str(business.sandbox.clock_file)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def as_environment(ground: Ground) -> dict[str, str]:
    def plain(value: Any) -> str:
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    return {name.upper(): plain(value) for name, value in ground.settings if value is not None}


def reached(business: Business, fault: str) -> None:
    """Wait until the worker's call is held up at the vendor."""
    wait_until(lambda: fault not in str(business.sandbox.get("/control/faults").json()), within_seconds=60)


@pytest.mark.parametrize("point", POINTS)
def test_killed(business: Business, point: str) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    vendor, call = POINTS[point]
    fault = business.sandbox.fault(vendor, "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(business) as doomed:
        reached(business, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(business.ground)
    work_through(business)
    booked_exactly_once(business, number)


@pytest.mark.parametrize(
    ("style", "entered"),
    [
        (FeeStyle.EXPENSE, "payment"),
        (FeeStyle.EXPENSE, "purchase"),
        (FeeStyle.DEPOSIT, "payment"),
        (FeeStyle.DEPOSIT, "deposit"),
    ],
)
def test_killed_while_entering_in_quickbooks(american: Business, style: FeeStyle, entered: str) -> None:
    american.choose_accounts("USD", fee_style=style)
    numbers = [invoice.number for invoice in settled(american)]
    fault = american.sandbox.fault("quickbooks", "latency", match=f"/{entered}", times=1, value=STALL_SECONDS)
    with worker(american) as doomed:
        reached(american, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(american.ground)
    work_through(american)
    test_fee_styles.booked_exactly_once(american, style, numbers)


@pytest.mark.parametrize("point", ["while the payment is entered", "while the fee is entered"])
def test_stalled_and_overtaken(business: Business, point: str) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    vendor, call = POINTS[point]
    fault = business.sandbox.fault(vendor, "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(business) as stalled:
        reached(business, fault)
        let_leases_run_out(business.ground)
        business.work()
        assert stalled.wait(60) == 0
    work_through(business)
    booked_exactly_once(business, number)


@pytest.mark.parametrize("style", list(FeeStyle))
@pytest.mark.parametrize("read_or_entered", ["invoice", "payment"])
def test_stalled_and_overtaken_in_quickbooks(
    american: Business, style: FeeStyle, read_or_entered: str
) -> None:
    """Who was overtaken finds nothing left to pay: that is no refusal, and the style stays fixed."""
    american.choose_accounts("USD", fee_style=style)
    numbers = [invoice.number for invoice in settled(american)]
    stall = f"/{read_or_entered}"
    fault = american.sandbox.fault("quickbooks", "latency", match=stall, times=1, value=STALL_SECONDS)
    with worker(american) as stalled:
        reached(american, fault)
        let_leases_run_out(american.ground)
        american.work()
        assert stalled.wait(60) == 0
    work_through(american)
    test_fee_styles.booked_exactly_once(american, style, numbers)


def test_who_wakes_up_right_before_the_entry_when_it_was_entered_long_ago_enters_nothing(
    american: Business,
) -> None:
    """The sleeper's key was never used, so that the ledger would take its entry for another one."""
    payment = paid(american)
    give_back(american, payment, "1.50")
    fault = american.sandbox.fault("quickbooks", "latency", match="/batch", times=1, value=STALL_SECONDS)
    with worker(american) as asleep:
        reached(american, fault)
        american.sandbox.advance(seconds=900)
        let_leases_run_out(american.ground)
        american.work()
        assert asleep.wait(60) == 0
    work_through(american)
    marker = entry(american, WriteBackKind.REFUND).marker
    spent = american.books().ledger["bank_transactions"]
    assert [row["total"] for row in spent if marker in row["note"]] == ["1.50"]


UNDO_POINTS = {
    "before it is taken back": ("xero", f"GET {API}/Payments"),
    "while it is taken back": ("xero", f"POST {API}/Payments"),
    "while the balance is read afterwards": ("xero", f"GET {API}/Invoices"),
}


@pytest.mark.parametrize("point", UNDO_POINTS)
def test_killed_while_taking_back(business: Business, point: str) -> None:
    [invoice] = settled(business)
    work_through(business)
    row = take_back(business, entry(business, WriteBackKind.PAYMENT))
    vendor, call = UNDO_POINTS[point]
    fault = business.sandbox.fault(vendor, "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(business) as doomed:
        reached(business, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(business.ground)
    business.work()
    assert again(business, row).state is WriteBackState.UNDONE
    assert business.books().due(invoice.number) == invoice.amount_due
    assert business.books().payments(business.payments()[0].external_id) == []
    book_again(business, row)
    work_through(business)
    booked_exactly_once(business, invoice.number)


@pytest.mark.parametrize(
    ("kind", "style", "method", "entity"),
    [
        (WriteBackKind.PAYMENT, FeeStyle.EXPENSE, "GET", "payment"),
        (WriteBackKind.PAYMENT, FeeStyle.EXPENSE, "POST", "payment"),
        (WriteBackKind.FEE, FeeStyle.EXPENSE, "POST", "purchase"),
        (WriteBackKind.FEE, FeeStyle.DEPOSIT, "POST", "deposit"),
    ],
)
def test_killed_while_taking_back_in_quickbooks(
    american: Business, kind: WriteBackKind, style: FeeStyle, method: str, entity: str
) -> None:
    american.choose_accounts("USD", fee_style=style)
    numbers = [invoice.number for invoice in settled(american)]
    work_through(american)
    row = take_back(american, entry(american, kind))
    realm = american.books().ledger["organisation"]["id"]
    call = f"{method} /quickbooks/v3/company/{realm}/{entity}"
    fault = american.sandbox.fault("quickbooks", "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(american) as doomed:
        reached(american, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(american.ground)
    american.work()
    assert again(american, row).state is WriteBackState.UNDONE
    payment, books = american.payments()[0].external_id, american.books()
    assert (books.payments(payment) if kind is WriteBackKind.PAYMENT else books.fees(payment)) == []
    book_again(american, row)
    work_through(american)
    test_fee_styles.booked_exactly_once(american, style, numbers)
