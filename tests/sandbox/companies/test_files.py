"""Companies as JSON files."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from sandbox.companies import Company, UnusableCompanyError, generate, load_company
from sandbox.companies.files import dumped, moved, parsed, save

TODAY = date(2026, 11, 20)
SMALL = generate(seed=3, today=TODAY, invoices=30)


def test_a_saved_company_loads_as_it_was(tmp_path: Path) -> None:
    save(SMALL, tmp_path / "company.json")
    assert load_company(str(tmp_path / "company.json"), seed=0, today=TODAY) == SMALL


def test_a_company_written_down_earlier_moves_to_today() -> None:
    later = TODAY + timedelta(days=100)
    assert parsed(dumped(SMALL), later) == generate(seed=3, today=later, invoices=30)


def test_a_company_without_as_of_keeps_its_dates() -> None:
    history = msgspec.structs.replace(SMALL, as_of=None)
    assert moved(history, TODAY + timedelta(days=100)) == history


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"base_currency"', b'"base_currncy"', "unknown field `base_currncy`"),
        (b'"amount": "', b'"amount": "x', "Invalid decimal"),
        (b'"type": "ACCPAY"', b'"type": "BILL"', "Invalid enum value 'BILL'"),
        (b"{", b"", "not a company"),
    ],
)
def test_a_file_that_is_no_company_says_where_it_goes_wrong(old: bytes, new: bytes, words: str) -> None:
    with pytest.raises(UnusableCompanyError, match=words):
        parsed(dumped(SMALL).replace(old, new, 1), TODAY)


def test_every_inconsistency_is_told_at_once() -> None:
    contact = SMALL.contacts[0].name
    broken = msgspec.structs.replace(SMALL, contacts=SMALL.contacts[1:], accounts=SMALL.accounts[1:])
    with pytest.raises(UnusableCompanyError) as refused:
        parsed(dumped(broken), TODAY)
    text = str(refused.value)
    assert f"names the contact {contact!r}, who does not exist" in text
    assert "a payment on account '090', which does not exist" in text
    assert len(refused.value.problems) > 2


def test_more_paid_than_owed_is_refused() -> None:
    def doubled(company: Company) -> Company:
        place, invoice = next((n, i) for n, i in enumerate(company.invoices) if i.payments)
        twice = msgspec.structs.replace(invoice, payments=invoice.payments * 2)
        invoices = (*company.invoices[:place], twice, *company.invoices[place + 1 :])
        return msgspec.structs.replace(company, invoices=invoices)

    with pytest.raises(UnusableCompanyError, match="more than its total"):
        parsed(dumped(doubled(SMALL)), TODAY)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("large:many", "needs a number"),
        ("nowhere.json", "cannot be read: No such file"),
        ("company.xlsx", "neither demo, large"),
    ],
)
def test_an_unusable_choice_says_what_to_mend(choice: str, words: str) -> None:
    with pytest.raises(UnusableCompanyError, match=words):
        load_company(choice, seed=7, today=TODAY)


def test_a_large_company_can_be_of_any_size() -> None:
    assert sum(i.type == "ACCREC" for i in load_company("large:123", seed=7, today=TODAY).invoices) == 123
