"""Customers, vendors, accounts and items as the API reads them."""

from typing import Any

from sandbox.quickbooks.api.bodies import Body
from sandbox.quickbooks.api.references import customer_in, needed_account
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.parties import (
    create_account,
    create_customer,
    create_item,
    create_vendor,
    revise,
)
from sandbox.quickbooks.books.records import Account, Customer, Item, Vendor

SUBTYPES = {
    "Bank": "Checking",
    "Credit Card": "CreditCard",
    "Expense": "OtherMiscellaneousServiceCost",
    "Income": "SalesOfProductIncome",
    "Other Current Asset": "OtherCurrentAssets",
    "Other Current Liability": "OtherCurrentLiabilities",
}


def add_customer(books: Books, body: Body) -> Customer:
    facts = _facts(body) | {"currency": body.reference("CurrencyRef") or books.home_currency}
    if body.reference("ParentRef"):
        facts["parent"] = customer_in(books, body, "ParentRef")
    return create_customer(books, _display_name(body), **facts)


def change_customer(books: Books, customer: Customer, body: Body) -> Customer:
    _check_currency(customer, body)
    name = _display_name(body) if body.said("DisplayName") else customer.name
    revise(books, customer, name, active=body.flag("Active", customer.active), **_facts(body))
    return customer


def add_vendor(books: Books, body: Body) -> Vendor:
    currency = body.reference("CurrencyRef") or None
    email = body.part("PrimaryEmailAddr").text("Address")
    return create_vendor(books, _display_name(body), currency=currency, email=email)


def change_vendor(books: Books, vendor: Vendor, body: Body) -> Vendor:
    _check_currency(vendor, body)
    name = _display_name(body) if body.said("DisplayName") else vendor.name
    said = body.said("PrimaryEmailAddr")
    email = body.part("PrimaryEmailAddr").text("Address") if said else vendor.email
    revise(books, vendor, name, active=body.flag("Active", vendor.active), email=email)
    return vendor


def add_account(books: Books, body: Body) -> Account:
    kind = body.needed("AccountType")
    if kind not in SUBTYPES:
        raise rules.bad_property("AccountType", f"{kind!r} cannot be added")
    return create_account(
        books,
        body.needed("Name"),
        kind,
        body.text("AccountSubType") or SUBTYPES[kind],
        currency=body.reference("CurrencyRef") or None,
        number=body.text("AcctNum"),
    )


def add_item(books: Books, body: Body) -> Item:
    if body.needed("Type") != "Service":
        raise rules.bad_property("Type", "only Service is modelled")
    return create_item(books, body.needed("Name").strip(), needed_account(books, body, "IncomeAccountRef"))


def _facts(body: Body) -> dict[str, Any]:
    """What is written of a customer besides its name, by the names of the record."""
    texts = {
        "CompanyName": "company_name",
        "GivenName": "given_name",
        "FamilyName": "family_name",
        "Notes": "note",
    }
    facts: dict[str, Any] = {field: body.text(name) for name, field in texts.items() if body.said(name)}
    if body.said("PrimaryEmailAddr"):
        facts["email"] = body.part("PrimaryEmailAddr").text("Address")
    if body.said("PrimaryPhone"):
        facts["phone"] = body.part("PrimaryPhone").text("FreeFormNumber")
    if body.said("BillAddr"):
        address = body.part("BillAddr")
        facts |= {"city": address.text("City"), "country": address.text("Country")}
    return facts


def _display_name(body: Body) -> str:
    return body.needed("DisplayName").strip()


def _check_currency(party: Customer | Vendor, body: Body) -> None:
    if body.reference("CurrencyRef") not in {"", party.currency}:
        raise rules.unsound(f"The currency of {party.name} cannot be changed.")
