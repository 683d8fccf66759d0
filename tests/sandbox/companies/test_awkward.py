"""The company of awkward names."""

from datetime import date

import pytest

from sandbox.companies import AMERICAN, BRITISH, Company, Home, load_company
from sandbox.companies.amounts import total
from sandbox.companies.checks import problems
from sandbox.companies.files import dumped, parsed

TODAY = date(2026, 11, 20)


@pytest.fixture(params=[AMERICAN, BRITISH], ids=lambda home: home.country)
def company(request: pytest.FixtureRequest) -> Company:
    home: Home = request.param
    return load_company("awkward", seed=1, today=TODAY, home=home)


def test_it_is_sound_and_survives_being_written_down(company: Company) -> None:
    assert problems(company) == []
    assert parsed(dumped(company), TODAY) == company


def test_its_names_hold_everything_that_breaks_software(company: Company) -> None:
    names = [contact.name for contact in company.contacts]
    for awkward in (
        "'",
        '"',
        "\\",
        "<script>",
        "&amp;",
        "%",
        "_",
        "{{",
        "DROP TABLE",
        "🎉",
        "ח",
        "ر",
        "\u202e",
    ):
        assert any(awkward in name for name in names), awkward
    assert any(name != name.strip() for name in names)
    assert max(map(len, names)) > 100
    assert len({name.casefold() for name in names}) == len(names)


def test_everybody_owes_something(company: Company) -> None:
    overdue = {invoice.contact for invoice in company.invoices if invoice.due < TODAY}
    assert overdue == {contact.name for contact in company.contacts}


def test_one_invoice_has_a_thousand_lines(company: Company) -> None:
    (endless,) = [invoice for invoice in company.invoices if len(invoice.lines) > 1]
    assert len(endless.lines) == 1000
    assert total(endless.lines) > 0
