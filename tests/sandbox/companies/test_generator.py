"""The invented companies: the same every time, sound, and rich in everything that goes wrong."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandbox.companies import Company, generate
from sandbox.companies.amounts import total
from sandbox.companies.checks import problems
from sandbox.companies.company import Invoice

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo() -> Company:
    return generate(seed=7, today=TODAY)


def sales(company: Company) -> list[Invoice]:
    return [invoice for invoice in company.invoices if invoice.type == "ACCREC"]


def paid(invoice: Invoice) -> Decimal:
    return sum((p.amount for p in invoice.payments if not p.deleted), Decimal(0))


def credited(company: Company, invoice: Invoice) -> Decimal:
    return sum(
        (a.amount for note in company.credit_notes for a in note.allocations if a.invoice == invoice.number),
        Decimal(0),
    )


def is_open(company: Company, invoice: Invoice) -> bool:
    settled = paid(invoice) + credited(company, invoice)
    return invoice.status == "AUTHORISED" and settled < total(invoice.lines)


def test_the_same_seed_gives_the_same_company_and_another_seed_another(demo: Company) -> None:
    assert generate(seed=7, today=TODAY) == demo
    assert generate(seed=8, today=TODAY).invoices != demo.invoices


def test_the_company_of_a_seed_stays_what_it_was(demo: Company) -> None:
    """Other tests, the demo and its figures count on these books."""
    worth = sum(total(invoice.lines) for invoice in sales(demo))
    received = sum(paid(invoice) for invoice in sales(demo))
    assert (worth, received) == (Decimal("645790.40"), Decimal("450410.40"))
    assert demo.invoices[0].number == "INV-0001"


def test_another_day_moves_the_dates_and_nothing_else(demo: Company) -> None:
    later = generate(seed=7, today=TODAY + timedelta(days=11))
    assert [i.lines for i in later.invoices] == [i.lines for i in demo.invoices]
    assert [i.due for i in later.invoices] == [i.due + timedelta(days=11) for i in demo.invoices]


@pytest.mark.parametrize("invoices", [1, 24, 400, 6000])
def test_a_company_of_any_size_is_sound(invoices: int) -> None:
    company = generate(seed=invoices, today=TODAY, invoices=invoices)
    assert problems(company) == []
    assert len(sales(company)) == invoices


def test_the_demo_company_has_the_promised_size_and_currencies(demo: Company) -> None:
    assert len(sales(demo)) == 400
    assert len(demo.contacts) == 44
    assert {invoice.currency for invoice in sales(demo)} == {"GBP", "EUR"}
    assert demo.base_currency == "GBP"


def test_most_invoices_are_paid_some_on_time_and_some_late(demo: Company) -> None:
    settled = [i for i in sales(demo) if i.status == "AUTHORISED" and paid(i) == total(i.lines)]
    late = [i for i in settled if max(p.paid for p in i.payments) > i.due]
    assert len(settled) > len(sales(demo)) / 2
    assert 50 < len(late) < len(settled) - 50


def test_overdue_invoices_reach_from_a_day_to_half_a_year(demo: Company) -> None:
    overdue = sorted((TODAY - i.due).days for i in sales(demo) if is_open(demo, i) and i.due < TODAY)
    assert len(overdue) > 40
    assert overdue[0] <= 3
    assert 120 < overdue[-1] <= 200


def test_something_falls_due_on_each_of_the_next_fourteen_days(demo: Company) -> None:
    due = Counter(i.due for i in sales(demo) if is_open(demo, i))
    assert all(due[TODAY + timedelta(days=day)] for day in range(1, 15))


def test_every_odd_state_of_an_invoice_occurs(demo: Company) -> None:
    assert {i.status for i in sales(demo)} == {"AUTHORISED", "DRAFT", "SUBMITTED", "VOIDED", "DELETED"}
    assert any(0 < paid(i) < total(i.lines) for i in sales(demo))
    assert any(payment.deleted for i in sales(demo) for payment in i.payments)
    shares = [credited(demo, i) / total(i.lines) for i in sales(demo) if credited(demo, i)]
    assert 1 in shares
    assert any(share < 1 for share in shares)
    assert any(not note.allocations for note in demo.credit_notes)
    assert any("QUERY" in i.reference for i in sales(demo))


def test_bills_repeat_their_numbers_but_sales_invoices_do_not(demo: Company) -> None:
    bills = Counter(i.number for i in demo.invoices if i.type == "ACCPAY")
    assert max(bills.values()) > 1
    assert max(Counter(i.number for i in sales(demo)).values()) == 1


def test_customers_have_awkward_names_and_two_have_no_email(demo: Company) -> None:
    buyers = {i.contact for i in sales(demo)}
    names = " ".join(buyers)
    for awkward in ("'", "&", "<b>", "ß", "ש", "ش", "🥐", '"'):
        assert awkward in names
    assert max(map(len, buyers)) > 150
    assert [c.email for c in demo.contacts if c.name in buyers].count("") == 2
    assert any(len(c.persons) == 2 for c in demo.contacts)
    assert all(c.email.endswith(".example") for c in demo.contacts if c.email)


def test_some_customers_are_invoiced_in_both_currencies(demo: Company) -> None:
    used: dict[str, set[str]] = {}
    for invoice in sales(demo):
        used.setdefault(invoice.contact, set()).add(invoice.currency)
    assert any(len(currencies) == 2 for currencies in used.values())


def test_the_chart_has_an_account_for_every_refusal(demo: Company) -> None:
    accounts = demo.accounts
    names = {account.name for account in accounts}
    assert {"Stripe GBP", "Stripe EUR", "Bank Fees"} <= names
    assert any(a.type == "BANK" and a.status == "ARCHIVED" for a in accounts)
    assert any(a.type != "BANK" and a.takes_payments for a in accounts)
    assert any(a.type != "BANK" and not a.takes_payments for a in accounts)


def test_nothing_in_the_books_was_changed_after_now(demo: Company) -> None:
    changed = [i.updated for i in demo.invoices if i.updated]
    assert len(changed) == len(demo.invoices)
    assert max(changed).date() < TODAY
    assert min(changed).date() < TODAY - timedelta(days=300)


def test_a_large_company_has_an_import_of_fifteen_hundred_in_one_instant() -> None:
    large = generate(seed=7, today=TODAY, invoices=10_000)
    moments = Counter(i.updated for i in large.invoices)
    assert moments.most_common(1)[0][1] == 1500
    assert len(large.contacts) == 1004
