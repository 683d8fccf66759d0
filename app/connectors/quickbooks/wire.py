"""QuickBooks' JSON as typed structs: only the fields we use, every one of them optional.

Unknown fields are ignored and enumerations are plain text, so a value that Intuit adds tomorrow loses nothing.
Numbers become exact decimals. Rows stay raw inside an answer and are read one by one: one row of nonsense
does not cost the page. Fields as in Intuit's API of minor version 75.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from app.connectors.quickbooks.answers import unanswered

# Every escape of a JSON text in one piece; only half a surrogate pair is a group.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
_T = TypeVar("_T")
_Parts = dict[str, Raw]
_parts = msgspec.json.Decoder(_Parts).decode
encode = msgspec.json.Encoder(decimal_format="number").encode
"""JSON with decimals as exact numbers."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What one query found, by the name of the entity (`Invoice`, ...)."""

    parts: _Parts = field(repr=False)
    at: str | None
    """QuickBooks' own time of the answer."""

    def of(self, entity: str) -> list[Raw]:
        """The rows, raw; none if there are none. Raises Retryable if the answer makes no sense."""
        raw = self.parts.get(entity)
        return [] if raw is None else _sense(raw, list[Raw], is_write=False)

    @property
    def total_count(self) -> int:
        """What a `select count(*)` counted. Raises Retryable if it is not told."""
        return _sense(self.parts.get("totalCount", Raw(b"null")), int, is_write=False)


@dataclass(frozen=True, slots=True)
class Body:
    """One answer (or one item of a batch), not looked into any further."""

    parts: _Parts = field(repr=False)
    is_write: bool

    @property
    def has_fault(self) -> bool:
        """QuickBooks has been seen to put a fault under a status of success."""
        return any(bytes(self.parts.get(name, b"null")) != b"null" for name in ("Fault", "fault"))

    @property
    def at(self) -> str | None:
        """QuickBooks' own time of the answer."""
        try:
            return msgspec.json.decode(self.parts.get("time", b"null"), type=str | None)
        except ValueError:
            return None

    def record(self, entity: str) -> Raw:
        """The one record of an answer. Raises Retryable, or OutcomeUnknown for a write, if there is none."""
        if entity not in self.parts:
            raise unanswered(is_write=self.is_write)
        return self.parts[entity]

    def rows(self, *, at: str | None = None) -> Rows:
        """What a query found. `at` is the time of the answer around this one, if there is one."""
        return Rows(_sense(self.record("QueryResponse"), _Parts, is_write=False), self.at or at)

    def as_builtin(self) -> dict[str, object]:
        """All of it, parsed."""
        return {name: _sense(raw, object, is_write=self.is_write) for name, raw in self.parts.items()}

    def batch_items(self) -> dict[str, "Body"]:
        """The items of a batch by their ids."""
        raws = _sense(self.record("BatchItemResponse"), list[_Parts], is_write=False)
        named = ((_sense(parts.get("bId", Raw(b"null")), str, is_write=False), parts) for parts in raws)
        return {identity: Body(parts, is_write=False) for identity, parts in named}

    def changes(self) -> list[Rows]:
        """What CDC tells, an entity each."""
        answers = _sense(self.record("CDCResponse"), list[CdcAnswer], is_write=False)
        return [Rows(parts, self.at) for answer in answers for parts in answer.entities]


class CdcAnswer(Struct):
    """The middle of a CDC answer."""

    entities: list[_Parts] = msgspec.field(name="QueryResponse", default_factory=list)


def read_body(content: bytes, *, is_write: bool) -> Body | None:
    """An answer's body; None if it is not a JSON object."""
    with suppress(ValueError):
        return Body(_parts(content), is_write)
    with suppress(ValueError):
        return Body(_parts(_without_lone_surrogates(content)), is_write)
    return None


def _without_lone_surrogates(content: bytes) -> bytes:
    """Half an emoji, cut off in some form field, is no text to anybody; one of them must not cost the page."""
    return _ESCAPES.sub(lambda found: b"\\ufffd" if found[1] else found[0], content)


def _sense(raw: Raw, kind: type[_T], *, is_write: bool) -> _T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except ValueError:
        raise unanswered(is_write=is_write) from None


class Reference(Struct):
    """A record named inside another one."""

    id: str | None = msgspec.field(name="value", default=None)
    name: str | None = None
    kind: str | None = msgspec.field(name="type", default=None)


class MetaData(Struct):
    changed_at: str | None = msgspec.field(name="LastUpdatedTime", default=None)


class Address(Struct):
    """A mail address, or several with commas between."""

    text: str | None = msgspec.field(name="Address", default=None)


class Phone(Struct):
    number: str | None = msgspec.field(name="FreeFormNumber", default=None)


class Row(Struct):
    """What every record has."""

    id: str | None = msgspec.field(name="Id", default=None)
    sync_token: str | None = msgspec.field(name="SyncToken", default=None)
    status: str | None = None
    """`Deleted` on what CDC tells of a record that is gone."""
    meta: MetaData | None = msgspec.field(name="MetaData", default=None)
    currency: Reference | None = msgspec.field(name="CurrencyRef", default=None)
    """Only told by companies with several currencies."""

    @property
    def changed_at(self) -> str | None:
        return self.meta.changed_at if self.meta else None


class Customer(Row):
    name: str | None = msgspec.field(name="DisplayName", default=None)
    full_name: str | None = msgspec.field(name="FullyQualifiedName", default=None)
    first_name: str | None = msgspec.field(name="GivenName", default=None)
    email: Address | None = msgspec.field(name="PrimaryEmailAddr", default=None)
    phone: Phone | None = msgspec.field(name="PrimaryPhone", default=None)
    mobile: Phone | None = msgspec.field(name="Mobile", default=None)
    is_active: bool | None = msgspec.field(name="Active", default=None)


class Document(Row):
    """What invoices and credit memos have in common."""

    number: str | None = msgspec.field(name="DocNumber", default=None)
    issued_on: str | None = msgspec.field(name="TxnDate", default=None)
    customer: Reference | None = msgspec.field(name="CustomerRef", default=None)
    total: Decimal | None = msgspec.field(name="TotalAmt", default=None)
    balance: Decimal | None = msgspec.field(name="Balance", default=None)
    note: str | None = msgspec.field(name="PrivateNote", default=None)


class Invoice(Document):
    due_on: str | None = msgspec.field(name="DueDate", default=None)


class CreditMemo(Document):
    remaining: Decimal | None = msgspec.field(name="RemainingCredit", default=None)


class Linked(Struct):
    """The record that a line is about."""

    id: str | None = msgspec.field(name="TxnId", default=None)
    kind: str | None = msgspec.field(name="TxnType", default=None)


class PaymentLine(Struct):
    amount: Decimal | None = msgspec.field(name="Amount", default=None)
    linked: list[Linked] | None = msgspec.field(name="LinkedTxn", default=None)


class Payment(Row):
    customer: Reference | None = msgspec.field(name="CustomerRef", default=None)
    total: Decimal | None = msgspec.field(name="TotalAmt", default=None)
    unapplied: Decimal | None = msgspec.field(name="UnappliedAmt", default=None)
    paid_on: str | None = msgspec.field(name="TxnDate", default=None)
    reference: str | None = msgspec.field(name="PaymentRefNum", default=None)
    note: str | None = msgspec.field(name="PrivateNote", default=None)
    lines: list[PaymentLine] | None = msgspec.field(name="Line", default=None)


class Account(Row):
    number: str | None = msgspec.field(name="AcctNum", default=None)
    name: str | None = msgspec.field(name="Name", default=None)
    full_name: str | None = msgspec.field(name="FullyQualifiedName", default=None)
    kind: str | None = msgspec.field(name="AccountType", default=None)
    subtype: str | None = msgspec.field(name="AccountSubType", default=None)
    is_active: bool | None = msgspec.field(name="Active", default=None)


class NamedValue(Struct):
    name: str | None = msgspec.field(name="Name", default=None)
    value: str | None = msgspec.field(name="Value", default=None)


class CompanyInfo(Row):
    name: str | None = msgspec.field(name="CompanyName", default=None)
    country: str | None = msgspec.field(name="Country", default=None)
    time_zone: str | None = msgspec.field(name="DefaultTimeZone", default=None)


class CurrencyPreferences(Struct):
    home: Reference | None = msgspec.field(name="HomeCurrency", default=None)


class BookPreferences(Struct):
    closed_until: str | None = msgspec.field(name="BookCloseDate", default=None)


class Preferences(Row):
    currencies: CurrencyPreferences | None = msgspec.field(name="CurrencyPrefs", default=None)
    books: BookPreferences | None = msgspec.field(name="AccountingInfoPrefs", default=None)
