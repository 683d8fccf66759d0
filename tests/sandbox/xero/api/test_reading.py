"""Lists and single records."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp, payment

ALL = {"page": 1, "pageSize": 1000}


def milliseconds(written: str) -> int:
    match = re.fullmatch(r"/Date\((-?\d+)\+0000\)/", written)
    assert match, written
    return int(match[1])


def numbers(answer: dict[str, Any]) -> list[str]:
    return [invoice["InvoiceNumber"] for invoice in answer["Invoices"]]


def header_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def test_pages_together_are_the_whole_list_once(app: XeroApp) -> None:
    seen: list[str] = []
    page, pages = 0, 1
    while page < pages:
        page += 1
        answer = app.read("Invoices", {"page": page, "pageSize": 150, "order": "UpdatedDateUTC ASC"})
        assert (answer["pagination"]["page"], answer["pagination"]["pageSize"]) == (page, 150)
        pages = answer["pagination"]["pageCount"]
        seen += [invoice["InvoiceID"] for invoice in answer["Invoices"]]
    assert pages == 3
    assert len(seen) == len(set(seen)) == answer["pagination"]["itemCount"] == 416


def test_a_page_has_a_hundred_records_unless_more_are_asked_for(app: XeroApp) -> None:
    assert len(app.read("Invoices", {"page": 1})["Invoices"]) == 100
    assert app.read("Invoices", {"page": 99})["Invoices"] == []


@pytest.mark.parametrize(
    "query", [{"page": 0}, {"page": "x"}, {"page": 1, "pageSize": 1001}, {"page": 1, "pageSize": 0}]
)
def test_impossible_pages_are_refused(app: XeroApp, query: dict[str, Any]) -> None:
    assert app.call("GET", "Invoices", query=query).status_code == 400


def test_without_page_the_list_is_whole_but_lighter(app: XeroApp) -> None:
    light = app.read("Invoices")
    assert "pagination" not in light
    assert len(light["Invoices"]) == 416
    assert all(invoice["LineItems"] == [] for invoice in light["Invoices"])
    assert all(invoice["LineItems"] for invoice in app.read("Invoices", ALL)["Invoices"])


def test_a_summary_leaves_out_what_is_attached(app: XeroApp) -> None:
    summary = app.read("Invoices", ALL | {"summaryOnly": "true"})["Invoices"][0]
    assert {"InvoiceID", "AmountDue", "Status", "UpdatedDateUTC"} <= summary.keys()
    assert not {"LineItems", "Payments", "CreditNotes"} & summary.keys()
    contact = app.read("Contacts", ALL | {"summaryOnly": "true"})["Contacts"][0]
    assert "Balances" not in contact
    assert "IsCustomer" not in contact


def test_amounts_fit_together_to_the_cent_and_have_two_decimals(app: XeroApp) -> None:
    answer = app.call("GET", "Invoices", query=ALL)
    assert re.search(rb'"AmountDue":\d+\.\d\d,', answer.content)
    for invoice in answer.json()["Invoices"]:
        cents = {
            k: round(invoice[k] * 100)
            for k in ("Total", "SubTotal", "TotalTax", "AmountPaid", "AmountCredited")
        }
        assert cents["SubTotal"] + cents["TotalTax"] == cents["Total"]
        assert sum(round(p["Amount"] * 100) for p in invoice["Payments"]) == cents["AmountPaid"]
        due = cents["Total"] - cents["AmountPaid"] - cents["AmountCredited"]
        gone = invoice["Status"] in {"VOIDED", "DELETED"}
        assert round(invoice["AmountDue"] * 100) == (0 if gone else due)
        assert (invoice["Status"] == "PAID") == ("FullyPaidOnDate" in invoice)


def test_dates_are_midnights_in_utc_beside_a_plain_string(app: XeroApp) -> None:
    for invoice in app.read("Invoices", {"page": 1})["Invoices"]:
        assert milliseconds(invoice["Date"]) % 86_400_000 == 0
        day = datetime.fromisoformat(invoice["DueDateString"] + "+00:00")
        assert milliseconds(invoice["DueDate"]) == day.timestamp() * 1000
    changed = [milliseconds(i["UpdatedDateUTC"]) for i in app.read("Invoices", ALL)["Invoices"]]
    assert any(moment % 1000 for moment in changed)


def test_only_a_single_invoice_carries_its_contacts_address(app: XeroApp) -> None:
    listed = app.read("Invoices", {"page": 1, "where": 'Type=="ACCREC"'})["Invoices"][0]
    assert "EmailAddress" not in listed["Contact"]
    by_id = app.invoice(listed["InvoiceID"])
    assert "EmailAddress" in by_id["Contact"]
    assert app.invoice(listed["InvoiceNumber"])["InvoiceID"] == listed["InvoiceID"]


@pytest.mark.parametrize("field", ["UpdatedDateUTC", "Date", "DueDate", "InvoiceNumber", "InvoiceID"])
def test_invoices_come_in_the_order_asked_for(app: XeroApp, field: str) -> None:
    read = (lambda i: milliseconds(i[field])) if "Date" in field else (lambda i: i[field])
    up = [read(i) for i in app.read("Invoices", ALL | {"order": f"{field} ASC"})["Invoices"]]
    down = [read(i) for i in app.read("Invoices", ALL | {"order": f"{field} DESC"})["Invoices"]]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


@pytest.mark.parametrize("order", ["Colour", "Date SIDEWAYS", "Date; DROP"])
def test_an_unknown_order_is_refused(app: XeroApp, order: str) -> None:
    answer = app.call("GET", "Invoices", query={"order": order})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 16)


def test_a_filter_that_is_not_understood_is_a_query_parse_exception(app: XeroApp) -> None:
    answer = app.call("GET", "Invoices", query={"where": 'InvoiceNumber.Contains("1")'})
    assert answer.status_code == 400
    assert (answer.json()["Type"], answer.json()["ErrorNumber"]) == ("QueryParseException", 16)


def test_lists_are_chosen_by_ids_numbers_contacts_and_statuses(app: XeroApp) -> None:
    first, second, *_ = app.read("Invoices", ALL | {"where": 'Type=="ACCREC"'})["Invoices"]
    ids = f"{first['InvoiceID'].upper()},{second['InvoiceID']}"
    assert {*numbers(app.read("Invoices", {"IDs": ids}))} == {first["InvoiceNumber"], second["InvoiceNumber"]}
    by_number = app.read("Invoices", {"InvoiceNumbers": first["InvoiceNumber"]})
    assert [i["InvoiceID"] for i in by_number["Invoices"]] == [first["InvoiceID"]]
    contact_id = first["Contact"]["ContactID"]
    of_contact = app.read("Invoices", {"ContactIDs": contact_id})["Invoices"]
    assert {i["Contact"]["ContactID"] for i in of_contact} == {contact_id}
    statuses = {i["Status"] for i in app.read("Invoices", {"Statuses": "DRAFT,VOIDED"})["Invoices"]}
    assert statuses == {"DRAFT", "VOIDED"}


def test_payments_are_found_by_invoice_and_by_reference(app: XeroApp) -> None:
    invoice = app.open_invoice()
    made = app.write("Payments", {"Payments": [payment(invoice, 1, Reference="stripe pi_77")]})["Payments"][0]
    for where in ('Reference=="stripe pi_77"', f'Invoice.InvoiceID==guid("{invoice["InvoiceID"]}")'):
        found = app.read("Payments", {"where": where})["Payments"]
        assert [p["PaymentID"] for p in found] == [made["PaymentID"]]


def test_filtering_bank_transactions_by_reference_matches_nothing(app: XeroApp) -> None:
    lines = [{"Description": "Card fee", "UnitAmount": 1, "AccountCode": "404", "TaxType": "NONE"}]
    spent = {
        "Type": "SPEND",
        "Contact": {"Name": "Stripe"},
        "BankAccount": {"Code": "091"},
        "LineItems": lines,
    }
    app.write("BankTransactions", {"BankTransactions": [spent | {"Reference": "fee 1"}]})
    assert app.read("BankTransactions", {"where": 'Reference=="fee 1"'})["BankTransactions"] == []
    (listed,) = app.read("BankTransactions", {"where": 'Type=="SPEND"', "page": 1})["BankTransactions"]
    assert listed["Reference"] == "fee 1"


def test_modified_since_shows_what_changed_and_voided_ones_too(sandbox: SandboxClient, app: XeroApp) -> None:
    paid, voided = app.open_invoice("GBP"), app.open_invoice("EUR")
    since = header_time(sandbox.now() + timedelta(seconds=30))
    sandbox.advance(seconds=60)
    assert app.read("Invoices", ALL, If_Modified_Since=since)["Invoices"] == []
    sandbox.control(f"xero/invoices/{paid['InvoiceNumber']}/pay")
    sandbox.control(f"xero/invoices/{voided['InvoiceNumber']}/void")
    changed = app.read("Invoices", ALL, If_Modified_Since=since)["Invoices"]
    assert {i["InvoiceNumber"]: i["Status"] for i in changed} == {
        paid["InvoiceNumber"]: "PAID",
        voided["InvoiceNumber"]: "VOIDED",
    }


def test_modified_since_ignores_the_part_of_a_second(sandbox: SandboxClient, app: XeroApp) -> None:
    invoice = app.open_invoice()
    sandbox.advance(seconds=60)
    sandbox.control(f"xero/invoices/{invoice['InvoiceNumber']}/pay")
    changed = milliseconds(app.invoice(invoice["InvoiceID"])["UpdatedDateUTC"])
    second = datetime.fromtimestamp(changed // 1000, tz=sandbox.now().tzinfo)
    late_in_it = header_time(second) + ".999"
    assert numbers(app.read("Invoices", ALL, If_Modified_Since=late_in_it)) == [invoice["InvoiceNumber"]]
    assert (
        app.read("Invoices", ALL, If_Modified_Since=header_time(second + timedelta(seconds=1)))["Invoices"]
        == []
    )


def test_a_moved_due_date_shows_unless_the_invoice_is_part_paid(sandbox: SandboxClient, app: XeroApp) -> None:
    untouched = app.open_invoice()
    part_paid = app.open_invoice("EUR")
    sandbox.control(f"xero/invoices/{part_paid['InvoiceNumber']}/pay", amount="1.00")
    sandbox.advance(seconds=60)
    since = header_time(sandbox.now() - timedelta(seconds=30))
    for invoice in (untouched, part_paid):
        sandbox.control(f"xero/invoices/{invoice['InvoiceNumber']}/due", due="2099-01-01")
        assert app.invoice(invoice["InvoiceID"])["DueDateString"] == "2099-01-01T00:00:00"
    assert numbers(app.read("Invoices", ALL, If_Modified_Since=since)) == [untouched["InvoiceNumber"]]


def test_what_a_contact_owes_changes_without_the_contact_changing(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    invoice = app.open_invoice()
    path = f"Contacts/{invoice['Contact']['ContactID']}"
    before = app.read(path)["Contacts"][0]
    sandbox.advance(seconds=60)
    sandbox.control(f"xero/invoices/{invoice['InvoiceNumber']}/pay")
    after = app.read(path)["Contacts"][0]
    owed = before["Balances"]["AccountsReceivable"]["Outstanding"] - invoice["Total"]
    assert after["Balances"]["AccountsReceivable"]["Outstanding"] == pytest.approx(owed)
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]


def test_archived_contacts_come_only_when_asked_for(sandbox: SandboxClient, app: XeroApp) -> None:
    before = app.read("Contacts", ALL)["pagination"]["itemCount"]
    name = app.open_invoice()["Contact"]["Name"]
    sandbox.control(f"xero/contacts/{name}/archive")
    assert app.read("Contacts", ALL)["pagination"]["itemCount"] == before - 1
    everyone = app.read("Contacts", ALL | {"includeArchived": "true"})["Contacts"]
    assert {c["ContactStatus"] for c in everyone if c["Name"] == name} == {"ARCHIVED"}


def test_persons_come_with_pages_and_single_contacts_only(app: XeroApp) -> None:
    with_persons = next(c for c in app.read("Contacts", ALL)["Contacts"] if c["ContactPersons"])
    included = [person["IncludeInEmails"] for person in with_persons["ContactPersons"]]
    assert included == [True, False]
    light = {c["ContactID"]: c for c in app.read("Contacts")["Contacts"]}
    assert light[with_persons["ContactID"]]["ContactPersons"] == []


def test_contacts_can_be_sorted_by_name(app: XeroApp) -> None:
    names = [c["Name"] for c in app.read("Contacts", ALL | {"order": "Name ASC"})["Contacts"]]
    assert names == sorted(names)
    assert "<b>Bold</b> Signage & Print Ltd" in names


def test_accounts_are_not_paged_and_show_what_takes_payments(app: XeroApp) -> None:
    answer = app.read("Accounts", {"page": 1})
    assert "pagination" not in answer
    accounts = {a["Code"]: a for a in answer["Accounts"]}
    assert (accounts["091"]["Type"], accounts["091"]["CurrencyCode"]) == ("BANK", "GBP")
    assert accounts["480"]["EnablePaymentsToAccount"] is True
    assert accounts["094"]["Status"] == "ARCHIVED"
    banks = app.read("Accounts", {"where": 'Type=="BANK" AND Status=="ACTIVE"'})["Accounts"]
    assert {a["Code"] for a in banks} == {"090", "091", "092", "093"}


def test_the_organisation_shows_lock_dates_only_where_set(sandbox: SandboxClient, app: XeroApp) -> None:
    organisation = app.read("Organisation")["Organisations"][0]
    assert (organisation["BaseCurrency"], organisation["Timezone"]) == ("GBP", "GMTSTANDARDTIME")
    assert organisation["OrganisationID"] == app.tenant_id
    assert "PeriodLockDate" not in organisation
    sandbox.control("xero/lock-date", date="2026-01-31")
    assert app.read("Organisation")["Organisations"][0]["PeriodLockDate"] == "/Date(1769817600000+0000)/"


@pytest.mark.parametrize("collection", ["Overpayments", "Prepayments"])
def test_money_that_no_invoice_has_taken_can_be_asked_for_where_there_is_none(
    app: XeroApp, collection: str
) -> None:
    answer = app.read(collection, {"page": 1})
    assert answer[collection] == []
    assert answer["pagination"]["itemCount"] == 0


def test_an_online_invoice_link_leads_to_a_page(app: XeroApp) -> None:
    invoice = app.open_invoice()
    (link,) = app.read(f"Invoices/{invoice['InvoiceID']}/OnlineInvoice")["OnlineInvoices"]
    page = app.session.get(link["OnlineInvoiceUrl"], timeout=60)
    assert page.status_code == 200
    assert invoice["InvoiceNumber"] in page.text
    bill = app.open_invoice(kind="ACCPAY")
    assert app.call("GET", f"Invoices/{bill['InvoiceID']}/OnlineInvoice").status_code == 404


def test_credit_notes_show_what_is_left_of_them(app: XeroApp) -> None:
    notes = app.read("CreditNotes", ALL)["CreditNotes"]
    assert {note["Type"] for note in notes} == {"ACCRECCREDIT"}
    assert {note["Status"] for note in notes} == {"AUTHORISED", "PAID"}
    for note in notes:
        used = sum(round(a["Amount"] * 100) for a in note["Allocations"])
        assert round(note["RemainingCredit"] * 100) == round(note["Total"] * 100) - used
