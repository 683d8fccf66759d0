"""A business's own receivables as a company."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.companies import UnusableCompanyError, load_company
from sandbox.companies.company import Company
from sandbox.companies.receivables import Imported, imported

TODAY = date(2026, 11, 20)
PLAIN = """customer,invoice number,issue date,due date,paid date,amount,currency,email
Penrose & Co,INV-1,2026-09-01,2026-10-01,2026-10-05,120.00,GBP,accounts@penrose.example
Penrose & Co,INV-2,2026-10-01,2026-10-31,,"1,234.50",GBP,accounts@penrose.example
Müller GmbH,INV-3,2026-10-10,2026-11-30,,99.00,EUR,buchhaltung@mueller.example
"""


def read(text: str | bytes) -> Imported:
    content = text.encode() if isinstance(text, str) else text
    return imported(content, name="mine", today=TODAY)


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(UnusableCompanyError) as refused:
        read(text)
    return refused.value.problems


def amounts(company: Company) -> list[Decimal]:
    return [invoice.lines[0].unit_amount for invoice in company.invoices]


def test_a_plain_file_becomes_a_company() -> None:
    company = read(PLAIN).company
    assert [c.name for c in company.contacts] == ["Penrose & Co", "Müller GmbH"]
    assert company.contacts[0].email == "accounts@penrose.example"
    assert amounts(company) == [Decimal("120.00"), Decimal("1234.50"), Decimal("99.00")]
    assert [i.currency for i in company.invoices] == ["GBP", "GBP", "EUR"]
    paid, unpaid, _ = company.invoices
    assert (paid.payments[0].amount, paid.payments[0].paid) == (Decimal("120.00"), date(2026, 10, 5))
    assert unpaid.payments == ()
    assert company.base_currency == "GBP"


def test_each_currency_has_a_current_and_a_clearing_account() -> None:
    banks = {(a.name, a.currency) for a in read(PLAIN).company.accounts if a.type == "BANK"}
    assert banks == {
        ("Current account GBP", "GBP"),
        ("Current account EUR", "EUR"),
        ("Stripe GBP", "GBP"),
        ("Stripe EUR", "EUR"),
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_and_encoding_are_found_by_looking(delimiter: str, encoding: str) -> None:
    text = PLAIN.replace('"1,234.50"', "1234.50").replace(",", delimiter)
    assert read(text.encode(encoding)).company == read(PLAIN).company


def test_the_export_of_xero_is_understood_with_its_line_per_product() -> None:
    company = read(
        "*ContactName,EmailAddress,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InvoiceAmountDue,"
        "*Description,*Quantity,Currency,Type,Status\n"
        "Penrose,a@p.example,INV-1,,01/10/2026,31/10/2026,150.00,50.00,Survey,1,GBP,Sales invoice,Authorised\n"
        "Penrose,a@p.example,INV-1,,01/10/2026,31/10/2026,150.00,50.00,Oak,2,GBP,Sales invoice,Authorised\n"
        "Penrose,a@p.example,INV-2,,13/10/2026,31/10/2026,10.00,10.00,Oak,2,GBP,Sales invoice,Draft\n"
        "Greyhound,b@g.example,99,,01/10/2026,31/10/2026,70.00,70.00,Van,1,GBP,Bill,Authorised\n"
    )
    first, second = company.company.invoices
    assert (first.number, first.payments[0].amount) == ("INV-1", Decimal("100.00"))
    assert (second.number, second.status) == ("INV-2", "DRAFT")
    assert company.remarks == ("1 lines of type 'Bill' were left out.",)


def test_the_report_of_quickbooks_is_understood_with_its_titles_and_totals() -> None:
    company = read(
        "Harbour Ltd,,,,,,\nInvoice list,,,,,,\n\n"
        "Transaction type,Date,Num,Customer full name,Due date,Amount,Open balance\n"
        'Invoice,10/31/2026,1037,Sonnenschein,11/30/2026,"$1,362.07","$1,362.07"\n'
        "Credit Memo,10/31/2026,1038,Sonnenschein,11/30/2026,-20.00,-20.00\n"
        'TOTAL,,,,,"$1,342.07",\n'
    ).company
    (invoice,) = company.invoices
    assert (invoice.issued, invoice.due) == (date(2026, 10, 31), date(2026, 11, 30))
    assert (invoice.lines[0].unit_amount, invoice.currency) == (Decimal("1362.07"), "USD")


def test_dates_that_fit_both_ways_are_read_day_first_and_that_is_said() -> None:
    result = read("customer,number,date,due,amount\nA,1,03/04/2026,05/04/2026,10\n")
    assert result.company.invoices[0].issued == date(2026, 4, 3)
    assert result.remarks == ("Every date fits day/month and month/day; they were read as day/month/year.",)


def test_one_date_decides_for_the_whole_file() -> None:
    result = read(
        "customer,number,date,due,amount\nA,1,03/04/2026,05/04/2026,10\nA,2,03/04/2026,05/14/2026,10\n"
    )
    assert result.company.invoices[0].issued == date(2026, 3, 4)
    assert result.remarks == ()


def test_dates_in_two_orders_are_refused() -> None:
    text = "customer,number,date,due,amount\nA,1,13/04/2026,15/04/2026,10\nA,2,04/13/2026,05/14/2026,10\n"
    assert problems(text) == [
        "Some dates only fit day/month/year and others only month/day/year. Export them in one form."
    ]


def test_every_problem_is_told_with_its_line_and_nothing_is_loaded() -> None:
    found = problems(
        "customer,number,date,due,paid,amount,currency,email\n"
        ",1,2026-01-01,2026-02-01,,10,GBP,a@b.example\n"
        'A,,2026-01-01,2026-02-01,,10,GBP,"a@b.example\n"\n'
        "A,3,yesterday,2026-02-01,,ten,GBP,a@b.example\n"
        "A,4,2026-03-01,2026-02-01,,,GBP,not an address\n"
        "A,5,2026-01-01,2026-02-01,2027-01-01,10,POUNDS,\n"
        "A,6,2026-01-01,2026-02-01,,10,GBP,\n"
        "B,6,2026-01-01,2026-02-01,,10,GBP,\n"
    )
    assert found == [
        "Line 2: the customer is empty.",
        "Line 3: the invoice number is empty.",
        "Line 5: the issue date 'yesterday' cannot be read.",
        "Line 5: the amount 'ten' cannot be read.",
        "Line 6: the amount is empty.",
        "Line 6: the email 'not an address' is not an address.",
        "Line 6: the due date 01 Feb 2026 is before the issue date 01 Mar 2026.",
        "Line 7: the currency 'POUNDS' is not a code of three letters such as GBP.",
        "Line 7: the paid date 01 Jan 2027 is in the future.",
        "Line 9: invoice number '6' was already used on line 8 with another customer, amount or due date.",
    ]


def test_a_file_without_the_needed_columns_says_which_are_missing() -> None:
    assert problems("customer,amount,colour\nA,1,red\n") == [
        "The columns for invoice number, issue date, due date are missing (found: customer, amount)."
    ]
    assert problems("a,b\n1,2\n")[0].startswith("No line with column names was found.")
    assert problems(b"")[0].startswith("No line with column names was found.")


def test_a_file_without_an_invoice_is_refused() -> None:
    assert problems("customer,number,date,due,amount\n") == ["There is no invoice in the file."]


def test_credits_are_left_out_and_named() -> None:
    result = read(
        "customer,number,date,due,amount\nA,1,2026-01-01,2026-01-31,10\nA,2,2026-01-01,2026-01-31,(4.00)\n"
    )
    assert len(result.company.invoices) == 1
    assert "Line 3: 2 over -4.00 was left out" in result.remarks[0]


def test_several_addresses_make_further_persons() -> None:
    result = read(
        'customer,number,date,due,amount,email\nA,1,2026-01-01,2026-01-31,10,"a@a.example; b@a.example"\n'
    )
    (contact,) = result.company.contacts
    assert (contact.email, [p.email for p in contact.persons]) == ("a@a.example", ["b@a.example"])


def test_a_csv_file_can_be_the_sandboxes_company(tmp_path: Path) -> None:
    (tmp_path / "harbour.csv").write_text(PLAIN, encoding="utf-8")
    company = load_company(str(tmp_path / "harbour.csv"), seed=7, today=TODAY)
    assert (company.name, len(company.invoices)) == ("harbour", 3)
