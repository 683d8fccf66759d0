"""The shapes of customers, vendors, accounts, items and of the company itself."""

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import ZERO, rounded
from sandbox.quickbooks.books.records import Account, Customer, Item, Vendor
from sandbox.quickbooks.wire.parts import Shape, currency_reference, head, reference, written_moment


def customer(books: Books, record: Customer) -> Shape:
    shape = head(books, record) | {
        "DisplayName": record.name,
        "FullyQualifiedName": _qualified(record),
        "PrintOnCheckName": record.name,
        "CompanyName": record.company_name,
        "GivenName": record.given_name,
        "FamilyName": record.family_name,
        "Active": record.active,
        "Taxable": True,
        "Job": record.parent is not None,
        "BillWithParent": False,
        "Balance": rounded(record.balance, record.currency),
        "BalanceWithJobs": rounded(record.balance_with_jobs, record.currency),
        "CurrencyRef": currency_reference(record.currency),
        "PreferredDeliveryMethod": "Email" if record.email else "None",
        "BillAddr": _bill_address(record),
        "IsProject": False,
    }
    if record.parent is not None:
        shape |= {"ParentRef": {"value": record.parent.id}, "Level": 1}
    if record.email:
        shape["PrimaryEmailAddr"] = {"Address": record.email}
    if record.phone:
        shape["PrimaryPhone"] = {"FreeFormNumber": record.phone}
    return shape | ({"Notes": record.note} if record.note else {})


def vendor(books: Books, record: Vendor) -> Shape:
    shape = head(books, record) | {
        "DisplayName": record.name,
        "PrintOnCheckName": record.name,
        "Active": record.active,
        "Vendor1099": False,
        "Balance": ZERO,
        "CurrencyRef": currency_reference(record.currency),
    }
    return shape | ({"PrimaryEmailAddr": {"Address": record.email}} if record.email else {})


def account(books: Books, record: Account) -> Shape:
    """An account. Its balance is not modelled, so it is not shown."""
    shape = head(books, record) | {
        "Name": record.name,
        "FullyQualifiedName": record.name,
        "SubAccount": False,
        "Active": record.active,
        "Classification": record.classification,
        "AccountType": record.type,
        "AccountSubType": record.subtype,
        "CurrencyRef": currency_reference(record.currency),
    }
    return shape | ({"AcctNum": record.number} if record.number else {})


def item(books: Books, record: Item) -> Shape:
    return head(books, record) | {
        "Name": record.name,
        "FullyQualifiedName": record.name,
        "Active": record.active,
        "Type": "Service",
        "Taxable": False,
        "UnitPrice": ZERO,
        "TrackQtyOnHand": False,
        "IncomeAccountRef": reference(record.income),
    }


def company_info(books: Books) -> Shape:
    created = written_moment(books, books.created)
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "4",
        "MetaData": {"CreateTime": created, "LastUpdatedTime": created},
        "CompanyName": books.name,
        "LegalName": books.legal_name or books.name,
        "CompanyAddr": {"Id": "1", **_region(books.region), "Country": books.country},
        "Country": books.country,
        "Email": {"Address": books.email},
        "SupportedLanguages": "en",
        "FiscalYearStartMonth": "January",
        "DefaultTimeZone": books.time_zone,
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "OfferingSku", "Value": books.plan},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
        ],
    }


def preferences(books: Books) -> Shape:
    """The company's settings; the closing date is there only where one is set."""
    created = written_moment(books, books.created)
    accounting: Shape = {"FirstMonthOfFiscalYear": "January", "UseAccountNumbers": False}
    if books.book_close_date:
        accounting["BookCloseDate"] = books.book_close_date.isoformat()
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "6",
        "MetaData": {"CreateTime": created, "LastUpdatedTime": created},
        "AccountingInfoPrefs": accounting,
        "SalesFormsPrefs": {"CustomTxnNumbers": books.custom_numbers, "ETransactionPaymentEnabled": False},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": books.multicurrency,
            "HomeCurrency": {"value": books.home_currency},
        },
        "TaxPrefs": {"UsingSalesTax": True},
    }


def _bill_address(record: Customer) -> Shape:
    written = {"Line1": record.company_name, "City": record.city, "Country": record.country}
    return written | _region(record.region)


def _region(region: str) -> Shape:
    return {"CountrySubDivisionCode": region} if region else {}


def _qualified(record: Customer) -> str:
    return f"{_qualified(record.parent)}:{record.name}" if record.parent else record.name
