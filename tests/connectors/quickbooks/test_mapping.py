"""QuickBooks' rows in our words: exact, and left out with a sentence where they make no sense."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw

from app.connectors.base import Application, DeletedRecord, InvoiceRecord, PersonRecord, Resource
from app.connectors.fields import Senseless, read_row
from app.connectors.quickbooks import mapping, wire
from app.connectors.quickbooks.listings import LISTINGS, read_rows
from app.models import InvoiceState

META = {"CreateTime": "2026-10-01T13:16:17-07:00", "LastUpdatedTime": "2026-11-01T13:16:17-07:00"}
CHANGED_AT = datetime(2026, 11, 1, 20, 16, 17, tzinfo=UTC)
INVOICE: dict[str, Any] = {
    "Id": "130",
    "SyncToken": "2",
    "DocNumber": "1037",
    "TxnDate": "2026-10-01",
    "DueDate": "2026-10-31",
    "CustomerRef": {"value": "24", "name": "Sonnenschein Family Store"},
    "CurrencyRef": {"value": "EUR", "name": "Euro"},
    "TotalAmt": 362.07,
    "Balance": 62.07,
    "BillEmail": {"Address": "old@example.com"},
    "Line": [{"Amount": 362.07, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}],
    "MetaData": META,
}
CUSTOMER: dict[str, Any] = {
    "Id": "24",
    "DisplayName": "Kitchen",
    "FullyQualifiedName": "Sonnenschein Family Store:Kitchen",
    "GivenName": "Russ",
    "Job": True,
    "PrimaryEmailAddr": {"Address": "Russ@example.com, office@example.com;russ@example.com"},
    "PrimaryPhone": {"FreeFormNumber": "(650) 557-8463"},
    "Active": True,
    "MetaData": META,
}
PAYMENT: dict[str, Any] = {
    "Id": "9",
    "CustomerRef": {"value": "24"},
    "TotalAmt": 100,
    "UnappliedAmt": 10.5,
    "TxnDate": "2026-11-01",
    "PaymentRefNum": "dm-1",
    "Line": [
        {"Amount": 80, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]},
        {"Amount": 4.5, "LinkedTxn": [{"TxnId": "131", "TxnType": "Invoice"}]},
        {"Amount": 5, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]},
    ],
    "MetaData": META,
}
ACCOUNT: dict[str, Any] = {
    "Id": "35",
    "Name": "Checking",
    "FullyQualifiedName": "Checking",
    "AccountType": "Bank",
    "Active": True,
    "MetaData": META,
}


def invoice_of(**changes: Any) -> InvoiceRecord:
    return mapping.invoice(row_of(wire.Invoice, INVOICE, changes), "USD")


def row_of(kind: Any, row: dict[str, Any], changes: dict[str, Any]) -> Any:
    return read_row(Raw(json.dumps(row | changes).encode()), kind)


def test_an_invoice_is_read_exactly() -> None:
    assert invoice_of() == InvoiceRecord(
        external_id="130",
        number="1037",
        reference="",
        customer_external_id="24",
        customer_name="Sonnenschein Family Store",
        state=InvoiceState.OPEN,
        currency="EUR",
        total=Decimal("362.07"),
        amount_due=Decimal("62.07"),
        amount_paid=Decimal("300.00"),
        amount_credited=Decimal(0),
        issued_on=date(2026, 10, 1),
        due_on=date(2026, 10, 31),
        settled_on=None,
        changed_at=CHANGED_AT,
    )


@pytest.mark.parametrize(
    ("text", "exact"),
    [("0.1", "0.1"), ('"19.99"', "19.99"), ("1234567890123.45", "1234567890123.45"), ("1e2", "100")],
)
def test_amounts_are_exact_as_numbers_or_as_texts(text: str, exact: str) -> None:
    raw = json.dumps(INVOICE | {"TotalAmt": 0}).replace('"TotalAmt": 0', f'"TotalAmt": {text}')
    raw = raw.replace('"Balance": 62.07', f'"Balance": {text}')
    record = mapping.invoice(read_row(Raw(raw.encode()), wire.Invoice), "USD")
    assert (record.total, record.amount_due) == (Decimal(exact), Decimal(exact))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, InvoiceState.OPEN),
        ({"Balance": 0}, InvoiceState.PAID),
        ({"TotalAmt": 0, "Balance": 0}, InvoiceState.PAID),
        ({"TotalAmt": 0, "Balance": 0, "PrivateNote": "Voided"}, InvoiceState.VOIDED),
        ({"TotalAmt": 0, "Balance": 0, "PrivateNote": "Voided - wrong address"}, InvoiceState.VOIDED),
        ({"PrivateNote": "Voided the last one"}, InvoiceState.OPEN),
        ({"Balance": 0, "PrivateNote": "Voided the last one"}, InvoiceState.PAID),
    ],
)
def test_the_state_follows_from_the_balance_and_the_note_of_a_void(
    changes: dict[str, Any], state: InvoiceState
) -> None:
    assert invoice_of(**changes).state is state


def test_what_quickbooks_leaves_out_is_filled_in() -> None:
    record = invoice_of(DueDate=None, CurrencyRef=None, DocNumber=None)
    assert (record.due_on, record.currency, record.number) == (date(2026, 10, 1), "USD", "(no number)")


@pytest.mark.parametrize(
    "changes",
    [
        {"Id": None},
        {"Balance": None},
        {"Balance": -1},
        {"Balance": 400},
        {"TotalAmt": "many"},
        {"TotalAmt": "NaN"},
        {"TotalAmt": 1e15},
        {"TxnDate": None},
        {"TxnDate": "31/10/2026"},
        {"DueDate": "soon"},
        {"CustomerRef": None},
        {"CurrencyRef": {"value": "EURO"}},
        {"MetaData": None},
        {"MetaData": {"LastUpdatedTime": "2026-11-01T13:16:17"}},
        {"Id": {"value": "130"}},
    ],
)
def test_nonsense_is_left_out_told_and_stops_nothing(changes: dict[str, Any]) -> None:
    raws = [Raw(json.dumps(row).encode()) for row in (INVOICE | changes, INVOICE)]
    reading = read_rows(LISTINGS[Resource.INVOICES], raws, "USD")
    assert reading.records == [invoice_of()]
    assert len(reading.left_out) == 1
    assert reading.row_count == 2
    assert "Sonnenschein" not in reading.left_out[0]


def test_a_customer_has_its_own_name_and_every_address_once() -> None:
    record = mapping.customer(row_of(wire.Customer, CUSTOMER, {}), "USD")
    assert (record.external_id, record.name, record.first_name) == ("24", "Kitchen", "Russ")
    assert record.emails == ("Russ@example.com",)
    assert record.people == (PersonRecord("", "office@example.com", is_written_to=True),)
    assert (record.phone, record.is_active, record.merged_into) == ("(650) 557-8463", True, None)


def test_an_invoice_tells_who_gets_copies_of_its_mails() -> None:
    said = {
        "BillEmailCc": {"Address": "cfo@example.com, Cfo@example.com"},
        "BillEmailBcc": {"Address": "diary@example.com"},
    }
    record = mapping.invoice(row_of(wire.Invoice, INVOICE, said), "USD")
    assert (record.copies, record.hidden_copies) == (("cfo@example.com",), ("diary@example.com",))
    bare = mapping.invoice(row_of(wire.Invoice, INVOICE, {"BillEmailCc": None}), "USD")
    assert (bare.copies, bare.hidden_copies) == ((), ())


def test_a_customer_may_have_next_to_nothing() -> None:
    bare = {"PrimaryEmailAddr": None, "PrimaryPhone": None, "GivenName": None, "Active": False}
    record = mapping.customer(row_of(wire.Customer, CUSTOMER, bare | {"Mobile": {"FreeFormNumber": "7"}}), "")
    assert (record.emails, record.phone, record.first_name, record.is_active) == ((), "7", None, False)


def test_a_name_survives_but_for_the_character_that_no_database_holds() -> None:
    name = " O'Brien \\ 株式会社\t🙂 \0<b>% "
    record = mapping.customer(row_of(wire.Customer, CUSTOMER, {"DisplayName": name}), "USD")
    assert record.name == "O'Brien \\ 株式会社\t🙂 <b>%"


def test_a_payment_tells_what_it_settles_and_what_is_left_of_it() -> None:
    record = mapping.payment(row_of(wire.Payment, PAYMENT, {}), "USD")
    assert (record.amount, record.unapplied, record.currency) == (Decimal(100), Decimal("10.5"), "USD")
    assert record.applied == (Application("130", Decimal(85)), Application("131", Decimal("4.5")))
    assert (record.customer_external_id, record.reference, record.is_deleted) == ("24", "dm-1", False)


def test_a_payment_of_zero_that_puts_a_credit_on_an_invoice_is_no_money() -> None:
    lines = [
        {"Amount": 30, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]},
        {"Amount": 30, "LinkedTxn": [{"TxnId": "140", "TxnType": "CreditMemo"}]},
    ]
    row = row_of(wire.Payment, PAYMENT, {"TotalAmt": 0, "UnappliedAmt": 0, "Line": lines})
    record = mapping.payment(row, "USD")
    assert (record.amount, record.unapplied, record.is_deleted) == (Decimal(0), Decimal(0), False)
    assert record.applied == (Application("130", Decimal(30)),)


def test_a_voided_payment_counts_as_deleted() -> None:
    row = row_of(
        wire.Payment, PAYMENT, {"TotalAmt": 0, "UnappliedAmt": 0, "Line": [], "PrivateNote": "Voided"}
    )
    record = mapping.payment(row, "USD")
    assert record.is_deleted
    assert record.applied == ()


@pytest.mark.parametrize(
    ("changes", "left", "state"),
    [
        ({"Balance": 12.5}, "12.5", InvoiceState.OPEN),
        ({"Balance": None, "RemainingCredit": 12.5}, "12.5", InvoiceState.OPEN),
        ({"Balance": 0}, "0", InvoiceState.PAID),
        ({"Balance": 0, "TotalAmt": 0, "PrivateNote": "Voided"}, "0", InvoiceState.VOIDED),
    ],
)
def test_a_credit_memo_tells_what_is_left_of_it(
    changes: dict[str, Any], left: str, state: InvoiceState
) -> None:
    record = mapping.credit_note(row_of(wire.CreditMemo, INVOICE, changes), "USD")
    assert (record.remaining, record.state) == (Decimal(left), state)


@pytest.mark.parametrize(
    ("kind", "ours", "takes_payments", "takes_fees", "takes_refunds"),
    [
        ("Bank", "bank", True, False, False),
        ("Expense", "expense", False, True, True),
        ("Other Expense", "expense", False, True, True),
        ("Cost of Goods Sold", "expense", False, True, True),
        ("Income", "other", False, False, True),
        ("Other Current Asset", "other", False, False, True),
        ("Accounts Receivable", "other", False, False, False),
        ("Something of tomorrow", "other", False, False, False),
    ],
)
def test_accounts_are_known_by_their_type(
    kind: str, ours: str, takes_payments: bool, takes_fees: bool, takes_refunds: bool
) -> None:
    record = mapping.account(row_of(wire.Account, ACCOUNT, {"AccountType": kind}), "USD")
    assert (record.kind, record.takes_payments, record.takes_fees) == (ours, takes_payments, takes_fees)
    assert record.takes_refunds == takes_refunds
    assert record.takes_income == (kind in ("Income", "Other Income"))
    assert record.currency == ("USD" if ours == "bank" else None)
    assert (record.code, record.name, record.is_active) == ("", "Checking", True)


def test_an_account_that_quickbooks_keeps_for_itself_takes_no_refunds() -> None:
    kept = {"AccountType": "Other Current Asset", "AccountSubType": "UndepositedFunds"}
    assert not mapping.account(row_of(wire.Account, ACCOUNT, kept), "USD").takes_refunds


def test_a_row_that_is_gone_is_told_as_deleted() -> None:
    gone = {"domain": "QBO", "status": "Deleted", "Id": "7", "MetaData": META}
    raws = [Raw(json.dumps(row).encode()) for row in (gone, INVOICE)]
    reading = read_rows(LISTINGS[Resource.INVOICES], raws, "USD")
    assert reading.deleted == [DeletedRecord("7", CHANGED_AT)]
    assert reading.records == [invoice_of()]
    assert reading.row_count == 2


@pytest.mark.parametrize(
    ("company", "preferences", "expected"),
    [
        (
            {"CompanyName": "Craig's", "Country": "US", "DefaultTimeZone": "America/Chicago"},
            {"CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}},
            ("Craig's", "USD", "US", "America/Chicago", None),
        ),
        (
            {"CompanyName": "Craig's", "Country": "US"},
            {"AccountingInfoPrefs": {"BookCloseDate": "2026-06-30"}},
            ("Craig's", "USD", "US", "America/Los_Angeles", date(2026, 6, 30)),
        ),
        (
            {"Country": "United Kingdom", "DefaultTimeZone": "GMT Standard Time"},
            {"CurrencyPrefs": {"HomeCurrency": {"value": "GBP"}}},
            ("Your company", "GBP", "GB", "Europe/London", None),
        ),
        (
            {"CompanyName": "X", "Country": "Atlantis"},
            {"CurrencyPrefs": {"HomeCurrency": {"value": "EUR"}}},
            ("X", "EUR", "", "UTC", None),
        ),
    ],
)
def test_the_company_is_told_with_country_zone_currency_and_closing_date(
    company: dict[str, Any], preferences: dict[str, Any], expected: tuple[object, ...]
) -> None:
    rows = row_of(wire.CompanyInfo, company, {}), row_of(wire.Preferences, preferences, {})
    told = mapping.organisation(*rows, external_id="93")
    assert told.external_id == "93"
    assert (told.name, told.base_currency, told.country_code, told.time_zone, told.lock_date) == expected


def test_a_company_without_currency_or_country_makes_no_sense() -> None:
    with pytest.raises(Senseless):
        mapping.organisation(wire.CompanyInfo(), wire.Preferences(), external_id="93")


@pytest.mark.parametrize(
    ("delivery", "told"),
    [
        (
            {"DeliveryType": "Email", "DeliveryTime": "2026-11-01T13:16:17-07:00"},
            datetime(2026, 11, 1, 20, 16, 17, tzinfo=UTC),
        ),
        ({"DeliveryType": "Tradeshift", "DeliveryTime": "2026-11-01T13:16:17-07:00"}, None),
        ({"DeliveryType": "Email", "DeliveryTime": "yesterday"}, None),
        ({"DeliveryType": "Email"}, None),
    ],
)
def test_an_invoice_tells_when_quickbooks_mailed_it_if_it_did(
    delivery: dict[str, str], told: datetime | None
) -> None:
    assert invoice_of(DeliveryInfo=delivery).last_emailed_at == told
