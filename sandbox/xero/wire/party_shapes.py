"""The shapes of those who are not documents: contacts, accounts and the organisation."""

from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.companies.amounts import ZERO
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import Account, Contact
from sandbox.xero.wire.dates import written_date, written_moment
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.shapes import Depth
from sandbox.xero.wire.zones import squeezed_zone

CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "CURRLIAB": "LIABILITY",
    "EQUITY": "EQUITY",
    "REVENUE": "REVENUE",
}
ADDRESS_FIELDS = ("AddressLine1", "AddressLine2", "PostalCode", "AttentionTo")
ORGANISATION_CLASS = "PREMIUM"


def contact(record: Contact, depth: Depth, today: date) -> Shape:
    """A contact. Persons and balances only where it was asked for by page or by id."""
    shape: Shape = {
        "ContactID": record.id,
        "ContactStatus": record.status,
        "Name": record.name,
        "FirstName": record.first_name,
        "LastName": record.last_name,
        "EmailAddress": record.email,
        "BankAccountDetails": "",
        "UpdatedDateUTC": written_moment(record.updated),
        "HasAttachments": False,
        "HasValidationErrors": False,
    }
    if record.currency:
        shape["DefaultCurrency"] = record.currency
    if depth is Depth.SUMMARY:
        return shape
    shape |= {
        "IsSupplier": record.is_supplier,
        "IsCustomer": bool(record.receivable),
        "Addresses": [_address("STREET"), _address("POBOX", record.city, record.region, record.country)],
        "Phones": [_phone(kind, record.phone) for kind in ("DEFAULT", "DDI", "FAX", "MOBILE")],
        "ContactGroups": [],
        "ContactPersons": [],
    }
    if depth is Depth.LIGHT:
        return shape
    return shape | _only_in_full(record, today)


def account(record: Account) -> Shape:
    shape: Shape = {
        "AccountID": record.id,
        "Code": record.code,
        "Name": record.name,
        "Status": record.status,
        "Type": record.type,
        "TaxType": record.tax_type,
        "Class": CLASSES.get(record.type, "EXPENSE"),
        "EnablePaymentsToAccount": record.takes_payments,
        "ShowInExpenseClaims": False,
        "ReportingCode": "",
        "ReportingCodeName": "",
        "HasAttachments": False,
        "UpdatedDateUTC": written_moment(record.updated),
        "AddToWatchlist": False,
    }
    if record.type == "BANK":
        bank = {"BankAccountType": "BANK", "BankAccountNumber": f"30-96-26 {record.code}0001"}
        shape |= bank | {"CurrencyCode": record.currency}
    if record.system:
        shape["SystemAccount"] = record.system
    return shape


def organisation(books: Books, plan: str = ORGANISATION_CLASS) -> Shape:
    """The organisation; lock dates appear only where they are set."""
    shape: Shape = {
        "Name": books.name,
        "LegalName": books.legal_name,
        "PaysTax": True,
        "Version": "UK",
        "OrganisationType": "COMPANY",
        "BaseCurrency": books.base_currency,
        "CountryCode": books.country,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 3,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "QUARTERLY",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "CreatedDateUTC": written_moment(books.created, ""),
        "OrganisationEntityType": "COMPANY",
        "Timezone": squeezed_zone(books.timezone),
        "ShortCode": f"!{books.tenant_id[:5]}",
        "OrganisationID": books.tenant_id,
        "Edition": "BUSINESS",
        "Class": plan,
        "Addresses": [_address("STREET", region=books.region)] if books.region else [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    if books.period_lock_date:
        shape["PeriodLockDate"] = written_date(books.period_lock_date)
    if books.end_of_year_lock_date:
        shape["EndOfYearLockDate"] = written_date(books.end_of_year_lock_date)
    return shape


def _only_in_full(record: Contact, today: date) -> Shape:
    shape: Shape = {
        "ContactPersons": [
            {
                "FirstName": person.first_name,
                "LastName": person.last_name,
                "EmailAddress": person.email,
                "IncludeInEmails": person.included,
            }
            for person in record.persons
        ],
        "Balances": _balances(record, today),
        "SalesTrackingCategories": [],
        "PurchasesTrackingCategories": [],
    }
    if record.terms_days is not None:
        shape["PaymentTerms"] = {"Sales": {"Day": record.terms_days, "Type": "DAYSAFTERBILLDATE"}}
    if record.merged_into:
        shape["MergedToContactID"] = record.merged_into
    return shape


def _balances(record: Contact, today: date) -> dict[str, Any]:
    """What the contact owes, in the base currency."""
    outstanding = overdue = ZERO
    for invoice in record.receivable:
        if invoice.status == "AUTHORISED":
            owed = _in_base(invoice.amount_due, invoice.rate)
            outstanding += owed
            overdue += owed if invoice.due < today else ZERO
    payable = {"Outstanding": ZERO, "Overdue": ZERO}
    return {
        "AccountsReceivable": {"Outstanding": outstanding, "Overdue": overdue},
        "AccountsPayable": payable,
    }


def _in_base(amount: Decimal, rate: Decimal) -> Decimal:
    return (amount / rate).quantize(ZERO)


def _address(kind: str, city: str = "", region: str = "", country: str = "") -> Shape:
    blank = dict.fromkeys(ADDRESS_FIELDS, "")
    return {"AddressType": kind, **blank, "City": city, "Region": region, "Country": country}


def _phone(kind: str, number: str) -> Shape:
    shown = number if kind == "DEFAULT" else ""
    return {"PhoneType": kind, "PhoneNumber": shown, "PhoneAreaCode": "", "PhoneCountryCode": ""}
