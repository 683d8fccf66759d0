"""The fields of each entity that queries can filter and sort by.

Fields that an answer shows but that are not here cannot be used in WHERE or ORDERBY, as in QuickBooks,
where PrivateNote is such a field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a literal for a field is read and compared."""

    IDENTITY = "id"
    TEXT = "text"
    AMOUNT = "amount"
    DAY = "date"
    MOMENT = "date and time"
    FLAG = "true or false"


@dataclass(frozen=True)
class Field:
    """A field that can be filtered and sorted by. Only texts may be None, which meets no filter.

    Ids are read as the numbers that they are.
    """

    kind: Kind
    read: Callable[[Any], Any]


Fields = Mapping[str, Field]


ANY: dict[str, Field] = {
    "Id": Field(Kind.IDENTITY, lambda r: int(r.id)),
    "MetaData.CreateTime": Field(Kind.MOMENT, lambda r: r.created),
    "MetaData.LastUpdatedTime": Field(Kind.MOMENT, lambda r: r.updated),
}
LIST: dict[str, Field] = ANY | {"Active": Field(Kind.FLAG, lambda r: r.active)}
PARTY: dict[str, Field] = LIST | {"DisplayName": Field(Kind.TEXT, lambda r: r.name)}
TRANSACTION: dict[str, Field] = ANY | {
    "TxnDate": Field(Kind.DAY, lambda r: r.dated),
    "TotalAmt": Field(Kind.AMOUNT, lambda r: r.total),
}
SALES: dict[str, Field] = TRANSACTION | {
    "DocNumber": Field(Kind.TEXT, lambda r: r.number or None),
    "CustomerRef": Field(Kind.IDENTITY, lambda r: int(r.customer.id)),
}
BALANCE = Field(Kind.AMOUNT, lambda r: r.balance)
FIELDS: Mapping[str, Fields] = {
    "Customer": PARTY
    | {
        "CompanyName": Field(Kind.TEXT, lambda r: r.company_name or None),
        "GivenName": Field(Kind.TEXT, lambda r: r.given_name or None),
        "FamilyName": Field(Kind.TEXT, lambda r: r.family_name or None),
        "PrimaryEmailAddr": Field(Kind.TEXT, lambda r: r.email or None),
        "Balance": BALANCE,
        "Job": Field(Kind.FLAG, lambda r: r.parent is not None),
    },
    "Vendor": PARTY,
    "Account": LIST
    | {
        "Name": Field(Kind.TEXT, lambda r: r.name),
        "AccountType": Field(Kind.TEXT, lambda r: r.type),
        "AccountSubType": Field(Kind.TEXT, lambda r: r.subtype),
        "AcctNum": Field(Kind.TEXT, lambda r: r.number or None),
        "Classification": Field(Kind.TEXT, lambda r: r.classification),
    },
    "Item": LIST | {"Name": Field(Kind.TEXT, lambda r: r.name)},
    "Invoice": SALES | {"DueDate": Field(Kind.DAY, lambda r: r.due), "Balance": BALANCE},
    "CreditMemo": SALES | {"Balance": BALANCE},
    "RefundReceipt": SALES,
    "Payment": TRANSACTION
    | {
        "CustomerRef": SALES["CustomerRef"],
        "PaymentRefNum": Field(Kind.TEXT, lambda r: r.number or None),
        "UnappliedAmt": Field(Kind.AMOUNT, lambda r: r.unapplied),
    },
    "Purchase": TRANSACTION
    | {
        "DocNumber": Field(Kind.TEXT, lambda r: r.number or None),
        "PaymentType": Field(Kind.TEXT, lambda r: r.payment_type),
        "AccountRef": Field(Kind.IDENTITY, lambda r: int(r.account.id)),
    },
    "Deposit": TRANSACTION | {"DepositToAccountRef": Field(Kind.IDENTITY, lambda r: int(r.account.id))},
    "Transfer": ANY | {"TxnDate": TRANSACTION["TxnDate"]},
    # One of each, or short lists: there is nothing to choose by.
    "CompanyInfo": {},
    "Preferences": {},
    "TaxCode": {},
    "TaxRate": {},
}
