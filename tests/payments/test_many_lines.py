"""One selection, paid at once, is one payment in QuickBooks, with a line for each invoice that can take its part."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.connectors.base import FeeStyle
from app.kit.clock import local_date
from app.models import ClosedPeriod, Invoice, Tenant, WriteBack, WriteBackKind, WriteBackState
from app.payments.coverage import ours_not_in_ledger
from app.payments.overpaid import book_as_credit
from app.payments.remedies import booked_by_hand, retry
from tests.connectors.consent import connect
from tests.payments.books_flow import again, at_processor, book_again, entry, on_clearing, take_back
from tests.payments.business import Business, settled, work_through
from tests.payments.money_flow import sweep
from tests.payments.test_storm import STALL_SECONDS, reached, worker
from tests.support.tasks import let_leases_run_out

WRITE = "POST /quickbooks/v3/company"
PAYMENT, FEE = WriteBackKind.PAYMENT, WriteBackKind.FEE
DONE, PARKED, UNDONE = WriteBackState.DONE, WriteBackState.PARKED, WriteBackState.UNDONE
styles = pytest.mark.parametrize("style", list(FeeStyle))


def paid_for(business: Business, many: int = 3) -> list[Invoice]:
    """Several invoices of a customer, paid at once and not booked yet."""
    return settled(business, at_least=many)


def lines(business: Business) -> list[dict[str, Any]]:
    """The lines of our living payments in the books; a payment has one of them for each invoice."""
    [payment] = business.payments()
    rows = business.books().ledger["payments"]
    return [row for row in rows if payment.external_id in row["note"] and row["status"] == "AUTHORISED"]


def states(business: Business) -> dict[Any, WriteBackState]:
    return {row.invoice_id: row.state for row in business.entries(PAYMENT)}


def booked_as_one(business: Business, invoices: list[Invoice]) -> None:
    """One living payment, with the line of each invoice to the cent, and every entry says so."""
    assert business.all_done(), business.states()
    there = lines(business)
    assert len({row["id"] for row in there}) == 1
    assert {row["invoice_id"]: Decimal(row["amount"]) for row in there} == {
        invoice.external_id: invoice.amount_due for invoice in invoices
    }
    assert {row.external_id for row in business.entries(PAYMENT)} == {there[0]["id"]}
    assert all(business.books().due(invoice.number) == 0 for invoice in invoices)


def put_down_as_before(business: Business) -> None:
    """Entries that wait, as they were put down when each invoice had a payment of its own."""
    business.sandbox.control("quickbooks/disconnect")
    business.work()
    with business.unit() as session:
        for row in session.scalars(select(WriteBack).where(WriteBack.kind == PAYMENT)):
            row.leader_id = None
    assert connect(business.ground, "quickbooks").tenant_id == business.tenant.tenant_id
    business.sandbox.advance(seconds=900)
    sweep(business)


@styles
def test_a_selection_is_one_payment_with_a_line_for_each_invoice(american: Business, style: FeeStyle) -> None:
    american.choose_accounts("USD", fee_style=style)
    before = on_clearing(american)
    invoices = paid_for(american)
    work_through(american)
    booked_as_one(american, invoices)
    [payment] = american.payments()
    [note] = {row["note"] for row in lines(american)}
    assert note.startswith(f"Stripe {payment.external_id}\nInvoices ")
    assert all(invoice.number in note for invoice in invoices)
    assert american.books().fees(payment.external_id) == [payment.fee]
    assert on_clearing(american) - before == at_processor(american)


@pytest.mark.parametrize("fault", ["drop", "drop-before", "500", "garbage", "429", "throttle-after"])
def test_broken_answers_end_in_one_payment(american: Business, fault: str) -> None:
    invoices = paid_for(american)
    american.sandbox.fault("quickbooks", fault, match="/payment", times=2)
    work_through(american)
    booked_as_one(american, invoices)


@pytest.mark.parametrize("call", ["/query", "/invoice", "/payment"])
def test_a_worker_killed_on_the_way_books_one_payment(american: Business, call: str) -> None:
    invoices = paid_for(american)
    fault = american.sandbox.fault("quickbooks", "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(american) as doomed:
        reached(american, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(american.ground)
    work_through(american)
    booked_as_one(american, invoices)


@styles
@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("what", ["void", "pay"])
def test_an_invoice_that_cannot_take_its_part_is_asked_about_and_the_others_are_one_payment(
    american: Business, style: FeeStyle, place: int, what: str
) -> None:
    american.choose_accounts("USD", fee_style=style)
    before = on_clearing(american)
    invoices = paid_for(american)
    # The one that leads is the first by its reference.
    gone = sorted(invoices, key=lambda invoice: invoice.number)[place]
    rest = [invoice for invoice in invoices if invoice is not gone]
    american.sandbox.control(f"quickbooks/invoices/{gone.number}/{what}")
    work_through(american, minutes=4)
    assert states(american) == {gone.id: PARKED} | {invoice.id: DONE for invoice in rest}
    assert {row["invoice_id"] for row in lines(american)} == {invoice.external_id for invoice in rest}
    assert len({row["id"] for row in lines(american)}) == 1
    [parked] = [row for row in american.entries(PAYMENT) if row.state is PARKED]
    assert gone.number in (parked.reason or "")
    book_as_credit(american.ground, parked.tenant_id, parked.id)
    work_through(american)
    assert american.all_done(), american.states()
    assert sum(Decimal(row["amount"]) for row in lines(american)) == american.payments()[0].amount
    assert on_clearing(american) - before == at_processor(american)


def test_what_becomes_credit_by_itself_leaves_the_others_together(american: Business) -> None:
    invoices = paid_for(american, 2)
    american.sandbox.control(f"quickbooks/invoices/{invoices[0].number}/pay", amount="1.00")
    work_through(american, minutes=2)
    assert sorted(states(american).values()) == sorted([DONE, PARKED])
    [parked] = [row for row in american.entries(PAYMENT) if row.state is PARKED]
    book_as_credit(american.ground, parked.tenant_id, parked.id)
    work_through(american)
    assert american.all_done(), american.states()
    [credit] = american.entries(WriteBackKind.OVERPAYMENT)
    assert credit.amount == Decimal("1.00")
    assert sum(Decimal(row["amount"]) for row in lines(american)) == american.payments()[0].amount


@styles
def test_undoing_one_line_undoes_the_whole_payment_and_it_can_be_booked_again(
    american: Business, style: FeeStyle
) -> None:
    american.choose_accounts("USD", fee_style=style)
    invoices = paid_for(american)
    work_through(american)
    if style is FeeStyle.DEPOSIT:
        take_back(american, entry(american, FEE))
        american.work()
    chosen = american.entries(PAYMENT)[1]
    take_back(american, chosen, "Wrong customer")
    assert set(states(american).values()) == {WriteBackState.UNDOING}
    american.work()
    assert set(states(american).values()) == {UNDONE}
    assert lines(american) == []
    for invoice in invoices:
        assert american.books().due(invoice.number) == invoice.amount_due
    with american.unit() as session:
        covered = ours_not_in_ledger(session, [invoice.id for invoice in invoices])
    assert covered == {invoice.id: invoice.amount_due for invoice in invoices}
    book_again(american, again(american, american.entries(PAYMENT)[2]))
    if style is FeeStyle.DEPOSIT:
        book_again(american, entry(american, FEE))
    work_through(american)
    booked_as_one(american, invoices)


@pytest.mark.parametrize("call", ["GET /quickbooks/v3/company", WRITE])
def test_a_worker_killed_while_it_takes_a_payment_back_takes_it_back_once(
    american: Business, call: str
) -> None:
    invoices = paid_for(american)
    work_through(american)
    take_back(american, american.entries(PAYMENT)[0])
    fault = american.sandbox.fault("quickbooks", "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(american) as doomed:
        reached(american, fault)
        doomed.kill()
        doomed.wait(60)
    let_leases_run_out(american.ground)
    work_through(american, minutes=4)
    assert set(states(american).values()) == {UNDONE}, american.states()
    assert lines(american) == []
    assert [american.books().due(invoice.number) for invoice in invoices] == [
        invoice.amount_due for invoice in invoices
    ]
    book_again(american, american.entries(PAYMENT)[0])
    work_through(american)
    booked_as_one(american, invoices)


@pytest.mark.parametrize("kind", [FEE, WriteBackKind.PAYMENT])
@pytest.mark.parametrize("fault", ["drop", "500", "garbage", "throttle-after"])
def test_no_clear_answer_to_taking_back_in_quickbooks_takes_it_back_once(
    american: Business, kind: WriteBackKind, fault: str
) -> None:
    paid_for(american, 2)
    work_through(american)
    take_back(american, american.entries(kind)[0])
    american.sandbox.fault("quickbooks", fault, match=WRITE, times=2)
    work_through(american, minutes=6)
    assert {row.state for row in american.entries(kind)} == {UNDONE}, american.states()
    [payment] = american.payments()
    gone = american.books().fees(payment.external_id) if kind is FEE else lines(american)
    assert gone == []


def test_what_was_booked_by_hand_leaves_and_the_others_are_booked_as_one(american: Business) -> None:
    american.sandbox.control("quickbooks/lock-date", date=american.ground.clock.now().date().isoformat())
    invoices = paid_for(american)
    american.work()
    assert set(states(american).values()) == {PARKED}
    mine, *others = american.entries(PAYMENT)
    booked_by_hand(american.ground, mine.tenant_id, mine.id)
    assert states(american)[mine.invoice_id] is DONE
    assert [again(american, row).state for row in others] == [PARKED, PARKED]
    american.sandbox.control("quickbooks/lock-date", date=None)
    for row in (others[1], entry(american, FEE)):
        retry(american.ground, row.tenant_id, row.id)
    work_through(american)
    assert american.all_done(), american.states()
    rest = {invoice.external_id for invoice in invoices if invoice.id != mine.invoice_id}
    assert {row["invoice_id"] for row in lines(american)} == rest
    assert len({row["id"] for row in lines(american)}) == 1


def test_a_selection_in_a_closed_period_goes_to_the_first_open_day_as_one(american: Business) -> None:
    american.choose_accounts("USD", closed_period=ClosedPeriod.FIRST_OPEN_DAY)
    invoices = paid_for(american)
    with american.unit() as session:
        zone = session.scalars(select(Tenant.time_zone)).one()
    today = local_date(american.ground.clock.now(), zone)
    american.sandbox.control("quickbooks/lock-date", date=today.isoformat())
    american.sandbox.advance(seconds=86_400)
    work_through(american)
    booked_as_one(american, invoices)
    assert f"(of {today.isoformat()})" in lines(american)[0]["note"]


def test_entries_from_before_are_booked_and_undone_one_by_one(american: Business) -> None:
    invoices = paid_for(american)
    put_down_as_before(american)
    work_through(american)
    assert american.all_done(), american.states()
    assert len({row["id"] for row in lines(american)}) == 3
    chosen = american.entries(PAYMENT)[1]
    take_back(american, chosen)
    american.work()
    assert states(american)[chosen.invoice_id] is UNDONE
    open_again = [invoice.id for invoice in invoices if american.books().due(invoice.number)]
    assert open_again == [chosen.invoice_id]


def test_a_payment_deleted_in_the_ledger_is_asked_about_whole(american: Business) -> None:
    invoices = paid_for(american)
    work_through(american)
    american.sandbox.control(f"quickbooks/payments/{lines(american)[0]['id']}/delete")
    american.pull()
    american.sandbox.advance(seconds=900)
    sweep(american)
    assert set(states(american).values()) == {PARKED}
    retry(american.ground, american.tenant.tenant_id, american.entries(PAYMENT)[2].id)
    work_through(american)
    booked_as_one(american, invoices)
