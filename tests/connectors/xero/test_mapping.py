"""Xero's rows in the product's words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.connectors.base import Application, InvoiceRecord, PersonRecord
from app.connectors.fields import Senseless, read_row
from app.connectors.xero import mapping, wire
from app.models import InvoiceState

INVOICE: dict[str, Any] = {
    "Type": "ACCREC",
    "InvoiceID": "0AD4B6D9-4F06-4D9A-AF3B-6D3D1C1E7A10",
    "InvoiceNumber": "INV-0001",
    "Reference": "PO 7",
    "Contact": {"ContactID": "c1", "Name": "Kelp & Sons", "Addresses": []},
    "Date": "/Date(1761955200000+0000)/",
    "DueDate": "/Date(1764547200000+0000)/",
    "Status": "AUTHORISED",
    "Total": 1234.50,
    "AmountDue": 1000.10,
    "AmountPaid": 234.40,
    "AmountCredited": 0.00,
    "CurrencyCode": "GBP",
    "UpdatedDateUTC": "/Date(1761955200123+0000)/",
    "SomethingNew": {"of": ["tomorrow"]},
}


def as_row(fields: dict[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(fields))


def invoice(**changes: Any) -> InvoiceRecord | None:
    fields = {name: value for name, value in {**INVOICE, **changes}.items() if value is not ...}
    return mapping.invoice(read_row(as_row(fields), wire.Invoice))


def read_invoice(**changes: Any) -> InvoiceRecord:
    record = invoice(**changes)
    assert record is not None
    return record


def test_an_invoice_in_full() -> None:
    assert read_invoice() == InvoiceRecord(
        external_id="0ad4b6d9-4f06-4d9a-af3b-6d3d1c1e7a10",
        number="INV-0001",
        reference="PO 7",
        customer_external_id="c1",
        customer_name="Kelp & Sons",
        state=InvoiceState.OPEN,
        currency="GBP",
        total=Decimal("1234.5"),
        amount_due=Decimal("1000.1"),
        amount_paid=Decimal("234.4"),
        amount_credited=Decimal(0),
        issued_on=date(2025, 11, 1),
        due_on=date(2025, 12, 1),
        settled_on=None,
        changed_at=datetime(2025, 11, 1, 0, 0, 0, 123000, tzinfo=UTC),
    )


def test_money_is_exact_however_many_digits_it_has() -> None:
    raw = msgspec.Raw(msgspec.json.encode(INVOICE).replace(b"1234.5,", b"12345678901.23,"))
    record = mapping.invoice(read_row(raw, wire.Invoice))
    assert record is not None
    assert record.total == Decimal("12345678901.23")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("DRAFT", InvoiceState.DRAFT),
        ("SUBMITTED", InvoiceState.DRAFT),
        ("AUTHORISED", InvoiceState.OPEN),
        ("PAID", InvoiceState.PAID),
        ("VOIDED", InvoiceState.VOIDED),
        ("DELETED", InvoiceState.VOIDED),
        ("INVENTED_TOMORROW", InvoiceState.DRAFT),
        (None, InvoiceState.DRAFT),
    ],
)
def test_states(status: str | None, state: InvoiceState) -> None:
    assert read_invoice(Status=status).state is state


@pytest.mark.parametrize("kind", ["ACCPAY", "ACCPAYCREDIT", "AROVERPAYMENT", "INVENTED", None])
def test_whatever_is_no_sales_invoice_is_of_no_interest(kind: str | None) -> None:
    assert invoice(Type=kind) is None


def test_a_draft_without_number_or_due_date_is_still_an_invoice() -> None:
    record = read_invoice(Status="DRAFT", InvoiceNumber=None, DueDate=None, Reference=None)
    assert (record.number, record.due_on, record.reference) == ("(no number)", record.issued_on, "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"InvoiceID": None}, "An invoice has no id."),
        ({"Date": None}, "Invoice INV-0001 has no date."),
        ({"Date": "soon"}, "Invoice INV-0001 has an unreadable date."),
        ({"DueDate": None}, "Invoice INV-0001 has no due date."),
        (
            {"FullyPaidOnDate": "/Date(99999999999999999)/"},
            "Invoice INV-0001 has an unreadable date of payment.",
        ),
        ({"CurrencyCode": None}, "Invoice INV-0001 has no currency."),
        ({"CurrencyCode": "POUNDS"}, "Invoice INV-0001 has no currency."),
        ({"Total": -1}, "Invoice INV-0001 has an impossible total."),
        ({"Total": None}, "Invoice INV-0001 has no total."),
        ({"AmountDue": ...}, "Invoice INV-0001 has no amount due."),
        ({"AmountDue": "NaN"}, "Invoice INV-0001 has an impossible amount due."),
        ({"Total": 1e300}, "Invoice INV-0001 has an impossible total."),
        ({"Contact": None}, "Invoice INV-0001 has no customer."),
        ({"UpdatedDateUTC": None}, "Invoice INV-0001 has no time of change."),
    ],
)
def test_a_senseless_invoice_says_what_is_wrong(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Senseless) as wrong:
        invoice(**changes)
    assert str(wrong.value) == sentence


def test_a_field_of_the_wrong_type_is_told_without_its_value() -> None:
    with pytest.raises(Senseless) as wrong:
        invoice(Total="ada@kelp.example")
    assert "@kelp" not in str(wrong.value)
    assert "$.Total" in str(wrong.value)


def test_texts_that_no_database_can_hold_are_cleaned() -> None:
    assert read_invoice(Reference="a\0b").reference == "ab"


def customer(**fields: Any) -> Any:
    row = {"ContactID": "C1", "Name": "Kelp", "UpdatedDateUTC": "/Date(1761955200123)/", **fields}
    return mapping.customer(read_row(as_row(row), wire.Contact))


def test_a_contact_has_its_own_address_and_every_further_person_once() -> None:
    record = customer(
        EmailAddress=" Main@kelp.example ",
        ContactPersons=[
            {"FirstName": "Sil", "EmailAddress": "silent@kelp.example", "IncludeInEmails": False},
            {"EmailAddress": "main@KELP.example", "IncludeInEmails": True},
            {
                "FirstName": "Ada ",
                "LastName": "Love",
                "EmailAddress": "ada@kelp.example",
                "IncludeInEmails": True,
            },
            {"FirstName": "Again", "EmailAddress": "Ada@kelp.example", "IncludeInEmails": True},
            {"LastName": "Nobody", "EmailAddress": None, "IncludeInEmails": None},
            {"EmailAddress": "", "IncludeInEmails": True},
        ],
    )
    assert record.emails == ("Main@kelp.example",)
    assert record.people == (
        PersonRecord("Sil", "silent@kelp.example", is_written_to=False),
        PersonRecord("Ada Love", "ada@kelp.example", is_written_to=True),
        PersonRecord("Nobody", "", is_written_to=False),
    )


def test_a_contact_of_nulls_is_a_customer_without_addresses() -> None:
    record = customer(
        Name=None, EmailAddress=None, ContactPersons=None, Phones=None, FirstName=None, MergedToContactID=None
    )
    assert (record.name, record.emails, record.phone, record.first_name) == ("(no name)", (), None, None)
    assert record.is_active


def test_the_mobile_number_is_the_best_one() -> None:
    phones = [
        {
            "PhoneType": "DEFAULT",
            "PhoneNumber": "7946 0000",
            "PhoneAreaCode": "020",
            "PhoneCountryCode": "44",
        },
        {"PhoneType": "MOBILE", "PhoneNumber": "7700 900123", "PhoneAreaCode": "", "PhoneCountryCode": "+44"},
        {"PhoneType": "FAX", "PhoneNumber": "1"},
    ]
    assert customer(Phones=phones).phone == "+44 7700 900123"
    assert customer(Phones=phones[:1]).phone == "+44 020 7946 0000"
    assert customer(Phones=phones[2:]).phone is None


@pytest.mark.parametrize("status", ["ARCHIVED", "GDPRREQUEST", "INVENTED_TOMORROW"])
def test_a_contact_that_is_not_plainly_active_is_not(status: str) -> None:
    assert not customer(ContactStatus=status, MergedToContactID="C2").is_active


def payment(**fields: Any) -> Any:
    row = {
        "PaymentID": "P1",
        "PaymentType": "ACCRECPAYMENT",
        "Invoice": {
            "InvoiceID": "I1",
            "Type": "ACCREC",
            "CurrencyCode": "EUR",
            "Contact": {"ContactID": "C1", "Name": "Ada"},
        },
        "Amount": 46.00,
        "Date": "/Date(1761955200000)/",
        "Status": "AUTHORISED",
        "UpdatedDateUTC": "/Date(1761955200123)/",
        **fields,
    }
    return mapping.payment(read_row(as_row(row), wire.Payment))


def test_a_payment_has_the_currency_and_the_customer_of_its_invoice_and_settles_it_whole() -> None:
    record = payment(Reference=None)
    assert (record.customer_external_id, record.currency, record.amount) == ("c1", "EUR", Decimal(46))
    assert (record.applied, record.unapplied) == ((Application("i1", Decimal(46)),), Decimal(0))
    assert (record.reference, record.is_deleted) == ("", False)
    assert payment(Status="DELETED").is_deleted


def test_a_payment_without_an_invoice_settles_none_and_names_no_customer() -> None:
    record = payment(Invoice={"CurrencyCode": "EUR"})
    assert (record.customer_external_id, record.applied) == (None, ())


@pytest.mark.parametrize("kind", ["ACCPAYPAYMENT", "ARCREDITPAYMENT", "AROVERPAYMENTPAYMENT", "INVENTED"])
def test_other_payments_are_of_no_interest(kind: str) -> None:
    assert payment(PaymentType=kind) is None


def account(**fields: Any) -> Any:
    row = {"AccountID": "A1", "Status": "ACTIVE", "UpdatedDateUTC": "/Date(1761955200123)/", **fields}
    return mapping.account(read_row(as_row(row), wire.Account))


def test_banks_stand_for_the_clearing_account_and_expenses_with_a_code_take_fees() -> None:
    bank = account(Type="BANK", CurrencyCode="GBP", Name="Stripe GBP")
    assert (bank.kind, bank.currency, bank.code) == ("bank", "GBP", "")
    assert (bank.takes_payments, bank.takes_fees) == (True, False)
    # Payments can be booked to it, but no fee can be paid from it.
    clearing = account(Type="CURRENT", Code="610", EnablePaymentsToAccount=True)
    assert (clearing.kind, clearing.currency, clearing.takes_payments) == ("other", None, False)
    fees = account(Type="OVERHEADS", Code="404", Status="ARCHIVED")
    assert (fees.kind, fees.takes_payments, fees.takes_fees, fees.is_active) == (
        "expense",
        False,
        True,
        False,
    )
    assert not account(Type="EXPENSE").takes_fees


@pytest.mark.parametrize(
    ("fields", "takes_refunds"),
    [
        ({"Type": "REVENUE", "Code": "200"}, True),
        ({"Type": "CURRLIAB", "Code": "830"}, True),
        ({"Type": "OVERHEADS", "Code": "404"}, True),
        ({"Type": "REVENUE"}, False),
        ({"Type": "CURRENT", "Code": "610", "SystemAccount": "DEBTORS"}, False),
        ({"Type": "BANK", "Code": "090", "CurrencyCode": "GBP"}, False),
        ({"Type": "FIXED", "Code": "700"}, False),
    ],
)
def test_what_refunds_can_be_booked_against(fields: dict[str, str], takes_refunds: bool) -> None:
    assert account(**fields).takes_refunds == takes_refunds


@pytest.mark.parametrize("kind", ["REVENUE", "SALES", "OTHERINCOME"])
def test_charges_go_to_income_with_a_code(kind: str) -> None:
    assert account(Type=kind, Code="270").takes_income
    assert not account(Type=kind).takes_income
    assert not account(Type="EXPENSE", Code="404").takes_income


def test_the_later_of_both_lock_dates_counts_and_a_new_class_of_organisation_is_no_trouble() -> None:
    row = as_row(
        {
            "Name": "Kelp",
            "BaseCurrency": "nzd",
            "Timezone": "NEWZEALANDSTANDARDTIME",
            "Class": "ULTRA_OF_TOMORROW",
            "PeriodLockDate": "/Date(1761955200000+0000)/",
            "EndOfYearLockDate": "/Date(1743379200000+0000)/",
        }
    )
    record = mapping.organisation(read_row(row, wire.Organisation), external_id="T1")
    assert (record.external_id, record.base_currency, record.time_zone) == ("T1", "NZD", "Pacific/Auckland")
    assert (record.lock_date, record.short_code) == (date(2025, 11, 1), None)


def test_a_credit_note_of_a_customer() -> None:
    row = {
        "CreditNoteID": "N1",
        "Type": "ACCRECCREDIT",
        "Contact": {"ContactID": "C1"},
        "Status": "AUTHORISED",
        "CurrencyCode": "GBP",
        "Total": 50,
        "RemainingCredit": 12.5,
        "Date": "/Date(1761955200000)/",
        "UpdatedDateUTC": "/Date(1761955200123)/",
    }
    record = mapping.credit_note(read_row(as_row(row), wire.CreditNote))
    assert record is not None
    assert (record.remaining, record.number, record.customer_name) == (
        Decimal("12.5"),
        "(no number)",
        "(no name)",
    )
    assert mapping.credit_note(read_row(as_row({**row, "Type": "ACCPAYCREDIT"}), wire.CreditNote)) is None
