"""What a payment of 100.00 would become in the books, shown before anything is booked.

The entries come from the same code as the real ones; only the money is made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle, TaxCode
from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.money import rounded
from app.models import Account, BookingAccounts, Tenant, WriteBackKind
from app.payments.entries import Entry, Moved, PaidCheckout, Part, entries, moved_entry
from app.payments.fee_tax import chosen_tax, tax_within
from app.payments.surcharge_rules import surcharge_of_sample
from app.payments.tenant_ledger import tenant_connector

_PAYMENT, _REFUND, _PAYOUT = "pi_sample", "re_sample", "po_sample"
_NUMBER = "INV-SAMPLE"
_GROSS, _FEE, _GIVEN_BACK = Decimal(100), Decimal("1.70"), Decimal(10)
_PAYOUT_AFTER = timedelta(days=2)
_CUSTOMER, _UNDEPOSITED, _NO_TAX = "Customer", "Undeposited Funds", "No tax"


@dataclass(frozen=True, slots=True)
class SampleAccounts:
    """The names of the accounts that are chosen; None where none is."""

    clearing: str
    fee: str
    refund: str | None
    bank: str | None
    fee_style: FeeStyle
    fee_tax: TaxCode | None = None
    surcharge: str | None = None
    surcharged: Decimal = Decimal(0)
    """What is asked of the payer of 100 for paying by card, where it is asked; zero while it is not."""


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """One entry as the bookkeeper will find it."""

    kind: WriteBackKind
    amount: Decimal
    currency: str
    from_account: str
    """Where the money comes from."""
    to_account: str
    tax: str
    booked_on: date
    reference: str
    invoice_number: str | None


def sample_entries(session: Session, *, currency: str, now: datetime) -> list[SampleEntry]:
    """The entries of a payment made now with its fee, of a refund of part of it, and of the payout two days later.

    Empty if no accounts are chosen for the currency. What is asked for first, like a refund without an account, is
    left out.
    """
    chosen = session.scalars(
        select(BookingAccounts).where(BookingAccounts.currency == currency)
    ).one_or_none()
    if chosen is None:
        return []
    clearing, fee = _name(session, chosen.clearing_account_id), _name(session, chosen.fee_account_id)
    if clearing is None or fee is None:
        return []
    accounts = SampleAccounts(
        clearing=clearing,
        fee=fee,
        refund=_name(session, chosen.refund_account_id),
        bank=_name(session, chosen.bank_account_id),
        fee_style=FeeStyle(chosen.fee_style),
        fee_tax=chosen_tax(chosen),
        surcharge=_name(session, chosen.surcharge_account_id),
        surcharged=surcharge_of_sample(session, currency, _GROSS, now=now),
    )
    zone = session.get_one(Tenant, tenant_of(session)).time_zone
    connector = tenant_connector(session)
    keeps_notes = connector is not None and connector.keeps_notes
    return list(sample(accounts, currency=currency, now=now, zone=zone, keeps_notes=keeps_notes))


def sample(
    accounts: SampleAccounts, *, currency: str, now: datetime, zone: str, keeps_notes: bool
) -> Iterator[SampleEntry]:
    """The entries, in the order in which they are made. Pure."""
    paid = _paid(currency, now, zone)
    day, paid_out_on = local_date(now, zone), local_date(now + _PAYOUT_AFTER, zone)
    yield from _of_payment(entries(paid, keeps_notes=keeps_notes), accounts)
    added = accounts.surcharged if accounts.surcharge else Decimal(0)
    if added and accounts.surcharge:
        surcharge = moved_entry(WriteBackKind.SURCHARGE, Moved(_PAYMENT, currency, added, day))
        yield _shown(surcharge, _CUSTOMER, accounts.clearing)
    yield from _of_fee(moved_entry(WriteBackKind.FEE, Moved(_PAYMENT, currency, _FEE, day)), accounts)
    given_back = Decimal(0)
    if accounts.refund is not None:
        given_back = _GIVEN_BACK
        refund = moved_entry(WriteBackKind.REFUND, Moved(_REFUND, currency, given_back, day))
        yield _shown(refund, accounts.clearing, accounts.refund)
    if accounts.bank is not None:
        rest = Moved(_PAYOUT, currency, _GROSS + added - _FEE - given_back, paid_out_on)
        yield _shown(moved_entry(WriteBackKind.TRANSFER, rest), accounts.clearing, accounts.bank)


def _of_payment(made: Iterator[Entry], accounts: SampleAccounts) -> Iterator[SampleEntry]:
    """A note in the invoice's history moves no money and is left out."""
    to = _UNDEPOSITED if accounts.fee_style is FeeStyle.DEPOSIT else accounts.clearing
    for entry in made:
        if entry.kind is WriteBackKind.PAYMENT:
            yield _shown(entry, _CUSTOMER, to, invoice_number=_NUMBER)


def _of_fee(fee: Entry, accounts: SampleAccounts) -> Iterator[SampleEntry]:
    """A deposit is one entry with two lines: the payment, gross, and the fee."""
    if accounts.fee_style is FeeStyle.DEPOSIT:
        yield _shown(fee, _UNDEPOSITED, accounts.clearing, amount=_GROSS)
    yield _shown(fee, accounts.clearing, accounts.fee, tax=_tax(fee, accounts.fee_tax))


def _tax(fee: Entry, code: TaxCode | None) -> str:
    if code is None:
        return _NO_TAX
    within = tax_within(fee.amount, code.percent, fee.currency)
    return f"{code.name}: {within:,f} of it" if within else code.name


def _shown(
    entry: Entry,
    source: str,
    target: str,
    *,
    amount: Decimal | None = None,
    invoice_number: str | None = None,
    tax: str = _NO_TAX,
) -> SampleEntry:
    return SampleEntry(
        kind=entry.kind,
        amount=rounded(entry.amount if amount is None else amount, entry.currency),
        currency=entry.currency,
        from_account=source,
        to_account=target,
        tax=tax,
        booked_on=entry.booked_on,
        reference=entry.marker,
        invoice_number=invoice_number,
    )


def _paid(currency: str, now: datetime, zone: str) -> PaidCheckout:
    part = Part(UUID(int=0), _NUMBER, _GROSS)
    return PaidCheckout(_PAYMENT, currency, now, now, zone, (part,))


def _name(session: Session, account_id: UUID | None) -> str | None:
    account = session.get(Account, (tenant_of(session), account_id)) if account_id else None
    return account.name if account else None
