"""Single records, posted queries, and the company itself, over HTTP."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp


def fault(app: QuickBooksApp, path: str, **query: Any) -> dict[str, str]:
    answer = app.call("GET", path, query=query)
    assert answer.status_code == 400, answer.text
    found = answer.json()["Fault"]
    assert found["type"] == "ValidationFault"
    (error,) = found["Error"]
    return dict(error)


def test_an_invoice_has_what_a_payment_reminder_needs(app: QuickBooksApp) -> None:
    listed = app.open_invoice()
    body = app.read(f"invoice/{listed['Id']}", minorversion=75)
    assert body["Invoice"] == listed
    assert body["time"].endswith(("-05:00", "-04:00"))
    assert listed["MetaData"]["LastUpdatedTime"].endswith(("-05:00", "-04:00"))
    assert (listed["domain"], listed["sparse"]) == ("QBO", False)
    assert isinstance(listed["Balance"], float)
    assert isinstance(listed["SyncToken"], str)
    assert {"DocNumber", "TxnDate", "DueDate", "CustomerRef", "BillAddr", "TxnTaxDetail"} <= listed.keys()
    sold = [line for line in listed["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    subtotal = sum(round(line["Amount"] * 100) for line in sold)
    assert subtotal + round(listed["TxnTaxDetail"]["TotalTax"] * 100) == round(listed["TotalAmt"] * 100)
    assert listed["Line"][-1]["DetailType"] == "SubTotalLineDetail"
    customer = app.read(f"customer/{listed['CustomerRef']['value']}")["Customer"]
    assert customer["DisplayName"] == listed["CustomerRef"]["name"]
    assert customer["CurrencyRef"]["value"] == "USD"


def test_several_addresses_of_a_customer_stand_in_one_field(app: QuickBooksApp) -> None:
    customers = app.query("SELECT * FROM Customer MAXRESULTS 1000")["Customer"]
    addresses = [c["PrimaryEmailAddr"]["Address"] for c in customers if "PrimaryEmailAddr" in c]
    assert any("," in address for address in addresses)
    assert len(addresses) < len(customers)


@pytest.mark.parametrize("path", ["invoice/999999", "customer/x", "payment/0", "deposit/1"])
def test_what_is_not_there_is_no_404(app: QuickBooksApp, path: str) -> None:
    error = fault(app, path)
    assert (error["code"], error["Message"]) == ("610", "Object Not Found")


def test_a_query_can_be_posted_as_text(app: QuickBooksApp) -> None:
    url = f"{app.sandbox.url}/quickbooks/v3/company/{app.realm_id}/query"
    statement = "SELECT * FROM Invoice MAXRESULTS 3"
    headers = app.bearer() | {"Accept": "application/json", "Content-Type": "application/text"}
    posted = app.session.post(url, data=statement, headers=headers, timeout=60).json()
    assert posted["QueryResponse"] == app.query(statement)
    headers["Content-Type"] = "application/json"
    refused = app.session.post(url, data=statement, headers=headers, timeout=60)
    assert (refused.status_code, refused.json()["Fault"]["Error"][0]["code"]) == (400, "4000")


def test_a_bad_query_is_a_fault(app: QuickBooksApp) -> None:
    assert fault(app, "query", query="SELECT * FROM Invoice WHERE Id = '1' OR Id = '2'")["code"] == "4000"
    assert fault(app, "query")["code"] == "4000"


def test_the_company_says_its_plan_zone_and_settings(app: QuickBooksApp) -> None:
    info = app.read(f"companyinfo/{app.realm_id}")["CompanyInfo"]
    assert (info["CompanyName"], info["Country"]) == ("Cedar & Hale Studio LLC", "US")
    assert info["DefaultTimeZone"] == "America/New_York"
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in info["NameValue"]
    preferences = app.read("preferences")["Preferences"]
    assert preferences["CurrencyPrefs"] == {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}
    assert "BookCloseDate" not in preferences["AccountingInfoPrefs"]
    assert fault(app, "companyinfo/1")["code"] == "610"


def test_the_closing_date_shows_once_it_is_set(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    sandbox.control("quickbooks/lock-date", date="2026-01-31")
    preferences = app.read("preferences")["Preferences"]
    assert preferences["AccountingInfoPrefs"]["BookCloseDate"] == "2026-01-31"


def test_every_company_has_undeposited_funds_and_receivables(app: QuickBooksApp) -> None:
    accounts = app.query("SELECT * FROM Account MAXRESULTS 1000")["Account"]
    kinds = {(a["AccountType"], a["AccountSubType"]) for a in accounts}
    assert ("Other Current Asset", "UndepositedFunds") in kinds
    assert ("Accounts Receivable", "AccountsReceivable") in kinds
    assert any("AcctNum" in a for a in accounts)
    assert any("AcctNum" not in a for a in accounts)
    assert all(a["Active"] for a in accounts)
