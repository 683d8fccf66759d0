"""The filter language."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from sandbox.xero.query.where import WhereError, parsed

FIELDS = {
    "Type": lambda r: r.type,
    "Status": lambda r: r.status,
    "Date": lambda r: r.date,
    "Amount": lambda r: r.amount,
    "Email": lambda r: r.email,
    "Sent": lambda r: r.sent,
    "Contact.ContactID": lambda r: r.contact,
}
RECORD = SimpleNamespace(
    type="ACCREC",
    status="PAID",
    date=datetime(2026, 11, 20, tzinfo=UTC),
    amount=Decimal("12.50"),
    email=None,
    sent=True,
    contact="0b6b5b3c-5c0e-4a4e-9b0e-0d7f2f2f6f10",
)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ('Type=="ACCREC"', True),
        ('Type == "ACCPAY"', False),
        ('Type!="ACCPAY"', True),
        ('Type=="ACCREC" AND Status=="AUTHORISED"', False),
        ('Type=="ACCPAY" OR Status=="PAID"', True),
        ('Type=="ACCPAY" && Type=="ACCREC" || Status=="PAID"', True),
        ('Type=="ACCPAY" AND (Type=="ACCREC" OR Status=="PAID")', False),
        ("Date>=DateTime(2026,11,20)", True),
        ("Date > DateTime(2026, 11, 20)", False),
        ("Date<DateTime(2026,11,20,0,0,1)", True),
        ("Amount>12.49 AND Amount<=12.5", True),
        ("Amount==12.5", True),
        ("Amount>-3", True),
        ("Email==null", True),
        ("Email!=null", False),
        ("Sent==true", True),
        ("Sent==false", False),
        ('Contact.ContactID==guid("0B6B5B3C-5C0E-4A4E-9B0E-0D7F2F2F6F10")', True),
        ('Contact.ContactID==Guid("0b6b5b3c-5c0e-4a4e-9b0e-0d7f2f2f6f11")', False),
        ('Email>"a"', False),
        ("Status>5", False),
    ],
)
def test_a_filter_is_met_or_not(text: str, met: bool) -> None:
    assert parsed(text, FIELDS)(RECORD) is met


def test_a_quote_in_a_text_is_escaped_with_a_backslash() -> None:
    assert parsed(r'Type=="O\"Brien"', FIELDS)(SimpleNamespace(type='O"Brien'))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Type",
        "Type==",
        'Type=="ACCREC',
        'Colour=="red"',
        'Type=="A" AND',
        '(Type=="A"',
        'Type=="A")',
        'Type=="A" Status=="B"',
        'Type.Contains("A")',
        'Type=="A"; DROP TABLE invoices',
        "Date>=DateTime(2026,13,1)",
        "Date>=DateTime(2026)",
        "AND",
        'Type=="A" AND ' * 500 + 'Type=="A"',
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(WhereError):
        parsed(text, FIELDS)
