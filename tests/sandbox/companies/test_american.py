"""The American company: what QuickBooks can keep, and nothing that would be mistaken for the British one."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sandbox.companies import AMERICAN, BRITISH, Company, generate, load_company
from sandbox.companies.amounts import total
from sandbox.companies.checks import problems
from sandbox.companies.files import dumped, parsed

TODAY = date(2026, 11, 20)
LONGEST_REFERENCE = 21  # QuickBooks' PaymentRefNum and DocNumber


@pytest.fixture(scope="module")
def demo() -> Company:
    return load_company("demo", seed=7, today=TODAY, home=AMERICAN)


def addresses(company: Company) -> set[str]:
    own = {contact.email for contact in company.contacts if contact.email}
    return own | {person.email for contact in company.contacts for person in contact.persons}


@pytest.mark.parametrize("invoices", [1, 24, 400, 6000])
def test_a_company_of_any_size_is_sound(invoices: int) -> None:
    company = generate(seed=invoices, today=TODAY, invoices=invoices, home=AMERICAN)
    assert problems(company) == []
    assert sum(invoice.type == "ACCREC" for invoice in company.invoices) == invoices


def test_the_same_seed_gives_the_same_company(demo: Company) -> None:
    assert generate(seed=7, today=TODAY, home=AMERICAN) == demo
    assert generate(seed=8, today=TODAY, home=AMERICAN) != demo


def test_it_survives_being_written_to_a_file(demo: Company) -> None:
    assert parsed(dumped(demo), TODAY) == demo


def test_it_is_at_home_in_the_united_states(demo: Company) -> None:
    assert (demo.name, demo.country, demo.base_currency) == ("Cedar & Hale Studio LLC", "US", "USD")
    noon = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo(demo.timezone))
    assert noon.tzname() == "EST"
    assert {invoice.currency for invoice in demo.invoices} == {"USD", "EUR", "CAD"}


def test_most_accounts_have_no_number(demo: Company) -> None:
    without = [account for account in demo.accounts if not account.code]
    assert len(without) > len(demo.accounts) * 0.8
    assert {"Undeposited Funds", "Merchant fees", "Stripe clearing"} <= {a.name for a in without}
    clearing = {a.currency for a in demo.accounts if a.name.startswith("Stripe clearing")}
    assert clearing == {"USD", "EUR", "CAD"}


def test_every_customer_keeps_one_currency(demo: Company) -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for invoice in demo.invoices:
        used[invoice.contact].add(invoice.currency)
    assert {len(currencies) for currencies in used.values()} == {1}


def test_there_is_nothing_that_quickbooks_does_not_know(demo: Company) -> None:
    assert {invoice.status for invoice in demo.invoices} == {"AUTHORISED", "VOIDED"}
    references = [p.reference for i in demo.invoices for p in i.payments] + [i.number for i in demo.invoices]
    assert max(map(len, references)) <= LONGEST_REFERENCE


def test_sales_tax_is_a_line_of_some_invoices(demo: Company) -> None:
    taxed = [i for i in demo.invoices if i.lines[-1].account == "Sales Tax Payable"]
    assert 50 < len(taxed) < 300
    for invoice in taxed:
        net = total(invoice.lines[:-1])
        assert abs(invoice.lines[-1].unit_amount - net * Decimal("0.0635")) <= Decimal("0.005")
    assert {line.tax_type for i in demo.invoices for line in i.lines} == {"NONE"}


@pytest.mark.parametrize("seed", [7, 8])
@pytest.mark.parametrize("choice", ["demo", "large:600", "awkward"])
def test_it_shares_no_address_and_no_user_with_the_british_company(choice: str, seed: int) -> None:
    american = load_company(choice, seed=seed, today=TODAY, home=AMERICAN)
    british = load_company(choice, seed=seed, today=TODAY, home=BRITISH)
    assert addresses(american) & addresses(british) == set()
    assert {user.email for user in american.users} & {user.email for user in british.users} == set()
    assert american.name != british.name
