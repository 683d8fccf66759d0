"""What Xero's records must look like: from Xero's own OpenAPI file where it is at hand, else from here.

`DUEMATE_SPECS` names a folder that holds `xero_accounting.yaml` of XeroAPI/Xero-OpenAPI.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

Schema = dict[str, Any]
UUID: Schema = {"type": "string", "pattern": "^[0-9a-f-]{36}$"}
TEXT: Schema = {"type": "string"}
MONEY: Schema = {"type": "number"}
DATE: Schema = {"type": "string", "pattern": r"^/Date\(-?\d+\+0000\)/$"}


def _record(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields)}


CONTACT = _record(ContactID=UUID, Name=TEXT)
DOCUMENT = {
    "Contact": CONTACT,
    "Date": DATE,
    "Status": TEXT,
    "LineAmountTypes": {"enum": ["Exclusive", "Inclusive", "NoTax"]},
    "SubTotal": MONEY,
    "TotalTax": MONEY,
    "Total": MONEY,
    "CurrencyCode": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "CurrencyRate": MONEY,
    "UpdatedDateUTC": DATE,
    "LineItems": {"type": "array"},
}
OWN: dict[str, Schema] = {
    "Invoices": _record(
        InvoiceID=UUID,
        InvoiceNumber=TEXT,
        Type={"enum": ["ACCREC", "ACCPAY"]},
        DueDate=DATE,
        AmountDue=MONEY,
        AmountPaid=MONEY,
        AmountCredited=MONEY,
        Payments={"type": "array", "items": _record(PaymentID=UUID, Amount=MONEY, Date=DATE)},
        **DOCUMENT,
    ),
    "CreditNotes": _record(
        CreditNoteID=UUID,
        CreditNoteNumber=TEXT,
        RemainingCredit=MONEY,
        Allocations={"type": "array"},
        **DOCUMENT,
    ),
    "BankTransactions": _record(
        BankTransactionID=UUID,
        BankAccount=_record(AccountID=UUID),
        Type={"enum": ["SPEND", "RECEIVE"]},
        **DOCUMENT,
    ),
    "Payments": _record(
        PaymentID=UUID,
        Amount=MONEY,
        BankAmount=MONEY,
        CurrencyRate=MONEY,
        Date=DATE,
        Status={"enum": ["AUTHORISED", "DELETED"]},
        PaymentType=TEXT,
        Invoice=_record(InvoiceID=UUID, InvoiceNumber=TEXT),
        Account=_record(AccountID=UUID),
        UpdatedDateUTC=DATE,
    ),
    "Contacts": _record(
        ContactID=UUID,
        Name=TEXT,
        ContactStatus={"enum": ["ACTIVE", "ARCHIVED", "GDPRREQUEST"]},
        EmailAddress=TEXT,
        IsCustomer={"type": "boolean"},
        UpdatedDateUTC=DATE,
    ),
    "Accounts": _record(
        AccountID=UUID,
        Code=TEXT,
        Name=TEXT,
        Type=TEXT,
        Status=TEXT,
        EnablePaymentsToAccount={"type": "boolean"},
    ),
    "Organisations": _record(OrganisationID=UUID, Name=TEXT, BaseCurrency=TEXT, Timezone=TEXT, Class=TEXT),
    "HistoryRecords": _record(Details=TEXT, DateUTC=DATE, User=TEXT),
}
# Fields that Xero answers (its own examples show them) but its schemas do not list.
UNLISTED = {
    "DateString",
    "DueDateString",
    "DateUTCString",
    "ID",
    "UpdatedDateUTCString",
    "HasErrors",
    "HasValidationErrors",
}


@cache
def vendor_schemas() -> dict[str, Any] | None:
    """The `components` of Xero's file, if it is at hand."""
    folder = os.environ.get("DUEMATE_SPECS")
    if not folder:
        return None
    text = (Path(folder) / "xero_accounting.yaml").read_text(encoding="utf-8")
    components: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)["components"]
    return components


def assert_fits(collection: str, records: list[dict[str, Any]]) -> None:
    """Fail unless every record is as Xero would write it."""
    assert records, f"no {collection} to look at"
    components = vendor_schemas()
    if components is None:
        schema: Schema = {"type": "array", "items": OWN[collection]}
    else:
        schema = {"$ref": f"#/components/schemas/{collection}", "components": components}
        _assert_fields_known(components["schemas"], collection, records)
    answer = records if components is None else {collection: records}
    problems = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer))
    assert not problems, "\n".join(f"{p.json_path}: {p.message}" for p in problems[:10])


def _assert_fields_known(schemas: dict[str, Any], collection: str, records: list[dict[str, Any]]) -> None:
    name = schemas[collection]["properties"][collection]["items"]["$ref"].rpartition("/")[2]
    known = schemas[name]["properties"].keys() | UNLISTED
    unknown = {field for record in records for field in record} - known
    assert not unknown, f"{collection} have fields that Xero's have not: {sorted(unknown)}"
