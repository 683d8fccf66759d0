"""Companies whose accounts have no codes, and names in place of them."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from sandbox.companies import AMERICAN, UnusableCompanyError, generate
from sandbox.companies.company import Account, Company
from sandbox.companies.files import dumped, parsed
from sandbox.companies.numbering import numbered
from sandbox.xero.books.opening import opened

TODAY = date(2026, 11, 20)
AMERICANS = generate(seed=3, today=TODAY, invoices=60, home=AMERICAN)
BRITONS = generate(seed=3, today=TODAY, invoices=60)


def changed(company: Company, **fields: Any) -> Company:
    return msgspec.structs.replace(company, **fields)


def test_every_account_gets_a_code_and_keeps_the_one_it_has() -> None:
    codes = {account.name: account.code for account in numbered(AMERICANS).accounts}
    assert len(set(codes.values())) == len(codes)
    assert all(codes.values())
    assert codes["Office Supplies"] == "6400"


def test_a_code_that_is_given_is_not_given_again() -> None:
    taken = changed(
        AMERICANS, accounts=(Account(code="001", name="First", type="EQUITY"), *AMERICANS.accounts)
    )
    codes = [account.code for account in numbered(taken).accounts]
    assert len(set(codes)) == len(codes)


def test_lines_and_payments_follow_their_account() -> None:
    company = numbered(AMERICANS)
    names = {account.code: account.name for account in company.accounts}
    assert {names[line.account] for i in company.invoices for line in i.lines} == {
        "Services",
        "Sales Tax Payable",
        "Office Supplies",
    }
    paid_into = {names[payment.account] for i in company.invoices for payment in i.payments}
    assert paid_into == {payment.account for i in AMERICANS.invoices for payment in i.payments}


def test_a_company_with_codes_stays_as_it_is() -> None:
    assert numbered(BRITONS) == BRITONS


def test_an_account_with_a_code_may_be_named_by_its_name() -> None:
    by_name = dumped(BRITONS).replace(b'"account": "090"', b'"account": "Business Current Account"')
    company = parsed(by_name, TODAY)
    assert company != BRITONS
    assert numbered(company) == BRITONS


def test_the_american_company_opens_in_xero_too() -> None:
    books = opened(AMERICANS, lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert len(books.invoices) == len(AMERICANS.invoices)
    assert all(account.code for account in books.accounts.values())
    assert all(books.account(line.account) for i in books.invoices.values() for line in i.lines)
    assert len({account.id for account in books.accounts.values()}) == len(AMERICANS.accounts)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"accounts": (*AMERICANS.accounts, AMERICANS.accounts[0])},
            "account name 'Checking' is used 2 times",
        ),
        ({"timezone": "EASTERNSTANDARDTIME"}, "time zone 'EASTERNSTANDARDTIME' is unknown"),
        ({"timezone": "../etc/passwd"}, "is unknown; a name such as Europe/London"),
    ],
)
def test_what_would_be_ambiguous_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableCompanyError, match=words):
        parsed(dumped(changed(AMERICANS, **fields)), TODAY)
